"""The office's own lists: looked at, written by hand, and brought in and taken out as files."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Final
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response

from kachehri import audit, offices, spreadsheets
from kachehri.i18n import Words
from kachehri.office_lists import COLUMNS, KINDS, OVER, POINTS, REQUIRED, Book, Checked, Kind, check
from kachehri.spreadsheets import Fault, Row, Table, Unreadable
from kachehri.store import Connection
from kachehri.store.tables import Account
from kachehri.tickets.places import PICKED, TREES
from web import forms, uploads
from web.cards import Choice
from web.house import House, house_of, see
from web.office_shapes import Column, EntryPage, ImportPage, Line, ListPage, Told
from web.staff import guarded

#: Mistakes and rows that one page shows; whoever has more begins with these.
FAULTS_SHOWN: Final = 40
SAMPLE: Final = 12
#: What a list shows beside the name.
_BESIDE: Final[dict[Kind, tuple[str, ...]]] = {
    "offices": ("parent", "triage"),
    "posts": ("office", "holder"),
    "categories": ("office", "days", "protected"),
    "areas": ("kind", "parent"),
}
_TICKS: Final = ("triage", "protected", "picture")


def kind_of(asked: str) -> Kind:
    return next((kind for kind in KINDS if kind == asked), "offices")


def named(cells: Mapping[str, str], words: Words) -> str:
    """What an entry is called, in the reader's language where it has that."""
    first, second = ("ur", "en") if words.language.code == "ur" else ("en", "ur")
    for each in (f"name_{first}", f"title_{first}", f"name_{second}", f"title_{second}"):
        if cells.get(each):
            return cells[each]
    return cells.get("code", "")


@guarded("page.offices")
async def show(request: Request, account: Account) -> Response:
    """GET /offices."""
    house = house_of(request)
    words = house.words(request)
    kind = kind_of(request.query_params.get("list", ""))
    if kind == "posts":
        return see(f"/posts?saved={quote(request.query_params.get('saved', '')[:10])}")
    book = await house.service.read(offices.book)
    page = ListPage(
        kind=kind,
        counts={each: len(book.of(each)) for each in KINDS},
        lines=tuple(line(kind, cells, book, words) for cells in book.of(kind).values()),
        columns=_BESIDE[kind],
        saved=request.query_params.get("saved", "")[:10],
    )
    return house.show(request, "staff/offices.html", page)


def line(kind: Kind, cells: Mapping[str, str], book: Book, words: Words) -> Line:
    beside = []
    for column in _BESIDE[kind]:
        text = cells[column]
        target = POINTS.get((kind, column))
        if target is not None and text in book.of(target):
            text = named(book.of(target)[text], words)
        elif column in _TICKS:
            text = words.plain("lists.yes") if text == "yes" else ""
        elif column == "office":
            text = words.plain("plan.no_office")
        beside.append((column, text))
    return Line(cells["code"], named(cells, words), tuple(beside))


@guarded("page.offices")
async def entry(request: Request, account: Account) -> Response:
    """GET /offices/entry: one entry to change, or a new one."""
    house = house_of(request)
    kind = kind_of(request.query_params.get("list", ""))
    code = request.query_params.get("code", "")[:40]
    if kind == "posts":
        return see(f"/posts/{quote(code) or 'new'}")
    book = await house.service.read(offices.book)
    return await form(house, request, kind, code, dict(book.of(kind).get(code, {})), book, {})


async def form(
    house: House, request: Request, kind: Kind, code: str, cells: dict[str, str], book: Book, errors: dict[str, str]
) -> Response:
    words = house.words(request)
    columns = []
    for column in COLUMNS[kind]:
        target = POINTS.get((kind, column))
        choices = tuple(
            Choice(each, named(found, words)) for each, found in (book.of(target) if target else {}).items()
        )
        if column in OVER:
            choices = tuple(each for each in choices if book.of(kind)[each.id]["tree"] == column)
            if not choices:
                continue
        elif column == "tree":
            choices = tuple(Choice(each, words.plain(f"lists.tree.{each}")) for each in TREES)
        columns.append(
            Column(
                column,
                cells.get(column, "") or (PICKED if column == "tree" else ""),
                tuple(each for each in choices if target != kind or each.id != code),
                column in _TICKS,
                column == "code" and bool(code),
                column == "tree" or column in OVER,
            )
        )
    may_retire = bool(code) and kind != "areas" and not (kind == "offices" and book.triage == code)
    page = EntryPage(kind, code, tuple(columns), may_retire, errors)
    return house.show(request, "staff/office_entry.html", page, status=422 if errors else 200)


