"""The forwarder: one packet in, the same packet out to every watcher, through one of two back ends.

`Direct` sends to each watcher through her own socket. `arena.Vectored` sends to all of them at once through a shared
one. Neither is seen by anything but `Fanout.spread`.

A `Line` is what all watchers see for one seat and kind: one SSRC, one run of sequence numbers, one clock, whoever sits
there. The header is written once per packet; a watcher's copy differs only in the sequence number, which starts at 1
for each of them. That is because SRTP's rollover counter starts at 0 on both sides (RFC 3711 §3.3.1): a watcher who
joined near 65,535 and lost the next few packets would never be able to read again.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import Any, Protocol

from signaling.media import rtcp
from signaling.media.rtp import ONE_BYTE, SEND_TIME_ID, Rtp, starts_keyframe
from signaling.media.track import Kind, Source

#: Packets kept for retransmission, powers of two: at 600 kbit/s about six seconds of a picture, and of sound 2.5 s.
CACHE, SOUND_CACHE = 512, 64
#: A watcher's retransmissions, in packets per second and at once.
RTX_PER_S, RTX_BURST = 150.0, 100.0
#: The same packet is not sent again to the same watcher within this time, in seconds.
RTX_AGAIN_S = 0.02

_REST = struct.Struct("!IIHHI")
_EXTENSION_HEAD = (SEND_TIME_ID << 28) | (2 << 24)


class Sender(Protocol):
    """Where a watcher's packets go."""

    def send_rtp(self, data: bytes) -> None: ...
    def send_rtcp(self, data: bytes) -> None: ...


class Outlet:
    """One line of one watcher. `base` is what is taken from the line's numbers to get the watcher's, `first` the line's
    number of the first packet since she joined it or it paused."""

    __slots__ = (
        "base",
        "first",
        "last",
        "path",
        "recent",
        "rtx_at",
        "rtx_seq",
        "rtx_tokens",
        "send",
        "since_octets",
        "since_packets",
    )

    def __init__(self, send: Callable[[bytes], None], path: Callable[[], Any] | None = None) -> None:
        self.send = send
        self.path = path  # what a back end needs to know of her connection: `compat.Wire.path`
        self.base: int | None = None
        self.first = 0
        self.last = 0  # the watcher's last number before a pause
        self.since_packets = self.since_octets = 0
        self.rtx_seq = 1
        self.rtx_tokens, self.rtx_at = RTX_BURST, 0.0
        self.recent: dict[int, float] = {}


class Cached:
    """A packet as it was sent on: line number, first two bytes, timestamp and SSRC onward."""

    __slots__ = ("ext", "lead", "rest")

    def __init__(self, ext: int, lead: bytes, rest: bytes) -> None:
        self.ext, self.lead, self.rest = ext, lead, rest


class Fanout(Protocol):
    """How a packet gets from a line to its watchers."""

    def spread(self, line: Line, lead: bytes, number: int, rest: bytes) -> None:
        """Sends `lead`, each watcher's own sequence number, and `rest` to every outlet of the line."""

    def stale(self) -> None:
        """Some watcher's keys or address have changed, or are about to go."""


class Direct:
    """Each watcher through her own socket."""

    def spread(self, line: Line, lead: bytes, number: int, rest: bytes) -> None:
        for outlet in line.outlets:
            outlet.send(lead + ((number - outlet.base) & 0xFFFF).to_bytes(2, "big") + rest)  # type: ignore[operator]

    def stale(self) -> None:
        """Nothing is kept here."""


DIRECT = Direct()


