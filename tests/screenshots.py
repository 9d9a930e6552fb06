"""Takes the pictures of the README from a running demo: `make screenshots`.

A citizen with a phone asks a question, and somebody is on the stage while she looks; then a moderator sits down at the
desk and calls the next. The pictures differ a little each time, as hearings do, so nothing compares them.
"""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

from playwright.async_api import Browser, Page, ViewportSize, async_playwright

from kachehri.i18n import words_for
from tests.servers import CHROMIUM_FLAGS, require
from web import demo
from web.rehearsal import script, server
from web.rehearsal.hearing import Hearing
from web.rehearsal.telling import Stage

FOLDER = Path(__file__).resolve().parents[1] / "web" / "screenshots"
#: Whoever opens the README loads all of them.
MOST_BYTES = 400_000
PHONE: ViewportSize = {"width": 360, "height": 760}
DESK: ViewportSize = {"width": 1280, "height": 800}
QUESTION = "ہماری گلی نمبر 4 کی سڑک دو سال سے ٹوٹی ہوئی ہے۔ بارش میں پانی کھڑا ہو جاتا ہے اور بچے سکول نہیں جا سکتے۔"
NAME = "نسرین بی بی"
#: More questions in line than the demo lets in, and sooner; and everybody who speaks is seen.
ACTS = replace(script.DEMO, line_most=12, triage_s=0.5, every_s=7.0, voice=replace(script.DEMO.voice, picture=True))
#: How long she speaks whom the moderator calls: longer than it takes to have a look.
SPEECH_S = 60.0
#: So many are there at least, once they have been counted.
LEAST = ACTS.citizens
SOON_MS = 40_000


@asynccontextmanager
async def opened(browser: Browser, base: str, size: ViewportSize, locale: str) -> AsyncIterator[Page]:
    """A browser of one person; what moves is shown where it comes to rest."""
    context = await browser.new_context(
        viewport=size, locale=locale, base_url=base, reduced_motion="reduce", device_scale_factor=1
    )
    context.set_default_timeout(SOON_MS)
    try:
        yield await context.new_page()
    finally:
        await context.close()


async def citizen(page: Page, session: str, hearing: Hearing) -> None:
    """Her question with its number, the hearing while somebody speaks, and her own place in line."""
    words = words_for("ur")
    await page.goto(f"/s/{session}/ask")
    await page.locator(".topics label").first.click()
    await page.locator(".sub:visible .choice").first.click()
    await page.locator("#text").fill(QUESTION)
    await page.locator("#name").fill(NAME)
    await page.get_by_role("button", name=words.plain("continue")).click()
    await page.get_by_role("button", name=words.plain("check.send")).click()
    await page.locator(".ref-n").wait_for()
    await page.screenshot(path=FOLDER / "receipt-ur.png")
    await page.goto(f"/s/{session}/live")
    await page.locator("#listen").click()
    await page.locator("#picture").click()
    await page.wait_for_function("() => document.querySelector('.seat-speaks video')?.videoWidth > 0")
    await asyncio.sleep(2)  # a picture of the stage, not of its first frame
    await page.screenshot(path=FOLDER / "live-ur.png")
    await page.locator("#mine-list", has_text=words.plain("state.in_line")).wait_for()
    await page.locator(".tabs a[href='#mine']").click()
    await asyncio.sleep(1)  # scrolled
    await page.screenshot(path=FOLDER / "place-ur.png")


async def moderator(page: Page, session: str, hearing: Hearing) -> None:
    """The desk, as she finds it when she relieves the stand-in."""
    account = hearing.founded.account("moderator")
    await page.goto(f"/staff?next=/mod/{session}")
    await page.locator("#login").fill(account.login)
    await page.locator("#password").fill(account.password)
    await page.locator("#main form .btn").click()
    await page.locator("body[data-ready]").wait_for()
    # Heads are counted twice a minute, and whom the stand-in called has yet to finish.
    await page.wait_for_function("least => +document.querySelector('#present').textContent >= least", arg=LEAST)
    await page.locator("#air").wait_for(state="hidden")
    hearing.pace.brisk_s = SPEECH_S
    await page.locator("#line-list li").first.click()
    await page.locator("#line-acts [data-act=call]").click()
    await page.locator("#air:not([hidden])").wait_for()
    await asyncio.sleep(9)  # the message about the call has gone, and somebody new has asked
    await page.locator("#line-list li").first.click()
    await page.screenshot(path=FOLDER / "desk-en.png")


async def take() -> None:
    with tempfile.TemporaryDirectory(prefix="kachehri-pictures-") as folder:
        async with demo.hall(Path(folder), server.here(), ACTS, Stage({}, brief=True)) as hearing:
            await hearing.gather()
            await hearing.start()
            session, base = hearing.founded.session, hearing.where.url
            async with async_playwright() as playwright:
                browser = await playwright.chromium.launch(executable_path=require("chromium"), args=CHROMIUM_FLAGS)
                async with opened(browser, base, PHONE, "ur-PK") as phone:
                    await citizen(phone, session, hearing)
                async with opened(browser, base, DESK, "en-GB") as desk:
                    await moderator(desk, session, hearing)
                await browser.close()


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    asyncio.run(take())
    sizes = {path: path.stat().st_size for path in sorted(FOLDER.glob("*.png"))}
    for path, size in sizes.items():
        print(f"{path.relative_to(FOLDER.parents[1])}  {size:,} bytes")
    if sum(sizes.values()) > MOST_BYTES:
        raise SystemExit(f"Together they are larger than {MOST_BYTES:,} bytes.")
