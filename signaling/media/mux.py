"""One UDP port for all peers of the process: its sockets, and whose each datagram is.

One socket per local address, all of them on one port number, so that a firewall opens one port and an answer leaves
from the address that was asked. A datagram belongs to whoever has proven its source address, by a connectivity check
that we sent there and that came back with the peer's own key (RFC 8445 §7.2.5). Only STUN can belong to somebody else:
a request to the peer whose name fragment is in its USERNAME, an answer to the peer that asked. So a peer that comes
from a new address is found by its name, and an address that the network gave to another phone goes over to that one
when it proves it, not when it says so.

Nothing here knows ICE; a member does with its datagrams what it would do with those of a socket of its own.
"""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import Callable, Sequence
from typing import Protocol

from signaling.media.gate import MIN_STUN, Gate, Source, Verdict
from signaling.media.sockets import bind_if_there

logger = logging.getLogger(__name__)

#: Kernel buffers asked for, in bytes: a second of everybody's media either way. The system may give less.
SOCKET_BUFFER = 4 * 1024 * 1024
#: Datagrams read before other work of the process has its turn.
READ_AT_ONCE = 64
#: Longest datagram read, in bytes; a longer one is cut, and refused for its length.
READ_BYTES = 2_048
#: Tries to find a port number that is free on every address, when any will do.
PORT_TRIES = 20

_USERNAME = 0x0006


class Member(Protocol):
    """A peer's end, as the sockets see it."""

    def arrived_on(self, listener: Listener, data: bytes, source: Source) -> None: ...

    def displaced(self, listener: Listener, source: Source) -> None:
        """Another member has proven this address."""


class Listener:
    """One socket. `routes` is filled by checks that succeeded, `asked` by requests under way."""

    def __init__(self, mux: Mux, sock: socket.socket) -> None:
        self._mux, self.sock = mux, sock
        self.host, self.port = sock.getsockname()[:2]
        self._narrow = sock.family == socket.AF_INET
        self.routes: dict[Source, Member] = {}
        self.asked: dict[bytes, Member] = {}
        #: Datagrams that the kernel did not take; ICE and DTLS send theirs again.
        self.unsent = 0

    def claim(self, source: Source, member: Member) -> None:
        """A check of the member's succeeded at this address."""
        before = self.routes.get(source)
        if before is member:
            return
        self.routes[source] = member
        if before is not None:
            before.displaced(self, source)

    def is_free(self, source: Source, member: Member) -> bool:
        """Whether nobody else has proven this address."""
        return self.routes.get(source, member) is member

    def release(self, source: Source, member: Member) -> None:
        if self.routes.get(source) is member:
            del self.routes[source]

    def send(self, data: bytes, source: Source) -> None:
        try:
            self.sock.sendto(data, source)
        except OSError:
            self.unsent += 1

    def readable(self) -> None:
        receive, take = self.sock.recvfrom, self.take
        for _ in range(READ_AT_ONCE):
            try:
                data, address = receive(READ_BYTES)
            except OSError:  # most often: nothing more to read
                return
            take(data, address if self._narrow else address[:2])

    def take(self, data: bytes, source: Source) -> None:
        member = self.routes.get(source)
        if not data or data[0] < 4:
            member = self._asked_for(data, member)
        if member is not None:
            member.arrived_on(self, data, source)
        else:
            self._mux.unknown(data, source)

    def _asked_for(self, data: bytes, at_address: Member | None) -> Member | None:
        """Whom a STUN message (RFC 8489 §5) means. What only looks like one is left to the address's owner."""
        if len(data) < MIN_STUN:
            return at_address
        if data[0] & 1:  # the first bit of the class: a success or an error
            return self.asked.get(data[8:20], at_address)
        name = local_fragment(data)
        return at_address if name is None else self._mux.members.get(name)


class Mux:
    """All sockets of the process."""

    def __init__(self, port: int, clock: Callable[[], float]) -> None:
        self._asked_port, self._clock = port, clock
        self.listeners: dict[str, Listener] = {}
        self.members: dict[str, Member] = {}
        #: Judges what is nobody's, so that it is counted like anything else.
        self.gate = Gate()

    def listen(self, addresses: Sequence[str]) -> list[Listener]:
        """The sockets of these addresses, opened when they are first asked for."""
        if not self.listeners:
            self._open(addresses)
        for address in addresses:
            if address not in self.listeners:  # an address that the machine got later
                sock = bind_if_there(address, (self.port, self.port), SOCKET_BUFFER)
                if sock is not None:
                    self._add(address, sock)
        return [self.listeners[address] for address in addresses if address in self.listeners]

    @property
    def port(self) -> int:
        return next(iter(self.listeners.values())).port if self.listeners else self._asked_port

    def _open(self, addresses: Sequence[str]) -> None:
        """The same port on all; when any will do, one that is free on every address."""
        tries = PORT_TRIES if self._asked_port == 0 else 1
        for left in reversed(range(tries)):
            opened: dict[str, socket.socket] = {}
            try:
                number = self._asked_port
                for address in addresses:
                    sock = bind_if_there(address, (number, number), SOCKET_BUFFER)
                    if sock is not None:
                        opened[address] = sock
                        number = sock.getsockname()[1]
                break
            except OSError:
                for sock in opened.values():
                    sock.close()
                if not left:
                    raise
        for address, sock in opened.items():
            self._add(address, sock)

    def _add(self, address: str, sock: socket.socket) -> None:
        listener = self.listeners[address] = Listener(self, sock)
        asyncio.get_running_loop().add_reader(sock, listener.readable)

    def enrol(self, name: str, member: Member) -> None:
        """From now on requests to this name fragment are the member's."""
        self.members[name] = member

    def dismiss(self, name: str, member: Member) -> None:
        if self.members.get(name) is member:
            del self.members[name]

    def unknown(self, data: bytes, source: Source) -> None:
        """Counted, and never answered: nobody here has asked for it."""
        if self.gate.admit(data, source, self._clock()) is Verdict.STUN:
            self.gate.drop(Verdict.UNCHECKED_SOURCE)

    def close(self) -> None:
        for listener in self.listeners.values():
            asyncio.get_running_loop().remove_reader(listener.sock)
            listener.sock.close()
        self.listeners.clear()


def local_fragment(data: bytes) -> str | None:
    """Our side's part of a STUN request's USERNAME (RFC 8445 §7.2.2), or None."""
    at, size = MIN_STUN, len(data)
    while at + 4 <= size:
        kind, length = data[at] << 8 | data[at + 1], data[at + 2] << 8 | data[at + 3]
        at += 4
        if kind == _USERNAME:
            return data[at : at + length].partition(b":")[0].decode("ascii", "replace")
        at += length + (-length & 3)
    return None
