"""The script of one's own complaint, in a browser: reading is told once it was read, and alerts follow their button."""

from __future__ import annotations

import pytest
from playwright.async_api import Browser

from tests.push import PushBrowser, pack
from tests.web.conftest import Town
from tests.web.own_ticket import ASSIGN, PROPOSE, do, life_of, own, posts

__all__ = ["posts"]
pytestmark = [pytest.mark.anyio, pytest.mark.browser]
#: A browser whose push service answers; the real one is the maker's, and not of this network.
PUSH = """
let kept = null;
const made = { endpoint: "https://push.example.org/x", toJSON: () => ({ endpoint: made.endpoint, keys: KEYS }) };
PushManager.prototype.subscribe = async () => (kept = made);
PushManager.prototype.getSubscription = async () => kept;
Notification.requestPermission = async () => "granted";
"""
PRESSED = "(on) => document.querySelector('#alerts button').getAttribute('aria-pressed') === on"


async def test_reading_is_told_and_alerts_follow_their_button(
    town: Town, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(town.house.notices, "on", True)
    mine, keys = await own(town), PushBrowser()
    do(town, mine.ticket, ASSIGN, PROPOSE)
    context = await browser.new_context(viewport={"width": 360, "height": 640}, locale="ur-PK")
    try:
        written = f'{{ p256dh: "{pack(keys.point)}", auth: "{pack(keys.auth)}" }}'
        await context.add_init_script(PUSH.replace("KEYS", written))
        page = await context.new_page()
        faults: list[str] = []
        page.on("pageerror", lambda error: faults.append(str(error)))
        await page.clock.install(time=0)
        await page.clock.pause_at(1_000)  # however long the page takes to come, her time to read begins afterwards
        await page.goto(f"{town.url}{mine.path}")
        assert life_of(town, mine.ticket).arrived_at is None, "fetching is not reading"
        await page.clock.resume()
        await page.wait_for_selector("form[data-read]", state="detached")
        assert life_of(town, mine.ticket).arrived_at is not None
        button = page.locator("#alerts button")
        for on in ("true", "false"):
            await button.click()
            await page.wait_for_function(PRESSED, arg=on)
        assert faults == []
    finally:
        await context.close()
