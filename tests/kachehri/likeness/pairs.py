"""Pairs of grievances in four written forms: half say the same, half are traps that share the words of another matter.

`cases.tsv` has a grievance a line in Urdu, Roman Urdu, Hindi and English; each odd line and the one after it are twins:
about the same thing, and not the same grievance. We wrote them for this test, before any weight was chosen.
`cases_later.tsv` is of the same make, written after the weights and the list of words, without looking at either.
"""

from __future__ import annotations

from itertools import combinations
from pathlib import Path
from typing import NamedTuple

FORMS = ("ur", "ur-Latn", "hi", "en")
_ACROSS = tuple(combinations(range(4), 2))


class Pair(NamedTuple):
    """Two texts, and whether they are one grievance."""

    first: str
    second: str
    forms: tuple[str, str]
    same: bool


def cases(name: str = "cases.tsv") -> list[list[str]]:
    """The texts of each case, by form."""
    lines = (Path(__file__).parent / name).read_text("utf-8").splitlines()
    return [line.split("\t") for line in lines]


def pairs(name: str = "cases.tsv") -> list[Pair]:
    """Each case with itself in two combinations of forms; each pair of twins in two forms alike and two across."""
    texts = cases(name)
    found = []
    for number, case in enumerate(texts):
        for turn in (0, 3):
            a, b = _ACROSS[(number + turn) % len(_ACROSS)]
            found.append(Pair(case[a], case[b], (FORMS[a], FORMS[b]), True))
    for number in range(0, len(texts), 2):
        one, other = texts[number], texts[number + 1]
        for turn in (0, 2):
            at = (number // 2 + turn) % 4
            found.append(Pair(one[at], other[at], (FORMS[at], FORMS[at]), False))
        for turn in (1, 4):
            a, b = _ACROSS[(number // 2 + turn) % len(_ACROSS)]
            found.append(Pair(one[a], other[b], (FORMS[a], FORMS[b]), False))
    return found


def auc(scored: list[tuple[float, bool]]) -> float:
    """The chance that a pair which is the same scores above a trap; a tie counts half (Hanley and McNeil, 1982)."""
    good = [score for score, same in scored if same]
    bad = [score for score, same in scored if not same]
    wins = sum((a > b) + 0.5 * (a == b) for a in good for b in bad)
    return wins / (len(good) * len(bad))
