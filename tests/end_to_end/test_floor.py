"""Whose turn it is to speak, as everybody sees it; a button to hold; a shared screen; a hall that needs no phone."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import expect

from tests.end_to_end.people import DESKTOP, Door, House, Moderator, Visitor

pytestmark = [pytest.mark.anyio, pytest.mark.browser, pytest.mark.slow]

PIPE = "نلکے میں کیچڑ آتا ہے"
DRAIN = "نالہ دو سال سے بند ہے"
HALL = "Union council 57"
#: A screen to show: the browser's own question, which one, cannot be answered by a test.
SCREEN = """
navigator.mediaDevices.getDisplayMedia = async () => {
  const canvas = Object.assign(document.createElement("canvas"), { width: 640, height: 400 });
  const draw = canvas.getContext("2d");
  let n = 0;
  setInterval(() => {
    draw.fillStyle = n++ % 2 ? "white" : "khaki";
    draw.fillRect(0, 0, 640, 400);
  }, 200);
  const stream = canvas.captureStream(5);
  window.shared = stream.getVideoTracks()[0];
  return stream;
};
"""


async def official(door: Door, session: str, login: str, language: str = "ur") -> Visitor:
    """Signed in, at her seat's page, with camera and microphone granted."""
    visitor = await door.citizen(language, viewport=DESKTOP)
    await visitor.context.add_init_script(SCREEN)
    await visitor.sign_in(login, f"/official/{session}")
    return visitor


async def seated(visitor: Visitor, seat: str) -> None:
    await visitor.page.locator("#camera").uncheck()
    await visitor.page.locator("#seat-pick").select_option(seat)
    await visitor.page.locator("#take").click()
    await expect(visitor.page.locator("#air-sign")).to_have_attribute("data-air", "on")


async def test_the_turn_to_speak_a_button_to_hold_a_screen_and_a_hall(house: House, visit: Door) -> None:
    session = house.sessions["floor"]
    her, him = await visit.citizen(), await visit.citizen()
    viewer = await visit.citizen("en", viewport=DESKTOP)
    await her.write(session, PIPE, name="زینب")
    await him.write(session, DRAIN, name="بلال")
    moderator = await visit.moderator(session)
    await moderator.begin()
    await moderator.admit(PIPE)
    await moderator.admit(DRAIN)
    await her.page.goto(f"/s/{session}/live")
    await viewer.listen(session)
    await expect(viewer.page.locator("#floor")).to_be_hidden()

    await moderator.call(PIPE)
    await her.pass_the_check()
    await her.is_on_air()
    await _everybody_knows(her, viewer, moderator)
    await _she_holds_a_button(her, viewer, moderator)
    await _the_chair_shows_a_screen(visit, session, viewer, moderator)
    await moderator.page.locator("[data-air=finish]").click()
    await expect(viewer.page.locator("[data-floor-name]")).to_have_text("Deputy Commissioner")
    await moderator.page.locator('#tiles [data-seat="official-1"] [data-seat-act=floor]').click()
    await expect(viewer.page.locator("#floor")).to_be_hidden()
    await _heard_from_a_hall(visit, session, him, viewer, moderator)


async def _everybody_knows(her: Visitor, viewer: Visitor, moderator: Moderator) -> None:
    """Who has the turn, on each page; who is heard speaking; how the line is."""
    await expect(her.page.locator("#floor")).to_have_text(her.says("floor.yours"))
    await expect(viewer.page.locator("[data-floor-name]")).to_have_text("زینب")
    await expect(viewer.page.locator("#floor [data-time]")).to_have_text(re.compile(r"^[23]:\d\d$"))
    speaking = viewer.page.locator("#seats .seat-speaks")
    await expect(speaking).to_have_attribute("data-speaks", "")
    await expect(speaking.locator(".voice")).to_be_visible()
    await expect(her.page.locator("#air .voice")).to_be_visible()
    health = moderator.page.locator("#air [data-health]")
    await expect(health.locator("[data-health-word]")).to_have_text(moderator.says("health.good"))
    await expect(health.locator("button")).to_be_hidden()
    await health.locator("summary").click()
    await expect(health.locator("[data-health-figures]")).to_be_visible()


