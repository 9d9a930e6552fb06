"""Where segments belong whose lines are lost: of which epoch they are, and when they were said.

A segment says its program time (tfdt) and how many fragments of its epoch went before it (mfhd, ISO/IEC 14496-12
§8.8.5). On the wall an epoch is its program time plus one number; that stands in lines and rows alone. When a file was
written says nothing exact, and spans that somebody releases or takes out are exact: without that number a segment has
no time.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NamedTuple

from .boxes import Clock, clock_of, sequence_of, timing_of
from .layout import RecordingError, Segment, epochs, init_name, numbers, read_lines, rendition_name, segment_name

#: More than the boxes before a segment's first sample take.
_BEGIN_BYTES: Final = 65_536
#: By so much two renditions of an epoch agree in program time; neighbouring epochs never do.
_AGREE_MS: Final = 100


class Known(NamedTuple):
    """What a line or a row says of a segment."""

    rendition: str
    number: int
    epoch: int
    starts_ms: int
    wall_ms: int
    duration_ms: int

    @classmethod
    def of(cls, each: Segment) -> Known:
        return cls(each.rendition, each.number, each.epoch, each.starts_ms, each.wall_ms, each.duration_us // 1_000)


class Place(NamedTuple):
    """The epoch of a segment, and when its program time 0 is, in Unix ms; None where nothing says so."""

    epoch: int
    zero_ms: int | None


@dataclass
class _Run:
    """Segments one behind the other in which the count of fragments only grows: all are of one epoch."""

    numbers: list[int]
    sequence: int
    starts_ms: int
    ends_ms: int
    epoch: int = 0
    sure: bool = True


def known_of(session: Path) -> list[Known]:
    """What the lines of all renditions say that are there."""
    found = []
    for folder in sorted(session.iterdir()):
        try:
            name = rendition_name(folder.name)
        except RecordingError:
            continue
        for number in numbers(os.listdir(folder), "parts"):
            said = read_lines(name, number, (folder / segment_name(number, "parts")).read_bytes())
            if said is not None:
                found.append(Known.of(said))
    return found


def newest(folder: Path, known: Iterable[Known]) -> Place | None:
    """The place of a segment that grows: it is of the newest epoch. None without a head."""
    there = epochs(os.listdir(folder))
    return Place(there[-1], _zeros(known).get(there[-1])) if there else None


def places(folder: Path, rendition: str, known: Sequence[Known]) -> dict[int, Place]:
    """The place of each whole segment of a rendition, from what is known of this and the others; first said counts."""
    names = os.listdir(folder)
    heads = epochs(names)
    if not heads or (clock := clock_of((folder / init_name(heads[-1])).read_bytes())) is None:
        return {}
    mine = {each.number: each.epoch for each in reversed(known) if each.rendition == rendition}
    runs = _runs(folder, numbers(names, "m4s"), mine, clock)
    for run in runs:
        run.epoch = run.epoch or _at(run, known)
    holes = any(later.numbers[0] != run.numbers[-1] + 1 for run, later in zip(runs, runs[1:], strict=False))
    _count(runs, heads, sure=not holes)
    zeros = _zeros(known)
    return {n: Place(run.epoch, zeros.get(run.epoch) if run.sure else None) for run in runs for n in run.numbers}


def _zeros(known: Iterable[Known]) -> dict[int, int]:
    zeros: dict[int, int] = {}
    for each in known:
        if each.wall_ms >= 0:
            zeros.setdefault(each.epoch, each.wall_ms - each.starts_ms)
    return zeros


def _runs(folder: Path, there: Sequence[int], mine: dict[int, int], clock: Clock) -> list[_Run]:
    runs: list[_Run] = []
    for number in there:
        with open(folder / segment_name(number), "rb") as file:
            begin = file.read(_BEGIN_BYTES)
        sequence, timing = sequence_of(begin), timing_of(begin, clock)
        if sequence is None or timing is None:
            continue
        epoch, ends_ms = mine.get(number, 0), timing.starts_ms + timing.duration_us // 1_000
        last = runs[-1] if runs else None
        if (
            last is None
            or sequence <= last.sequence
            or number != last.numbers[-1] + 1
            or (epoch and last.epoch and epoch != last.epoch)
        ):
            runs.append(_Run([number], sequence, timing.starts_ms, ends_ms, epoch))
        else:
            last.numbers.append(number)
            last.sequence, last.ends_ms, last.epoch = sequence, ends_ms, last.epoch or epoch
    return runs


def _at(run: _Run, known: Iterable[Known]) -> int:
    """The epoch that others had in the same program time; 0 where that is none, or more than one."""
    spans: dict[int, tuple[int, int]] = {}
    for each in known:
        since, until = spans.get(each.epoch, (each.starts_ms, each.starts_ms))
        spans[each.epoch] = min(since, each.starts_ms), max(until, each.starts_ms + each.duration_ms)
    found = [
        epoch
        for epoch, (since, until) in spans.items()
        if min(until, run.ends_ms) - max(since, run.starts_ms) >= _AGREE_MS
    ]
    return found[0] if len(found) == 1 else 0


def _count(runs: Sequence[_Run], heads: Sequence[int], *, sure: bool) -> None:
    """Runs that nothing is said about: the newest is of the newest head between its neighbours, and so on backwards.

    Where there are as many heads as runs, that is sure: every run is of an epoch of its own.
    """
    place = len(runs)
    above = heads[-1] + 1
    while place > 0:
        place -= 1
        if runs[place].epoch:
            above = runs[place].epoch
            continue
        first = place
        while first > 0 and not runs[first - 1].epoch:
            first -= 1
        below = runs[first - 1].epoch if first else 0
        free = [each for each in heads if below < each < above]
        block = runs[first : place + 1]
        for back, run in enumerate(reversed(block), start=1):
            run.epoch = free[-back] if back <= len(free) else (free or heads)[0]
            run.sure = sure and len(free) == len(block)
        place = first
