"""One chapter of a recording as one file that any browser plays: its header and its segments, with time from zero.

Fragments say where they belong in the whole program (tfdt, ISO/IEC 14496-12 §8.8.12). In a file of its own a chapter
begins at zero, so each track's first time is taken off all of its times. Nothing is encoded anew.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from recordings.archive import Segment
from recordings.edition import Edition

_CONTAINERS: Final = frozenset({b"moof", b"traf"})


class Span(NamedTuple):
    """A stretch by the clock of the log, half open, in milliseconds."""

    starts_at: int
    ends_at: int


class Film(NamedTuple):
    """A file. `final`: none of its borders is silence and a slate only because it is not made yet."""

    data: bytes
    final: bool


def film(edition: Edition, segments: Sequence[Segment]) -> Film:
    """Segments as everybody gets them, as one file. None is left out: what comes behind it would be heard too early.

    One file has one head. The lives of a program that encode alike have the same (recordings/program); where they have
    not, it is a file of those that are longest together.

    Errors: `RecordingError`, gone also while a border and its template are not made; `ValueError` where there is
    nothing.
    """
    heads = {each.epoch: edition.head(each) for each in segments}
    longest: dict[bytes, int] = {}
    for each in segments:
        longest[heads[each.epoch]] = longest.get(heads[each.epoch], 0) + each.duration_us
    head = max(longest, key=lambda each: longest[each], default=b"")
    taken = [each for each in segments if heads[each.epoch] == head]
    if not taken:
        raise ValueError("nothing to make a file of")
    final = all(edition.made(each) for each in taken)  # asked first: what is made meanwhile is only kept for less long
    return Film(cut(head, [edition.read(each) for each in taken]), final)


def cut(init: bytes, segments: Sequence[bytes]) -> bytes:
    """A file of a header and fragments, with time from zero. Errors: `ValueError` for what is not made of boxes."""
    first: dict[int, int] = {}
    made = [init]
    for data in segments:
        fresh = bytearray(data)
        track = 0
        for kind, start in _boxes(data, 0, len(data)):
            if kind == b"tfhd":
                (track,) = struct.unpack_from(">I", data, start + 4)
            elif kind == b"tfdt":
                wide = data[start] == 1
                (at,) = struct.unpack_from(">Q" if wide else ">I", data, start + 4)
                shift = first.setdefault(track, at)
                struct.pack_into(">Q" if wide else ">I", fresh, start + 4, max(0, at - shift))
        made.append(bytes(fresh))
    return b"".join(made)


def _boxes(data: bytes, start: int, end: int) -> Iterator[tuple[bytes, int]]:
    """Each box with where its contents begin; those that hold boxes are opened."""
    while start < end:
        if end - start < 8:
            raise ValueError("less than the head of a box")
        size, kind = struct.unpack_from(">I4s", data, start)
        if size < 8 or start + size > end:
            raise ValueError("a box of a size that cannot be")
        yield kind, start + 8
        if kind in _CONTAINERS:
            yield from _boxes(data, start + 8, start + size)
        start += size
