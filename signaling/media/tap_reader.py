"""The program's end of the tap: frames of one session, and again whenever the media process has come back.

What the program makes for whoever watches it without delay goes back on the same connection (direct.py).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import msgspec

from signaling.media.tap import MAX_PICTURE, Attach, DirectFrame, Makes, TapFrame, Want, Wish

#: Seconds before the media process is looked for again.
PAUSE_S = 0.25
#: Bytes of the program that may wait for the media process: two keyframes. Policy: drop, and go on with a keyframe.
MOST_UNSENT = 128 * 1024
_MOST = MAX_PICTURE + 1024
_said = msgspec.msgpack.Decoder(TapFrame | Wish)


class TapReader:
    """Calls back with every frame, on the event loop. `attached` says whether the media process is there.

    Arguments:
        wished: told whether somebody watches what is made here; not any more when the media process goes.
        makes: what is made here.
    """

    def __init__(
        self,
        path: Path,
        session: str,
        taken: Callable[[TapFrame], None],
        wished: Callable[[Wish], None] = lambda wish: None,
        makes: Makes = "",
    ) -> None:
        self.path, self.session, self._taken = path, session, taken
        self._wished, self._makes = wished, makes
        self.attached = False
        self.connections = 0
        self._task: asyncio.Task[None] | None = None
        self._writer: asyncio.StreamWriter | None = None

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
                self._writer = writer
                self._say(Attach(self.session, self._makes))
                self.attached = True
                self.connections += 1
                await self._read(reader)
            except (OSError, asyncio.IncompleteReadError, msgspec.MsgspecError):
                pass
            finally:
                self.attached, self._writer = False, None
                writer.transport.abort()
                self._wished(Wish(watched=False))
            await asyncio.sleep(PAUSE_S)

    def want(self, seat: str) -> None:
        """Asks for a keyframe of this seat."""
        if self._writer is not None and self._writer.transport.get_write_buffer_size() == 0:
            self._say(Want(seat))

    def send(self, frame: DirectFrame) -> bool:
        """Sends one frame of the program; False when the media process does not take it now."""
        if self._writer is None or self._writer.transport.get_write_buffer_size() > MOST_UNSENT:
            return False
        self._say(frame)
        return True

    def _say(self, message: Attach | Want | DirectFrame) -> None:
        assert self._writer is not None
        data = msgspec.msgpack.encode(message)
        self._writer.write(len(data).to_bytes(4, "big") + data)

    async def _read(self, reader: asyncio.StreamReader) -> None:
        while True:
            size = int.from_bytes(await reader.readexactly(4), "big")
            if size > _MOST:
                return
            said = _said.decode(await reader.readexactly(size))
            if isinstance(said, Wish):
                self._wished(said)
            else:
                self._taken(said)
