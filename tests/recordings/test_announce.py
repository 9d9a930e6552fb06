"""Who waits for a part is woken by the bell, and by a look at the files where none rings."""

from __future__ import annotations

import asyncio
import threading

import pytest

from kachehri.bus.memory import MemoryBus
from recordings import announce
from recordings.announce import BusAnnouncements, Waiting
from recordings.archive.layout import Index, Part, Segment

pytestmark = pytest.mark.anyio


def part(index: int) -> Part:
    return Part("light", 1, 7, index, index * 10, 10, 333_333, index == 0, 0, 0)


class Files:
    """An index that a test grows, and how often it was looked at. `slow`: the first look takes until it is set."""

    def __init__(self, slow: threading.Event | None = None) -> None:
        self.parts = [part(0)]
        self.looks = 0
        self.slow = slow
        self.looked = asyncio.Event()
        self._loop = asyncio.get_running_loop()

    def index(self, session: str, rendition: str) -> Index:
        self.looks += 1
        found = Index(session, rendition, (Segment(rendition, 1, 7, 1, tuple(self.parts)),))
        self._loop.call_soon_threadsafe(self.looked.set)
        if self.slow is not None and self.looks == 1:
            assert self.slow.wait(30)
        return found


def holds(count: int) -> announce.There:
    return lambda index: len(index.segments[0].parts) >= count


async def test_all_who_wait_are_woken_by_one_bell(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(announce, "LOOK_S", 30.0)
    files, bus = Files(), MemoryBus()
    waiting = Waiting(bus, files.index)
    waiting.start()
    tasks = [asyncio.ensure_future(waiting.wait("s1", "light", holds(2), 20.0)) for _ in range(50)]
    await files.looked.wait()
    files.parts.append(part(1))
    BusAnnouncements(bus).part("s1", files.parts[-1])
    found = await asyncio.wait_for(asyncio.gather(*tasks), 30)
    assert all(index is not None and len(index.segments[0].parts) == 2 for index in found)
    assert files.looks == 2, "one for all who came, and one behind the bell"
    waiting.close()


async def test_a_bell_of_another_rendition_wakes_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(announce, "LOOK_S", 30.0)
    files, bus = Files(), MemoryBus()
    waiting = Waiting(bus, files.index)
    waiting.start()
    task = asyncio.ensure_future(waiting.wait("s1", "light", holds(2), 20.0))
    await files.looked.wait()
    for session, rendition in (("s1", "full"), ("s2", "light")):
        bus.publish(f"{announce.TOPIC}{session}/{rendition}", b"")
    for _ in range(5):
        await asyncio.sleep(0)
    assert files.looks == 1 and not task.done()
    task.cancel()


async def test_without_a_bell_the_files_are_looked_at() -> None:
    files = Files()
    waiting = Waiting(MemoryBus(), files.index)
    waiting.start()
    task = asyncio.ensure_future(waiting.wait("s1", "light", holds(2), 20.0))
    await files.looked.wait()
    files.parts.append(part(1))
    assert await asyncio.wait_for(task, 30) is not None


async def test_a_slow_disk_keeps_nobody_else_waiting_and_a_look_from_before_the_bell_is_not_relied_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(announce, "LOOK_S", 30.0)
    slow = threading.Event()
    files, bus = Files(slow), MemoryBus()
    waiting = Waiting(bus, files.index)
    waiting.start()
    first = asyncio.ensure_future(waiting.wait("s1", "light", holds(2), 20.0))
    await files.looked.wait()
    files.parts.append(part(1))
    BusAnnouncements(bus).part("s1", files.parts[-1])
    await asyncio.sleep(0)  # the bus hands it on in the loop's next round
    try:
        assert await asyncio.wait_for(waiting.wait("s1", "light", holds(2), 20.0), 30) is not None
        assert not first.done()
    finally:
        slow.set()
    assert await asyncio.wait_for(first, 30) is not None
    assert files.looks == 3 and waiting.kept == 0
    waiting.close()


async def test_files_that_cannot_be_read_are_whoever_waits_trouble_and_nothing_is_left() -> None:
    def index(session: str, rendition: str) -> Index:
        raise OSError("away")

    waiting = Waiting(MemoryBus(), index)
    for _ in range(2):
        with pytest.raises(OSError, match="away"):
            await waiting.wait("s1", "light", holds(1), 20.0)
    assert waiting.kept == 0


async def test_nobody_waits_for_ever_and_nothing_is_left_of_those_who_waited() -> None:
    files, bus = Files(), MemoryBus()
    waiting = Waiting(bus, files.index)
    waiting.start()
    assert await waiting.wait("s1", "light", holds(2), 0.1) is None
    assert await waiting.wait("s1", "light", holds(1), 0.0) is not None
    for name in range(100):
        bus.publish(f"{announce.TOPIC}made-up-{name}/light", b"")
    await asyncio.sleep(0)
    assert waiting.kept == 0
