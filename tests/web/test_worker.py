"""The service worker in a real browser: alerts without a page, the last schedule and receipts without a network."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from playwright.async_api import Browser, BrowserContext, Page, expect

from kachehri.alerts import said
from kachehri.i18n import words_for
from rooms.questions import AdmitQuestion
from tests.offline import offline
from tests.web.conftest import Town
from tests.web.test_live_page import phone, until

pytestmark = pytest.mark.anyio
UR = words_for("ur")


async def with_worker(browser: Browser, town: Town, path: str, **options: object) -> tuple[BrowserContext, Page]:
    """A phone whose service worker is in charge of its pages."""
    context, page = await phone(browser, **options)
    await page.goto(town.url + path)
    await until(page, "navigator.serviceWorker.controller !== null")
    return context, page


async def asker(town: Town, session: str, browser: Browser) -> tuple[BrowserContext, Page, str]:
    her = town.phone()
    receipt = await her.ask(session, "پانی نہیں آ رہا")
    context, page = await with_worker(browser, town, f"/s/{session}/live", permissions=["notifications"])
    await context.add_cookies(
        [{"name": name, "value": value, "url": town.url} for name, value in her.client.cookies.items() if value]
    )
    return context, page, receipt


async def test_schedule_and_receipt_are_there_without_a_network_and_say_how_old_they_are(
    town: Town, browser: Browser
) -> None:
    session = await town.schedule(live=True)
    context, page, receipt = await asker(town, session, browser)
    for path in ("/", receipt, f"/s/{session}/live"):
        await page.goto(town.url + path)
    await offline(context)
    for path, shown in (("/", "main"), (receipt, ".ref-n")):
        await page.goto(town.url + path)
        await expect(page.locator(shown)).to_be_visible()
        await expect(page.locator("[data-saved]")).to_contain_text("انٹرنیٹ نہیں ہے")
        assert await page.evaluate("getComputedStyle(document.querySelector('.bar')).position") == "sticky", "dressed"
    await page.goto(f"{town.url}/s/{session}/live")
    await expect(page.locator("h1")).to_have_text(UR.plain("offline.title"))
    kept = await page.evaluate(
        """async () => { const all = []; for (const name of await caches.keys())
          for (const each of await (await caches.open(name)).keys()) all.push(new URL(each.url).pathname);
          return all; }"""
    )
    assert not [path for path in kept if path.endswith(("/live", "/next", "/stage", "/pass")) or "/slip" in path]
    await context.set_offline(False)
    await page.goto(town.url + "/")
    await expect(page.locator("[data-saved]")).to_have_count(0)
    await context.close()


async def test_whoever_is_erased_leaves_no_copy_on_the_phone(town: Town, browser: Browser) -> None:
    session = await town.schedule(live=True)
    context, page, receipt = await asker(town, session, browser)
    for path in ("/", receipt, f"{receipt.partition('?')[0]}/mine"):
        await page.goto(town.url + path)
    kept = """caches.open('k-pages-1').then((kept) => kept.keys())
      .then((all) => all.map((each) => new URL(each.url).pathname))"""
    assert receipt.partition("?")[0] in await page.evaluate(kept)
    await page.evaluate("document.querySelector('form[action$=\"/erase\"] [name=sure]').checked = true")
    async with page.expect_navigation():
        await page.evaluate("document.querySelector('form[action$=\"/erase\"]').submit()")
    await until(page, f"({kept}).then((all) => all.length === 1 && all[0] === '/offline')")
    await context.close()


async def test_a_message_is_shown_in_her_language_and_an_open_page_is_not_disturbed(
    town: Town, browser: Browser
) -> None:
    session = await town.schedule(live=True)
    context, page, _ = await asker(town, session, browser)
    tools = await context.new_cdp_session(page)
    registrations: list[dict[str, Any]] = []
    tools.on("ServiceWorker.workerRegistrationUpdated", lambda event: registrations.extend(event["registrations"]))
    await tools.send("ServiceWorker.enable")
    for _ in range(100):
        if registrations:
            break
        await asyncio.sleep(0.05)

    async def deliver(message: object) -> None:
        await tools.send(
            "ServiceWorker.deliverPushMessage",
            {
                "origin": town.url,
                "registrationId": registrations[0]["registrationId"],
                "data": message if isinstance(message, str) else json.dumps(message),
            },
        )

    shown = """navigator.serviceWorker.ready.then((r) => r.getNotifications())
      .then((all) => all.map((n) => [n.title, n.body, n.lang, n.dir, n.tag, n.data, n.requireInteraction]))"""
    await deliver("nothing of ours")
    await deliver(said(session, "ur", 2))
    assert await page.evaluate(shown) == [], "she sees the page"
    await page.goto(town.url + "/")
    await deliver(said(session, "ur", 2))
    await until(page, f"({shown}).then((all) => all.length === 1)")
    await deliver(said(session, "ur", 0))
    await until(page, f"({shown}).then((all) => all.length === 1 && all[0][6])")
    assert await page.evaluate(shown) == [
        [
            "کچہری",
            "آپ کی باری آ گئی ہے۔ صفحہ کھولیں۔",
            "ur",
            "rtl",
            f"k-{session}",
            f"/s/{session}",
            True,
        ]
    ], "the newer takes the place of the one before"
    await context.close()


async def test_alerts_on_the_page_ring_at_each_step_once(town: Town, browser: Browser) -> None:
    session = await town.schedule(live=True)
    before = town.phone()
    await before.ask(session, "پہلا")
    context, page, _ = await asker(town, session, browser)
    await context.add_init_script(
        """window.rings = []; window.shakes = 0;
        navigator.vibrate = () => { window.shakes += 1; return true; };
        const made = AudioContext.prototype.createOscillator;
        AudioContext.prototype.createOscillator = function () { window.rings.push(1); return made.call(this); };"""
    )
    live = await town.service.live(session)
    questions = [q.id for q in sorted(live.session.queue.questions.values(), key=lambda q: q.asked_at)]
    await page.goto(f"{town.url}/s/{session}/live")
    await expect(page.locator("#alerts")).to_be_hidden()
    await page.locator("#h-mine").click()  # a first tap, without which no sound is allowed
    for question in questions:
        await town.moderate(session, AdmitQuestion(question=question))
    await expect(page).to_have_title("(\u20682\u2069) " + "پینے کا پانی")
    assert await page.evaluate("[window.rings.length, window.shakes]") == [2, 0], "two notes at place 2"
    assert "icon-near" in (await page.locator('link[rel="icon"]').get_attribute("href") or "")
    await expect(page.locator("#alerts")).to_be_visible()
    await page.reload()
    await expect(page.locator("#mine-list [data-place]")).to_have_text("2")
    await page.locator("#h-mine").click()
    assert await page.evaluate("window.rings.length") == 0, "a reload tells nothing again"
    await page.locator("#alerts button").click()
    await expect(page.locator("#alerts p")).to_have_text(UR.plain("alerts.page"))  # Chromium here has no push service
    await expect(page.locator("#alerts button span")).to_have_text(UR.plain("alerts.stop"))
    await page.locator("#alerts button").click()
    await expect(page.locator("#alerts p")).to_have_text(UR.plain("alerts.off"))
    await context.close()
