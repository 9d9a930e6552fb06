"""A chapter as one file: only whole segments between its ends, of one epoch, and time from zero."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

from recordings.cutting import Span, _boxes, cut, within
from tests.recordings.archive.made import PART_US, PARTS, SESSION, WALL_MS, archive, begun, fragment, head, write

SEGMENT_MS = PARTS * PART_US // 1_000


def times(data: bytes) -> list[int]:
    """The decode times of a file, in ticks."""
    return [struct.unpack_from(">Q", data, at + 4)[0] for kind, at in _boxes(data, 0, len(data)) if kind == b"tfdt"]


def test_a_file_begins_at_zero_and_keeps_its_pace() -> None:
    parts = [fragment(n) for n in (30, 31, 32)]
    made = cut(head(), [parts[0] + parts[1], parts[2]])
    assert times(parts[0]) == [240_000] and times(made) == [0, 8_000, 16_000]
    assert made.startswith(head()) and len(made) == len(head()) + sum(map(len, parts))


@pytest.mark.parametrize("broken", [b"\x00\x00", struct.pack(">I4s", 4, b"moof"), struct.pack(">I4s", 900, b"moof")])
def test_what_is_not_made_of_boxes_is_refused(broken: bytes) -> None:
    with pytest.raises(ValueError, match="box"):
        cut(head(), [broken])


def test_only_whole_segments_between_the_ends_are_taken(tmp_path: Path) -> None:
    made = archive(tmp_path)
    track = begun(made)
    write(track, 0, 3 * PARTS + 2)
    index = made.index(SESSION, "full")
    ends = WALL_MS + 3 * SEGMENT_MS

    def taken(starts_at: int, ends_at: int) -> list[int]:
        return [each.number for each in within(index, Span(starts_at, ends_at))]

    first = index.segments[0].number
    assert taken(WALL_MS, ends + 10_000) == [first, first + 1, first + 2], "the one that grows is not whole"
    assert taken(WALL_MS + 1, ends - 10) == [first + 1], "nothing from before or behind is in it"
    assert taken(WALL_MS + 1, WALL_MS + SEGMENT_MS) == []
    track.close()


def test_a_file_has_one_header(tmp_path: Path) -> None:
    made = archive(tmp_path)
    track = begun(made)
    write(track, 0, PARTS)
    track.close()
    track = begun(made, fence=2)
    write(track, 2 * PARTS, PARTS)
    track.close()
    found = within(made.index(SESSION, "full"), Span(WALL_MS, WALL_MS + 10 * SEGMENT_MS))
    assert len(made.index(SESSION, "full").segments) == 2 and {each.epoch for each in found} == {found[0].epoch}
