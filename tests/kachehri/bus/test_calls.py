"""Questions and answers between the processes of a machine."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from kachehri.bus import BusError
from kachehri.bus.local import MOST_ASKS, LocalHub
from kachehri.bus.local_client import LocalClient
from kachehri.bus.memory import MemoryBus
from tests.kachehri.bus.conftest import Ends, until

pytestmark = pytest.mark.anyio


@pytest.fixture(params=["memory", "to the hub", "from the hub", "through the hub"])
async def pair(request: pytest.FixtureRequest, socket_path: Path) -> AsyncIterator[Ends]:
    """`one` asks, `other` serves."""
    hub, client, second = LocalHub(socket_path), LocalClient(socket_path), LocalClient(socket_path)
    memory = MemoryBus()
    pairs = {
        "memory": Ends(memory, memory),
        "to the hub": Ends(client, hub),
        "from the hub": Ends(hub, client),
        "through the hub": Ends(client, second),
    }
    for bus in (hub, client, second):
        await bus.start()
        await bus.settled()
    yield pairs[request.param]
    for bus in (second, client, hub):
        await bus.close()


async def served(pair: Ends, topic: str, handler: Any) -> None:
    pair.other.serve(topic, handler)
    await pair.other.settled()


async def test_an_answer_comes_back(pair: Ends) -> None:
    async def shout(payload: bytes) -> bytes:
        return payload.upper()

    await served(pair, "shout", shout)
    assert await pair.one.request("shout", b"salaam") == b"SALAAM"
    assert await pair.one.request("shout", b"") == b""


async def test_many_at_once_each_get_their_own(pair: Ends) -> None:
    async def slow_for_small(payload: bytes) -> bytes:
        for _ in range(200 - int(payload)):
            await asyncio.sleep(0)
        return payload

    await served(pair, "echo", slow_for_small)
    answers = await asyncio.gather(*(pair.one.request("echo", b"%d" % number) for number in range(200)))
    assert [int(answer) for answer in answers] == list(range(200))


async def test_nobody_serves(pair: Ends) -> None:
    with pytest.raises(BusError) as caught:
        await pair.one.request("nothing", b"")
    assert caught.value.code == "unserved"


async def test_the_handler_fails(pair: Ends) -> None:
    async def fail(_payload: bytes) -> bytes:
        raise ValueError("a bug")

    await served(pair, "fail", fail)
    with pytest.raises(BusError) as caught:
        await pair.one.request("fail", b"")
    assert caught.value.code == "failed"


async def test_the_handler_takes_too_long(pair: Ends) -> None:
    never = asyncio.Event()

    async def hang(_payload: bytes) -> bytes:
        await never.wait()
        return b""

    await served(pair, "hang", hang)
    with pytest.raises(BusError) as caught:
        await pair.one.request("hang", b"", timeout=0.05)
    assert caught.value.code == "timeout"


async def test_the_newest_server_of_a_topic_gets_the_questions(pair: Ends) -> None:
    async def old(_payload: bytes) -> bytes:
        return b"old"

    async def new(_payload: bytes) -> bytes:
        return b"new"

    await served(pair, "t", old)
    await served(pair, "t", new)
    assert await pair.one.request("t", b"") == b"new"


async def test_a_server_that_vanishes_leaves_nobody_waiting(socket_path: Path) -> None:
    hub, asker, server = LocalHub(socket_path), LocalClient(socket_path), LocalClient(socket_path)
    for bus in (hub, asker, server):
        await bus.start()
    reached = asyncio.Event()

    async def hang(_payload: bytes) -> bytes:
        reached.set()
        await asyncio.Event().wait()
        return b""

    server.serve("media.seat", hang)
    await server.settled()
    question = asyncio.create_task(asker.request("media.seat", b"", timeout=60))
    await reached.wait()
    await server.close()
    with pytest.raises(BusError) as caught:
        await question
    assert caught.value.code == "lost"
    with pytest.raises(BusError) as caught:
        await asker.request("media.seat", b"")
    assert caught.value.code == "unserved"
    await asker.close()
    await hub.close()


async def test_a_hub_that_vanishes_leaves_nobody_waiting_and_comes_back(socket_path: Path) -> None:
    hub, client = LocalHub(socket_path), LocalClient(socket_path)

    async def hang(_payload: bytes) -> bytes:
        await asyncio.Event().wait()
        return b""

    async def echo(payload: bytes) -> bytes:
        return payload

    hub.serve("hang", hang)
    client.serve("echo", echo)
    await hub.start()
    await client.start()
    await client.settled()
    question = asyncio.create_task(client.request("hang", b"", timeout=60))
    await until(lambda: bool(hub._tasks))
    await hub.close()
    with pytest.raises(BusError) as caught:
        await question
    assert caught.value.code == "lost"
    with pytest.raises(BusError) as caught:
        await client.request("hang", b"", timeout=0.05)
    assert caught.value.code == "unreachable"
    again = LocalHub(socket_path)
    again.serve("echo back", echo)
    await again.start()
    assert await client.request("echo back", b"1") == b"1"
    await client.settled()
    assert await again.request("echo", b"2") == b"2"
    await client.close()
    await again.close()


async def test_one_peer_cannot_pile_up_questions_without_end(socket_path: Path) -> None:
    hub, client = LocalHub(socket_path), LocalClient(socket_path)
    await hub.start()
    await client.start()

    async def hang(_payload: bytes) -> bytes:
        await asyncio.Event().wait()
        return b""

    hub.serve("hang", hang)
    await client.settled()
    asked = [asyncio.create_task(client.request("hang", b"", timeout=60)) for _ in range(MOST_ASKS)]
    await until(lambda: len(hub._tasks) == MOST_ASKS)
    with pytest.raises(BusError) as caught:
        await client.request("hang", b"")
    assert caught.value.code == "unreachable"
    await client.close()
    await hub.close()
    answers = await asyncio.gather(*asked, return_exceptions=True)
    assert {getattr(answer, "code", None) for answer in answers} == {"lost"}
