"""The bus of several machines: Redis pub/sub with the payload inside.

Redis keeps nothing that matters. It may be flushed, restarted, or away for minutes: publishing never waits for it,
listeners are told of the gap when it is back, and passes are then checked by each process for itself.
"""

import asyncio
import logging
from collections import deque
from typing import Any

import redis.asyncio as redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from . import Callback, OnGap, Subscription
from .backoff import pause
from .dispatch import WAITING, Listeners, check_size
from .errors import BusError
from .nonces import Nonces

log = logging.getLogger(__name__)

#: Messages kept while Redis is away. Policy: drop the oldest; whoever misses one reads the database.
MOST_KEPT = 4_096
#: Messages written in one go.
BATCH = 256
#: A connection that is silent for this long is asked whether it still lives, and has as long again to answer.
SILENCE_S = 2.0
#: How long a task has to end before it is cancelled once more.
CANCEL_S = 0.2

_TROUBLE = (RedisError, OSError, TimeoutError)
# Redis globs know these besides the star; a space with one of them would listen to its neighbours.
_GLOB = "*?[]\\"


class RedisBus:
    """One worker's end of the bus. `space` keeps installations that share a Redis apart.

    One connection listens to the whole space and sorts here: a worker needs nearly all of it, and a subscription that
    never changes cannot be lost in a reconnection.
    """

    def __init__(self, url: str, *, space: str = "kachehri", waiting: int = WAITING) -> None:
        if any(letter in space for letter in _GLOB):
            raise BusError("address", f"the name {space!r} holds one of {_GLOB}")
        self.listeners = Listeners(waiting)
        self.dropped = 0
        self.connections = 0
        self._space = f"{space}:"
        # No retries inside the library: a line that was mended in silence would hide a gap.
        options: dict[str, Any] = {"socket_connect_timeout": SILENCE_S, "retry": Retry(NoBackoff(), 0)}
        try:
            self._out = redis.Redis.from_url(url, socket_timeout=SILENCE_S, **options)
            self._in = redis.Redis.from_url(url, socket_timeout=None, **options)
        except ValueError as error:
            raise BusError("address", str(error)) from None
        self._kept: deque[tuple[str, bytes]] = deque()
        self._more = asyncio.Event()
        self._up = asyncio.Event()
        self._nonces = Nonces()
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        loop = asyncio.get_running_loop()
        self._tasks = [loop.create_task(self._send()), loop.create_task(self._listen())]

    async def close(self) -> None:
        # redis-py may swallow a cancellation that meets the end of a read or write: ask until each task has ended.
        pending = set(self._tasks)
        while pending:
            for task in pending:
                task.cancel()
            _, pending = await asyncio.wait(pending, timeout=CANCEL_S)
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._out.aclose()
        await self._in.aclose()

    def publish(self, topic: str, payload: bytes) -> None:
        check_size(topic, payload)
        if len(self._kept) >= MOST_KEPT:
            self._kept.popleft()
            self.dropped += 1
        self._kept.append((topic, payload))
        self._more.set()

    def subscribe(self, prefix: str, callback: Callback, on_gap: OnGap | None = None) -> Subscription:
        return self.listeners.add(prefix, callback, on_gap, lambda _prefix: None)

    async def settled(self) -> None:
        await self._up.wait()

    async def burn(self, nonce: str, ttl_s: int) -> bool:
        """Each process refuses its own repeats by itself; Redis does it across all of them, while it is there."""
        if not self._nonces.burn(nonce, ttl_s):
            return False
        try:
            return bool(await self._out.set(f"{self._space}nonce:{nonce}", b"1", nx=True, ex=ttl_s))
        except _TROUBLE as error:
            log.warning("passes are checked by each process for itself: %r", error)
            return True

    async def _send(self) -> None:
        failures = 0
        while True:
            await self._more.wait()
            try:
                if failures:
                    await self._out.ping()  # nothing leaves the queue before somebody is there to take it
                batch = [self._kept.popleft() for _ in range(min(BATCH, len(self._kept)))]
                if not self._kept:
                    self._more.clear()
                pipeline = self._out.pipeline(transaction=False)
                for topic, payload in batch:
                    pipeline.publish(self._space + topic, payload)
                await pipeline.execute()
                failures = 0
            except _TROUBLE as error:
                # Part of the batch may have gone out: sending it again could deliver twice, so it is not.
                failures += 1
                if failures == 1:
                    log.warning("redis does not take messages: %r", error)
                await asyncio.sleep(pause(failures))

    async def _listen(self) -> None:
        failures = 0
        while True:
            try:
                async with self._in.pubsub() as pubsub:
                    await pubsub.psubscribe(self._space + "*")
                    await self._hear(pubsub)
            except _TROUBLE as error:
                failures = 1 if self._up.is_set() else failures + 1
                if failures == 1:
                    log.warning("redis does not bring messages: %r", error)
            self._up.clear()
            await asyncio.sleep(pause(failures))

    async def _hear(self, pubsub: Any) -> None:
        """Sort what comes over one connection, until it breaks."""
        asked = False
        start = len(self._space)
        while True:
            message = await pubsub.get_message(timeout=SILENCE_S)
            if message is None:
                if asked:
                    raise TimeoutError("redis no longer answers")
                await pubsub.ping()
                asked = True
                continue
            asked = False
            if message["type"] == "pmessage":
                self.listeners.post(message["channel"].decode()[start:], message["data"])
            elif message["type"] == "psubscribe":
                self.connections += 1
                self._up.set()
                if self.connections > 1:
                    self.listeners.gap()
