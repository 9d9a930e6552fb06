"""Reads the form of a planned hearing: local dates and times, in digits of any script, into instants."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from kachehri.i18n import Words
from kachehri.i18n.digits import western
from kachehri.planning import SEATS_MOST, Plan
from kachehri.store.tables import Session as SessionRow
from rooms.base import Refused
from rooms.lifecycle import Timing
from rooms.limits import CATEGORIES_MAX
from rooms.session import Session
from rooms.text import clean
from web.plan_shapes import TITLED, PlanValues

TITLE_MAX: Final = 120
SEAT_TITLE_MAX: Final = 80
#: Lengths in seconds that are offered: one turn, a seat after its line broke, and until the clock closes a hearing.
TURNS: Final = (120, 180, 300, 600)
HOLDS: Final = (45, 90, 180)
GRACES: Final = (1_800, 3_600, 7_200)
_TIME: Final = re.compile(r"([01]?\d|2[0-3])[:.]([0-5]\d)\Z")
_DAY: Final = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})\Z")
_SUNDAY: Final = 6


class Faulty(Exception):
    """Something in a form is wrong; `errors` has a sentence for each field."""

    def __init__(self, errors: dict[str, str]) -> None:
        super().__init__()
        self.errors = errors


def values(pairs: Iterable[tuple[str, str]]) -> PlanValues:
    """What somebody typed, with digits made ours."""
    sent = list(pairs)
    fields = dict(sent)

    def typed(name: str, default: str = "") -> str:
        return western(fields.get(name, default).strip())

    def line(name: str) -> str:
        return " ".join(fields.get(name, "").split())

    return PlanValues(
        title_ur=line("title_ur"),
        title_en=line("title_en"),
        room=fields.get("room", "")[:60],
        day=typed("day"),
        starts=typed("starts"),
        ends=typed("ends"),
        officials=typed("officials"),
        citizens=typed("citizens"),
        interpreters=typed("interpreters"),
        ur=fields.get("ur") == "1",
        en=fields.get("en") == "1",
        practice=fields.get("practice") == "1",
        titles=tuple((line(f"seat{n}_ur"), line(f"seat{n}_en")) for n in range(1, TITLED + 1)),
        hall_ur=line("hall_ur"),
        hall_en=line("hall_en"),
        slides=fields.get("slides") == "1",
        only=fields.get("scope") == "some",
        categories=frozenset(value for name, value in sent if name == "category"),
        turn=typed("turn", PlanValues.turn),
        hold=typed("hold", PlanValues.hold),
        grace=typed("grace", PlanValues.grace),
        codec="h264" if fields.get("codec") == "h264" else "vp8",
    )


def faults(
    typed: PlanValues, rooms: Collection[str] | None, categories: Collection[str], words: Words
) -> dict[str, str]:
    """Field → sentence for everything that is wrong, all at once and in the order of the form.

    Arguments:
        rooms: where it may be held; None where that is settled.
    """
    found: dict[str, str] = {}
    if not (typed.title_ur or typed.title_en):
        found["title_ur"] = words.plain("plan.need_title")
    for name in ("title_ur", "title_en"):
        if fault := _line_fault(getattr(typed, name), TITLE_MAX, words):
            found[name] = fault
    if rooms is not None and typed.room not in rooms:
        found["room"] = words.plain("plan.need_room")
    found |= time_faults(typed, words)
    if typed.only and not typed.categories & set(categories):
        found["category"] = words.plain("plan.need_category")
    elif typed.only and len(typed.categories) > CATEGORIES_MAX:
        found["category"] = words.plain("plan.many_categories", limit=CATEGORIES_MAX)
    counts = [int(each) if each.isdecimal() and len(each) < 3 else -1 for each in counted(typed)]
    more = bool(typed.hall_ur or typed.hall_en) + typed.slides
    if min(counts) < 0 or counts[0] < 1 or counts[1] < 1 or sum(counts) + more > SEATS_MOST:
        found["officials"] = words.plain("plan.need_seats")
    for n, pair in enumerate(typed.titles, 1):
        for code, text in zip(("ur", "en"), pair, strict=True):
            if fault := _line_fault(text, SEAT_TITLE_MAX, words):
                found[f"seat{n}_{code}"] = fault
    for name in ("hall_ur", "hall_en"):
        if fault := _line_fault(getattr(typed, name), SEAT_TITLE_MAX, words):
            found[name] = fault
    for name in ("turn", "hold", "grace"):
        seconds = getattr(typed, name)
        if not (seconds.isdecimal() and len(seconds) < 6 and int(seconds) >= 10):
            found[name] = words.plain("plan.need_length")
    if rooms is not None and not (typed.ur or typed.en):
        found["ur"] = words.plain("plan.need_language")
    return found


def _line_fault(text: str, limit: int, words: Words) -> str:
    if not text:
        return ""
    try:
        clean(text, limit, one_line=True)
    except Refused as refused:
        if refused.code == "text_too_long":
            return words.plain("plan.too_long", limit=limit)
    except ValueError:
        pass
    else:
        return ""
    return words.plain("plan.unreadable")


def counted(typed: PlanValues) -> tuple[str, str, str]:
    """How many places of each kind; whoever wrote a title wants that place."""
    named = max((n for n, pair in enumerate(typed.titles, 1) if any(pair)), default=0)
    officials = typed.officials
    if officials.isdecimal() and len(officials) < 3 and int(officials) < named:
        officials = str(named)
    return officials, typed.citizens, typed.interpreters


def plan(typed: PlanValues, categories: Collection[str], words: Words) -> Plan:
    """What was decided, from a form without faults."""
    starts_at, ends_at = times(typed, words)
    officials, citizens, interpreters = (int(each) for each in counted(typed))
    titles = tuple({code: text for code, text in zip(("ur", "en"), pair, strict=True) if text} for pair in typed.titles)
    timing = Timing(
        turn_ms=int(typed.turn) * 1_000, seat_hold_ms=int(typed.hold) * 1_000, end_grace_ms=int(typed.grace) * 1_000
    )
    return Plan(
        place=typed.room,
        title_ur=typed.title_ur,
        title_en=typed.title_en,
        starts_at=starts_at,
        ends_at=ends_at,
        officials=officials,
        citizens=citizens,
        interpreters=interpreters,
        languages=tuple(code for code, spoken in (("ur", typed.ur), ("en", typed.en)) if spoken),
        practice=typed.practice,
        titles=titles,
        hall={code: text for code, text in (("ur", typed.hall_ur), ("en", typed.hall_en)) if text},
        slides=typed.slides,
        categories=tuple(sorted(typed.categories & set(categories))) if typed.only else (),
        timing=timing,
        codec="h264" if typed.codec == "h264" else "vp8",
    )


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


def next_day(now_ms: int, words: Words) -> str:
    """Tomorrow, or the day after where offices are shut."""
    day = words.dates.local(now_ms) + timedelta(days=1)
    if day.weekday() == _SUNDAY:
        day += timedelta(days=1)
    return f"{day:%Y-%m-%d}"


def of_session(session: Session, row: SessionRow, words: Words) -> PlanValues:
    """The form of a hearing as it was announced."""
    life = session.lifecycle
    kinds = [seat.kind for seat in session.stage.seats.values()]
    titles = [
        (seat.title.get("ur", ""), seat.title.get("en", ""))
        for seat in session.stage.seats.values()
        if seat.kind == "official"
    ]
    hall = next((seat.title for seat in session.stage.seats.values() if seat.kind == "hall"), {})
    starts, ends = words.dates.local(life.starts_at), words.dates.local(life.ends_at)
    return PlanValues(
        title_ur=life.title.get("ur", ""),
        title_en=life.title.get("en", ""),
        room=row.room_id,
        day=f"{starts:%Y-%m-%d}",
        starts=f"{starts:%H:%M}",
        ends=f"{ends:%H:%M}",
        officials=str(kinds.count("official")),
        citizens=str(kinds.count("citizen")),
        interpreters=str(kinds.count("interpreter")),
        ur="ur" in row.languages,
        en="en" in row.languages,
        practice=life.practice,
        titles=tuple([*titles, *[("", "")] * TITLED][:TITLED]),
        hall_ur=hall.get("ur", ""),
        hall_en=hall.get("en", ""),
        slides="slides" in kinds,
        only=bool(life.categories),
        categories=frozenset(life.categories),
        turn=str(life.timing.turn_ms // 1_000),
        hold=str(life.timing.seat_hold_ms // 1_000),
        grace=str(life.timing.end_grace_ms // 1_000),
        codec=life.codec,
    )


def again(last: PlanValues, day: str, *, titles: bool) -> PlanValues:
    """The next hearing like an earlier one, on another day. `titles`: it is the same matter once more."""
    kept = replace(last, day=day, practice=False)
    return kept if titles else replace(kept, title_ur="", title_en="")
