"""One's own numbers by a code on the phone: the same answers for every number, once, and not for long."""

from __future__ import annotations

import html
import re
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from kachehri import phone_codes
from kachehri.i18n import words_for
from kachehri.notices.dispatcher import Dispatcher
from kachehri.notices.simulator import TAKEN, Simulator, simulator
from kachehri.notices.sms import HttpSms
from kachehri.notices.timing import Hours
from kachehri.phone_codes import Asked, PhoneCodes
from kachehri.settings.tree import Sms
from kachehri.store import notices as notice_rows
from tests.web.conftest import Town
from tests.web.own_ticket import own
from tests.web.test_lobby import has
from tests.web.town import Phone

pytestmark = pytest.mark.anyio
EN = words_for("en")


class Post:
    """The house's dispatcher at night, and what the gateway took."""

    def __init__(self, town: Town, gateway: Simulator) -> None:
        self.gateway = gateway
        self._town = town

    async def code(self, to: str) -> str:
        """The code of the last message to a number; nothing where none came."""
        await self.drain()
        said = [each.text for each in self.gateway.taken if each.to == to and re.search(r"\b\d{6}\b", each.text)]
        found = re.search(r"\b\d{6}\b", said[-1]) if said else None
        return found.group() if found else ""

    async def drain(self) -> None:
        # At no hour of the house: whoever asks for a code waits for it now.
        quiet = replace(self._town.house.notices.office, hours=Hours(3, 4))
        await Dispatcher(self._town.service.store, quiet).drain()


@pytest.fixture
async def post(town: Town, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Post]:
    monkeypatch.setattr(town.house.notices, "on", True)
    async with simulator(price=250) as gateway:
        settings = Sms(url=gateway.url, taken=TAKEN, price=250)
        monkeypatch.setitem(town.house.notices.office.gateways, "sms", HttpSms(settings))
        yield Post(town, gateway)


NUMBERS = iter(range(10))


def number() -> str:
    """A phone of its own for each test: what is counted for one is not counted for another."""
    return f"+92300765432{next(NUMBERS)}"


async def asks(phone: Phone, to: str) -> int:
    await phone.get("/mine")
    return (await phone.post("/mine/code", to=to)).status_code


async def types(phone: Phone, code: str) -> int:
    return (await phone.post("/mine/open", code=code)).status_code


def note(page: str) -> str:
    found = re.search(r'name="note" value="([^"]+)"', page)
    assert found is not None
    return html.unescape(found.group(1))


async def test_a_code_on_her_phone_lists_her_numbers_once(town: Town, post: Post) -> None:
    to = number()
    mine = await own(town, phone=to)
    private = await own(town, phone=to, private="1")
    fresh = town.phone("en")
    assert has((await fresh.get("/mine")).text, "numbers.code_how")
    assert await asks(fresh, to) == 200 and to[-4:] in fresh.page
    code = await post.code(to)
    assert code and "water" not in post.gateway.taken[-1].text.lower()
    assert await types(fresh, "000000" if code != "000000" else "111111") == 404
    assert has(fresh.page, "numbers.code_wrong")
    page = fresh.page
    assert await types(fresh, code) == 200
    assert mine.path in fresh.page and private.path not in fresh.page
    again = await fresh.client.post(
        "/mine/open",
        data={"form_token": fresh.fields()["form_token"], "note": note(page), "code": code},
        headers={"origin": fresh.origin},
    )
    assert again.status_code == 410 and mine.path not in again.text and has(again.text, "numbers.code_old")


async def test_a_number_that_nobody_left_gets_the_same_answer(town: Town, post: Post) -> None:
    known, unknown = number(), number()
    await own(town, phone=known)
    pages = []
    for to in (known, unknown):
        phone = town.phone("en")
        assert await asks(phone, to) == 200
        page = re.sub(r'value="[^"]*"', "", phone.page).replace(to[-4:], "····")
        pages.append(re.sub(r"nonce=\S+", "", page))
        await post.drain()
        assert await types(phone, "12345x") == 422
    assert pages[0] == pages[1]
    assert not [each for each in post.gateway.taken if each.to == unknown]
    rows = [each for each in outbox_bodies(town) if b"indexes" in each]
    assert len(rows) >= 2 and not any(known[1:].encode() in each or unknown[1:].encode() in each for each in rows)


def outbox_bodies(town: Town) -> list[bytes]:
    with town.service.store.read() as conn:
        return [bytes(row[0]) for row in conn.exec_driver_sql("SELECT body FROM outbox WHERE kind = 'code'")]


async def test_nothing_is_sent_and_nothing_shown_where_others_read_her_phone(town: Town, post: Post) -> None:
    to = number()
    mine = await own(town, phone=to)
    open_one = await own(town, phone=to)
    for each, said in ((mine, {"plain": "1", "sms": "1"}), (open_one, {"sms": "1"})):
        await each.phone.get(f"{each.path}/notices")
        await each.phone.post(f"{each.path}/notices", language="en", hours="", **said)
    fresh = town.phone("en")
    await asks(fresh, to)
    assert await types(fresh, await post.code(to)) == 200
    assert open_one.path in fresh.page and mine.path not in fresh.page
    await open_one.phone.get(f"{open_one.path}/notices")
    await open_one.phone.post(f"{open_one.path}/notices", language="en", hours="")
    before = len(post.gateway.taken)
    await asks(fresh, to)
    await post.drain()
    assert len(post.gateway.taken) == before


