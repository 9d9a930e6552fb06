"""After any end a recording is whole up to the last part, without a person."""

from __future__ import annotations

import hashlib
import random
from pathlib import Path

import pytest

from recordings.archive import Archive
from recordings.archive.boxes import clock_of, timing_of
from recordings.archive.layout import read_lines
from recordings.program import movie

from .made import PARTS, SESSION, WALL_MS, abandon, archive, begun, fragment, head, write


@pytest.fixture
def killed(tmp_path: Path) -> Path:
    """One whole segment, and four parts of the next; then the process died."""
    track = begun(archive(tmp_path))
    write(track, 0, PARTS + 4)
    abandon(track)
    return tmp_path / SESSION / "full"


def rebuilt(folder: Path) -> tuple[Archive, list[int]]:
    """How many parts each segment has after a rebuild, having looked at every byte."""
    made = archive(folder.parent.parent)
    made.rebuild(SESSION)
    index = made.index(SESSION, "full")
    for segment in index.segments:
        data = made.read(SESSION, "full", segment.number)
        assert segment.whole and hashlib.sha256(data).hexdigest() == segment.sha256 and len(data) == segment.bytes
        for part in segment.parts:
            number = segment.number * PARTS + part.index
            assert data[part.offset : part.ends] == fragment(number)
            assert abs(part.starts_ms - number * 1_000 // 3) <= 1 and abs(part.duration_us - 333_333) <= 1
    assert not list(folder.glob("*.open")) and not list(folder.glob("*.new"))
    return made, [len(segment.parts) for segment in index.segments]


def test_what_grew_is_finished(killed: Path) -> None:
    assert rebuilt(killed)[1] == [6, 4]


def test_a_torn_part_is_cut_off_wherever_it_is_torn(killed: Path) -> None:
    whole = (killed / "000001.open").read_bytes()
    rng = random.Random(7)
    lines = (killed / "000001.parts").read_bytes()
    for cut in sorted({0, 1, len(fragment(0)), len(whole), *rng.sample(range(len(whole)), 40)}):
        for name in ("000001.m4s", "000001.parts"):
            (killed / name).unlink(missing_ok=True)
        (killed / "000001.open").write_bytes(whole[:cut])
        (killed / "000001.parts").write_bytes(lines)
        there = cut // len(fragment(0))
        assert rebuilt(killed)[1] == ([6, there] if there else [6])


def test_lines_torn_anywhere_lose_no_part_that_is_there(killed: Path) -> None:
    whole, lines = (killed / "000001.open").read_bytes(), (killed / "000001.parts").read_bytes()
    for cut in range(0, len(lines), 7):
        (killed / "000001.m4s").unlink(missing_ok=True)
        (killed / "000001.open").write_bytes(whole)
        (killed / "000001.parts").write_bytes(lines[:cut])
        assert rebuilt(killed)[1] == [6, 4]


def test_without_any_lines_the_boxes_tell(killed: Path) -> None:
    (killed / "000001.parts").unlink()
    made, parts = rebuilt(killed)
    assert parts == [6, 4]
    found = made.index(SESSION, "full").segments[1]
    assert found.epoch == 1 and found.parts[0].independent and found.wall_ms > 0


def test_lines_of_a_whole_segment_are_written_anew_from_its_boxes(killed: Path) -> None:
    before = archive(killed.parent.parent).index(SESSION, "full").segments[0]
    (killed / "000000.parts").unlink()
    made, parts = rebuilt(killed)
    assert parts == [6, 4]
    after = made.index(SESSION, "full").segments[0]
    assert after.sha256 == before.sha256 and [p.crc32 for p in after.parts] == [p.crc32 for p in before.parts]


def test_a_whole_segment_that_cannot_be_read_is_in_no_index(killed: Path) -> None:
    (killed / "000000.parts").unlink()
    (killed / "000000.m4s").write_bytes(b"nothing that anybody wrote")
    assert [segment.number for segment in rebuilt(killed)[0].index(SESSION, "full").segments] == [1]
    assert (killed / "000000.m4s").exists()


def test_lines_of_a_segment_that_was_thrown_away_are_thrown_away(killed: Path) -> None:
    (killed / "000001.open").unlink()
    assert rebuilt(killed)[1] == [6]
    assert not (killed / "000001.parts").exists()


def test_bytes_that_changed_are_not_played(killed: Path) -> None:
    data = bytearray((killed / "000001.open").read_bytes())
    data[2 * len(fragment(0)) + 200] ^= 1
    (killed / "000001.open").write_bytes(bytes(data))
    assert rebuilt(killed)[1] == [6, 2]


def test_halves_of_files_are_thrown_away(killed: Path) -> None:
    (killed / "init-2.mp4.new").write_bytes(head()[:100])
    (killed / "000001.parts.new").write_bytes(b"kachehri-parts 1")
    assert rebuilt(killed)[1] == [6, 4]


def test_killed_between_the_seal_and_the_name(killed: Path) -> None:
    (killed / "000000.m4s").rename(killed / "000000.open")
    assert rebuilt(killed)[1] == [6, 4]


def test_nothing_playable_leaves_nothing(killed: Path) -> None:
    (killed / "000001.open").write_bytes(b"\0" * 5_000)
    assert rebuilt(killed)[1] == [6]
    assert not (killed / "000001.parts").exists()


def test_a_rebuild_leaves_a_living_writer_alone(tmp_path: Path) -> None:
    made = archive(tmp_path)
    track = begun(made)
    write(track, 0, 2)
    made.rebuild(SESSION)
    write(track, 2, 2)
    growing = made.index(SESSION, "full").growing
    assert growing is not None and len(growing.parts) == 4
    track.close()


def test_twice_is_once(killed: Path) -> None:
    assert rebuilt(killed)[1] == rebuilt(killed)[1]


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"kachehri-parts 1 1",
        b"kachehri-parts 2 1 1\npart 0 10 5 K 0 0 00000000\n",
        b"kachehri-parts 1 x 1\npart 0 10 5 K 0 0 00000000\n",
        b"kachehri-parts 1 1 1\npart 5 10 5 K 0 0 00000000\n",
        b"kachehri-parts 1 1 1\npart 0 -10 5 K 0 0 00000000\n",
        b"kachehri-parts 1 1 1\npart 0 10 5 Q 0 0 00000000\n",
        b"kachehri-parts 1 1 1\npart 0 10 5  0 0 00000000\n",
        b"kachehri-parts 1 1 1\nwhole 0 abc\n",
        b"\xff\xfe\n\n",
    ],
)
def test_lines_that_say_nothing_that_can_be_believed(text: bytes) -> None:
    assert read_lines("full", 0, text) is None


def test_boxes_of_strangers_do_no_harm() -> None:
    clock = clock_of(head())
    assert clock is not None and clock.timescale == 24_000
    rng = random.Random(3)
    good = fragment(0)
    for _ in range(500):
        data = bytearray(good)
        for _ in range(rng.randrange(1, 6)):
            data[rng.randrange(len(data))] = rng.randrange(256)
        timing_of(bytes(data[: rng.randrange(len(data) + 1)]), clock)
        clock_of(bytes(data))
    assert clock_of(b"") is None and timing_of(good, clock) is not None
    assert timing_of(movie.fragment(1, [(9, [movie.Sample(0, 1, b"x", True)])]), clock) is None


def test_wall_time_goes_on_from_the_last_line(killed: Path) -> None:
    lines = (killed / "000001.parts").read_bytes().splitlines(keepends=True)
    (killed / "000001.parts").write_bytes(b"".join(lines[:3]))
    made, _ = rebuilt(killed)
    last = made.index(SESSION, "full").segments[1].parts[-1]
    assert abs(last.wall_ms - (WALL_MS + 9 * 333)) < 5
