"""What one session came to: raised, heard, promised, solved. Takes a connection.

Rule 1: everything that was raised stands in exactly one of the figures that are added up.
Rule 2: solved is what the citizen confirmed. What an office claims, what closed because nobody answered, and what was
closed without her word stand beside it and are never added to it.
Rule 3: of fewer than five nobody reckons a share: two of three is no 67 per cent of an office's work.
Rule 4: a figure for thirty days is empty until thirty days are over.
"""

from __future__ import annotations

from collections import Counter
from typing import Final, NamedTuple, get_args

from .store import Connection, promises
from .store import scorecards as rows
from .store.tables import Session
from .tickets.pledges import Standing

WINDOWS: Final = (7, 15, 30, 60)
#: Of fewer than this no share is reckoned.
SMALL: Final = 5
DAY_MS: Final = rows.DAY_MS
#: Figure of what was raised → last states of the questions in it; what is in none was not reached.
ENDS: Final = {
    "heard": ("heard", "answered"),
    "written": ("deferred",),
    "joined": ("merged",),
    "not_taken": ("not_taken",),
    "withdrawn": ("withdrawn",),
    "refused": ("refused",),
}


class Share(NamedTuple):
    """So many of so many."""

    n: int
    of: int

    @property
    def percent(self) -> int | None:
        """None for what is too small to reckon."""
        return round(100 * self.n / self.of) if self.of >= SMALL else None


class Window(NamedTuple):
    """Tickets that their citizens confirmed as solved within so many days of the close; None: not over yet."""

    days: int
    solved: Share | None
    over_at: int


class Line(NamedTuple):
    """One office. `promises` has every standing of kachehri/tickets/pledges.py."""

    office: str
    tickets: int
    windows: tuple[Window, ...]
    claimed: int
    silent: int
    forced: int
    promises: dict[str, int]

    @property
    def promised(self) -> int:
        return sum(self.promises.values())


class Scorecard(NamedTuple):
    """Median and longest wait in milliseconds, None where nobody was called."""

    raised: int
    ends: dict[str, int]
    waited: int | None
    waited_longest: int | None
    called: int
    promises: dict[str, int]
    read_back: Share
    contested: int
    whole: Line
    offices: tuple[Line, ...]


def weigh(conn: Connection, session: Session, now: int) -> Scorecard:
    """The figures of a closed session as they stand."""
    states = rows.states(conn, session.id)
    ends = {name: sum(states.get(state, 0) for state in of) for name, of in ENDS.items()}
    raised = sum(states.values())
    ends["not_reached"] = raised - sum(ends.values())
    waits = rows.waits(conn, session.id, session.starts_at)
    opened_at = rows.opened_at(conn, session.id) or session.head_at
    by_office = {each.office: each for each in rows.solved(conn, session.id, WINDOWS)}
    promised: dict[str, Counter[str]] = {}
    for (office, stands), n in promises.counts(conn, session.id, now).items():
        promised.setdefault(office, Counter())[stands] += n
    lines = tuple(
        _line(office, by_office.get(office), promised.get(office, Counter()), opened_at, now)
        for office in sorted({*by_office, *promised})
    )
    whole = _whole(lines, opened_at, now)
    read = promises.read_back(conn, session.id)
    return Scorecard(
        raised=raised,
        ends=ends,
        waited=_median(waits),
        waited_longest=waits[-1] if waits else None,
        called=len(waits),
        promises=whole.promises,
        read_back=Share(read.get("yes", 0), sum(read.values())),
        contested=read.get("no", 0),
        whole=whole,
        offices=tuple(sorted(lines, key=lambda each: (-each.tickets, each.office))),
    )


def _line(office: str, found: rows.Solved | None, promised: Counter[str], opened_at: int, now: int) -> Line:
    solved = found or rows.Solved(office, 0, (0,) * len(WINDOWS), 0, 0, 0)
    return Line(
        office,
        solved.tickets,
        tuple(_window(days, n, solved.tickets, opened_at, now) for days, n in zip(WINDOWS, solved.within, strict=True)),
        solved.claimed,
        solved.silent,
        solved.forced,
        {stands: promised[stands] for stands in get_args(Standing)},
    )


def _whole(lines: tuple[Line, ...], opened_at: int, now: int) -> Line:
    tickets = sum(each.tickets for each in lines)
    windows = []
    for at, days in enumerate(WINDOWS):
        solved = sum(share.n for each in lines if (share := each.windows[at].solved))
        windows.append(_window(days, solved, tickets, opened_at, now))
    return Line(
        "",
        tickets,
        tuple(windows),
        sum(each.claimed for each in lines),
        sum(each.silent for each in lines),
        sum(each.forced for each in lines),
        {stands: sum(each.promises[stands] for each in lines) for stands in get_args(Standing)},
    )


def _window(days: int, n: int, of: int, opened_at: int, now: int) -> Window:
    over_at = opened_at + days * DAY_MS
    return Window(days, Share(n, of) if over_at <= now else None, over_at)


def _median(waits: list[int]) -> int | None:
    """The middle of a sorted list; between two of them, half-way."""
    if not waits:
        return None
    half = len(waits) // 2
    return waits[half] if len(waits) % 2 else (waits[half - 1] + waits[half]) // 2
