"""Planning a hearing: announce it, give it a new time, put it off, cancel it."""

from __future__ import annotations

from dataclasses import replace

from starlette.requests import Request
from starlette.responses import Response

from kachehri import planning
from kachehri.i18n import Words
from kachehri.i18n.digits import western
from kachehri.planning import Plan
from kachehri.store import district
from kachehri.store.tables import Account, Room
from rooms.base import Actor, Command, Refused
from rooms.lifecycle import CancelSession, PostponeSession, RescheduleSession
from web import desk_messages, forms, plan_form, reading
from web.cards import Choice
from web.house import House, house_of, see
from web.logins import role_of
from web.staff import guarded, submit_as
from web.staff_shapes import EditPage, PlanPage, PlanValues, Way
from web.topics import District


@guarded("session.schedule")
async def new(request: Request, account: Account) -> Response:
    """GET /sessions/new."""
    house = house_of(request)
    return await form(house, request, PlanValues(), {}, forms.new_key())


@guarded("session.schedule")
async def create(request: Request, account: Account) -> Response:
    """POST /sessions/new."""
    house = house_of(request)
    words = house.words(request)
    fields = await forms.read(request, house.origins)
    values = plan_form.values(fields)
    rooms = await house.service.read(district.rooms)
    errors = plan_form.faults(values, {room.id for room in rooms}, words)
    key = fields.get("key", "")
    if len(key) < 22:
        errors["title_ur"] = words.plain("staff.form_old")
    if errors:
        return await form(house, request, values, errors, forms.new_key())
    starts_at, ends_at = plan_form.times(values, words)
    plan = Plan(
        room_id=values.room,
        title_ur=values.title_ur,
        title_en=values.title_en,
        starts_at=starts_at,
        ends_at=ends_at,
        officials=int(values.officials),
        citizens=int(values.citizens),
        interpreters=int(values.interpreters),
        languages=tuple(code for code, spoken in (("ur", values.ur), ("en", values.en)) if spoken),
        practice=values.practice,
    )
    # Nobody is a participant of a hearing that does not exist yet: the account itself stands for the organiser.
    organiser = Actor(participant=account.id[:16].ljust(16, "0"), role=role_of(account), account=account.id)
    try:
        session_id = await planning.announce(house.service, organiser, plan, key)
    except Refused as refused:
        errors["starts"] = desk_messages.refused(words, refused.code, refused.params)
        return await form(house, request, values, errors, forms.new_key())
    return see(f"/sessions/{session_id}/edit?fresh=1")


async def form(house: House, request: Request, values: PlanValues, errors: dict[str, str], key: str) -> Response:
    words = house.words(request)
    rooms = await house.service.read(district.rooms)
    places = await house.districts.get()
    choices = tuple(Choice(room.id, room_name(room, places, words)) for room in rooms)
    if not values.room and len(choices) == 1:
        values = replace(values, room=choices[0].id)
    page = PlanPage(key, choices, ways(places, words), values, errors)
    return house.show(request, "staff/plan.html", page, status=422 if errors else 200)


def room_name(room: Room, places: District, words: Words) -> str:
    name = room.name_ur if words.language.code == "ur" else room.name_en
    office = places.host(room.office_id, words)
    return f"{office}: {name}" if office else name


def ways(places: District, words: Words) -> tuple[Way, ...]:
    """Each topic with the office that answers for it."""
    return tuple(
        Way(places.topic(each.code, words), places.office(each.office_id, words) or words.plain("plan.no_office"))
        for each in places.categories
    )


@guarded("page.schedule")
async def edit(request: Request, account: Account) -> Response:
    """GET /sessions/{session}/edit."""
    return await editing(request, None, {})


@guarded("page.schedule")
async def change(request: Request, account: Account) -> Response:
    """POST /sessions/{session}/edit: one of new time, put off, cancel."""
    house = house_of(request)
    words = house.words(request)
    fields = await forms.read(request, house.origins)
    session_id = request.path_params["session"]
    step = fields.get("do", "")
    values = plan_form.values(fields)
    try:
        command = command_of(step, fields, values, words)
        await submit_as(house, request, account, session_id, command, fields.get("key") or forms.new_key())
    except plan_form.Faulty as faulty:
        return await editing(request, values, faulty.errors)
    except Refused as refused:
        at = "starts" if step == "move" else f"{step}_reason"
        return await editing(request, values, {at: desk_messages.refused(words, refused.code, refused.params)})
    return see(f"/sessions/{session_id}/edit?saved=1")


def command_of(step: str, fields: dict[str, str], values: PlanValues, words: Words) -> Command:
    """The command behind one of the three forms.

    Raises:
        Faulty: with a sentence for each field that is wrong.
    """
    if step == "move":
        errors = plan_form.time_faults(values, words)
        if errors:
            raise plan_form.Faulty(errors)
        starts_at, ends_at = plan_form.times(values, words)
        return RescheduleSession(starts_at=starts_at, ends_at=ends_at)
    if step not in ("postpone", "cancel"):
        raise forms.FormRefused(400)
    reason, note = fields.get("reason", ""), western(fields.get("note", "").strip())[:300]
    if reason not in desk_messages.REASONS[step]:
        raise plan_form.Faulty({f"{step}_reason": words.plain("plan.need_reason")})
    if step == "postpone":
        return PostponeSession(reason=reason, note=note)  # type: ignore[arg-type]
    return CancelSession(reason=reason, note=note)  # type: ignore[arg-type]


async def editing(request: Request, values: PlanValues | None, errors: dict[str, str]) -> Response:
    house = house_of(request)
    words = house.words(request)
    live = await house.service.live(request.path_params["session"])
    life = live.session.lifecycle
    page = EditPage(
        session=reading.head(live, words),
        keys=(forms.new_key(), forms.new_key(), forms.new_key()),
        values=values or plan_form.of_times(life.starts_at, life.ends_at, words),
        postpone=desk_messages.REASONS["postpone"],
        cancel=desk_messages.REASONS["cancel"],
        raised=len(live.session.queue.questions),
        saved="saved" in request.query_params,
        fresh="fresh" in request.query_params,
        errors=errors,
    )
    return house.show(request, "staff/edit.html", page, status=422 if errors else 200)
