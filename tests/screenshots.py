"""Takes the pictures: `make screenshots`.

Every page and state that there is, in each language and look, goes into var/screens, to be looked at; nothing may stick
out of any. The few that README and help show go into web/static/help: some are pages with made-up contents, the others
are taken from a running demo, where citizens ask, somebody is on the stage, and a moderator calls them. They differ a
little each time, as hearings do, so nothing compares them.
"""

from __future__ import annotations

import asyncio
import io
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

from PIL import Image
from playwright.async_api import Browser, BrowserContext, Page, async_playwright

from kachehri.i18n import LANGUAGES, words_for
from tests.end_to_end.inspection import sideways
from tests.end_to_end.pages_list import DESK, DRESSES, PHONE
from tests.end_to_end.people import House
from tests.end_to_end.stills import Stills
from tests.end_to_end.visits import visited
from tests.servers import CHROMIUM_FLAGS, require
from web import demo
from web.rehearsal import script, server
from web.rehearsal.hearing import Hearing
from web.rehearsal.telling import Stage

ROOT = Path(__file__).resolve().parents[1]
CHOSEN, ALL = ROOT / "web" / "static" / "help", ROOT / "var" / "screens"
#: Whoever takes the project takes all of them.
MOST_BYTES = 1_000_000
#: Of the pages with made-up contents, those that help shows: the sample by the name of its picture.
STILLS = {"session": "session", "ask": "ask", "ticket": "ticket"}
NASTALIQ = {"home-nastaliq": "home", "ask-nastaliq": "ask"}
DARK = {"home-dark": "home", "receipt-dark": "receipt"}
QUESTION = {
    "ur": "ہماری گلی نمبر 4 کی سڑک دو سال سے ٹوٹی ہوئی ہے۔ بارش میں پانی کھڑا ہو جاتا ہے اور بچے سکول نہیں جا سکتے۔",
    "en": "The road in street 4 has been broken for two years. When it rains the children cannot get to school.",
}
NAME = {"ur": "نسرین بی بی", "en": "Nasreen Bibi"}
#: More questions in line than the demo lets in, and sooner; and everybody who speaks is seen.
ACTS = replace(script.DEMO, line_most=12, triage_s=0.5, every_s=7.0, voice=replace(script.DEMO.voice, picture=True))
#: How long whoever is called speaks: longer than it takes to have a look.
SPEECH_S = 60.0
SOON_MS = 40_000


def keep(png: bytes, path: Path, quality: int = 74) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.open(io.BytesIO(png)).convert("RGB").save(path, "WEBP", quality=quality, method=6)


async def every_state(browser: Browser) -> list[str]:
    """All pages with made-up contents, whole; returns what sticks out."""
    wrong = []
    for dress in DRESSES:
        stills = Stills(dress)
        async with stills.opened(browser) as page:
            for name in stills.pages:
                await stills.show(page, name)
                if over := await sideways(page):
                    wrong.append(f"{name}, {dress}: {over}")
                await page.screenshot(full_page=True, path=ALL / str(dress) / f"{name}.png")
    return wrong


async def chosen_states(browser: Browser) -> None:
    """Those that help and README show, as much as a phone shows of them."""
    for dress, pictures in ((DRESSES[0], STILLS), (DRESSES[3], STILLS), (DRESSES[1], NASTALIQ), (DRESSES[4], DARK)):
        stills = Stills(dress)
        async with stills.opened(browser, scale=1.5) as page:
            for picture, name in pictures.items():
                await stills.show(page, name)
                keep(await page.screenshot(), CHOSEN / f"{picture}-{dress.language}.webp")


@asynccontextmanager
async def opened(browser: Browser, hearing: Hearing, size: tuple[int, int], language: str) -> AsyncIterator[Page]:
    """A browser of one person; what moves is shown where it comes to rest."""
    context: BrowserContext = await browser.new_context(
        viewport={"width": size[0], "height": size[1]},
        locale={"ur": "ur-PK", "en": "en-GB"}[language],
        base_url=hearing.where.url,
        reduced_motion="reduce",
        device_scale_factor=1.5 if size == PHONE else 1,
    )
    context.set_default_timeout(SOON_MS)
    try:
        yield await context.new_page()
    finally:
        await context.close()


async def shot(page: Page, name: str, language: str) -> None:
    keep(await page.screenshot(), CHOSEN / f"{name}-{language}.webp")


async def asks(page: Page, session: str, language: str) -> None:
    """Her question with its number, the hearing while somebody speaks, and her own place in line."""
    words = words_for(language)
    await page.goto(f"/s/{session}/ask")
    await page.locator(".topics label").first.click()
    await page.locator(".sub:visible .choice").first.click()
    await page.locator("#text").fill(QUESTION[language])
    await page.locator("#name").fill(NAME[language])
    await page.get_by_role("button", name=words.plain("continue")).click()
    await page.get_by_role("button", name=words.plain("check.send")).click()
    await page.locator(".ref-n").wait_for()
    await shot(page, "receipt", language)
    await page.goto(f"/s/{session}/live")
    await page.locator("#listen").click()
    await page.locator("#picture").click()
    await page.wait_for_function("() => document.querySelector('.seat-speaks video')?.videoWidth > 0")
    await page.evaluate("() => scrollTo(0, 0)")
    await asyncio.sleep(2)  # a picture of the stage, not of its first frame
    await shot(page, "live", language)
    await page.locator("#mine-list", has_text=words.plain("state.in_line")).wait_for()
    await page.locator(".tabs a[href='#mine']").click()
    await asyncio.sleep(1)  # scrolled
    await shot(page, "place", language)


