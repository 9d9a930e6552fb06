"""Behind the stage, as people meet it: a sentence that comes back, a private word that nobody else hears."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from tests.end_to_end.people import Door, House, Moderator, Visitor

pytestmark = [pytest.mark.anyio, pytest.mark.browser]

WATER = "نلکے میں تین ہفتے سے پانی نہیں"
#: Four seconds up and four down, and what a busy machine adds.
TWICE_MS = 25_000


async def says_a_sentence(her: Visitor) -> None:
    """Tone in, tone back: the verdict rests on what the server got and on what came back to this very page."""
    await her.page.locator("#deck-say").click()
    verdict = her.page.locator("#deck-verdict b")
    await expect(verdict).to_have_text(her.says("deck.speak"))
    await expect(verdict).to_have_text(her.says("deck.listen"))
    await expect(verdict).to_have_text(her.says("deck.clear"), timeout=TWICE_MS)
    assert (await her.received())["energy"] > 0.01


async def test_whoever_is_next_hears_herself_and_speaks_with_the_host_alone(house: House, visit: Door) -> None:
    session = house.sessions["deck"]
    her, viewer = await visit.citizen(), await visit.citizen("en")
    await her.write(session, WATER)
    moderator = await visit.moderator(session)
    await moderator.context.grant_permissions(["microphone"])
    await moderator.begin()
    await moderator.admit(WATER)
    await her.page.goto(f"/s/{session}/live")
    await viewer.listen(session)
    await moderator.call(WATER)
    row = moderator.page.locator("#deck > li")
    talk, listen = row.locator("[data-aside-act=talk]"), row.locator("[data-aside-act=listen]")

    # Before she has tested her microphone there is no line, and the desk is told so.
    await listen.click()
    await expect(moderator.page.locator("#stage-problem")).to_have_text(moderator.says("deck.no_line"))

    await her.page.wait_for_url("**/next")
    await her.page.locator("#mic-test").click()
    await expect(her.page.locator("#mic-say")).to_have_text(her.says("mic.hear"))
    await says_a_sentence(her)
    assert (await viewer.received())["packets"] == 0

    aside = her.page.locator("#aside")
    await expect(aside).to_be_hidden()
    await listen.click()
    await expect(aside).to_have_text(her.says("deck.listened"))
    await expect(row.locator("[data-aside-state]")).to_have_text(moderator.says("deck.you_hear"))
    await moderator.hears()
    before = await her.received()

    await talk.click()
    await expect(aside).to_have_text(her.says("deck.talked"))
    await expect(talk).to_have_attribute("aria-pressed", "true")
    await her.hears(before["energy"])
    clerk = await a_clerk(visit, session)
    await expect(clerk.page.locator("#deck > li [data-aside-state]")).to_contain_text(
        clerk.words.raw("deck.other").partition("}")[2].strip()
    )
    assert (await viewer.received())["packets"] == 0

    # On the stage everybody hears her, and the host's private line is over by itself.
    await her.page.get_by_role("button", name=her.says("next.ready")).click()
    await her.is_on_air()
    await viewer.hears()
    await expect(aside).to_be_hidden()
    await expect(moderator.page.locator("#stage-problem")).to_have_text(moderator.says("deck.over_stage"))
    await moderator.hears_nothing_more()
    await moderator.page.locator("[data-air=finish]").click()
    await her.page.wait_for_url(f"**/s/{session}/live")


async def a_clerk(door: Door, session: str) -> Moderator:
    clerk = await Moderator.come(door.house, door.browser, "ur", viewport={"width": 1280, "height": 800})
    door.visitors.append(clerk)
    await clerk.sit_down(session, "clerk")
    return clerk


async def test_an_official_tries_the_line_before_the_doors_open(house: House, visit: Door) -> None:
    session = house.sessions["green_room"]
    chair = await visit.citizen("en")
    await chair.sign_in("chair", f"/official/{session}")
    page = chair.page
    await page.locator("#camera").uncheck()
    await page.locator("#check").click()
    await says_a_sentence(chair)

    moderator = await visit.moderator(session)
    await moderator.context.grant_permissions(["microphone"])
    row = moderator.page.locator("#green > li")
    await expect(row).to_have_count(1)
    before = await chair.received()
    await moderator.page.keyboard.press("t")
    await expect(page.locator("#aside")).to_have_text(chair.says("deck.talked"))
    await expect(row.locator("[data-aside-state]")).to_have_text(moderator.says("deck.you_talk"))
    await moderator.hears()
    await chair.hears(before["energy"])
    await moderator.page.keyboard.press("t")
    await expect(page.locator("#aside")).to_be_hidden()
    await moderator.hears_nothing_more()
