"""What the pages are given about tickets that may say the same."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class HintRow:
    """A ticket that may be about the same, and why.

    Arguments:
        words: for which it may, as they stand in it.
        joins: the reader can join the two by the rules.
        over: it is closed, so that nothing goes on with it.
        apart: somebody said that it is another matter.
    """

    id: str
    reference: str
    state: str
    topic: str
    place: str
    text: str
    opened_at: int
    words: tuple[str, ...]
    joins: bool = False
    over: bool = False
    apart: bool = False


@dataclass(frozen=True)
class AgainRow:
    """Tickets that say the same: `weeks` how many in each, this one first."""

    topic: str
    words: tuple[str, ...]
    tickets: int
    people: int
    weeks: tuple[int, ...]
    places: tuple[tuple[str, int], ...]
    samples: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class JudgedRow:
    """What people said to suggestions of one kind and strength (per cent)."""

    kind: str
    least: int
    same: int
    apart: int
    open: int


@dataclass(frozen=True)
class AgainPage:
    groups: tuple[AgainRow, ...]
    judged: tuple[JudgedRow, ...]
    weeks: int
    looked: int
    made_at: int
    house: str = ""
