"""Carries a sealed message to a push service: one request to an address that a browser named, and so nobody we trust.

The address must be https on its own port, and every address behind its name must be public: a browser must not be able
to make this server knock at its neighbours' doors. The connection goes to the very address that was looked at, so that
a name cannot mean something else a moment later (DNS rebinding).
"""

import asyncio
import ipaddress
import socket
import ssl
from collections.abc import Mapping
from urllib.parse import SplitResult, urlsplit

PORT = 443
TIMEOUT_S = 10.0
ANSWER_BYTES = 4096
ENDPOINT_MOST = 1_000
#: IPv6 addresses that end in one of IPv4.
_WRAPPED = (ipaddress.IPv6Network("64:ff9b::/96"), ipaddress.IPv6Network("::/96"))


class Unreachable(Exception):
    """`code` is unsafe (not an address we go to), network or timeout."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Post:
    """Sends requests.

    Arguments:
        near: lets it reach this machine over plain http; for tests, which have a push service of their own.
    """

    def __init__(self, *, near: bool = False, timeout_s: float = TIMEOUT_S) -> None:
        self._near = near
        self._timeout_s = timeout_s

    def takes(self, endpoint: str) -> bool:
        """Whether an endpoint looks like one, before anything is asked of the network."""
        try:
            self._parts(endpoint)
        except Unreachable:
            return False
        return True

    async def send(self, endpoint: str, headers: Mapping[str, str], body: bytes) -> int:
        """The status of the answer.

        Errors: `Unreachable`.
        """
        parts = self._parts(endpoint)
        try:
            async with asyncio.timeout(self._timeout_s):
                return await self._exchange(parts, headers, body)
        except TimeoutError:
            raise Unreachable("timeout") from None
        except (OSError, ValueError, asyncio.IncompleteReadError):
            raise Unreachable("network") from None

    def _parts(self, endpoint: str) -> SplitResult:
        if len(endpoint) > ENDPOINT_MOST or not endpoint.isascii() or any(ord(each) <= 32 for each in endpoint):
            raise Unreachable("unsafe")
        try:
            parts = urlsplit(endpoint)
            port, host = parts.port, parts.hostname
        except ValueError:
            raise Unreachable("unsafe") from None
        if not host or parts.username is not None or parts.fragment:
            raise Unreachable("unsafe")
        if self._near:
            return parts
        if parts.scheme != "https" or port not in (None, PORT) or not may_be_public(host):
            raise Unreachable("unsafe")
        return parts

    async def _exchange(self, parts: SplitResult, headers: Mapping[str, str], body: bytes) -> int:
        secure = parts.scheme == "https"
        host, port = parts.hostname or "", parts.port or (PORT if secure else 80)
        address = await self._address(host, port)
        context = ssl.create_default_context() if secure else None
        reader, writer = await asyncio.open_connection(
            address, port, ssl=context, server_hostname=host if secure else None
        )
        try:
            path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
            lines = [f"POST {path} HTTP/1.1", f"Host: {parts.netloc}", "Connection: close"]
            lines += [f"{name}: {value}" for name, value in headers.items()]
            writer.write("\r\n".join([*lines, f"Content-Length: {len(body)}", "", ""]).encode("ascii") + body)
            await writer.drain()
            status = (await reader.readuntil(b"\r\n"))[:ANSWER_BYTES].split(b" ", 2)
            if len(status) < 2 or not status[0].startswith(b"HTTP/1."):
                raise ValueError("no HTTP")
            return int(status[1])
        finally:
            writer.close()

    async def _address(self, host: str, port: int) -> str:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
        addresses = [str(each[4][0]) for each in found]
        if not addresses:
            raise OSError("no address")
        if not self._near and not all(is_public(each) for each in addresses):
            raise Unreachable("unsafe")
        return addresses[0]


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
