"""Lines on their way: typed with a script, on every live page at once, spoken by none, and replayed at the close."""

from __future__ import annotations

import time

import pytest
from playwright.async_api import Browser, BrowserContext, expect

from rooms.base import Actor
from rooms.outcomes import NoteOutcome
from rooms.questions import AdmitQuestion
from rooms.turns import CallTurn, FinishTurn, ReadyTurn
from tests.web.conftest import Phone, Town
from tests.web.test_following import close
from tests.web.test_staff import ended, signed_in
from web.forms import new_key

pytestmark = pytest.mark.anyio
LINES = ("کچہری میں خوش آمدید", "پہلا سوال پانی کا ہے", "موٹر سوموار تک بدل دی جائے گی")


async def opened(browser: Browser, town: Town, phone: Phone) -> BrowserContext:
    """The same browser as this phone, with scripts."""
    context = await browser.new_context(viewport={"width": 360, "height": 640}, locale="ur", base_url=town.url)
    cookies = [{"name": each.name, "value": each.value, "url": town.url} for each in phone.client.cookies.jar]
    await context.add_cookies(cookies)  # type: ignore[arg-type]
    return context


async def test_lines_arrive_in_order_and_are_put_right(town: Town, browser: Browser) -> None:
    session = await town.schedule(live=True)
    captioner = await opened(browser, town, await signed_in(town, "interpreter", "ur"))
    viewer = await opened(browser, town, town.phone("ur"))
    watching, typing = await viewer.new_page(), await captioner.new_page()
    await watching.goto(f"/s/{session}/live")
    await expect(watching.locator("#captions")).to_be_hidden()
    await typing.goto(f"/sessions/{session}/captions")
    for line in LINES:  # the next one is typed while the one before is on its way
        await typing.locator("#line").fill(line)
        await typing.locator("#line").press("Enter")
    await expect(watching.locator("#captions li")).to_have_text(list(LINES))
    await expect(typing.locator("#captions-last li input[name=line]").first).to_have_value(LINES[-1])
    assert await typing.locator("#line").input_value() == ""
    took = [each.at for each in (await town.service.live(session)).session.captions.last]
    assert took == sorted(took)
    first = watching.locator("#captions li").first
    assert await first.get_attribute("lang") == "ur" and await first.get_attribute("dir") == "auto"
    spoken = " ".join(await watching.locator("#sr-status, #sr-alert").all_inner_texts())
    assert not any(line in spoken for line in LINES), "the sound speaks, not the page"

    row = typing.locator("#captions-last li").last
    await row.locator("input[name=line]").fill("بسم اللہ")
    await row.locator("button[value=correct]").click()
    await expect(watching.locator("#captions li").first).to_have_text("بسم اللہ")
    await typing.locator("#captions-last li").last.locator("button[value=take]").click()
    await expect(watching.locator("#captions li")).to_have_text(list(LINES[1:]))
    await captioner.close()
    await viewer.close()


async def test_a_line_that_is_lost_comes_back_into_the_field(town: Town, browser: Browser) -> None:
    session = await town.schedule(live=True)
    captioner = await opened(browser, town, await signed_in(town, "clerk", "ur"))
    page = await captioner.new_page()
    await page.goto(f"/sessions/{session}/captions")
    await page.route("**/captions", lambda route: route.abort())
    await page.locator("#line").fill(LINES[0])
    await page.locator("#line").press("Enter")
    await expect(page.locator("#captions-lost")).to_be_visible()
    await expect(page.locator("#line")).to_have_value(LINES[0])
    await page.unroute("**/captions")
    await page.locator("#line").press("Enter")
    await expect(page.locator("#captions-last li")).to_have_count(1)
    await expect(page.locator("#captions-lost")).to_be_hidden()
    await captioner.close()


async def test_a_line_typed_after_the_login_has_ended_is_not_taken_for_sent(town: Town, browser: Browser) -> None:
    session = await town.schedule(live=True)
    captioner = await opened(browser, town, await signed_in(town, "interpreter", "ur"))
    page = await captioner.new_page()
    await page.goto(f"/sessions/{session}/captions")
    ended(town, "interpreter")
    await page.locator("#line").fill(LINES[0])
    await page.locator("#line").press("Enter")
    await expect(page.locator("#captions-lost")).to_be_visible()
    await expect(page.locator("#line")).to_have_value(LINES[0])
    await captioner.close()


async def test_the_replay_stands_within_a_minute_of_the_close(town: Town, browser: Browser) -> None:
    session = await town.schedule(live=True)
    await town.phone().ask(session, "نلکا بند ہے", area="uc1")
    (question,) = (await town.service.live(session)).session.queue.questions.values()
    await town.moderate(session, AdmitQuestion(question=question.id))
    await town.moderate(session, CallTurn(question=question.id, seat="citizen"))
    (turn,) = (await town.service.live(session)).session.stage.turns
    await town.service.submit(Actor(question.asker, "citizen"), session, ReadyTurn(turn=turn), new_key())
    await town.moderate(session, NoteOutcome(question=question.id, outcome="answered"))
    await town.moderate(session, FinishTurn(turn=turn))
    context = await opened(browser, town, town.phone("ur"))
    page = await context.new_page()
    closed = time.monotonic()
    await close(town, session)
    await page.goto(f"/s/{session}")
    await page.locator(f'a[href="/s/{session}/replay"]').click()
    await expect(page.locator(".chapters > li")).to_have_count(2)
    await expect(page.locator("#c2 h3")).to_have_text("پانی نہیں آ رہا")
    assert time.monotonic() - closed < 60
    await page.locator("#c2 h3 a").click()
    await expect(page.locator("#c2")).to_have_attribute("aria-current", "true")
    assert page.url.endswith("?c=2#c2")
    await context.close()
