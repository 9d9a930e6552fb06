"""One seat's sound on the program's own clock: what was decoded goes in at its moment, blocks come out."""

from __future__ import annotations

from typing import Final

import numpy as np

from recordings.program.sound import BLOCK, RATE, Samples

#: What comes within this of the end of what is there joins it without a seam: clocks and networks are never exact.
SNAP: Final = RATE * 40 // 1000
#: Most that waits, in samples. Policy: the newest is dropped.
MOST: Final = RATE


class Speech:
    """Positions are samples since the program's beginning."""

    def __init__(self, at: int) -> None:
        self.at = at  # the next sample that is taken
        self._buffer: Samples = np.zeros(0, np.float32)

    def put(self, at: int, samples: Samples) -> None:
        """Sound that belongs at a position; what lies before what was taken is lost."""
        end = self.at + len(self._buffer)
        if abs(at - end) <= SNAP:
            at = end
        if at < end:
            samples = samples[end - at :]
        elif at - self.at < MOST:
            self._buffer = np.concatenate((self._buffer, np.zeros(at - end, np.float32)))
        else:
            return
        self._buffer = np.concatenate((self._buffer, samples))[:MOST]

    def take(self) -> Samples | None:
        """The next block; None when there is nothing in it."""
        self.at += BLOCK
        if not len(self._buffer):
            return None
        block, self._buffer = self._buffer[:BLOCK], self._buffer[BLOCK:]
        if len(block) < BLOCK:
            block = np.concatenate((block, np.zeros(BLOCK - len(block), np.float32)))
        return block
