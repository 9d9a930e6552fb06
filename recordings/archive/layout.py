"""How a recording lies on the disk: the names of its files, and the lines that say where its parts are.

    {folder}/{session}/{rendition}/init-{epoch}.mp4   what a player reads first (ftyp, moov)
                                   000042.m4s         a whole segment, under its name only when it is whole
                                   000043.open        the segment that grows, part by part
                                   000042.parts       its lines: a head, one a part, and a seal when it is whole
                                   000042.sealed      the original of one that something was taken out of
                                   replaced           changes whenever a whole segment became another
                                   fence, writer      who may write; who does (recordings/archive/guard.py)
    {folder}/{session}/delay-0.sealed, delay-1.sealed what waits in the safety delay, while the hearing is on
    {folder}/{session}/edition/                       what everybody gets (recordings/edition)

A name that reaches the disk comes from here, and nothing that somebody sent becomes part of a path unless it fits the
patterns of this file: no dot, no slash, no way out of the folder.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from .timeline import Timeline

#: Sessions and renditions are named by us; what does not look so is refused before a path is made of it.
_SESSION: Final = re.compile(r"[A-Za-z0-9_-]{1,64}\Z")
_RENDITION: Final = re.compile(r"[a-z][a-z0-9-]{0,31}\Z")
_SEGMENT: Final = re.compile(r"([0-9]{6,9})\.(m4s|open|parts|sealed)\Z")
_INIT: Final = re.compile(r"init-([1-9][0-9]{0,8})\.mp4\Z")

NUMBER_MOST: Final = 999_999_999
#: The wall time of a segment of which nothing says when it was said (placing.py). Nobody gets it.
UNPLACED: Final = -1
#: No rendition is called so.
EDITION: Final = "edition"
#: What waits in the safety delay, beside the renditions (recordings/program/delay.py).
DELAYED: Final = ("delay-0.sealed", "delay-1.sealed")
#: The file that says that whole segments became others.
REPLACED: Final = "replaced"
_HEAD: Final = "kachehri-parts"
_VERSION: Final = 1


class RecordingError(Exception):
    """A recording that cannot be written or read. `code` is one of
    name (no such session or rendition can be), fence (somebody newer writes), busy (the folder is held),
    space (the disk is full), disk (a write failed: this track is over), state (used in the wrong order),
    gone (not there), damaged (the bytes are not those that were written), other (encoded in another way than now),
    sealed (the original cannot be opened), unplaced (nothing says when it was said).
    """

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code = code
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a segment that can be sent by itself: one moof and its mdat.

    Arguments:
        index: its place in the segment, from 0.
        offset, length: where it lies in the segment's file, in bytes.
        independent: it begins with a picture that needs no other (RFC 8216bis §4.4.4.9, INDEPENDENT).
        starts_ms: its first moment in program time.
        wall_ms: the same by the clock on the wall, since the Unix epoch; `UNPLACED` where it is lost.
    """

    rendition: str
    epoch: int
    number: int
    index: int
    offset: int
    length: int
    duration_us: int
    independent: bool
    starts_ms: int
    wall_ms: int = 0
    crc32: int = 0

    @property
    def ends(self) -> int:
        """The first byte behind it."""
        return self.offset + self.length


@dataclass(frozen=True, slots=True)
class Segment:
    """A run of parts in one file. `whole`: nothing will be added; only then is there a `sha256` (hexadecimal)."""

    rendition: str
    epoch: int
    number: int
    fence: int
    parts: tuple[Part, ...]
    whole: bool = False
    sha256: str = ""

    @property
    def starts_ms(self) -> int:
        return self.parts[0].starts_ms

    @property
    def wall_ms(self) -> int:
        return self.parts[0].wall_ms

    @property
    def placed(self) -> bool:
        """Whether it is known when it was said."""
        return all(part.wall_ms != UNPLACED for part in self.parts)

    @property
    def duration_us(self) -> int:
        return sum(part.duration_us for part in self.parts)

    @property
    def bytes(self) -> int:
        return self.parts[-1].ends


