"""Planning a hearing: announce it, change what was announced, put it off, cancel it."""

from __future__ import annotations

from dataclasses import replace

from starlette.requests import Request
from starlette.responses import Response

from kachehri import planning
from kachehri.i18n import Words
from kachehri.i18n.digits import western
from kachehri.store import district, sessions
from kachehri.store.tables import Account, Room
from rooms.base import Actor, Command, Refused
from rooms.lifecycle import CancelSession, PostponeSession, RescheduleSession
from web import desk_messages, forms, plan_form, reading
from web.cards import Choice
from web.house import House, house_of, see
from web.logins import role_of
from web.plan_shapes import EditPage, PlanLists, PlanPage, PlanValues, Way
from web.staff import guarded, submit_as
from web.topics import OTHER, District

KEY_LEAST = 22


@guarded("session.schedule")
async def new(request: Request, account: Account) -> Response:
    """GET /sessions/new: like the last hearing, or like the one that `like` names, on the next day of work."""
    house = house_of(request)
    words = house.words(request)
    day = plan_form.next_day(house.now(), words)
    like = request.query_params.get("like", "")[:16]
    values = replace(PlanValues(), day=day, codec=house.settings.media.codec)
    last_one: str | None = await house.service.read(lambda conn: sessions.last_announced(conn))
    if found := like or last_one:
        last = await of_session(house, found, words)
        values = plan_form.again(last, day, titles=bool(like))
    return await form(house, request, values, {}, forms.new_key())


async def of_session(house: House, session_id: str, words: Words) -> PlanValues:
    """Errors: `Refused("session_unknown")`."""
    live = await house.service.live(session_id)
    row = await house.service.read(sessions.get, session_id)
    if row is None:
        raise Refused("session_unknown")
    return plan_form.of_session(live.session, row, words)


@guarded("session.schedule")
async def create(request: Request, account: Account) -> Response:
    """POST /sessions/new."""
    house = house_of(request)
    words = house.words(request)
    sent = await forms.pairs(request, house.origins)
    values = plan_form.values(sent)
    places = await house.districts.get()
    rooms = await rooms_to_choose(house, places, words)
    # An office that has got its room since the form was shown is still what was meant.
    choices = {each.id for each in rooms} | {f"{planning.OFFICE}{code}" for code in places.offices}
    errors = plan_form.faults(values, choices, places.category_codes(), words)
    if "room" not in errors and not await house.service.read(planning.may_hold, account, values.room):
        errors["room"] = words.plain("team.no.office")
    key = dict(sent).get("key", "")
    if len(key) < KEY_LEAST:
        errors["title_ur"] = words.plain("staff.form_old")
    if errors:
        return await form(house, request, values, errors, forms.new_key())
    plan = plan_form.plan(values, places.category_codes(), words)
    try:
        session_id = await planning.announce(house.service, organiser(account), plan, key)
    except Refused as refused:
        errors["starts"] = desk_messages.refused(words, refused.code, refused.params)
        return await form(house, request, values, errors, forms.new_key())
    if not plan.practice and not house.place.set_up_at:
        await house.own.change(set_up_at=house.now())
    return see(f"/sessions/{session_id}/announced")


def organiser(account: Account) -> Actor:
    """Nobody is a participant of a hearing that does not exist yet: the account itself stands for the organiser."""
    return Actor(participant=account.id[:16].ljust(16, "0"), role=role_of(account), account=account.id)


async def form(house: House, request: Request, values: PlanValues, errors: dict[str, str], key: str) -> Response:
    words = house.words(request)
    places = await house.districts.get()
    rooms = await rooms_to_choose(house, places, words)
    if values.room not in {each.id for each in rooms} and rooms and not errors:
        values = replace(values, room=rooms[0].id)
    page = PlanPage(key, lists(values, rooms, places, words), ways(places, words), values, errors)
    return house.show(request, "staff/plan.html", page, status=422 if errors else 200)


