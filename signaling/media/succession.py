"""How one media process follows another on the same socket.

A process that was killed leaves its socket behind. One that hangs still holds it, and wakes up later: it must then find
that it was replaced, and end, without taking its successor's socket away. Each start has a lease with a higher fence
than the one before, so who gives way to whom is never in doubt.
"""

from __future__ import annotations

import asyncio
import errno
import logging
from contextlib import suppress
from pathlib import Path

import msgspec

from signaling.media import frames
from signaling.media.port import Ready

logger = logging.getLogger(__name__)

#: A process that does not greet within so many seconds hangs.
GREETING_S = 1.0


async def make_way(path: Path, fence: int) -> None:
    """Frees the socket's path for whoever runs under `fence`.

    Errors: `OSError` (EADDRINUSE) when a process of the same or a later lease is at work there.
    """
    try:
        reader, writer = await asyncio.open_unix_connection(path)
    except OSError:
        path.unlink(missing_ok=True)
        return
    try:
        greeting = await _greeting(reader)
        if greeting is not None:
            if greeting.fence >= fence:
                raise OSError(errno.EADDRINUSE, "another media process listens here", str(path))
            writer.write(frames.frame(frames.Retire(id=0, fence=fence)))
            await writer.drain()
        logger.warning("the media process before this one %s; it is replaced", "is idle" if greeting else "hangs")
        path.unlink(missing_ok=True)
    finally:
        writer.close()


async def _greeting(reader: asyncio.StreamReader) -> Ready | None:
    with suppress(TimeoutError, msgspec.DecodeError):
        data = await asyncio.wait_for(frames.read_frame(reader), GREETING_S)
        said = None if data is None else frames.read_said(data)
        if isinstance(said, frames.Told) and isinstance(said.report, Ready):
            return said.report
    return None


class Place:
    """The socket's file as it was made; somebody else's may stand there by now."""

    def __init__(self, path: Path) -> None:
        self._path, self._mark = path, _mark(path)

    @property
    def ours(self) -> bool:
        return self._mark is not None and _mark(self._path) == self._mark

    def leave(self) -> None:
        """Removes the file, unless it is a successor's."""
        if self.ours:
            self._path.unlink(missing_ok=True)


def _mark(path: Path) -> tuple[int, int] | None:
    # The system keeps a bound socket's inode, so its number is not given to another file while we live.
    with suppress(OSError):
        found = path.stat()
        return found.st_dev, found.st_ino
    return None
