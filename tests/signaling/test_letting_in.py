"""Who is let in over real sockets, from where, with which pass, and how many."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import httpx
import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from signaling import codes
from tests.signaling.sockets import closed, dial, enter, hear, say
from tests.signaling.town import Town, person, town_at

pytestmark = pytest.mark.anyio


async def test_pages_and_sockets_share_one_port(town: Town) -> None:
    async with httpx.AsyncClient(trust_env=False, timeout=30) as http:
        assert (await http.get(town.origin)).text == "pages live here"
    async with dial(town, town.pass_for(person(1))) as link:
        assert link.subprotocol == "kachehri.v1"
        welcome = await enter(town, link)
        assert (welcome["participant"], welcome["audience"], welcome["version"]) == (person(1), "public", 1)
        snapshot = await hear(link)
        assert snapshot["type"] == "snapshot" and snapshot["view"]["session"]["phase"] == "scheduled"
        assert (await hear(link))["type"] == "personal"


@pytest.mark.parametrize(
    ("options", "status"),
    [
        ({"origin": "https://evil.example"}, 403),
        ({"origin": None}, 403),
        ({"path": "/elsewhere"}, 404),
        ({"path": "/live/"}, 404),
        ({"subprotocols": ["chat"]}, 400),
        ({"subprotocols": None}, 400),
    ],
)
async def test_what_does_not_belong_here_is_refused_in_http(town: Town, options: dict[str, Any], status: int) -> None:
    path = options.pop("path", None)
    if path is not None:
        options["url"] = town.origin.replace("http", "ws") + path
    with pytest.raises(InvalidStatus) as refused:
        async with dial(town, town.pass_for(person(1)), **options):
            pass
    assert refused.value.response.status_code == status


async def test_a_pass_that_is_no_good_is_a_close_that_says_come_back(town: Town) -> None:
    """A browser sees nothing of a refused handshake, so the socket opens, and then says why."""
    stale = town.door.passes.issue(town.door.passes.read(town.pass_for(person(1)), town.door.hub.clock.now()).bearer, 0)
    for bad in ("", "x", "a.b", stale):
        async with dial(town, bad) as link:
            assert await closed(link) == codes.PASS_STALE.code


async def test_a_pass_opens_one_connection(town: Town) -> None:
    entry_pass = town.pass_for(person(1))
    async with dial(town, entry_pass) as first, dial(town, entry_pass) as second:
        await enter(town, first)
        await say(second, type="hello", versions=[1], session=town.session)
        assert await closed(second) == codes.PASS_STALE.code


async def test_two_at_once_with_one_pass_are_one(town: Town) -> None:
    entry_pass = town.pass_for(person(1))

    async def attempt() -> bool:
        async with dial(town, entry_pass) as link:
            await say(link, type="hello", versions=[1], session=town.session)
            try:
                return bool((await hear(link))["type"] == "welcome")
            except ConnectionClosed:
                return False

    assert sum(await asyncio.gather(*(attempt() for _ in range(8)))) == 1


async def test_a_pass_is_for_its_session(town: Town) -> None:
    async with dial(town, town.pass_for(person(1))) as link:
        await say(link, type="hello", versions=[1], session="zzzz2345")
        assert await closed(link) == codes.OTHER_SESSION.code
    async with dial(town, town.pass_for(person(1), session="zzzz2345")) as link:
        await say(link, type="hello", versions=[1], session="zzzz2345")
        assert await closed(link) == codes.OTHER_SESSION.code


async def test_a_full_server_says_come_back(tmp_path: Path) -> None:
    async with town_at(tmp_path, per_address=2) as town:
        async with dial(town, town.pass_for(person(1))) as one, dial(town, town.pass_for(person(2))):
            async with dial(town, town.pass_for(person(3))) as third:
                assert await closed(third) == codes.FULL.code
            await one.close()
            async with dial(town, town.pass_for(person(3))) as again:
                assert await enter(town, again)


async def test_proxies_are_believed_only_when_trusted(tmp_path: Path) -> None:
    def via(town: Town, number: int, forwarded: str) -> Any:
        return dial(town, town.pass_for(person(number)), additional_headers={"X-Forwarded-For": forwarded})

    one, other = "198.51.100.7, 203.0.113.9", "203.0.113.9, 198.51.100.7"
    async with town_at(tmp_path, per_address=1, trusted_proxies=("127.0.0.0/8",)) as town:
        async with via(town, 1, one), via(town, 2, other) as two:
            assert await enter(town, two)
            async with via(town, 3, one) as third:
                assert await closed(third) == codes.FULL.code


async def test_named_origins_are_the_only_ones(tmp_path: Path) -> None:
    async with town_at(tmp_path, origins=("https://hearing.example.pk",)) as town:
        async with dial(town, town.pass_for(person(1)), origin="https://hearing.example.pk") as link:
            assert await enter(town, link)
        for foreign in ("https://elsewhere.example", "http://hearing.example.pk"):
            with pytest.raises(InvalidStatus):
                async with dial(town, town.pass_for(person(1)), origin=foreign):
                    pass
        # Whoever announced a wrong address mends it on the machine itself.
        async with dial(town, town.pass_for(person(1))) as link:
            assert await enter(town, link)


async def test_signing_out_ends_the_connections_of_the_account(town: Town) -> None:
    async with dial(town, town.pass_for(person(1), "moderator")) as link, town.client(2) as citizen:
        await enter(town, link)
        town.door.hub.dismiss(f"acc-{person(1)}")
        assert await closed(link) == codes.SIGNED_OUT.code
        assert citizen.ended is None


async def test_a_pass_that_was_given_before_signing_out_opens_nothing(town: Town) -> None:
    early = town.pass_for(person(1), "moderator")
    town.door.hub.dismiss(f"acc-{person(1)}")
    async with dial(town, early) as link:
        await say(link, type="hello", versions=[1], session=town.session)
        assert await closed(link) == codes.PASS_STALE.code
