"""The register of a closed session: a page that prints by itself, and the same as PDF, CSV and workbook."""

from __future__ import annotations

import asyncio
import gzip
import hashlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, Response, StreamingResponse

from kachehri import audit
from kachehri.papers import sheets
from kachehri.papers.wire import PAGES, Kind, Part, Rows
from kachehri.store import Connection, papers
from kachehri.store import sessions as session_rows
from kachehri.store.papers import OFFICE, Registered, Section
from kachehri.store.tables import Account
from kachehri.store.tables import Session as SessionRow
from rooms.lifecycle import ENDED
from web import reading
from web.cards import Choice
from web.house import House, house_of
from web.papers import tables
from web.papers.pairs import Both, Pair
from web.papers.register import Group, Letterhead, Sources
from web.papers.shapes import MakingPage, RegisterPage, RegisterPart
from web.shapes import Link, MessagePage
from web.staff import guarded

#: Rows of a page on screen, of a printed part, and of a line-by-line part.
SCREEN_ROWS: Final = 50
PART_ROWS: Final = 100
#: How long a request waits for a paper before it shows how far it is.
PATIENCE_S: Final = 4.0
#: Orders of rows that are kept at hand: they hold numbers and codes, no words.
ORDERS_MOST: Final = 4
_ORDERS: Final[dict[tuple[str, str, int, int], tuple[Registered, ...]]] = {}
_TYPES: Final = {
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}


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


@guarded("page.register")
async def show(request: Request, account: Account) -> Response:
    """GET /sessions/{session}/register. With `print`, all rows on one page for paper."""
    house = house_of(request)
    book = await opened(house, request)
    if book is None:
        return not_yet(house, request)
    if request.query_params.get("print"):
        await noted(house, account, book, "print")
        return streamed(house, request, book)
    first = screen(request.query_params.get("from", ""), book.total)
    rows = book.part(first - 1, SCREEN_ROWS)
    last = first + len(rows) - 1
    page = page_of(house, book, book.groups(rows, first), first=first, last=last)
    return house.show(request, "staff/register.html", page)


@guarded("page.register")
async def pdf(request: Request, account: Account) -> Response:
    """GET /sessions/{session}/register.pdf."""
    return await made(request, account, "pdf")


@guarded("page.register")
async def xlsx(request: Request, account: Account) -> Response:
    """GET /sessions/{session}/register.xlsx."""
    return await made(request, account, "xlsx")


@guarded("page.register")
async def csv(request: Request, account: Account) -> Response:
    """GET /sessions/{session}/register.csv: row by row, whatever their number."""
    house = house_of(request)
    book = await opened(house, request)
    if book is None:
        return not_yet(house, request)
    await noted(house, account, book, "csv")
    both = book.sources.both

    async def lines() -> AsyncIterator[bytes]:
        yield sheets.BYTE_ORDER_MARK.encode() + sheets.lines([tables.head(both)])
        for offset in range(0, book.total, PART_ROWS):
            found = book.groups(book.part(offset, PART_ROWS), offset + 1)
            yield sheets.lines(tables.line(both, entry) for group in found for entry in group.entries)
            await asyncio.sleep(0)  # others are answered between two parts

    return StreamingResponse(lines(), media_type=_TYPES["csv"], headers=attached(book, "csv"))


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


def page_of(house: House, book: Book, shown: tuple[Group, ...], *, first: int, last: int) -> RegisterPage:
    both, district = book.sources.both, book.sources.district
    balance = reading.balance(book.sources.live.session)
    # The balance is the session's, not an office's.
    whole = balance is not None and book.office is None and last >= book.total
    used = {each.office_id for each in book.sections}
    return RegisterPage(
        both=both,
        head=book.head,
        groups=shown,
        sums=book.sources.sums(balance) if whole and balance else None,
        first=first,
        last=last,
        total=book.total,
        step=SCREEN_ROWS,
        office=district.offices[book.office].code if book.office else "",
        offices=tuple(
            Choice(office.code, tables.one(both.office(district, office.id)))
            for office in district.offices.values()
            if book.office or office.id in used
        ),
    )


def screen(wanted: str, total: int) -> int:
    """The first row of the page that holds the row asked for, counted from 1."""
    number = int(wanted) if wanted.isascii() and wanted.isdigit() and len(wanted) < 9 else 1
    return (min(max(1, number), max(1, total)) - 1) // SCREEN_ROWS * SCREEN_ROWS + 1


async def noted(house: House, account: Account, book: Book, form: str) -> None:
    """A register holds names: who took it out of the house is on record."""

    def write(conn: Connection, now: int) -> None:
        audit.record(
            conn,
            now,
            action="register.download",
            subject=book.row.id,
            account=account.id,
            session=book.row.id,
            facts={"form": form, "rows": str(book.total)},
        )

    await house.write(write)


