"""The bus as the media, program and outbox processes see it: a line to the hub that mends itself."""

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

from . import Callback, Handler, OnGap, Subscription
from .backoff import pause
from .dispatch import WAITING, Listeners, check_size
from .errors import BusError
from .wire import Answer, Ask, Burn, Line, Message, Publish, Serve, Subscribe, Sync, Unsubscribe, frame

log = logging.getLogger(__name__)

#: Messages kept while the hub is away. Policy: drop the oldest.
MOST_KEPT = 1_024


class LocalClient:
    """One process of the machine. Everything may be called before the hub is there."""

    def __init__(self, path: Path, *, waiting: int = WAITING) -> None:
        self.path = path
        self.listeners = Listeners(waiting)
        self._line: Line | None = None
        self._up = asyncio.Event()
        self._down = asyncio.Event()
        self._kept: deque[bytes] = deque(maxlen=MOST_KEPT)
        self._handlers: dict[str, Handler] = {}
        self._waiting: dict[int, asyncio.Future[bytes]] = {}
        self._ref = 0
        self._tasks: set[asyncio.Task[None]] = set()
        self._keeper: asyncio.Task[None] | None = None
        self.connections = 0

    async def start(self) -> None:
        self._keeper = asyncio.get_running_loop().create_task(self._keep())

    async def close(self) -> None:
        tasks = [*self._tasks, *([self._keeper] if self._keeper else [])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if self._line is not None:
            self._line.cut()
            await self._down.wait()

    def publish(self, topic: str, payload: bytes) -> None:
        check_size(topic, payload)
        data = frame(Publish(topic, payload))
        if self._line is not None:
            self._line.send(data)
        else:
            self._kept.append(data)

    def subscribe(self, prefix: str, callback: Callback, on_gap: OnGap | None = None) -> Subscription:
        if prefix not in self.listeners.prefixes:
            self._send(Subscribe(prefix))
        return self.listeners.add(prefix, callback, on_gap, lambda gone: self._send(Unsubscribe(gone)))

    async def settled(self) -> None:
        while True:
            await self._up.wait()
            try:
                await self._ask(lambda ref: Sync(ref))
                return
            except BusError:  # the line broke: the subscriptions are made again with the next one
                continue

    async def burn(self, nonce: str, ttl_s: int) -> bool:
        return await self._within(5.0, "burn", lambda ref: Burn(ref, nonce, ttl_s)) == b"1"

    def serve(self, topic: str, handler: Handler) -> None:
        self._handlers[topic] = handler
        self._send(Serve(topic))

    async def request(self, topic: str, payload: bytes, timeout: float = 5.0) -> bytes:
        check_size(topic, payload)
        return await self._within(timeout, topic, lambda ref: Ask(ref, topic, payload, timeout))

    async def _within(self, timeout: float, topic: str, make: Callable[[int], Message]) -> bytes:
        try:
            async with asyncio.timeout(timeout):
                await self._up.wait()
                return await self._ask(make)
        except TimeoutError:
            raise BusError("timeout" if self._line is not None else "unreachable", topic) from None

    async def _ask(self, make: Callable[[int], Message]) -> bytes:
        if self._line is None:
            raise BusError("lost")
        self._ref += 1
        ref = self._ref
        future: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
        self._waiting[ref] = future
        try:
            self._send(make(ref))
            return await future
        finally:
            del self._waiting[ref]

    def _send(self, message: Message) -> None:
        if self._line is not None:
            self._line.send(frame(message))

    async def _keep(self) -> None:
        """Hold a line to the hub, and make a new one whenever it breaks."""
        loop = asyncio.get_running_loop()
        failures = 0
        while True:
            self._down.clear()
            try:
                await loop.create_unix_connection(
                    lambda: Line(self._received, self._opened, self._lost), path=str(self.path)
                )
            except OSError:
                failures += 1
            else:
                await self._down.wait()
                failures = 0
            await asyncio.sleep(pause(failures))

    def _opened(self, line: Line) -> None:
        self._line = line
        for prefix in self.listeners.prefixes:
            self._send(Subscribe(prefix))
        for topic in self._handlers:
            self._send(Serve(topic))
        while self._kept:
            line.send(self._kept.popleft())
        self.connections += 1
        self._up.set()
        if self.connections > 1:
            self._spawn(self._tell_of_gap())

    async def _tell_of_gap(self) -> None:
        """Only once the subscriptions are in force again: what is read then cannot miss what comes next."""
        try:
            await self._ask(lambda ref: Sync(ref))
        except BusError:
            return  # the line broke again; the next one tells
        self.listeners.gap()

    def _lost(self, _line: Line) -> None:
        self._line = None
        self._up.clear()
        self._down.set()
        for future in self._waiting.values():
            if not future.done():
                future.set_exception(BusError("lost"))

    def _received(self, line: Line, message: Message) -> None:
        match message:
            case Publish(topic, payload):
                self.listeners.post(topic, payload)
            case Answer(ref, code, payload):
                future = self._waiting.get(ref)
                if future is not None and not future.done():
                    future.set_exception(BusError(code)) if code else future.set_result(payload)
            case Ask():
                self._spawn(self._answer(line, message))

    async def _answer(self, line: Line, ask: Ask) -> None:
        handler = self._handlers.get(ask.topic)
        try:
            if handler is None:
                raise BusError("unserved")
            answer = Answer(ask.ref, "", await asyncio.wait_for(handler(ask.payload), ask.timeout))
        except BusError as error:
            answer = Answer(ask.ref, error.code, b"")
        except TimeoutError:
            answer = Answer(ask.ref, "timeout", b"")
        except Exception:
            log.exception("a handler failed", extra={"topic": ask.topic})
            answer = Answer(ask.ref, "failed", b"")
        line.send(frame(answer))

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
