"""What is taken out is asked once for all, and a database that hangs holds up nobody who can go on. Time by hand."""

from __future__ import annotations

import asyncio

import pytest

from kachehri.store import StoreError
from recordings.edition.plan import Cover
from web import taken_out
from web.taken_out import ANSWER_S, MOST, RELIED_S, Covers, Known, TakenOut

pytestmark = pytest.mark.anyio
OUT = (Cover(1, 2, True, False),)


class Asked:
    """A database that answers when the test lets it."""

    def __init__(self) -> None:
        self.now, self.times = 1_000.0, 0
        self.hangs: asyncio.Event | None = None
        self.fails = False
        self.covers: Covers = ()
        self.last_read = TakenOut(lambda: self.now)

    async def _ask(self) -> Covers:
        self.times += 1
        covers, hangs = self.covers, self.hangs
        if hangs is not None:
            await hangs.wait()
        if self.fails:
            raise StoreError("unreachable")
        return covers

    async def of(self, session: str = "a", *, on: bool = True) -> Known:
        return await self.last_read.of(session, self._ask, on=on)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Asked:
    # What is waited for never comes in these tests; how long it is waited for is all the same.
    monkeypatch.setattr(taken_out, "PATIENCE_S", 0.01)
    return Asked()


async def test_one_question_is_for_all_who_ask_within_a_second(asked: Asked) -> None:
    await asyncio.gather(*(asked.of() for _ in range(20)))
    asked.now += 0.9
    assert await asked.of() == Known((), 0) and asked.times == 1
    asked.covers = OUT
    asked.now += 0.2
    assert await asked.of() == Known(OUT, 0) and asked.times == 2
    await asked.of("b")
    assert asked.times == 3


async def test_a_database_that_is_away_is_asked_once_a_second(asked: Asked) -> None:
    await asked.of()
    asked.fails = True
    asked.now += 1.1
    for _ in range(20):
        assert await asked.of() == Known((), 2)
    assert asked.times == 2
    asked.now += 1.0
    await asked.of()
    assert asked.times == 3
    for _ in range(20):
        with pytest.raises(StoreError):
            await asked.of("never read")
    assert asked.times == 4


async def test_one_that_hangs_is_not_waited_for(asked: Asked) -> None:
    await asked.of()
    hangs = asked.hangs = asyncio.Event()
    asked.now += 1.1
    assert await asked.of() == Known((), 2)
    asked.now += 1.0  # longer than anybody is patient: nobody waits again for the same question
    assert await asked.of() == Known((), 3) and asked.times == 2
    asked.now += ANSWER_S
    await asked.of()
    assert asked.times == 3, "put anew, on another connection"
    asked.hangs, asked.covers = None, OUT
    asked.now += ANSWER_S + 0.1
    assert await asked.of() == Known(OUT, 0)
    hangs.set()
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert await asked.of() == Known(OUT, 0), "an answer that comes too late changes nothing"


async def test_nothing_is_relied_on_for_longer_than_is_said(asked: Asked, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(taken_out, "ANSWER_S", 0.01)
    await asked.of()
    asked.hangs = asyncio.Event()
    asked.now += RELIED_S
    assert await asked.of() == Known((), int(RELIED_S))
    with pytest.raises(StoreError):
        await asked.of(on=False)
    asked.now += 0.1
    with pytest.raises(StoreError):
        await asked.of()
    asked.hangs.set()


async def test_only_so_many_hearings_are_remembered(asked: Asked) -> None:
    for number in range(MOST + 5):
        await asked.of(f"hearing {number}")
    assert len(asked.last_read._hearings) == MOST
    asked.fails = True
    asked.now += 1.1
    assert await asked.of("hearing 5") == Known((), 2)
    with pytest.raises(StoreError):
        await asked.of("hearing 4")
