"""Redis may be flushed, killed, frozen: nothing is needed but a little time."""

from __future__ import annotations

import asyncio
import random
import signal

import pytest
import redis as plain

from kachehri.bus import BusError
from kachehri.bus import redis as bus_redis
from kachehri.bus.redis import MOST_KEPT, RedisBus
from tests.kachehri.bus.conftest import Ends, heard, until
from tests.servers import Redis

pytestmark = pytest.mark.anyio


@pytest.fixture
async def listening(redis_server: Redis, redis_url: str) -> tuple[Ends, list[bytes], list[int]]:
    ends = Ends(RedisBus(redis_url), RedisBus(redis_url))
    there: list[bytes] = []
    gaps: list[int] = []
    ends.other.subscribe("t", lambda _topic, payload: there.append(payload), lambda: gaps.append(1))
    for bus in (ends.one, ends.other):
        await bus.start()
        await bus.settled()
    return ends, there, gaps


async def close(ends: Ends) -> None:
    await ends.one.close()
    await ends.other.close()


async def says(ends: Ends, there: list[bytes], word: bytes) -> None:
    ends.one.publish("t", word)
    await until(lambda: word in there)


async def test_flushing_everything_changes_nothing(
    redis_server: Redis, listening: tuple[Ends, list[bytes], list[int]]
) -> None:
    ends, there, gaps = listening
    assert await ends.one.burn("nonce", 30)
    await says(ends, there, b"1")
    redis_server.flush()
    await says(ends, there, b"2")
    assert not await ends.one.burn("nonce", 30)
    assert gaps == []
    await close(ends)


@pytest.mark.parametrize("kind", ["pubsub", "normal"])
async def test_killed_connections_come_back(
    redis_server: Redis, listening: tuple[Ends, list[bytes], list[int]], kind: str
) -> None:
    ends, there, gaps = listening
    await says(ends, there, b"1")
    with plain.Redis(port=redis_server.port) as client:
        client.execute_command("CLIENT", "KILL", "TYPE", kind, "SKIPME", "yes")
    if kind == "pubsub":
        await until(lambda: gaps == [1])
    ends.one.publish("t", b"perhaps lost")
    await until(lambda: not ends.one._kept)
    await ends.one.burn("the line to the server is whole", 1)
    await says(ends, there, b"2")
    assert there.count(b"perhaps lost") <= 1
    await close(ends)


async def test_a_restart_is_survived_and_told(
    redis_server: Redis, listening: tuple[Ends, list[bytes], list[int]]
) -> None:
    ends, there, gaps = listening
    await says(ends, there, b"1")
    redis_server.kill()
    assert await ends.one.burn("while away", 30)
    assert not await ends.one.burn("while away", 30)
    await until(lambda: not ends.other._up.is_set())
    redis_server.start()
    await until(lambda: gaps == [1])
    await says(ends, there, b"2")
    await close(ends)


async def test_what_is_published_meanwhile_is_bounded(redis_server: Redis, redis_url: str) -> None:
    redis_server.kill()
    bus = RedisBus(redis_url)
    there: list[bytes] = []
    bus.subscribe("t", lambda _topic, payload: there.append(payload))
    for number in range(MOST_KEPT + 10):
        bus.publish("t", b"%d" % number)
    assert bus.dropped == 10
    redis_server.start()
    await bus.start()
    await until(lambda: bool(there) and there[-1] == b"%d" % (MOST_KEPT + 9))
    await bus.close()


async def test_a_frozen_redis_is_noticed(
    redis_server: Redis, listening: tuple[Ends, list[bytes], list[int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    ends, there, gaps = listening
    monkeypatch.setattr(bus_redis, "SILENCE_S", 0.1)
    await says(ends, there, b"1")
    assert redis_server.process is not None
    redis_server.process.send_signal(signal.SIGSTOP)
    try:
        await until(lambda: not ends.other._up.is_set())
    finally:
        redis_server.process.send_signal(signal.SIGCONT)
    await until(lambda: len(gaps) >= 1)
    await says(ends, there, b"2")
    await close(ends)


async def test_two_spaces_do_not_hear_each_other(redis_url: str) -> None:
    one, other = RedisBus(redis_url, space="lahore"), RedisBus(redis_url, space="multan")
    here: list[tuple[str, bytes]] = []
    for bus in (one, other):
        await bus.start()
    await heard(one, "", here)
    await other.settled()
    other.publish("t", b"not for you")
    one.publish("t", b"for you")
    await until(lambda: bool(here))
    assert here == [("t", b"for you")]
    assert await one.burn("n", 30) and await other.burn("n", 30)
    await one.close()
    await other.close()


@pytest.mark.parametrize(("url", "space"), [("redis://x", "a*"), ("what?", "a")])
async def test_an_address_that_is_none(url: str, space: str) -> None:
    with pytest.raises(BusError) as caught:
        RedisBus(url, space=space)
    assert caught.value.code == "address"


async def test_it_closes_whatever_it_is_doing(redis_url: str) -> None:
    """The library swallows a cancellation that meets the end of a write; a stopping server waited for ever."""
    draw = random.Random(20_261_121)
    for _ in range(60):
        bus = RedisBus(redis_url)
        await bus.start()
        await bus.settled()
        bus.publish("busy/1", b"x")
        await asyncio.sleep(draw.random() * 0.004)
        await asyncio.wait_for(bus.close(), 30)
