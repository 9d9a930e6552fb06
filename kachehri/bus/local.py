"""The hub of a machine: the HTTP process listens on a Unix socket, the others come to it (local_client.py)."""

import asyncio
import errno
import logging
import os
import socket
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

from . import Callback, Handler, OnGap, Subscription
from .dispatch import WAITING, Listeners, check_size
from .errors import BusError
from .nonces import Nonces
from .wire import Answer, Ask, Burn, Line, Message, Publish, Serve, Subscribe, Sync, Unsubscribe, frame

log = logging.getLogger(__name__)

#: Questions of one peer that may be open at a time. Policy: refuse further ones at once.
MOST_ASKS = 2_048
# sun_path has 108 bytes with its closing zero (unix(7)).
_MOST_PATH = 107


class LocalHub:
    """The end of the bus that everybody else connects to."""

    def __init__(self, path: Path, *, waiting: int = WAITING) -> None:
        self.path = path
        self.listeners = Listeners(waiting)
        self._nonces = Nonces()
        self._server: asyncio.Server | None = None
        self._peers: dict[Line, set[str]] = {}
        self._asks: dict[Line, int] = {}
        self._handlers: dict[str, Handler | Line] = {}
        self._waiting: dict[int, tuple[Line, asyncio.Future[bytes]]] = {}
        self._ref = 0
        self._tasks: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        loop = asyncio.get_running_loop()
        self._server = await loop.create_unix_server(
            lambda: Line(self._received, self._opened, self._lost), sock=_listen(self.path)
        )

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._server is not None:
            self._server.close()
            self._server = None
            self.path.unlink(missing_ok=True)
        for line in list(self._peers):
            line.cut()
        while self._peers:  # each leaves on the loop's next turn
            await asyncio.sleep(0)

    def publish(self, topic: str, payload: bytes) -> None:
        check_size(topic, payload)
        self.listeners.post(topic, payload)
        data: bytes | None = None
        for line, prefixes in list(self._peers.items()):
            if any(topic.startswith(prefix) for prefix in prefixes):
                data = data or frame(Publish(topic, payload))
                line.send(data)

    def subscribe(self, prefix: str, callback: Callback, on_gap: OnGap | None = None) -> Subscription:
        return self.listeners.add(prefix, callback, on_gap, lambda _prefix: None)

    async def settled(self) -> None:
        """A subscription is in force at once."""

    async def burn(self, nonce: str, ttl_s: int) -> bool:
        return self._nonces.burn(nonce, ttl_s)

    def serve(self, topic: str, handler: Handler) -> None:
        self._handlers[topic] = handler

    async def request(self, topic: str, payload: bytes, timeout: float = 5.0) -> bytes:
        check_size(topic, payload)
        server = self._handlers.get(topic)
        if server is None:
            raise BusError("unserved", topic)
        try:
            if isinstance(server, Line):
                return await asyncio.wait_for(self._ask(server, topic, payload, timeout), timeout)
            return await asyncio.wait_for(server(payload), timeout)
        except TimeoutError:
            raise BusError("timeout", topic) from None
        except BusError:
            raise
        except Exception as error:
            log.exception("a handler failed", extra={"topic": topic})
            raise BusError("failed", topic) from error

    async def _ask(self, line: Line, topic: str, payload: bytes, timeout: float) -> bytes:
        self._ref += 1
        ref = self._ref
        future: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
        self._waiting[ref] = line, future
        try:
            line.send(frame(Ask(ref, topic, payload, timeout)))
            return await future
        finally:
            del self._waiting[ref]

    def _opened(self, line: Line) -> None:
        if line.peer_uid not in (os.geteuid(), 0):
            log.warning("a process of another account came to the local bus and was sent away")
            line.cut()
            return
        self._peers[line] = set()
        self._asks[line] = 0

    def _lost(self, line: Line) -> None:
        self._peers.pop(line, None)
        self._asks.pop(line, None)
        self._handlers = {topic: server for topic, server in self._handlers.items() if server is not line}
        for asked, future in self._waiting.values():
            if asked is line and not future.done():
                future.set_exception(BusError("lost"))

    def _received(self, line: Line, message: Message) -> None:
        if line not in self._peers:
            return
        match message:
            case Publish(topic, payload):
                self.publish(topic, payload)
            case Subscribe(prefix):
                self._peers[line].add(prefix)
            case Unsubscribe(prefix):
                self._peers[line].discard(prefix)
            case Serve(topic):
                self._handlers[topic] = line
            case Ask():
                self._take(line, message)
            case Answer(ref, code, payload):
                _line, future = self._waiting.get(ref, (None, None))
                if future is not None and _line is line and not future.done():
                    future.set_exception(BusError(code)) if code else future.set_result(payload)
            case Burn(ref, nonce, ttl_s):
                line.send(frame(Answer(ref, "", b"1" if self._nonces.burn(nonce, ttl_s) else b"")))
            case Sync(ref):
                line.send(frame(Answer(ref, "", b"")))

    def _take(self, line: Line, ask: Ask) -> None:
        if self._asks[line] >= MOST_ASKS:
            line.send(frame(Answer(ask.ref, "unreachable", b"")))
            return
        self._asks[line] += 1
        self._spawn(self._answer(line, ask))

    async def _answer(self, line: Line, ask: Ask) -> None:
        try:
            answer = Answer(ask.ref, "", await self.request(ask.topic, ask.payload, ask.timeout))
        except BusError as error:
            answer = Answer(ask.ref, error.code, b"")
        if line in self._asks:
            self._asks[line] -= 1
        line.send(frame(answer))

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _listen(path: Path) -> socket.socket:
    """A socket that only our account may open. One left behind by a process that was killed is replaced."""
    if len(os.fsencode(path)) > _MOST_PATH:
        raise BusError("address", f"the path of the socket is longer than {_MOST_PATH} bytes: {path}")
    sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        try:
            _bind(sock, path)
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise
            if _answers(path):
                raise BusError("in_use", str(path)) from None
            path.unlink(missing_ok=True)
            _bind(sock, path)
        sock.listen(64)
        sock.setblocking(False)
        return sock
    except OSError as error:
        sock.close()
        code = "denied" if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS) else "address"
        raise BusError(code, f"{path}: {error.strerror}") from None
    except BusError:
        sock.close()
        raise


def _bind(sock: socket.socket, path: Path) -> None:
    before = os.umask(0o177)
    try:
        sock.bind(str(path))
    finally:
        os.umask(before)


def _answers(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        probe.settimeout(1)
        try:
            probe.connect(str(path))
        except OSError:
            return False
        return True
