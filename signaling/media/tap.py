"""Copies of what the seats send, as whole encoded frames, for the program of this machine (recordings/program).

A tap takes what a line forwards, after it was forwarded: whoever sits there, never anybody else, and nothing while a
seat is muted. Nothing is decoded. A reader that does not keep up loses frames; the stage never waits for it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import msgspec
from aiortc import RTCRtpCodecParameters
from aiortc.codecs import depayload

from signaling.media.forward import Line
from signaling.media.rtp import starts_keyframe
from signaling.media.track import Kind

#: Packets of a picture that wait for a missing one before them, and for how long, in seconds: longer than a
#: retransmission takes, shorter than what the program holds back.
MAX_WAITING, GIVE_UP_S = 256, 0.25
#: Largest picture taken, in bytes: a keyframe of what a phone sends is a tenth of it.
MAX_PICTURE = 512 * 1024


class TapFrame(msgspec.Struct, frozen=True, array_like=True, tag="frame"):
    """One frame as an encoder made it. `timestamp` counts in 90,000ths or 48,000ths of a second, modulo 2^32, and goes
    on when another person takes the seat; `arrived_ms` is of the media process's monotonic clock."""

    seat: str
    kind: Kind
    codec: str
    timestamp: int
    arrived_ms: int
    key: bool
    data: bytes


class Wish(msgspec.Struct, frozen=True, array_like=True, tag="wish"):
    """What the reader that makes the program is told: whether somebody watches it without delay, and whether a picture
    that needs no earlier one is wanted."""

    watched: bool
    key: bool = False


#: What a reader makes for whoever watches without delay: nothing, sound alone, or a picture too.
Makes = Literal["", "sound", "picture"]


class Attach(msgspec.Struct, frozen=True, array_like=True):
    """What a reader says first."""

    session: str
    makes: Makes = ""


class Want(msgspec.Struct, frozen=True, array_like=True, tag="want"):
    """What a reader says later: it needs a keyframe of this seat. Asked for at most twice a second (track.py)."""

    seat: str


class DirectFrame(msgspec.Struct, frozen=True, array_like=True, tag="direct"):
    """One frame of the program: an Opus packet, or the NAL units of an H.264 picture (parameter sets before each one
    that needs no other). `at_us`: when it is heard or seen, in microseconds of the program's time."""

    kind: Kind
    at_us: int
    key: bool
    units: tuple[bytes, ...]

    @property
    def fits(self) -> bool:
        """Whether it can be sent: whoever makes it decodes what strangers send, so it is not simply believed."""
        if not 0 <= self.at_us <= MAX_AT_US or not self.units or not all(self.units):
            return False
        sizes = [len(unit) for unit in self.units]
        return sum(sizes) <= MAX_DIRECT and (self.kind == "video" or max(sizes) <= MAX_SOUND)


#: Largest picture of the program taken, in bytes: what its encoder's buffer holds is half of it.
MAX_DIRECT = 100_000
#: Longest packet of its sound, in bytes: none is ever more than one payload (RFC 6716 §3.4).
MAX_SOUND = 1_275
#: No program's time is longer: eleven days, in microseconds. An RTCP report has no room for just any number.
MAX_AT_US = 10**12


Taken = Callable[[TapFrame], None]
#: The line needs a keyframe before anything of it can be used.
Needed = Callable[[Line], None]


class _Packet:
    __slots__ = ("marker", "now", "payload", "timestamp")

    def __init__(self, timestamp: int, marker: int, payload: bytes, now: float) -> None:
        self.timestamp, self.marker, self.payload, self.now = timestamp, marker, payload, now


class Assembler:
    """Puts one line's packets together to frames. Times are seconds of the plane's clock."""

    def __init__(self, seat: str, line: Line, taken: Taken, needed: Needed) -> None:
        self.seat, self.line, self._taken, self._needed = seat, line, taken, needed
        self.codec = "opus" if line.kind == "audio" else line.codec
        self._parameters = RTCRtpCodecParameters(f"{line.kind}/{self.codec.upper()}", line.clock_rate)
        self._packets: dict[int, _Packet] = {}
        self._next: int | None = None
        self._begun: list[bytes] = []
        self._size = 0
        self._timestamp = 0
        self._key = False

    def packet(self, number: int, timestamp: int, marker: int, payload: bytes, now: float) -> None:
        """One packet of the line, by the line's own numbers; late and repeated ones may come in any order."""
        if self.line.kind == "audio":
            if payload:
                self._taken(TapFrame(self.seat, "audio", self.codec, timestamp, int(now * 1000), True, payload))
            return
        if self._next is not None and number < self._next:
            return
        self._packets[number] = _Packet(timestamp, marker, payload, now)
        self._drain(now)

    def _drain(self, now: float) -> None:
        while self._packets:
            if self._next is None:
                start = self._keyframe()
                if start is None:
                    return
                self._forget_before(start)
                self._next = start
            packet = self._packets.pop(self._next, None)
            if packet is None:
                oldest = min(self._packets)
                if len(self._packets) < MAX_WAITING and now - self._packets[oldest].now < GIVE_UP_S:
                    return
                self._lose()
                continue
            self._next += 1
            self._add(packet, now)

    def _keyframe(self) -> int | None:
        """Where a picture begins that needs no earlier one; packets before it are of no use."""
        for number in sorted(self._packets):
            if starts_keyframe(self.codec, self._packets[number].payload):
                return number
        self._packets.clear()
        return None

    def _forget_before(self, start: int) -> None:
        for number in [each for each in self._packets if each < start]:
            del self._packets[number]

    def _lose(self) -> None:
        """What is missing does not come any more: go on with the next keyframe."""
        self._next = None
        self._begun, self._size = [], 0
        self._needed(self.line)

    def _add(self, packet: _Packet, now: float) -> None:
        if self._begun and packet.timestamp != self._timestamp:
            self._emit(now)  # the packet that would have ended it carried no mark
        if not self._begun:
            self._timestamp = packet.timestamp
            self._key = starts_keyframe(self.codec, packet.payload)
        try:
            part = depayload(self._parameters, packet.payload)
        except ValueError:
            self._lose()
            return
        self._begun.append(part)
        self._size += len(part)
        if self._size > MAX_PICTURE:
            self._lose()
        elif packet.marker:
            self._emit(now)

    def _emit(self, now: float) -> None:
        data = b"".join(self._begun)
        self._begun, self._size = [], 0
        if data:
            self._taken(TapFrame(self.seat, "video", self.codec, self._timestamp, int(now * 1000), self._key, data))
