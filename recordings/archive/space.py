"""How much room there is on the disk, and from when on a recording asks for none: the hearing needs the rest."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Final, Literal

from .layout import RecordingError

#: Bytes that are left to the database, the journal and everybody else.
LEAST: Final = 200_000_000
#: From this share of the disk on somebody is warned, in percent free.
WARN_PERCENT: Final = 15

State = Literal["enough", "low", "full"]


def room(folder: Path) -> tuple[int, int]:
    """Bytes that may still be written, and bytes of the whole disk."""
    found = os.statvfs(folder)
    return found.f_bavail * found.f_frsize, found.f_blocks * found.f_frsize


class Space:
    """The room of one disk.

    Arguments:
        least: a recording stops when less than this would be left, in bytes.
        warn_percent: `low` from here on.
        room: how it is measured; replaced by tests.
    """

    def __init__(
        self,
        folder: Path,
        least: int = LEAST,
        warn_percent: int = WARN_PERCENT,
        room: Callable[[Path], tuple[int, int]] = room,
    ) -> None:
        self._folder, self._least, self._warn, self._room = folder, least, warn_percent, room

    def state(self) -> State:
        """What a page and the journal say about it."""
        free, whole = self._room(self._folder)
        if free <= self._least:
            return "full"
        return "low" if free * 100 < whole * self._warn else "enough"

    def need(self, size: int) -> None:
        """Errors: `RecordingError` space, when so many bytes more would be too many."""
        free, _ = self._room(self._folder)
        if free - size <= self._least:
            raise RecordingError("space", f"{free} bytes are left")
