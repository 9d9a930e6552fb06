"""How alike two grievances are, and which words make them so.

A text becomes weighted features: notions of the lexicon, and of every other word its skeleton with the runs of two to
four letters in it, so that another spelling still meets. Features that are in many texts weigh less (Salton and
Buckley, 1988, inverse document frequency); the measure is the cosine between two texts.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from .folding import skeleton, spelt, words
from .lexicon import lexicon

#: A notion says more than a skeleton, and a whole skeleton more than a run of its letters.
NOTION, WHOLE, RUN = 2.0, 1.0, 0.35
#: Letters of a run.
RUNS: Final = (2, 3, 4)
#: English endings that a notion may be found without.
_ENDINGS: Final = ("es", "s", "ed", "ing", "d")

Vector = Mapping[str, float]


def features(text: str) -> dict[str, float]:
    """What is in a text, and how often: `#` and a notion, `=` and a skeleton, or a bare run of letters."""
    found: defaultdict[str, float] = defaultdict(float)
    for word in words(text):
        name = named(word)
        if name.startswith("#"):
            found[name] += NOTION
        elif name:
            found[name] += WHOLE
            edged = f"^{name[1:]}$"
            for length in RUNS:
                for at in range(len(edged) - length + 1):
                    found[edged[at : at + length]] += RUN
    return {feature: 1 + math.log(weight) if weight > 1 else weight for feature, weight in found.items()}


def named(word: str) -> str:
    """The feature that a word is by itself; nothing for one that every grievance has."""
    known = lexicon()
    notion = (_english(word) if word.isascii() else None) or known.written.get(word)
    if notion is not None:
        return "#" + notion
    heard = skeleton(word)
    if not heard or heard in known.empty_heard or word in known.empty_english:
        return ""
    notion = known.heard.get(heard)
    return "=" + heard if notion is None else "#" + notion


def _english(word: str) -> str | None:
    known = lexicon().english
    if word in known:
        return known[word]
    return next(
        (known[word[: -len(end)]] for end in _ENDINGS if word.endswith(end) and word[: -len(end)] in known), None
    )


@dataclass(frozen=True, slots=True)
class Scale:
    """How rare each feature is among texts that were seen. Without any, everything weighs the same."""

    texts: int
    seen: Mapping[str, int]

    def rarity(self, feature: str) -> float:
        return math.log((1 + self.texts) / (1 + self.seen.get(feature, 0))) + 1


def scale(texts: Iterable[Mapping[str, float]]) -> Scale:
    """The scale of these texts' features."""
    seen: Counter[str] = Counter()
    count = 0
    for each in texts:
        seen.update(each.keys())
        count += 1
    return Scale(count, seen)


def vector(found: Mapping[str, float], by: Scale) -> dict[str, float]:
    """Features weighed by their rarity, of length one."""
    weighed = {feature: weight * by.rarity(feature) for feature, weight in found.items()}
    length = math.sqrt(sum(weight * weight for weight in weighed.values()))
    return {feature: weight / length for feature, weight in weighed.items()} if length else {}


def alike(one: Vector, other: Vector) -> float:
    """From 0, nothing in common, to 1."""
    small, large = (one, other) if len(one) < len(other) else (other, one)
    return min(1.0, sum(weight * large.get(feature, 0.0) for feature, weight in small.items()))


def shared(one: Vector, other: Vector, text: str, most: int = 4) -> list[str]:
    """The words of `text` for which two texts are alike, as they stand there, the weightiest first.

    Arguments:
        other: the vector of `text`.
    """
    written: dict[str, str] = {}
    for word, as_written in spelt(text):
        written.setdefault(named(word), as_written)
    found = [(one[name] * other[name], word) for name, word in written.items() if name in one and name in other]
    return [word for _, word in sorted(found, key=lambda each: (-each[0], each[1]))[:most]]
