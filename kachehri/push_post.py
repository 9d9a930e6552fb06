"""Carries a sealed message to a push service: one request to an address that a browser named, and so nobody we trust.

Where such an address may lead is said in kachehri/addresses.py.
"""

import asyncio
from collections.abc import Mapping
from urllib.parse import SplitResult

from . import addresses

TIMEOUT_S = 10.0
ANSWER_BYTES = 4096
ENDPOINT_MOST = 1_000


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
        try:
            parts = addresses.split(endpoint, ENDPOINT_MOST)
        except ValueError:
            raise Unreachable("unsafe") from None
        if not self._near and not addresses.leads_out(parts):
            raise Unreachable("unsafe")
        return parts

    async def _exchange(self, parts: SplitResult, headers: Mapping[str, str], body: bytes) -> int:
        try:
            reader, writer = await addresses.connect(parts, public=not self._near)
        except addresses.NotPublic:
            raise Unreachable("unsafe") from None
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
