"""Going on from another phone: place, turn and seat come along, the phone before is told, guessing leads nowhere."""

from __future__ import annotations

import asyncio
import threading

import pytest
from playwright.async_api import Browser, expect

from kachehri.carrying import Carrying
from kachehri.guesses import Rule
from kachehri.i18n import words_for
from kachehri.store import Connection, carries
from kachehri.store.tables import Carry
from rooms.lifecycle import CloseSession
from rooms.questions import AdmitQuestion
from rooms.turns import CallTurn
from tests.web.conftest import Phone, Town
from tests.web.test_live_page import phone
from web.pages import carry as carry_page

pytestmark = pytest.mark.anyio
UR = words_for("ur")


async def asked(town: Town, session: str, text: str) -> tuple[Phone, str, str, str]:
    """Somebody with a question: her phone, the question, its number and its code."""
    her = town.phone()
    await her.ask(session, text)
    live = await town.service.live(session)
    question = next(q for q in live.session.queue.questions.values() if live.texts.get(q.content) == text)
    return her, question.id, question.reference, town.service.people.code(question.id)


async def carry(phone: Phone, number: str, code: str) -> int:
    await phone.get("/continue")
    answer = await phone.post("/continue", reference=number, code=code)
    return answer.history[0].status_code if answer.history else answer.status_code


def sees(phone: Phone, number: str) -> bool:
    return f"{number[:2]}-{number[2:6]}-{number[6:]}" in phone.page


async def test_the_place_goes_on_to_another_phone_and_back(town: Town) -> None:
    session = await town.schedule(live=True)
    her, question, number, code = await asked(town, session, "پانی نہیں آ رہا")
    await town.moderate(session, AdmitQuestion(question=question))
    other = town.phone()
    await other.get(f"/s/{session}/live")
    assert not sees(other, number)

    assert await carry(other, number, code) == 303
    assert sees(other, number) and str(other.client.base_url) in str(other.origin)
    await her.get(f"/s/{session}/live")
    assert not sees(her, number) and UR.plain("carry.moved") in her.page
    third = town.phone()
    assert await carry(third, f"{number[:2]}-{number[2:6]} {number[6:]}", " ".join(code)) == 303
    await other.get(f"/s/{session}/live")
    assert not sees(other, number), "one phone speaks for her, the newest"

    assert await carry(her, number, code) == 303
    await her.get(f"/s/{session}/live")
    assert sees(her, number) and UR.plain("carry.moved") not in her.page
    await third.get(f"/s/{session}/live")
    assert not sees(third, number)
    assert town.house.visitors.carrying._as == {}, "everybody is herself again"


async def test_whoever_is_called_comes_to_the_turn(town: Town) -> None:
    session = await town.schedule(live=True)
    _, question, number, code = await asked(town, session, "سڑک ٹوٹی ہے")
    await town.moderate(session, AdmitQuestion(question=question))
    await town.moderate(session, CallTurn(question=question))
    other = town.phone()
    await other.get("/continue")
    answer = await other.post("/continue", reference=number, code=code)
    assert answer.url.path == f"/s/{session}/next"
    assert f'data-turn="{(await turn_of(town, session))}"' in other.page


async def turn_of(town: Town, session: str) -> str:
    return next(iter((await town.service.live(session)).session.stage.turns))


async def test_another_worker_hears_of_it(town: Town) -> None:
    session = await town.schedule(live=True)
    _, question, number, code = await asked(town, session, "بجلی بند ہے")
    elsewhere = Carrying(town.service.store, town.service._bus)
    await elsewhere.start()
    told: list[tuple[str, str]] = []
    elsewhere.follow(told.append)
    asker = (await town.service.live(session)).session.queue.questions[question].asker
    other = town.phone()
    assert await carry(other, number, code) == 303
    await town.until(lambda: _is(told))
    assert told == [(session, asker)]
    assert asker in elsewhere._as.values()
    elsewhere.close()


