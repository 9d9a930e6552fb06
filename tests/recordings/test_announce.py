"""Who waits for a part is woken by the bell, and by a look at the files where none rings."""

from __future__ import annotations

import asyncio

import pytest

from kachehri.bus.memory import MemoryBus
from recordings import announce
from recordings.announce import BusAnnouncements, Waiting
from recordings.archive.layout import Index, Part, Segment

pytestmark = pytest.mark.anyio


def part(index: int) -> Part:
    return Part("light", 1, 7, index, index * 10, 10, 333_333, index == 0, 0, 0)


class Files:
    """An index that a test grows, and how often it was looked at."""

    def __init__(self) -> None:
        self.parts = [part(0)]
        self.looks = 0

    def index(self, session: str, rendition: str) -> Index:
        self.looks += 1
        return Index(session, rendition, (Segment(rendition, 1, 7, 1, tuple(self.parts)),))


def holds(count: int) -> announce.There:
    return lambda index: len(index.segments[0].parts) >= count


async def test_all_who_wait_are_woken_by_one_bell(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(announce, "LOOK_S", 30.0)
    files, bus = Files(), MemoryBus()
    waiting = Waiting(bus, files.index)
    waiting.start()
    tasks = [asyncio.ensure_future(waiting.wait("s1", "light", holds(2), 20.0)) for _ in range(50)]
    await asyncio.sleep(0)
    files.parts.append(part(1))
    BusAnnouncements(bus).part("s1", files.parts[-1])
    found = await asyncio.wait_for(asyncio.gather(*tasks), 5)
    assert all(index is not None and len(index.segments[0].parts) == 2 for index in found)
    assert files.looks == 100
    waiting.close()


async def test_a_bell_of_another_rendition_wakes_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(announce, "LOOK_S", 30.0)
    files, bus = Files(), MemoryBus()
    waiting = Waiting(bus, files.index)
    waiting.start()
    task = asyncio.ensure_future(waiting.wait("s1", "light", holds(2), 20.0))
    await asyncio.sleep(0)
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
    await asyncio.sleep(0)
    files.parts.append(part(1))
    assert await asyncio.wait_for(task, 5) is not None


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
