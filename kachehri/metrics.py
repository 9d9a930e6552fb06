"""Numbers about the running program, for Prometheus and whatever reads its text format (version 0.0.4).

Numbers only: no name, no text, no address, no participant. What is counted here is counted by the process that writes
it out; a number that starts again from nothing is what readers expect after a restart.
"""

from __future__ import annotations

import asyncio
import time
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Final, Literal, NamedTuple, TypeVar

from rooms.base import Refused

MEDIA_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"
PREFIX: Final = "kachehri_"
#: Upper bounds of the histogram of commits, in seconds.
BOUNDS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5)

Kind = Literal["counter", "gauge", "histogram"]
Labels = Mapping[str, str]
T = TypeVar("T")


class Sample(NamedTuple):
    """One number. `suffix` is that of a histogram's parts."""

    value: float
    labels: Labels = {}
    suffix: str = ""


class Family(NamedTuple):
    """Numbers of one name; `name` ends in its unit, and in `_total` where it only grows."""

    name: str
    kind: Kind
    help: str
    samples: tuple[Sample, ...]


class Histogram:
    """How often something took how long, in seconds."""

    def __init__(self, bounds: tuple[float, ...] = BOUNDS) -> None:
        self._bounds = bounds
        self._counts = [0] * (len(bounds) + 1)
        self._sum = 0.0

    def observe(self, seconds: float) -> None:
        """Count one."""
        self._counts[bisect_left(self._bounds, seconds)] += 1
        self._sum += seconds

    def samples(self) -> tuple[Sample, ...]:
        """Cumulative, as the format wants it."""
        so_far, made = 0, []
        for bound, count in zip((*map(str, self._bounds), "+Inf"), self._counts, strict=True):
            so_far += count
            made.append(Sample(so_far, {"le": bound}, "_bucket"))
        return (*made, Sample(self._sum, suffix="_sum"), Sample(so_far, suffix="_count"))


class Submissions:
    """What became of the commands that were given to this process."""

    def __init__(self) -> None:
        self._accepted: Counter[str] = Counter()
        self._refused: Counter[str] = Counter()
        self._took = Histogram()

    async def watch(self, tag: str, outcome: asyncio.Future[T]) -> T:
        """Wait for the outcome of a command, and count it.

        Arguments:
            tag: the command's type.
        """
        began = time.perf_counter()
        try:
            accepted = await outcome
        except Refused as refused:
            self._refused[refused.code] += 1
            raise
        self._accepted[tag] += 1
        self._took.observe(time.perf_counter() - began)
        return accepted

    def families(self) -> tuple[Family, ...]:
        """All of it."""
        return (
            counter("commands_total", "Commands that were committed, by type.", "type", self._accepted),
            counter("refusals_total", "Commands that were refused, by code.", "code", self._refused),
            Family("commit_seconds", "histogram", "From a command's arrival to its commit.", self._took.samples()),
        )


def counter(name: str, help: str, label: str, counts: Mapping[str, int]) -> Family:
    """One number for each value of a label."""
    return Family(name, "counter", help, tuple(Sample(counts[key], {label: key}) for key in sorted(counts)))


def single(name: str, kind: Kind, help: str, value: float) -> Family:
    """A number that stands alone."""
    return Family(name, kind, help, (Sample(value),))


def write(families: Iterable[Family]) -> str:
    """The text format. A family without a number is still named, so that a reader knows of it."""
    lines = []
    for family in families:
        name = PREFIX + family.name
        lines += [f"# HELP {name} {_escaped(family.help, quotes=False)}", f"# TYPE {name} {family.kind}"]
        lines += [f"{name}{sample.suffix}{_labels(sample.labels)} {_number(sample.value)}" for sample in family.samples]
    return "\n".join(lines) + "\n"


def _labels(labels: Labels) -> str:
    inner = ",".join(f'{name}="{_escaped(value)}"' for name, value in labels.items())
    return f"{{{inner}}}" if inner else ""


def _escaped(text: str, quotes: bool = True) -> str:
    text = text.replace("\\", "\\\\").replace("\n", "\\n")
    return text.replace('"', '\\"') if quotes else text


def _number(value: float) -> str:
    return str(int(value)) if float(value).is_integer() else repr(float(value))
