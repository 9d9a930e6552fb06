"""Shares of small numbers, told honestly. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Final

from msgspec import Struct

#: Of fewer than this no share is reckoned.
SMALL: Final = 5
#: 95 per cent of a normal distribution lie within so many standard deviations.
_Z: Final = 1.959964
#: So many tickets of the average office are added to each before offices are compared: one good week is no record.
_PRIOR: Final = 20


class Rate(Struct, frozen=True):
    """So many of so many."""

    n: int
    of: int

    @property
    def percent(self) -> int | None:
        """None for what is too small to reckon."""
        return round(100 * self.n / self.of) if self.of >= SMALL else None

    @property
    def between(self) -> tuple[int, int] | None:
        """The per cent between which the true share lies, 19 times of 20 (Wilson, JASA 22, 1927)."""
        if self.of < SMALL:
            return None
        share, z2 = self.n / self.of, _Z * _Z / self.of
        middle = share + z2 / 2
        reach = _Z * math.sqrt(share * (1 - share) / self.of + z2 / (4 * self.of))
        low, high = (middle - reach) / (1 + z2), (middle + reach) / (1 + z2)
        return math.floor(100 * max(0.0, low)), math.ceil(100 * min(1.0, high))


def shrunk(rate: Rate, average: float) -> float:
    """A share drawn towards the average, the more the fewer cases it has: what offices are put in order by."""
    return (rate.n + _PRIOR * average) / (rate.of + _PRIOR)


def mean(rates: Iterable[Rate]) -> float:
    """The share of all together; a half where there is nothing."""
    n = of = 0
    for rate in rates:
        n, of = n + rate.n, of + rate.of
    return n / of if of else 0.5
