"""The register of a closed session: a page that prints by itself, and the same as PDF, CSV and workbook."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Final

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from kachehri import audit
from kachehri.papers import sheets
from kachehri.papers.wire import PAGES, Kind, Part, Rows
from kachehri.store import Connection
from kachehri.store.tables import Account
from web import reading
from web.cards import Choice
from web.house import House, house_of
from web.papers import printing, tables
from web.papers.book import Book, opened
from web.papers.register import Group
from web.papers.shapes import RegisterPage, RegisterPart
from web.staff import guarded

#: Rows of a page on screen, of a printed part, and of a line-by-line part.
SCREEN_ROWS: Final = 50
PART_ROWS: Final = 100


@guarded("page.register")
async def show(request: Request, account: Account) -> Response:
    """GET /sessions/{session}/register. With `print`, all rows on one page for paper."""
    house = house_of(request)
    book = await opened(house, request)
    if book is None:
        return printing.not_yet(house, request)
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
        return printing.not_yet(house, request)
    await noted(house, account, book, "csv")
    both = book.sources.both

    async def lines() -> AsyncIterator[bytes]:
        yield sheets.BYTE_ORDER_MARK.encode() + sheets.lines([tables.head(both)])
        for offset in range(0, book.total, PART_ROWS):
            found = book.groups(book.part(offset, PART_ROWS), offset + 1)
            yield sheets.lines(tables.line(both, entry) for group in found for entry in group.entries)
            await asyncio.sleep(0)  # others are answered between two parts

    return StreamingResponse(lines(), media_type=printing.TYPES["csv"], headers=printing.named(file_name(book, "csv")))


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
        return printing.not_yet(house, request)
    key = f"{book.row.id}.register.{book.mark}"
    parts = printed(house, book) if kind == "pdf" else written(house, book)
    title = f"{book.head.title.en} — {book.head.subject.en}"
    ordered = house.press.start(f"{key}.{kind}", kind, title, printing.style(), book.total, lambda: parts)
    page = f"/sessions/{book.row.id}/register"
    return await printing.handed(
        house,
        request,
        ordered,
        file_name(book, kind),
        back=page,
        instead=f"{page}?print=1",
        noted=lambda: noted(house, account, book, kind),
        far=lambda: (ordered.done, ordered.total),
    )


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


def file_name(book: Book, kind: str) -> str:
    office = f"-{book.sources.district.offices[book.office].code}" if book.office else ""
    return f"register-{book.row.id}{office}.{kind}"
