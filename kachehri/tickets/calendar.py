"""Working time: on which days and at which hours offices work, and what "in N working days" means. Pure.

Rule 1: what arrives within office hours belongs to that day, day 0; what arrives after closing or on a day off belongs
to the next day that offices work. "N working days" end at closing time of the N-th working day after day 0.
Rule 2: a day that was told moves only later. So every version of the calendar that was in force since a clock began
has a say, and the latest of their days counts: taking a holiday back brings nobody's day forward. A version that came
when the day was over changes nothing about it.
Rule 3: of two entries for one day the closed one counts, and one of an area counts in all that lies within it.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import chain
from typing import Final, Literal
from zoneinfo import ZoneInfo

from msgspec import Struct

DAY_MS: Final = 86_400_000
#: Nobody waits longer than this for an office to open; a calendar that never opens is a mistake in it.
SEARCH_DAYS: Final = 3_660
_AHEAD: Final = 370


class Hours(Struct, frozen=True):
    """Opening and closing time in minutes since midnight, by the clocks of the place."""

    opens: int = 9 * 60
    closes: int = 17 * 60


class Stretch(Struct, frozen=True, kw_only=True):
    """Other hours from one day to another, both included, as in Ramadan.

    Arguments:
        first, last: ISO 8601.
        weekdays: on these days of the week alone, 0 for Monday; none: on all.
    """

    first: str
    last: str
    hours: Hours
    weekdays: tuple[int, ...] = ()


class Entry(Struct, frozen=True, kw_only=True):
    """A day (ISO 8601) that is not as the week has it.

    Arguments:
        places: only there, by the codes of the area and of all that lay within it when this was written; none:
            everywhere.
    """

    day: str
    kind: Literal["closed", "open"] = "closed"
    places: tuple[str, ...] = ()


class Terms(Struct, frozen=True, kw_only=True):
    """How long an office may take: working days but for those named otherwise. The citizen's time is in windows.py."""

    acknowledge_ms: int = 5 * 60_000
    accept: int = 1
    first: int = 3
    second_level: int = 5
    third_level: int = 10
    #: After the third level; or so many calendar days after the opening, where the house says a number.
    appeal_after: int = 5
    appeal_calendar_days: int = 0
    appeal: int = 30
    #: By when the notice of a proposal should have reached her, or somebody has to call.
    arrive: int = 3
    #: Questions to the citizen stop the clock for so long in all.
    asking: int = 10


class Rules(Struct, frozen=True, kw_only=True):
    """One version of what the house says of its working time, in force from `since`, in milliseconds.

    Arguments:
        weekend: days of the week without work, 0 for Monday.
        weekdays: hours of single days of the week, such as a half Friday.
    """

    version: int = 0
    since: int = 0
    zone: str = "Asia/Karachi"
    weekend: tuple[int, ...] = (5, 6)
    hours: Hours = Hours()
    weekdays: dict[int, Hours] = {}
    stretches: tuple[Stretch, ...] = ()
    entries: tuple[Entry, ...] = ()
    terms: Terms = Terms()


