"""Two workers on PostgreSQL and Redis: people of one hearing are connected to either, and change between them."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from kachehri.bus.redis import RedisBus
from signaling import codes, presence
from signaling.client import LiveClient
from tests.signaling.sockets import closed, dial, enter, say
from tests.signaling.town import Town, TownEntrance, person, town_at

pytestmark = pytest.mark.anyio


@pytest.fixture
async def workers(postgres_url: str, redis_url: str) -> AsyncIterator[tuple[Town, Town]]:
    async with (
        town_at(address=postgres_url, bus=RedisBus(redis_url)) as one,
        town_at(address=postgres_url, bus=RedisBus(redis_url), session=one.session) as two,
    ):
        yield one, two


async def test_everybody_sees_the_same_hearing(workers: tuple[Town, Town]) -> None:
    one, two = workers
    async with one.client(9, "moderator") as moderator, two.client(1) as asker, one.client(2) as other:
        question = (await asker.send("question.ask", text="x"))["result"]["question"]
        await moderator.until(lambda: question in moderator.view["new"])
        await moderator.send("question.admit", question=question)
        await moderator.send("session.open_doors")
        await moderator.send("session.start")
        await asker.until(lambda: asker.personal["questions"][0]["place"] == 1)
        await moderator.send("turn.call", question=question)
        turn = await asker.until(lambda: asker.personal["turn"])
        await asker.send("turn.ready", turn=turn)
        await other.until(lambda: other.view["turns"][turn]["state"] == "on_stage")
        truth = dict(other.view)
        await asker.until(lambda: asker.view == truth)


async def test_a_pass_is_used_once_on_all_of_them(workers: tuple[Town, Town]) -> None:
    one, two = workers
    entry_pass = one.pass_for(person(1))
    async with dial(one, entry_pass) as link:
        await enter(one, link)
    async with dial(two, entry_pass) as link:
        await say(link, type="hello", versions=[1], session=two.session)
        assert await closed(link) == codes.PASS_STALE.code


async def test_who_changes_workers_misses_nothing(workers: tuple[Town, Town]) -> None:
    one, two = workers
    seen: list[int] = []
    async with one.client(9, "moderator") as stays:
        entrance = TownEntrance(one, person(8), "moderator")
        async with LiveClient(entrance) as moves:
            moves.on("event", lambda event: seen.append(event["seq"]))
            moves.urgent = True
            question = (await stays.send("question.ask", text="x"))["result"]["question"]
            for number in range(12):
                if number % 4 == 2:
                    entrance.url, entrance.origin = (two.url, two.origin) if number % 8 == 2 else (one.url, one.origin)
                    moves.drop()
                await stays.send("question.classify", question=question, category=f"c{number}")
            await moves.until(lambda: moves.view["questions"][question]["category"] == "c11")
            await stays.until(lambda: stays.view["questions"][question]["category"] == "c11")
            assert moves.view == stays.view
    assert seen == sorted(set(seen)) == list(range(seen[0], seen[-1] + 1)), "each event once, in order, none left out"


async def test_a_line_that_moves_to_another_worker_is_no_drop(
    workers: tuple[Town, Town], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(presence, "GRACE_MS", 200)
    one, two = workers
    dropped: list[str] = []
    async with one.client(9, "moderator") as moderator:
        moderator.on("event", lambda event: dropped.append(event["type"]) if "drop" in event["type"] else None)
        async with dial(one, one.pass_for(person(1))) as first:
            await enter(one, first)
            async with two.client(1) as speaker:
                question = (await speaker.send("question.ask", text="x"))["result"]["question"]
                for kind, fields in (
                    ("question.admit", {"question": question}),
                    ("session.open_doors", {}),
                    ("session.start", {}),
                    ("turn.call", {"question": question}),
                ):
                    await moderator.send(kind, **fields)
                turn = await speaker.until(lambda: speaker.personal["turn"])
                await speaker.send("turn.ready", turn=turn)
                await first.close()
                await moderator.until(lambda: "turn.dropped" in dropped)
                await moderator.until(lambda: moderator.view["turns"][turn]["state"] == "on_stage")
