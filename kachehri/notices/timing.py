"""When something may be sent: quiet hours, a person's own hours, one short message a day, the morning's summary. Pure.

Instants are milliseconds since the epoch; hours are those of the house's zone. Where a clock is put forward or back the
hour on the wall counts (`ZoneInfo`, PEP 495).
"""

from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from .table import Channel, Tell

MINUTE_MS: Final = 60_000
HOUR_MS: Final = 60 * MINUTE_MS
#: Nobody looks further ahead than this for a working day.
DAYS_MOST: Final = 60


class Hours(NamedTuple):
    """When it is loud: from `opens` up to `closes`, whole hours of the day. Equal ones mean the whole day."""

    opens: int = 9
    closes: int = 21

    def within(self, hour: int) -> bool:
        """Whether an hour is one of them; they may run over midnight."""
        if self.opens == self.closes:
            return True
        if self.opens < self.closes:
            return self.opens <= hour < self.closes
        return hour >= self.opens or hour < self.closes


def next_allowed(now: int, zone: ZoneInfo, house: Hours, own: Hours | None = None) -> int:
    """`now`, or the next instant within the house's hours and the person's own.

    Her own hours are about her safety: where the two have no hour in common, hers count.
    """
    both = [each for each in (house, own) if each is not None]
    if own is not None and not any(house.within(hour) and own.within(hour) for hour in range(24)):
        both = [own]
    at = datetime.fromtimestamp(now / 1000, zone)
    if all(each.within(at.hour) for each in both):
        return now
    # By the clock on the wall, hour after hour: a day has 23 to 25 of them.
    begin = at.replace(minute=0, second=0, microsecond=0).timestamp()
    for step in range(1, 50):
        instant = begin + step * 3600
        if all(each.within(datetime.fromtimestamp(instant, zone).hour) for each in both):
            return int(instant * 1000)
    return now


def day_start(now: int, zone: ZoneInfo) -> int:
    """Midnight before `now`."""
    return _at(datetime.fromtimestamp(now / 1000, zone).date(), time(), zone)


def next_day(now: int, zone: ZoneInfo) -> int:
    """Midnight after `now`."""
    return _at(datetime.fromtimestamp(now / 1000, zone).date() + timedelta(days=1), time(), zone)


def next_digest(now: int, zone: ZoneInfo, at: time, working: Callable[[date], bool]) -> int:
    """The next summary: `at` on a working day, today if it is not over yet."""
    day = datetime.fromtimestamp(now / 1000, zone).date()
    for ahead in range(DAYS_MOST):
        found = _at(day + timedelta(days=ahead), at, zone)
        if found >= now and working(day + timedelta(days=ahead)):
            return found
    return now


def ways(tell: Tell, has: Sequence[Channel], first: Channel | None = None) -> tuple[Channel, ...]:
    """The ways of a telling that somebody has, in the order in which they are tried; her own wish comes first."""
    found = [each for each in tell.channels if each in has]
    return tuple(sorted(found, key=lambda each: each != first))


def next_ways(ordered: Sequence[Channel], states: dict[Channel, str], *, every: bool) -> tuple[Channel, ...]:
    """The ways to begin now, given what became of those that were begun.

    The next one is begun only when those before it have failed for good: what is unknown may yet arrive.
    """
    if every:
        return tuple(each for each in ordered if each not in states)
    for each in ordered:
        if each not in states:
            return (each,)
        if states[each] != "failed":
            return ()
    return ()


def _at(day: date, clock: time, zone: ZoneInfo) -> int:
    return int(datetime.combine(day, clock, zone).timestamp() * 1000)