async def made(request: Request, account: Account, kind: Kind) -> Response:
    """A paper from the press, or how far it is."""
    house = house_of(request)
    book = await opened(house, request)
    if book is None:
        return not_yet(house, request)
    key = f"{book.row.id}.register.{book.mark}"
    parts = printed(house, book) if kind == "pdf" else written(house, book)
    title = f"{book.head.title.en} — {book.head.subject.en}"
    printing = house.press.start(f"{key}.{kind}", kind, title, style(), book.total, lambda: parts)
    state = await printing.wait(PATIENCE_S)
    if state == "ready":
        await noted(house, account, book, kind)
        return FileResponse(printing.path, media_type=_TYPES[kind], headers=attached(book, kind))
    if state == "working":
        page = MakingPage(printing.done, printing.total, f"/sessions/{book.row.id}/register", again(request))
        response = house.show(request, "staff/making.html", page, status=202)
        response.headers["refresh"] = "3"
        return response
    return failed(house, request, f"/sessions/{book.row.id}/register?print=1", state)


async def printed(house: House, book: Book) -> AsyncIterator[Part]:
    """The parts of the PDF."""
    balance = reading.balance(book.sources.live.session)
    sums = book.sources.sums(balance) if balance and book.office is None else None
    for offset in range(0, max(1, book.total), PART_ROWS):
        rows = book.part(offset, PART_ROWS)
        last = offset + PART_ROWS >= book.total
        page = RegisterPart(
            both=book.sources.both,
            head=book.head,
            groups=book.groups(rows, offset + 1),
            first=offset == 0,
            last=last,
            sums=sums if last else None,
            pages_mark=PAGES,
        )
        html = await asyncio.to_thread(house.renderer.text, "ur", "papers/register.html", page)
        yield Part(html=html, rows=len(rows), last=last)


async def written(house: House, book: Book) -> AsyncIterator[Rows]:
    """The parts of the workbook: the balance, then a sheet for each section."""
    both = book.sources.both
    balance = reading.balance(book.sources.live.session)
    if balance and book.office is None:
        sums = tables.sum_rows(both, book.sources.sums(balance))
        yield Rows(sheet=both("paper.sheet.sum").en, rows=sums, widths=tables.SUM_WIDTHS)
    number, key = 0, None
    for offset in range(0, book.total, PART_ROWS):
        for group in book.groups(book.part(offset, PART_ROWS), offset + 1):
            begins = not group.continued
            number, key = number + begins, group
            body = [tables.line(both, entry) for entry in group.entries]
            yield Rows(tables.sheet_name(number, key), [tables.head(both), *body] if begins else body, tables.WIDTHS)
    yield Rows(sheet=tables.sheet_name(number, key) if key else "-", rows=[], widths=tables.WIDTHS, last=True)


def streamed(house: House, request: Request, book: Book) -> Response:
    """All rows on one page, sent as they are written."""
    page = replace(page_of(house, book, (), first=1, last=book.total), whole=True)
    frame = house.show(request, "staff/register.html", page)
    body = bytes(frame.body)
    text = (gzip.decompress(body) if frame.headers.get("content-encoding") == "gzip" else body).decode()
    before, _, after = text.partition("<!--rows-->")

    async def pieces() -> AsyncIterator[str]:
        yield before
        for offset in range(0, book.total, PART_ROWS):
            rows = book.part(offset, PART_ROWS)
            some = RegisterPart(both=book.sources.both, head=book.head, groups=book.groups(rows, offset + 1))
            yield await asyncio.to_thread(house.renderer.text, "ur", "papers/rows.html", some)
        yield after

    response = StreamingResponse(pieces(), media_type="text/html; charset=utf-8")
    response.raw_headers += [pair for pair in frame.raw_headers if pair[0] in (b"set-cookie", b"vary")]
    return response


def not_yet(house: House, request: Request) -> Response:
    words = house.words(request)
    page = MessagePage(
        words.plain("register.not_yet"),
        (words.plain("register.not_yet_more"),),
        (Link(words.plain("register.to_desk"), "/desk"),),
        "clock",
    )
    return house.show(request, "message.html", page, status=409)


def failed(house: House, request: Request, page_path: str, state: str) -> Response:
    """A plain sentence, and the page that gives the same paper without a library."""
    words = house.words(request)
    key = "register.no_library" if state == "no_library" else "register.failed"
    page = MessagePage(
        words.plain(key),
        (words.plain(f"{key}_more"),),
        (Link(words.plain("register.print"), page_path, "print"),),
    )
    return house.show(request, "message.html", page, status=503)


def attached(book: Book, kind: str) -> dict[str, str]:
    """The name under which a browser keeps it; letters that every system has (RFC 6266)."""
    office = f"-{book.sources.district.offices[book.office].code}" if book.office else ""
    shown = "inline" if kind == "pdf" else "attachment"
    name = f"register-{book.row.id}{office}.{kind}"
    return {"content-disposition": f'{shown}; filename="{name}"', "cache-control": "no-store"}


def again(request: Request) -> str:
    return request.url.path + (f"?{request.url.query}" if request.url.query else "")


@cache
def style() -> str:
    """The sheet of all papers."""
    return (Path(__file__).parents[1] / "papers" / "paper.css").read_text("utf-8")
