"""A real coturn with the product's own configuration, in a network of its own where its addresses exist.

The network carries addresses of documentation ranges (RFC 5737, RFC 3849), and those of networks that a relay must
never reach. Nothing in it can leave the machine.
"""

from __future__ import annotations

import socket
import ssl
import time
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Final

from kachehri import turn
from kachehri.settings import Settings, from_mapping
from tests.namespaces import Network
from tests.servers import _Server, require
from tests.turn_client import TurnClient

#: Where the relay and the media are.
RELAY, RELAY6, MEDIA, MEDIA6 = "198.51.100.7", "2001:db8::7", "203.0.113.8", "2001:db8::8"
#: Networks that a relay must not reach, all of which exist here: private ones, a provider's, metadata.
FORBIDDEN: Final = ("10.0.0.5", "172.16.0.5", "192.168.1.5", "100.64.0.5", "169.254.169.254", "fd00::5")
MASTER: Final = bytes(range(32))


def addressed(network: Network, *addresses: str) -> None:
    """Gives the network's loopback further addresses."""
    for address in addresses:
        bits, more = ("128", ("nodad",)) if ":" in address else ("32", ())
        network.run("ip", "address", "add", f"{address}/{bits}", "dev", "lo", *more)


def settings(turn: dict[str, Any] | None = None, media: dict[str, Any] | None = None) -> Settings:
    """A relay and a media address, with whatever else is given."""
    return from_mapping(
        {
            "turn": {"host": RELAY, "addresses": [RELAY], **(turn or {})},
            "media": {"addresses": [MEDIA], **(media or {})},
        }
    )


class Relay(_Server):
    """coturn as an administrator gets it from `kachehri turn --write`; whoever is still connected at its `close` is cut
    off."""

    def __init__(self, network: Network, settings: Settings) -> None:
        super().__init__()
        self.network, self.settings = network, settings
        self.secret = turn.secret(MASTER)
        self._lines: list[socket.socket] = []
        turn.write(self.file, turn.configuration(settings, self.secret))

    @property
    def file(self) -> Path:
        return self.directory / "turn.conf"

    @property
    def address(self) -> tuple[str, int]:
        return self.settings.turn.addresses[0], self.settings.turn.port

    def close(self) -> None:
        for sock in self._lines:
            sock.close()
        super().close()

    def command(self) -> list[str]:
        pid = f"--pidfile={self.directory / 'pid'}"
        return self.network.command(str(require("turnserver")), "-c", str(self.file), pid)

    def answers(self) -> bool:
        """Over TCP, and over UDP, which it opens apart: of a closed port the second datagram hears (ICMP, RFC 1122)."""
        with self._inside(), socket.socket() as probe, socket.socket(type=socket.SOCK_DGRAM) as other:
            other.connect(self.address)
            try:
                other.send(b"?")
                other.send(b"?")
            except ConnectionRefusedError:
                return False
            return probe.connect_ex(self.address) == 0

    def _inside(self) -> AbstractContextManager[None]:
        return self.network.entered()

    def client(
        self, who: str = "asma", now: int | None = None, *, way: str = "udp", trust: ssl.SSLContext | None = None
    ) -> TurnClient:
        """Somebody with credentials made `now` (seconds; else at this moment)."""
        given = turn.credentials(self.secret, who, int(time.time()) if now is None else now, ())
        return TurnClient(self.connect(way, trust), given.username, given.credential)

    def connect(self, way: str = "udp", trust: ssl.SSLContext | None = None) -> socket.socket:
        with self._inside():
            sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM if way == "udp" else socket.SOCK_STREAM)
        self._lines.append(sock)
        # A port for once only: the relay remembers a line for a moment after its end.
        sock.bind(("0.0.0.0", 10_000 + len(self._lines)))
        host, port = self.address
        sock.connect((host, self.settings.turn.tls_port if way == "tls" else port))
        if way == "tls":
            assert trust is not None
            sock = trust.wrap_socket(sock, server_hostname=self.settings.turn.host)
            self._lines.append(sock)
        return sock
