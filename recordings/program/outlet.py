"""From packets to parts on the disk, in a thread of its own: the disk may take its time, the tick loop may not.

A part is announced when it is on the disk. Any trouble with a file ends this process's epoch (`failed`); the next
begins with files of its own.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Mapping
from typing import Final

from recordings.archive.archive import Archive
from recordings.archive.layout import Part, RecordingError
from recordings.archive.track import Track
from recordings.program.fragments import EncodedPacket, Fragment, Fragmenter

#: Parts that may wait for the disk: half a minute of three renditions. Policy: the epoch ends.
WAITING: Final = 256


class Outlet:
    """The renditions of one epoch.

    Arguments:
        fragmenters: one for each rendition.
        wall_ms: Unix time in ms of the moment that is 0 in program time.
        told: called in the writing thread with each part that is on the disk.
    """

    def __init__(
        self,
        archive: Archive,
        session: str,
        fence: int,
        epoch: int,
        fragmenters: Mapping[str, Fragmenter],
        wall_ms: int,
        told: Callable[[Part], None],
    ) -> None:
        self._fragmenters, self._wall_ms, self._told = dict(fragmenters), wall_ms, told
        self._tracks: dict[str, Track] = {}
        self._archive, self._session, self._fence, self._epoch = archive, session, fence, epoch
        #: Parts, and the heads of renditions that begin later.
        self._waiting: queue.SimpleQueue[tuple[str, Fragment | bytes] | None] = queue.SimpleQueue()
        #: The code of what went wrong with the files; empty while all is well.
        self.failed = ""
        self.parts = 0
        try:
            for name, fragmenter in self._fragmenters.items():
                self._begin(name, fragmenter.init())
        except RecordingError:
            self._let_go()
            raise
        self._thread = threading.Thread(target=self._write, name="program-disk", daemon=True)
        self._thread.start()

    def has(self, rendition: str) -> bool:
        return rendition in self._fragmenters

    def add(self, rendition: str, fragmenter: Fragmenter) -> None:
        """A rendition that begins later than the epoch; its folder is made when its turn comes."""
        self._fragmenters[rendition] = fragmenter
        self._waiting.put((rendition, fragmenter.init()))

    def _begin(self, name: str, init: bytes) -> None:
        self._tracks[name] = self._archive.track(self._session, name, self._fence)
        self._tracks[name].begin(self._epoch, init)

    def packet(self, rendition: str, packet: EncodedPacket) -> None:
        """Takes one packet; never waits."""
        for fragment in self._fragmenters[rendition].write(packet):
            self._put(rendition, fragment)

    def _put(self, rendition: str, fragment: Fragment) -> None:
        if self._waiting.qsize() >= WAITING:
            self.failed = self.failed or "disk"
        if not self.failed:
            self._waiting.put((rendition, fragment))

    @property
    def behind(self) -> int:
        """Parts that wait for the disk."""
        return self._waiting.qsize()

    def close(self) -> None:
        """Writes what is left and ends; the last segments are whole."""
        for name, fragmenter in self._fragmenters.items():
            for fragment in fragmenter.flush():
                self._put(name, fragment)
        self._waiting.put(None)
        self._thread.join()

    def _write(self) -> None:
        try:
            while (found := self._waiting.get()) is not None:
                name, fragment = found
                if isinstance(fragment, bytes):
                    self._begin(name, fragment)
                    continue
                part = self._tracks[name].part(
                    fragment.data,
                    duration_us=fragment.duration_us,
                    independent=fragment.independent,
                    starts_ms=fragment.starts_ms,
                    wall_ms=self._wall_ms + fragment.starts_ms,
                    last=fragment.last,
                )
                self.parts += 1
                self._told(part)
        except RecordingError as error:
            self.failed = error.code
        finally:
            self._let_go()

    def _let_go(self) -> None:
        for track in self._tracks.values():
            try:
                track.close()
            except RecordingError as error:
                self.failed = self.failed or error.code