@dataclass(frozen=True)
class Index:
    """What there is of one rendition, oldest first. Only the last segment may still grow. None is without a part."""

    session: str
    rendition: str
    segments: tuple[Segment, ...] = ()

    def segment(self, number: int) -> Segment | None:
        """The segment of this number."""
        place = bisect_left(self.segments, number, key=lambda segment: segment.number)
        found = self.segments[place] if place < len(self.segments) else None
        return found if found is not None and found.number == number else None

    def part(self, number: int, index: int) -> Part | None:
        """One part."""
        segment = self.segment(number)
        return segment.parts[index] if segment is not None and 0 <= index < len(segment.parts) else None

    @cached_property
    def timeline(self) -> Timeline:
        """When its segments were said, once somebody asks."""
        return Timeline(self.segments)

    @property
    def growing(self) -> Segment | None:
        """The segment to which parts are still added."""
        return self.segments[-1] if self.segments and not self.segments[-1].whole else None

    @property
    def next(self) -> tuple[int, int]:
        """Number and index of the part that comes next (what a preload hint names)."""
        if not self.segments:
            return 0, 0
        last = self.segments[-1]
        return (last.number + 1, 0) if last.whole else (last.number, len(last.parts))


def session_name(session: str) -> str:
    """The folder of a session. Errors: `RecordingError` name."""
    if not _SESSION.match(session):
        raise RecordingError("name", "session")
    return session


def rendition_name(rendition: str) -> str:
    """The folder of a rendition. Errors: `RecordingError` name."""
    if not _RENDITION.match(rendition) or rendition == EDITION:
        raise RecordingError("name", "rendition")
    return rendition


def segment_name(number: int, ending: str = "m4s") -> str:
    """The file of a segment: `m4s` whole, `open` growing, `parts` its lines, `sealed` its original."""
    if not 0 <= number <= NUMBER_MOST:
        raise RecordingError("name", "number")
    return f"{number:06}.{ending}"


def init_name(epoch: int) -> str:
    """The file that every segment of an epoch needs first."""
    if not 1 <= epoch <= NUMBER_MOST:
        raise RecordingError("name", "epoch")
    return f"init-{epoch}.mp4"


def kept_name(name: str) -> bool:
    """Whether a file of this name belongs to a recording that is not being written."""
    match = _SEGMENT.match(name)
    return bool(_INIT.match(name)) or (match is not None and match[2] != "open")


def numbers(names: Iterable[str], ending: str) -> list[int]:
    """The numbers of the segments among file names, sorted; other names are passed over."""
    found = (_SEGMENT.match(name) for name in names)
    return sorted(int(match[1]) for match in found if match and match[2] == ending)


def epochs(names: Iterable[str]) -> list[int]:
    """The epochs that have an init file among file names, sorted."""
    return sorted(int(match[1]) for match in map(_INIT.match, names) if match)


def head_line(epoch: int, fence: int) -> str:
    """The first of a segment's lines."""
    return f"{_HEAD} {_VERSION} {epoch} {fence}\n"


def part_line(part: Part) -> str:
    """The line of a part."""
    first = "K" if part.independent else "-"
    where = f"{part.offset} {part.length} {part.duration_us}"
    return f"part {where} {first} {part.starts_ms} {part.wall_ms} {part.crc32:08x}\n"


def seal_line(size: int, sha256: str) -> str:
    """The last of a segment's lines: it is whole, so many bytes long, and this is their SHA-256."""
    return f"whole {size} {sha256}\n"


def read_lines(rendition: str, number: int, text: bytes) -> Segment | None:
    """What a segment's lines say, as far as they can be believed: up to the first that is torn or out of order.

    None without a head, or when nothing is said about any part.
    """
    lines = text.decode("ascii", "replace").split("\n")[:-1]  # behind the last newline stands what was not finished
    if not lines or (head := lines[0].split(" "))[:2] != [_HEAD, str(_VERSION)] or len(head) != 4:
        return None
    try:
        epoch, fence = int(head[2]), int(head[3])
    except ValueError:
        return None
    parts: list[Part] = []
    for line in lines[1:]:
        words = line.split(" ")
        if words[0] == "whole" and len(words) == 3 and parts and words[1] == str(parts[-1].ends):
            return Segment(rendition, epoch, number, fence, tuple(parts), True, words[2])
        part = _part(rendition, epoch, number, len(parts), words)
        if part is None or part.offset != (parts[-1].ends if parts else 0):
            break
        parts.append(part)
    return Segment(rendition, epoch, number, fence, tuple(parts)) if parts else None


def _part(rendition: str, epoch: int, number: int, index: int, words: list[str]) -> Part | None:
    if len(words) != 8 or words[0] != "part" or words[4] not in ("K", "-") or len(words[7]) != 8:
        return None
    try:
        offset, length, duration, starts, wall = (int(words[place]) for place in (1, 2, 3, 5, 6))
        crc32 = int(words[7], 16)
    except ValueError:
        return None
    if length <= 0 or duration <= 0:
        return None
    return Part(rendition, epoch, number, index, offset, length, duration, words[4] == "K", starts, wall, crc32)
