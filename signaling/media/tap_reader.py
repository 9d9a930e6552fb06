"""The program's end of the tap: frames of one session, and again whenever the media process has come back."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import msgspec

from signaling.media.tap import MAX_PICTURE, Attach, TapFrame

#: Seconds before the media process is looked for again.
PAUSE_S = 0.25
_MOST = MAX_PICTURE + 1024
_frame = msgspec.msgpack.Decoder(TapFrame)


class TapReader:
    """Calls back with every frame, on the event loop. `attached` says whether the media process is there."""

    def __init__(self, path: Path, session: str, taken: Callable[[TapFrame], None]) -> None:
        self.path, self.session, self._taken = path, session, taken
        self.attached = False
        self.connections = 0
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._task = asyncio.get_running_loop().create_task(self._keep())

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])

    async def _keep(self) -> None:
        while True:
            try:
                reader, writer = await asyncio.open_unix_connection(self.path)
            except OSError:
                await asyncio.sleep(PAUSE_S)
                continue
            try:
                hello = msgspec.msgpack.encode(Attach(self.session))
                writer.write(len(hello).to_bytes(4, "big") + hello)
                self.attached = True
                self.connections += 1
                await self._read(reader)
            except (OSError, asyncio.IncompleteReadError, msgspec.MsgspecError):
                pass
            finally:
                self.attached = False
                writer.transport.abort()
            await asyncio.sleep(PAUSE_S)

    async def _read(self, reader: asyncio.StreamReader) -> None:
        while True:
            size = int.from_bytes(await reader.readexactly(4), "big")
            if size > _MOST:
                return
            self._taken(_frame.decode(await reader.readexactly(size)))
