"""Without delay on the live page, in a real browser: chosen by a tap, refused, lost, and given up when nobody looks.

What the server and its media process do stands elsewhere; here their part is played by a script in the page, so that
each answer comes when a test wants it.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace

import pytest
from playwright.async_api import Browser, Page, expect

from kachehri.i18n import words_for
from tests.bench.on_air import OnAir, on_air
from tests.web.acted import acted_page
from tests.web.test_player import plays

pytestmark = [pytest.mark.anyio, pytest.mark.browser, pytest.mark.slow]
UR = words_for("ur")


@dataclass
class Viewer:
    """Somebody on the live page."""

    page: Page
    faults: list[str]

    async def tap(self) -> None:
        await self.page.locator("#direct").click()

    async def says(self, key: str) -> None:
        await expect(self.page.locator("#program-now")).to_have_text(UR.plain(key))

    async def is_on(self) -> None:
        await self.says("program.now_direct")
        await expect(self.page.locator("#direct")).to_have_attribute("aria-pressed", "true")
        await expect(self.page.locator("#behind")).to_have_text(UR.plain("program.undelayed"))
        await expect(self.page.locator(".mode[aria-current]")).to_have_count(0)
        await expect(self.page.locator("#near")).to_be_hidden()

    async def is_off(self) -> None:
        await expect(self.page.locator("#direct")).to_have_attribute("aria-pressed", "false")
        await expect(self.page.locator("#behind")).to_have_text(UR.plain("program.behind"))

    async def asked(self, type: str) -> int:
        return int(await self.page.evaluate("(type) => fake.asked.filter((each) => each === type).length", type))


@pytest.fixture(scope="module")
async def air(tmp_path_factory: pytest.TempPathFactory, anyio_backend: str) -> AsyncIterator[OnAir]:
    async with on_air(tmp_path_factory.mktemp("air")) as found:
        found.town.app.state.house = replace(found.town.house, broadcasting=replace(found.door, direct=True))
        async with found.program("light,sound"):
            await found.until("light", 2)
            await found.until("sound", 3)
            yield found


@pytest.fixture
async def viewer(air: OnAir, browser: Browser) -> AsyncIterator[Viewer]:
    context = await browser.new_context(viewport={"width": 360, "height": 640}, locale="ur-PK", service_workers="block")
    page, faults = await acted_page(context)
    await page.goto(f"{air.town.url}/s/{air.session}/live?follow=light")
    yield Viewer(page, faults)
    await context.close()


async def test_it_comes_with_a_tap_and_goes_with_the_next(viewer: Viewer) -> None:
    page = viewer.page
    await expect(page.locator("#direct")).to_be_visible()
    assert await viewer.asked("media.program") == 0
    loaded: list[str] = []
    page.on("request", lambda request: loaded.append(request.url))
    await viewer.tap()
    await viewer.is_on()
    assert any("js/direct." in url for url in loaded)
    await expect(page.locator("#player video")).to_be_visible()
    assert await page.locator("#player audio").evaluate("(element) => !element.paused && !element.muted")
    assert await page.evaluate("navigator.mediaSession.metadata.title") == await page.title()
    await viewer.tap()
    await viewer.is_off()
    # Nothing played before, so nothing does now; and what was chosen before is what is chosen.
    await viewer.says("program.now_ready")
    await expect(page.locator(".mode[aria-current]")).to_have_attribute("data-follow", "light")
    await expect(page.locator("#player video[controls]")).to_have_attribute("preload", "none")
    assert await viewer.asked("media.leave") == 1
    await page.reload()
    await viewer.is_off()
    assert viewer.faults == []


async def test_another_way_ends_it(viewer: Viewer) -> None:
    await viewer.tap()
    await viewer.is_on()
    await viewer.page.locator("[data-follow=sound]").click()
    await plays(viewer.page, "audio")
    await viewer.is_off()
    await viewer.says("program.now_sound")
    assert await viewer.page.evaluate("fake.peers.every((each) => each.state === 'closed')")


@pytest.mark.parametrize(
    ("reason", "says"), [("media_program_full", "program.direct_full"), ("media_no_program", "program.direct_none")]
)
async def test_a_no_leaves_everything_as_it_was(viewer: Viewer, reason: str, says: str) -> None:
    page = viewer.page
    await page.locator("[data-follow=light]").click()
    await plays(page, "video")
    await page.evaluate("(reason) => (fake.say = reason)", reason)
    await viewer.tap()
    await expect(page.locator("#direct-note [data-words]")).to_have_text(UR.plain(says))
    await plays(page, "video")
    await viewer.is_off()
    await viewer.says("program.now_light")
    await page.evaluate("fake.say = ''")
    await page.locator("#direct-note button").click()
    await viewer.is_on()
    await expect(page.locator("#direct-note")).to_be_hidden()


async def test_a_lost_line_goes_back_to_what_was_chosen(viewer: Viewer) -> None:
    page = viewer.page
    await page.clock.install()
    await viewer.tap()
    await viewer.is_on()
    await page.evaluate("fake.say = 'media_lost'; fake.tell({ type: 'media.lost', peer: fake.peers[0].peer })")
    await viewer.says("program.now_wait")
    await page.clock.fast_forward(13_000)
    await page.clock.resume()
    await expect(page.locator("#direct-note [data-words]")).to_have_text(UR.plain("program.direct_lost"))
    await viewer.is_off()
    await plays(page, "video")
    await viewer.says("program.now_light")


async def test_lost_out_of_sight_the_sound_goes_on_alone(viewer: Viewer) -> None:
    page = viewer.page
    await page.locator("[data-follow=light]").click()
    await plays(page, "video")
    await viewer.tap()
    await viewer.is_on()
    await page.evaluate("fake.sight(false); fake.say = 'not_allowed'")
    await page.evaluate("fake.tell({ type: 'media.lost', peer: fake.peers[0].peer })")
    await viewer.is_off()
    await page.wait_for_function("() => document.querySelector('#player > *')?.src.includes('/sound/live.m3u8')")
    await page.evaluate("fake.sight(true)")
    await plays(page, "video")
    await viewer.says("program.now_light")


async def test_out_of_sight_only_the_sound_comes(viewer: Viewer) -> None:
    page = viewer.page
    await page.clock.install()
    await viewer.tap()
    await viewer.is_on()
    await page.evaluate("fake.sight(false)")
    await page.clock.fast_forward(9_000)
    assert await viewer.asked("media.program") == 1
    await page.clock.fast_forward(2_000)
    await page.clock.resume()
    await expect(page.locator("#player video")).to_have_count(0)
    assert await page.evaluate("fake.peers.map((each) => each.picture)") == [True, False]
    await page.evaluate("fake.sight(true)")
    await expect(page.locator("#player video")).to_be_visible()
    await viewer.is_on()


async def test_out_of_sight_the_program_goes_on_as_sound(viewer: Viewer) -> None:
    page = viewer.page
    await page.locator("[data-follow=light]").click()
    await plays(page, "video")
    await page.clock.install()
    await page.evaluate("fake.sight(false)")
    await page.clock.fast_forward(11_000)
    await page.clock.resume()
    await page.wait_for_function("() => document.querySelector('#player audio')?.src.includes('/sound/live.m3u8')")
    await page.wait_for_function("() => document.querySelector('#player audio').currentTime > 0")
    await page.evaluate("fake.sight(true)")
    await plays(page, "video")
    await viewer.says("program.now_light")
