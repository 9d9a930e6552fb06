"""Every citizen's story by keyboard alone: no pointer, no focus set by a script of the test.

`Keys.reach` presses Tab until what is wanted has the focus, as a person would who sees the focus ring; on the way every
stop must be visible and marked. Groups of choices are one stop and are walked with the arrows (HTML §4.10.5.1.15).
"""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from playwright.async_api import Locator, Page, expect

from tests.end_to_end.people import Door, House, Visitor

pytestmark = [pytest.mark.anyio, pytest.mark.browser]

WATER = "چک 57 میں پانی نہیں آ رہا"
#: More stops than any page of ours has.
STOPS = 120
#: What has the focus must be in view and wear a ring or a fill that it would not wear otherwise (WCAG 2.2 §2.4.7).
RINGED = """() => {
  const at = document.activeElement;
  if (!at || at === document.body) return "";
  const worn = at.matches(".unseen") || at.type === "radio" || at.type === "checkbox"
    ? document.querySelector(`label[for="${at.id}"]`) ?? at.closest("label") ?? at : at;
  const style = [at, worn].map((each) => getComputedStyle(each));
  const ring = style.some((each) => each.outlineStyle !== "none" && parseFloat(each.outlineWidth) >= 2)
    || style.some((each) => each.boxShadow !== "none");
  const box = worn.getBoundingClientRect();
  const seen = box.bottom > 0 && box.top < innerHeight && box.width > 0;
  return ring && seen ? "" : `${at.tagName}#${at.id}.${at.className} ring=${ring} seen=${seen}`;
}"""


@dataclass
class Keys:
    """Somebody who only has a keyboard."""

    visitor: Visitor

    @property
    def page(self) -> Page:
        return self.visitor.page

    async def press(self, *keys: str) -> None:
        for key in keys:
            await self.page.keyboard.press(key)

    async def reach(self, wanted: Locator) -> None:
        """Tab onward until it has the focus."""
        await expect(wanted.first).to_be_attached()
        for _ in range(STOPS):
            if await wanted.first.evaluate("(each) => each === document.activeElement"):
                return
            await self.press("Tab")
            unmarked = await self.page.evaluate(RINGED)
            assert not unmarked, f"{self.page.url}: {unmarked}"
        raise AssertionError(f"the keyboard never reaches {wanted} on {self.page.url}")

    async def push(self, words: str, kind: str = "button") -> None:
        """Reach a button or link by its words and press it."""
        name = self.visitor.says(words)
        found = (
            self.page.get_by_role("button", name=name) if kind == "button" else self.page.get_by_role("link", name=name)
        )
        await self.reach(found)
        await self.press("Enter")

    async def pick(self, group: str) -> None:
        """The first of a group of choices."""
        await self.reach(self.page.locator(f"{group} >> visible=true").first)
        await self.press("Space")


async def test_ask_print_and_take_back(house: House, visit: Door) -> None:
    session = house.sessions["keyboard"]
    her = Keys(await visit.citizen())
    await her.page.goto(f"/s/{session}")
    await her.reach(her.page.locator(f'a[href^="/s/{session}/ask"]'))
    await her.press("Enter")
    await her.page.wait_for_url("**/ask")
    await her.pick('input[name="group"]')
    await her.pick('.sub input[name="category"]')
    await her.reach(her.page.locator("#text"))
    await her.page.keyboard.type(WATER)
    await her.push("continue")
    await her.push("check.send")
    await expect(her.page.locator(".ref-n")).to_be_visible()
    await her.reach(her.page.locator("summary", has_text=her.visitor.says("withdraw.open")))
    await her.press("Enter")
    await her.push("withdraw.yes")
    await expect(her.page.locator("#main")).to_contain_text(her.visitor.says("state.withdrawn"))


async def test_follow_listen_and_support(house: House, visit: Door) -> None:
    session = house.sessions["keyboard"]
    other = await visit.citizen("en")
    await other.write(session, "The drain beside the school is open")
    moderator = await visit.moderator(session)
    await moderator.begin()
    await moderator.admit("The drain beside the school is open")
    her = Keys(await visit.citizen())
    await her.page.goto(f"/s/{session}/live")
    await her.reach(her.page.locator("#listen"))
    await her.press("Enter")
    await expect(her.page.locator("#listen span")).to_have_text(her.visitor.says("listen.stop"))
    await her.reach(her.page.locator("#line button").first)
    await her.press("Enter")
    await expect(her.page.locator("#line")).to_contain_text("1")
    mine = await her.visitor.write(session, WATER)
    await her.page.goto(f"/s/{session}/live")
    await moderator.admit(WATER)
    await moderator.call(WATER)
    await her.page.wait_for_url("**/next")
    await her.reach(her.page.locator("#mic-test"))
    await her.press("Enter")
    await expect(her.page.locator("#mic-say")).to_have_text(her.visitor.says("mic.hear"))
    await her.push("next.ready")
    await her.visitor.is_on_air()
    await her.push("stage.done")
    await her.page.wait_for_url(f"**/s/{session}/live")
    assert mine.reference


async def test_track_by_number(house: House, visit: Door) -> None:
    session = house.sessions["keyboard"]
    visitor = await visit.citizen()
    receipt = await visitor.write(session, WATER, phone="0301 2345678")
    her = Keys(await visit.citizen())
    await her.page.goto("/")
    await her.reach(her.page.locator('footer a[href="/track"], .help a[href="/track"]'))
    await her.press("Enter")
    await her.reach(her.page.locator("#reference"))
    await her.page.keyboard.type(receipt.reference)
    await her.reach(her.page.locator("#digits"))
    await her.page.keyboard.type("5678")
    await her.press("Enter")
    await expect(her.page.locator(".ref-n")).to_have_text(receipt.reference)
