"""The scripts of looking a chapter through and of playing a whole hearing, in a browser."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import Browser, Page

from tests.web.conftest import Phone, Town
from tests.web.test_clips import no_guard, with_sound
from tests.web.test_replay import decided
from tests.web.test_staff import signed_in
from web import replay_window

__all__ = ["no_guard"]
pytestmark = [pytest.mark.anyio, pytest.mark.browser]
#: A player that stands where it is put: nothing is decoded here.
STANDS = """
Object.defineProperty(HTMLMediaElement.prototype, "currentTime", {
  get() { return this.placed ?? 0; },
  set(at) { this.placed = at; this.dispatchEvent(new Event("timeupdate")); },
});
Object.defineProperty(HTMLMediaElement.prototype, "readyState", { get: () => 4 });
HTMLMediaElement.prototype.play = function () { this.dispatchEvent(new Event("play")); return Promise.resolve(); };
"""


async def shown(browser: Browser, town: Town, phone: Phone, path: str, native: str = "maybe") -> tuple[Page, list[str]]:
    """A page in a browser that is signed in as this phone, and what goes wrong on it."""
    context = await browser.new_context(viewport={"width": 360, "height": 640})
    cookies = [{"name": each.name, "value": each.value or "", "url": town.url} for each in phone.client.cookies.jar]
    await context.add_cookies(cookies)  # type: ignore[arg-type]
    plays = f"HTMLMediaElement.prototype.canPlayType = () => '{native}';"
    await context.add_init_script(STANDS + plays)
    page = await context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    await page.goto(f"{town.url}{path}")
    return page, faults


async def test_the_moment_is_taken_from_the_player(town: Town, browser: Browser, tmp_path: Path) -> None:
    found = await with_sound(town, tmp_path)
    moderator = await signed_in(town, "moderator")
    page, faults = await shown(browser, town, moderator, f"/sessions/{found.session}/chapters/2/review")
    try:
        await page.evaluate("document.querySelector('audio').currentTime = 61.25")
        await page.locator("[data-take=from]").click()
        assert await page.input_value("#from") == "01:01.2"
        await page.evaluate("document.querySelector('audio').currentTime = 125")
        await page.keyboard.press("o")
        assert await page.input_value("#to") == "02:05.0"
        await page.focus("#reason-mark")
        await page.keyboard.type("io")
        assert await page.input_value("#reason-mark") == "io", "letters are letters where somebody writes"
        assert await page.input_value("#from") == "01:01.2"
        assert await page.locator(".review-lines [data-now]").count() == 1
        assert faults == []
    finally:
        await page.context.close()


async def test_a_chapter_leads_into_the_whole_hearing(town: Town, browser: Browser, tmp_path: Path) -> None:
    found = await with_sound(town, tmp_path)
    decided(town, found, "released")
    page, faults = await shown(browser, town, found.phone, f"/s/{found.session}/replay")
    try:
        await page.locator("#c2 [data-go]").click()
        assert await page.locator("#c2[data-playing]").count() == 1
        assert await page.locator("[data-now-name]").inner_text() == await page.locator("#c2 h3").inner_text()
        await page.select_option("#speed", "1.5")
        assert await page.evaluate("document.querySelector('.whole audio').playbackRate") == 1.5
        assert faults == []
    finally:
        await page.context.close()


@pytest.mark.parametrize("native", ["maybe", ""], ids=["by-itself", "second-player"])
async def test_what_plays_from_another_page_is_named_and_leads_there(
    town: Town, browser: Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, native: str
) -> None:
    monkeypatch.setattr(replay_window, "CHAPTERS", 1)
    found = await with_sound(town, tmp_path)
    decided(town, found, "released")
    page, faults = await shown(browser, town, found.phone, f"/s/{found.session}/replay?c=1", native)
    try:
        assert await page.locator("#c2").count() == 0
        if not native:
            await page.locator("[data-fetch]").click()
        link = page.locator("[data-now-box] a")
        assert not await link.is_visible()
        assert (
            float(await link.get_attribute("data-jump") or "-1") >= 0 < int(await link.get_attribute("data-long") or 0)
        )
        # This recording lasts for milliseconds.
        await link.evaluate("(link) => Object.assign(link.dataset, { jump: 40, long: 60000 })")
        await page.evaluate("document.querySelector('.whole audio').currentTime = 61.5")
        topic = await page.locator("[data-now-name]").inner_text()
        assert topic and topic == await link.get_attribute("data-name")
        async with page.expect_navigation():
            await link.click()
        assert page.url.endswith("c=2#whole-61") and await page.locator("#c2").count() == 1
        await page.locator("[data-fetch]").click()
        if native:
            await page.evaluate("document.querySelector('.whole audio').dispatchEvent(new Event('loadedmetadata'))")
            assert await page.evaluate("document.querySelector('.whole audio').currentTime") == 61
        assert await page.locator("#c2 h3").inner_text() == topic
        assert faults == []
    finally:
        await page.context.close()


async def test_without_a_player_of_its_own_nothing_is_fetched_before_a_tap(
    town: Town, browser: Browser, tmp_path: Path
) -> None:
    found = await with_sound(town, tmp_path)
    decided(town, found, "released")
    page, faults = await shown(browser, town, found.phone, f"/s/{found.session}/replay", native="")
    fetched: list[str] = []
    page.on("request", lambda request: fetched.append(request.url))
    try:
        assert await page.locator(".whole audio").count() == 0
        assert not any("hls" in url for url in fetched)
        async with page.expect_request(lambda request: "replay.m3u8" in request.url):
            await page.locator("[data-fetch]").click()
        assert any("hls" in url for url in fetched) and await page.locator(".whole audio").count() == 1
        assert faults == []
    finally:
        await page.context.close()
