"""The working calendar of the house: days off and other days, the week and its hours, a list as a file.

Whoever changes something sees first how many complaints would get a later day; clocks and steps follow by themselves
(kachehri/ticket_clock.py).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Final, NamedTuple

from starlette.requests import Request
from starlette.responses import Response

from kachehri import audit, calendar_book, calendars
from kachehri.calendar_book import Book, CalendarRefused, Off, Week
from kachehri.calendars import Moving
from kachehri.i18n import Words
from kachehri.i18n.digits import western
from kachehri.store import Connection, district
from kachehri.store.tables import Account
from kachehri.tickets.calendar import Hours
from web import forms
from web.calendar_shapes import (
    CalendarPage,
    DayPage,
    DayRow,
    Month,
    Sure,
)
from web.cards import Choice
from web.house import House, house_of, see
from web.papers.pairs import calendar as day_in_words
from web.staff import guarded

Change = Callable[[Book], Book]
#: The fields of a day, as they stand empty.
EMPTY: Final = dict.fromkeys(("day", "name_ur", "name_en", "kind", "area", "estimated"), "")


class Tried(NamedTuple):
    """A change that was looked at. `kept`: it stands now."""

    moving: Moving
    kept: bool
    before: Book
    after: Book


async def attempt(house: House, account: Account, change: Change, *, sure: bool, why: str = "") -> Tried:
    """Make a change, unless it moves the day of a complaint and nobody has said yet that it may.

    Errors: `CalendarRefused`.
    """
    zone = house.place.timezone
    now = house.now()

    def look(conn: Connection) -> Tried:
        before = calendars.book(conn)
        after = change(before)
        return Tried(calendars.preview(conn, now, after, zone), False, before, after)

    tried = await house.service.read(look)
    if tried.moving.count and not sure:
        return tried

    def write(conn: Connection, now: int) -> Tried:
        before = calendars.book(conn)
        after = change(before)
        if after != before:
            version = calendars.keep(conn, now, before, after, zone=zone, by=account.id)
            audit.record(conn, now, action="calendar.change", subject=str(version), reason=why, account=account.id)
        return Tried(tried.moving, True, before, after)

    return await house.write(write)


def sure_of(tried: Tried, says: str, fields: Mapping[str, str], action: str, back: str) -> Sure:
    again = tuple((name, value) for name, value in fields.items() if name not in ("form_token", "sure"))
    moving = tried.moving
    return Sure(says, moving.count, moving.of, moving.furthest, again, action, back)


def today(house: House, words: Words) -> str:
    return words.dates.local(house.now()).date().isoformat()


def said(refused: CalendarRefused, words: Words) -> dict[str, str]:
    return {refused.field or "day": words.plain(f"workdays.refused.{refused.code}")}


# The year


@guarded("page.calendar")
async def show(request: Request, account: Account) -> Response:
    """GET /calendar."""
    house = house_of(request)
    words = house.words(request)
    now = today(house, words)
    asked = western(request.query_params.get("year", ""))[:4]
    year = int(asked) if len(asked) == 4 and asked.isdigit() else int(now[:4])
    year = min(max(year, int(now[:4]) - 1), int(now[:4]) + calendar_book.YEARS_AHEAD)
    book, names = await house.service.read(lambda conn: (calendars.book(conn), area_names(conn, words)))
    rows: dict[int, list[DayRow]] = {}
    for off in sorted(book.days.values(), key=lambda each: each.id):
        day = date.fromisoformat(off.day)
        if day.year == year:
            rows.setdefault(day.month, []).append(row_of(off, day, book.week, names, words, now))
    listed = [row for month in rows.values() for row in month]
    moved = western(request.query_params.get("moved", ""))[:7]
    page = CalendarPage(
        year=year,
        before=year - 1 if year >= int(now[:4]) else 0,
        after=year + 1 if year < int(now[:4]) + calendar_book.YEARS_AHEAD else 0,
        months=tuple(Month(words.dates.month(number), tuple(rows[number])) for number in sorted(rows)),
        week=week_in_words(book.week, words),
        estimated=sum(row.estimated and not row.past for row in listed),
        count=len(listed),
        saved=request.query_params.get("saved", "")[:8],
        moved=int(moved) if moved.isdigit() else 0,
    )
    return house.show(request, "staff/calendar.html", page)


def row_of(off: Off, day: date, week: Week, names: Mapping[str, str], words: Words, now: str) -> DayRow:
    return DayRow(
        id=off.id,
        number=day.day,
        weekday=weekday(day.weekday(), words),
        name=named(off, words),
        place=names.get(off.area, off.area),
        opened=off.kind == "open",
        estimated=off.estimated,
        past=off.day < now,
        idle=off.kind == "closed" and day.weekday() in week.weekend,
    )


def named(off: Off, words: Words) -> str:
    first, second = (off.name_ur, off.name_en) if words.language.code == "ur" else (off.name_en, off.name_ur)
    return first or second


def area_names(conn: Connection, words: Words) -> dict[str, str]:
    """Every place by its id."""
    urdu = words.language.code == "ur"
    return {each.id: (each.name_ur if urdu else each.name_en) or each.code for each in district.all_areas(conn)}


def weekday(number: int, words: Words) -> str:
    """0 for Monday, as the calendar counts; 5 January 2026 was one."""
    return words.dates.weekday(words.dates.local(1_767_589_200_000 + number * 86_400_000))


def clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


def hours_in_words(hours: Hours, words: Words) -> str:
    return words.plain("workdays.from_to", None, opens=clock(hours.opens), closes=clock(hours.closes))


def week_in_words(week: Week, words: Words) -> tuple[str, ...]:
    """The week in sentences."""
    comma = words.plain("comma") + " "
    off = comma.join(weekday(each, words) for each in sorted(week.weekend))
    lines = [words.plain("workdays.hours_are", None, hours=hours_in_words(week.hours, words))]
    lines += [
        words.plain("workdays.hours_on", None, day=weekday(each, words), hours=hours_in_words(hours, words))
        for each, hours in sorted(week.weekdays.items())
        if each not in week.weekend
    ]
    lines.append(words.plain("workdays.off_are", None, days=off) if off else words.plain("workdays.off_none"))
    return tuple(lines)


# A day


@guarded("page.calendar")
async def day(request: Request, account: Account) -> Response:
    """GET /calendar/day."""
    house = house_of(request)
    id = request.query_params.get("id", "")[:64]
    book = await house.service.read(calendars.book)
    off = book.days.get(id)
    values = values_of(off) if off else {"day": request.query_params.get("day", "")[:10], "kind": "closed"}
    return await day_form(house, request, off.id if off else "", values, {})


def values_of(off: Off) -> dict[str, str]:
    return {
        "day": off.day,
        "name_ur": off.name_ur,
        "name_en": off.name_en,
        "kind": off.kind,
        "area": off.area,
        "estimated": "1" if off.estimated else "",
    }


async def day_form(
    house: House,
    request: Request,
    id: str,
    values: Mapping[str, str],
    errors: Mapping[str, str],
    sure: Sure | None = None,
) -> Response:
    words = house.words(request)
    names = await house.service.read(area_names, words)
    shown = day_in_words(words.dates, id[:10]) if id else ""
    year = (values.get("day") or today(house, words))[:4]
    areas = tuple(Choice(each, name) for each, name in names.items())
    page = DayPage(id, shown, {**EMPTY, **values}, areas, int(year) if year.isdigit() else 0, errors, sure)
    template = "staff/calendar_sure.html" if sure else "staff/calendar_day.html"
    return house.show(request, template, page, status=422 if errors else 200)


@guarded("page.calendar")
async def save_day(request: Request, account: Account) -> Response:
    """POST /calendar/day: write, move or take out a day."""
    house = house_of(request)
    words = house.words(request)
    fields = await forms.read(request, house.origins)
    id, remove = fields.get("id", "")[:64], fields.get("do") == "remove"
    off = Off(
        day=western(fields.get("day", "")).strip()[:10],
        name_ur=" ".join(fields.get("name_ur", "").split()),
        name_en=" ".join(fields.get("name_en", "").split()),
        kind="open" if fields.get("kind") == "open" else "closed",
        area=fields.get("area", "")[:64],
        estimated=fields.get("estimated") == "1",
    )
    now = today(house, words)

    def change(book: Book) -> Book:
        if remove:
            return calendar_book.remove(book, id)
        if off.id != id and off.id in book.days:
            raise CalendarRefused("taken", "day")
        return calendar_book.add(calendar_book.remove(book, id) if id else book, off, now)

    try:
        tried = await attempt(house, account, change, sure=fields.get("sure") == "1", why=forms.why(fields))
    except CalendarRefused as refused:
        return await day_form(house, request, id, {**fields, "day": off.day}, said(refused, words))
    shown = day_in_words(words.dates, id[:10] if remove else off.day)
    if not tried.kept:
        says = words.plain("workdays.sure.open" if off.kind == "open" else "workdays.sure.day", None, day=shown)
        back = f"/calendar/day?id={id}" if id else "/calendar/day"
        return await day_form(house, request, id, fields, {}, sure_of(tried, says, fields, "/calendar/day", back))
    saved = "removed" if remove else "day"
    return see(f"/calendar?year={(id if remove else off.day)[:4]}&saved={saved}&moved={tried.moving.count}")
