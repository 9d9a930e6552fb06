"""Reads the boxes of fragmented MP4 (ISO/IEC 14496-12 §4.2, §8.8) as far as an index needs: where a part begins and
ends, when, for how long, and whether a player can begin with it. Never beyond the bytes that are there.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final, NamedTuple
from zlib import crc32

from .layout import UNPLACED, Part, init_name

#: Boxes of which only the inside matters here.
_OUTER: Final = (b"moov", b"trak", b"mdia", b"moof", b"traf")
_NON_SYNC: Final = 0x10000  # sample_is_non_sync_sample, §8.8.3.1


class Box(NamedTuple):
    """One box: its four letters, and where its content lies."""

    kind: bytes
    starts: int
    ends: int


class Clock(NamedTuple):
    """The track whose time is the program's: the picture where there is one, else the sound."""

    track: int
    timescale: int


class Timing(NamedTuple):
    """When a fragment begins, and how long it lasts."""

    starts_ms: int
    duration_us: int
    independent: bool


def boxes(data: bytes, starts: int = 0, ends: int | None = None) -> Iterator[Box]:
    """The boxes one behind the other; ends at the first that is not there whole."""
    stop = len(data) if ends is None else ends
    while starts + 8 <= stop:
        size, kind = struct.unpack_from(">I4s", data, starts)
        if size < 8 or starts + size > stop:
            return
        yield Box(kind, starts + 8, starts + size)
        starts += size


def inside(data: bytes, box: Box) -> Iterator[Box]:
    """A box and, for one that is made of boxes, all that are in it."""
    yield box
    if box.kind in _OUTER:
        for inner in boxes(data, box.starts, box.ends):
            yield from inside(data, inner)


def clock_of(init: bytes) -> Clock | None:
    """Which track of an init file tells the time."""
    found: list[tuple[bool, Clock]] = []
    track = timescale = 0
    for top in boxes(init):
        for kind, starts, ends in inside(init, top):
            if kind == b"tkhd" and ends - starts >= 24:
                track = struct.unpack_from(">I", init, starts + (20 if init[starts] else 12))[0]
            elif kind == b"mdhd" and ends - starts >= 24:
                timescale = struct.unpack_from(">I", init, starts + (20 if init[starts] else 12))[0]
            elif kind == b"hdlr" and ends - starts >= 12 and track and timescale:
                found.append((init[starts + 8 : starts + 12] != b"vide", Clock(track, timescale)))
    return min(found)[1] if found else None


def timing_of(fragment: bytes, clock: Clock) -> Timing | None:
    """When a moof says that it plays."""
    for top in boxes(fragment):
        if top.kind != b"moof":
            continue
        for box in boxes(fragment, top.starts, top.ends):
            if box.kind == b"traf" and (found := _traf(fragment, box, clock)) is not None:
                return found
    return None


def _traf(data: bytes, traf: Box, clock: Clock) -> Timing | None:
    default = (0, 0)
    begins = 0
    total: int | None = None
    first: int | None = None
    try:
        for kind, starts, _ends in boxes(data, traf.starts, traf.ends):
            if kind == b"tfhd":
                if struct.unpack_from(">I", data, starts + 4)[0] != clock.track:
                    return None
                default = _tfhd(data, starts)
            elif kind == b"tfdt":
                begins = struct.unpack_from(">Q" if data[starts] else ">I", data, starts + 4)[0]
            elif kind == b"trun":
                length, flags = _trun(data, starts, *default)
                total = (total or 0) + length
                first = flags if first is None else first
    except struct.error:
        return None
    if not total or first is None:
        return None
    return Timing(begins * 1_000 // clock.timescale, total * 1_000_000 // clock.timescale, not first & _NON_SYNC)


def _tfhd(data: bytes, at: int) -> tuple[int, int]:
    """The duration and the flags that samples have unless they say otherwise."""
    flags = int.from_bytes(data[at + 1 : at + 4], "big")
    place = at + 8 + (8 if flags & 0x1 else 0) + (4 if flags & 0x2 else 0)
    duration = sample = 0
    if flags & 0x8:
        duration = struct.unpack_from(">I", data, place)[0]
        place += 4
    place += 4 if flags & 0x10 else 0
    if flags & 0x20:
        sample = struct.unpack_from(">I", data, place)[0]
    return duration, sample


def _trun(data: bytes, at: int, duration: int, sample: int) -> tuple[int, int]:
    """How long the samples last together, in the track's ticks, and the flags of the first."""
    flags = int.from_bytes(data[at + 1 : at + 4], "big")
    count = struct.unpack_from(">I", data, at + 4)[0]
    place = at + 8 + (4 if flags & 0x1 else 0)
    first: int | None = None
    if flags & 0x4:
        first = struct.unpack_from(">I", data, place)[0]
        place += 4
    step = 4 * sum(bool(flags & bit) for bit in (0x100, 0x200, 0x400, 0x800))
    if first is None and flags & 0x400:
        first = struct.unpack_from(">I", data, place + 4 * sum(bool(flags & bit) for bit in (0x100, 0x200)))[0]
    if not flags & 0x100:
        return duration * count, sample if first is None else first
    total = 0
    for _ in range(count):
        total += struct.unpack_from(">I", data, place)[0]
        place += step
    return total, sample if first is None else first


def sequence_of(fragment: bytes) -> int | None:
    """The number of a moof among those of its epoch, from 1 (mfhd, §8.8.5)."""
    for top in boxes(fragment):
        if top.kind == b"moof":
            for kind, starts, ends in boxes(fragment, top.starts, top.ends):
                if kind == b"mfhd" and ends - starts >= 8:
                    return int(struct.unpack_from(">I", fragment, starts + 4)[0])
    return None


def whole_parts(
    folder: Path, rendition: str, epoch: int, number: int, data: bytes, known: Sequence[Part], zero_ms: int | None
) -> list[Part]:
    """The parts of a segment behind those that are known: each a moof and its mdat, both there whole.

    Arguments:
        zero_ms: when program time 0 is by the clock on the wall; None: nobody knows.
    """
    try:
        clock = clock_of((folder / init_name(epoch)).read_bytes())
    except FileNotFoundError:
        clock = None
    if clock is None:
        return []
    return list(_scan(rendition, epoch, number, data, known, clock, zero_ms))


def _scan(
    rendition: str, epoch: int, number: int, data: bytes, known: Sequence[Part], clock: Clock, zero_ms: int | None
) -> Iterator[Part]:
    offset = known[-1].ends if known else 0
    index = len(known)
    while True:
        pair = [box for _, box in zip(range(2), boxes(data, offset), strict=False)]
        if [box.kind for box in pair] != [b"moof", b"mdat"]:
            return
        fragment = data[offset : pair[1].ends]
        timing = timing_of(fragment, clock)
        if timing is None:
            return
        yield Part(
            rendition,
            epoch,
            number,
            index,
            offset,
            len(fragment),
            timing.duration_us,
            timing.independent,
            timing.starts_ms,
            UNPLACED if zero_ms is None else timing.starts_ms + zero_ms,
            crc32(fragment),
        )
        offset, index = pair[1].ends, index + 1
