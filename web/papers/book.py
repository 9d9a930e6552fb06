"""One closed session's register as it is asked for: its rows in order, whole or of one office, and its letterhead."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Final

from starlette.exceptions import HTTPException
from starlette.requests import Request

from kachehri.store import Connection, papers
from kachehri.store import sessions as session_rows
from kachehri.store.papers import OFFICE, Registered, Section
from kachehri.store.tables import Session as SessionRow
from rooms.lifecycle import ENDED
from web import reading
from web.house import House
from web.papers.pairs import Both, Pair
from web.papers.register import Group, Letterhead, Sources

#: Orders of rows that are kept at hand: they hold numbers and codes, no words.
ORDERS_MOST: Final = 4
_ORDERS: Final[dict[tuple[str, str, int, int], tuple[Registered, ...]]] = {}


@dataclass(frozen=True)
class Book:
    """What is asked for: a closed session's register, whole or of one office."""

    sources: Sources
    head: Letterhead
    row: SessionRow
    rows: tuple[Registered, ...]
    sections: tuple[Section, ...]
    office: str | None
    stamp: int

    @property
    def total(self) -> int:
        return len(self.rows)

    def part(self, offset: int, limit: int) -> tuple[Registered, ...]:
        return self.rows[offset : offset + limit]

    def groups(self, rows: tuple[Registered, ...], first: int) -> tuple[Group, ...]:
        return self.sources.groups(rows, self.sections, first)

    @property
    def mark(self) -> str:
        """Names the state of everything that stands in it."""
        parts = (self.office or "", self.row.epoch, self.row.head_seq, self.stamp)
        return hashlib.sha256(repr(parts).encode()).hexdigest()[:16]


async def opened(house: House, request: Request) -> Book | None:
    """The register; None while the session is not closed.

    Raises:
        HTTPException: 404 for an office that does not exist.
    """
    session_id = request.path_params["session"]
    live = await house.service.live(session_id)
    if live.session.phase not in ENDED:
        return None
    district = await house.districts.get()
    code = request.query_params.get("office", "")
    office = next((each.id for each in district.offices.values() if each.code == code), None)
    if code and office is None:
        raise HTTPException(404)
    row, stamp = await house.service.read(_outline, session_id)
    rows = await ordered(house, row, stamp)
    if office is not None:
        rows = tuple(each for each in rows if each.section == OFFICE and each.office_id == office)
    sections = tuple(papers.sections(rows))
    both = Both.of(house.place.timezone)
    sources = Sources(live, district, both)
    head = letterhead(house, sources, row, both("paper.register"))
    return Book(sources, head, row, rows, sections, office, stamp)


async def ordered(house: House, row: SessionRow, stamp: int) -> tuple[Registered, ...]:
    """The order of a register's rows, read once for as long as nothing in it changes."""
    key = (row.id, row.epoch, row.head_seq, stamp)
    found = _ORDERS.pop(key, None)
    if found is None:
        found = tuple(await house.service.read(papers.register, row.id))
        while len(_ORDERS) >= ORDERS_MOST:
            del _ORDERS[next(iter(_ORDERS))]
    _ORDERS[key] = found
    return found


def letterhead(house: House, sources: Sources, row: SessionRow, title: Pair) -> Letterhead:
    """What stands above a paper of this session."""
    both, live = sources.both, sources.live
    return Letterhead(
        house=both.each(lambda words: house.place.name(words.language.code)),
        title=title,
        session=reading.head(live, both.ur),
        subject=both.each(lambda words: reading.title(live.session.lifecycle.title, words)),
        host=both.office(sources.district, row.office_id),
        held=both.when(live.session.lifecycle.starts_at),
        practice=live.session.lifecycle.practice,
        seq=row.head_seq,
        hash=row.head_hash.hex(),
        made=both.stamp(house.now()),
    )


def _outline(conn: Connection, session_id: str) -> tuple[SessionRow, int]:
    row = session_rows.get(conn, session_id)
    assert row is not None  # its replica was there a moment ago, and sessions are never deleted
    return row, papers.stamp(conn, session_id)
