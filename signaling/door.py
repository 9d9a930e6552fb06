"""What every connection of a process shares, and who is let in through which door.

The wiring makes one `Door` when the application starts and yields it from the lifespan as `{"live": door}`; uvicorn
hands that state to each `LiveProtocol`.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from kachehri.allowance import Asking

from .connection import Rate
from .hub import Hub
from .passes import Burn, Passes

if TYPE_CHECKING:
    from .media_signalling import MediaSignalling


class Door:
    """Shared by all connections of this process.

    Arguments:
        burn: marks a nonce as used; `bus.burn`.
        origins: pages that may connect, as "https://host"; none named means: the host that the request was sent to.
            A page of this machine itself may always connect, so that whoever set a wrong address can mend it there.
        connections, per_address: the most sockets altogether and from one address.
        asking: how many questions one network may bring; none named means: as many as it likes.
        behind_bytes: the most that may wait in one outbox.
        trusted_proxies: addresses or networks whose X-Forwarded-For is believed.
    """

    def __init__(
        self,
        hub: Hub,
        passes: Passes,
        burn: Burn,
        *,
        media: MediaSignalling | None = None,
        asking: Asking | None = None,
        origins: Iterable[str] = (),
        connections: int = 5_000,
        per_address: int = 1_000,
        behind_bytes: int = 262_144,
        rate: Rate | None = None,
        trusted_proxies: Sequence[str] = (),
    ) -> None:
        self.hub = hub
        self.passes = passes
        self.burn = burn
        self.media = media
        self.asking = asking
        self.announce(origins)
        self.connections = connections
        self.per_address = per_address
        self.behind_bytes = behind_bytes
        self.rate = rate or Rate()
        self._trusted = [ipaddress.ip_network(each, strict=False) for each in trusted_proxies]
        self._addresses: dict[str, int] = {}

    def announce(self, origins: Iterable[str]) -> None:
        """Let pages of these origins in from now on."""
        self.origins = frozenset(origin.rstrip("/").lower() for origin in origins)

    def knows_origin(self, origin: str | None, host: str | None) -> bool:
        """Whether a page of this origin may connect (RFC 6454). A browser always sends one; so must every client."""
        if not origin:
            return False
        same = bool(host) and urlsplit(origin).netloc.lower() == str(host).lower()
        if self.origins:
            # By address alone: a name could be made to lead to this machine from anywhere (DNS rebinding).
            return origin.lower() in self.origins or (same and _loopback(urlsplit(origin).hostname))
        return same

    def address_of(self, peer: Any, forwarded: Sequence[str]) -> str:
        """Where a connection comes from: the last hop that is not one of our own proxies."""
        address = str(peer[0]) if peer else ""
        hops = [hop.strip() for header in forwarded for hop in header.split(",")]
        while hops and self._is_trusted(address):
            address = hops.pop()
        return address

    def enter(self, address: str) -> bool:
        """Take a place, if there is one."""
        here = self._addresses.get(address, 0)
        if self.hub.connections >= self.connections or here >= self.per_address:
            return False
        self._addresses[address] = here + 1
        return True

    def exit(self, address: str) -> None:
        """Give the place back."""
        left = self._addresses.get(address, 0) - 1
        if left > 0:
            self._addresses[address] = left
        else:
            self._addresses.pop(address, None)

    def _is_trusted(self, address: str) -> bool:
        try:
            found = ipaddress.ip_address(address)
        except ValueError:
            return False
        return any(found in network for network in self._trusted)


def _loopback(host: str | None) -> bool:
    try:
        return ipaddress.ip_address(host or "").is_loopback
    except ValueError:
        return False
