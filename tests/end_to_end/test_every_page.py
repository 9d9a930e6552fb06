"""Every page and state, in both languages, both faces, light and dark: nothing that a reader would stumble over."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, async_playwright

from kachehri.i18n import LANGUAGES, words_for
from tests.end_to_end import inspection
from tests.end_to_end.pages_list import DRESSES, ELSEWHERE, NO_PAGE, SEEN_AS_SAMPLE, VISITS, Dress, samples
from tests.end_to_end.people import House
from tests.end_to_end.stills import Stills
from tests.end_to_end.visits import visited
from tests.servers import CHROMIUM_FLAGS, require
from web.routes import ADDRESSES

pytestmark = [pytest.mark.anyio, pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(600)]
DRESSES_OF = {code: [dress for dress in DRESSES if dress.language == code] for code in LANGUAGES}
BROKEN = """<!doctype html><html lang="en"><title>x</title><body><main><h1>x</h1><img src="/x.png"><button></button>
<div style="overflow: hidden; width: 40px; white-space: nowrap">words that are cut</div>
<a href="#" style="outline: 0">a</a><p style="width: 900px">wide</p></main>"""


@pytest.fixture(scope="module")
async def chromium(anyio_backend: str) -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=require("chromium"), args=CHROMIUM_FLAGS)
        try:
            yield browser
        finally:
            await browser.close()


@pytest.mark.parametrize("dress", DRESSES, ids=str)
async def test_every_page_is_for_everybody(chromium: Browser, dress: Dress) -> None:
    stills = Stills(dress)
    wrong: dict[str, list[str]] = {}
    async with stills.opened(chromium) as page:
        for name in stills.pages:
            await stills.show(page, name)
            # To a screen reader both faces are the same page.
            found = await inspection.spoken(page) if dress.look.face == "naskh" else []
            found += await inspection.drawn(page)
            found += await inspection.enlarged(page)
            if dress == DRESSES[0]:
                found += await inspection.keyed(page)
            if found:
                wrong[name] = found
    assert wrong == {}, json.dumps(wrong, indent=1, ensure_ascii=False)
    assert len(stills.pages) >= 30


def test_no_page_is_forgotten() -> None:
    visited_paths = {re.sub(r"^/setup/.*", "/setup/{step}", visit.path) for visit in VISITS}
    there = {re.sub(r"^/setup/.*", "/setup/{step}", each.path) for each in ADDRESSES if each.method == "GET"}
    names = {name for name, _, _ in samples(words_for("en"))}
    assert set(SEEN_AS_SAMPLE.values()) <= names
    left = {
        path for path in there - visited_paths - SEEN_AS_SAMPLE.keys() - ELSEWHERE.keys() if not path.endswith(NO_PAGE)
    }
    assert {path for path in left if not re.match("/help/", path)} == set()


async def test_the_checks_see_what_is_wrong(chromium: Browser) -> None:
    page = await chromium.new_page(viewport={"width": 360, "height": 640})
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
async def test_every_page_of_a_running_house_is_for_everybody(house: House, chromium: Browser, language: str) -> None:
    """What scripts fill and what the server alone can show, in the language's first dress and in its dark one."""
    wrong: dict[str, list[str]] = {}
    for dress in (DRESSES_OF[language][0], DRESSES_OF[language][-1]):
        async for name, page in visited(house, chromium, dress):
            found = await inspection.spoken(page)
            found += await inspection.drawn(page)
            if found:
                wrong[f"{name}, {dress}"] = found
    assert wrong == {}, json.dumps(wrong, indent=1, ensure_ascii=False)