class WorkingDays:
    """The working time of one place under one version of the rules.

    Arguments:
        place: the code of an area.
        before: the same under the version before: another week or other hours count from the day on which they were
            said, single days whenever they are said.
    """

    def __init__(self, rules: Rules, place: str = "", before: WorkingDays | None = None) -> None:
        self.rules = rules
        self._before = before
        self.zone = ZoneInfo(rules.zone)
        mine = [each for each in rules.entries if not each.places or place in each.places]
        self._closed = {date.fromisoformat(each.day) for each in mine if each.kind == "closed"}
        self._opened = {date.fromisoformat(each.day) for each in mine if each.kind == "open"} - self._closed
        self._stretches = [
            (date.fromisoformat(each.first), date.fromisoformat(each.last), each) for each in rules.stretches
        ]
        self._begins = self.local(rules.since).date()
        #: Working days as ordinals, without gaps between the first and the last day that were looked at.
        self._days: list[int] = []
        self._from = self._to = 0
        #: Closing times that were asked for: thousands of tickets are due on a few days.
        self._closings: dict[date, int] = {}

    def works(self, day: date) -> bool:
        """Whether offices work on a day."""
        if day in self._closed:
            return False
        return day in self._opened or day.weekday() not in self.weekend(day)

    def weekend(self, day: date) -> tuple[int, ...]:
        """The days off in the week of a day."""
        return self._before.weekend(day) if self._before and day < self._begins else self.rules.weekend

    def hours(self, day: date) -> Hours:
        """The office hours of a working day; of two stretches the one that is written later counts."""
        if self._before and day < self._begins:
            return self._before.hours(day)
        for first, last, each in reversed(self._stretches):
            if first <= day <= last and (not each.weekdays or day.weekday() in each.weekdays):
                return each.hours
        return self.rules.weekdays.get(day.weekday(), self.rules.hours)

    def local(self, at: int) -> datetime:
        """An instant by the clocks of the place."""
        return datetime.fromtimestamp(at // 1000, UTC).astimezone(self.zone)

    def moment(self, day: date, minutes: int) -> int:
        """An instant of a day, in milliseconds since the epoch."""
        if minutes >= 24 * 60:
            day, minutes = day + timedelta(days=1), 0
        return int(datetime.combine(day, time(*divmod(minutes, 60)), self.zone).timestamp()) * 1000

    def opening(self, day: date) -> int:
        return self.moment(day, self.hours(day).opens)

    def closing(self, day: date) -> int:
        found = self._closings.get(day)
        if found is None:
            found = self._closings[day] = self.moment(day, self.hours(day).closes)
        return found

    def day_zero(self, at: int) -> date:
        """The working day to which an instant belongs (rule 1)."""
        day = self.local(at).date()
        if self.works(day) and at <= self.closing(day):
            return day
        return self.nth(day, 1)

    def nth(self, day: date, n: int) -> date:
        """The n-th working day after a day."""
        start = day.toordinal()
        self._reach(start, start + max(_AHEAD, 2 * n))
        while True:
            at = bisect_right(self._days, start) + n - 1
            if at < len(self._days):
                return date.fromordinal(self._days[at])
            if self._to - start > SEARCH_DAYS + 8 * n:
                raise ValueError("this calendar has no working days")
            self._reach(start, self._to + _AHEAD)

    def after(self, at: int, days: int) -> int:
        """When so many working days are over (rule 1)."""
        zero = self.day_zero(at)
        return self.closing(self.nth(zero, days) if days else zero)

    def between(self, start: int, end: int) -> int:
        """Working days from the one to which `start` belongs to that of `end`; 0 within one day, never less."""
        if end <= start:
            return 0
        first, last = self.day_zero(start).toordinal(), self.day_zero(end).toordinal()
        self._reach(first, last + 1)
        return bisect_left(self._days, last) - bisect_left(self._days, first)

    def share(self, at: int, days: int, part: float) -> int:
        """When a part of so many working days is over: always an instant at which offices work."""
        whole, rest = divmod(days * part, 1)
        hours = self.hours(day := self.nth(self.day_zero(at), int(whole) + 1))
        return self.moment(day, hours.opens + int((hours.closes - hours.opens) * rest))

    def at_work(self, at: int) -> int:
        """The instant itself while offices work, else the next opening: a reminder to staff waits for it."""
        day = self.local(at).date()
        if self.works(day) and at < self.closing(day):
            return max(at, self.opening(day))
        return self.opening(self.nth(day, 1))

    def end_of_day(self, at: int, days: int) -> int:
        """The last millisecond of the day that is so many calendar days later."""
        return self.moment(self.local(at).date() + timedelta(days=days + 1), 0) - 1

    def _reach(self, start: int, end: int) -> None:
        """Know all working days from one ordinal to another."""
        if not self._to:
            self._from = self._to = start
        if start < self._from:
            self._days[:0] = self._between(start - _AHEAD, self._from)
            self._from = start - _AHEAD
        if end > self._to:
            self._days += self._between(self._to, end)
            self._to = end

    def _between(self, start: int, end: int) -> list[int]:
        return [each for each in range(start, end) if self.works(date.fromordinal(each))]


@dataclass(frozen=True)
class WorkingCalendar:
    """Every version of the rules, oldest first."""

    versions: tuple[Rules, ...] = (Rules(),)
    _known: dict[tuple[int, str], WorkingDays] = field(default_factory=dict, compare=False, repr=False)
    _named: dict[int, frozenset[str]] = field(default_factory=dict, compare=False, repr=False)

    @property
    def now(self) -> Rules:
        return self.versions[-1]

    @property
    def version(self) -> int:
        return self.now.version

    @property
    def terms(self) -> Terms:
        return self.now.terms

    def days(self, area: str = "", at: int = -1) -> WorkingDays:
        """The working time of a place, by its code, under the version at this place of the list."""
        rules = self.versions[at]
        named = self._named.get(rules.version)
        if named is None:
            named = self._named[rules.version] = frozenset(chain.from_iterable(each.places for each in rules.entries))
        # Places that no entry speaks of are all alike.
        key = (rules.version, area if area in named else "")
        found = self._known.get(key)
        if found is None:
            place = at % len(self.versions)
            before = self.days(area, place - 1) if place else None
            found = self._known[key] = WorkingDays(rules, key[1], before)
        return found

    def in_force(self, at: int) -> int:
        """The place in the list of the version that was in force at an instant."""
        return max(0, bisect_right([each.since for each in self.versions], at) - 1)

    def latest(
        self, area: str, since: int, reckon: Callable[[WorkingDays], int | None], until: int | None = None
    ) -> int | None:
        """The latest of what all versions say that were in force since a clock began (rule 2).

        Arguments:
            until: leave versions above this number out.
        """
        found: int | None = None
        for place in range(self.in_force(since), len(self.versions)):
            if until is not None and self.versions[place].version > until:
                break
            at = reckon(self.days(area, place))
            found = at if found is None or (at is not None and at > found) else found
            if found is not None and place + 1 < len(self.versions) and self.versions[place + 1].since > found:
                break  # it was over before anybody said otherwise
        return found
