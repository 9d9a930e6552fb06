"""An interpreter's sound in a real browser: chosen by a tap, played, and given back with the picture."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from playwright.async_api import Browser, expect

from rooms.base import Actor
from rooms.turns import TakeSeat
from tests.bench.on_air import OnAir, on_air
from tests.web.test_channels import SEATS
from tests.web.test_player import opened, plays
from web.forms import new_key

pytestmark = [pytest.mark.anyio, pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(scope="module")
async def air(tmp_path_factory: pytest.TempPathFactory, anyio_backend: str) -> AsyncIterator[OnAir]:
    async with on_air(tmp_path_factory.mktemp("air")) as found:
        made = replace(found, session=await found.town.schedule(live=True, seats=SEATS))
        made.door.interpreted = ("en", "ps")
        async with made.program("light,sound,sound-1"):
            await made.until("sound", 3)
            await made.until("sound-1", 2)
            await made.until("light", 2)
            yield made


async def test_an_interpreter_is_chosen_by_a_tap_and_given_back_with_the_picture(air: OnAir, browser: Browser) -> None:
    page, faults = await opened(browser, air)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    choice, original = page.locator("a[data-sound=sound-1]"), page.locator("a[data-sound=sound]")
    await expect(original).to_have_attribute("aria-current", "true")
    await choice.click()
    await plays(page, "audio")
    await expect(page.locator("#player audio")).to_have_attribute("src", f"{air.base}/sound-1/live.m3u8")
    await expect(choice).to_have_attribute("aria-current", "true")
    await expect(original).not_to_have_attribute("aria-current", "true")
    assert any("/sound-1/" in url for url in asked) and not any("/sound/" in url for url in asked)
    await page.reload()
    await expect(choice).to_have_attribute("aria-current", "true")
    await page.locator("[data-follow=light]").click()
    await plays(page, "video")
    await expect(original).to_have_attribute("aria-current", "true")
    await page.locator("[data-follow=sound]").click()
    await expect(page.locator("#player audio")).to_have_attribute("src", f"{air.base}/sound/live.m3u8")
    assert faults == []
    await page.context.close()


async def test_a_choice_appears_when_an_interpreter_sits_down(air: OnAir, browser: Browser) -> None:
    page, _ = await opened(browser, air)
    later = page.locator("a[data-sound=sound-2]")
    await expect(page.locator("a[data-sound=sound-1]")).to_be_visible()
    await expect(later).to_be_hidden()
    zoya = Actor("e" * 16, "interpreter", "account-zoya")
    await air.town.service.submit(zoya, air.session, TakeSeat(seat="interpreter-2"), new_key())
    await expect(later).to_be_visible()
    await page.context.close()
