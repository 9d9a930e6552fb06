"""Walks the matrix of states (state_matrix.py) in both languages."""

from __future__ import annotations

import html
import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import httpx
import pytest
from playwright.async_api import Browser

from kachehri.i18n import LANGUAGES, words_for
from tests.web import state_matrix, state_matrix_told
from tests.web.state_matrix_scene import STATES, Cell, Scene
from tests.web.town import Town, open_town

pytestmark = pytest.mark.anyio
CELLS = (*state_matrix.CELLS, *state_matrix_told.CELLS)
NEVER = {**state_matrix.NEVER, **state_matrix_told.NEVER}


def bare(source: str) -> str:
    """The words of a page as they are read, without marks of direction."""
    source = re.sub(r"<(script|template|style)\b.*?</\1>", "", source, flags=re.DOTALL)
    return re.sub(r"\s+", " ", re.sub("[\u2066-\u2069]", "", html.unescape(re.sub(r"<[^>]+>", " ", source))))


def sentence(key: str, language: str) -> re.Pattern[str]:
    """A sentence of the catalogue with anything in its gaps, however the page breaks it into lines."""
    parts = re.split(r"\{\w+\}", words_for(language).raw(key))
    tight = [r"\s+".join(map(re.escape, part.split())) for part in parts]
    return re.compile(r"\s*.{0,120}?\s*".join(tight))


def test_the_matrix_has_no_hole_and_nothing_twice() -> None:
    known = [(cell.screen, cell.state) for cell in CELLS]
    assert len(known) == len(set(known))
    screens = {cell.screen for cell in CELLS}
    holes = [(screen, state) for screen in screens for state in STATES if (screen, state) not in {*known, *NEVER}]
    assert holes == []
    assert not NEVER.keys() & set(known), "what cannot be is not tested"


@asynccontextmanager
async def scene_of(
    cell: Cell, town: Town, browser: Browser | None, language: str, folder: Path
) -> AsyncIterator[Scene]:
    async with AsyncExitStack() as inside:
        if cell.fresh:
            town = await inside.enter_async_context(open_town(folder))
        patch = inside.enter_context(pytest.MonkeyPatch.context())
        page = None
        if browser is not None:
            locale = {"ur": "ur-PK", "en": "en-GB"}[language]
            context = await browser.new_context(
                viewport={"width": 360, "height": 640}, locale=locale, base_url=town.url
            )
            inside.push_async_callback(context.close)
            context.set_default_timeout(30_000)
            page = await context.new_page()
        yield Scene(town, town.phone(language), language, patch, page)


async def look(cell: Cell, scene: Scene) -> tuple[int, str]:
    """Brings the cell about; the status and source of what it shows."""
    statuses: list[int] = []

    async def note(response: httpx.Response) -> None:
        statuses.append(response.status_code)

    scene.phone.client.event_hooks = {"response": [note]}
    path = await cell.make(scene)
    if scene.page is not None:
        return cell.status, await scene.page.content()
    if path:
        await scene.phone.get(path)
    return statuses[-1], scene.phone.page


def judge(cell: Cell, scene: Scene, status: int, source: str) -> None:
    assert status == cell.status
    assert f'lang="{scene.language}"' in source
    read = bare(source)
    assert [key for key in cell.says if not sentence(key, scene.language).search(read)] == [], read
    gaps = {"session": scene.session, "receipt": scene.receipt}
    plain = html.unescape(source)
    assert [each for each in cell.offers if each.format(**gaps) not in plain] == []
    assert [each for each in cell.lacks if each.format(**gaps) in plain] == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("cell", [cell for cell in CELLS if not cell.browser], ids=str)
async def test_served(cell: Cell, language: str, town: Town, tmp_path: Path) -> None:
    async with scene_of(cell, town, None, language, tmp_path) as scene:
        judge(cell, scene, *await look(cell, scene))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("cell", [cell for cell in CELLS if cell.browser], ids=str)
async def test_in_a_browser(cell: Cell, language: str, town: Town, browser: Browser, tmp_path: Path) -> None:
    async with scene_of(cell, town, browser, language, tmp_path) as scene:
        judge(cell, scene, *await look(cell, scene))
