"""Days off as a file: looked at with what they would change, taken over whole or not at all, and taken out."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from datetime import date
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from kachehri import calendar_book, calendars, spreadsheets
from kachehri.calendar_book import Book, CalendarRefused, Off
from kachehri.i18n.digits import western
from kachehri.spreadsheets import Fault, Unreadable
from kachehri.store import Connection, district
from kachehri.store.tables import Account
from web import forms, uploads
from web.calendar_shapes import CalendarFilePage
from web.house import House, house_of, see
from web.office_shapes import Told
from web.pages.calendar import Tried, attempt, named, sure_of, today, values_of, weekday
from web.papers.pairs import calendar as day_in_words
from web.staff import guarded

COLUMNS: Final = ("day", "name_ur", "name_en", "kind", "area", "estimated")
REQUIRED: Final = ("day", "name_ur", "name_en")
FAULTS_SHOWN: Final = 40
SAMPLE: Final = 12


@guarded("page.calendar")
async def bring(request: Request, account: Account) -> Response:
    """GET /calendar/import."""
    return house_of(request).show(request, "staff/calendar_import.html", CalendarFilePage(COLUMNS, REQUIRED))


@guarded("page.calendar")
async def look(request: Request, account: Account) -> Response:
    """POST /calendar/import: look at a file, and on a second look take it over, all of it or nothing."""
    house = house_of(request)
    words = house.words(request)
    upload = await uploads.read(request, house.origins, most=2 * spreadsheets.FILE_MOST)
    again = upload.fields.get("content", "")
    try:
        content = base64.b64decode(again, validate=True) if again else upload.files.get("file", b"")
    except ValueError:
        raise forms.FormRefused(400) from None
    try:
        table = spreadsheets.read(content, COLUMNS, REQUIRED)
    except Unreadable as unreadable:
        return refused_file(house, request, unreadable.faults)
    areas = await house.service.read(lambda conn: {each.code: each.id for each in district.all_areas(conn)})
    now = today(house, words)
    offs, faults = listed(table, areas, now)
    if faults:
        return refused_file(house, request, tuple(faults))

    def change(book: Book) -> Book:
        return calendar_book.bring(book, offs, now)

    try:
        if again:
            tried = await attempt(house, account, change, sure=True, why=forms.why(upload.fields))
            return see(f"/calendar?year={offs[0].day[:4]}&saved=file&moved={tried.moving.count}")
        zone = house.place.timezone

        def preview(conn: Connection) -> Tried:
            before = calendars.book(conn)
            after = change(before)
            return Tried(calendars.preview(conn, house.now(), after, zone), False, before, after)

        tried = await house.service.read(preview)
    except CalendarRefused as refused:
        return refused_file(house, request, (Fault(0, refused.code),))
    known = tried.before.days
    page = CalendarFilePage(
        COLUMNS,
        REQUIRED,
        ready=True,
        new=sum(known.get(id) != off for id, off in tried.after.days.items()),
        same=sum(known.get(off.id) is not None and tried.after.days.get(off.id) == known[off.id] for off in offs),
        gone=sum(id not in tried.after.days for id in known),
        sample=tuple(
            (
                day_in_words(words.dates, off.day),
                weekday(date.fromisoformat(off.day).weekday(), words),
                named(off, words),
            )
            for off in offs[:SAMPLE]
        ),
        sample_of=len(offs),
        content=base64.b64encode(content).decode(),
        sure=sure_of(tried, "", {}, "/calendar/import", "/calendar/import"),
    )
    return house.show(request, "staff/calendar_import.html", page)


def listed(table: spreadsheets.Table, areas: Mapping[str, str], now: str) -> tuple[list[Off], list[Fault]]:
    """The days of a file, and what is wrong with it."""
    offs: list[Off] = []
    faults: list[Fault] = []
    for row in table.rows:
        cells = row.cells
        area, kind = cells.get("area", ""), cells.get("kind", "").casefold() or "closed"
        if area and area not in areas:
            faults.append(Fault(row.line, "area", {"code": area}))
        if kind not in ("closed", "open"):
            faults.append(Fault(row.line, "kind"))
        off = Off(
            day=western(cells.get("day", "")),
            name_ur=cells.get("name_ur", ""),
            name_en=cells.get("name_en", ""),
            kind="open" if kind == "open" else "closed",
            area=areas.get(area, ""),
            estimated=cells.get("estimated", "").casefold() in ("yes", "y", "1", "true"),
            source="gazette",
        )
        try:
            calendar_book.add(Book(), off, now)
            offs.append(off)
        except CalendarRefused as refused:
            faults.append(Fault(row.line, refused.code))
    if not table.rows:
        faults.append(Fault(0, "no_rows"))
    return offs, faults


def refused_file(house: House, request: Request, faults: tuple[Fault, ...]) -> Response:
    words = house.words(request)

    def sentence(fault: Fault) -> str:
        own = f"workdays.refused.{fault.code}"
        key = own if words.has(own) else f"lists.{fault.code}"
        return words.plain(key, None, **fault.values)

    told = tuple(Told(each.line, sentence(each)) for each in faults[:FAULTS_SHOWN])
    page = CalendarFilePage(COLUMNS, REQUIRED, told, max(0, len(faults) - FAULTS_SHOWN))
    return house.show(request, "staff/calendar_import.html", page, status=422)


@guarded("page.calendar")
async def file(request: Request, account: Account) -> Response:
    """GET /calendar/file: all days as a list that can be changed and brought back; empty, it is a form to fill in."""
    house = house_of(request)

    def read(conn: Connection) -> list[dict[str, str]]:
        codes = {each.id: each.code for each in district.all_areas(conn)}
        rows = []
        for off in sorted(calendars.book(conn).days.values(), key=lambda each: each.id):
            cells = values_of(off)
            rows.append({**cells, "area": codes.get(off.area, ""), "estimated": "yes" if off.estimated else "no"})
        return rows

    rows = [] if request.query_params.get("empty") else await house.service.read(read)
    headers = {"content-disposition": 'attachment; filename="calendar.csv"'}
    return Response(spreadsheets.write(COLUMNS, rows), media_type="text/csv; charset=utf-8", headers=headers)
