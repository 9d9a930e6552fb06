"""How much a session sends to all its watchers together, and when a picture has to be held back or may come again.

A session that grows beyond its share would slow the others of the machine down. Sound is never held back for that.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, Protocol

#: What a packet has besides its payload, in bytes: IPv4, UDP, RTP, one extension word and SRTP's tag (RFC 3711 §3.1).
HEADERS = 28 + 12 + 8 + 10
#: A picture comes again when this much of the limit is used at most, and after so many seconds at least.
AGAIN_PART, AGAIN_S = 0.6, 10.0


class Counted(Protocol):
    """A line: packets and bytes of payload that came, and copies of packets that went out."""

    packets: int
    octets: int
    sent: int


class Spending:
    """One session's account; times are seconds of the plane's clock."""

    def __init__(self) -> None:
        self.kbps = 0.0
        self._at: float | None = None
        self._before: dict[int, tuple[int, int, int]] = {}
        self._changed_at = 0.0

    def look(self, now: float, lines: Iterable[Counted], limit: int) -> Literal["less", "more"] | None:
        """What to do about the pictures so that the session stays within `limit`, in kbit/s."""
        bits = 0.0
        counts = {}
        for i, line in enumerate(lines):
            counts[i] = line.packets, line.octets, line.sent
            packets, octets, sent = (a - b for a, b in zip(counts[i], self._before.get(i, (0, 0, 0)), strict=True))
            bits += 8 * sent * (HEADERS + octets / max(packets, 1))
        since, self._at, self._before = self._at, now, counts
        if since is None or now <= since:
            return None
        self.kbps = bits / (now - since) / 1000
        if self.kbps > limit:
            self._changed_at = now
            return "less"
        if self.kbps < AGAIN_PART * limit and now - self._changed_at >= AGAIN_S:
            self._changed_at = now
            return "more"
        return None
