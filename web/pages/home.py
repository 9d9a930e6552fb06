"""The first page: what is on now, my questions, what comes, what was."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from kachehri.store import Connection
from kachehri.store import sessions as session_rows
from kachehri.store.tables import Session as SessionRow
from web import reading
from web.cards import MyQuestion
from web.house import House, house_of
from web.shapes import HomePage
from web.topics import District
from web.visitors import Visitor

PAST_MOST = 5
MINE_MOST = 10


async def home(request: Request) -> Response:
    house = house_of(request)
    words = house.words(request)
    district = await house.districts.get()
    current, past = await house.service.read(_sessions)
    cards = [reading.listed(row, house.service.loaded(row.id), district, words) for row in current]
    visitor = house.visitors.of(request)
    page = HomePage(
        place=house.place.name(words.language.code),
        live=tuple(card for card in cards if card.is_live),
        mine=await mine(house, request, visitor, [row.id for row in (*current, *past)], district),
        next=tuple(card for card in cards if not card.is_live and card.phase != "closing"),
        past=tuple(reading.listed(row, house.service.loaded(row.id), district, words) for row in past),
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
    for session_id in session_ids:
        live = house.service.loaded(session_id)
        if live is None:
            continue
        own = reading.own(live, visitor.participant(session_id), house.now())
        found += [
            reading.my_question(question, live, house.service.people, district, words) for question in own.questions
        ]
    return tuple(found[:MINE_MOST])


def _sessions(conn: Connection) -> tuple[list[SessionRow], list[SessionRow]]:
    current = session_rows.listing(conn, phases=reading.SHOWN_PHASES)
    return current, session_rows.listing(conn, phases=reading.ENDED_PHASES, newest_first=True, limit=PAST_MOST)
