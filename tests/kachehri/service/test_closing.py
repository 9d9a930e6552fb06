"""What happens by itself: deadlines after a restart, the close of a hearing, and letting go of what is over."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import pytest

from kachehri import opening
from kachehri.service import Service
from kachehri.store import tickets
from rooms import lifecycle, turns
from rooms.questions import AdmitQuestion
from rooms.session import Session
from tests.bench.house import HOUR_MS, SESSION, citizen, schedule, service_on
from tests.conftest import ManualClock
from tests.kachehri.service.commands import DESK, ask, asked, key, log_of, refused

pytestmark = pytest.mark.anyio


async def test_a_restart_resumes_open_sessions_and_their_deadlines(address: str, clock: ManualClock) -> None:
    async with service_on(address, clock=clock) as before:
        await schedule(before)
        (question,) = await asked(before, 1)
        await before.submit(DESK, SESSION, lifecycle.StartSession(), key(1))
        await before.submit(DESK, SESSION, AdmitQuestion(question=question), key(2))
        await before.submit(DESK, SESSION, turns.CallTurn(question=question), key(3))
        was = (await before.live(SESSION)).session
    async with service_on(address, clock=clock) as after:
        resumed = after.loaded(SESSION)
        assert resumed is not None
        assert resumed.session == was
        await after.tick(clock.advance(89_000))
        assert resumed.session.stage.turns.popitem()[1].state == "called"
    async with service_on(address, clock=clock) as after:
        await after.tick(clock.advance(1_000))
        resumed = await after.live(SESSION)
        assert [turn.state for turn in resumed.session.stage.turns.values()] == ["parked"]


async def closed(service: Service) -> Session:
    async with asyncio.timeout(30):
        while (await service.live(SESSION)).session.phase != "closed":
            await asyncio.sleep(0.01)
    return (await service.live(SESSION)).session


async def test_a_close_that_was_interrupted_ends_by_itself_and_once(address: str, clock: ManualClock) -> None:
    async with service_on(address, clock=clock) as before:
        await schedule(before)
        await asked(before, 600)
        await before.submit(DESK, SESSION, lifecycle.CloseSession(), key(1, "end"))
        # Leaving stops the service in the middle of the close, with its first chunk at most.
    async with service_on(address, clock=clock) as after:
        session = await closed(after)
        assert session.closing.balance is not None
        assert (session.closing.balance.raised, session.closing.balance.tickets) == (600, 600)
        with after.store.read() as conn:
            assert tickets.of_session(conn, SESSION) == (600, 0)
            assert len(tickets.opened_questions(conn, SESSION)) == 600
        assert [row.type for row in log_of(after)].count("session.closed") == 1


async def test_the_scheduled_end_closes_without_anybody(service: Service, clock: ManualClock) -> None:
    await asked(service, 3)
    due = (await service.live(SESSION)).session.lifecycle.ends_at + 2 * HOUR_MS
    clock.now = due
    await service.tick(due)
    session = await closed(service)
    assert session.lifecycle.closing_by == "deadline"


async def over(service: Service) -> Session:
    """A session with one question, closed and done with."""
    await asked(service, 1)
    await service.submit(DESK, SESSION, lifecycle.CloseSession(), key(1, "end"))
    return await closed(service)


async def test_what_is_over_and_unread_is_let_go_of_and_comes_back_whole(service: Service) -> None:
    session = await over(service)
    service.let_go(time.monotonic() - 60)
    assert service.loaded(SESSION) is not None
    service.let_go(time.monotonic() + 1)
    assert service.loaded(SESSION) is None
    assert (await service.live(SESSION)).session == session


async def test_an_open_session_is_never_let_go_of(service: Service) -> None:
    await service.live(SESSION)
    service.let_go(time.monotonic() + 1)
    assert service.loaded(SESSION) is not None


async def test_what_is_over_confirms_what_was_done_and_takes_nothing_new(service: Service) -> None:
    first = await service.submit(citizen(0), SESSION, ask("0: no water"), key(0))
    await over(service)
    assert await service.submit(citizen(0), SESSION, ask("0: no water"), key(0)) == first
    assert await refused(service, citizen(1), ask("0: no water"), key(0)) == "key_conflict"
    assert await refused(service, citizen(1), ask(), key(77)) == "phase"


async def test_a_close_that_met_trouble_goes_on_by_itself(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    write = opening.write
    met: list[int] = []

    def faulty(*given: Any) -> None:
        if not met:
            met.append(1)
            raise LookupError("no triage desk")
        write(*given)

    monkeypatch.setattr(opening, "write", faulty)
    assert (await over(service)).closing.balance is not None
    assert met
