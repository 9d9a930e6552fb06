"""The first page: what is on now, my questions, what comes, what was; and the same as a calendar."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from kachehri.i18n import Words
from kachehri.store import Connection, people
from kachehri.store import sessions as session_rows
from kachehri.store.tables import Session as SessionRow
from web import calendars, reading
from web.cards import Choice, MyQuestion, SessionCard
from web.house import House, house_of
from web.shapes import HomePage
from web.topics import District
from web.visitors import Visitor

PAST_MOST: Final = 5
MINE_MOST: Final = 10
#: So many hearings are found by looking; from here on the list can be narrowed down.
HANDFUL: Final = 5
_WITH_REASON: Final = frozenset({"postponed", "adjourned", "closing", "cancelled"})


async def home(request: Request) -> Response:
    house = house_of(request)
    words = house.words(request)
    district = await house.districts.get()
    current, past = await house.service.read(_sessions)
    every = [*current, *past]
    office, language = request.query_params.get("office", ""), request.query_params.get("language", "")
    if len(every) <= HANDFUL:
        office = language = ""
    # Practice is found by its link alone: nobody who looks for a hearing shall end up in one.
    shown = [[row for row in rows if not row.practice] for rows in (current, past)]
    current, past = (_narrowed(rows, office, language) for rows in shown)
    cards = [await _card(house, row, words) for row in current]
    visitor = house.visitors.of(request)
    page = HomePage(
        place=house.place.name(words.language.code),
        live=tuple(card for card in cards if card.is_live),
        mine=await mine(house, request, visitor, [row.id for row in every], district),
        next=tuple(card for card in cards if not card.is_live and card.phase != "closing"),
        past=tuple([await _card(house, row, words) for row in past]),
        made_at=house.now(),
        offices=_offices(every, district, words) if len(every) > HANDFUL else (),
        languages=_languages(every, words) if len(every) > HANDFUL else (),
        office=office,
        language=language,
    )
    return house.show(request, "home.html", page, indexed=True)


async def mine(
    house: House, request: Request, visitor: Visitor, session_ids: list[str], district: District
) -> tuple[MyQuestion, ...]:
    """What was asked from this browser in these sessions, newest session first."""
    if visitor.cookie:
        return ()
    words = house.words(request)
    found: list[MyQuestion] = []
    taking_part = {visitor.participant(session_id): session_id for session_id in session_ids}
    known = await house.service.read(people.persons_of, list(taking_part))
    for participant, session_id in taking_part.items():
        if participant not in known:
            continue
        live = await house.service.live(session_id)
        own = reading.own(live, participant, house.now())
        found += [
            reading.my_question(question, live, house.service.people, district, words) for question in own.questions
        ]
    return tuple(found[:MINE_MOST])


async def mine_everywhere(house: House, request: Request) -> tuple[MyQuestion, ...]:
    """What was asked from this browser in the hearings that the first page knows of."""
    current, past = await house.service.read(_sessions)
    ids = [row.id for row in (*current, *past)]
    return await mine(house, request, house.visitors.of(request), ids, await house.districts.get())


async def coming(request: Request) -> Response:
    """GET /hearings.ics: everything that is planned, to subscribe to."""
    house = house_of(request)
    words = house.words(request)
    cards = await coming_cards(house, words)
    made = calendars.calendar(cards, house.renderer.site.address, house.now(), words)
    return calendars.answer(made, "hearings")


async def one(request: Request) -> Response:
    """GET /s/{session}/hearing.ics."""
    house = house_of(request)
    words = house.words(request)
    row = await house.service.read(session_rows.get, request.path_params["session"])
    if row is None:
        raise HTTPException(404)
    card = await _card(house, row, words)
    made = calendars.calendar([card], house.renderer.site.address, house.now(), words)
    return calendars.answer(made, f"hearing-{card.id}")


async def coming_cards(house: House, words: Words) -> list[SessionCard]:
    """What can still be asked in, soonest first; practice is nobody's hearing."""
    current, _ = await house.service.read(_sessions)
    cards = [await _card(house, row, words) for row in current]
    return [card for card in cards if card.takes_questions and not card.practice]


async def _card(house: House, row: SessionRow, words: Words) -> SessionCard:
    """One hearing of a list. Why it does not take place stands in its log, so that is read where there is a why."""
    live = await house.service.live(row.id) if row.phase in _WITH_REASON else house.service.loaded(row.id)
    return reading.listed(row, live, await house.districts.get(), words)


def _sessions(conn: Connection) -> tuple[list[SessionRow], list[SessionRow]]:
    current = session_rows.listing(conn, phases=reading.SHOWN_PHASES)
    return current, session_rows.listing(conn, phases=reading.ENDED_PHASES, newest_first=True, limit=PAST_MOST)


def _narrowed(rows: Iterable[SessionRow], office: str, language: str) -> list[SessionRow]:
    return [row for row in rows if office in ("", row.office_id) and (not language or language in row.languages)]


def _offices(rows: Iterable[SessionRow], district: District, words: Words) -> tuple[Choice, ...]:
    return tuple(Choice(id, district.host(id, words)) for id in dict.fromkeys(row.office_id for row in rows))


def _languages(rows: Iterable[SessionRow], words: Words) -> tuple[Choice, ...]:
    codes = dict.fromkeys(code for row in rows for code in row.languages)
    return tuple(Choice(code, words.plain(f"language.{code}")) for code in codes if words.has(f"language.{code}"))