@guarded("page.offices")
async def save(request: Request, account: Account) -> Response:
    """POST /offices/entry: write or retire one entry, by the same rules as a file."""
    house = house_of(request)
    words = house.words(request)
    fields = await forms.read(request, house.origins)
    kind = kind_of(fields.get("list", ""))
    old = fields.get("old", "")[:40]
    cells = {column: " ".join(fields.get(column, "").split()) for column in COLUMNS[kind]}
    if old:
        cells["code"] = old
    cells |= {column: "yes" if fields.get(column) == "1" else "no" for column in _TICKS if column in cells}

    def write(conn: Connection, now: int) -> tuple[Checked, Book, str]:
        book = offices.book(conn)
        if fields.get("do") == "retire":
            why = offices.retire(conn, kind, old, now)
            if not why:
                audit.record(conn, now, action="lists.retire", subject=f"{kind}/{old}", account=account.id)
            return Checked(), book, why
        checked = check(kind, [Row(1, cells)], book)
        if not old and cells["code"] in book.of(kind):
            checked = Checked(faults=(Fault(1, "taken", {"code": cells["code"]}),))
        if not checked.faults:
            offices.write(conn, kind, checked.entries, now)
            noted(conn, now, kind, checked, account)
        return checked, book, ""

    checked, book, why = await house.write(write)
    errors = {field_of(kind, each): sentence(each, words) for each in checked.faults}
    if why:
        errors["code"] = words.plain(f"lists.{why}")
    if errors:
        return await form(house, request, kind, old, cells, book, errors)
    house.districts.forget()
    return see(f"/offices?list={kind}&saved={'retired' if fields.get('do') == 'retire' else 'one'}")


def noted(conn: Connection, now: int, kind: Kind, checked: Checked, account: Account) -> None:
    """One entry by its code; of a file how many it had."""
    entries = checked.entries
    subject = f"{kind}/{entries[0]['code']}" if len(entries) == 1 else kind
    facts = {"entries": str(len(entries))}
    audit.record(conn, now, action="lists.change", subject=subject, account=account.id, facts=facts)


def field_of(kind: Kind, fault: Fault) -> str:
    """The field that a fault of one entry belongs to."""
    if column := fault.values.get("column"):
        return str(column)
    first = next(column for column in COLUMNS[kind] if column.startswith(("name_", "title_")))
    return {
        "no_name": first,
        "no_code": first,
        "days": "days",
        "no_office": "office",
        "no_triage": "triage",
        "own_parent": "parent" if "parent" in COLUMNS[kind] else "reports_to",
        "circle": "parent" if "parent" in COLUMNS[kind] else "reports_to",
    }.get(fault.code, "code")


def sentence(fault: Fault, words: Words) -> str:
    return words.plain(f"lists.{fault.code}", None, **fault.values)


# Files


@guarded("page.offices")
async def bring(request: Request, account: Account) -> Response:
    """GET /offices/import."""
    house = house_of(request)
    kind = kind_of(request.query_params.get("list", ""))
    return house.show(request, "staff/office_import.html", ImportPage(kind, COLUMNS[kind], REQUIRED[kind]))


@guarded("page.offices")
async def look(request: Request, account: Account) -> Response:
    """POST /offices/import: look at a file, and on a second look take it over, all of it or nothing."""
    house = house_of(request)
    # What was looked at comes back with the form, so it is the same bytes that are taken over, whoever else writes.
    upload = await uploads.read(request, house.origins, most=2 * spreadsheets.FILE_MOST)
    kind = kind_of(upload.fields.get("list", ""))
    again = upload.fields.get("content", "")
    try:
        content = base64.b64decode(again, validate=True) if again else upload.files.get("file", b"")
    except ValueError:
        raise forms.FormRefused(400) from None
    try:
        table = spreadsheets.read(content, COLUMNS[kind], REQUIRED[kind])
    except Unreadable as unreadable:
        return refused(house, request, kind, unreadable.faults)

    def write(conn: Connection, now: int) -> Checked:
        checked = check(kind, table.rows, offices.book(conn))
        if again and not checked.faults:
            offices.write(conn, kind, checked.entries, now)
            noted(conn, now, kind, checked, account)
        return checked

    checked = await house.write(write)
    if checked.faults:
        return refused(house, request, kind, checked.faults)
    if again:
        house.districts.forget()
        return see(f"/offices?list={kind}&saved=file")
    page = preview(kind, table, checked, content)
    return house.show(request, "staff/office_import.html", page)


def preview(kind: Kind, table: Table, checked: Checked, content: bytes) -> ImportPage:
    return ImportPage(
        kind,
        COLUMNS[kind],
        REQUIRED[kind],
        ready=True,
        encoding=table.encoding,
        guessed=table.guessed,
        new=checked.new,
        changed=checked.changed,
        same=checked.same,
        sample=tuple(tuple(each[column] for column in COLUMNS[kind]) for each in checked.entries[:SAMPLE]),
        sample_of=len(checked.entries),
        content=base64.b64encode(content).decode(),
    )


def refused(house: House, request: Request, kind: Kind, faults: tuple[Fault, ...]) -> Response:
    words = house.words(request)
    told = tuple(Told(each.line, sentence(each, words)) for each in faults[:FAULTS_SHOWN])
    page = ImportPage(kind, COLUMNS[kind], REQUIRED[kind], told, max(0, len(faults) - FAULTS_SHOWN))
    return house.show(request, "staff/office_import.html", page, status=422)


@guarded("page.offices")
async def file(request: Request, account: Account) -> Response:
    """GET /offices/file: a list as a file, which can be changed and brought back; empty, it is a form to fill in."""
    house = house_of(request)
    kind = kind_of(request.query_params.get("list", ""))
    book = Book() if request.query_params.get("empty") else await house.service.read(offices.book)
    content = spreadsheets.write(COLUMNS[kind], list(book.of(kind).values()))
    headers = {"content-disposition": f'attachment; filename="{kind}.csv"'}
    return Response(content, media_type="text/csv; charset=utf-8", headers=headers)
