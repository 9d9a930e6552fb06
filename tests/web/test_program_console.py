"""The program's console in a real browser: keys, the dump key that is pressed twice, and the preview on a tap.

The program itself is played by the test (tests/web/test_program.py), its picture by a script in the page.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from kachehri.bus.memory import MemoryBus
from kachehri.i18n import words_for
from recordings.announce import Waiting
from recordings.archive import Archive
from recordings.program.telling import CUT_TOPIC, DUMP_TOPIC, Doing
from rooms.turns import TakeSeat
from tests.web.acted import acted_page
from tests.web.conftest import Town
from tests.web.test_program import CHAIR, Studio
from tests.web.test_staff import ended, signed_in
from web import program_desk
from web.broadcasting import Broadcasting
from web.forms import new_key
from web.program_desk import ProgramDesk

pytestmark = [pytest.mark.anyio, pytest.mark.browser, pytest.mark.slow]
EN = words_for("en")


@dataclass
class Console:
    page: Page
    studio: Studio
    faults: list[str]

    async def said(self, key: str) -> None:
        await expect(self.page.locator("#said")).to_have_text(EN.plain(key))

    async def large(self, seat: str) -> None:
        await expect(self.page.locator(".cut[aria-pressed=true]")).to_have_attribute("value", seat)


@pytest.fixture
async def console(
    town: Town, browser: Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Console]:
    monkeypatch.setattr(program_desk, "AWAY_S", 600.0)  # it says nothing by itself
    bus = MemoryBus()
    await bus.start()
    archive = Archive(tmp_path)
    session = await town.schedule(live=True)
    await town.service.submit(CHAIR, session, TakeSeat(seat="chair"), new_key())
    studio = Studio(bus, Doing(session, 1, "all", 0, 0.1, 0, "", 3, delay_ms=8_000))
    bus.subscribe(CUT_TOPIC, studio.cut)
    bus.subscribe(DUMP_TOPIC, studio.dump)
    desk, before = ProgramDesk(bus), town.app.state.house
    door = Broadcasting(archive, Waiting(bus, archive.index), before.masters)
    town.app.state.house = replace(before, program=desk, broadcasting=door)
    phone = await signed_in(town, "moderator")
    context = await browser.new_context(service_workers="block", locale="en-GB")
    await context.add_cookies([{"name": n, "value": v, "url": town.url} for n, v in phone.client.cookies.items() if v])
    page, faults = await acted_page(context)
    studio.say()
    await page.goto(f"{town.url}/sessions/{session}/program")
    yield Console(page, studio, faults)
    await context.close()
    town.app.state.house = before
    desk.close()
    await bus.close()


async def test_keys_choose_who_is_large(console: Console) -> None:
    page, studio = console.page, console.studio
    await console.large("")
    await page.keyboard.press("1")
    await console.said("program.done_cut")
    await console.large("chair")
    assert studio.doing.cut == "chair"
    await page.keyboard.press("0")
    await console.said("program.done_floor")
    await console.large("")
    await page.locator(".cut[value=chair]").click()
    await console.large("chair")
    await expect(page.locator(".cut[value=chair]")).to_be_focused()
    await page.keyboard.press("Control+0")
    await page.keyboard.press("9")
    assert studio.doing.cut == "chair" and console.faults == []


async def test_the_dump_key_is_pressed_twice(console: Console) -> None:
    page, studio = console.page, console.studio
    dump = page.locator("#dump")
    await page.clock.install()
    await page.clock.pause_at(await page.evaluate("Date.now() + 60000"))  # the second press has all the time it needs
    await dump.click()
    await expect(dump).to_contain_text(EN.plain("program.dump_again"))
    await dump.click()
    await console.said("program.done_dumped")
    assert studio.doing.withheld == 1
    await expect(page.locator("#withheld")).to_contain_text("1")
    await expect(dump).to_contain_text(EN.plain("program.dump"))
    # Once, and then nothing: it was a slip.
    await page.keyboard.press("d")
    await expect(dump).to_contain_text(EN.plain("program.dump_again"))
    await page.clock.fast_forward(5_000)
    await expect(dump).to_contain_text(EN.plain("program.dump"))
    assert studio.doing.withheld == 1 and console.faults == []


async def test_what_is_pressed_after_the_login_has_ended_is_not_taken_for_done(console: Console, town: Town) -> None:
    page = console.page
    await page.keyboard.press("1")
    await console.said("program.done_cut")
    hidden = await page.locator("#away").is_hidden()
    ended(town, "moderator")
    await page.keyboard.press("0")
    await console.said("desk.net.over")
    await console.large("chair")
    assert console.studio.doing.cut == "chair" and await page.locator("#away").is_hidden() == hidden


async def test_what_the_program_says_is_drawn_without_a_new_page(console: Console) -> None:
    page, studio = console.page, console.studio
    await page.evaluate("window.same = true")
    studio.say(step="still", slate="withheld")
    await expect(page.locator("#how")).to_contain_text(EN.plain("program.step_still"))
    await expect(page.locator("#how")).to_contain_text(EN.plain("program.slate_withheld"))
    assert await page.evaluate("window.same")


async def test_the_preview_comes_with_a_tap_and_without_sound(console: Console) -> None:
    page = console.page
    now = page.locator("#preview-now")
    await expect(now).to_have_text(EN.plain("program.preview_off"))
    assert await page.evaluate("fake.asked") == []
    await page.locator("#preview-show").click()
    await expect(now).to_have_text(EN.plain("program.preview_on"))
    await expect(page.locator("#preview video")).to_be_visible()
    sound = page.locator("#preview-sound")
    await expect(sound).to_have_attribute("aria-pressed", "false")
    await sound.click()
    await expect(sound).to_have_attribute("aria-pressed", "true")
    await page.locator("#preview-show").click()
    await expect(page.locator("#preview video")).to_have_count(0)
    await expect(sound).to_be_hidden()
    await expect(now).to_have_text(EN.plain("program.preview_off"))
    await page.evaluate("fake.say = 'media_program_full'")
    await page.locator("#preview-show").click()
    await expect(now).to_have_text(EN.plain("program.preview_lost"))
    assert console.faults == []
