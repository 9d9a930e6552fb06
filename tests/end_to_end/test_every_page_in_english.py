"""Every page and state in English, in every face and in light and dark: nothing to stumble over."""

from __future__ import annotations

import json

import pytest
from playwright.async_api import Browser

from tests.end_to_end.dresses import wrong_pages

pytestmark = [pytest.mark.anyio, pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(600)]


async def test_every_page_is_for_everybody(still_browser: Browser) -> None:
    wrong = await wrong_pages(still_browser, "en")
    assert wrong == {}, json.dumps(wrong, indent=1, ensure_ascii=False)
