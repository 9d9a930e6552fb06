"""What `recording-kill` and its tests share: packets of each rendition, how far they were mixed, and a writer of them.

How far each rendition was mixed stands in a file in memory that outlives the process that mixes: the program time of
each picture is written there before anything else is done with it, so that what was mixed and is not in the recording
can be counted.
"""

from __future__ import annotations

import mmap
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from recordings.archive import Track
from recordings.program.fragments import AudioShape, EncodedPacket, Fragmenter, VideoShape

#: Length of what comes again, in microseconds; a key picture stands at its beginning.
LOOP_US: Final = 8_000_000
RENDITIONS: Final = ("full", "light", "sound")


@dataclass(frozen=True)
class Encoded:
    """One rendition's packets, in the order in which an encoder gave them."""

    video: VideoShape | None
    audio: AudioShape
    packets: Sequence[EncodedPacket]


class Mixed:
    """Program time in milliseconds up to which each rendition was mixed, 0 before anything was; and when this life of
    the process began.
    """

    _NAMES: Final = (*RENDITIONS, "began")

    def __init__(self, path: Path) -> None:
        if not path.exists():
            path.write_bytes(bytes(8 * len(self._NAMES)))
        with open(path, "r+b") as file:
            self._bytes = mmap.mmap(file.fileno(), 8 * len(self._NAMES))

    def put(self, name: str, ms: int) -> None:
        place = 8 * self._NAMES.index(name)
        self._bytes[place : place + 8] = ms.to_bytes(8, "little")

    def get(self, name: str) -> int:
        place = 8 * self._NAMES.index(name)
        return int.from_bytes(self._bytes[place : place + 8], "little")


class Writing:
    """One rendition on its way to the disk."""

    def __init__(self, name: str, encoded: Encoded, track: Track, epoch: int, from_us: int, began_ns: int) -> None:
        self._name, self._packets, self._track = name, encoded.packets, track
        self._cut = Fragmenter(encoded.video, encoded.audio)
        self._from_us, self._began_ms = from_us, began_ns // 1_000_000
        self._next = 0
        track.begin(epoch, self._cut.init())

    def until(self, now_us: int, mixed: Mixed) -> None:
        """Everything that was encoded up to this moment of the program."""
        while True:
            turn, place = divmod(self._next, len(self._packets))
            packet = self._packets[place]
            starts = packet.pts_us + self._from_us + turn * LOOP_US
            if starts + packet.duration_us > now_us:
                return
            if packet.kind == "video" or self._name == "sound":
                mixed.put(self._name, (starts + packet.duration_us) // 1_000)
            self._next += 1
            for part in self._cut.write(replace(packet, pts_us=starts)):
                self._track.part(
                    part.data,
                    duration_us=part.duration_us,
                    independent=part.independent,
                    starts_ms=part.starts_ms,
                    wall_ms=self._began_ms + part.starts_ms,
                    last=part.last,
                )
