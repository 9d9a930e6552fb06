"""A program that is written by hand, and the door that sends it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import httpx

from kachehri.bus.memory import MemoryBus
from recordings.announce import Waiting
from recordings.archive import Archive, Part, Track
from recordings.file_threads import FileThreads
from tests.web.conftest import Town
from web.broadcasting import Broadcasting, sealing_keys


class Studio:
    """Writes a program whose bytes say where they stand, as fast as a test wants."""

    def __init__(self, town: Town, folder: Path) -> None:
        self.town, self.archive, self.bus = town, Archive(folder), MemoryBus()
        files = FileThreads()
        waiting = Waiting(self.bus, self.archive.index, files.run)
        waiting.start()
        self.door = Broadcasting(self.archive, waiting, sealing_keys(town.house.masters), files=files)
        self.tracks: dict[str, Track] = {}
        #: The wall clock of the first part: the hearing that is tested is on now.
        self.began_ms = time.time_ns() // 1_000_000 - 10_000

    def track(self, session: str, rendition: str) -> Track:
        key = f"{session}/{rendition}"
        if key not in self.tracks:
            self.tracks[key] = self.archive.track(session, rendition, 1)
            self.tracks[key].begin(1, b"....avcC\x01\x42\xc0\x1e\xff....mp4a" if rendition != "sound" else b"mp4a")
        return self.tracks[key]

    def part(self, session: str, rendition: str, number: int, index: int, *, at: int | None = None) -> Part:
        start = number * 2_000 + index * 333 if at is None else at
        return self.track(session, rendition).part(
            f"{rendition} {number}.{index};".encode(),
            duration_us=333_333,
            independent=index == 0,
            starts_ms=start,
            wall_ms=self.began_ms + start,
            last=index == 5,
        )

    def fill(self, session: str, rendition: str, segments: int, parts: int = 0) -> None:
        """Whole segments, and some parts of the next."""
        for number in range(segments):
            for index in range(6):
                self.part(session, rendition, number, index)
        for index in range(parts):
            self.part(session, rendition, segments, index)

    def base(self, session: str) -> str:
        return self.door.base(session, "live", self.town.house.now())


@contextmanager
def studio_in(town: Town, folder: Path) -> Iterator[Studio]:
    """It is the town's as long as the block lasts."""
    made = Studio(town, folder)
    before = town.app.state.house
    town.app.state.house = replace(before, broadcasting=made.door)
    yield made
    town.app.state.house = before
    made.door.files.close()


async def get(town: Town, path: str, **headers: str) -> httpx.Response:
    if not town.opened:
        town.phone()
    return await town.opened[0].get(path, headers={"accept": "*/*", "accept-language": "en", **headers})
