"""The Unix socket at which the program of this machine gets the stage's frames (tap.py), and gives back its own for
whoever watches without delay (direct.py).

Only our own account may open it. What a reader does not take in time is dropped for that reader alone: the write buffer
of its connection is the whole queue.
"""

from __future__ import annotations

import asyncio
import os
import socket
import struct
import time
from collections.abc import Callable
from pathlib import Path

import msgspec

from signaling.media.forward import Line
from signaling.media.frames import read_frame
from signaling.media.stage import Stage
from signaling.media.succession import Place
from signaling.media.tap import Assembler, Attach, DirectFrame, TapFrame, Want, Wish

#: Bytes that may wait for one reader: about ten seconds of four pictures. Policy: drop, and go on with keyframes.
MAX_UNREAD = 2 * 1024 * 1024
#: It has caught up when no more than this waits.
CAUGHT_UP = 64 * 1024
#: Most readers at a time: one program for each session, and a successor beside it.
MAX_READERS = 64
#: Seconds between looks at whether the sessions' stages are still the same.
LOOK_S = 0.25
#: A reader says what it wants within so many seconds.
HELLO_S = 5.0

_encoder = msgspec.msgpack.Encoder()
_hello = msgspec.msgpack.Decoder(Attach)
_said = msgspec.msgpack.Decoder(Want | DirectFrame)


def tap_path(media_socket: Path) -> Path:
    """Where the tap of the media process at this socket is."""
    return media_socket.with_suffix(".tap")


class _Reader:
    """One program's connection. `behind`: it lost frames; `stale`: pictures of which it needs a keyframe first."""

    def __init__(self, hello: Attach, transport: asyncio.WriteTransport) -> None:
        self.session, self.makes, self.transport = hello.session, hello.makes, transport
        self.behind = False
        self.stale: set[str] = set()
        self.dropped = 0
        #: The stage to whose watchers its program goes without delay.
        self.stage: Stage | None = None

    def wish(self, wish: Wish) -> None:
        """Whether its program is watched; a few bytes, seldom."""
        if not self.transport.is_closing():
            self.transport.write(_framed(wish))

    def join(self, stage: Stage | None, now: float) -> None:
        """Makes the program of this stage from now on, and of no other."""
        if self.makes and stage is not self.stage:
            if self.stage is not None:
                self.stage.program.end(self.wish, now)
            if stage is not None:
                stage.program.begin(self.wish, self.makes == "picture", now)
            self.stage = stage

    def send(self, frame: DirectFrame, now: float) -> None:
        """A frame of its program; of one that another process has taken over nothing is forwarded."""
        stage = self.stage
        if stage is not None and stage.program.is_of(self.wish) and frame.fits:
            stage.program.take(frame, now)


def _framed(message: TapFrame | Wish) -> bytes:
    body = _encoder.encode(message)
    return len(body).to_bytes(4, "big") + body


class _Wired:
    """The lines of one stage, with what puts their packets together."""

    def __init__(self, stage: Stage, taken: Callable[[str, TapFrame], None]) -> None:
        self.stage = stage
        self.lines: list[Line] = []
        for seat in stage.seats.values():
            for line in (seat.audio, seat.video):
                made = Assembler(seat.name, line, lambda frame: taken(stage.session, frame), want_keyframe)
                line.tap = made.packet
                self.lines.append(line)

    def keyframes(self) -> None:
        for line in self.lines:
            want_keyframe(line)

    def keyframe(self, seat: str) -> None:
        if seat in self.stage.seats:
            want_keyframe(self.stage.seats[seat].video)

    def unwire(self) -> None:
        for line in self.lines:
            line.tap = None


def want_keyframe(line: Line) -> None:
    """The speaker is asked with the plane's next tick, if there is one."""
    if line.kind == "video" and line.source is not None:
        line.source.keyframe_wanted = True


class TapServer:
    """Serves the taps of one plane.

    Arguments:
        stage_of: the plane's stage of a session, None while it is not open.
        clock: the plane's, in seconds.
    """

    def __init__(
        self, path: Path, stage_of: Callable[[str], Stage | None], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.path, self._stage_of, self._clock = path, stage_of, clock
        self._readers: list[_Reader] = []
        self._wired: dict[str, _Wired] = {}
        self._server: asyncio.Server | None = None
        self._place: Place | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        before = os.umask(0o177)
        try:
            self._server = await asyncio.start_unix_server(self._serve, self.path)
        finally:
            os.umask(before)
        self._place = Place(self.path)
        self._again()

    async def stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        if self._server is not None:
            self._server.close()
        for reader in list(self._readers):
            reader.transport.abort()
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks)
        for wired in self._wired.values():
            wired.unwire()
        self._wired.clear()
        if self._place is not None:
            self._place.leave()

    @property
    def dropped(self) -> int:
        """Frames that the present readers were too slow for."""
        return sum(reader.dropped for reader in self._readers)

    def _again(self) -> None:
        self.look()
        self._timer = asyncio.get_running_loop().call_later(LOOK_S, self._again)

    def look(self) -> None:
        """Connects the taps with the stages as they are now."""
        wanted = {reader.session for reader in self._readers}
        for session in [*self._wired]:
            if session not in wanted or self._stage_of(session) is not self._wired[session].stage:
                self._wired.pop(session).unwire()
        for session in wanted - self._wired.keys():
            stage = self._stage_of(session)
            if stage is not None:
                self._wired[session] = _Wired(stage, self._taken)
                self._wired[session].keyframes()
        for reader in self._readers:
            reader.join(self._stage_of(reader.session), self._clock())

    def _taken(self, session: str, frame: TapFrame) -> None:
        data: bytes | None = None
        for reader in self._readers:
            if reader.session != session or reader.transport.is_closing():
                continue
            waiting = reader.transport.get_write_buffer_size()
            if waiting > (CAUGHT_UP if reader.behind else MAX_UNREAD):
                reader.behind = True
                reader.dropped += 1
                continue
            if reader.behind:
                reader.behind = False
                wired = self._wired[session]
                reader.stale = {seat for seat in wired.stage.seats}
                wired.keyframes()
            if frame.kind == "video" and frame.seat in reader.stale:
                if not frame.key:
                    reader.dropped += 1
                    continue
                reader.stale.discard(frame.seat)
            if data is None:
                data = _framed(frame)
            reader.transport.write(data)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        mine: _Reader | None = None
        try:
            if not _ours(writer) or len(self._readers) >= MAX_READERS:
                return
            async with asyncio.timeout(HELLO_S):
                hello = await read_frame(reader)
            if hello is None:
                return
            mine = _Reader(_hello.decode(hello), writer.transport)
            self._readers.append(mine)
            if mine.session in self._wired:
                self._wired[mine.session].keyframes()
                mine.stale = set(self._wired[mine.session].stage.seats)
            self.look()
            while (data := await read_frame(reader)) is not None:
                said = _said.decode(data)
                if isinstance(said, DirectFrame):
                    mine.send(said, self._clock())
                elif (wired := self._wired.get(mine.session)) is not None:
                    wired.keyframe(said.seat)
        except (asyncio.CancelledError, TimeoutError, OSError, msgspec.MsgspecError):
            pass
        finally:
            self._tasks.discard(task)
            if mine is not None:
                mine.join(None, self._clock())
                self._readers.remove(mine)
                self.look()
            writer.close()


def _ours(writer: asyncio.StreamWriter) -> bool:
    sock: socket.socket = writer.get_extra_info("socket")
    _, uid, _ = struct.unpack("3i", sock.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))
    return uid in (os.getuid(), 0)
