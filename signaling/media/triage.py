"""Sound first: which seats' pictures a person gets when her line does not take all. Pure: times are passed in.

The least important picture goes first and comes back last. A picture that was taken away is tried again after a while,
and each time that this fails the while doubles: a line that stays narrow is left in peace, and nothing flaps.
"""

from __future__ import annotations

from collections.abc import Sequence

#: A shortage must last this long, in seconds, unless it is a gross one (so much more than the line takes).
PATIENCE_S, GROSS = 0.3, 1.3
#: What is kept may exceed the estimate by this much; what comes back must fit with this much to spare.
KEEP, RETURN = 1.05, 0.85
#: Seconds until a picture is tried again: at first, and at most.
RETRY_S, RETRY_MAX_S = 8.0, 120.0
#: A picture that came back and stayed for so long has succeeded: the next retry is quick again.
WELL_S = 60.0
#: Seconds between two pictures' returns: one at a time.
STEP_S = 2.0


class Triage:
    """The choice for one person. `paused` are the seats whose picture she does not get."""

    __slots__ = ("_last_pause", "_last_return", "_retry_s", "_short_since", "paused", "retry_at")

    def __init__(self) -> None:
        self.paused: frozenset[str] = frozenset()
        self.retry_at: float | None = None
        self._retry_s = RETRY_S
        self._short_since: float | None = None
        self._last_pause: float | None = None
        self._last_return: float | None = None

    def decide(self, order: Sequence[tuple[str, float]], budget: float | None, now: float) -> float | None:
        """Sets `paused`. `order` are the seats with a picture and its kbit/s, the most important first; `budget` is
        the estimate. Returns the kbit/s that are now being tried beyond the budget, if any."""
        known = frozenset(seat for seat, _ in order)
        self.paused &= known
        if not self.paused:
            self.retry_at = None
        shown = [(seat, kbps) for seat, kbps in order if seat not in self.paused]
        demand = sum(kbps for _, kbps in shown)
        if budget is not None and shown and demand > KEEP * budget:
            if self._short_since is None:
                self._short_since = now
            if demand > GROSS * budget or now - self._short_since >= PATIENCE_S:
                self._pause(_beyond(shown, KEEP * budget), now)
            return None
        self._short_since = None
        return self._return(order, demand, budget, now)

    def drop(self, seat: str, now: float) -> None:
        """A picture's packets did not get away in time: it is taken off at once, whatever the estimate says."""
        if seat not in self.paused:
            self._pause(frozenset((seat,)), now)

    def _pause(self, seats: frozenset[str], now: float) -> None:
        if not seats:
            return
        self._short_since = None
        if self._last_return is not None:
            failed = now - self._last_return < WELL_S
            self._retry_s = min(RETRY_MAX_S, 2 * self._retry_s) if failed else RETRY_S
        self._last_pause, self._last_return = now, None
        self.paused |= seats
        self.retry_at = now + self._retry_s

    def _return(
        self, order: Sequence[tuple[str, float]], demand: float, budget: float | None, now: float
    ) -> float | None:
        """Brings back the most important paused picture: when it fits, or when it is time to try."""
        found = next(((seat, kbps) for seat, kbps in order if seat in self.paused), None)
        if found is None or self.retry_at is None:
            return None
        seat, kbps = found
        last = max(self._last_pause or 0.0, self._last_return or 0.0)
        fits = budget is None or demand + kbps <= RETURN * budget
        if now < self.retry_at and not (fits and now - last >= max(STEP_S, self._retry_s / 2)):
            return None
        self.paused -= {seat}
        self._last_return = now
        self.retry_at = now + self._retry_s if self.paused else None
        return None if fits else demand + kbps


def _beyond(shown: Sequence[tuple[str, float]], room: float) -> frozenset[str]:
    """The seats that do not fit: from the first that does not, all that are less important too."""
    used = 0.0
    for i, (_, kbps) in enumerate(shown):
        used += kbps
        if used > room:
            return frozenset(seat for seat, kbps in shown[i:] if kbps > 0)
    return frozenset()
