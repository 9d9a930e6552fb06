"""What is wrong with a page that a browser shows, for eyes, for fingers, for a keyboard and for a screen reader.

Each check returns findings in words; an empty list is a good page. axe-core (tests/vendor) looks at roles, names and
structure; it skips the contrast of Urdu, which tests/web/test_tokens.py counts.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from playwright.async_api import Page

AXE: Final = Path(__file__).parents[1] / "vendor" / "axe-core" / "axe.min.js"
#: WCAG 2.2, A and AA, and what its authors call good practice.
RULES: Final = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
#: A finger needs this much, in CSS pixels (WCAG 2.2 §2.5.5).
TARGET: Final = 44
#: A mouse needs less, but more than the least of WCAG 2.2 §2.5.8.
TARGET_MOUSE: Final = 32
#: The narrowest phone (WCAG 2.2 §1.4.10) and the usual one.
NARROW, USUAL = 320, 360
#: From here on a page is looked at on a desk, with a mouse.
DESK_FROM: Final = 1_000

_AXE: Final = """async (rules) => {
  const found = await axe.run(document, { runOnly: { type: "tag", values: rules }, resultTypes: ["violations"] });
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


async def spoken(page: Page) -> list[str]:
    """What a screen reader would stumble over."""
    if not await page.evaluate("() => 'axe' in window"):
        await page.evaluate(AXE.read_text("utf-8"))
    return [f"axe {each}" for each in await page.evaluate(_AXE, RULES)]


async def drawn(page: Page) -> list[str]:
    """Nothing sticks out of the screen or of its box, nothing is cut, everything can be touched."""
    found = []
    size = page.viewport_size or {"width": USUAL, "height": 640}
    phone = size["width"] < DESK_FROM
    for width in (size["width"], NARROW) if phone else (size["width"],):
        await page.set_viewport_size({"width": width, "height": size["height"]})
        found += [f"at {width}: {each}" for each in await _held(page)]
    await page.set_viewport_size(size)
    target = TARGET if phone else TARGET_MOUSE
    found += [f"too small to touch: {each}" for each in await page.evaluate(_LOW, target)]
    return found


async def enlarged(page: Page) -> list[str]:
    """Letters of twice the size lose nothing (WCAG 2.2 §1.4.4)."""
    await page.evaluate("() => document.documentElement.style.setProperty('--zoom', '2')")
    found = [f"at 200 %: {each}" for each in await _held(page)]
    await page.evaluate("() => document.documentElement.style.removeProperty('--zoom')")
    return found


async def sideways(page: Page) -> int:
    """How far a page reaches beyond the screen, in CSS pixels."""
    return int(await page.evaluate(_OVER))


async def _held(page: Page) -> list[str]:
    over = await sideways(page)
    return [*([f"sticks out by {over}"] if over > 0 else []), *(f"cut: {each}" for each in await page.evaluate(_CUT))]


async def keyed(page: Page, most: int = 60) -> list[str]:
    """With Tab alone, every stop can be seen, and nothing stands before it (WCAG 2.2 §2.4.7, §2.4.11)."""
    found: list[str] = []
    seen: list[Any] = []
    await page.evaluate("() => document.activeElement?.blur()")
    for _ in range(most):
        await page.keyboard.press("Tab")
        here = await page.evaluate(_FOCUS)
        if here is None or (seen and here["name"] == seen[0] and len(seen) > 3):
            break
        seen.append(here["name"])
        if not here["ring"]:
            found.append(f"focus cannot be seen: {here['name']}")
        if here["behind"]:
            found.append(f"focus behind {here['behind']}: {here['name']}")
    if not seen:
        found.append("nothing can be reached with Tab")
    return found
