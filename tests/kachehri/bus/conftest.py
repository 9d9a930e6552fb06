"""Each kind of bus, for real, as two ends that know nothing of each other."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from kachehri.bus import Bus
from kachehri.bus.local import LocalHub
from kachehri.bus.local_client import LocalClient
from kachehri.bus.memory import MemoryBus
from kachehri.bus.redis import RedisBus


@dataclass
class Ends:
    one: Any
    other: Any


async def until(true: Callable[[], bool], seconds: float = 30.0) -> None:
    """Wait for what another process or the kernel does."""
    async with asyncio.timeout(seconds):
        while not true():
            await asyncio.sleep(0.005)


async def heard(bus: Bus, prefix: str, into: list[tuple[str, bytes]]) -> None:
    bus.subscribe(prefix, lambda topic, payload: into.append((topic, payload)))
    await bus.settled()


@pytest.fixture
def socket_path(tmp_path: Path) -> Path:
    return tmp_path / "bus.sock"


@pytest.fixture(params=["memory", "local: hub and client", "local: client and hub", "local: clients", "redis"])
async def ends(request: pytest.FixtureRequest, socket_path: Path) -> AsyncIterator[Ends]:
    started: list[Any] = []
    if request.param == "memory":
        bus = MemoryBus()
        started, ends = [bus], Ends(bus, bus)
    elif request.param == "redis":
        url = request.getfixturevalue("redis_url")
        ends = Ends(RedisBus(url), RedisBus(url))
        started = [ends.one, ends.other]
    else:
        hub, client, second = LocalHub(socket_path), LocalClient(socket_path), LocalClient(socket_path)
        started = [hub, client, second]
        pairs = {"local: hub and client": Ends(hub, client), "local: client and hub": Ends(client, hub)}
        ends = pairs.get(request.param, Ends(client, second))
    for bus in started:
        await bus.start()
    for bus in started:
        await bus.settled()
    yield ends
    for bus in reversed(started):
        await bus.close()
