"""The house's figures about its complaints: today's or those of a past day, to read, to print and for spreadsheets."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator
from typing import Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from kachehri.i18n import Words
from kachehri.papers import sheets
from kachehri.papers.press import Printing
from kachehri.papers.wire import Part, Rows
from kachehri.reports.figures import Cell, Name, Row, Table
from kachehri.reports.rates import Rate
from kachehri.reports.snapshots import NAMES, of_day, weigh
from kachehri.store import Connection
from kachehri.store import reports as rows
from kachehri.store.tables import Account
from kachehri.tickets.reach import reach
from web.cards import Choice
from web.house import House, house_of
from web.papers import printing
from web.papers.pairs import calendar
from web.report_shapes import OldestRow, ReportGroup, ReportPage, ReportRow
from web.staff import guarded
from web.topics import District

#: The columns of each report that its picture shows, one part of a bar each.
DRAWN: Final[dict[str, tuple[str, ...]]] = {
    "ageing": ("to3", "to7", "to15", "to30", "to60", "over"),
    "honesty": ("confirmed", "silent", "forced", "waiting"),
}
WIDTHS: Final = [34, *[12] * 12]


@guarded("page.reports")
async def show(request: Request, account: Account) -> Response:
    """GET /reports?show=…&day=…."""
    return house_of(request).show(request, "staff/reports.html", await _page(request, account))


@guarded("page.reports")
async def csv(request: Request, account: Account) -> Response:
    """GET /reports.csv?show=…&day=…."""
    house = house_of(request)
    table, _, day = await _found(request, account)
    words, district = house.words(request), await house.districts.get()
    body = sheets.BYTE_ORDER_MARK.encode() + sheets.lines(await asyncio.to_thread(sheet, table, district, words))
    return Response(body, media_type=printing.TYPES["csv"], headers=printing.named(_file_name(table, day, "csv")))


@guarded("page.reports")
async def xlsx(request: Request, account: Account) -> Response:
    """GET /reports.xlsx?show=…&day=…: made beside the server, as every paper is."""
    house = house_of(request)
    table, _, day = await _found(request, account)
    words, district = house.words(request), await house.districts.get()
    cells = sheet(table, district, words)
    mark = hashlib.sha256(repr((cells, words.language.code)).encode()).hexdigest()[:16]
    title = words.plain(f"report.{table.name}")

    async def parts() -> AsyncIterator[Rows]:
        yield Rows(sheet=title, rows=cells, widths=WIDTHS[: len(cells[0])], last=True)

    ordered = house.press.start(f"reports.{table.name}.{mark}.xlsx", "xlsx", title, "", 1, parts)
    return await _paper(house, request, ordered, _file_name(table, day, "xlsx"))


async def _page(request: Request, account: Account) -> ReportPage:
    house = house_of(request)
    table, made_at, day = await _found(request, account)
    words, district = house.words(request), await house.districts.get()
    kept = await house.service.read(rows.days) if _whole(account) else []
    return ReportPage(
        name=table.name,
        columns=table.columns,
        groups=groups_of(table, district, words),
        whole=line_of(table, table.whole, words.plain("report.all")) if table.whole else None,
        oldest=tuple(
            OldestRow(reference, district.host(office, words), days) for reference, office, days in table.oldest
        ),
        made_at=made_at,
        day=day,
        days=tuple(Choice(each, calendar(words.dates, each)) for each in kept),
        house=house.place.name(words.language.code),
        drawn=DRAWN.get(table.name, ()),
    )


def groups_of(table: Table, district: District, words: Words) -> tuple[ReportGroup, ...]:
    """The lines by their groups, in their order."""
    found: dict[str, list[ReportRow]] = {}
    for row in table.rows:
        name = words.plain(f"report.size.{row.group}") if row.group else ""
        found.setdefault(name, []).append(line_of(table, row, subject(table, row, district, words)))
    return tuple(ReportGroup(name, tuple(lines)) for name, lines in found.items())


def line_of(table: Table, row: Row, name: str) -> ReportRow:
    """A line with the parts of its bar."""
    drawn = [row.cells[table.columns.index(each)] for each in DRAWN.get(table.name, ())]
    counts = [each if isinstance(each, int) else 0 for each in drawn]
    total = sum(counts)
    return ReportRow(name, row.cells, tuple(round(100 * n / total, 2) for n in counts) if total else ())


def subject(table: Table, row: Row, district: District, words: Words) -> str:
    """What a line is about, in words."""
    if table.name != "causes":
        return district.host(row.subject, words) or words.plain("ticket.desk")
    category, _, area = row.subject.partition("|")
    place = district.area(area, words)
    return f"{district.topic(category, words)}{' · ' if place else ''}{place}"


def sheet(table: Table, district: District, words: Words) -> list[list[str | int]]:
    """The report as a table for other programs: what is a share stands in two columns, and never where it is small."""
    head: list[str | int] = [words.plain(f"report.{table.name}")]
    for column in table.columns:
        said = words.plain(f"report.{table.name}.{column}")
        shares = any(isinstance(row.cells[table.columns.index(column)], Rate) for row in table.rows)
        head += [said, f"{said}: {words.plain('report.of')}"] if shares else [said]
    lines = [head]
    for group in groups_of(table, district, words):
        for row in group.rows:
            cells = [each for cell in row.cells for each in cells_of(cell)]
            lines.append([f"{group.name}: {row.name}" if group.name else row.name, *cells])
    return lines


def cells_of(cell: Cell) -> list[str | int]:
    if isinstance(cell, Rate):
        return [cell.n, cell.of]
    return ["" if cell is None else cell if isinstance(cell, int) else str(cell)]


async def _found(request: Request, account: Account) -> tuple[Table, int, str]:
    """The report that is asked for, when it was made, and its day if that is past.

    Raises:
        HTTPException: 404 for a report or a day that there is not.
    """
    house = house_of(request)
    name = request.query_params.get("show", NAMES[0])
    day = request.query_params.get("day", "")[:10]
    if name not in NAMES or (day and not _whole(account)):
        raise HTTPException(404)
    if day:
        kept = await house.service.read(of_day, name, day)
        if kept is None:
            raise HTTPException(404)
        return kept[0], kept[1], day
    now = house.now()
    return await house.service.read(_weighed, house, account, name, now), now, ""


def _weighed(conn: Connection, house: House, account: Account, name: Name, now: int) -> Table:
    within = reach(conn, account, now)
    return weigh(conn, name, now, None if within.offices is None else frozenset(within.offices))


def _whole(account: Account) -> bool:
    """Who looks at the whole house; what was kept of past days is of the whole."""
    return account.office_id is None


def _file_name(table: Table, day: str, kind: str) -> str:
    return f"report-{table.name}{f'-{day}' if day else ''}.{kind}"


@guarded("page.reports")
async def pdf(request: Request, account: Account) -> Response:
    """GET /reports.pdf?show=…&day=…, in the reader's language."""
    house = house_of(request)
    page = await _page(request, account)
    words = house.words(request)
    html = await asyncio.to_thread(house.renderer.text, words.language.code, "papers/report.html", page)
    mark = hashlib.sha256(html.encode()).hexdigest()[:16]

    async def parts() -> AsyncIterator[Part]:
        yield Part(html=html, rows=1, last=True)

    title = words.plain(f"report.{page.name}")
    ordered = house.press.start(f"reports.{page.name}.{mark}.pdf", "pdf", title, printing.style(), 1, parts)
    return await _paper(house, request, ordered, f"report-{page.name}.pdf")


async def _paper(house: House, request: Request, ordered: Printing, name: str) -> Response:
    """The paper, or how far it is."""
    back = f"/reports?show={request.query_params.get('show', NAMES[0])}"
    return await printing.handed(house, request, ordered, name, back=back)
