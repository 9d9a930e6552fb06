"""What is wrong with a page that a browser shows, for eyes, for fingers, for a keyboard and for a screen reader.

Each check returns findings in words; an empty list is a good page. axe-core (tests/vendor) looks at roles, names and
structure; it skips the contrast of Urdu, which tests/web/test_tokens.py counts.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from pathlib import Path
from typing import Any, Final

from playwright.async_api import Page

AXE: Final = Path(__file__).parents[1] / "vendor" / "axe-core" / "axe.min.js"
#: WCAG 2.2, A and AA, and what its authors call good practice.
RULES: Final = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
#: Of these, what colours alone decide.
COLOURS: Final = ["color-contrast", "link-in-text-block"]
#: A finger needs this much, in CSS pixels (WCAG 2.2 §2.5.5).
TARGET: Final = 44
#: A mouse needs less, but more than the least of WCAG 2.2 §2.5.8.
TARGET_MOUSE: Final = 32
#: The narrowest phone (WCAG 2.2 §1.4.10) and the usual one.
NARROW, USUAL = 320, 360
#: From here on a page is looked at on a desk, with a mouse.
DESK_FROM: Final = 1_000

_AXE: Final = """async ([type, values]) => {
  const found = await axe.run(document, { runOnly: { type, values }, resultTypes: ["violations"], selectors: false });
  return found.violations.filter((each) => ["serious", "critical"].includes(each.impact))
    .map((each) => `${each.id}: ${each.nodes.slice(0, 3).map((node) => node.html.slice(0, 140)).join(" | ")}`);
}"""
_OVER: Final = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
#: Text that its own box does not hold, or that a box cuts. What is for ears alone is meant to be cut.
_CUT: Final = """() => [...document.querySelectorAll("body *")].filter((each) => {
  if (each.closest(".unseen, .skip, svg, select, [hidden], template, video") || !each.checkVisibility()) return false;
  if (!(each.innerText || "").trim() || each.matches("input, textarea, option, optgroup")) return false;
  const style = getComputedStyle(each);
  if (style.display === "inline") return false;
  for (let above = each; above; above = above.parentElement)
    if (getComputedStyle(above).clipPath !== "none") return false;
  const scrolls = (way) => ["auto", "scroll"].includes(way);
  const wide = each.scrollWidth > each.clientWidth + 1 && each.clientWidth > 0 && !scrolls(style.overflowX);
  const tall = each.scrollHeight > each.clientHeight + 1 && ["hidden", "clip"].includes(style.overflowY);
  return wide || tall || style.textOverflow === "ellipsis";
}).map((each) => `${each.tagName}.${each.className} ${each.clientWidth}<${each.scrollWidth} `
  + (each.innerText || "").trim().slice(0, 40))"""
#: What is too small for a finger. A tick or a dot is touched by its label, and a link within a sentence is as tall as
#: its line (§2.5.5, inline).
_LOW: Final = """(target) => [...document.querySelectorAll(
    "a[href], button, input, select, textarea, summary, label.choice")]
  .filter((each) => each.type !== "hidden" && !each.matches(".unseen, .skip, label *") && each.checkVisibility())
  .filter((each) => !each.matches("p a, li a, dd a, td a")
    || each.parentElement.innerText.trim() === each.innerText.trim())
  .filter((each) => {
    const box = each.getBoundingClientRect();
    return box.height < target - 0.5 || (box.width < target - 0.5 && !each.matches("p a, li a, dd a, td a"));
  })
  .map((each) => `${each.tagName}.${each.className} ${each.innerText || each.id || each.name}`)"""
#: After a Tab: what has the focus, whether it can be seen to have it, and whether something stands before it.
_FOCUS: Final = """() => {
  const here = document.activeElement;
  if (!here || here === document.body) return null;
  const label = () => document.querySelector(`label[for="${here.id}"]`) ?? here.parentElement;
  const shown = here.matches(".unseen, .q input") ? label() : here;
  const style = getComputedStyle(shown);
  const ring = (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2) || style.boxShadow !== "none";
  const box = shown.getBoundingClientRect();
  const at = document.elementFromPoint(box.x + box.width / 2, box.y + Math.min(box.height / 2, 20));
  const behind = box.width > 0 && at && !shown.contains(at) && !at.contains(shown) && !at.closest("label");
  const name = `${here.tagName}.${here.className} ${(here.innerText || here.id || here.name || "").slice(0, 30)}`;
  return { name, ring, behind: behind ? `${at.tagName}.${at.className}` : "" };
}"""
#: Each Tab, once it is let go, writes down where it led.
_STOPS: Final = f"""() => {{
  const stop = {_FOCUS};
  if (!window.stops) {{
    document.activeElement?.blur();
    addEventListener("keyup", () => window.stops.push(stop()), true);
  }}
  window.stops = [];
}}"""
#: What sticks out, with letters of another size if one is named.
_HELD: Final = f"""(zoom) => {{
  const {{ style }} = document.documentElement;
  style.setProperty("--zoom", zoom);
  const found = [({_OVER})(), ({_CUT})()];
  style.removeProperty("--zoom");
  return found;
}}"""
_TAB: Final = {"key": "Tab", "code": "Tab", "windowsVirtualKeyCode": 9}
#: So many Tabs are sent at once: each has its answer on the page, so none waits for the one before it.
_AT_ONCE: Final = 20


async def spoken(page: Page) -> list[str]:
    """What a screen reader would stumble over."""
    return await _axe(page, "tag", RULES)


async def coloured(page: Page) -> list[str]:
    """What of that may change with the colours, and only with them."""
    return await _axe(page, "rule", COLOURS)


async def _axe(page: Page, kind: str, rules: list[str]) -> list[str]:
    if not await page.evaluate("() => 'axe' in window"):
        await page.evaluate(AXE.read_text("utf-8"))
    return [f"axe {each}" for each in await page.evaluate(_AXE, [kind, rules])]


async def drawn(page: Page) -> list[str]:
    """Nothing sticks out of the screen or of its box, nothing is cut, everything can be touched."""
    found = []
    size = page.viewport_size or {"width": USUAL, "height": 640}
    phone = size["width"] < DESK_FROM
    target = TARGET if phone else TARGET_MOUSE
    found += [f"too small to touch: {each}" for each in await page.evaluate(_LOW, target)]
    found += [f"at {size['width']}: {each}" for each in await _held(page)]
    if phone:
        await page.set_viewport_size({"width": NARROW, "height": size["height"]})
        found += [f"at {NARROW}: {each}" for each in await _held(page)]
        await page.set_viewport_size(size)
    return found


async def enlarged(page: Page) -> list[str]:
    """Letters of twice the size lose nothing (WCAG 2.2 §1.4.4)."""
    return [f"at 200 %: {each}" for each in await _held(page, zoom="2")]


async def sideways(page: Page) -> int:
    """How far a page reaches beyond the screen, in CSS pixels."""
    return int(await page.evaluate(_OVER))


async def _held(page: Page, zoom: str = "") -> list[str]:
    over, cut = await page.evaluate(_HELD, zoom)
    return [*([f"sticks out by {over}"] if over > 0 else []), *(f"cut: {each}" for each in cut)]


async def keyed(page: Page, most: int = 60) -> list[str]:
    """With Tab alone, every stop can be seen, and nothing stands before it (WCAG 2.2 §2.4.7, §2.4.11)."""
    found: list[str] = []
    seen: list[str] = []
    async with aclosing(_stops(page)) as stops:
        async for here in stops:
            if here is None or (len(seen) > 3 and here["name"] == seen[0]) or len(seen) == most:
                break
            seen.append(here["name"])
            if not here["ring"]:
                found.append(f"focus cannot be seen: {here['name']}")
            if here["behind"]:
                found.append(f"focus behind {here['behind']}: {here['name']}")
    if not seen:
        found.append("nothing can be reached with Tab")
    return found


async def _stops(page: Page) -> AsyncGenerator[Any]:
    keyboard = await page.context.new_cdp_session(page)
    try:
        while True:
            await page.evaluate(_STOPS)
            downs_and_ups = [{"type": kind, **_TAB} for _ in range(_AT_ONCE) for kind in ("rawKeyDown", "keyUp")]
            await asyncio.gather(*(keyboard.send("Input.dispatchKeyEvent", each) for each in downs_and_ups))
            for stop in await page.evaluate("() => window.stops"):
                yield stop
    finally:
        await keyboard.detach()
