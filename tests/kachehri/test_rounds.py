"""Work that comes round: at the start, when it is woken, after faults, and not after the end."""

from __future__ import annotations

import asyncio
import threading

import pytest

from kachehri.rounds import Rounds
from kachehri.store import StoreError

pytestmark = pytest.mark.anyio


class Work:
    """Counts its rounds; raises what it is given, one a round."""

    def __init__(self, *faults: Exception) -> None:
        self.faults, self.count = list(faults), 0
        self.gate = threading.Event()
        self.gate.set()
        self.ended = 0

    def __call__(self) -> None:
        self.count += 1
        if self.faults:
            raise self.faults.pop(0)
        self.gate.wait(30)
        self.ended += 1

    async def until(self, count: int) -> None:
        async with asyncio.timeout(30):
            while self.count < count:
                await asyncio.sleep(0.005)


async def test_it_comes_round_at_the_start_and_when_it_is_woken() -> None:
    work = Work()
    rounds = Rounds("test", work, 3_600.0)
    rounds.start()
    await work.until(1)
    rounds.wake()
    await work.until(2)
    await rounds.close()
    assert work.count == work.ended == 2


async def test_a_fault_is_not_the_end(caplog: pytest.LogCaptureFixture) -> None:
    work = Work(StoreError("busy"), OSError("full"), ValueError("a fault"))
    rounds = Rounds("test", work, 0.01)
    rounds.start()
    await work.until(5)
    await rounds.close()
    assert work.ended >= 1


async def test_a_round_on_its_way_is_waited_for() -> None:
    work = Work()
    work.gate.clear()
    rounds = Rounds("test", work, 3_600.0)
    rounds.start()
    await work.until(1)
    closing = asyncio.ensure_future(rounds.close())
    await asyncio.sleep(0.05)
    assert not closing.done()
    work.gate.set()
    await closing
    assert work.ended == 1
