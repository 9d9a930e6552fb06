"""A program can be a thousand browsers, each a row in the database; a town behind one address is not stopped by it."""

from __future__ import annotations

import pytest

from kachehri.allowance import Allowance
from rooms.base import Refused
from tests.web.conftest import Town
from web.visitors import Visitors

pytestmark = pytest.mark.anyio
HERE = "203.0.113.7"


def visitors(town: Town, share: int) -> Visitors:
    house = town.house
    carrying = house.visitors.carrying
    return Visitors(
        house.service, house.identity, carrying, https=lambda: False, newcomers=Allowance(share, lambda: 0.0)
    )


async def test_newcomers_have_a_share_and_whoever_comes_back_needs_none(town: Town) -> None:
    session = await town.schedule()
    met = visitors(town, 3)
    people = [f"{number:016x}" for number in range(3)]
    for each in people:
        await met.admit(each, HERE)
        await met.join(each, session, "citizen", device=f"{each}{each}")
    with pytest.raises(Refused, match="slow_down"):
        await met.admit("f" * 16, HERE)
    for each in people:
        await met.admit(each, HERE)
    restarted = visitors(town, 1)
    await restarted.admit("d" * 16, HERE)
    for each in people:
        await restarted.admit(each, HERE)
    with pytest.raises(Refused, match="slow_down"):
        await restarted.admit("f" * 16, HERE)
    await met.admit("f" * 16, "198.51.100.1")
    await met.admit("e" * 16, "127.0.0.1")


async def test_the_page_is_told_to_wait_and_comes_again(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    async def full(participant: str, address: str) -> None:
        raise Refused("slow_down", retry_ms=1_500)

    session = await town.schedule()
    phone = town.phone()
    await phone.get(f"/s/{session}/live")
    token = phone.fields("/language")["form_token"]

    async def ask() -> int:
        body, headers = {"session": session}, {"x-form-token": token, "origin": phone.origin}
        return (await phone.client.post("/pass", json=body, headers=headers)).status_code

    with monkeypatch.context() as patch:
        patch.setattr(town.house.visitors, "admit", full)
        assert await ask() == 429
        alerts, headers = f"/s/{session}/alerts", {"x-form-token": token, "origin": phone.origin}
        wanted = {"endpoint": "https://push.example.com/a", "p256dh": "x", "auth": "x"}
        assert (await phone.client.post(alerts, json=wanted, headers=headers)).status_code == 429, "alerts are rows too"
    assert await ask() == 200
