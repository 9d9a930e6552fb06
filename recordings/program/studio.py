"""One epoch of a session's program, from the tap to the files: everything but the session itself."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from recordings.archive.archive import Archive
from recordings.archive.layout import Part
from recordings.program.encode import FULL, LIGHT, SOUND, Rendition
from recordings.program.fragments import EncodedPacket, Fragmenter
from recordings.program.outlet import Outlet
from recordings.program.picture import Words
from recordings.program.program import Program, Stalled
from recordings.program.scene import Facts
from signaling.media.tap_reader import TapReader

#: Seconds between ticks: two blocks of sound.
TICK_S: Final = 0.04


class Studio:
    """Made when an epoch begins. `run` returns why it ended: `told`, `stalled`, or the code of a failed file.

    Arguments:
        tap: the socket of the media process's tap.
        fence: of the lease under which this process writes.
        told: called on the event loop with each part that is on the disk.
    """

    def __init__(
        self,
        tap: Path,
        session: str,
        archive: Archive,
        fence: int,
        words: Words,
        told: Callable[[Part], None],
        *,
        renditions: Sequence[Rendition] = (FULL, LIGHT),
    ) -> None:
        self._loop = asyncio.get_running_loop()
        self._told = told
        self.epoch = archive.next_epoch(session)
        wall_ms = time.time_ns() // 1_000_000
        starts_ms = resume_at(archive, session, wall_ms)
        self._reader = TapReader(tap, session, lambda frame: self.program.frame(frame))
        self.program = Program(
            _now(), self._out, words, starts_ms=starts_ms, want=self._reader.want, renditions=renditions
        )
        sound = self.program.sound.shape
        fragmenters = {name: Fragmenter(encoder.shape, sound) for name, encoder in self.program.shapes.items()}
        fragmenters[SOUND] = Fragmenter(None, sound)
        self.outlet = Outlet(archive, session, fence, self.epoch, fragmenters, wall_ms - starts_ms, self._written)

    def facts(self, facts: Facts) -> None:
        self.program.facts(facts)

    async def run(self, ending: asyncio.Event) -> str:
        """Runs until told to end, or until the epoch cannot go on."""
        self._reader.start()
        try:
            return await self._run(ending)
        finally:
            await self._reader.stop()
            await asyncio.to_thread(self.outlet.close)

    async def _run(self, ending: asyncio.Event) -> str:
        due = _now()
        while not ending.is_set():
            now = _now()
            self.program.media(self._reader.attached, now)
            try:
                self.program.tick(now)
            except Stalled:
                return "stalled"
            if self.outlet.failed:
                return self.outlet.failed
            due = max(due + 1000 * TICK_S, now - 1000 * TICK_S)
            await asyncio.sleep(max(0.0, (due - _now()) / 1000))
        return "told"

    def _out(self, rendition: str, packet: EncodedPacket) -> None:
        self.outlet.packet(rendition, packet)

    def _written(self, part: Part) -> None:
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._told, part)


def resume_at(archive: Archive, session: str, wall_ms: int) -> int:
    """The program time of this moment: what went before keeps its place, and is never written over.

    Arguments:
        wall_ms: Unix time in ms.
    """
    starts_ms = 0
    for rendition in archive.renditions(session):
        segments = archive.index(session, rendition).segments
        if segments:
            first, last = segments[0], segments[-1]
            zero = first.wall_ms - first.starts_ms
            ended = last.starts_ms + -(-last.duration_us // 1000)
            starts_ms = max(starts_ms, wall_ms - zero, ended)
    return starts_ms


def _now() -> float:
    """Milliseconds of the machine's monotonic clock, which the media process's frames are stamped with."""
    return time.monotonic_ns() / 1e6
