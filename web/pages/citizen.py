"""A hearing's own page: the lobby, where it is chosen how to follow and agreed to what becomes public."""

from __future__ import annotations

from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from kachehri.consents import Given
from kachehri.i18n import Words
from kachehri.live import Live
from kachehri.store import sessions as session_rows
from kachehri.store.tables import Session as SessionRow
from rooms.attendance import ObjectToBar
from rooms.base import Refused
from rooms.limits import NOTE_MAX
from web import errors, forms, reading
from web.cards import SessionCard
from web.data_rates import PROGRAM_RATES, RATES
from web.house import House, house_of, see
from web.pages.home import mine
from web.pages.live import FOLLOW_COOKIE, chosen, chosen_program
from web.shapes import SessionPage
from web.topics import District

#: Remembers that no name is to be shown, for the form that asks for one.
HIDE_COOKIE: Final = "k_hide"
_YEAR_S: Final = 31_536_000


async def session(request: Request) -> Response:
    """What it is about, when, who answers, how to come in; after its end the balance."""
    return await _lobby(request)


async def _lobby(request: Request, error: str = "", status: int = 200) -> Response:
    house = house_of(request)
    words = house.words(request)
    live = await house.service.live(request.path_params["session"])
    district = await house.districts.get()
    row = await house.service.read(session_rows.get, live.session.id)
    card = _head(live, row, district, words)
    visitor = house.visitors.of(request)
    own = reading.own(live, visitor.participant(card.id), house.now())
    seen = reading.public(live)
    offered = house.broadcasting.offered if house.broadcasting else ()
    page = SessionPage(
        session=card,
        in_line=seen.totals.get("admitted", 0),
        minutes_left=reading.minutes_left(card, house.now()),
        seats=reading.posts(seen, words),
        topics=tuple(district.topic(code, words) for code in live.session.lifecycle.categories),
        balance=reading.balance(live.session),
        scorecard=house.place.open_scorecards and card.phase == "closed" and not card.practice,
        mine=await mine(house, request, visitor, [card.id], district),
        follow=chosen_program(request, offered) if offered else chosen(request),
        program=offered,
        hide_name=hides_name(request),
        full=_is_full(request) and not offered,
        barred="removed" if own.removed else "blocked" if own.barred else "",
        barred_reason=own.barred,
        barred_note=own.barred_note,
        objected=own.objected,
        error=error,
        key=forms.new_key(),
        link=f"{house.renderer.site.address}/s/{card.id}",
        made_at=house.now(),
    )
    return house.show(request, "session.html", page, status=status, indexed=True)


async def join(request: Request) -> Response:
    """The way of following is remembered, the consent recorded, and the door opens."""
    house = house_of(request)
    fields = await forms.read(request, house.origins)
    live = await house.service.live(request.path_params["session"])
    session_id = live.session.id
    visitor = house.visitors.of(request)
    participant = visitor.participant(session_id)
    language = house.words(request).language.code
    if not reading.own(live, participant, house.now()).barred:
        await house.visitors.join(participant, session_id, "citizen", device=visitor.device, language=language)
        await house.consenting.give(Given(participant, session_id, language))
    response = house.visitors.keep(see(f"/s/{session_id}/live"), visitor)
    kept = {FOLLOW_COOKIE: fields.get("follow", ""), HIDE_COOKIE: "1" if fields.get("hide_name") == "1" else "0"}
    if kept[FOLLOW_COOKIE] not in {*RATES, *PROGRAM_RATES}:
        del kept[FOLLOW_COOKIE]
    for name, value in kept.items():
        # The live page's script changes the way of following, so it must be able to read it: no `httponly`.
        response.set_cookie(name, value, max_age=_YEAR_S, samesite="lax", secure=house.renderer.site.https, path="/")
    return response


async def objection(request: Request) -> Response:
    """Whoever was barred says once why that is wrong."""
    house = house_of(request)
    fields = await forms.read(request, house.origins)
    session_id = request.path_params["session"]
    command = ObjectToBar(note=fields.get("note", "").strip()[: 4 * NOTE_MAX])
    try:
        await house.submit_as(request, house.visitors.of(request), session_id, command, fields.get("key", ""))
    except Refused as refused:
        if refused.code not in ("text_empty", "text_too_long", "text_unreadable"):
            raise
        sentence = errors.sentence(house.words(request), refused.code, refused.params)
        return await _lobby(request, sentence, status=422)
    return see(f"/s/{session_id}#barred")


def hides_name(request: Request) -> bool:
    """Whether somebody said on this browser that no name is to be shown."""
    return request.cookies.get(HIDE_COOKIE) == "1"


async def host(house: House, request: Request, live: Live) -> str:
    """The office that holds the hearing."""
    row = await house.service.read(session_rows.get, live.session.id)
    district = await house.districts.get()
    return district.host(row.office_id, house.words(request)) if row else ""


def _head(live: Live, row: SessionRow | None, district: District, words: Words) -> SessionCard:
    if row is None:
        return reading.head(live, words)
    return reading.head(live, words, district.host(row.office_id, words), row.languages)


def _is_full(request: Request) -> bool:
    """Whether this process has given away all its live lines. Reading and asking need none."""
    door = getattr(request.state, "live", None)
    return door is not None and door.hub.connections >= door.connections