async def test_a_wrong_number_and_a_wrong_code_are_one_answer_and_the_sixth_try_waits(town: Town) -> None:
    session = await town.schedule(live=True)
    _, _, number, code = await asked(town, session, "گیس نہیں ہے")
    guesser = town.phone("en")
    assert await carry(guesser, "26-0000-0000", code) == 404
    unknown = guesser.page
    wrong = "000000" if code != "000000" else "111111"
    for _ in range(5):
        assert await carry(guesser, number, wrong) == 404
    words = words_for("en")
    assert words.plain("carry.wrong") in unknown and words.plain("carry.wrong") in guesser.page
    assert await carry(guesser, number, code) == 429, "even with the right code"
    assert words.plain("carry.tries") in guesser.page
    assert await carry(guesser, "12", "abc") == 422
    assert words.plain("field.reference") in guesser.page and words.plain("carry.code_field") in guesser.page


async def test_one_code_tried_at_many_numbers_meets_the_share_of_its_network(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(carry_page, "WRONG", Rule("carry wrong here", 3, 3))
    session = await town.schedule(live=True)
    _, _, number, code = await asked(town, session, "نالی بند ہے")
    guesser = town.phone("en")
    assert await carry(guesser, number, code) == 303, "what is right is not counted"
    for end in range(3):
        assert await carry(guesser, f"26-0000-000{end}", "123456") == 404
    assert await carry(guesser, number, code) == 429


async def test_a_reading_that_comes_back_late_does_not_undo_a_later_one(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two places go on at once: neither phone may go on speaking for somebody whose place has left it."""
    carrying = town.house.visitors.carrying
    began, go_on, read = asyncio.Event(), threading.Event(), carries.standing
    loop, first = asyncio.get_running_loop(), [True]

    def late(conn: Connection) -> list[Carry]:
        found = read(conn)
        if first.pop() if first else False:
            loop.call_soon_threadsafe(began.set)
            go_on.wait(30)
        return found

    session = await town.schedule(live=True)
    _, question, number, _code = await asked(town, session, "کچرا نہیں اٹھتا")
    asker = (await town.service.live(session)).session.queue.questions[question].asker
    monkeypatch.setattr(carries, "standing", late)
    early = asyncio.create_task(carrying._reload(None))
    await began.wait()
    taking = asyncio.create_task(carrying.take(session, "d" * 32, asker))
    for _ in range(50):  # time enough for later readings, were they not to wait their turn
        await town.service.read(read)
    go_on.set()
    await asyncio.gather(early, taking)
    assert carrying.participant(session, "d" * 32) == asker


async def test_after_the_end_nothing_is_carried(town: Town) -> None:
    session = await town.schedule(live=True)
    _, _, number, code = await asked(town, session, "اسکول بند ہے")
    await town.moderate(session, CloseSession())
    other = town.phone("en")
    await town.until(lambda: _closed(town, session))
    assert await carry(other, number, code) == 409
    assert words_for("en").plain("carry.over") in other.page


async def test_the_open_page_of_the_phone_before_says_so_at_once(town: Town, browser: Browser) -> None:
    session = await town.schedule(live=True)
    context, page = await phone(browser)
    her, question, number, code = await asked(town, session, "ہسپتال میں دوا نہیں")
    await town.moderate(session, AdmitQuestion(question=question))
    await context.add_cookies(
        [{"name": name, "value": value, "url": town.url} for name, value in her.client.cookies.items() if value]
    )
    await page.goto(f"{town.url}/s/{session}/live")
    await expect(page.locator("#mine-list [data-place]")).to_have_text("1")
    other_context, other = await phone(browser)
    await other.goto(f"{town.url}/continue?number={number}&code={code}")
    await other.locator("form .btn-main").click()
    await expect(other.locator("#mine-list [data-place]")).to_have_text("1")
    await expect(page.locator("#main")).to_contain_text(UR.plain("carry.moved"))
    await expect(page.locator("#mine-list .card")).to_have_count(0)
    await expect(page.locator("#net")).to_be_hidden()
    await town.moderate(session, CallTurn(question=question))
    await other.wait_for_url(f"**/s/{session}/next")
    await context.close()
    await other_context.close()


async def _is(what: object) -> bool:
    return bool(what)


async def _closed(town: Town, session: str) -> bool:
    return (await town.service.live(session)).session.phase == "closed"
