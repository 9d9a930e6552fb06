"""The media plane as an operating system process of its own, so that a burst of packets never delays a command.

It listens on a Unix socket that only its own user may use. It keeps no state that matters: when it dies, workers tell
the browsers (`media.lost`), open the sessions again with a newer fence and push the seats, and phones come back on
fresh peers. When the workers die, the plane empties the seats after a while: nobody speaks unsupervised.
"""

from __future__ import annotations

import asyncio
import logging
import os
import secrets
import signal
import socket
import struct
from pathlib import Path

import msgspec

from kachehri.settings import Settings
from signaling.media import frames
from signaling.media.plane import Plane
from signaling.media.port import Heard, MediaRefused, MediaSettings, MediaStats, Offer, Ready, Report
from signaling.media.succession import Place, make_way
from signaling.media.tap_server import TapServer, tap_path

logger = logging.getLogger(__name__)

#: A worker that reads nothing while so many bytes wait for it is cut off; it comes back and asks again.
MAX_UNREAD = 4 * 1024 * 1024
#: Seconds between looks at whether the socket's path is still ours.
LOOK_S = 1.0
#: Requests of one worker that may be under way at a time.
MAX_CALLS = 64


class _Worker:
    """One worker's connection."""

    def __init__(self, writer: asyncio.StreamWriter) -> None:
        self.writer = writer
        self.sessions: set[str] = set()
        self.slots = asyncio.Semaphore(MAX_CALLS)

    def say(self, message: frames.Said) -> None:
        if self.writer.transport.get_write_buffer_size() > MAX_UNREAD:
            self.writer.transport.abort()
        elif not self.writer.is_closing():
            self.writer.write(frames.frame(message))


class Server:
    """A plane behind a socket."""

    def __init__(self, path: Path, settings: MediaSettings, fence: int = 1) -> None:
        self.path, self.fence = path, fence
        self.plane = Plane(settings, fence=fence)
        self.tap = TapServer(tap_path(path), self.plane.stage_of)
        self.plane.opened = self.tap.look
        #: Set when it is time to end, also because a successor is there.
        self.ending = asyncio.Event()
        self._place: Place | None = None
        self._timer: asyncio.TimerHandle | None = None
        self.instance = secrets.token_hex(8)
        self._workers: set[_Worker] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None

    async def start(self) -> None:
        self.plane.follow(self._told)
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        await make_way(self.path, self.fence)
        before = os.umask(0o177)
        try:
            self._server = await asyncio.start_unix_server(self._serve, self.path, limit=2 * frames.MAX_FRAME)
        finally:
            os.umask(before)
        self._place = Place(self.path)
        self._look()
        await self.tap.start()
        self.plane.start()

    def _look(self) -> None:
        """Whether a successor has taken the socket's path meanwhile: after a pause, that is how it is noticed."""
        if self._place is not None and not self._place.ours:
            self._retire("its socket's path is another's")
        else:
            self._timer = asyncio.get_running_loop().call_later(LOOK_S, self._look)

    def _retire(self, why: str) -> None:
        if not self.ending.is_set():
            logger.warning("this media process was replaced and ends: %s", why)
            self.ending.set()

    async def stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        if self._server is not None:
            self._server.close()
            for _ in range(3):  # whoever was let in this very moment is not known yet, and would be forgotten
                await asyncio.sleep(0)
        for worker in list(self._workers):
            worker.writer.transport.abort()
        await self.tap.stop()
        await self.plane.stop()
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks)
        if self._place is not None:
            self._place.leave()

    def _told(self, report: Report) -> None:
        if isinstance(report, Ready):
            return  # each worker is greeted when it comes
        for worker in self._workers:
            if report.session in worker.sessions:
                worker.say(frames.Told(report))

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        worker = _Worker(writer)
        try:
            if not _ours(writer):
                return
            self._workers.add(worker)
            worker.say(frames.Told(Ready(self.instance, self.fence)))
            while (data := await frames.read_frame(reader)) is not None:
                try:
                    call = frames.read_call(data)
                except (msgspec.DecodeError, UnicodeDecodeError):
                    number = frames.id_of(data)
                    if number is None:
                        logger.warning("a worker sent what is not a request")
                        break
                    worker.say(frames.Refusal(number, "media_invalid"))
                    continue
                if isinstance(call, frames.Retire):
                    if call.fence > self.fence:
                        self._retire("it was told so")
                    continue
                await worker.slots.acquire()
                self._spawn(worker, call)
        except asyncio.CancelledError:
            pass
        finally:
            self._tasks.discard(task)
            self._workers.discard(worker)
            for session in worker.sessions:
                if not any(session in other.sessions for other in self._workers):
                    self.plane.orphan(session)
            writer.close()

    def _spawn(self, worker: _Worker, call: frames.AnyCall) -> None:
        task = asyncio.get_running_loop().create_task(self._answer(worker, call))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _answer(self, worker: _Worker, call: frames.AnyCall) -> None:
        try:
            given = {name: getattr(call, name) for name in call.__struct_fields__ if name != "id"}
            value = await getattr(self.plane, call.method)(**given)
            if isinstance(call, frames.Open):
                worker.sessions.add(call.session)
            elif isinstance(call, frames.Close):
                worker.sessions.discard(call.session)
            offer = value if isinstance(value, Offer) else None
            stats = value if isinstance(value, MediaStats) else None
            heard = value if isinstance(value, Heard) else None
            worker.say(frames.Done(call.id, offer, stats, heard))
        except MediaRefused as refused:
            worker.say(frames.Refusal(call.id, refused.code))
        except Exception:
            logger.exception("media request failed")
            worker.say(frames.Refusal(call.id, "media_invalid"))
        finally:
            worker.slots.release()


def _ours(writer: asyncio.StreamWriter) -> bool:
    """Whether the other end runs as our user or as root; the socket's mode says so too."""
    sock: socket.socket = writer.get_extra_info("socket")
    _, uid, _ = struct.unpack("3i", sock.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))
    return uid in (os.getuid(), 0)


async def serve(path: Path, settings: MediaSettings, fence: int = 1) -> None:
    """Runs until told to stop (SIGTERM, SIGINT), or replaced by a process of a later lease."""
    server = Server(path, settings, fence)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, server.ending.set)
    await server.start()
    await server.ending.wait()
    await server.stop()


def settings_of(settings: Settings) -> MediaSettings:
    """The plane's part of the settings."""
    media = settings.media
    return MediaSettings(
        addresses=media.addresses,
        announced=media.announced_addresses,
        backend=media.backend,
        port=media.port or media.port_low,
        ports=(media.port_low, media.port_high) if media.port_low else None,
    )


def main(settings: Settings, fence: int) -> None:
    """The whole life of the process; `kachehri media` starts it, under the lease that it has taken."""
    asyncio.run(serve(settings.media.socket, settings_of(settings), fence))
