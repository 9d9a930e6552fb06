"""Who listens to what, and the queue in front of them."""

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Iterator

from . import MOST_BYTES, Callback, OnGap
from .errors import BusError

log = logging.getLogger(__name__)

#: Messages that may wait for the loop's next turn.
WAITING = 8_192


def check_size(topic: str, payload: bytes) -> None:
    """Refuse what no bus carries, on every kind of bus alike."""
    if len(payload) > MOST_BYTES:
        raise BusError("too_large", f"{len(payload)} bytes on {topic}")


class Listener:
    """One callback for one prefix."""

    def __init__(
        self, prefix: str, callback: Callback, on_gap: OnGap | None, gone: Callable[["Listener"], None]
    ) -> None:
        self.prefix = prefix
        self.open = True
        self._callback = callback
        self._on_gap = on_gap
        self._gone = gone

    def hear(self, topic: str, payload: bytes) -> None:
        if self.open:
            try:
                self._callback(topic, payload)
            except Exception:
                log.exception("a listener failed", extra={"topic": topic})

    def gap(self) -> None:
        if self.open and self._on_gap is not None:
            try:
                self._on_gap()
            except Exception:
                log.exception("a listener failed to fill a gap", extra={"prefix": self.prefix})

    def close(self) -> None:
        if self.open:
            self.open = False
            self._gone(self)


class Listeners:
    """The listeners of this process. Policy of the queue: drop the oldest, count it, tell every listener of the gap."""

    def __init__(self, waiting: int = WAITING) -> None:
        self._by_prefix: dict[str, list[Listener]] = {}
        self._queue: deque[tuple[str, bytes]] = deque()
        self._waiting = waiting
        self._scheduled = False
        self._overflowed = False
        self.dropped = 0

    def add(self, prefix: str, callback: Callback, on_gap: OnGap | None, gone: Callable[[str], None]) -> Listener:
        """A new listener; `gone` is called when the last one of its prefix has closed."""

        def leave(listener: Listener) -> None:
            others = self._by_prefix[prefix]
            others.remove(listener)
            if not others:
                del self._by_prefix[prefix]
                gone(prefix)

        listener = Listener(prefix, callback, on_gap, leave)
        self._by_prefix.setdefault(prefix, []).append(listener)
        return listener

    @property
    def prefixes(self) -> list[str]:
        """Every prefix that somebody listens to."""
        return list(self._by_prefix)

    def post(self, topic: str, payload: bytes) -> None:
        """Deliver on the loop's next turn."""
        if len(self._queue) >= self._waiting:
            self._queue.popleft()
            self.dropped += 1
            self._overflowed = True
        self._queue.append((topic, payload))
        if not self._scheduled:
            self._scheduled = True
            asyncio.get_running_loop().call_soon(self._deliver)

    def gap(self) -> None:
        """Tell everybody that something may have been missed."""
        for listener in list(self._all()):
            listener.gap()

    def _deliver(self) -> None:
        self._scheduled = False
        queue, self._queue = self._queue, deque()
        if self._overflowed:
            self._overflowed = False
            self.gap()
        for topic, payload in queue:
            for listener in list(self._matching(topic)):
                listener.hear(topic, payload)

    def _all(self) -> Iterator[Listener]:
        for listeners in self._by_prefix.values():
            yield from listeners

    def _matching(self, topic: str) -> Iterator[Listener]:
        for prefix, listeners in self._by_prefix.items():
            if topic.startswith(prefix):
                yield from listeners
