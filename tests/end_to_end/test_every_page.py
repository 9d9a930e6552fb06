"""Every page and state that a running house shows, and what the walks through all pages rest on."""

from __future__ import annotations

import asyncio
import hashlib
import json
import re

import pytest
from playwright.async_api import Browser, Route

from kachehri.i18n import LANGUAGES, words_for
from tests.end_to_end import inspection
from tests.end_to_end.dresses import DRESSES_OF
from tests.end_to_end.pages_list import DRESSES, ELSEWHERE, NO_PAGE, SEEN_AS_SAMPLE, VISITS, samples
from tests.end_to_end.people import House
from tests.end_to_end.stills import Stills, wear
from tests.end_to_end.visits import visited
from web.look import Look
from web.routes import ADDRESSES

pytestmark = [pytest.mark.anyio, pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(600)]
#: How wide the first heading's words are.
WIDTH = """() => {
  const words = document.createRange();
  words.selectNodeContents(document.querySelector("h1"));
  return words.getBoundingClientRect().width;
}"""
BROKEN = """<!doctype html><html lang="en"><title>x</title><body><main><h1>x</h1><img src="/x.png"><button></button>
<div style="overflow: hidden; width: 40px; white-space: nowrap">words that are cut</div>
<a href="#" style="outline: 0">a</a><p style="width: 900px">wide</p></main>"""


async def test_a_page_is_there_when_its_letters_are(still_browser: Browser) -> None:
    """A face that comes late would change every size after it was measured."""
    stills = Stills(DRESSES[0])
    asked, sent = asyncio.Event(), asyncio.Event()

    async def late(route: Route) -> None:
        asked.set()
        await sent.wait()
        await route.continue_()

    async with stills.opened(still_browser) as page:
        await page.context.route("**/*.woff2", late)
        await stills.show(page, "home")
        wide = await page.evaluate(WIDTH)
        changing = asyncio.create_task(wear(page, Look("light", "nastaliq")))
        await asked.wait()
        await page.evaluate("() => document.body.offsetWidth")
        assert not changing.done()
        sent.set()
        await changing
        assert await page.evaluate("() => document.fonts.check('20px K Nastaliq', 'ک')")
        assert await page.evaluate(WIDTH) != wide


def test_no_page_is_forgotten() -> None:
    visited_paths = {re.sub(r"^/setup/.*", "/setup/{step}", visit.path) for visit in VISITS}
    there = {re.sub(r"^/setup/.*", "/setup/{step}", each.path) for each in ADDRESSES if each.method == "GET"}
    names = {name for name, _, _ in samples(words_for("en"))}
    assert set(SEEN_AS_SAMPLE.values()) <= names
    left = {
        path for path in there - visited_paths - SEEN_AS_SAMPLE.keys() - ELSEWHERE.keys() if not path.endswith(NO_PAGE)
    }
    assert {path for path in left if not re.match("/help/", path)} == set()


async def test_the_checks_see_what_is_wrong(still_browser: Browser) -> None:
    page = await still_browser.new_page(viewport={"width": 360, "height": 640})
    await page.set_content(BROKEN)
    spoken, drawn = await inspection.spoken(page), await inspection.drawn(page)
    assert {each.split(":")[0] for each in spoken} >= {"axe image-alt", "axe button-name"}
    assert any("sticks out" in each for each in drawn) and any("cut: DIV" in each for each in drawn)
    assert any("too small" in each for each in drawn)
    assert any("cannot be seen" in each for each in await inspection.keyed(page))
    await page.close()


def test_the_tool_is_the_one_of_its_manifest() -> None:
    folder = inspection.AXE.parent
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    assert manifest["licence"] == "MPL-2.0" and "Mozilla Public License" in (folder / "LICENSE").read_text("utf-8")
    for name, digest in manifest["files"].items():
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest, name


@pytest.mark.parametrize("language", LANGUAGES)
async def test_every_page_of_a_running_house_is_for_everybody(
    house: House, still_browser: Browser, language: str
) -> None:
    """What scripts fill and what the server alone can show, in the language's first dress and its dark colours."""
    wrong: dict[str, list[str]] = {}
    first, dark = DRESSES_OF[language][0], DRESSES_OF[language][-1]
    async for name, page in visited(house, still_browser, first):
        found = await inspection.spoken(page)
        found += await inspection.drawn(page)
        await wear(page, dark.look)
        found += [f"dark: {each}" for each in await inspection.coloured(page)]
        if found:
            wrong[f"{name}, {first}"] = found
    assert wrong == {}, json.dumps(wrong, indent=1, ensure_ascii=False)
