"""A hearing as people meet it: from the first page on a small phone to the ticket, through pages, sound and picture."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import Page, expect

from tests.end_to_end.people import DESKTOP, Door, House, Moderator, Receipt, Visitor

pytestmark = [pytest.mark.anyio, pytest.mark.browser]

WATER = "چک 57 میں دو مہینے سے پینے کا پانی نہیں آ رہا"
SAME = "دو مہینے سے چک 57 میں پانی نہیں آ رہا، بچے بیمار ہیں"
ROAD = "گلی کی سڑک ٹوٹی ہوئی ہے"
PHONE_NUMBER, DIGITS = "0301 2345678", "5678"
#: What the balance must say: three questions, one joined with hers, one taken back.
BALANCE = {"raised": "3", "tickets": "1", "followers": "1", "withdrawn": "1", "refused": "0"}


@pytest.mark.slow
async def test_her_question_from_the_first_page_to_the_ticket(house: House, visit: Door) -> None:
    session = house.sessions["hearing"]
    her, viewer = await visit.citizen(), await visit.citizen("en", viewport=DESKTOP)

    await her.page.goto("/")
    await her.page.locator(f'a[href="/s/{session}/ask"]').click()
    receipt = await her.write(session, WATER, name="نسرین", phone=PHONE_NUMBER)
    await expect(her.page.locator("h1")).to_have_text(her.says("receipt.sent"))
    await expect(her.page.locator("#main")).to_contain_text(WATER)

    moderator = await visit.moderator(session)
    await moderator.begin()
    await _in_line(her, moderator, session)
    await _heard_and_seen(her, viewer, moderator, session)
    joined, withdrawn = await _one_joined_one_taken_back(visit, moderator, session)
    await _closed(moderator, viewer, session)
    await _followed(her, viewer, receipt, joined, withdrawn)


async def _in_line(her: Visitor, moderator: Moderator, session: str) -> None:
    """She sees her place and why it is hers, without touching the page."""
    await her.page.goto(f"/s/{session}/live")
    mine = her.page.locator("#mine-list .card")
    await expect(mine.locator("[data-state]")).to_have_text(her.says("state.checking"))
    await moderator.admit(WATER)
    await expect(mine.locator("[data-place]")).to_have_text("1")
    await expect(mine.locator("[data-reason]")).to_have_text(her.says("q.by_arrival"))


async def _heard_and_seen(her: Visitor, viewer: Visitor, moderator: Moderator, session: str) -> None:
    """Called, checked, on air; heard and seen by a browser that has nothing to do with hers."""
    await viewer.listen(session)
    assert (await viewer.received())["energy"] == 0

    await moderator.call(WATER)
    await her.pass_the_check()
    await her.is_on_air()
    air = her.page.locator("#air")
    await viewer.hears()
    await her.page.locator("#camera").click()
    await viewer.page.locator("#picture").click()
    await expect(viewer.page.locator("#seats video:visible")).to_have_count(1)
    await viewer.receives(lambda got: got["pictures"] > 0)

    mute = moderator.page.locator("[data-air=mute]")
    await mute.click()
    await expect(air).to_have_text(her.says("stage.muted_by"))
    await viewer.hears_nothing_more()
    before = await viewer.received()
    await mute.click()
    await expect(air).to_have_attribute("data-air", "on")
    await viewer.hears(before["energy"])

    await moderator.page.locator("[data-air=add60]").click()
    await expect(moderator.page.locator("#toast-text")).to_have_text(moderator.says("undo.extend"))
    await expect(her.page.locator("#clock")).to_have_text(re.compile(r"^3:\d\d$"))
    await moderator.page.locator("[data-air=finish]").click()
    await her.page.wait_for_url(f"**/s/{session}/live")
    await expect(viewer.page.locator("#seats video")).to_have_count(0)
    assert "turn.staged" in viewer.events and "turn.dropped" not in viewer.events, "a camera is no broken line"
    await moderator.page.locator("#heard [data-heard=answered]").click()
    await expect(her.page.locator("#mine-list [data-state]")).to_have_text(her.says("state.answered"))


async def _one_joined_one_taken_back(door: Door, moderator: Moderator, session: str) -> tuple[Receipt, Receipt]:
    """Somebody else asks the same and is joined with her; a third person thinks better of it."""
    neighbour, third = await door.citizen(), await door.citizen("en")
    joined = await neighbour.write(session, SAME)
    withdrawn = await third.write(session, ROAD)
    await moderator.choose("triage", SAME)
    await moderator.act("triage", "merge")
    await moderator.page.locator("#d-merge-list label", has_text=WATER).click()
    await moderator.page.locator("#d-merge button[type=submit]").click()
    await expect(moderator.page.locator("[data-list=merged] .count")).to_have_text("1")

    await third.page.locator("details", has_text=third.says("withdraw.open")).locator("summary").click()
    await third.page.get_by_role("button", name=third.says("withdraw.yes")).click()
    await expect(third.page.locator("#main")).to_contain_text(third.says("state.withdrawn"))
    await expect(third.page.get_by_text(third.says("withdraw.open"))).to_have_count(0)
    await expect(moderator.page.locator("#triage-list li", has_text=ROAD)).to_have_count(0)
    return joined, withdrawn


async def _closed(moderator: Moderator, viewer: Visitor, session: str) -> None:
    """The same balance at the console and, for everybody, on the session's page."""
    await moderator.course("close")
    await moderator.page.locator("#d-close button[type=submit]").click()
    for name, count in BALANCE.items():
        await expect(moderator.page.locator(f"#balance [data-balance={name}]")).to_have_text(count)
    await viewer.page.goto(f"/s/{session}")
    await expect(viewer.page.locator("#h-balance")).to_be_visible()
    assert await viewer.page.locator(".figures dd").all_inner_texts() == list(BALANCE.values())