class Line:
    """One seat's sound or picture as its watchers receive it."""

    def __init__(
        self,
        kind: Kind,
        codec: str,
        payload_type: int,
        clock_rate: int,
        ssrc: int,
        rtx: tuple[int, int] | None,
        fanout: Fanout = DIRECT,
    ) -> None:
        self.kind, self.codec, self.clock_rate, self.ssrc = kind, codec, clock_rate, ssrc
        self._leads = (bytes((0x90, payload_type)), bytes((0x90, 0x80 | payload_type)))
        self._rtx = rtx  # payload type and SSRC
        self._fanout = fanout
        self.outlets: list[Outlet] = []
        #: What the back end has prepared for `outlets`; dropped whenever they change.
        self.plan: Any = None
        self.waiting: list[Outlet] = []
        self.source: Source | None = None
        #: Gets a copy of what was forwarded: number, timestamp, mark, payload, time (tap.py).
        self.tap: Callable[[int, int, int, bytes, float], None] | None = None
        self.packets = self.octets = self.sent = 0
        self._kept = CACHE if rtx else SOUND_CACHE
        self._cache: list[Cached | None] = [None] * self._kept
        self._joined = 0  # the number at which a watcher last joined
        self._top = 0
        self._top_timestamp = 0
        self._top_at: float | None = None
        self._shift: int | None = None  # added to the source's number
        self._clock_shift = 0
        self._told: tuple[float, int, str, bytes, bytes] | None = None
        self._floor = 0  # first of the source's numbers that belongs to this run

    # --- who speaks

    def take(self, source: Source | None) -> None:
        """The line goes on with another source, or with none. Its numbers and its clock continue."""
        if self.source is source:
            return
        if self.source is not None:
            self.source.line = None
        self.source = source
        self._shift = None
        if source is not None:
            source.line = self
            source.keyframe_wanted = self.kind == "video"

    def _begin(self, packet: Rtp, ext: int, now: float) -> None:
        gap = 0.04 if self._top_at is None else max(now - self._top_at, 0.02)
        self._shift = self._top + 1 - ext
        self._clock_shift = self._top_timestamp + round(gap * self.clock_rate) - packet.timestamp
        self._floor = ext

    # --- who watches

    def add(self, outlet: Outlet) -> None:
        """A watcher joins: for sound with the next packet, for a picture with the next keyframe."""
        self.waiting.append(outlet)
        if self.kind == "video" and self.source is not None:
            self.source.keyframe_wanted = True

    def remove(self, outlet: Outlet) -> None:
        if outlet in self.outlets:
            self.outlets.remove(outlet)
            self.plan = None
        if outlet in self.waiting:
            self.waiting.remove(outlet)

    def pause(self, outlet: Outlet) -> None:
        """Stops a watcher's copy until `add`; her numbers then go on without a gap."""
        if outlet in self.outlets and outlet.base is not None:
            outlet.last = self._top - outlet.base
            outlet.base = None
        self.remove(outlet)

    def _attach(self, ext: int) -> None:
        for outlet in self.waiting:
            outlet.base, outlet.first = ext - 1 - outlet.last, ext
            outlet.since_packets, outlet.since_octets = self.packets, self.octets
        self.outlets += self.waiting
        self.waiting = []
        self.plan = None
        self._joined = ext

    # --- packets

    def forward(self, packet: Rtp, ext: int, now: float) -> None:
        """Sends one packet of the source to everyone. Watchers are never asked whether they are ready: what the
        kernel does not take at once is lost, and asked for again if it mattered."""
        video = self.kind == "video"
        key = video and starts_keyframe(self.codec, packet.payload)
        source = self.source
        if key and source is not None:
            source.keyframe_wanted = False
        if self._shift is None:
            if video and not key:
                if source is not None:
                    source.keyframe_wanted = True
                return
            self._begin(packet, ext, now)
        if ext < self._floor:
            return
        assert self._shift is not None
        number = ext + self._shift
        if self.waiting and (key or not video):
            self._attach(number)
        timestamp = (packet.timestamp + self._clock_shift) & 0xFFFFFFFF
        if number > self._top:
            self._top, self._top_timestamp, self._top_at = number, timestamp, now
        rest = (
            _REST.pack(timestamp, self.ssrc, ONE_BYTE, 1, _EXTENSION_HEAD | (int(now * 262_144) & 0xFFFFFF))
            + packet.payload
        )
        lead = self._leads[packet.marker]
        self._cache[number % self._kept] = Cached(number, lead, rest)
        self.packets += 1
        self.octets += len(packet.payload)
        if number < self._joined:
            self._spread_late(lead, number, rest)
        elif self.outlets:
            self.sent += len(self.outlets)
            self._fanout.spread(self, lead, number, rest)
        if self.tap is not None:
            self.tap(number, timestamp, packet.marker, packet.payload, now)

    def _spread_late(self, lead: bytes, number: int, rest: bytes) -> None:
        """A packet from before some watcher's time goes to the others only: her numbers begin after it."""
        for outlet in self.outlets:
            if outlet.base is not None and number >= outlet.first:
                self.sent += 1
                outlet.send(lead + ((number - outlet.base) & 0xFFFF).to_bytes(2, "big") + rest)

    def repeat(self, outlet: Outlet, seq: int, now: float) -> bool:
        """Answers one watcher's NACK from the cache: a picture as a retransmission (RFC 4588), sound as the same packet
        once more, which is what browsers expect of a line without a retransmission format."""
        if outlet.base is None:
            return False
        top = self._top - outlet.base
        number = outlet.base + top + ((seq - top + 0x8000) & 0xFFFF) - 0x8000
        cached = self._cache[number % self._kept]
        if cached is None or cached.ext != number or number < outlet.first:
            return False
        if now - outlet.recent.get(number, -1.0) < RTX_AGAIN_S:
            return False
        outlet.rtx_tokens = min(RTX_BURST, outlet.rtx_tokens + (now - outlet.rtx_at) * RTX_PER_S)
        outlet.rtx_at = now
        if outlet.rtx_tokens < 1:
            return False
        outlet.rtx_tokens -= 1
        if len(outlet.recent) > CACHE:
            outlet.recent.clear()
        outlet.recent[number] = now
        if self._rtx is None:
            outlet.send(cached.lead + seq.to_bytes(2, "big") + cached.rest)
            return True
        payload_type, ssrc = self._rtx
        head = struct.pack("!BBH", 0x90, (cached.lead[1] & 0x80) | payload_type, outlet.rtx_seq)
        outlet.rtx_seq = (outlet.rtx_seq + 1) & 0xFFFF
        original = seq.to_bytes(2, "big")
        # rest = timestamp (4), SSRC (4), extension (8), payload
        outlet.send(head + cached.rest[:4] + struct.pack("!I", ssrc) + cached.rest[8:16] + original + cached.rest[16:])
        return True

    # --- lip sync

    def sender_report(self, outlet: Outlet, cname: str, now: float, ntp: int) -> tuple[bytes, bytes]:
        """What one watcher is told of this line, and the line's name; empty when there is nothing. All watchers of a
        round hear the same clock, which is therefore worked out for the first of them."""
        if self._told is None or self._told[:3] != (now, ntp, cname):
            time = self.clock_at(now)
            head = b"" if time is None else rtcp.sender_report(self.ssrc, ntp, time, 0, 0)[:-8]
            self._told = (now, ntp, cname, head, rtcp.source_description(self.ssrc, cname))
        head, name = self._told[3:]
        if not head or outlet.base is None:
            return b"", b""
        packets, octets = self.packets - outlet.since_packets, self.octets - outlet.since_octets
        return head + struct.pack("!II", packets & 0xFFFFFFFF, octets & 0xFFFFFFFF), name

    def clock_at(self, now: float) -> int | None:
        """The line's RTP time at `now`, by the speaker's own clock, which her sound and her picture share: None until
        her first sender report. It makes the sender reports that a watcher's lip sync rests on (RFC 3550 §6.4.1)."""
        source = self.source
        if source is None or source.report is None or source.timebase.offset is None or self._shift is None:
            return None
        since = now - source.timebase.offset - source.report.ntp / (1 << 32)
        return (source.report.rtp + round(since * self.clock_rate) + self._clock_shift) & 0xFFFFFFFF
