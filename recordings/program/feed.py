"""Puts frames that arrive unevenly back at their even distances: a small wait, and what comes later than that is lost.

Each line has a clock of its own (RTP timestamps). How far it is from ours is learned from the frames that came
quickest; a frame is due that much after its own time, and `DELAY_MS` later. Times are milliseconds of the machine's
monotonic clock, passed in.
"""

from __future__ import annotations

import heapq
from typing import Final

from signaling.media.tap import TapFrame

#: How long frames wait for those that come late. A retransmission over a bad line takes about so long.
DELAY_MS: Final = 200
#: A frame this far from where it should be says that its clock was set anew.
LEAP_MS: Final = 2_000
#: Clocks of phones drift less than this, in ms per ms; the quickest way is forgotten at this pace.
_DRIFT: Final = 0.0002
#: Frames and bytes that wait at most, as `LEAP_MS` of the fastest camera needs. Policy: drop all, wait for a keyframe.
MOST_FRAMES, MOST_BYTES = 256, 2 * 1024 * 1024


class Feed:
    """One line's frames, in their order.

    Arguments:
        hold_ms: the safety delay, for which more of them wait.
    """

    def __init__(self, rate: int, hold_ms: int = 0) -> None:
        self.rate = rate
        share = 1 + hold_ms / LEAP_MS
        self._most_frames, self._most_bytes = round(MOST_FRAMES * share), round(MOST_BYTES * share)
        self._waiting: list[tuple[int, int, TapFrame]] = []
        self._bytes = 0
        self._top: int | None = None  # the highest timestamp, extended
        self._offset: float | None = None  # our clock minus the line's
        self._last = -(1 << 62)  # the timestamp of what was handed out last
        self._count = 0
        self.late = 0
        self.restarts = 0

    def push(self, frame: TapFrame) -> None:
        """A frame has arrived."""
        stamp = self._extend(frame.timestamp)
        own = stamp * 1000 / self.rate
        seen = frame.arrived_ms - own
        if self._offset is None or abs(seen - self._offset) > LEAP_MS:
            if self._offset is not None:
                self.restarts += 1
            self.clear()
            self._offset = seen
        else:
            self._offset = min(seen, self._offset + 20 * _DRIFT)
        if stamp <= self._last:
            self.late += 1
            return
        self._count += 1
        heapq.heappush(self._waiting, (stamp, self._count, frame))
        self._bytes += len(frame.data)
        if len(self._waiting) > self._most_frames or self._bytes > self._most_bytes:
            self.clear()

    def _extend(self, timestamp: int) -> int:
        if self._top is None:
            self._top = (1 << 32) + timestamp
            return self._top
        stamp = self._top + ((timestamp - self._top + 0x80000000) & 0xFFFFFFFF) - 0x80000000
        self._top = max(self._top, stamp)
        if self._top - stamp > self.rate * LEAP_MS // 1000:
            self._top = stamp  # a clock that went back
        return stamp

    def due(self, now: float) -> list[tuple[float, TapFrame]]:
        """Takes what is due at `now`, oldest first, each with the moment at which it was."""
        found = []
        while self._waiting:
            stamp, _, frame = self._waiting[0]
            moment = self._moment(stamp)
            if moment > now:
                break
            heapq.heappop(self._waiting)
            self._bytes -= len(frame.data)
            self._last = stamp
            found.append((moment, frame))
        return found

    def _moment(self, stamp: int) -> float:
        assert self._offset is not None
        return stamp * 1000 / self.rate + self._offset + DELAY_MS

    def clear(self) -> None:
        """Forgets what waits."""
        self._waiting.clear()
        self._bytes = 0
        self._last = -(1 << 62)

    @property
    def waiting(self) -> int:
        return len(self._waiting)
