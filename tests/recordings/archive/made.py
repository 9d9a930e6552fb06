"""A recording by hand: fragments without real pictures in them, one for each third of a second."""

from __future__ import annotations

from pathlib import Path

from recordings.archive import Archive, Part, Track
from recordings.archive.space import Space
from recordings.program import movie

SESSION = "aaaabbbb"
PART_US = 333_333
WALL_MS = 1_800_000_000_000
PARTS = 6


def head() -> bytes:
    """The head of a file with one track of sound at 24,000 ticks a second."""
    return movie.head([movie.TrackHead(1, 24_000, movie.aac_entry(24_000, 1, b"\x13\x08", 24_000))])


def fragment(number: int) -> bytes:
    """The part that begins at `number` thirds of a second."""
    return movie.fragment(number + 1, [(1, [movie.Sample(number * 8_000, 8_000, b"part%04d" % number * 40, True)])])


def archive(folder: Path, room: tuple[int, int] = (10**12, 10**12)) -> Archive:
    return Archive(folder, Space(folder, room=lambda _: room))


def write(track: Track, first: int, count: int) -> list[Part]:
    """Parts one behind the other, six to a segment."""
    return [write_one(track, number) for number in range(first, first + count)]


def write_one(track: Track, number: int) -> Part:
    return track.part(
        fragment(number),
        duration_us=PART_US,
        independent=number % PARTS == 0,
        starts_ms=number * PART_US // 1_000,
        wall_ms=WALL_MS + number * PART_US // 1_000,
        last=number % PARTS == PARTS - 1,
    )


def begun(made: Archive, *, fence: int = 1, rendition: str = "full") -> Track:
    """A track in a new epoch."""
    track = made.track(SESSION, rendition, fence)
    track.begin(made.next_epoch(SESSION), head())
    return track


def abandon(track: Track) -> None:
    """What a kill does: the files are closed by the system, and nothing is finished."""
    track._let_go()
    track._guard.close()