async def _she_holds_a_button(her: Visitor, viewer: Visitor, moderator: Moderator) -> None:
    """Her own choice first, with the keyboard; then the desk asks for it, and a finger holds the button."""
    air, hold = her.page.locator("#air"), her.page.locator("button[data-hold]")
    silent = viewer.page.locator("#seats .seat-speaks:not([data-speaks])")
    await her.page.locator("[data-talk=hold]").click()
    await expect(air).to_have_attribute("data-air", "held")
    await expect(silent).to_be_visible()
    await hold.focus()
    await her.page.keyboard.down("Space")
    await expect(hold).to_have_attribute("aria-pressed", "true")
    await expect(air).to_have_attribute("data-air", "on")
    await expect(viewer.page.locator("#seats .seat-speaks[data-speaks]")).to_be_visible()
    await her.page.keyboard.up("Space")
    await expect(air).to_have_attribute("data-air", "held")
    await her.page.locator("[data-talk=open]").click()
    await expect(air).to_have_attribute("data-air", "on")

    seat = await viewer.page.locator("#seats .seat-speaks").get_attribute("data-seat")
    talk = moderator.page.locator(f'#tiles [data-seat="{seat}"] [data-seat-act=talk]')
    await talk.click()
    await expect(her.page.locator("[data-asked]")).to_be_visible()
    await expect(air).to_have_attribute("data-air", "held")
    await hold.hover()
    await her.page.mouse.down()
    await expect(air).to_have_attribute("data-air", "on")
    await her.page.mouse.up()
    await expect(air).to_have_attribute("data-air", "held")
    await talk.click()
    await expect(air).to_have_attribute("data-air", "on")


async def _the_chair_shows_a_screen(door: Door, session: str, viewer: Visitor, moderator: Moderator) -> None:
    """Named in words, large on the live page, gone with the browser's own button or the desk's."""
    chair = await official(door, session, "chair")
    await seated(chair, "official-1")
    await expect(chair.page.locator("#floor-name")).to_have_text("زینب")
    page = chair.page
    await page.locator("#share-what").fill("نالے کا نقشہ")
    await page.locator("#share-start").click()
    await expect(page.locator("#share-sign")).to_have_attribute("data-air", "on")
    shown = viewer.page.locator("#seats .seat-shows")
    await expect(shown.locator("[data-role]")).to_contain_text("نالے کا نقشہ")
    await viewer.page.locator("#picture").click()
    await expect(shown.locator("video")).to_be_visible()
    await expect(page.locator("#air-sign")).to_have_attribute("data-air", "on")

    tile = moderator.page.locator('#tiles [data-seat="official-1"]')
    await tile.locator("[data-seat-act=floor]").click()
    await expect(page.locator("#floor-name")).to_have_text(chair.says("floor.yours"))
    await moderator.page.locator("#mute-others").click()
    await expect(page.locator("#air-sign")).to_have_attribute("data-air", "on")
    await expect(moderator.page.locator("#tiles [data-muted]")).to_have_count(1)
    await moderator.page.locator("#toast-undo").click()
    await expect(moderator.page.locator("#tiles [data-muted]")).to_have_count(0)

    await page.locator("#share-stop").click()
    await expect(shown).to_have_count(0)
    await page.locator("#share-start").click()
    await expect(shown).to_have_count(1)
    await page.evaluate("shared.dispatchEvent(new Event('ended'))")  # the browser's own bar
    await expect(shown).to_have_count(0)
    await page.locator("#share-start").click()
    await expect(shown).to_have_count(1)
    await moderator.page.locator('#tiles [data-seat="slides-1"] [data-seat-act=clear]').click()
    await moderator.page.locator("#d-take_off label").first.click()
    await moderator.page.locator("#d-take_off button[type=submit]").click()
    await expect(page.locator("#share-sign")).to_have_attribute("data-air", "off")
    await expect(shown).to_have_count(0)


async def _heard_from_a_hall(door: Door, session: str, him: Visitor, viewer: Visitor, moderator: Moderator) -> None:
    """The clerk runs the hall's microphone; his question is heard from there, under his own number."""
    clerk = await official(door, session, "clerk")
    await seated(clerk, "hall-1")
    before = await viewer.received()
    await moderator.choose("line", DRAIN)
    await moderator.act("line", "hall")
    await expect(viewer.page.locator("[data-floor-name]")).to_have_text(f"\u2068بلال\u2069, from \u2068{HALL}\u2069")
    await viewer.hears(before["energy"])
    await him.page.goto(f"/s/{session}/live")
    await expect(him.page.locator(".floor-mine")).to_be_visible()  # his turn's own page, to which that one leads him
    await moderator.page.locator("[data-air=finish]").click()
    await expect(him.page.locator("#mine-list [data-state]")).to_have_text(him.says("state.heard"))
    await expect(viewer.page.locator('#seats [data-seat="hall-1"]')).to_be_visible()
