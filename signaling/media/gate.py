"""Decides what happens to each datagram before ICE and DTLS see it: input validation by length, class and source.

The class is the first byte (RFC 7983). STUN is how a source proves itself, so it is taken from anywhere at a bounded
rate; everything else must come from an address whose connectivity check has succeeded (RFC 8445 §7), as other WebRTC
stacks require. Time comes in as seconds of a monotonic clock, so the gate can be tested without waiting.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum

#: Address and port of a datagram's sender.
Source = tuple[str, int]


class Verdict(IntEnum):
    """What to do with a datagram; the second half are the reasons for which one is dropped."""

    STUN = 0
    DTLS = 1
    RTP = 2
    RTCP = 3
    TOO_SHORT = 4
    TOO_LONG = 5
    UNKNOWN_CLASS = 6
    UNCHECKED_SOURCE = 7
    TOO_FAST = 8
    EARLY = 9
    NOT_AUTHENTIC = 10
    QUEUE_FULL = 11
    MALFORMED = 12


#: Shortest useful datagram of each class, in bytes: a STUN header, a DTLS record header, RTP and RTCP headers.
MIN_STUN, MIN_DTLS, MIN_RTP, MIN_RTCP = 20, 13, 12, 8
#: A connectivity check carries USERNAME, PRIORITY, a role, MESSAGE-INTEGRITY and FINGERPRINT, so it is longer than
#: this; our answer to it is not. A shorter request is not answered: nobody can be sent more than was received.
MIN_STUN_REQUEST = 80
#: Longest datagram looked at, in bytes: an Ethernet frame.
MAX_DATAGRAM = 1500
#: More than any sound is sent with here, headers included, in kbit/s: a phone's is 32, an encoder's of a studio more.
SOUND_KBPS = 128
#: Sources whose STUN rate is followed one by one; further ones share a bucket.
MAX_SOURCES = 64


@dataclass(frozen=True, slots=True)
class GateLimits:
    """Rates allowed. STUN in datagrams per second for each source; the rest in bytes per second of the peer, first of
    whatever has a checked source, then of each kind of media that was found authentic.

    The first limit only keeps the work within bounds. It is far above what a peer sends, so that nobody who writes her
    address on garbage can use up what is hers; the other two are twice what was negotiated.
    """

    stun_per_s: float = 50.0
    stun_burst: float = 100.0
    bytes_per_s: float = 4_000_000.0
    bytes_burst: float = 4_000_000.0
    sound_bytes_per_s: float = 2 * SOUND_KBPS * 125
    picture_bytes_per_s: float = 2 * 600 * 125


@dataclass(slots=True)
class Bucket:
    """A token bucket; `at` is when it was last filled up."""

    tokens: float
    at: float

    def take(self, amount: float, rate: float, burst: float, now: float) -> bool:
        tokens = self.tokens + (now - self.at) * rate
        self.at = now
        if tokens > burst:
            tokens = burst
        if tokens < amount:
            self.tokens = tokens
            return False
        self.tokens = tokens - amount
        return True


@dataclass(slots=True)
class Gate:
    """One peer's gate. `checked` is filled by ICE with the addresses that answered a connectivity check."""

    limits: GateLimits = field(default_factory=GateLimits)
    checked: set[Source] = field(default_factory=set)
    counts: list[int] = field(default_factory=lambda: [0] * len(Verdict))
    _stun: dict[Source | None, Bucket] = field(default_factory=dict)
    _bytes: Bucket | None = None
    _sound: Bucket | None = None
    _picture: Bucket | None = None

    def admit(self, data: bytes, source: Source, now: float) -> Verdict:
        verdict = self._judge(data, source, now)
        self.counts[verdict] += 1
        return verdict

    def pace(self, picture: bool, size: int, now: float) -> bool:
        """Whether a packet of authentic media is within its kind's rate; a flood of one kind costs the other nothing.
        Bursts may last a second: a keyframe is one."""
        rate = self.limits.picture_bytes_per_s if picture else self.limits.sound_bytes_per_s
        bucket = self._picture if picture else self._sound
        if bucket is None:
            bucket = Bucket(rate, now)
            if picture:
                self._picture = bucket
            else:
                self._sound = bucket
        if bucket.take(size, rate, rate, now):
            return True
        self.counts[Verdict.TOO_FAST] += 1
        return False

    def drop(self, reason: Verdict) -> None:
        """Counts a datagram that was admitted and then found unfit further in."""
        self.counts[reason] += 1

    def dropped(self) -> dict[str, int]:
        """Reasons and counts, for the statistics; only what happened."""
        return {v.name.lower(): n for v, n in zip(Verdict, self.counts, strict=True) if v >= Verdict.TOO_SHORT and n}

    def _judge(self, data: bytes, source: Source, now: float) -> Verdict:
        size = len(data)
        if size == 0:
            return Verdict.TOO_SHORT
        if size > MAX_DATAGRAM:
            return Verdict.TOO_LONG
        first = data[0]
        if 128 <= first < 192:
            if source not in self.checked:
                return Verdict.UNCHECKED_SOURCE
            rtcp = size >= 2 and 192 <= data[1] <= 223
            if size < (MIN_RTCP if rtcp else MIN_RTP):
                return Verdict.TOO_SHORT
            if not self._within(size, now):
                return Verdict.TOO_FAST
            return Verdict.RTCP if rtcp else Verdict.RTP
        if first < 4:
            if size < MIN_STUN or (first == 0 and data[1] == 1 and size < MIN_STUN_REQUEST):
                return Verdict.TOO_SHORT
            return Verdict.STUN if self._stun_within(source, now) else Verdict.TOO_FAST
        if 20 <= first < 64:
            if source not in self.checked:
                return Verdict.UNCHECKED_SOURCE
            if size < MIN_DTLS:
                return Verdict.TOO_SHORT
            return Verdict.DTLS if self._within(size, now) else Verdict.TOO_FAST
        return Verdict.UNKNOWN_CLASS

    def _within(self, size: int, now: float) -> bool:
        bucket = self._bytes
        if bucket is None:
            bucket = self._bytes = Bucket(self.limits.bytes_burst, now)
        return bucket.take(size, self.limits.bytes_per_s, self.limits.bytes_burst, now)

    def _stun_within(self, source: Source, now: float) -> bool:
        known = source if source in self.checked or source in self._stun or len(self._stun) < MAX_SOURCES else None
        bucket = self._stun.get(known)
        if bucket is None:
            bucket = self._stun[known] = Bucket(self.limits.stun_burst, now)
        return bucket.take(1, self.limits.stun_per_s, self.limits.stun_burst, now)
