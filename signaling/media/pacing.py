"""Lets pictures out to one narrow line no faster than it takes them, so that a keyframe does not stand in the way of
sound. Pure: times are passed in, and nothing here has a timer.

Only a person whose line has shown a limit has one; everyone else's packets go out as they come. Sound never comes
here. What would wait too long is not sent at all: a picture half a second late helps nobody, and a fresh keyframe costs
less than the queue. A retransmission goes ahead of the queue or not at all, because the browser asks again.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Generic, NamedTuple, TypeVar

Key = TypeVar("Key")

#: What may leave at once after a quiet moment, in seconds of the rate and at least in bytes: one packet.
BURST_S, BURST_BYTES = 0.04, 1_400
#: Retransmissions may borrow so much, in seconds of the rate.
BORROW_S = 0.2
#: Most that waits, in bytes and in seconds of the rate: a keyframe at the narrowest, and no more.
MAX_BYTES, MAX_S = 49_152, 0.8
#: Kilobits to bytes.
SPEED = 125


class _Waiting(NamedTuple, Generic[Key]):
    key: Key
    number: int
    data: bytes
    send: Callable[[bytes], None]


class Pacer(Generic[Key]):
    """One person's pictures on their way out. `key` tells the pictures apart, `number` is a packet's place in its own.

    Arguments:
        kbps: what may leave in the long run.
    """

    __slots__ = ("_at", "_queue", "_tokens", "bytes", "rate", "sent_to")

    def __init__(self, kbps: float, now: float) -> None:
        self.rate = SPEED * kbps  # bytes a second
        self._tokens = self._burst
        self._at = now
        self._queue: deque[_Waiting[Key]] = deque()
        self.bytes = 0  # waiting
        #: The highest number of each picture that has left.
        self.sent_to: dict[Key, int] = {}

    @property
    def _burst(self) -> float:
        return max(BURST_BYTES, BURST_S * self.rate)

    def set(self, kbps: float, now: float) -> None:
        """The line takes another rate from now on."""
        self._fill(now)
        self.rate = SPEED * kbps
        self._tokens = min(self._tokens, self._burst)

    def put(self, key: Key, number: int, data: bytes, send: Callable[[bytes], None], now: float) -> bool:
        """Takes one packet and sends what may leave now. False when there is no room for it: the caller then drops
        that picture, which goes on with a keyframe."""
        self._fill(now)
        if not self._queue and self._tokens > 0:
            self._leave(_Waiting(key, number, data, send))
            return True
        if self.bytes + len(data) > min(MAX_BYTES, MAX_S * self.rate):
            return False
        self._queue.append(_Waiting(key, number, data, send))
        self.bytes += len(data)
        self._drain()
        return True

    def again(self, data: bytes, send: Callable[[bytes], None], now: float) -> bool:
        """A retransmission: now, or not at all."""
        self._fill(now)
        if self._tokens <= -BORROW_S * self.rate:
            return False
        self._tokens -= len(data)
        send(data)
        return True

    def flush(self, now: float) -> None:
        """Sends what may leave by now; called as often as the plane's clock beats."""
        self._fill(now)
        self._drain()

    def drop(self, key: Key) -> list[int]:
        """Forgets what waits of one picture; returns the numbers that were never sent."""
        dropped = [item.number for item in self._queue if item.key == key]
        self._queue = deque(item for item in self._queue if item.key != key)
        self.bytes = sum(len(item.data) for item in self._queue)
        return dropped

    def release(self) -> None:
        """Sends everything that waits: the line has no limit any more."""
        while self._queue:
            self._leave(self._queue.popleft())
        self.bytes = 0

    @property
    def delay(self) -> float:
        """How long the last packet waits, in seconds."""
        return max(0.0, self.bytes - self._tokens) / self.rate if self._queue else 0.0

    def _fill(self, now: float) -> None:
        self._tokens = min(self._burst, self._tokens + max(0.0, now - self._at) * self.rate)
        self._at = max(self._at, now)

    def _drain(self) -> None:
        queue = self._queue
        while queue and self._tokens > 0:
            item = queue.popleft()
            self.bytes -= len(item.data)
            self._leave(item)

    def _leave(self, item: _Waiting[Key]) -> None:
        self._tokens -= len(item.data)
        self.sent_to[item.key] = max(self.sent_to.get(item.key, 0), item.number)
        item.send(item.data)
