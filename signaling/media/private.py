"""A private line: one sound each way between the plane and one participant, apart from every seat.

Her own voice comes back on it before she is live, so that what she hears proves both ways; or a moderator speaks to
her on it. Nothing is encoded: packets are kept, or passed on, as they came. What goes where is `backroom`'s.
"""

from __future__ import annotations

import struct
from collections import deque
from collections.abc import Callable
from typing import Any

from signaling.media import rtcp
from signaling.media.gate import Verdict
from signaling.media.peer import Peer
from signaling.media.port import Heard
from signaling.media.rtp import Rtp, parse
from signaling.media.sdp import AUDIO_CLOCK, AUDIO_PT
from signaling.media.track import Source, Timebase

#: The last seconds of a phrase are kept, and no more packets and bytes than they can honestly have.
PHRASE_S, PHRASE_PACKETS, PHRASE_BYTES = 4.0, 220, 64 * 1024
#: A phrase that nobody plays is forgotten after this many seconds.
KEPT_S = 30.0
#: Seconds of quiet between one voice and the next on the same line, for the listener's jitter buffer.
PAUSE_S = 0.06
#: A stream that starts anew sooner than this after its start is ignored, in seconds.
RESTART_S = 0.5
#: The SSRC of our own reports on a private line, and of what goes out on it: each peer is a transport of its own.
OWN_SSRC, PRIVATE_SSRC = 1, 2

_HEADER = struct.Struct("!BBHII")


class Feed:
    """What one line sends: one SSRC, one run of numbers and one clock, whoever is heard on it. Numbers start at 1, as
    on every line (RFC 3711 §3.3.1)."""

    __slots__ = ("_at", "_clock_shift", "_from", "_shift", "_timestamp", "_top", "octets", "packets", "ssrc")

    def __init__(self, ssrc: int) -> None:
        self.ssrc = ssrc
        self.packets = self.octets = 0
        self._top = self._timestamp = 0
        self._at: float | None = None
        self._from: object = None
        self._shift = self._clock_shift = 0

    def stop(self) -> None:
        """Whoever is heard next begins a run of her own."""
        self._from = None

    def write(self, voice: object, packet: Rtp, ext: int, now: float) -> bytes | None:
        """The packet as it goes out; None for one from before the run. `voice` is whose it is: with another, the
        numbers and the clock go on from where they stand."""
        begins = voice != self._from
        if begins:
            quiet = PAUSE_S if self._at is None else max(now - self._at, PAUSE_S)
            self._from = voice
            self._shift = self._top + 1 - ext
            self._clock_shift = self._timestamp + round(quiet * AUDIO_CLOCK) - packet.timestamp
        number = ext + self._shift
        if number < 1 or number <= self._top - PHRASE_PACKETS:
            return None
        timestamp = (packet.timestamp + self._clock_shift) & 0xFFFFFFFF
        if number > self._top:
            self._top, self._timestamp, self._at = number, timestamp, now
        self.packets += 1
        self.octets += len(packet.payload)
        # The marker says that a voice begins after a silence (RFC 3551 §4.1).
        second = AUDIO_PT | (0x80 if begins else 0)
        return _HEADER.pack(0x80, second, number & 0xFFFF, timestamp, self.ssrc) + packet.payload

    def clock_at(self, now: float) -> int | None:
        """The line's RTP time at `now`, for its sender reports."""
        if self._at is None:
            return None
        return (self._timestamp + round((now - self._at) * AUDIO_CLOCK)) & 0xFFFFFFFF


