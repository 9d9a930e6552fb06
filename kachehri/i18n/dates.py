"""Days, hours and durations in the words people say, from a table and not from the phone.

Times are integer milliseconds since the epoch (UTC); the zone is the district's. Urdu says a part of the day with the
hour («شام 4:30 بجے») and never a bare «کل», which means both yesterday and tomorrow: a day always has its weekday and
date.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Final
from zoneinfo import ZoneInfo

from babel.dates import get_day_names, get_month_names

MINUTE_MS: Final = 60_000
_DAY_PARTS_UR: Final = ((5, "رات"), (12, "صبح"), (16, "دوپہر"), (19, "شام"), (24, "رات"))


@dataclass(frozen=True)
class Dates:
    """Formats moments for one language in one zone."""

    code: str
    zone: ZoneInfo

    @cached_property
    def _days(self) -> dict[int, str]:
        return {int(k): v for k, v in get_day_names("wide", locale=self.code).items()}

    @cached_property
    def _months(self) -> dict[int, str]:
        return {int(k): v for k, v in get_month_names("wide", locale=self.code).items()}

    def local(self, at_ms: int) -> datetime:
        return datetime.fromtimestamp(at_ms / 1000, self.zone)

    def day(self, at_ms: int) -> str:
        """Weekday, date and year: «ہفتہ، 28 نومبر 2026», "Saturday 28 November 2026"."""
        at = self.local(at_ms)
        weekday, month = self._days[at.weekday()], self._months[at.month]
        comma = "،" if self.code == "ur" else ""
        return f"{weekday}{comma} {at.day} {month} {at.year}"

    def weekday(self, at: datetime) -> str:
        return self._days[at.weekday()]

    def month(self, number: int) -> str:
        """The name of a month, counted from 1."""
        return self._months[number]

    def clock(self, at_ms: int) -> str:
        """Twelve-hour clock with the part of the day: «صبح 11:00 بجے», "11:00 am"."""
        at = self.local(at_ms)
        hour = at.hour % 12 or 12
        if self.code == "ur":
            part = next(word for until, word in _DAY_PARTS_UR if at.hour < until)
            return f"{part} {hour}:{at.minute:02d} بجے"
        return f"{hour}:{at.minute:02d} {'am' if at.hour < 12 else 'pm'}"

    def when(self, at_ms: int) -> str:
        return f"{self.day(at_ms)}{'،' if self.code == 'ur' else ','} {self.clock(at_ms)}"

    def machine(self, at_ms: int) -> str:
        """For `<time datetime>`: ISO 8601 with the zone's offset, to the minute."""
        return self.local(at_ms).isoformat(timespec="minutes")


def whole_minutes(span_ms: int) -> int:
    """Minutes rounded up: a promise of "about 3 minutes" must not already be too short when it is read."""
    return max(0, -(-span_ms // MINUTE_MS))
