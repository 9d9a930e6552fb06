"""The working calendar of the house: what stands in the database, and how it is changed. Takes a connection.

Days off, hours and the weekend are changed on a page or by a file; every change makes a version, and clocks go by the
versions (kachehri/tickets/calendar.py). What may be said of it is in kachehri/calendar_book.py. Nothing is written that
would change nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final, NamedTuple, cast
from weakref import WeakKeyDictionary

import msgspec

from . import routing
from .calendar_book import Book, Off, Source, Week
from .store import Connection, installation
from .store import calendar as rows
from .store.tables import Calendar, CalendarVersion
from .tickets.calendar import Entry, Rules, Terms, WorkingCalendar, WorkingDays
from .tickets.clocks import RUNS
from .tickets.places import surrounding

PREFIX: Final = "calendar."
#: Open tickets that have a day to be moved.
COUNTED: Final = (*RUNS, "resolution_proposed")


@dataclass(frozen=True)
class Moving:
    """What a change would do to open tickets: so many of `of` get a later day, the furthest by so many days."""

    count: int
    of: int
    furthest: int = 0


# Reading


#: By database, as its engines are: what was read there last.
_KNOWN: WeakKeyDictionary[object, tuple[tuple[int, int], WorkingCalendar]] = WeakKeyDictionary()


def current(conn: Connection) -> WorkingCalendar:
    """The calendar by which clocks go now, with its earlier versions."""
    mark = rows.mark(conn)
    known = _KNOWN.get(conn.engine)
    if known is None or known[0] != mark:
        known = _KNOWN[conn.engine] = (mark, _calendar(rows.versions(conn)))
    return known[1]


def _calendar(versions: Iterable[CalendarVersion]) -> WorkingCalendar:
    said = tuple(msgspec.json.decode(each.body, type=Rules) for each in versions)
    if not said:
        return WorkingCalendar()
    # Before anybody said anything offices worked as they usually do.
    first = [Rules(zone=said[0].zone, weekend=said[0].weekend)] if said[0].version == 1 else []
    return WorkingCalendar((*first, *said))


def book(conn: Connection) -> Book:
    """What stands today."""
    found = installation.facts(conn, PREFIX).get("week")
    week = msgspec.json.decode(found, type=Week) if found else Week(weekend=current(conn).now.weekend)
    return Book({each.id: off_of(each) for each in rows.days(conn)}, week)


def off_of(row: Calendar) -> Off:
    return Off(
        row.day,
        row.name_ur,
        row.name_en,
        "open" if row.kind == "open" else "closed",
        row.area_id or "",
        row.estimated,
        cast(Source, row.source),
    )


# Keeping


def rules(conn: Connection, book: Book, *, version: int, since: int, zone: str) -> Rules:
    """What a book says, as clocks read it: with the places of each closure."""
    week = book.week
    around: dict[str, tuple[str, ...]] = {}
    if any(each.area for each in book.days.values()):
        around = surrounding(routing.places(conn))
    entries = []
    for each in sorted(book.days.values(), key=lambda each: each.id):
        places = tuple(sorted(code for code, ids in around.items() if each.area in ids)) if each.area else ()
        if each.area and not places:
            continue  # the place is gone
        entries.append(Entry(day=each.day, kind=each.kind, places=places))
    return Rules(
        version=version,
        since=since,
        zone=zone,
        weekend=tuple(sorted(set(week.weekend))),
        hours=week.hours,
        weekdays=week.weekdays,
        stretches=week.stretches,
        entries=tuple(entries),
        terms=Terms(appeal_calendar_days=week.appeal_days),
    )


def keep(conn: Connection, now: int, before: Book, after: Book, *, zone: str, by: str = "") -> int:
    """Write what changed, and put a new version in force where clocks would go otherwise. Returns the version in force.

    Arguments:
        by: the account; empty for the program itself.
    """
    changed = [each for id, each in after.days.items() if before.days.get(id) != each]
    rows.drop_days(conn, [id for id in before.days if id not in after.days])
    rows.save_days(conn, [_row(each, now) for each in changed])
    if after.week != before.week:
        installation.keep(conn, PREFIX, {"week": msgspec.json.encode(after.week).decode()})
    standing = rows.latest(conn)
    told = current(conn).now
    fresh = rules(conn, after, version=standing + 1, since=now, zone=zone)
    if msgspec.structs.replace(fresh, version=told.version, since=told.since) == told:
        return standing
    rows.add_version(
        conn, CalendarVersion(version=fresh.version, since=now, body=msgspec.json.encode(fresh), made_by=by)
    )
    return fresh.version


def _row(off: Off, now: int) -> Calendar:
    return Calendar(
        id=off.id,
        day=off.day,
        area_id=off.area or None,
        kind=off.kind,
        name_ur=off.name_ur,
        name_en=off.name_en,
        estimated=off.estimated,
        source=off.source,
        made_at=now,
    )


def preview(conn: Connection, now: int, after: Book, zone: str) -> Moving:
    """What keeping this book would do to the days of open tickets; pauses are counted as they stood."""
    calendar = current(conn)
    fresh = rules(conn, after, version=calendar.version + 1, since=now, zone=zone)
    following = WorkingCalendar((*calendar.versions, fresh))
    count = of = furthest = 0
    known: dict[tuple[date, int, str, int], int] = {}
    named = {place for each in fresh.entries for place in each.places}
    for due in rows.open_dues(conn, COUNTED, now):
        of += due.tickets
        area = due.area or ""
        old, new = calendar.days(area), following.days(area)
        key = (old.day_zero(due.opened_at), due.due_at, area if area in named else "", due.days)
        if key not in known:
            known[key] = _shift(old, new, due)
        count += due.tickets if known[key] else 0
        furthest = max(furthest, known[key])
    return Moving(count, of, furthest)


def _shift(old: WorkingDays, new: WorkingDays, due: rows.Due) -> int:
    """By how many days of the calendar such a ticket would be due later."""
    if due.due_at < old.after(due.opened_at, due.days):
        return 0  # a promise of the hearing, which stands
    later = new.after(due.opened_at, old.between(due.opened_at, due.due_at))
    return (new.local(later).date() - new.local(due.due_at).date()).days if later > due.due_at else 0


# Going through the open tickets


class Page(NamedTuple):
    """Tickets that a change of the calendar may concern, and how far going through them has come."""

    ids: tuple[str, ...]
    sweep: Sweep


class Sweep(msgspec.Struct, frozen=True):
    """Version `done` is through; `going` is through up to the ticket `last`."""

    done: int = 0
    going: int = 0
    last: str = ""


def unswept(conn: Connection, limit: int) -> Page | None:
    """The next open tickets that have not been looked at since the calendar changed; None when all have."""
    calendar = current(conn)
    found = installation.facts(conn, PREFIX).get("swept")
    sweep = msgspec.json.decode(found, type=Sweep) if found else Sweep()
    if sweep.done >= calendar.version:
        return None
    if sweep.going != calendar.version:  # another change came meanwhile: once more from the first
        sweep = Sweep(sweep.done, calendar.version)
    # Whatever was due before the first change that was not gone through was over by then.
    since = min(each.since for each in calendar.versions if each.version > sweep.done)
    ids = rows.open_after(conn, sweep.last, COUNTED, due_from=since, limit=limit)
    return Page(tuple(ids), sweep)


def swept(conn: Connection, page: Page) -> None:
    """These have been looked at. When none was left, the whole change is through."""
    done, going = page.sweep.done, page.sweep.going
    said = Sweep(done, going, page.ids[-1]) if page.ids else Sweep(going, going)
    installation.keep(conn, PREFIX, {"swept": msgspec.json.encode(said).decode()})
