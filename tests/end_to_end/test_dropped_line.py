"""A line that breaks on the stage: the seat is kept for a while, and the turn until the close."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from tests.end_to_end.people import DESKTOP, Door, House

pytestmark = [pytest.mark.anyio, pytest.mark.browser, pytest.mark.slow]

WORDS = "بجلی تین دن سے بند ہے"


async def test_back_in_time_she_has_the_same_seat_and_is_heard_again(house: House, visit: Door) -> None:
    session = house.sessions["back_in_time"]
    # The browser's offline switch does not always reach what passes by a service worker.
    her = await visit.citizen(service_workers="block")
    viewer = await visit.citizen("en", viewport=DESKTOP)
    await her.write(session, WORDS)
    moderator = await visit.moderator(session)
    await moderator.begin()
    await her.page.goto(f"/s/{session}/live")
    await viewer.listen(session)
    await moderator.admit(WORDS)
    await moderator.call(WORDS)
    await her.pass_the_check()
    await her.is_on_air()
    await viewer.hears()
    speaking = viewer.page.locator("#seats .seat-speaks")
    seat = await speaking.get_attribute("data-seat")

    await her.lose_the_line()
    await expect(moderator.page.locator("#deck li")).to_have_attribute("data-state", "dropped")
    await expect(her.page.locator("#net")).to_be_visible()
    await viewer.hears_nothing_more()
    before = await viewer.received()

    await her.find_the_line()
    await her.is_on_air()
    await viewer.hears(before["energy"])
    await expect(speaking).to_have_attribute("data-seat", seat or "")
    await expect(moderator.page.locator("#air [data-text]")).to_have_text(WORDS)
    told = [event for event in viewer.events if event.startswith("turn.")]
    assert told == ["turn.called", "turn.accepted", "turn.readied", "turn.staged", "turn.dropped", "turn.returned"]


async def test_too_late_she_is_set_aside_and_called_again(house: House, visit: Door) -> None:
    session = house.sessions["too_late"]
    her, viewer = await visit.citizen(), await visit.citizen("en", viewport=DESKTOP)
    await her.write(session, WORDS)
    moderator = await visit.moderator(session)
    await moderator.begin()
    await her.page.goto(f"/s/{session}/live")
    await viewer.listen(session)
    await moderator.admit(WORDS)
    await moderator.call(WORDS)
    await her.pass_the_check()
    await her.is_on_air()
    await viewer.hears()

    await her.another_page()  # the battery is empty
    parked = moderator.page.locator("#parked li")
    await expect(parked).to_have_attribute("data-state", "parked")
    await expect(viewer.page.locator("#seats .seat-speaks")).to_have_count(0)
    await viewer.hears_nothing_more()
    before = await viewer.received()

    await her.page.goto(f"/s/{session}/live")
    await expect(her.page.locator("#mine-list [data-state]")).to_have_text(her.says("state.parked"))
    await expect(her.page.locator("#mine-list [data-reason]")).to_have_text(her.says("q.parked"))
    await parked.locator("[data-turn-act=offer]").click()
    await her.pass_the_check()
    await her.is_on_air()
    await viewer.hears(before["energy"])
    told = [event for event in viewer.events if event.startswith("turn.")]
    assert told[4:] == ["turn.dropped", "turn.parked", "turn.offered", "turn.accepted", "turn.readied", "turn.staged"]
