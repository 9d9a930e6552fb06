"""Asking with a phone that loses its line, has no room, forbids storage or runs no script; and in two pages at once."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from playwright.async_api import Browser, Page, Route, expect

from kachehri.i18n import words_for
from tests.offline import offline
from tests.servers import SOON_MS
from tests.web.conftest import Town

pytestmark = pytest.mark.anyio
EN = words_for("en")
#: Ways in which a browser keeps nothing (HTML §12.2): forbidden by a setting, or no room left.
FORBIDDEN = "Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('', 'SecurityError'); } });"
FULL = "Storage.prototype.setItem = () => { throw new DOMException('', 'QuotaExceededError'); };"


@asynccontextmanager
async def phone(browser: Browser, town: Town, **options: Any) -> AsyncIterator[Page]:
    context = await browser.new_context(
        viewport={"width": 360, "height": 640}, locale="en-GB", base_url=town.url, **options
    )
    context.set_default_timeout(SOON_MS)
    try:
        yield await context.new_page()
    finally:
        await context.close()


async def write(page: Page, session: str, text: str) -> None:
    await page.goto(f"/s/{session}/ask")
    await page.locator(".topics label").first.click()
    await page.locator(".sub:visible .choice").first.click()
    await page.locator("#text").fill(text)


async def kept(page: Page, text: str) -> None:
    """Wait until the phone has it, and says so."""
    await page.wait_for_function("text => JSON.stringify({ ...localStorage }).includes(text)", arg=text)
    await expect(page.locator("#draft-note")).to_have_text(EN.plain("draft.kept"))


async def check(page: Page) -> None:
    await page.get_by_role("button", name=EN.plain("continue")).click()
    await expect(page.locator("h1")).to_have_text(EN.plain("check.title"))


async def send(page: Page) -> None:
    await page.get_by_role("button", name=EN.plain("check.send")).click()


async def questions(town: Town, session: str) -> int:
    return len((await town.service.live(session)).session.queue.questions)


async def test_two_pages_have_two_drafts_and_never_write_over_each_other(town: Town, browser: Browser) -> None:
    session = await town.schedule()
    async with phone(browser, town) as one:
        await write(one, session, "The road is broken")
        await kept(one, "The road is broken")
        two = await one.context.new_page()
        await two.goto(f"/s/{session}/ask")
        await expect(two.locator("#drafts [data-words]")).to_have_text("The road is broken")
        await expect(two.locator("#text")).to_have_value("")
        await two.locator("#text").fill("The well is dry")
        await kept(two, "The well is dry")
        # Now the second page goes on with the first one's draft, while that page is still open.
        await two.locator("#drafts [data-go-on]").click()
        await expect(two.locator("#text")).to_have_value("The road is broken")
        await two.locator("#text").fill("The road is broken, since May")
        await kept(two, "since May")
        await one.locator("#text").fill("The road is broken and dark")
        await kept(one, "and dark")
        three = await one.context.new_page()
        await three.goto(f"/s/{session}/ask")
        drafts = await three.locator("#drafts [data-words]").all_inner_texts()
        assert sorted(drafts) == ["The road is broken and dark", "The road is broken, since May", "The well is dry"]
        await three.locator("#drafts li", has_text="well").locator("[data-forget]").click()
        await expect(three.locator("#drafts li")).to_have_count(2)


async def test_a_page_that_was_killed_offers_what_was_written(town: Town, browser: Browser) -> None:
    session = await town.schedule()
    async with phone(browser, town) as page:
        await write(page, session, "No medicine")
        await expect(page.locator("#draft-note")).to_have_text(EN.plain("draft.kept"))
        again = await page.context.new_page()
        await page.close()
        await again.goto(f"/s/{session}/ask")
        await again.locator("#drafts [data-go-on]").click()
        await expect(again.locator("#draft-note")).to_have_text(EN.plain("draft.back"))
        await check(again)
        await send(again)
        await expect(again.locator(".ref-n")).to_be_visible()
        await again.goto(f"/s/{session}/ask")
        await expect(again.locator("#drafts")).to_be_hidden()
        await again.go_back()
        await again.go_back()
        await again.goto(f"/s/{session}/ask")
        await expect(again.locator("#drafts")).to_be_hidden()


async def test_without_a_line_it_waits_says_so_and_goes_once(town: Town, browser: Browser) -> None:
    session = await town.schedule()
    async with phone(browser, town) as page:
        await write(page, session, "The transformer burned out")
        await check(page)
        await offline(page.context)
        await send(page)
        await expect(page.locator("#send-note")).to_have_text(EN.plain("send.waiting"))
        assert await questions(town, session) == 0
        await page.context.set_offline(False)
        await expect(page.locator(".ref-n")).to_be_visible()
        assert await questions(town, session) == 1


async def test_an_answer_that_is_lost_on_the_way_makes_no_second_question(town: Town, browser: Browser) -> None:
    session = await town.schedule()
    async with phone(browser, town) as page:
        await write(page, session, "The school roof leaks")
        await check(page)
        lost = 0

        async def lose(route: Route) -> None:
            nonlocal lost
            if route.request.method != "POST" or lost:
                await route.continue_()
                return
            lost += 1
            await route.fetch()  # it arrives; its answer does not
            await route.abort("connectionreset")

        await page.route(f"**/s/{session}/ask", lose)
        await send(page)
        await expect(page.locator("#send-note")).to_have_text(EN.plain("send.waiting"))
        assert await questions(town, session) == 1
        await page.get_by_role("button", name=EN.plain("send.now")).click()
        await expect(page.locator(".ref-n")).to_be_visible()
        assert await questions(town, session) == 1


async def test_a_refusal_is_read_on_the_form(town: Town, browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    session, at = await town.schedule(), time.monotonic()
    # A share comes back with time, and may not while they are asked.
    monkeypatch.setattr(town.house.asking._devices, "_clock", lambda: at)
    async with phone(browser, town) as page:
        for number in range(town.settings.limits.questions_per_minute_device + 1):
            await write(page, session, f"Question {number}")
            await check(page)
            await send(page)
            await expect(page.locator(".ref-n, #errors")).to_be_visible()
        await expect(page.locator("#errors")).to_contain_text("Many questions came from this phone")
        await expect(page.locator("#text")).to_have_value(f"Question {number}")


@pytest.mark.parametrize("fault", [FORBIDDEN, FULL], ids=["forbidden", "full"])
async def test_a_phone_that_keeps_nothing_is_told_so_and_asks_all_the_same(
    town: Town, browser: Browser, fault: str
) -> None:
    session = await town.schedule()
    async with phone(browser, town) as page:
        faults: list[str] = []
        page.on("pageerror", lambda error: faults.append(str(error)))
        await page.add_init_script(fault)
        await write(page, session, "The bus does not come")
        await expect(page.locator("#draft-note")).to_have_text(EN.plain("draft.cannot"))
        await check(page)
        await offline(page.context)
        await send(page)
        await expect(page.locator("#send-note")).to_have_text(EN.plain("send.waiting_here"))
        await page.context.set_offline(False)
        await expect(page.locator(".ref-n")).to_be_visible()
        assert faults == []


@pytest.mark.parametrize("way", ["off", "blocked", "half"])
async def test_without_scripts_everything_is_asked_and_answered(town: Town, browser: Browser, way: str) -> None:
    session = await town.schedule()
    async with phone(browser, town, java_script_enabled=way != "off") as page:
        if way == "blocked":
            await page.route("**/*.js", lambda route: route.abort())
        elif way == "half":

            async def break_off(route: Route) -> None:
                whole = await (await route.fetch()).text()
                await route.fulfill(
                    body=whole[: len(whole) // 2] + "\nthrow new Error('half');", content_type="text/javascript"
                )

            await page.route("**/*.js", break_off)
        await write(page, session, "The clinic is closed")
        await check(page)
        await send(page)
        await expect(page.locator(".ref-n")).to_be_visible()
        await page.unroute_all(behavior="wait")  # the last page's scripts may still be on their way
        assert await questions(town, session) == 1
