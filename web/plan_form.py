"""Reads the form of a planned hearing: local dates and times, in digits of any script, into instants."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Final

from kachehri.i18n import Words
from kachehri.i18n.digits import western
from kachehri.planning import SEATS_MOST
from rooms.base import Refused
from rooms.text import clean
from web.staff_shapes import PlanValues

TITLE_MAX: Final = 120
_TIME: Final = re.compile(r"([01]?\d|2[0-3])[:.]([0-5]\d)\Z")
_DAY: Final = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})\Z")


class Faulty(Exception):
    """Something in a form is wrong; `errors` has a sentence for each field."""

    def __init__(self, errors: dict[str, str]) -> None:
        super().__init__()
        self.errors = errors


def values(fields: dict[str, str]) -> PlanValues:
    """What somebody typed, with digits made ours."""

    def typed(name: str) -> str:
        return western(fields.get(name, "").strip())

    return PlanValues(
        title_ur=fields.get("title_ur", "").strip(),
        title_en=fields.get("title_en", "").strip(),
        room=fields.get("room", "")[:40],
        day=typed("day"),
        starts=typed("starts"),
        ends=typed("ends"),
        officials=typed("officials"),
        citizens=typed("citizens"),
        interpreters=typed("interpreters"),
        ur=fields.get("ur") == "1",
        en=fields.get("en") == "1",
        practice=fields.get("practice") == "1",
    )


def faults(typed: PlanValues, rooms: Collection[str], words: Words) -> dict[str, str]:
    """Field → sentence for everything that is wrong, all at once and in the order of the form."""
    found: dict[str, str] = {}
    for name in ("title_ur", "title_en"):
        try:
            clean(getattr(typed, name), TITLE_MAX, one_line=True)
        except (Refused, ValueError) as error:
            long = isinstance(error, Refused) and error.code == "text_too_long"
            found[name] = words.plain("plan.too_long", limit=TITLE_MAX) if long else words.plain("plan.need_title")
    if typed.room not in rooms:
        found["room"] = words.plain("plan.need_room")
    found |= time_faults(typed, words)
    counts = [int(each) if each.isdigit() and len(each) < 3 else -1 for each in counted(typed)]
    if min(counts) < 0 or counts[0] < 1 or counts[1] < 1 or sum(counts) > SEATS_MOST:
        found["officials"] = words.plain("plan.need_seats")
    if not (typed.ur or typed.en):
        found["ur"] = words.plain("plan.need_language")
    return found


def counted(typed: PlanValues) -> tuple[str, str, str]:
    return typed.officials, typed.citizens, typed.interpreters


def time_faults(typed: PlanValues, words: Words) -> dict[str, str]:
    """What is wrong with the day and the hours."""
    found = {}
    try:
        moment(typed.day, "0:00", words)
    except ValueError:
        found["day"] = words.plain("plan.need_day")
    for name in ("starts", "ends"):
        if not _TIME.match(getattr(typed, name)):
            found[name] = words.plain("plan.need_time")
    return found


def times(typed: PlanValues, words: Words) -> tuple[int, int]:
    """Start and end in milliseconds since the epoch; an end before the start is on the next day, as after midnight."""
    starts, ends = moment(typed.day, typed.starts, words), moment(typed.day, typed.ends, words)
    if ends <= starts:
        ends += timedelta(days=1)
    return int(starts.timestamp() * 1_000), int(ends.timestamp() * 1_000)


def moment(day: str, time: str, words: Words) -> datetime:
    """A local moment in the district's zone. Errors: ValueError."""
    date, clock = _DAY.match(day), _TIME.match(time)
    if date is None or clock is None:
        raise ValueError(day)
    year, month, number = (int(part) for part in date.groups())
    return datetime(year, month, number, int(clock[1]), int(clock[2]), tzinfo=words.dates.zone)


def of_times(starts_at: int, ends_at: int, words: Words) -> PlanValues:
    """The form of a hearing that has its times."""
    starts, ends = words.dates.local(starts_at), words.dates.local(ends_at)
    return PlanValues(day=f"{starts:%Y-%m-%d}", starts=f"{starts:%H:%M}", ends=f"{ends:%H:%M}")
