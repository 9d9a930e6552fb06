"""Finishes a segment that a dead process left growing: what was written is kept, and what is torn is cut off."""

from __future__ import annotations

import hashlib
import os
import zlib
from collections.abc import Sequence
from pathlib import Path

from .boxes import whole_parts
from .disk import NEW, append_to, sync_folder, write_whole
from .layout import Part, Segment, head_line, numbers, part_line, read_lines, seal_line, segment_name
from .placing import Known, Place, known_of, newest, places


def finish_open(folder: Path, rendition: str) -> list[int]:
    """Finish every growing segment of a folder that nobody writes, and return their numbers."""
    names = os.listdir(folder)
    done = numbers(names, "open")
    for number in done:
        finish(folder, rendition, number)
    for number in set(numbers(names, "parts")) - set(numbers(names, "m4s")) - set(done):
        (folder / segment_name(number, "parts")).unlink()  # lines of a segment that was thrown away
    for name in names:
        if name.endswith(NEW):
            (folder / name).unlink(missing_ok=True)  # it may have got its name above
    return done


def write_lines(folder: Path, rendition: str, known: Sequence[Known] = ()) -> list[int]:
    """Write the lines of whole segments anew where they are lost, from what the segments themselves say.

    Returns the numbers of those that cannot be read at all; they stay where they are, and in no index.

    Arguments:
        known: what the database says of this session's segments, if anything.
    """
    lost: dict[int, Segment | None] = {}
    for number in numbers(os.listdir(folder), "m4s"):
        lines = folder / segment_name(number, "parts")
        said = read_lines(rendition, number, lines.read_bytes() if lines.exists() else b"")
        if said is None or not said.whole or not said.placed:
            lost[number] = said
    if not lost:
        return []
    unread = []
    placed = places(folder, rendition, [*known, *known_of(folder.parent)])
    for number, said in lost.items():
        place = placed.get(number)
        data = (folder / segment_name(number)).read_bytes()
        if said is not None and not said.placed:
            if said.whole and (place is None or place.zero_ms is None):
                continue  # as it was
            said = None
        segment = readable(folder, rendition, number, data, said, place)
        if segment is None or segment.bytes != len(data):
            unread.append(number)
            continue
        write_seal(folder / segment_name(number, "parts"), segment, hashlib.sha256(data).hexdigest())
    return unread


def finish(folder: Path, rendition: str, number: int) -> Segment | None:
    """Make one growing segment whole. None when nothing of it can be played: then it is gone, as if it never was.

    Its lines are believed as far as each part's checksum agrees. Behind them a part that was synced, and whose line
    was not, is recognised by its boxes; anything else is cut off. Every step can be done again after another kill.
    """
    path, lines = folder / segment_name(number, "open"), folder / segment_name(number, "parts")
    data = path.read_bytes()
    said = read_lines(rendition, number, lines.read_bytes() if lines.exists() else b"")
    place = newest(folder, known_of(folder.parent)) if said is None else None
    segment = readable(folder, rendition, number, data, said, place)
    if segment is None:
        os.truncate(path, 0)  # first, so that after another kill its boxes do not count without its lines
        lines.unlink(missing_ok=True)
        path.unlink()
        sync_folder(folder)
        return None
    handle = append_to(path)
    try:
        os.ftruncate(handle, segment.bytes)
        os.fsync(handle)
    finally:
        os.close(handle)
    sha256 = hashlib.sha256(data[: segment.bytes]).hexdigest()
    write_seal(lines, segment, sha256)
    os.rename(path, folder / segment_name(number))
    sync_folder(folder)
    return Segment(rendition, segment.epoch, number, segment.fence, segment.parts, True, sha256)


def write_seal(lines: Path, segment: Segment, sha256: str) -> None:
    """All lines of a whole segment, anew."""
    text = head_line(segment.epoch, segment.fence) + "".join(map(part_line, segment.parts))
    write_whole(lines, (text + seal_line(segment.bytes, sha256)).encode())


def readable(
    folder: Path, rendition: str, number: int, data: bytes, said: Segment | None, place: Place | None
) -> Segment | None:
    """The parts of a segment that are there whole: as its lines say, and behind the last line as its boxes say.

    Arguments:
        place: where it belongs if there are no lines.
    """
    parts: list[Part] = []
    for part in said.parts if said is not None else ():
        if part.ends > len(data) or zlib.crc32(data[part.offset : part.ends]) != part.crc32:
            break
        parts.append(part)
    if said is not None:
        last = said.parts[-1]
        place = Place(said.epoch, last.wall_ms - last.starts_ms if said.placed else None)
    if place is not None and (said is None or len(parts) == len(said.parts)):
        # Bytes that a line speaks of and that are others by now are not looked at again by their boxes alone.
        parts += whole_parts(folder, rendition, place.epoch, number, data, parts, place.zero_ms)
    fence = said.fence if said is not None else 0
    return Segment(rendition, parts[0].epoch, number, fence, tuple(parts)) if parts else None
