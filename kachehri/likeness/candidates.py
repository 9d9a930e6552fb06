"""The likeliest of many for one, and groups of those that say the same. Pure; weeks and areas are the caller's.

What was worked out of a text is remembered under its key, so that the second look at a list costs little.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

from .likeness import Vector, alike, features, scale, shared, vector

#: From here on two texts are shown as alike, and from there on they stand in one group.
LIKELY, TOGETHER = 0.35, 0.45
#: The likeliest that are shown.
SHOWN: Final = 3
#: Texts remembered at most.
KEPT_MOST: Final = 40_000


class Likely(NamedTuple):
    """One that may say the same, how alike it is (0 to 1), and the words of it for which it is."""

    key: str
    share: float
    words: list[str]


class Likeness:
    """Remembers what is in each text, by its key. A key never stands for another text."""

    def __init__(self) -> None:
        self._known: dict[str, dict[str, float]] = {}

    def _features(self, key: str, text: str) -> dict[str, float]:
        found = self._known.get(key)
        if found is None:
            if len(self._known) >= KEPT_MOST:
                self._known.clear()
            found = self._known[key] = features(text)
        return found

    def vectors(self, texts: Mapping[str, str]) -> dict[str, dict[str, float]]:
        """Each text weighed among all of them."""
        known = {key: self._features(key, text) for key, text in texts.items()}
        by = scale(known.values())
        return {key: vector(found, by) for key, found in known.items()}

    def likeliest(self, key: str, texts: Mapping[str, str], most: int = SHOWN) -> list[Likely]:
        """Those that may say the same as the text under `key`, the likeliest first; none where nothing is alike."""
        if key not in texts:
            return []
        vectors = self.vectors(texts)
        mine = vectors[key]
        ranked = sorted(((alike(mine, each), other) for other, each in vectors.items() if other != key), reverse=True)
        return [
            Likely(other, round(share, 3), shared(mine, vectors[other], texts[other]))
            for share, other in ranked[:most]
            if share >= LIKELY
        ]


def groups(vectors: Mapping[str, Vector], least: int = 2) -> list[list[str]]:
    """Those that say the same, by average link: two groups are one while their members are alike on the average.

    The average of one with the members of a group is the product with their sum, so that only what they have in common
    is looked at, however many there are.

    Arguments:
        least: smaller groups are left out.
    """
    found: list[list[str]] = []
    #: For each feature, the groups that have it and the sum of its weights there.
    sums: dict[str, dict[int, float]] = {}
    for key, mine in vectors.items():  # in their order: the first of a group names it
        scores: dict[int, float] = {}
        for feature, weight in mine.items():
            for number, total in sums.get(feature, {}).items():
                scores[number] = scores.get(number, 0.0) + weight * total
        best, at = max(((score / len(found[n]), -n) for n, score in scores.items()), default=(0.0, 0))
        if best >= TOGETHER:
            at = -at
            found[at].append(key)
        else:
            at = len(found)
            found.append([key])
        for feature, weight in mine.items():
            here = sums.setdefault(feature, {})
            here[at] = here.get(at, 0.0) + weight
    return sorted((group for group in found if len(group) >= least), key=lambda group: -len(group))


def centre(vectors: Iterable[Vector]) -> dict[str, float]:
    """What a group has in common: the mean of its vectors, of what at least half of them have."""
    known = list(vectors)
    sums: dict[str, list[float]] = {}
    for each in known:
        for feature, weight in each.items():
            sums.setdefault(feature, []).append(weight)
    return {name: sum(found) / len(known) for name, found in sums.items() if 2 * len(found) >= len(known)}


def burst(week: int, before: list[int]) -> float:
    """How unusual a week's number is beside those of the weeks before it: above 3 it is no chance."""
    mean = sum(before) / len(before) if before else 0.0
    return (week - mean) / math.sqrt(mean + 1)