def lists(values: PlanValues, rooms: tuple[Choice, ...], places: District, words: Words) -> PlanLists:
    """What may be chosen; a length that an earlier hearing had stays among the choices."""

    def with_own(offered: tuple[int, ...], own: str) -> tuple[int, ...]:
        return tuple(sorted({*offered, int(own)})) if own.isdecimal() and len(own) < 6 else offered

    groups = tuple(
        replace(group, choices=tuple(each for each in group.choices if each.id != OTHER))
        for group in places.groups(words)
    )
    return PlanLists(
        rooms,
        tuple(group for group in groups if group.choices),
        with_own(plan_form.TURNS, values.turn),
        with_own(plan_form.HOLDS, values.hold),
        with_own(plan_form.GRACES, values.grace),
    )


async def rooms_to_choose(house: House, places: District, words: Words) -> tuple[Choice, ...]:
    """Every standing room, and every office that has none yet; first the one where hearings are usually held."""
    rooms: list[Room] = await house.service.read(district.rooms)
    rooms.sort(key=lambda room: not (office := places.offices.get(room.office_id)) or not office.triage)
    made = [Choice(room.id, room_name(room, places, words)) for room in rooms]
    held = {room.office_id for room in rooms}
    made += [
        Choice(f"{planning.OFFICE}{code}", places.host(code, words)) for code in places.offices if code not in held
    ]
    return tuple(made)


def room_name(room: Room, places: District, words: Words) -> str:
    name = room.name_ur if words.language.code == "ur" else room.name_en
    office = places.host(room.office_id, words)
    return f"{office}: {name}" if office and office != name else name


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
    """POST /sessions/{session}/edit: one of change, new time, put off, cancel."""
    house = house_of(request)
    words = house.words(request)
    sent = await forms.pairs(request, house.origins)
    fields = dict(sent)
    session_id = request.path_params["session"]
    step = fields.get("do", "")
    values = plan_form.values(sent)
    places = await house.districts.get()
    try:
        command = command_of(step, fields, values, places, words)
        await submit_as(house, request, account, session_id, command, fields.get("key") or forms.new_key())
    except plan_form.Faulty as faulty:
        return await editing(request, values, faulty.errors)
    except Refused as refused:
        at = "starts" if step in ("move", "change") else f"{step}_reason"
        return await editing(request, values, {at: desk_messages.refused(words, refused.code, refused.params)})
    return see(f"/sessions/{session_id}/edit?saved=1")


def command_of(step: str, fields: dict[str, str], values: PlanValues, places: District, words: Words) -> Command:
    """The command behind one of the forms.

    Raises:
        Faulty: with a sentence for each field that is wrong.
    """
    if step == "move":
        errors = plan_form.time_faults(values, words)
        if errors:
            raise plan_form.Faulty(errors)
        starts_at, ends_at = plan_form.times(values, words)
        return RescheduleSession(starts_at=starts_at, ends_at=ends_at)
    if step == "change":
        errors = plan_form.faults(values, None, places.category_codes(), words)
        if errors:
            raise plan_form.Faulty(errors)
        return planning.changed(plan_form.plan(values, places.category_codes(), words))
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
    session_id = request.path_params["session"]
    live = await house.service.live(session_id)
    if values is None or not values.starts:  # the forms that put off and cancel carry nothing of the plan
        values = await of_session(house, session_id, words)
    places = await house.districts.get()
    page = EditPage(
        session=reading.head(live, words),
        keys=(forms.new_key(), forms.new_key(), forms.new_key()),
        lists=lists(values, (), places, words),
        values=values,
        postpone=desk_messages.REASONS["postpone"],
        cancel=desk_messages.REASONS["cancel"],
        raised=len(live.session.queue.questions),
        saved="saved" in request.query_params,
        running=house.crowds.running(session_id),
        errors=errors,
    )
    return house.show(request, "staff/edit.html", page, status=422 if errors else 200)
