"""One publisher's stream as it comes in: sequence, gaps, loss, jitter, and when its keyframes and reports came.

Times are seconds of a monotonic clock, passed in. Nothing here sends: `feedback` asks a source what is missing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from signaling.media.rtcp import Block, Report
from signaling.media.rtp import Rtp

if TYPE_CHECKING:
    from signaling.media.forward import Line

Kind = Literal["audio", "video"]

#: A jump of more sequence numbers than this is a new start, not a loss (RFC 3550 appendix A.1: MAX_DROPOUT).
MAX_JUMP = 3_000
#: A gap this long is not asked for packet by packet; a keyframe is cheaper.
MAX_GAP = 64
#: A missing packet is asked for again until it would come too late to be shown, or heard, in seconds.
GIVE_UP_S, GIVE_UP_SOUND_S = 0.8, 0.3
#: Lost sound is asked for while the round trip is shorter than this, in seconds: what comes later than a listener's
#: browser waits (it plays on after 0.1 to 0.3 s) costs the line and is never heard.
SOUND_RTT_S = 0.2
#: How quickly the shortest way is forgotten, in seconds per second: clocks of phones drift less than that.
DRIFT = 0.0005
#: At most one keyframe request in this time, in seconds: each costs the speaker's uplink several packets.
KEYFRAME_S = 0.5


class Missing:
    """A packet that has not come; `asked` is when it was last asked for."""

    __slots__ = ("asked", "since")

    def __init__(self, now: float) -> None:
        self.since = now
        self.asked: float | None = None


class Timebase:
    """How far a publisher's wall clock is from our monotonic one, in seconds; one for her sound and picture, so that
    both are placed by the same clock whatever their reports met on the way."""

    __slots__ = ("offset",)

    def __init__(self) -> None:
        self.offset: float | None = None

    def learn(self, ntp: int, now: float) -> None:
        """The quickest report is the truest; drift is followed slowly and a clock that was set anew at once."""
        seen = now - ntp / (1 << 32)
        if self.offset is None or abs(seen - self.offset) > 5.0:
            self.offset = seen
        else:
            self.offset = min(seen, self.offset + 0.001)


class Source:
    """One SSRC of one publisher, from its first packet on. Sequence numbers are extended: they never wrap."""

    def __init__(self, kind: Kind, clock_rate: int, packet: Rtp, now: float, timebase: Timebase) -> None:
        self.kind, self.clock_rate, self.ssrc, self.timebase = kind, clock_rate, packet.ssrc, timebase
        self.began = now
        self.line: Line | None = None
        self.first = self.highest = (1 << 16) + packet.seq
        self.missing: dict[int, Missing] = {}
        self.received = 0
        self.octets = 0
        self.level: int | None = None
        #: The loudest level since somebody last asked who speaks.
        self.peak: int | None = None
        self._transit: float | None = None
        self._jitter = 0.0
        self._shortest: float | None = None  # least transit seen, in seconds
        self.queue_s = 0.0  # how much longer than the shortest the way takes now
        self._before = (0, 0)  # expected and received at the last report
        self.fraction = 0
        self.window = (0, 0)  # lost and expected in the last report's interval
        self.heard_at = now
        self.report: Report | None = None
        self.report_at = 0.0
        self.keyframe_wanted = False
        self.keyframe_asked: float | None = None
        self._started = False

    def accept(self, packet: Rtp, now: float, again: bool = False) -> int | None:
        """The packet's extended number, or None when it has been seen before. `again`: it came as a retransmission,
        which says nothing about loss and jitter on the way."""
        ext = self.highest + ((packet.seq - self.highest + 0x8000) & 0xFFFF) - 0x8000
        if not self._started:
            self._started = True
        elif ext <= self.highest:
            miss = self.missing.pop(ext, None)
            if miss is None:
                return None
            # Sound is sent again under its own number (it has no retransmission format).
            again = again or (self.kind == "audio" and miss.asked is not None)
        elif ext - self.highest > 1:
            self._gap(ext, now)
        if ext > self.highest:
            self.highest = ext
        self.octets += len(packet.payload)
        self.heard_at = now
        if again:
            return ext
        self.received += 1
        transit = now * self.clock_rate - packet.timestamp
        if self._transit is not None:
            change = abs(transit - self._transit)
            if change < self.clock_rate * 10:  # not a wrapped or restarted clock
                self._jitter += (change - self._jitter) / 16
        self._transit = transit
        self._measure(transit / self.clock_rate)
        return ext

    def _measure(self, transit: float) -> None:
        """How long packets wait on the way, from how much later they come than the quickest did. `transit` in seconds
        of two clocks that do not agree; only its change counts."""
        shortest = self._shortest
        if shortest is None or transit < shortest or transit - shortest > 10.0:  # a clock that wrapped or restarted
            self._shortest = transit
            self.queue_s *= 0.9
            return
        self._shortest = shortest + DRIFT * 0.04
        self.queue_s += 0.2 * (transit - shortest - self.queue_s)

    @property
    def jitter_ms(self) -> float:
        """How unevenly packets come (RFC 3550 §6.4.1), in milliseconds."""
        return 1000 * self._jitter / self.clock_rate

    def restarts(self, packet: Rtp) -> bool:
        """Whether this packet cannot belong to the same run of numbers."""
        if packet.ssrc != self.ssrc:
            return True
        jump = ((packet.seq - self.highest + 0x8000) & 0xFFFF) - 0x8000
        return abs(jump) > MAX_JUMP

    def _gap(self, ext: int, now: float) -> None:
        if self.kind == "video" and ext - self.highest > MAX_GAP:
            self.missing.clear()
            self.keyframe_wanted = True
            return
        for lost in range(max(self.highest + 1, ext - MAX_GAP), ext):
            self.missing[lost] = Missing(now)

    def to_ask(self, now: float, wait: float, rtt: float = 0.0) -> list[int]:
        """The 16-bit numbers to ask for now; each again after `wait` seconds. What is too old is given up: a picture
        then needs a keyframe."""
        due = []
        video = self.kind == "video"
        give_up, worthwhile = (GIVE_UP_S, True) if video else (GIVE_UP_SOUND_S, rtt < SOUND_RTT_S)
        for ext in list(self.missing):
            miss = self.missing[ext]
            if now - miss.since > give_up:
                del self.missing[ext]
                if video:
                    self.keyframe_wanted = True
            elif worthwhile and (miss.asked is None or now - miss.asked >= wait):
                miss.asked = now
                due.append(ext)
        return [ext & 0xFFFF for ext in sorted(due)]

    def ask_keyframe(self, now: float) -> bool:
        """Whether a keyframe request is due; then it counts as made. It is repeated until a keyframe starts."""
        if not self.keyframe_wanted:
            return False
        if self.keyframe_asked is not None and now - self.keyframe_asked < KEYFRAME_S:
            return False
        self.keyframe_asked = now
        return True

    def block(self, now: float) -> Block:
        """A report block on this source since the last one (RFC 3550 §6.4.1 and appendix A.3)."""
        expected = self.highest - self.first + 1
        new_expected, new_received = expected - self._before[0], self.received - self._before[1]
        self._before = (expected, self.received)
        lost = new_expected - new_received
        self.window = max(0, lost), max(0, new_expected)
        self.fraction = min(255, (lost << 8) // new_expected) if new_expected > 0 and lost > 0 else 0
        lsr = dlsr = 0
        if self.report is not None:
            lsr = self.report.ntp >> 16 & 0xFFFFFFFF
            dlsr = int((now - self.report_at) * 65_536) & 0xFFFFFFFF
        highest = (self.highest - (1 << 16)) & 0xFFFFFFFF
        return Block(self.ssrc, self.fraction, expected - self.received, highest, int(self._jitter), lsr, dlsr)