async def _followed(her: Visitor, anyone: Visitor, own: Receipt, joined: Receipt, withdrawn: Receipt) -> None:
    """By her link, by number and phone, and by the public number, which says what was heard and not who she is."""
    proposed = her.says("ticket.state.resolution_proposed")
    await her.page.goto(own.path)
    await expect(her.page.locator("h1")).to_have_text(proposed)
    assert await her.track(own.reference, DIGITS) == 303
    await expect(her.page.locator(".ref-n")).to_have_text(own.reference)
    assert her.page.url.endswith(own.path)

    await anyone.page.goto(f"/t/{own.reference}")
    await expect(anyone.page.locator("h1")).to_have_text(anyone.says("ticket.state.resolution_proposed"))
    words = await anyone.page.locator("body").inner_text()
    assert own.reference in words and not [each for each in (WATER, "نسرین", DIGITS) if each in words]
    await anyone.page.goto(f"/t/{joined.reference}")
    await expect(anyone.page.locator("#main")).to_contain_text(own.reference)
    anyone.refusals = {404}
    answer = await anyone.page.goto(f"/t/{withdrawn.reference}")
    assert answer and answer.status == 404, "what was taken back has no ticket"


async def test_asked_and_followed_without_a_script(house: House, visit: Door) -> None:
    session = house.sessions["without_script"]
    her = await visit.citizen(java_script_enabled=False)
    await her.page.goto("/")
    await her.page.locator(f'a[href="/s/{session}/ask"]').click()
    receipt = await her.write(session, WATER, phone=PHONE_NUMBER)
    await expect(her.page.locator("h1")).to_have_text(her.says("receipt.sent"))
    await her.page.goto(f"/s/{session}/live")
    await expect(her.page.locator("#mine-list .card")).to_contain_text(her.says("q.checking"))
    again = await visit.citizen("en", java_script_enabled=False)
    assert await again.track(receipt.reference, "۵۶۷۸") == 303, "digits of any script"
    await expect(again.page.locator(".ref-n")).to_have_text(receipt.reference)
    await again.page.get_by_text(again.says("receipt.paper")).click()
    await again.page.get_by_role("link", name=again.says("receipt.print_roll")).click()
    await expect(again.page.locator(".ref-n")).to_have_text(receipt.reference)
    await expect(again.page.locator("svg.qr")).to_be_visible()


async def test_a_wrong_number_and_wrong_digits_are_one_answer_and_the_sixth_try_waits(
    house: House, visit: Door
) -> None:
    her, guesser = await visit.citizen("en"), await visit.citizen("en")
    receipt = await her.write(house.sessions["tries"], "No gas since Eid", phone=PHONE_NUMBER)
    guesser.refusals = {404, 429}
    assert await guesser.track("26-0000-0009", DIGITS) == 404
    unknown = await _told(guesser.page)
    for _ in range(5):
        assert await guesser.track(receipt.reference, "0000") == 404
        assert await _told(guesser.page) == unknown
    assert await guesser.track(receipt.reference, DIGITS) == 429, "even with the right digits"
    await expect(guesser.page.locator(".notice-error")).to_have_text(guesser.says("track.tries"))
    await her.page.goto(receipt.path)
    await expect(her.page.locator(".ref-n")).to_have_text(receipt.reference)


async def _told(page: Page) -> str:
    """All that the page says."""
    return await page.locator("body").inner_text()
