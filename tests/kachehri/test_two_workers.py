"""Two workers on PostgreSQL with Redis between them: one order for all, whoever decides, whatever the bus loses."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any

import pytest

from kachehri import erasure, taken_words
from kachehri.bus.redis import RedisBus
from kachehri.live import Announced
from kachehri.pending import Accepted
from kachehri.service import Service
from kachehri.store import event_log, questions, tickets
from moderation.release import TAKEN
from rooms import lifecycle, turns
from rooms.base import Refused
from rooms.questions import AdmitQuestion, AskQuestion, SupportQuestion
from tests.bench.house import MODERATORS, SESSION, citizen, found, schedule, service_on
from tests.servers import Redis

pytestmark = pytest.mark.anyio
DESK, SECOND = MODERATORS


class Line(RedisBus):
    """A bus that can be made to lose what is said into it."""

    mute = False

    def publish(self, topic: str, payload: bytes) -> None:
        if not self.mute:
            super().publish(topic, payload)


@dataclass
class Pair:
    """Two workers and the lines they speak into. `heard` is what followers at the second were told."""

    one: Service
    other: Service
    line: Line
    heard: list[Announced]

    async def agree(self) -> None:
        """Wait until both know all that is in the log, and hold them against each other and against a follower."""
        first, second = await self.one.live(SESSION), await self.other.live(SESSION)
        await until(lambda: first.seq == second.seq)
        assert first.session == second.session
        assert first.texts == second.texts
        with self.one.store.read() as conn:
            assert event_log.verify(conn, SESSION).seq == first.seq
        numbers = [record.seq for announced in self.heard for record in announced.events]
        assert numbers == list(range(numbers[0], first.seq + 1))


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(30):
        while not true():
            await asyncio.sleep(0.01)


@pytest.fixture
async def pair(postgres_url: str, redis_url: str) -> AsyncIterator[Pair]:
    found(postgres_url)
    first, second = Line(redis_url), Line(redis_url)
    for bus in (first, second):
        await bus.start()
    try:
        async with (
            service_on(postgres_url, bus=first, shared=True) as one,
            service_on(postgres_url, bus=second, shared=True) as other,
        ):
            await first.settled()
            await second.settled()
            await schedule(one)
            await one.live(SESSION)
            heard: list[Announced] = []
            await other.live(SESSION)
            other.follow(heard.append)
            yield Pair(one, other, first, heard)
    finally:
        for bus in (first, second):
            await bus.close()


def ask(service: Service, number: int) -> Any:
    return service.submit(citizen(number), SESSION, AskQuestion(text=f"{number}: no water"), f"ask-{number:024d}")


async def live_questions(pair: Pair, count: int) -> list[str]:
    """That many questions in line, asked and admitted through both workers; the session is live."""
    await pair.one.submit(DESK, SESSION, lifecycle.StartSession(), "start" * 5)
    answers = await asyncio.gather(*(ask((pair.one, pair.other)[each % 2], each) for each in range(count)))
    ids = [answer.result["question"] for answer in answers]
    for number, each in enumerate(ids):
        await pair.one.submit(DESK, SESSION, AdmitQuestion(question=each), f"admit-{number:024d}")
    return ids


async def test_two_moderators_call_different_people_to_one_seat_at_the_same_instant(pair: Pair) -> None:
    first, second = await live_questions(pair, 2)
    for turn in range(10):
        answers = await asyncio.gather(
            pair.one.submit(DESK, SESSION, turns.CallTurn(question=first, seat="citizen-1"), f"one-{turn:024d}"),
            pair.other.submit(SECOND, SESSION, turns.CallTurn(question=second, seat="citizen-1"), f"two-{turn:024d}"),
            return_exceptions=True,
        )
        called = [each for each in answers if isinstance(each, Accepted)]
        refused = [each for each in answers if isinstance(each, Refused)]
        assert len(called) == len(refused) == 1, answers
        assert (refused[0].code, refused[0].params) == ("seat_taken", {"seat": "citizen-1"})
        cancel = turns.CancelTurn(turn=(called[0].result or {})["turn"])
        await pair.other.submit(SECOND, SESSION, cancel, f"off-{turn:024d}")
    await pair.agree()


async def test_whoever_is_ready_last_finds_the_stage_full(pair: Pair) -> None:
    ids = await live_questions(pair, 3)
    called = []
    for number, each in enumerate(ids):
        done = await pair.one.submit(DESK, SESSION, turns.CallTurn(question=each), f"call-{number:024d}")
        called.append((done.result or {})["turn"])
    answers = await asyncio.gather(
        *(
            (pair.one, pair.other)[at % 2].submit(citizen(at), SESSION, turns.ReadyTurn(turn=turn), f"ready-{at:024d}")
            for at, turn in enumerate(called)
        )
    )
    assert all(isinstance(each, Accepted) for each in answers)
    # Two seats, three who are ready: the third waits for one, and cannot be put where none is free.
    with pytest.raises(Refused, match="stage_full"):
        await pair.other.submit(SECOND, SESSION, turns.StageTurn(turn=called[2]), "stage" * 5)
    await pair.agree()
    assert len((await pair.one.live(SESSION)).session.stage.heard()) == 2


async def test_commands_through_both_stand_in_one_log_without_gaps(pair: Pair) -> None:
    await asyncio.gather(*(ask((pair.one, pair.other)[each % 2], each) for each in range(200)))
    await pair.agree()
    assert len((await pair.one.live(SESSION)).session.queue.questions) == 200
    references = {each.reference for each in (await pair.other.live(SESSION)).session.queue.questions.values()}
    assert len(references) == 200


async def test_one_key_at_both_workers_at_the_same_instant_is_carried_out_once(pair: Pair) -> None:
    answers = await asyncio.gather(*(ask((pair.one, pair.other)[each % 2], 7) for each in range(10)))
    assert all(each == answers[0] for each in answers)
    await pair.agree()
    assert len((await pair.one.live(SESSION)).session.queue.questions) == 1


async def test_a_support_given_at_both_workers_counts_once(pair: Pair) -> None:
    question = (await ask(pair.one, 1)).result["question"]
    await asyncio.gather(
        *(
            service.submit(citizen(each), SESSION, SupportQuestion(question=question), f"{at}-{each:024d}")
            for each in range(20)
            for at, service in enumerate((pair.one, pair.other))
        )
    )
    await pair.agree()
    assert (await pair.other.live(SESSION)).session.queue.questions[question].supports == 20
    with pair.one.store.read() as conn:
        assert questions.tallies(conn, SESSION) == {question: 20}


async def test_a_lost_message_is_found_when_the_next_one_comes(pair: Pair) -> None:
    pair.line.mute = True
    await ask(pair.one, 1)
    pair.line.mute = False
    await ask(pair.one, 2)
    await pair.agree()


async def test_a_lost_last_message_is_found_by_the_heartbeat(pair: Pair) -> None:
    await ask(pair.one, 1)
    pair.line.mute = True
    await ask(pair.one, 2)
    pair.line.mute = False
    await pair.agree()


async def test_without_redis_commands_are_taken_and_nothing_is_missing_afterwards(
    pair: Pair, redis_server: Redis
) -> None:
    redis_server.kill()
    try:
        await asyncio.gather(*(ask(pair.one, each) for each in range(5)))
    finally:
        redis_server.start()
    await pair.agree()
    assert len((await pair.other.live(SESSION)).session.queue.questions) == 5


async def test_both_workers_close_and_there_is_one_balance(pair: Pair) -> None:
    await asyncio.gather(*(ask((pair.one, pair.other)[each % 2], each) for each in range(300)))
    await pair.one.submit(DESK, SESSION, lifecycle.CloseSession(), "close" * 5)
    first, second = await pair.one.live(SESSION), await pair.other.live(SESSION)
    await until(lambda: first.session.phase == second.session.phase == "closed")
    await pair.agree()
    with pair.one.store.read() as conn:
        assert tickets.of_session(conn, SESSION) == (300, 0)
        types = [row.type for row in event_log.after(conn, SESSION, 0)]
    assert types.count("session.closed") == 1


async def test_whoever_is_erased_in_one_worker_is_gone_from_the_other(pair: Pair) -> None:
    said = AskQuestion(text="The landlord took the pump away.", name="Zainab")
    with pair.one.store.write() as conn:
        pair.one.people.join(
            conn,
            participant=citizen(1).participant,
            session_id=SESSION,
            role="citizen",
            device=None,
            account=None,
            language="ur",
            now=1,
        )
    question = ((await pair.other.submit(citizen(1), SESSION, said, "e" * 24)).result or {})["question"]
    await pair.agree()
    live = await pair.other.live(SESSION)
    asked = live.session.queue.questions[question]
    assert {asked.content, asked.name} <= live.texts.keys()
    await erasure.erase_person(pair.one, SESSION, citizen(1).participant, reference=asked.reference, account=None)
    await pair.agree()
    assert {asked.content, asked.name}.isdisjoint(live.texts.keys())


async def test_words_that_are_taken_out_in_one_worker_are_out_in_the_other(pair: Pair) -> None:
    await ask(pair.one, 1)
    await pair.agree()
    second = await pair.other.live(SESSION)
    (text_id,) = (question.content for question in second.session.queue.questions.values())
    assert second.texts[text_id] == "1: no water"
    with pair.one.store.write() as conn:
        assert taken_words.take_out(conn, SESSION, text_id, ["no water"], "", "acc", 1) is not None
    pair.one.reword(SESSION)
    for live in (await pair.one.live(SESSION), second):
        await until(lambda live=live: live.texts[text_id] == f"1: {TAKEN}")  # type: ignore[misc]
