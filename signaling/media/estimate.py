"""How many kilobits a second of pictures one person's line takes, judged from what her browser reports. Pure: times are
passed in, in seconds of a monotonic clock.

A browser tells its view as REMB, which rises slowly and never far above what arrives: a low one may only mean that
little was sent. One that *falls* means that packets have begun to queue on the way, and that is what is acted on.
Receiver reports add loss and the round trip. Sound is not part of the figure: it is never held back, and browsers leave
it out of REMB.
"""

from __future__ import annotations

#: No estimate goes below this, in kbit/s: even then a small picture may be tried.
FLOOR_KBPS = 30.0
#: A REMB below so much of the one before is a fall; so is a first one below so much of what was sent.
FALL, FIRST_FALL = 0.97, 0.8
#: Above the first loss there is too much on the line; below the second it may take more. Between them it is the radio.
HEAVY_LOSS, LIGHT_LOSS = 0.12, 0.02
#: Loss is only judged on so many packets, or on fewer after so many seconds: of 20 packets, five in a hundred lost are
#: often three.
LOSS_PACKETS, LOSS_WINDOW_S = 60, 5.0
#: From this loss on, one look counts double, and need not wait once so many packets are lost.
GRAVE_LOSS, GRAVE_PACKETS = 0.25, 8
#: A round trip so much above the shortest, in ms, means a queue on the way, if the next one says so too.
QUEUE_MS = 200.0
#: The same one way, where it can be measured: half a word late is noticed.
WAIT_MS = 150.0
#: What is left of the rate then: where pictures can be taken off at once, and where a camera follows by itself.
DRAIN, EASE = 0.7, 0.85
#: At most one step down in this time because of loss or delay, in seconds: the first must show in the next report.
STEP_S = 1.0
#: After a fall the estimate stays for so long, then grows by so much in a second.
HOLD_S, GROWTH = 3.0, 1.08
#: It grows at most this far above what is sent (more is not known), and a limit unfelt for so long is forgotten.
HEADROOM, SPARE_KBPS, FORGET_S = 1.5, 30.0, 30.0
#: Weight of a new report in what is smoothed.
SMOOTH = 0.3


class Estimate:
    """One person's line. `kbps` is None as long as nothing has shown a limit.

    Arguments:
        kbps: what her browser said of its network, if anything.
    """

    __slots__ = (
        "_at",
        "_expected",
        "_least_rtt_ms",
        "remb_kbps",
        "_lost",
        "_stepped_at",
        "_window_at",
        "fell_at",
        "jitter_ms",
        "kbps",
        "late",
        "loss",
        "rtt_ms",
    )

    def __init__(self, kbps: float | None = None, now: float = 0.0) -> None:
        self.kbps = None if kbps is None else max(FLOOR_KBPS, kbps)
        self.loss = 0.0
        self.jitter_ms = 0.0
        self.rtt_ms: float | None = None
        self.fell_at = now
        #: The last round trip was long: worth another look soon.
        self.late = False
        self._least_rtt_ms: float | None = None
        self.remb_kbps: float | None = None  # the last REMB, in kbit/s
        self._stepped_at = now - STEP_S
        self._at = now
        self._window_at: float | None = None
        self._lost = self._expected = 0

    def limited(self, kbps: float, sending: float, now: float) -> bool:
        """A REMB came while `sending` kbit/s of pictures were sent; whether it showed a queue."""
        before, self.remb_kbps = self.remb_kbps, kbps
        if before is None:
            fell = sending > FLOOR_KBPS and kbps < FIRST_FALL * sending
        else:
            fell = kbps < FALL * before
        if fell and kbps < HEADROOM * max(sending, FLOOR_KBPS):
            self._fall(kbps, now)
            return True
        most = min(kbps, HEADROOM * sending)  # with nothing sent, the figure is an old one
        if self.kbps is not None and most > self.kbps and now - self.fell_at >= HOLD_S:
            self.kbps += SMOOTH * (most - self.kbps)
        return False

    def reported(self, lost: int, expected: int, sending: float, now: float) -> bool:
        """So many packets were lost of so many since the last report; whether that was too much on the line."""
        if self._window_at is None:
            self._window_at = now
        self._lost += max(0, min(lost, expected))
        self._expected += max(0, expected)
        grave = self._lost >= max(GRAVE_PACKETS, GRAVE_LOSS * self._expected)
        if self._expected < LOSS_PACKETS and not grave and now - self._window_at < LOSS_WINDOW_S:
            return False
        loss = self._lost / self._expected if self._expected else 0.0
        few = self._expected < LOSS_PACKETS and not grave
        self._lost = self._expected = 0
        self._window_at = now
        weight = SMOOTH / 2 if few else 2 * SMOOTH if loss >= GRAVE_LOSS else SMOOTH
        self.loss += weight * (loss - self.loss)
        if self.loss <= HEAVY_LOSS or loss <= HEAVY_LOSS:
            return False
        return self._step((1 - loss / 2) * self._used(sending), now)

    def travelled(self, rtt_ms: float, jitter_ms: float | None, sending: float, now: float) -> bool:
        """A round trip was measured; whether it and the one before showed a queue."""
        least = self._least_rtt_ms
        # The shortest is let go slowly: a phone that has moved to a slower network is not for ever "too slow".
        self._least_rtt_ms = rtt_ms if least is None or rtt_ms < least else least + 0.02 * (rtt_ms - least)
        self.rtt_ms = rtt_ms if self.rtt_ms is None else self.rtt_ms + SMOOTH * (rtt_ms - self.rtt_ms)
        if jitter_ms is not None:
            self.jitter_ms += SMOOTH * (jitter_ms - self.jitter_ms)
        before, self.late = self.late, rtt_ms - self._least_rtt_ms >= QUEUE_MS
        return before and self.late and self._step(DRAIN * self._used(sending), now)

    def waited(self, queue_ms: float, sending: float, now: float) -> bool:
        """Packets were seen to wait so long on the way, one way; whether that was too long."""
        return queue_ms > WAIT_MS and self._step(EASE * self._used(sending), now)

    def overflowed(self, now: float) -> None:
        """More came than was allowed to leave: whatever the limit is, it is not higher than now believed."""
        if self.kbps is not None:
            self.fell_at = now

    def rise(self, sending: float, now: float) -> None:
        """Time passes. What goes well for a while is tried with a little more, and at last without a limit."""
        passed, self._at = max(0.0, now - self._at), now
        if self.kbps is None or now - self.fell_at < HOLD_S or self.loss > HEAVY_LOSS:
            return
        most = max(self.kbps, HEADROOM * sending + SPARE_KBPS)
        if self.loss <= LIGHT_LOSS:
            self.kbps = min(most, self.kbps * GROWTH**passed)
        if now - self.fell_at >= FORGET_S and self.kbps >= HEADROOM * sending > 0:
            self.kbps = None

    def probe(self, kbps: float, now: float) -> None:
        """A picture that did not fit is tried again: it fits until something shows otherwise."""
        if self.kbps is not None:
            self.kbps = max(self.kbps, kbps)
            self.fell_at = now

    def _used(self, sending: float) -> float:
        return sending if self.kbps is None else min(self.kbps, max(sending, FLOOR_KBPS))

    def _step(self, kbps: float, now: float) -> bool:
        if now - self._stepped_at < STEP_S:
            return False
        self._stepped_at = now
        self._fall(kbps, now)
        return True

    def _fall(self, kbps: float, now: float) -> None:
        self.kbps = max(FLOOR_KBPS, kbps if self.kbps is None else min(kbps, self.kbps))
        self.fell_at = now
