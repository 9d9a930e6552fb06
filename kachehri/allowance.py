"""How many questions may come from one browser and from one network in a while: a flood is slowed, a town is not.

Mobile operators put whole towns behind one address (RFC 6888), so the network's share is wide and the browser's does
the work against an impatient finger. Counted in memory, for each process by itself: what is lost with it is a minute.
"""

import ipaddress
import time
from collections.abc import Callable
from typing import NamedTuple

from rooms.base import Refused

from .guesses import network

MINUTE_S = 60.0
#: Who is remembered at most; whoever came longest ago is forgotten first, and has most of a share again by then.
KNOWN_MOST = 50_000


class Left(NamedTuple):
    """What is left of a share, and at what instant of the clock, in seconds."""

    share: float
    at: float


class Allowance:
    """A share for each of many, used up one by one and given back evenly over a minute (a token bucket).

    Arguments:
        per_minute: the whole share; it may be used at once.
        clock: seconds that never run backwards.
    """

    def __init__(self, per_minute: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._per_minute = per_minute
        self._clock = clock
        self._left: dict[str, Left] = {}

    def take(self, who: str) -> None:
        """Use one up.

        Errors: `Refused("slow_down")`, with the milliseconds until there is one again.
        """
        now, whole = self._clock(), float(self._per_minute)
        before = self._left.pop(who, Left(whole, now))
        share = min(whole, before.share + (now - before.at) * whole / MINUTE_S)
        self._left[who] = Left(share - 1 if share >= 1 else share, now)
        if len(self._left) > KNOWN_MOST:
            del self._left[next(iter(self._left))]
        if share < 1:
            raise Refused("slow_down", retry_ms=round((1 - share) * MINUTE_S * 1_000 / whole))


class Asking:
    """The shares of those who ask.

    Arguments:
        device, network: questions a minute from one browser and from one network.
    """

    def __init__(self, *, device: int, network: int) -> None:
        self._devices, self._networks = Allowance(device), Allowance(network)

    def take(self, address: str, device: str = "") -> None:
        """Count one question.

        This machine's own addresses have no network share: behind a proxy that the settings do not name, everybody
        would be one network.
        Errors: `Refused("slow_down")`.
        """
        if device:
            self._devices.take(device)
        if not is_own(address):
            self._networks.take(network(address))


def is_own(address: str) -> bool:
    """Whether an address is this machine's own, or none at all (a Unix socket)."""
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return not address
