"""What the house says of working time: a week, and the days that are not as it has them. Nothing here keeps anything.

A book becomes another with every change; a change that says something impossible is refused.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Final, Literal

import msgspec

from .tickets.calendar import Hours, Stretch

NAME_MOST: Final = 80
#: A calendar says nothing of days further away than this.
YEARS_AHEAD: Final = 5
ENTRIES_MOST: Final = 2_000
STRETCHES_MOST: Final = 20
Source = Literal["seed", "gazette", "hand"]


class CalendarRefused(Exception):
    """A lawful no; `code` names a sentence, `workdays.refused.<code>`, and `field` where it belongs on the page."""

    def __init__(self, code: str, field: str = "") -> None:
        super().__init__(code)
        self.code, self.field = code, field


class Week(msgspec.Struct, frozen=True, kw_only=True):
    """What is the same every week, and the stretches with other hours. `appeal_days`: 0 for working days alone."""

    weekend: tuple[int, ...] = (5, 6)
    hours: Hours = Hours()
    weekdays: dict[int, Hours] = {}
    stretches: tuple[Stretch, ...] = ()
    appeal_days: int = 0


@dataclass(frozen=True)
class Off:
    """A day that is not as the week has it, everywhere or in one area (by id) and what lies within it."""

    day: str
    name_ur: str = ""
    name_en: str = ""
    kind: Literal["closed", "open"] = "closed"
    area: str = ""
    estimated: bool = False
    source: Source = "hand"

    @property
    def id(self) -> str:
        return f"{self.day}.{self.area}" if self.area else self.day


@dataclass(frozen=True)
class Book:
    """Everything that is said of working time today; `days` by their ids."""

    days: Mapping[str, Off] = field(default_factory=dict)
    week: Week = Week()


def add(book: Book, off: Off, today: str) -> Book:
    """Write a day, over one that stands for the same day and area."""
    day(off.day, today)
    if not (off.name_ur or off.name_en):
        raise CalendarRefused("no_name", "name_en")
    if max(len(off.name_ur), len(off.name_en)) > NAME_MOST:
        raise CalendarRefused("long_name", "name_en")
    if len(book.days) >= ENTRIES_MOST and off.id not in book.days:
        raise CalendarRefused("many", "day")
    return replace(book, days={**book.days, off.id: off})


def move(book: Book, id: str, to: str, today: str) -> Book:
    """The same holiday on another day, as the gazette says; it is estimated no more."""
    off = book.days.get(id)
    if off is None:
        raise CalendarRefused("gone", "day")
    moved = replace(off, day=day(to, today), estimated=False, source="hand")
    if moved.id != id and moved.id in book.days:
        raise CalendarRefused("taken", "day")
    rest = {key: each for key, each in book.days.items() if key != id}
    return replace(book, days={**rest, moved.id: moved})


def remove(book: Book, id: str) -> Book:
    """Take a day out; who was told a later day because of it keeps that."""
    if id not in book.days:
        raise CalendarRefused("gone", "day")
    return replace(book, days={key: each for key, each in book.days.items() if key != id})


def with_week(book: Book, week: Week) -> Book:
    """Another week."""
    if len(set(week.weekend)) > 6 or not set(week.weekend) <= set(range(7)):
        raise CalendarRefused("weekend", "weekend")
    for hours, at in ((week.hours, "opens"), *((each, "weekday") for each in week.weekdays.values())):
        _hours(hours, at)
    if len(week.stretches) > STRETCHES_MOST:
        raise CalendarRefused("many", "first")
    for each in week.stretches:
        _hours(each.hours, "stretch")
        if _date(each.first, "first") > _date(each.last, "last"):
            raise CalendarRefused("backwards", "last")
    if not 0 <= week.appeal_days <= 365:
        raise CalendarRefused("days", "appeal_days")
    return replace(book, week=week)


def bring(book: Book, offs: Iterable[Off], today: str) -> Book:
    """Take over a list: what stands already stays, and a confirmed day takes the place of an estimated one by the same
    name in the same year.
    """
    listed = list(offs)
    confirmed = {(each.day[:4], each.area, name) for each in listed for name in (each.name_en, each.name_ur) if name}
    kept = {
        id: each
        for id, each in book.days.items()
        if not each.estimated
        or id in {off.id for off in listed}
        or not {(each.day[:4], each.area, name) for name in (each.name_en, each.name_ur)} & confirmed
    }
    found = replace(book, days=kept)
    for each in listed:
        stands = found.days.get(each.id)
        if stands is None or replace(stands, source=each.source) != each:
            found = add(found, each, min(today, each.day))
    return found


def day(text: str, today: str) -> str:
    """A day of the calendar that is not over by more than a year nor too far away."""
    found, now = _date(text, "day"), date.fromisoformat(today)
    if not now.year - 1 <= found.year <= now.year + YEARS_AHEAD:
        raise CalendarRefused("far", "day")
    return found.isoformat()


def _date(text: str, at: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise CalendarRefused("day", at) from None


def _hours(hours: Hours, at: str) -> None:
    if not 0 <= hours.opens < hours.closes <= 24 * 60:
        raise CalendarRefused("hours", at)