async def test_what_is_about_somebody_is_in_no_list_that_a_message_opens(town: Town, post: Post) -> None:
    to = number()
    mine = await own(town, phone=to)
    with town.service.store.write() as conn:
        conn.exec_driver_sql(f"UPDATE ticket SET privacy = 'protected' WHERE id = '{mine.ticket}'")
    fresh = town.phone("en")
    await asks(fresh, to)
    assert await types(fresh, await post.code(to)) == 200
    assert mine.path not in fresh.page and has(fresh.page, "numbers.code_nothing")


async def test_too_old_is_said_and_leads_on(town: Town, post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    to = number()
    await own(town, phone=to)
    fresh = town.phone("en")
    await asks(fresh, to)
    code = await post.code(to)
    monkeypatch.setattr("kachehri.phone_codes.LIFE_MS", 0)
    assert await types(fresh, code) == 410
    assert has(fresh.page, "numbers.code_old", "numbers.code_send") and to in html.unescape(fresh.page)
    await asks(fresh, to)
    before = len(post.gateway.taken)
    await post.drain()
    assert len(post.gateway.taken) == before, "what comes too late is not sent"


async def test_few_tries_and_few_messages(town: Town, post: Post) -> None:
    to = number()
    await own(town, phone=to)
    fresh = town.phone("en")
    await asks(fresh, to)
    code = await post.code(to)
    wrong = f"{(int(code) + 1) % 10**6:06}"
    assert [await types(fresh, wrong) for _ in range(6)] == [404] * 5 + [429]
    assert await types(fresh, code) == 429, "also the right one"
    assert [await asks(town.phone("en"), to) for _ in range(3)] == [200, 200, 429]


async def test_a_note_of_somebody_elses_making_opens_nothing(town: Town, post: Post) -> None:
    fresh = town.phone("en")
    await asks(fresh, number())
    fields = {"form_token": fresh.fields()["form_token"], "code": "123456"}
    for bad in ("", "+923001234567/1", note(fresh.page)[:-2] + "xx"):
        answer = await fresh.client.post("/mine/open", data={**fields, "note": bad}, headers={"origin": fresh.origin})
        assert answer.status_code == 404


async def test_without_a_gateway_it_is_not_offered(town: Town) -> None:
    phone = town.phone("en")
    page = (await phone.get("/mine")).text
    assert "/mine/code" not in page and has(page, "numbers.find_how")
    fields = {**phone.fields(), "to": "+923001234567"}
    answer = await phone.client.post("/mine/code", data=fields, headers={"origin": phone.origin})
    assert answer.status_code == 404


async def test_a_gateway_that_breaks_off_is_not_asked_twice_and_nobody_has_to_look_at_it(
    town: Town, post: Post
) -> None:
    to = number()
    mine = await own(town, phone=to)
    await post.drain()
    post.gateway.faults.extend(["cut_after"])
    await asks(town.phone("en"), to)
    await post.drain()
    with town.service.store.read() as conn:
        states = conn.exec_driver_sql("SELECT state FROM delivery WHERE template = 'code' AND state = 'unknown'")
        assert len(states.fetchall()) == 1
        assert ("sms", "unknown") in [(each.channel, each.state) for each in notice_rows.standing(conn)]
        assert not [
            each for each in notice_rows.listing(conn, ["unknown"], limit=500) if each.delivery.template == "code"
        ]
    assert mine.path
    metrics = (await town.phone("en").client.get("/metrics")).text
    assert re.search(r'kachehri_messages\{channel="sms",state="unknown"\} [1-9]', metrics)
    assert "kachehri_message_tasks " in metrics and "# TYPE kachehri_messages_cost_total counter" in metrics
    assert to[1:] not in metrics


def test_a_code_follows_from_number_and_instant() -> None:
    codes = PhoneCodes([b"k" * 32])
    asked = Asked("+923001234567", 1_700_000_000_000)
    assert codes.read(codes.note(asked)) == asked and PhoneCodes([b"o" * 32]).read(codes.note(asked)) is None
    code = phone_codes.code_of(phone_codes.key_of(b"k" * 32), asked)
    assert re.fullmatch(r"\d{6}", code) and codes.fits(asked, code)
    assert not codes.fits(asked._replace(at=asked.at + 1), code) and not codes.fits(asked, "")
    many = {phone_codes.code_of(b"x" * 32, Asked("+923001234567", at)) for at in range(2_000)}
    assert len(many) > 1_990, "they are spread over all six digits"
    assert phone_codes.is_old(10, 9) and not phone_codes.is_old(10, 10)
    assert phone_codes.is_old(10, 10 + phone_codes.LIFE_MS)
