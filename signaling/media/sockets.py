"""UDP sockets for media: how they are bound."""

from __future__ import annotations

import errno
import ipaddress
import logging
import random
import socket

logger = logging.getLogger(__name__)

#: Kernel buffers for one peer, in bytes: about half a second of video either way.
PEER_BUFFER = 256 * 1024


def bind(address: str, ports: tuple[int, int] | None, buffer: int = PEER_BUFFER) -> socket.socket:
    """A socket on a port between the two, tried from a random one on; None: whatever the system gives."""
    low, high = ports or (0, 0)
    count = high - low + 1
    first = random.randrange(count)
    for i in range(count):
        try:
            return _bound(address, low + (first + i) % count, buffer)
        except OSError as error:
            if ports is None or error.errno != errno.EADDRINUSE:
                raise
    raise OSError(f"no free UDP port between {low} and {high} on {address}")


def bind_if_there(address: str, ports: tuple[int, int] | None, buffer: int = PEER_BUFFER) -> socket.socket | None:
    """As `bind`; None for an address that the machine has lost, or has not quite got (RFC 4862 §5.4)."""
    try:
        return bind(address, ports, buffer)
    except OSError as error:
        if error.errno != errno.EADDRNOTAVAIL:
            raise
        logger.warning("%s is not an address of this machine now", address)
        return None


def _bound(address: str, port: int, buffer: int) -> socket.socket:
    wide = ipaddress.ip_address(address).version == 6
    sock = socket.socket(socket.AF_INET6 if wide else socket.AF_INET, socket.SOCK_DGRAM)
    try:
        sock.setblocking(False)
        if wide:
            sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, buffer)
        sock.bind((address, port))
    except BaseException:
        sock.close()
        raise
    return sock
