"""A part is there: told by the program over the bus, awaited by whoever serves playlists.

A doorbell and nothing more. The files are the truth: whoever waits looks at the index, and looks again when the bell
rings, or after a short while when nobody rings (another machine's bus, a bus that is away). A disk may be slow, so
files are looked at beside the event loop.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine
from typing import Any, Final, Protocol

from kachehri.bus import Bus, Subscription
from recordings.archive.layout import Index, Part

#: What somebody waits for.
There = Callable[[Index], bool]
Beside = Callable[..., Coroutine[Any, Any, Index]]
TOPIC: Final = "program.part."
#: How often the files are looked at while somebody waits: where no bell rings, and where one does.
LOOK_S: Final = 0.05
LOOK_RUNG_S: Final = 0.5
#: A bell that rang this long ago is relied on.
_RUNG_S: Final = 5.0


class Announcements(Protocol):
    """What the program calls when it has written a part."""

    def part(self, session: str, part: Part) -> None:
        """Tell that it can be read. Never waits and never fails."""


class BusAnnouncements:
    """Over the bus, to every process of the house."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus

    def part(self, session: str, part: Part) -> None:
        self._bus.publish(f"{TOPIC}{session}/{part.rendition}", b"")


class Waiting:
    """Those who wait for parts. One look at the files for all who wait for the same rendition.

    Arguments:
        index: what there is of a session's rendition, read from the files; cheap where nothing has changed.
        beside: calls it beside the event loop.
    """

    def __init__(self, bus: Bus, index: Callable[[str, str], Index], beside: Beside = asyncio.to_thread) -> None:
        self._index, self._beside = index, beside
        self._bells: dict[str, asyncio.Event] = {}
        self._rung: dict[str, float] = {}
        self._watched: dict[str, int] = {}
        self._looking: dict[str, asyncio.Task[Index]] = {}
        self._bus = bus
        self._subscription: Subscription | None = None

    def start(self) -> None:
        self._subscription = self._bus.subscribe(TOPIC, self._ring)

    def close(self) -> None:
        if self._subscription is not None:
            self._subscription.close()
        for bell in self._bells.values():
            bell.set()

    @property
    def kept(self) -> int:
        """How many renditions somebody waits for, or is remembered to have."""
        return len(self._bells.keys() | self._rung.keys() | self._watched.keys() | self._looking.keys())

    async def wait(self, session: str, rendition: str, there: There, timeout: float) -> Index | None:
        """The index once `there` is true of it; None when `timeout` seconds have passed."""
        name = f"{session}/{rendition}"
        deadline = time.monotonic() + timeout
        self._watched[name] = self._watched.get(name, 0) + 1
        try:
            while True:
                bell = self._bells.setdefault(name, asyncio.Event())
                found = await self._look(name, session, rendition)
                if there(found):
                    return found
                left = deadline - time.monotonic()
                if left <= 0:
                    return None
                heard = time.monotonic() - self._rung.get(name, -_RUNG_S) < _RUNG_S
                try:
                    async with asyncio.timeout(min(left, LOOK_RUNG_S if heard else LOOK_S)):
                        await bell.wait()
                except TimeoutError:
                    pass
        finally:
            self._watched[name] -= 1
            if not self._watched[name]:
                del self._watched[name]
                self._bells.pop(name, None)
                self._rung.pop(name, None)

    async def _look(self, name: str, session: str, rendition: str) -> Index:
        """One look for all who come while it lasts; whoever comes after a bell gets one that began after it."""
        task = self._looking.get(name)
        if task is None:
            task = self._looking[name] = asyncio.create_task(self._beside(self._index, session, rendition))
            task.add_done_callback(lambda done: self._looked(name, done))
        return await asyncio.shield(task)

    def _looked(self, name: str, done: asyncio.Task[Index]) -> None:
        if self._looking.get(name) is done:
            del self._looking[name]
        if not done.cancelled():
            done.exception()  # whoever waited has it; where all went away, nobody wants it

    def _ring(self, topic: str, _payload: bytes) -> None:
        name = topic.removeprefix(TOPIC)
        if name not in self._watched:
            return  # names come from the bus and must not pile up here
        self._looking.pop(name, None)  # it may have looked before the part was there
        self._rung[name] = time.monotonic()
        # Those who wait have this bell; the next to come get a new one.
        if (bell := self._bells.pop(name, None)) is not None:
            bell.set()
