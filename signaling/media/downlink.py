"""One person's line towards her: what it takes, which pictures go out on it, and how fast. Sound first.

Her peers share it, because they share her phone's network: sound and pictures may come over connections of their own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

from signaling.media.estimate import Estimate
from signaling.media.pacing import Pacer
from signaling.media.spending import HEADERS, Counted
from signaling.media.triage import Triage

if TYPE_CHECKING:
    from signaling.media.valve import Valve
    from signaling.media.watcher import Watcher

#: A line is looked at more closely for so long after something new on it, by a round trip every so often, in seconds.
CLOSELY_S, PING_S = 1.5, 0.3
#: Weight of the last second in a picture's rate, upwards and downwards: a picture that begins counts at once.
UP, DOWN = 1.0, 0.3


class Rates:
    """What each seat's picture takes on the wire, in kbit/s."""

    def __init__(self) -> None:
        self.kbps: dict[str, float] = {}
        self._before: dict[str, tuple[int, int]] = {}
        self._at: float | None = None

    def look(self, lines: Iterable[tuple[str, Counted]], now: float) -> None:
        """Measures since the last look."""
        since, self._at = self._at, now
        for seat, line in lines:
            packets, octets = self._before.get(seat, (line.packets, line.octets))
            self._before[seat] = line.packets, line.octets
            if since is None or now <= since:
                continue
            bits = 8 * (line.octets - octets + HEADERS * (line.packets - packets))
            kbps, before = bits / (now - since) / 1000, self.kbps.get(seat, 0.0)
            self.kbps[seat] = before + (UP if kbps > before else DOWN) * (kbps - before)


class Downlink:
    """One participant's.

    Arguments:
        pictures: the seats with a picture and its kbit/s, the most important first.
        narrow, close: the stage's downlinks that have a pacer, and that are looked at closely; this one puts itself in
            and out.
        kbps: what her browser said of her network.
    """

    def __init__(
        self,
        pictures: Callable[[], Sequence[tuple[str, float]]],
        narrow: set[Downlink],
        close: set[Downlink],
        kbps: float | None,
        now: float,
    ) -> None:
        self._pictures, self._narrow, self._close = pictures, narrow, close
        self.estimate = Estimate(kbps, now)
        self.triage = Triage()
        self.pacer: Pacer[Valve] | None = None
        self.watchers: list[Watcher] = []
        #: Seats whose picture she was sent at the last look.
        self._shown: frozenset[str] = frozenset()
        self._close_until, self._pinged_at = now, now - PING_S

    @property
    def paused(self) -> frozenset[str]:
        return self.triage.paused

    def join(self, watcher: Watcher, now: float) -> None:
        self.watchers.append(watcher)
        self.decide(now)
        if watcher.pictures and self._order():
            self._look_closely(now)
        watcher.pace(self.pacer)

    def part(self, watcher: Watcher) -> None:
        if watcher in self.watchers:
            self.watchers.remove(watcher)
        if not self.watchers:
            self._narrow.discard(self)
            self._close.discard(self)

    def _order(self) -> list[tuple[str, float]]:
        wanted = {seat for watcher in self.watchers for seat in watcher.pictures}
        return [(seat, kbps) for seat, kbps in self._pictures() if seat in wanted]

    def sending(self) -> float:
        """Kilobits a second of pictures that go out to her."""
        return sum(kbps for seat, kbps in self._order() if seat not in self.triage.paused)

    # --- what her browser says

    def limited(self, kbps: float, now: float) -> None:
        """REMB."""
        if self.estimate.limited(kbps, self.sending(), now):
            self.decide(now)

    def reported(self, lost: int, expected: int, now: float) -> None:
        """Packets lost of those expected since the last receiver report."""
        if self.estimate.reported(lost, expected, self.sending(), now):
            self.decide(now)

    def travelled(self, rtt_ms: float, jitter_ms: float | None, now: float) -> None:
        """A round trip, from a sender report to the receiver report that names it (RFC 3550 §6.4.1), or of a check."""
        if self.estimate.travelled(rtt_ms, jitter_ms, self.sending(), now):
            self.decide(now)
        if self.estimate.late:
            self._look_closely(now)

    def _look_closely(self, now: float) -> None:
        self._close_until = now + CLOSELY_S
        self._close.add(self)

    def to_ping(self, now: float) -> Watcher | None:
        """Whose round trip is to be measured now: a new picture fills a narrow line before any report tells."""
        if now >= self._close_until:
            self._close.discard(self)
            return None
        if now - self._pinged_at < PING_S or not self.watchers:
            return None
        self._pinged_at = now
        return self.watchers[0]

    # --- what follows from it

    def decide(self, now: float) -> None:
        """Brings what goes out in line with what the line takes."""
        estimate = self.estimate
        order = self._order()
        estimate.rise(sum(kbps for seat, kbps in order if seat not in self.triage.paused), now)
        tried = self.triage.decide(order, estimate.kbps, now)
        if tried is not None:
            estimate.probe(tried, now)
        shown = frozenset(seat for seat, kbps in order if kbps > 0) - self.triage.paused
        if shown - self._shown:
            self._look_closely(now)
        self._shown = shown
        self._apply(now)

    def _apply(self, now: float) -> None:
        kbps = self.estimate.kbps
        if kbps is None:
            if self.pacer is not None:
                self.pacer.release()
                self.pacer = None
                self._narrow.discard(self)
                for watcher in self.watchers:
                    watcher.pace(None)
        elif self.pacer is None:
            self.pacer = Pacer(kbps, now)
            self._narrow.add(self)
            for watcher in self.watchers:
                watcher.pace(self.pacer)
        else:
            self.pacer.set(kbps, now)
        for watcher in self.watchers:
            watcher.show(self.triage.paused)

    def flush(self, now: float) -> None:
        """What may leave by now does; a picture whose packets found no room is taken off."""
        if self.pacer is None:
            return
        self.pacer.flush(now)
        over = {seat for watcher in self.watchers for seat in watcher.overflowed()}
        if over:
            for seat in over:
                self.triage.drop(seat, now)
            self.estimate.overflowed(now)
            self._apply(now)


