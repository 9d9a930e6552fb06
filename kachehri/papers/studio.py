"""Draws small pictures in a child process, one after another, and keeps the last ones.

The child starts with the first picture and goes when nobody has wanted one for a while. A picture holds nothing of a
person, so it may be kept in memory.
"""

from __future__ import annotations

import asyncio
import sys
from collections import OrderedDict
from contextlib import suppress
from typing import Final

import msgspec

from kachehri.logs import logger

from .picture import Page
from .wire import LENGTH_BYTES

COMMAND: Final = (sys.executable, "-m", "kachehri.papers.picture")
#: Pictures kept in memory; each has some ten thousand bytes.
KEPT_MOST: Final = 256
#: How long one picture may take, the start of the child included.
DRAW_S: Final = 30.0
#: The child goes after so long without work.
IDLE_S: Final = 120.0


class Studio:
    """The pictures of one process."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, bytes] = OrderedDict()
        self._one = asyncio.Lock()
        self._child: asyncio.subprocess.Process | None = None
        self._leaving: asyncio.TimerHandle | None = None

    async def draw(self, key: str, html: str, style: str) -> bytes | None:
        """The picture with this key as a PNG; None where it cannot be drawn on this machine.

        Arguments:
            key: names everything that the picture shows.
        """
        if key not in self._kept:
            async with self._one:
                drawn = self._kept.get(key) or await self._drawn(html, style)
                if not drawn:
                    return None
                self._kept[key] = drawn
                while len(self._kept) > KEPT_MOST:
                    self._kept.popitem(last=False)
        self._kept.move_to_end(key)
        return self._kept[key]

    async def close(self) -> None:
        """End the child."""
        if self._leaving is not None:
            self._leaving.cancel()
        child, self._child = self._child, None
        if child is not None and child.returncode is None:
            with suppress(ProcessLookupError):
                child.kill()
            await child.wait()

    async def _drawn(self, html: str, style: str) -> bytes:
        if self._leaving is not None:
            self._leaving.cancel()
        try:
            async with asyncio.timeout(DRAW_S):
                drawn = await self._ask(msgspec.msgpack.encode(Page(html, style)))
        except (OSError, TimeoutError, asyncio.IncompleteReadError) as error:
            logger(__name__).error("picture.failed", error=type(error).__name__, way="!")
            await self.close()
            return b""
        self._leaving = asyncio.get_running_loop().call_later(IDLE_S, self._leave)
        return drawn

    async def _ask(self, body: bytes) -> bytes:
        if self._child is None or self._child.returncode is not None:
            pipe, nothing = asyncio.subprocess.PIPE, asyncio.subprocess.DEVNULL
            self._child = await asyncio.create_subprocess_exec(*COMMAND, stdin=pipe, stdout=pipe, stderr=nothing)
        assert self._child.stdin is not None and self._child.stdout is not None
        self._child.stdin.write(len(body).to_bytes(LENGTH_BYTES, "big") + body)
        await self._child.stdin.drain()
        length = int.from_bytes(await self._child.stdout.readexactly(LENGTH_BYTES), "big")
        return await self._child.stdout.readexactly(length)

    def _leave(self) -> None:
        """An end of its input ends the child."""
        if self._child is not None and self._child.stdin is not None:
            self._child.stdin.close()
            self._child = None
