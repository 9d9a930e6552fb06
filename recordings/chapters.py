"""Where each question begins and ends in a hearing, told by its log alone.

A chapter is one stretch of a turn on the stage, read out, or heard from a hall: from the moment it began until the turn
was set aside or was over. What was parked and came again is a chapter of its own; a call that never reached the stage
is none, nor is anything that a log undoes before it was heard. Questions that were answered without a turn stand beside
them, at the moment of the answer. The rules behind it are in rooms/stage.py; nothing here knows a clock.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Literal, NamedTuple

from rooms import closing, lifecycle, outcomes, questions, turns
from rooms.base import Event
from rooms.session import Session

Kind = Literal["opening", "stage", "read_out", "written"]
#: Last states of a question that was dealt with in the hearing, so that it has a chapter even without a turn.
DEALT_WITH: Final = frozenset({"heard", "answered"})


class Logged(NamedTuple):
    """One event with its instant, in milliseconds."""

    at: int
    event: Event


@dataclass(frozen=True)
class Chapter:
    """One piece of a hearing.

    Arguments:
        key: its name for good, from ids of the log: what is released and linked is kept under it.
        questions: those that the turn was for; none for the opening.
        starts_at, ends_at: by the log's clock, in milliseconds; the same instant for what was answered without a turn.
    """

    key: str
    kind: Kind
    questions: tuple[str, ...]
    starts_at: int
    ends_at: int
    seat: str = ""

    @property
    def spoken(self) -> bool:
        """Whether there is anything to hear of it."""
        return self.ends_at > self.starts_at

    @property
    def duration_ms(self) -> int:
        return self.ends_at - self.starts_at


@dataclass
class _Open:
    """A stretch that is not over."""

    key: str
    kind: Kind
    questions: tuple[str, ...]
    starts_at: int
    seat: str = ""


def chapters(log: Iterable[Logged], session: Session) -> tuple[Chapter, ...]:
    """The chapters of a hearing in the order in which they began.

    Arguments:
        session: the state at the end of that log; private questions have no chapter.
    """
    called: dict[str, tuple[str, ...]] = {}
    parts: dict[str, int] = {}
    on_air: dict[str, _Open] = {}
    told: dict[str, int] = {}
    found: list[Chapter] = []
    began_at = last_at = 0
    for at, event in log:
        last_at = max(last_at, at)
        match event:
            case lifecycle.SessionStarted():
                began_at = began_at or at
            case turns.TurnCalled():
                called[event.turn] = event.questions
            case turns.TurnStaged() | turns.TurnReadOut():
                if event.turn not in on_air:
                    parts[event.turn] = parts.get(event.turn, 0) + 1
                    on_air[event.turn] = _Open(
                        key=f"{event.turn}-{parts[event.turn]}",
                        kind="stage" if isinstance(event, turns.TurnStaged) else "read_out",
                        questions=called.get(event.turn, ()),
                        starts_at=at,
                        seat=event.seat if isinstance(event, turns.TurnStaged) else "",
                    )
            case turns.TurnParked() | turns.TurnEnded():
                stretch = on_air.pop(event.turn, None)
                if stretch is not None:
                    found.append(_closed(stretch, at))
            case questions.QuestionAnswered() | outcomes.OutcomeNoted():
                told[event.question] = at
            case closing.SessionClosed():
                break
            case _:
                pass
    found += [_closed(stretch, last_at) for stretch in on_air.values()]
    found.sort(key=lambda each: (each.starts_at, each.key))
    opening = _opening(began_at, found, last_at)
    return tuple(
        sorted([*opening, *found, *_written(told, found, session)], key=lambda each: (each.starts_at, each.key))
    )


def _closed(stretch: _Open, at: int) -> Chapter:
    return Chapter(
        stretch.key, stretch.kind, stretch.questions, stretch.starts_at, max(at, stretch.starts_at), stretch.seat
    )


def _opening(began_at: int, found: Sequence[Chapter], last_at: int) -> list[Chapter]:
    """What is said before the first question: the officials' own words."""
    ends_at = found[0].starts_at if found else last_at
    return [Chapter("opening", "opening", (), began_at, ends_at)] if began_at and ends_at > began_at else []


def _written(told: dict[str, int], found: Sequence[Chapter], session: Session) -> list[Chapter]:
    """Questions that were dealt with and had no turn."""
    heard = {question for each in found for question in each.questions}
    rows = [(at, session.queue.questions[id]) for id, at in told.items() if id not in heard]
    return [
        Chapter(f"written-{each.id}", "written", (each.id,), at, at)
        for at, each in rows
        if each.state in DEALT_WITH and not each.private
    ]


def chapters_at(found: Sequence[Chapter], instants: Iterable[int]) -> list[int | None]:
    """The places of the chapters that instants belong to: of each the spoken one that began last before it."""
    placed = [n for n, each in enumerate(found) if each.spoken or each.kind == "opening"]
    begun = [found[n].starts_at for n in placed]
    return [placed[n - 1] if (n := bisect_right(begun, at)) else None for at in instants]


class Piece(NamedTuple):
    """A run of the recording: where it begins in program time and on the clock of the log; all in milliseconds."""

    starts_ms: int
    wall_ms: int
    duration_ms: int


def program_ms(at: int, pieces: Sequence[Piece]) -> int | None:
    """The place of an instant in the recording; None where nothing was recorded from there on.

    An instant in a gap, such as the restart of the program, is the beginning of what comes after it.
    """
    for piece in pieces:
        if at < piece.wall_ms:
            return piece.starts_ms
        if at < piece.wall_ms + piece.duration_ms:
            return piece.starts_ms + at - piece.wall_ms
    return None
