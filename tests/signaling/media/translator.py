"""A phone's network in one process: an address translator whose outer address can change in the middle of a call."""

from __future__ import annotations

import asyncio
import re
import socket
from collections.abc import Callable

Address = tuple[str, int]


class Translator:
    """Stands between one client and the server. The client sends to the inner address; the server sees `outer`.

    Made on a running loop; `between` puts it in an offer's way.
    """

    def __init__(self, outer: socket.socket | None = None) -> None:
        self._server: Address = ("", 0)
        self._client: Address | None = None
        self._inner = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._inner.bind(("127.0.0.1", 0))
        self._inner.setblocking(False)
        self._outer = outer or fresh()
        #: Whether anything passes, and what gets lost on its way to the client.
        self.open = True
        self.loses: Callable[[bytes], bool] = lambda data: False
        loop = asyncio.get_running_loop()
        loop.add_reader(self._inner, self._out)
        loop.add_reader(self._outer, self._back)

    def between(self, offer: str) -> str:
        """The offer with the translator's address instead of the server's."""
        found = re.search(r"a=candidate:\S+ \d+ udp \d+ (\S+) (\d+) typ host", offer)
        assert found is not None
        self._server = (found[1], int(found[2]))
        return offer.replace(f"{found[1]} {found[2]} typ host", "{} {} typ host".format(*self._inner.getsockname()))

    @property
    def outer(self) -> Address:
        host, port = self._outer.getsockname()
        return host, port

    def move(self, outer: socket.socket | None = None) -> socket.socket:
        """From now on everything leaves from another address, and nothing comes back through the old one, which is
        returned."""
        loop, before = asyncio.get_running_loop(), self._outer
        loop.remove_reader(before)
        self._outer = outer or fresh()
        loop.add_reader(self._outer, self._back)
        return before

    def close(self) -> None:
        loop = asyncio.get_running_loop()
        for sock in (self._inner, self._outer):
            loop.remove_reader(sock)
            sock.close()

    def _out(self) -> None:
        data, self._client = self._inner.recvfrom(2_048)
        if self.open:
            self._outer.sendto(data, self._server)

    def _back(self) -> None:
        data = self._outer.recv(2_048)
        if self.open and self._client is not None and not self.loses(data):
            self._inner.sendto(data, self._client)


def fresh() -> socket.socket:
    """An outer address of its own."""
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.bind(("127.0.0.1", 0))
    sock.setblocking(False)
    return sock
