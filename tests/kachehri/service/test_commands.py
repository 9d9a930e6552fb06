"""A command on its way through the service: once by its key, together with others, and in nobody's way."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from kachehri import deciding
from kachehri.live import Announced
from kachehri.service import Service
from kachehri.store import StoreError, questions
from rooms import lifecycle
from rooms.base import SYSTEM, Actor, Command, Refused
from rooms.questions import AdmitQuestion, ClassifyQuestion, QuestionAsked
from rooms.session import Session, Tick, decide
from tests.bench.house import SESSION, citizen, schedule, service_on
from tests.conftest import ManualClock
from tests.kachehri.service.commands import DESK, ask, asked, key, log_of, refused

pytestmark = pytest.mark.anyio


async def test_commands_that_come_together_are_committed_together(service: Service) -> None:
    told: list[Announced] = []
    await service.live(SESSION)
    service.follow(told.append)
    await asked(service, 100)
    assert len(told) < 20
    numbers = [record.seq for announced in told for record in announced.events]
    assert numbers == list(range(numbers[0], numbers[0] + 100))
    assert len(log_of(service)) == numbers[-1]


async def test_a_reply_tells_the_number_and_comes_after_the_commit(service: Service) -> None:
    done = await service.submit(citizen(1), SESSION, ask(), key(1))
    with service.store.read() as conn:
        row = questions.by_id(conn, (done.result or {})["question"])
    assert row is not None
    assert (row.reference, row.seq, row.state) == ((done.result or {})["reference"], done.seq, "new")


async def test_the_same_key_and_command_are_carried_out_once(service: Service) -> None:
    first = await service.submit(citizen(1), SESSION, ask(), key(1))
    again = await asyncio.gather(*(service.submit(citizen(1), SESSION, ask(), key(1)) for _ in range(20)))
    assert {each.seq for each in again} == {first.seq}
    assert all(each.result == first.result for each in again)
    assert [row.type for row in log_of(service)].count("question.asked") == 1


async def test_twenty_at_the_same_instant_are_one(service: Service) -> None:
    answers = await asyncio.gather(*(service.submit(citizen(1), SESSION, ask(), key(1)) for _ in range(20)))
    assert all(each == answers[0] for each in answers)
    assert [row.type for row in log_of(service)].count("question.asked") == 1


async def test_a_key_of_another_command_or_person_reveals_nothing(service: Service) -> None:
    await service.submit(citizen(1), SESSION, ask(), key(1))
    assert await refused(service, citizen(1), ask("Something else."), key(1)) == "key_conflict"
    assert await refused(service, citizen(2), ask(), key(1)) == "key_conflict"
    assert [row.type for row in log_of(service)].count("question.asked") == 1


async def test_a_refused_command_may_be_given_again_under_its_key(service: Service) -> None:
    resume = lifecycle.ResumeSession()
    assert await refused(service, DESK, resume, key(1)) == "phase"
    await service.submit(DESK, SESSION, lifecycle.StartSession(), key(2))
    await service.submit(DESK, SESSION, lifecycle.AdjournSession(reason="break"), key(3))
    await service.submit(DESK, SESSION, resume, key(1))


async def test_a_key_is_known_after_a_restart(address: str, clock: ManualClock) -> None:
    async with service_on(address, clock=clock) as before:
        await schedule(before)
        first = await before.submit(citizen(1), SESSION, ask(), key(1))
    async with service_on(address, clock=clock) as after:
        assert await after.submit(citizen(1), SESSION, ask(), key(1)) == first
        assert await refused(after, citizen(2), ask(), key(1)) == "key_conflict"


async def test_the_role_is_asked_before_the_rules(service: Service) -> None:
    (question,) = await asked(service, 1)
    assert await refused(service, citizen(1), AdmitQuestion(question=question)) == "not_allowed"
    assert await refused(service, DESK, Tick()) == "not_allowed"


async def test_a_session_that_is_not_there(service: Service) -> None:
    with pytest.raises(Refused, match="session_unknown"):
        await service.submit(citizen(1), "nothere2", ask(), key(1))
    with pytest.raises(Refused, match="session_unknown"):
        await service.live("nothere2")


async def test_one_faulty_command_does_not_spoil_those_that_came_with_it(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    def faulty(session: Session, command: Command, actor: Actor, ctx: Any) -> Any:
        if isinstance(command, ClassifyQuestion):
            raise ZeroDivisionError
        return decide(session, command, actor, ctx)

    (question,) = await asked(service, 1)
    monkeypatch.setattr(deciding, "decide", faulty)
    answers = await asyncio.gather(
        *(service.submit(citizen(each), SESSION, ask(), key(each, "good")) for each in range(1, 6)),
        service.submit(DESK, SESSION, ClassifyQuestion(question=question, category="water"), key(1, "bad")),
        *(service.submit(citizen(each), SESSION, ask(), key(each, "good")) for each in range(6, 9)),
        return_exceptions=True,
    )
    assert [type(each).__name__ for each in answers].count("Accepted") == 8
    assert isinstance(answers[5], ZeroDivisionError)
    assert len((await service.live(SESSION)).session.queue.questions) == 9
    log_of(service)


async def test_whoever_asked_may_be_gone_before_the_answer(service: Service) -> None:
    gone = asyncio.ensure_future(service.submit(citizen(1), SESSION, ask(), key(1)))
    await asyncio.sleep(0)
    gone.cancel()
    await asked(service, 5, first=2)
    assert [row.type for row in log_of(service)].count("question.asked") == 4
    assert (await service.submit(citizen(1), SESSION, ask(), key(1))).result is not None


async def test_the_system_has_no_key_and_needs_none(service: Service) -> None:
    (question,) = await asked(service, 1)
    done = await service.submit(SYSTEM, SESSION, Tick())
    assert done.seq == len(log_of(service))
    live = await service.live(SESSION)
    assert live.session.queue.questions[question].state == "new"
    assert isinstance(live.session, Session)
    assert QuestionAsked.__struct_config__.tag == log_of(service)[-1].type


async def test_a_value_that_the_database_does_not_take_spoils_only_its_own_command(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    add = questions.add

    def picky(conn: Any, rows: Any) -> None:
        if any(row.asker == citizen(3).participant for row in rows):
            raise StoreError("failed")
        add(conn, rows)

    monkeypatch.setattr(questions, "add", picky)
    commands = (service.submit(citizen(each), SESSION, ask(), key(each)) for each in range(8))
    answers = await asyncio.gather(*commands, return_exceptions=True)
    assert [isinstance(each, Refused) for each in answers] == [each == 3 for each in range(8)]
    log_of(service)


async def test_a_key_of_another_shape_is_refused_before_anything_is_asked(service: Service) -> None:
    for bad in ("short", "x" * 33, "null-\0-000000000000000000"):
        assert await refused(service, citizen(1), ask(), bad) == "malformed"


async def test_one_follower_in_trouble_keeps_nothing_from_the_others(service: Service) -> None:
    await service.live(SESSION)
    told: list[Announced] = []

    def faulty(_: Announced) -> None:
        raise ZeroDivisionError

    service.follow(faulty)
    service.follow(told.append)
    await asked(service, 3)
    assert sum(len(each.events) for each in told) == 3


async def test_a_flood_waits_outside(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kachehri.service.WAITING_MOST", 0)
    assert await refused(service, citizen(1), ask(), key(1)) == "slow_down"
    await service.submit(SYSTEM, SESSION, Tick())
