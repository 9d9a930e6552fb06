""" "Your turn is near" on a phone whose page is closed: through a push service of our own, opened as a browser does."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator

import pytest

from kachehri.push_post import Post
from kachehri.store import alerts as rows
from rooms.base import Actor
from rooms.lifecycle import CloseSession
from rooms.questions import AdmitQuestion, WithdrawQuestion
from rooms.turns import CallTurn
from tests.push import PushBrowser, PushService, pack, push_service, signed
from tests.web.conftest import Phone, Town
from web.forms import new_key

pytestmark = pytest.mark.anyio


@pytest.fixture
async def service(town: Town) -> AsyncIterator[PushService]:
    town.house.alerts.post = Post(near=True)
    async with push_service() as found:
        yield found


async def wants(phone: Phone, session: str, browser: PushBrowser, endpoint: str) -> int:
    """What push.js sends when somebody taps "Alert me"."""
    await phone.get(f"/s/{session}/live")
    token = phone.fields()["form_token"]
    body = {"endpoint": endpoint, "p256dh": pack(browser.point), "auth": pack(browser.auth)}
    headers = {"x-form-token": token, "origin": phone.origin}
    return (await phone.client.post(f"/s/{session}/alerts", json=body, headers=headers)).status_code


async def line_of(town: Town, session: str, count: int) -> tuple[list[Phone], list[str]]:
    """So many people in line, in the order of their asking."""
    phones = [town.phone("en" if n % 2 else "ur") for n in range(count)]
    for number, phone in enumerate(phones):
        await phone.ask(session, f"question number {number}")
    live = await town.service.live(session)
    questions = [q.id for q in sorted(live.session.queue.questions.values(), key=lambda q: q.asked_at)]
    for question in questions:
        await town.moderate(session, AdmitQuestion(question=question))
    return phones, questions


async def withdraw(town: Town, session: str, question: str) -> None:
    live = await town.service.live(session)
    asker = Actor(live.session.queue.questions[question].asker, "citizen")
    await town.service.submit(asker, session, WithdrawQuestion(question=question), new_key())


async def test_told_once_at_five_two_one_and_when_called(town: Town, service: PushService) -> None:
    session = await town.schedule(live=True)
    phones, questions = await line_of(town, session, 7)
    browser = PushBrowser()
    assert await wants(phones[6], session, browser, service.endpoint("a")) == 200
    told: list[dict[str, object]] = []
    for before in questions[:6]:  # her place goes from 7 to 1
        await withdraw(town, session, before)
        place = 7 - 1 - questions.index(before)
        if place in (5, 2, 1):
            got = (await service.until(len(told) + 1))[-1]
            told.append(json.loads(browser.opened(got.body)))
    assert [each["body"] for each in told] == [f"آپ کی باری قریب ہے۔ نمبر: {place}" for place in (5, 2, 1)], (
        "in her own language"
    )
    await town.moderate(session, CallTurn(question=questions[6]))
    got = (await service.until(4))[-1]
    call = json.loads(browser.opened(got.body))
    assert call == {
        "title": "کچہری",
        "body": "آپ کی باری آ گئی ہے۔ صفحہ کھولیں۔",
        "path": f"/s/{session}",
        "tag": f"k-{session}",
        "lang": "ur",
        "dir": "rtl",
        "called": True,
    }, "nothing of who she is or what she asked"
    assert {each.headers["urgency"] for each in service.got} == {"high"}
    assert [each.headers["ttl"] for each in service.got] == ["600", "600", "600", "60"]
    assert len({len(each.body) for each in service.got}) == 1, "the service learns nothing from their length"
    claims, key = signed(got.headers["authorization"])
    assert claims["aud"] == service.url
    given = (await phones[0].client.get("/alerts")).json()
    assert given == {"key": key}, "the key that the browser was given"


async def test_a_restart_tells_nobody_again(town: Town, service: PushService) -> None:
    session = await town.schedule(live=True)
    phones, questions = await line_of(town, session, 3)
    browser = PushBrowser()
    assert await wants(phones[2], session, browser, service.endpoint("b")) == 200
    await withdraw(town, session, questions[0])
    await service.until(1)
    alerts = town.house.alerts
    await alerts.stop()
    alerts._told.clear()
    await alerts.start()
    await withdraw(town, session, questions[1])
    got = await service.until(2)
    assert [json.loads(browser.opened(each.body))["body"][-1] for each in got] == ["2", "1"]


async def test_a_browser_that_is_gone_is_forgotten_and_a_weak_service_is_asked_again(
    town: Town, service: PushService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kachehri.alerts.AGAIN_S", 0.01)
    session = await town.schedule(live=True)
    phones, questions = await line_of(town, session, 3)
    service.answers = {"/push/gone": [410], "/push/weak": [503, 201]}
    for name in ("gone", "weak"):
        assert await wants(phones[2], session, PushBrowser(), service.endpoint(name)) == 200
    assert await subscribed(town, session) == 2
    await withdraw(town, session, questions[0])
    await service.until(3)
    assert sorted(each.path for each in service.got) == ["/push/gone", "/push/weak", "/push/weak"]
    await town.until(lambda: _are(town, session, 1))


async def test_taken_back_and_over(town: Town, service: PushService) -> None:
    session = await town.schedule(live=True)
    phones, _ = await line_of(town, session, 2)
    browser = PushBrowser()
    assert await wants(phones[0], session, browser, service.endpoint("a")) == 200
    assert await wants(phones[0], session, browser, service.endpoint("a")) == 200
    assert await subscribed(town, session) == 1, "one browser, however often it says so"
    for number in range(4):
        assert await wants(phones[1], session, PushBrowser(), service.endpoint(str(number))) == 200
    assert await subscribed(town, session) == 4, "three browsers of one person, the newest"
    token = phones[0].fields()["form_token"]
    headers = {"x-form-token": token, "origin": phones[0].origin}
    off = await phones[0].client.post(f"/s/{session}/alerts", json={"endpoint": service.endpoint("a")}, headers=headers)
    assert (off.status_code, await subscribed(town, session)) == (200, 3)
    await town.moderate(session, CloseSession())
    async with asyncio.timeout(30):  # nobody is called after the end
        while await subscribed(town, session):
            await town.service.read(rows.wanted)
    assert service.got == []


@pytest.mark.parametrize("endpoint", ["http://127.0.0.1/a", "https://192.168.0.1/a", "x", ""])
async def test_a_browser_cannot_send_us_anywhere(town: Town, endpoint: str) -> None:
    town.house.alerts.post = Post()
    session = await town.schedule(live=True)
    assert await wants(town.phone(), session, PushBrowser(), endpoint) == 422


async def test_only_our_own_page_may_ask(town: Town) -> None:
    session = await town.schedule(live=True)
    phone = town.phone()
    await phone.get(f"/s/{session}/live")
    for body, headers, status in (
        (b"{}", {}, 403),
        (b"{", {"x-form-token": phone.fields()["form_token"]}, 400),
        (b"{}", {"x-form-token": phone.fields()["form_token"], "origin": "https://elsewhere.example"}, 403),
    ):
        answer = await phone.client.post(f"/s/{session}/alerts", content=body, headers=headers)
        assert answer.status_code == status


async def subscribed(town: Town, session: str) -> int:
    return len(await town.service.read(rows.of_session, session))


async def _are(town: Town, session: str, count: int) -> bool:
    return await subscribed(town, session) == count
