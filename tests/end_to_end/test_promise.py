"""A promise from the hearing to the next one, on a phone of 360 by 640 in Urdu: noted, read back, kept as a picture,
and read aloud at the beginning of the next hearing, where she is called first.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.end_to_end.people import Door, House, Moderator, Visitor

pytestmark = [pytest.mark.anyio, pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(240)]

HERS = "چک 57 کا پمپ تین ہفتے سے بند ہے"
WRONG, PROMISE = "پمپ جلد ٹھیک ہو جائے گا", "پمپ کی موٹر پیر تک بدل دی جائے گی"
#: Pictures of the way are left here, for whoever wants to look at them.
STILLS = os.environ.get("KACHEHRI_STILLS", "")


async def test_from_the_hearing_to_the_next_one(house: House, visit: Door) -> None:
    session, next = house.sessions["promised"], house.sessions["after_promised"]
    moderator = await visit.moderator(session)
    await moderator.begin()
    her = await visit.citizen()
    paper = await her.write(session, HERS, name="نسرین", phone="0301 2345678")
    await moderator.admit(HERS)
    await her.page.goto(f"/s/{session}/live")
    await moderator.call(HERS)
    await her.pass_the_check()
    await her.is_on_air()
    await ordered(moderator, WRONG)

    # Where she speaks the words are read back to her, and they are not what was said.
    box = her.page.locator("#promise")
    await expect(box).to_contain_text(WRONG)
    await still(her, "1-read-back-on-stage")
    await box.locator("[data-say=no]").click()
    row = moderator.page.locator("[data-read]", has_text=moderator.says("readback.no"))
    await moderator.page.locator("[data-air=finish]").click()
    await expect(row).to_be_visible()
    await her.page.wait_for_url(f"**/s/{session}/live")

    # Noted again; her page calls her to it by itself, and she says yes.
    await ordered(moderator, PROMISE, change=True)
    await her.page.get_by_role("link", name=her.says("promise.read")).click()
    await expect(her.page.locator("#main")).to_contain_text(PROMISE)
    await still(her, "2-read-back")
    await her.page.get_by_role("button", name=her.says("promise.yes")).click()
    await expect(her.page.locator("#main")).to_contain_text(her.says("promise.said_yes"))
    await expect(moderator.page.locator("[data-read=yes]")).to_contain_text(moderator.says("readback.yes"))
    await still(moderator, "3-desk")
    await closed(moderator)

    # Her own page keeps it, with the picture.
    await her.page.goto(paper.path)
    await expect(her.page.locator("#main")).to_contain_text(her.says("promise.was_kept"))
    await still(her, "4-own-page")
    picture = await her.context.request.get(f"{paper.path}/promise.png", timeout=40_000)
    if picture.ok:
        assert picture.headers["content-type"] == "image/png" and len(await picture.body()) < 32_000
        if STILLS:
            Path(STILLS, "5-card.png").write_bytes(await picture.body())
    await her.page.goto(f"/s/{session}/scorecard")
    await expect(her.page.locator("#main")).to_contain_text(her.says("score.p_due"))
    await still(her, "6-scorecard")

    # The next hearing begins with it, and her seat is offered first.
    await moderator.page.goto(f"/sessions/{next}/opening")
    card = moderator.page.locator(".opening-list li", has_text=PROMISE)
    await expect(card).to_contain_text(paper.reference)
    await still(moderator, "7-opening")
    await card.get_by_role("button", name=moderator.says("opening.offer")).click()
    await expect(moderator.page.locator(".opening-list li", has_text=PROMISE)).to_contain_text(
        moderator.says("opening.offered")
    )
    await her.page.goto(paper.path)
    await her.page.locator(f"a[href='/s/{next}']").click()
    await moderator.page.goto(f"/mod/{next}")
    await moderator.begin()
    other = await visit.citizen()
    await other.write(next, "سکول کی چھت ٹپکتی ہے")
    await her.write(next, "وعدے کے پمپ کا کیا ہوا؟")
    for text in ("سکول کی چھت ٹپکتی ہے", "وعدے کے پمپ کا کیا ہوا؟"):
        await moderator.admit(text)
    await moderator.page.goto(f"/sessions/{next}/opening")
    card = moderator.page.locator(".opening-list li", has_text=PROMISE)
    await card.get_by_role("button", name=moderator.says("opening.first")).click()
    await moderator.page.goto(f"/mod/{next}")
    await expect(moderator.page.locator("#line-list li").first).to_contain_text("وعدے کے پمپ")

    # The office says that it is done; it is kept when she says so.
    await moderator.page.goto(f"/sessions/{next}/opening")
    card = moderator.page.locator(".opening-list li", has_text=PROMISE)
    await card.get_by_role("button", name=moderator.says("opening.say.said")).click()
    await her.page.goto(paper.path)
    await still(her, "8-said")
    await her.page.locator("summary", has_text=her.says("promise.kept")).click()
    await still(her, "8-sure")
    await her.page.get_by_role("button", name=her.says("promise.kept_sure")).click()
    await expect(her.page.locator("#main")).to_contain_text(her.says("promise.stands.kept"))
    await moderator.page.goto(f"/sessions/{next}/opening?screen=1")
    await expect(moderator.page.locator("#main")).to_contain_text(moderator.says("opening.title"))
    await still(moderator, "9-screen")
    assert her.faults == [] and moderator.faults == []


def promised_day() -> datetime:
    """At noon, which is of the same day in the district."""
    return (datetime.now(UTC) + timedelta(days=4)).replace(hour=12)


async def ordered(moderator: Moderator, words: str, *, change: bool = False, office: str = "") -> None:
    """An order with its office, its day and its words, from the question on air or from what was heard.

    Arguments:
        office: its name; without one, whichever comes first.
    """
    page = moderator.page
    if change:
        await page.locator("#heard li", has_text=HERS).locator("[data-heard=change]").click()
    else:
        await page.locator("[data-air=outcome]").click()
    dialog = page.locator("#d-outcome")
    await dialog.locator("label", has=page.locator("input[value=ordered]")).click()
    choice = {"label": office} if office else {"index": 1}
    await dialog.locator("#d-outcome-office").select_option(**choice)
    await dialog.locator("#d-outcome-due").fill(promised_day().date().isoformat())
    await dialog.locator("#d-outcome-note").fill(words)
    await dialog.locator("button[type=submit]").click()
    await expect(dialog).to_be_hidden()


async def closed(moderator: Moderator) -> None:
    """The hearing ends; what was asked becomes tickets."""
    page = moderator.page
    await moderator.course("close")
    await page.locator("#d-close button[type=submit]").click()
    await expect(page.locator("body")).to_have_attribute("data-phase", "closed")


async def still(visitor: Visitor, name: str) -> None:
    if STILLS:
        await visitor.page.screenshot(path=Path(STILLS, f"{name}.png"), full_page=True)
