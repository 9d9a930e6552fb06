"""One request over HTTP, told apart by whether anything had left before it failed.

Two kinds of address. One from the settings file is the administrator's own choice and may be in the office's network;
only its secrets must not travel in clear, so it is https, or this machine. One that was typed on a page is not trusted
(kachehri/addresses.py). Redirections are not followed: they would lead past both rules.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Final, NamedTuple
from urllib.parse import SplitResult

from kachehri import addresses

from .gateway import Refused, Uncertain

TIMEOUT_S: Final = 15.0
ANSWER_BYTES: Final = 65_536
URL_MOST: Final = 4_000


class Answer(NamedTuple):
    """What came back."""

    status: int
    body: str


class Wire:
    """Carries requests.

    Arguments:
        trusted: the address is from the settings file.
        near: lets an address that is not trusted be this machine over plain http; for tests.
    """

    def __init__(self, *, trusted: bool, near: bool = False, timeout_s: float = TIMEOUT_S) -> None:
        self._trusted, self._near, self._timeout_s = trusted, near, timeout_s

    def takes(self, url: str) -> bool:
        """Whether an address is one that we go to, before anything is asked of the network."""
        try:
            self._parts(url)
        except Refused:
            return False
        return True

    async def exchange(self, method: str, url: str, headers: Mapping[str, str], body: bytes = b"") -> Answer:
        """Ask and read the answer.

        Errors: `Refused("address")` for one that we do not go to, `Refused("network", again=True)` before anything has
        left, `Uncertain` after that.
        """
        parts = self._parts(url)
        head = _head(method, parts, headers, body)
        left = False

        async def go() -> Answer:
            nonlocal left
            reader, writer = await self._open(parts)
            try:
                left = True
                writer.write(head + body)
                await writer.drain()
                return await _answer(reader)
            finally:
                writer.close()

        try:
            async with asyncio.timeout(self._timeout_s):
                return await go()
        except TimeoutError:
            raise (Uncertain("timeout") if left else Refused("network", again=True)) from None
        except (OSError, ValueError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            raise (Uncertain("cut") if left else Refused("network", again=True)) from None

    def _parts(self, url: str) -> SplitResult:
        try:
            parts = addresses.split(url, URL_MOST)
        except ValueError:
            raise Refused("address") from None
        if self._trusted or self._near:
            here = addresses.is_this_machine(parts.hostname or "")
            fits = parts.scheme == "https" or (parts.scheme == "http" and here)
        else:
            fits = addresses.leads_out(parts)
        if not fits:
            raise Refused("address")
        return parts

    async def _open(self, parts: SplitResult) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        try:
            return await addresses.connect(parts, public=not (self._trusted or self._near))
        except addresses.NotPublic:
            raise Refused("address") from None


def _head(method: str, parts: SplitResult, headers: Mapping[str, str], body: bytes) -> bytes:
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    lines = [f"{method} {path} HTTP/1.1", f"Host: {parts.netloc}", "Connection: close", "Accept-Encoding: identity"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    if method != "GET":
        lines.append(f"Content-Length: {len(body)}")
    if any("\r" in line or "\n" in line for line in lines):
        raise Refused("address")
    return "\r\n".join([*lines, "", ""]).encode("ascii")


async def _answer(reader: asyncio.StreamReader) -> Answer:
    """Status and body (RFC 9112). Whatever comes behind the first answer is not read."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    words = head[0].split(" ", 2)
    if len(words) < 2 or not words[0].startswith("HTTP/1.") or not words[1].isdigit():
        raise ValueError("no HTTP")
    fields = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:])}
    if fields.get("transfer-encoding", "").lower() == "chunked":
        body = await _chunks(reader)
    elif fields.get("content-length", "").isdigit():
        body = await reader.readexactly(min(int(fields["content-length"]), ANSWER_BYTES))
    else:
        body = await reader.read(ANSWER_BYTES)
    return Answer(int(words[1]), body.decode("utf-8", "replace"))


async def _chunks(reader: asyncio.StreamReader) -> bytes:
    body = b""
    while len(body) < ANSWER_BYTES:
        size = int((await reader.readuntil(b"\r\n")).split(b";")[0], 16)
        if size == 0:
            break
        body += await reader.readexactly(min(size, ANSWER_BYTES))
        await reader.readexactly(2)
    return body
