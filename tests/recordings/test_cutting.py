"""A chapter as one file: its segments as everybody gets them, one head, and time from zero."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

from recordings.archive import Archive, RecordingError
from recordings.cutting import _boxes, cut, film
from recordings.edition import Basis, Edition
from recordings.program import movie
from tests.recordings.archive.made import PART_US, PARTS, SESSION, WALL_MS, archive, begun, fragment, head, write

SEGMENT_MS = PARTS * PART_US // 1_000


def times(data: bytes) -> list[int]:
    """The decode times of a file, in ticks."""
    return [struct.unpack_from(">Q", data, at + 4)[0] for kind, at in _boxes(data, 0, len(data)) if kind == b"tfdt"]


def edition(made: Archive, since_ms: int = -1_000, until_ms: int = 100_000) -> Edition:
    return Edition(made, SESSION, Basis(((WALL_MS + since_ms, WALL_MS + until_ms),)))


def taken(found: Edition, since_ms: int, until_ms: int) -> list[int]:
    return [each.number for each in found.overlapping("sound", WALL_MS + since_ms, WALL_MS + until_ms)]


def test_a_file_begins_at_zero_and_keeps_its_pace() -> None:
    parts = [fragment(n) for n in (30, 31, 32)]
    made = cut(head(), [parts[0] + parts[1], parts[2]])
    assert times(parts[0]) == [240_000] and times(made) == [0, 8_000, 16_000]
    assert made.startswith(head()) and len(made) == len(head()) + sum(map(len, parts))


@pytest.mark.parametrize("broken", [b"\x00\x00", struct.pack(">I4s", 4, b"moof"), struct.pack(">I4s", 900, b"moof")])
def test_what_is_not_made_of_boxes_is_refused(broken: bytes) -> None:
    with pytest.raises(ValueError, match="box"):
        cut(head(), [broken])


def test_segments_at_the_borders_are_taken_too(tmp_path: Path) -> None:
    made = archive(tmp_path)
    track = begun(made, rendition="sound")
    write(track, 0, 3 * PARTS + 2)
    found = edition(made)
    assert taken(found, -10, 60_000) == [0, 1, 2], "the one that grows is not whole"
    assert taken(found, 1, 3 * SEGMENT_MS - 10) == [0, 1, 2]
    assert taken(found, SEGMENT_MS + 1, SEGMENT_MS + 2) == [1]
    assert taken(found, 60_000, 61_000) == []
    track.close()


def test_a_border_that_is_not_made_yet_moves_nothing(tmp_path: Path) -> None:
    made = archive(tmp_path)
    track = begun(made, rendition="sound")
    write(track, 0, 3 * PARTS)
    track.close()
    found = edition(made, 900, 100_000)
    segments = found.overlapping("sound", WALL_MS + 900, WALL_MS + 100_000)
    assert [each.number for each in segments] == [0, 1, 2]
    with pytest.raises(RecordingError, match="gone"):
        film(found, segments)
    template = found.template_path("sound", 1)
    template.parent.mkdir(parents=True)
    template.write_bytes(movie.fragment(1, [(1, [movie.Sample(0, 8_000, b"silence", True)])]))
    data, final = film(found, segments)
    assert not final and b"part0000" not in data and b"silence" in data and b"part0006" in data
    assert times(data)[PARTS] == PARTS * 8_000, "what comes behind it is where it belongs"
    border = found.made_path(segments[0], found.plan(segments[0]))
    border.write_bytes(made.read(SESSION, "sound", 0))
    data, final = film(found, segments)
    assert final and data == cut(head(), [made.read(SESSION, "sound", number) for number in range(3)])
    with pytest.raises(ValueError, match="nothing"):
        film(found, ())


def test_lives_that_encode_alike_are_one_file_and_others_are_not(tmp_path: Path) -> None:
    made = archive(tmp_path)
    for fence, first, count in ((1, 0, 1), (2, 1, 2), (3, 4, 1)):
        track = begun(made, fence=fence, rendition="sound")
        write(track, first * PARTS, count * PARTS)
        track.close()
    found = edition(made)
    segments = found.overlapping("sound", WALL_MS, WALL_MS + 60_000)
    assert {each.epoch for each in segments} == {1, 2, 3}
    assert len(times(film(found, segments).data)) == 4 * PARTS
    made.init_path(SESSION, "sound", 2).write_bytes(head() + b"other")
    data = film(found, segments).data
    assert data.startswith(head()) and len(times(data)) == 2 * PARTS, "as long as what is one file can be"
