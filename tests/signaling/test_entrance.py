"""Our own client comes in through the pages: cookies, form token, sign-in, pass."""

from __future__ import annotations

import asyncio

import pytest

from kachehri import staff
from signaling.client import Ended, LiveClient, WebEntrance
from signaling.client.entrance import NoEntry
from tests.web.conftest import Town, town  # noqa: F401  the fixture

pytestmark = pytest.mark.anyio

PASSWORD = "a password that nobody guesses"


async def test_a_citizen_is_the_same_participant_when_she_returns(town: Town) -> None:  # noqa: F811
    session = await town.schedule()
    entrance = WebEntrance(town.url, session)
    async with LiveClient(entrance) as client:
        first = client.participant
        await client.send("question.ask", text="x")
    async with LiveClient(entrance) as client:
        assert client.participant == first and client.personal["questions"]
    async with LiveClient(WebEntrance(town.url, session)) as other:
        assert other.participant != first


async def test_staff_signs_in(town: Town) -> None:  # noqa: F811
    session = await town.schedule()
    store = town.service.store
    await asyncio.to_thread(staff.add, store, "desk-1", "Desk", "moderator", PASSWORD)
    entrance = WebEntrance(town.url, session, "staff")
    with pytest.raises(NoEntry):
        await entrance.sign_in("desk-1", "wrong password")
    await entrance.sign_in("desk-1", PASSWORD)
    async with LiveClient(entrance) as client:
        assert (client.welcome["role"], client.welcome["audience"]) == ("moderator", "desk")
        await client.until(lambda: client.view["staff"][client.participant] == "moderator")


async def test_without_a_sign_in_there_is_no_pass_for_staff(town: Town) -> None:  # noqa: F811
    client = LiveClient(WebEntrance(town.url, await town.schedule(), "staff"))
    with pytest.raises(Ended) as ended:
        await client.__aenter__()
    assert ended.value.code == 403
    with pytest.raises(Ended):
        await client.send("question.ask", text="x")


async def test_a_session_that_does_not_exist_is_final(town: Town) -> None:  # noqa: F811
    with pytest.raises(Ended) as ended:
        await LiveClient(WebEntrance(town.url, "zzzz2345")).__aenter__()
    assert ended.value.code == 404
