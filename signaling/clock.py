"""Time for the hub: one door, so that tests move it by hand."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Protocol


class Timer(Protocol):
    """Something that will happen."""

    def cancel(self) -> None:
        """It will not."""


class Clock(Protocol):
    """Milliseconds, and what happens later."""

    def now(self) -> int:
        """The time of day, since the epoch: for people and for passes."""

    def steady(self) -> int:
        """Never runs backwards: for intervals."""

    def later(self, delay_ms: int, callback: Callable[[], None]) -> Timer:
        """Call back once."""


class LoopClock:
    """The running event loop's time."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()

    def now(self) -> int:
        return time.time_ns() // 1_000_000

    def steady(self) -> int:
        return time.monotonic_ns() // 1_000_000

    def later(self, delay_ms: int, callback: Callable[[], None]) -> Timer:
        if delay_ms <= 0:
            return self._loop.call_soon(callback)
        return self._loop.call_later(delay_ms / 1000, callback)