async def sign_in(page: Page, hearing: Hearing, login: str, path: str) -> None:
    account = hearing.founded.account(login)
    await page.goto("/staff?next=/desk")
    await page.locator("#login").fill(account.login)
    await page.locator("#password").fill(account.password)
    await page.locator("#main form .btn").click()
    await page.wait_for_url("**/desk")
    await page.goto(path)


async def at_the_desk(page: Page, session: str, hearing: Hearing, language: str, phone: Page) -> None:
    """The console, as she finds it when she relieves the stand-in; she calls the citizen of this language."""
    await sign_in(page, hearing, "moderator", f"/mod/{session}")
    await page.locator("body[data-ready]").wait_for()
    hearing.pace.brisk_s = SPEECH_S
    row = page.locator("#line-list li", has_text=QUESTION[language][:30])
    await row.click()
    await page.locator("#line-acts [data-act=call]").click()
    await phone.wait_for_url("**/next")
    await phone.locator("#mic-test").wait_for()
    await shot(phone, "next", language)
    await asyncio.sleep(9)  # the message about the call has gone, and somebody new has asked
    await page.locator("#line-list li").first.click()
    await shot(page, "desk", language)


async def others(browser: Browser, session: str, hearing: Hearing, language: str) -> None:
    """The pages of those who answer and of those who prepare."""
    for login, name, path in (
        ("official", "official", f"/official/{session}"),
        ("admin", "plan", "/sessions/new"),
        ("admin", "setup", "/setup"),
    ):
        async with opened(browser, hearing, DESK, language) as page:
            await sign_in(page, hearing, login, path)
            await page.locator("main h1, main h2").first.wait_for()
            await asyncio.sleep(2)  # filled by its script
            await shot(page, name, language)


async def every_visit(browser: Browser, session: str, hearing: Hearing) -> list[str]:
    """All pages of the running house, consoles too, whole; returns what sticks out."""
    house = House(hearing.where.url, hearing.founded, {"every_page": session}, Path())
    wrong = []
    for dress in (DRESSES[0], DRESSES[2], DRESSES[3]):
        async for name, page in visited(house, browser, dress):
            if over := await sideways(page):
                wrong.append(f"{name}, {dress}: {over}")
            await page.screenshot(full_page=True, path=ALL / str(dress) / f"house-{name}.png")
    return wrong


async def closed(browser: Browser, session: str, hearing: Hearing) -> None:
    """The hearing is closed at the desk; its register can be printed."""
    async with opened(browser, hearing, DESK, "en") as page:
        await sign_in(page, hearing, "moderator", f"/mod/{session}")
        await page.locator("body[data-ready]").wait_for()
        await page.locator("[data-course=close]").click()
        await page.locator("#d-close button[type=submit]").click()
        await page.locator("#balance [data-balance=raised]").wait_for()
        for language in LANGUAGES:
            async with opened(browser, hearing, DESK, language) as reader:
                await sign_in(reader, hearing, "moderator", f"/sessions/{session}/register")
                await reader.locator(".paper").wait_for()
                await shot(reader, "register", language)


async def running(browser: Browser) -> list[str]:
    with tempfile.TemporaryDirectory(prefix="kachehri-pictures-") as folder:
        async with demo.hall(Path(folder), server.here(), ACTS, Stage({}, brief=True)) as hearing:
            await hearing.gather()
            await hearing.start()
            session = hearing.founded.session
            for language in LANGUAGES:
                async with (
                    opened(browser, hearing, PHONE, language) as phone,
                    opened(browser, hearing, DESK, language) as desk,
                ):
                    await asks(phone, session, language)
                    await at_the_desk(desk, session, hearing, language, phone)
                await others(browser, session, hearing, language)
            wrong = await every_visit(browser, session, hearing)
            await closed(browser, session, hearing)
            return wrong


async def take() -> list[str]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=require("chromium"), args=CHROMIUM_FLAGS)
        wrong = await every_state(browser)
        await chosen_states(browser)
        wrong += await running(browser)
        await browser.close()
    return wrong


if __name__ == "__main__":
    sticking = asyncio.run(take())
    sizes = {path: path.stat().st_size for path in sorted(CHOSEN.glob("*.webp"))}
    for path, size in sizes.items():
        print(f"{path.relative_to(ROOT)}  {size:,} bytes")
    print(f"{len(list(ALL.rglob('*.png')))} more in {ALL.relative_to(ROOT)}")
    if sum(sizes.values()) > MOST_BYTES:
        sys.exit(f"Together they are larger than {MOST_BYTES:,} bytes.")
    if sticking:
        sys.exit("\n".join(("What sticks out:", *sticking)))
