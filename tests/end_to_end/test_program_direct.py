"""The program without delay as people have it: real processes, a real camera's clock, and a phone that taps for it.

The clock is read back from the screen (tests/bench/clock.py); how fast it is stands in a bench, here it is enough that
it is nearer than any playlist could be.
"""

from __future__ import annotations

import os
import re
import signal
import time
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from kachehri.i18n import words_for
from tests.bench.filmed import filmed
from tests.end_to_end.test_program import clock
from tests.servers import SOON_MS

pytestmark = [pytest.mark.anyio, pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(240)]
UR = words_for("ur")
#: Seconds; a segment alone is two.
NEAR = 1.5
#: Energy of what was heard so far, of every connection of the page that receives (W3C WebRTC Statistics §6.2.4).
EARS = """
window.ears = [];
window.RTCPeerConnection = class extends RTCPeerConnection {
  constructor(...args) { super(...args); window.ears.push(this); }
};
window.energy = async () => {
  let heard = 0;
  for (const each of window.ears)
    for (const entry of (await each.getStats()).values()) heard += entry.totalAudioEnergy ?? 0;
  return heard;
};
"""


async def test_a_phone_has_it_by_a_tap_and_goes_back_by_another(browser: Browser, tmp_path: Path) -> None:
    async with filmed(tmp_path) as hearing:
        await hearing.until("light", 2)
        context = await browser.new_context(
            viewport={"width": 360, "height": 640}, locale="ur-PK", base_url=hearing.url
        )
        page = await context.new_page()
        page.set_default_timeout(SOON_MS)
        faults: list[str] = []
        page.on("pageerror", lambda error: faults.append(str(error)))
        await page.add_init_script(EARS)
        await page.goto(f"/s/{hearing.session}/live?follow=light")
        await page.locator("#direct").click()
        await expect(page.locator("#program-now")).to_have_text(UR.plain("program.now_direct"), timeout=SOON_MS)
        await clock(page, 0, NEAR)
        await page.wait_for_function("async () => (await energy()) > 0.0005")
        await expect(page.locator("#player video")).to_be_visible()
        assert await page.locator("#player audio").evaluate("(element) => !element.paused && !element.muted")
        # Its process is killed: what comes next is there by itself, and the page says which way it comes.
        at = time.time() * 1000
        os.kill(hearing.program_pid, signal.SIGKILL)
        await clock(page, at + 3_000, 15)
        said = "|".join(re.escape(UR.plain(each)) for each in ("program.now_direct", "program.now_light"))
        await expect(page.locator("#program-now")).to_have_text(re.compile(f"^\\s*({said})\\s*$"))
        await page.locator("[data-follow=text]").click()
        await expect(page.locator("#program-now")).to_have_text(UR.plain("program.now_text"))
        await page.wait_for_function("() => ears.every((each) => each.connectionState === 'closed')")
        assert faults == []
        await context.close()
