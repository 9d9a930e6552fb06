"""What the doors for other programs share in one process: who files, and how often anybody may knock."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from starlette.requests import Request

from kachehri.allowance import Allowance, is_own
from kachehri.api_keys import Paces
from kachehri.filing import Filer
from kachehri.guesses import network
from kachehri.house_settings import Place


@dataclass(frozen=True)
class Doors:
    """Filing and pacing."""

    filer: Filer
    paces: Paces
    reads: Allowance

    def read(self, request: Request) -> None:
        """Count a reading from a network.

        Errors: `Refused("slow_down")`.
        """
        address = request.client.host if request.client else ""
        if not is_own(address):
            self.reads.take(network(address))


def address_of(place: Place, request: Request) -> str:
    """Where programs reach us: as announced, or else as this one did."""
    return place.address if place.announced else str(request.base_url).rstrip("/")


def jurisdictions(address: str) -> set[str]:
    """The names by which this house is called: its host, with and without a port and a leading www."""
    split = urlsplit(address)
    hosts = {split.netloc, split.hostname or ""}
    return hosts | {each.removeprefix("www.") for each in hosts}
