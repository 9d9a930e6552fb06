"""The bus of a single process."""

import asyncio
from collections.abc import Callable

from . import Callback, Handler, OnGap, Subscription
from .dispatch import WAITING, Listeners, check_size
from .errors import BusError
from .nonces import Nonces


class MemoryBus:
    """Everybody who holds this object hears everybody else who does."""

    def __init__(self, *, waiting: int = WAITING, clock: Callable[[], float] | None = None) -> None:
        self.listeners = Listeners(waiting)
        self._nonces = Nonces(clock=clock) if clock else Nonces()
        self._handlers: dict[str, Handler] = {}

    async def start(self) -> None:
        """Nothing to reach."""

    async def close(self) -> None:
        self._handlers.clear()

    def publish(self, topic: str, payload: bytes) -> None:
        check_size(topic, payload)
        self.listeners.post(topic, payload)

    def subscribe(self, prefix: str, callback: Callback, on_gap: OnGap | None = None) -> Subscription:
        return self.listeners.add(prefix, callback, on_gap, lambda _prefix: None)

    async def settled(self) -> None:
        """A subscription is in force at once."""

    async def burn(self, nonce: str, ttl_s: int) -> bool:
        return self._nonces.burn(nonce, ttl_s)

    def serve(self, topic: str, handler: Handler) -> None:
        self._handlers[topic] = handler

    async def request(self, topic: str, payload: bytes, timeout: float = 5.0) -> bytes:
        handler = self._handlers.get(topic)
        if handler is None:
            raise BusError("unserved", topic)
        try:
            return await asyncio.wait_for(handler(payload), timeout)
        except TimeoutError:
            raise BusError("timeout", topic) from None
        except Exception as error:
            raise BusError("failed", f"{topic}: {error!r}") from error
