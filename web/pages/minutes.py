"""The minutes of a closed session, on a page that prints by itself and as a PDF."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from kachehri import audit
from kachehri.papers.wire import PAGES, Part
from kachehri.store import Connection, accounts, district, papers, people
from kachehri.store import sessions as session_rows
from kachehri.store.tables import Account
from kachehri.store.tables import Session as SessionRow
from rooms.lifecycle import ENDED
from web import reading
from web.house import House, house_of
from web.papers import printing
from web.papers.book import letterhead
from web.papers.minutes import TYPES, Facts, Minutes, Writer
from web.papers.pairs import Both, Pair
from web.papers.register import Sources
from web.papers.shapes import MinutesPage
from web.staff import guarded


@dataclass(frozen=True)
class Read:
    """One reading of the tables."""

    row: SessionRow
    facts: Facts
    room: Pair


@guarded("page.minutes")
async def show(request: Request, account: Account) -> Response:
    """GET /sessions/{session}/minutes."""
    house = house_of(request)
    found = await written(house, request)
    if found is None:
        return printing.not_yet(house, request)
    return house.show(request, "staff/minutes.html", MinutesPage(Both.of(house.place.timezone), found))


@guarded("page.minutes")
async def pdf(request: Request, account: Account) -> Response:
    """GET /sessions/{session}/minutes.pdf."""
    house = house_of(request)
    found = await written(house, request)
    if found is None:
        return printing.not_yet(house, request)
    both = Both.of(house.place.timezone)
    session_id = found.head.session.id

    async def parts() -> AsyncIterator[Part]:
        page = MinutesPage(both, found, pages_mark=PAGES)
        html = await asyncio.to_thread(house.renderer.text, "ur", "papers/minutes.html", page)
        yield Part(html=html, rows=1, last=True)

    mark = hashlib.sha256(f"{found.head.seq}/{found.head.hash}/{found.head.house}".encode()).hexdigest()[:16]
    title = f"{found.head.title.en} — {found.head.subject.en}"
    key = f"{session_id}.minutes.{mark}.pdf"
    return await printing.handed(
        house,
        request,
        house.press.start(key, "pdf", title, printing.style(), 1, parts),
        f"minutes-{session_id}.pdf",
        back=f"/sessions/{session_id}/minutes",
        noted=lambda: house.write(noted, session_id, account.id),
    )


def noted(conn: Connection, now: int, session_id: str, account_id: str) -> None:
    """Minutes hold names: who took them out of the house is on record."""
    audit.record(conn, now, action="minutes.download", subject=session_id, account=account_id, session=session_id)


async def written(house: House, request: Request) -> Minutes | None:
    """The minutes; None while the session is not closed."""
    session_id = request.path_params["session"]
    live = await house.service.live(session_id)
    if live.session.phase not in ENDED:
        return None
    both = Both.of(house.place.timezone)
    sources = Sources(live, await house.districts.get(), both)
    found = await house.service.read(read, session_id)
    balance = reading.balance(live.session)
    return Minutes(
        head=letterhead(house, sources, found.row, both("paper.minutes")),
        place=found.room,
        tables=Writer(sources, found.facts).tables(),
        sums=sources.sums(balance) if balance else None,
    )


def read(conn: Connection, session_id: str) -> Read:
    row = session_rows.get(conn, session_id)
    assert row is not None  # its replica was there a moment ago, and sessions are never deleted
    staff = people.staff_of(conn, session_id)
    known = {each.id: each for each in accounts.listing(conn)}
    room = next((each for each in district.rooms(conn) if each.id == row.room_id), None)
    return Read(
        row,
        Facts(
            events=papers.events(conn, session_id, TYPES),
            turns=session_rows.turns(conn, session_id),
            accounts={who: known[account] for who, account in staff.items() if account in known},
        ),
        Pair(room.name_ur, room.name_en) if room else Pair(),
    )
