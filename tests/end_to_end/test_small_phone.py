"""Every citizen page on a phone of 360 by 640, in both languages: nothing sticks out, everything can be touched."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from playwright.async_api import expect

from kachehri.i18n import LANGUAGES
from tests.end_to_end.people import Door, House, Moderator, Visitor

pytestmark = [pytest.mark.anyio, pytest.mark.browser, pytest.mark.slow]

#: A finger needs this much (WCAG 2.2 §2.5.5); CSS pixels.
TARGET = 44
#: What is too low for a finger, with its words. A tick or a dot is touched by its label, and a link within a sentence
#: is as tall as its line (§2.5.5, inline).
LOW = """(target) => [...document.querySelectorAll("a[href], button, input, select, textarea, summary, label.choice")]
  .filter((each) => each.type !== "hidden" && !each.matches(".unseen, .skip, label *") && each.checkVisibility())
  .filter((each) => !(each.matches("p a") && each.closest("p").innerText.trim() !== each.innerText.trim()))
  .filter((each) => each.getBoundingClientRect().height < target - 0.5)
  .map((each) => `${each.tagName}.${each.className} ${each.innerText || each.id}`)"""
OVER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
WRITING = "[document.documentElement.lang, document.documentElement.dir]"
#: Long words, a long name, and both directions in one line.
WORDS = {
    "ur": "چک 110/15-L کے پمپ کی موٹر تین ماہ سے خراب ہے https://example.pk/a/long/address/without/any/break اور",
    "en": "Pump at 110/15-L broken: پمپ کی موٹر خراب Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch",
}


async def test_no_page_sticks_out_and_every_target_is_tall_enough(house: House, visit: Door) -> None:
    session = house.sessions["small_phone"]
    wrong: list[Any] = []
    moderator = await visit.moderator(session)
    await moderator.begin()
    people = {language: await visit.citizen(language) for language in LANGUAGES}
    tickets: dict[str, str] = {}
    for language, visitor in people.items():
        async for name in _before_the_close(visitor, moderator, session, tickets):
            wrong += await _looked_at(visitor, f"{language} {name}")
    await moderator.course("close")
    await moderator.page.locator("#d-close button[type=submit]").click()
    await expect(moderator.page.locator("#balance [data-balance=raised]")).to_have_text("2")
    for language, visitor in people.items():
        for name in (f"/s/{session}", f"/s/{session}/live", tickets[language], "/t/" + tickets[f"{language} number"]):
            await visitor.page.goto(name)
            wrong += await _looked_at(visitor, f"{language} closed {name}")
    assert not wrong, "\n".join(map(str, wrong))


async def _looked_at(visitor: Visitor, name: str) -> list[Any]:
    language = LANGUAGES[visitor.words.language.code]
    found: list[Any] = []
    if over := await visitor.page.evaluate(OVER):
        found.append((name, "sticks out by", over))
    if low := await visitor.page.evaluate(LOW, TARGET):
        found.append((name, "too low", low))
    writing = await visitor.page.evaluate(WRITING)
    if writing != [language.code, language.direction]:
        found.append((name, "lang and dir", writing))
    return found


async def _before_the_close(
    visitor: Visitor, moderator: Moderator, session: str, tickets: dict[str, str]
) -> AsyncIterator[str]:
    """Leads through the pages one after the other; each is looked at where it stands."""
    page, language = visitor.page, visitor.words.language.code
    visitor.refusals = {404, 422}
    for path in ("/", "/how", f"/s/{session}", "/track", "/staff", "/s/aaaaaaaa"):
        await page.goto(path)
        yield path
    await page.goto("/track")
    await page.get_by_role("button", name=visitor.says("track.show")).click()
    await expect(page.locator("#errors")).to_be_visible()
    yield "/track with mistakes"
    await page.goto(f"/s/{session}/ask")
    yield "ask"
    await page.get_by_role("button", name=visitor.says("continue")).click()
    await expect(page.locator("#errors")).to_be_visible()
    yield "ask with mistakes"
    await page.locator(".topics label").first.click()
    yield "ask, a topic chosen"
    await page.locator(".sub:visible .choice").first.click()
    await page.locator("#text").fill(WORDS[language])
    await page.locator("#name").fill("محمد عبدالرحمٰن خان " * 4)
    await page.get_by_role("button", name=visitor.says("continue")).click()
    await expect(page.get_by_role("button", name=visitor.says("check.send"))).to_be_visible()
    yield "check"
    await page.get_by_role("button", name=visitor.says("check.send")).click()
    await expect(page.locator(".ref-n")).to_be_visible()
    tickets[language] = page.url.split("?")[0].removeprefix(visitor.house.url)
    tickets[f"{language} number"] = (await page.locator(".ref-n").inner_text()).strip()
    yield "receipt"
    await page.locator("summary").first.click()
    yield "receipt, about to withdraw"
    await page.goto(tickets[language] + "/slip")
    yield "slip"
    await page.goto("/")
    yield "home with a question of mine"
    await page.goto(f"/s/{session}/live")
    part = WORDS[language][:20]
    await moderator.admit(part)
    await expect(page.locator("#mine-list [data-place]")).to_have_text("1")
    yield "live, in line"
    await moderator.call(part)
    await page.wait_for_url("**/next")
    yield "next"
    await page.locator("#mic-test").click()
    await expect(page.locator("#mic-say")).to_have_text(visitor.says("mic.hear"))
    yield "next, microphone heard"
    await page.get_by_role("button", name=visitor.says("next.ready")).click()
    await visitor.is_on_air()
    yield "stage"
    await page.get_by_role("button", name=visitor.says("stage.done")).click()
    await page.wait_for_url("**/live")
    await expect(page.locator("#mine-list [data-state]")).to_have_text(visitor.says("state.heard"))
    yield "live, heard"
