"""The test of browser, line and microphone before the turn: in words, and nothing of it leaves the phone."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import Browser, expect

from kachehri.i18n import words_for
from tests.web.conftest import Town
from tests.web.test_live_page import INIT_BUSY, phone

pytestmark = pytest.mark.anyio
UR = words_for("ur")


async def test_says_in_words_what_works_and_sends_nothing(town: Town, browser: Browser) -> None:
    session = await town.schedule()
    context, page = await phone(browser, permissions=["microphone"])
    await context.add_init_script(
        "window.made = 0; window.RTCPeerConnection = class { constructor() { window.made += 1; } };"
    )
    sent: list[str] = []
    page.on("request", lambda request: sent.append(f"{request.method} {request.url.removeprefix(town.url)}"))
    await page.goto(f"{town.url}/s/{session}/check")
    row = page.locator("[data-try=browser]")
    await expect(row).to_have_attribute("data-result", "ok")
    await expect(page.locator("[data-try=line]")).to_have_attribute("data-result", re.compile("ok|slow"))
    await expect(page.locator("[data-try=mic] dd")).to_have_text(UR.plain("try.browser_wait"))
    await expect(page.locator("#all-ok")).to_be_hidden()
    await page.locator("#mic-test").click()
    await expect(page.locator("[data-try=mic] dd")).to_have_text(UR.plain("try.mic_ok"))
    await expect(page.locator("#all-ok")).to_be_visible()
    await expect(page.locator("#sr-status")).not_to_be_empty()
    await page.locator("#mic-stop").click()
    await expect(page.locator("#mic-test")).to_be_visible()
    assert await page.evaluate("window.made") == 0, "no connection for sound is made"
    assert {each.split("?")[0] for each in sent if not each.startswith("GET /static/")} == {
        f"GET /s/{session}/check",
        "GET /healthz",
    }
    await context.close()


async def test_a_slow_line_and_a_busy_microphone_are_told_apart(town: Town, browser: Browser) -> None:
    session = await town.schedule()
    context, page = await phone(browser)
    await page.add_init_script(INIT_BUSY)
    await context.route("**/healthz?n=*", lambda route: route.fulfill(status=503))
    await page.goto(f"{town.url}/s/{session}/check")
    await expect(page.locator("[data-try=line]")).to_have_attribute("data-result", "bad")
    await expect(page.locator("[data-try=line] dd")).to_have_text(UR.plain("try.line_bad"))
    await page.locator("#mic-test").click()
    await expect(page.locator("[data-cause=busy]")).to_be_visible()
    await expect(page.locator("#all-ok")).to_be_hidden()
    await context.close()


async def test_a_browser_that_cannot_speak_is_told_so(town: Town, browser: Browser) -> None:
    session = await town.schedule()
    context, page = await phone(browser)
    await page.add_init_script("delete window.RTCPeerConnection;")
    await page.goto(f"{town.url}/s/{session}/check")
    await expect(page.locator("[data-try=browser] dd")).to_have_text(UR.plain("try.browser_bad"))
    await context.close()
    context, page = await phone(browser, java_script_enabled=False)
    await page.goto(f"{town.url}/s/{session}/check")
    await expect(page.locator("#by-hand")).to_be_visible()
    await context.close()


async def test_an_answer_after_the_patience_is_still_an_answer(town: Town, browser: Browser) -> None:
    """Whoever reads the browser's question slowly is told what to do, and heard as soon as she answers."""
    session = await town.schedule()
    context, page = await phone(browser, permissions=["microphone"])
    await page.add_init_script(
        """navigator.permissions.query = () => Promise.resolve({state: "prompt"});
        const patient = window.setTimeout;
        window.setTimeout = (run, ms, ...rest) => patient(run, ms === 12000 ? 300 : ms, ...rest);
        const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
        navigator.mediaDevices.getUserMedia = (what) => new Promise((done) => {
          window.allow = () => done(ask(what)); });"""
    )
    await page.goto(f"{town.url}/s/{session}/check")
    await page.locator("#mic-test").click()
    await expect(page.locator("[data-cause=dismissed]")).to_be_visible()
    await page.evaluate("window.allow()")
    await expect(page.locator("[data-cause=dismissed]")).to_be_hidden()
    await expect(page.locator("[data-try=mic] dd")).to_have_text(UR.plain("try.mic_ok"))
    await context.close()
