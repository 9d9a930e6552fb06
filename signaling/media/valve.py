"""One picture's way to one watcher while her line is narrow: in front of her wire, behind the line's fan-out.

While it is in place the fan-out passes the packets of this watcher one by one, and those of everyone else as ever.
"""

from __future__ import annotations

from collections.abc import Callable

from signaling.media.forward import Line, Outlet
from signaling.media.pacing import Pacer


class Valve:
    """Hands one outlet's packets to the pacer. Numbers are counted on from those on the wire, which wrap."""

    __slots__ = ("_clock", "_line", "_pacer", "_path", "_refused", "_send", "_top", "outlet")

    def __init__(self, line: Line, outlet: Outlet, pacer: Pacer[Valve], clock: Callable[[], float]) -> None:
        self._line, self.outlet, self._pacer, self._clock = line, outlet, pacer, clock
        self._send, self._path = outlet.send, outlet.path
        self._top: int | None = None
        self._refused: int | None = None
        outlet.send, outlet.path = self.send, None
        line.plan = None

    @property
    def shut(self) -> bool:
        """Whether a packet found no room. Nothing passes then until `stop`."""
        return self._refused is not None

    def send(self, data: bytes) -> None:
        now = self._clock()
        if int.from_bytes(data[8:12], "big") != self._line.ssrc:  # a retransmission has an SSRC of its own (RFC 4588)
            self._pacer.again(data, self._send, now)
            return
        if self._refused is not None:
            return
        seq = int.from_bytes(data[2:4], "big")
        top = self._top if self._top is not None else seq
        number = top + ((seq - top + 0x8000) & 0xFFFF) - 0x8000
        self._top = max(top, number)
        if not self._pacer.put(self, number, data, self._send, now):
            self._refused = number

    def stop(self) -> None:
        """The picture pauses. What waited is forgotten, and the watcher's numbers go on from what she was sent: a gap
        would be asked for again, on a line that has no room for it."""
        unsent = self._pacer.drop(self)
        if self._refused is not None:
            unsent.append(self._refused)
        self._line.pause(self.outlet)
        if unsent:
            last = max(self._pacer.sent_to.get(self, 0), min(unsent) - 1)
            self.outlet.last -= (self.outlet.last - last) & 0xFFFF
        self._pacer.sent_to.pop(self, None)
        self._top = self._refused = None

    def open(self) -> None:
        """The line is wide again; the pacer has let everything go."""
        self.outlet.send, self.outlet.path = self._send, self._path
        self._line.plan = None