class Phrase:
    """The last few seconds that somebody said, to be played to her once. Kept in memory, nowhere else."""

    def __init__(self, now: float) -> None:
        self.began = now
        self._packets: deque[tuple[float, int, Rtp]] = deque()
        self._octets = 0
        self._ssrc: int | None = None
        #: Since when it is played; then nothing more is taken in.
        self.played_at: float | None = None
        self._base = 0

    def take(self, packet: Rtp, ext: int, now: float) -> None:
        """Keeps a packet and forgets what is older than a phrase is long."""
        if self.played_at is not None:
            return
        if packet.ssrc != self._ssrc:  # her phone came back with another stream: the old one cannot be continued
            self._packets.clear()
            self._ssrc, self._octets = packet.ssrc, 0
        self._packets.append((now, ext, packet))
        self._octets += len(packet.payload)
        while (
            self._packets[0][0] < now - PHRASE_S or len(self._packets) > PHRASE_PACKETS or self._octets > PHRASE_BYTES
        ):
            self._octets -= len(self._packets.popleft()[2].payload)

    def play(self, now: float) -> Heard:
        """Begins to play; returns how it arrived."""
        self._packets = deque(sorted(self._packets, key=lambda kept: kept[1]))
        self.played_at = now
        if not self._packets:
            return Heard()
        first, last = self._packets[0], self._packets[-1]
        self._base = first[2].timestamp
        span = last[1] - first[1] + 1
        levels = sorted(packet.level for _, _, packet in self._packets if packet.level is not None)
        return Heard(
            packets=len(self._packets),
            lost=max(0, span - len(self._packets)),
            # Nine packets in ten were quieter: a phrase has pauses, and a click is not a voice.
            level=levels[len(levels) // 10] if levels else None,
            ms=round(min(self._offset(last[2]), PHRASE_S) * 1000),
        )

    def due(self, now: float) -> list[tuple[int, Rtp]]:
        """What is to be sent by `now`, spaced as she spoke and not as the network delivered it."""
        if self.played_at is None:
            return []
        found = []
        while self._packets and self._offset(self._packets[0][2]) <= now - self.played_at:
            _, ext, packet = self._packets.popleft()
            found.append((ext, packet))
        return found

    def _offset(self, packet: Rtp) -> float:
        """Seconds from the first packet; a clock that jumps cannot keep us waiting."""
        since = ((packet.timestamp - self._base + 0x80000000) & 0xFFFFFFFF) - 0x80000000
        return min(max(0.0, since / AUDIO_CLOCK), PHRASE_S)

    def over(self, now: float) -> bool:
        """Whether it was played to its end, or lies there for too long."""
        if self.played_at is not None and not self._packets:
            return True
        return now - self.began > KEPT_S


class PrivatePeer(Peer):
    """One end of a private line. A phone only receives on it, because it publishes already; a moderator speaks too."""

    direction = "private"

    def __init__(self, on_voice: Callable[[PrivatePeer, Rtp, int, float], None], *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        self.feed = Feed(PRIVATE_SSRC)
        self._on_voice = on_voice
        self._timebase = Timebase()
        self.source: Source | None = None

    def send(self, voice: object, packet: Rtp, ext: int, now: float) -> None:
        """Sends one packet of somebody's voice on this line."""
        data = self.feed.write(voice, packet, ext, now)
        if data is not None and not self.ended:
            self.wire.send_rtp(data)

    def rtp(self, data: bytes, now: float) -> None:
        self.heard(now)
        packet = parse(data)
        if packet is None or packet.payload_type != AUDIO_PT:
            self.gate.drop(Verdict.MALFORMED if packet is None else Verdict.UNKNOWN_CLASS)
            return
        source = self.source
        if source is None or source.restarts(packet):
            if source is not None and now - source.began < RESTART_S:
                return
            source = self.source = Source("audio", AUDIO_CLOCK, packet, now, self._timebase)
        ext = source.accept(packet, now)
        if ext is not None:
            source.missing.clear()  # sound is not asked for again
            self._on_voice(self, packet, ext, now)

    def rtcp(self, data: bytes, now: float) -> None:
        self.heard(now)
        for report in rtcp.parse(data).reports:
            if self.source is not None and self.source.ssrc == report.ssrc:
                self.source.report, self.source.report_at = report, now

    def report(self, now: float, wall: float) -> None:
        """A sender report of what goes out and a receiver report of what comes in. `wall` is Unix time in seconds."""
        data = b""
        time = self.feed.clock_at(now)
        if time is not None:
            feed = self.feed
            data += rtcp.sender_report(feed.ssrc, rtcp.ntp_from_unix(wall), time, feed.packets, feed.octets)
            data += rtcp.source_description(feed.ssrc, "private")
        if self.source is not None:
            data += rtcp.receiver_report(OWN_SSRC, [self.source.block(now)])
        if data:
            self.wire.send_rtcp(data)
