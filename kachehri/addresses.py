"""Addresses that a page or a browser named, and so nobody we trust; and the way to them.

Such an address is https on its own port, and every address behind its name is public: nobody must be able to make this
server knock at its neighbours' doors. The connection goes to the very address that was looked at, so that a name cannot
mean something else a moment later (DNS rebinding).
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
import ssl
from typing import Final
from urllib.parse import SplitResult, urlsplit

PORT: Final = 443
#: IPv6 addresses that end in one of IPv4.
_WRAPPED = (ipaddress.IPv6Network("64:ff9b::/96"), ipaddress.IPv6Network("::/96"))


class NotPublic(Exception):
    """A name behind which there is an address that is not public."""


def split(url: str, most: int) -> SplitResult:
    """An address of at most so many characters in its parts.

    Errors: `ValueError` for one that is none, or that says who comes.
    """
    if len(url) > most or not url.isascii() or any(ord(each) <= 32 for each in url):
        raise ValueError("no address")
    parts = urlsplit(url)
    parts.port  # noqa: B018 - one that is no number is refused here
    if not parts.hostname or parts.username is not None or parts.fragment:
        raise ValueError("no address")
    return parts


def leads_out(parts: SplitResult) -> bool:
    """Whether it is one that we go to, before anything is asked of the network."""
    return parts.scheme == "https" and parts.port in (None, PORT) and may_be_public(parts.hostname or "")


async def connect(parts: SplitResult, *, public: bool) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """A connection to the first address behind a name.

    Arguments:
        public: all of them have to be.
    Errors: `NotPublic`, `OSError`.
    """
    secure = parts.scheme == "https"
    host, port = parts.hostname or "", parts.port or (PORT if secure else 80)
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    addresses = [str(each[4][0]) for each in found]
    if not addresses:
        raise OSError("no address")
    if public and not all(is_public(each) for each in addresses):
        raise NotPublic
    context = ssl.create_default_context() if secure else None
    return await asyncio.open_connection(addresses[0], port, ssl=context, server_hostname=host if secure else None)


def is_this_machine(host: str) -> bool:
    """A loopback address (RFC 6890), or the name that stands for it."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def may_be_public(host: str) -> bool:
    """A name, or a public address written out."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return "." in host and not host.endswith((".local", ".internal", ".localhost", "."))
    return is_public(host)


def is_public(address: str) -> bool:
    """Whether an address is one of the public network, also where it only wraps another."""
    found = ipaddress.ip_address(address.partition("%")[0])
    inner = getattr(found, "ipv4_mapped", None) or getattr(found, "sixtofour", None) or _translated(found) or found
    return bool(found.is_global and inner.is_global and not found.is_multicast)


def _translated(found: ipaddress.IPv4Address | ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """The IPv4 address that a translator goes to (RFC 6052 §2.1), or that is written the old way (RFC 4291 §2.5.5)."""
    if any(found in network for network in _WRAPPED):
        return ipaddress.IPv4Address(int(found) & 0xFFFFFFFF)
    return None