class Downlinks:
    """Those of one stage, by participant.

    Arguments:
        pictures: the seats that show a picture, the most important first.
    """

    def __init__(self, pictures: Callable[[], Iterable[tuple[str, Counted]]]) -> None:
        self._pictures = pictures
        self.rates = Rates()
        self._all: dict[str, Downlink] = {}
        self._narrow: set[Downlink] = set()
        self._close: set[Downlink] = set()

    def join(self, watcher: Watcher, kbps: float | None, now: float) -> None:
        """A watcher's connection stands. `kbps` counts where nothing better is known of her."""
        link = self._all.get(watcher.participant)
        if link is None or not link.watchers:
            link = self._all[watcher.participant] = Downlink(self._order, self._narrow, self._close, kbps, now)
        watcher.link = link
        link.join(watcher, now)

    def part(self, watcher: Watcher) -> None:
        link = watcher.link
        if link is not None:
            link.part(watcher)
            if not link.watchers and self._all.get(watcher.participant) is link:
                del self._all[watcher.participant]

    def look(self, now: float) -> None:
        """Once a second: what each picture takes."""
        self.rates.look(self._pictures(), now)

    def flush(self, now: float) -> None:
        """With every beat of the clock: what waits in front of a narrow line."""
        for link in list(self._narrow):
            link.flush(now)

    def to_ping(self, now: float) -> list[Watcher]:
        """Watchers whose round trip is to be measured now."""
        found = [link.to_ping(now) for link in list(self._close)]
        return [watcher for watcher in found if watcher is not None]

    def paused(self) -> int:
        """Pictures that somebody does not get because her line does not take them."""
        return sum(len(watcher.paused) for link in self._all.values() for watcher in link.watchers)

    def _order(self) -> list[tuple[str, float]]:
        return [(seat, self.rates.kbps.get(seat, 0.0)) for seat, _ in self._pictures()]
