"""Opens every page with made-up contents once in a language, and lets it change its look where it stands."""

from __future__ import annotations

from typing import Final

from playwright.async_api import Browser, Page

from kachehri.i18n import LANGUAGES
from tests.end_to_end import inspection
from tests.end_to_end.pages_list import DRESSES
from tests.end_to_end.stills import Stills, wear

DRESSES_OF: Final = {code: [dress for dress in DRESSES if dress.language == code] for code in LANGUAGES}


async def wrong_pages(browser: Browser, language: str, *, keys: bool = False) -> dict[str, list[str]]:
    """What is wrong, by page and dress.

    Arguments:
        keys: with the Tab key too, whose way is the same in every language and look.
    """
    first, *others = DRESSES_OF[language]
    stills = Stills(first)
    wrong: dict[str, list[str]] = {}
    async with stills.opened(browser) as page:
        for name in stills.pages:
            await stills.show(page, name)
            found = {first: await _looked_at(page) + await inspection.spoken(page)}
            if keys:
                found[first] += await inspection.keyed(page)
            for dress in others:
                await wear(page, dress.look)
                # To a screen reader all looks are the same page, and colours have no size (tests/web/test_tokens.py).
                same_size = dress.look.face == first.look.face
                found[dress] = await (inspection.coloured(page) if same_size else _looked_at(page))
            wrong |= {f"{name}, {dress}": each for dress, each in found.items() if each}
    assert len(stills.pages) >= 30
    return wrong


async def _looked_at(page: Page) -> list[str]:
    return await inspection.drawn(page) + await inspection.enlarged(page)
