"""The program as people have it: a house that makes one of its hearing, two on the stage, and a phone that follows.

Every process is the real one. The picture is read back in the browser: the official films a clock
(tests/bench/filmed.py), the citizen a clip of the demo.
"""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.async_api import Browser, Locator, Page, expect

from kachehri.i18n import words_for
from signaling.client.media import Clip, Speaker
from tests.bench.clock import READ
from tests.bench.filmed import filmed
from tests.servers import SOON_MS
from tests.signaling.media.conftest import CLIPS

pytestmark = [pytest.mark.anyio, pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(240)]
UR = words_for("ur")
WORDS, LINE = "نہر کا پانی تین ہفتوں سے نہیں آیا", "موٹر سوموار تک بدل دی جائے گی"
#: How loud the element is, as it is played; the graph is made once.
LOUD = """async (element) => {
  window.ear ??= (() => {
    const context = new AudioContext(), meter = context.createAnalyser();
    context.createMediaElementSource(element).connect(meter);
    meter.connect(context.destination);
    return meter;
  })();
  const samples = new Float32Array(window.ear.fftSize);
  window.ear.getFloatTimeDomainData(samples);
  return Math.sqrt(samples.reduce((sum, each) => sum + each * each, 0) / samples.length);
}"""
#: How much the place beside the large picture differs from itself: a name on a ground is flat but for its letters.
BESIDE = """(video) => {
  const canvas = document.createElement("canvas"), width = 192, height = 80;
  [canvas.width, canvas.height] = [width, height];
  const context = canvas.getContext("2d"), [wide, high] = [video.videoWidth, video.videoHeight];
  context.drawImage(video, wide * 0.7, 0, wide * 0.3, high * 0.22, 0, 0, width, height);
  const shades = new Set(), { data } = context.getImageData(0, 0, width, height);
  for (let at = 0; at < data.length; at += 4) shades.add(data[at] >> 2);
  return shades.size;
}"""


async def played(page: Page, kind: str) -> None:
    """Two more seconds of it pass."""
    await page.wait_for_function("(kind) => document.querySelector(`#player ${kind}`)?.currentTime > 0", arg=kind)
    before = await page.locator(f"#player {kind}").evaluate("(element) => element.currentTime")
    await page.wait_for_function(
        "([kind, before]) => document.querySelector(`#player ${kind}`)?.currentTime > before + 2", arg=[kind, before]
    )


async def until(where: Locator, script: str, enough: Callable[[float], bool]) -> None:
    """Asks until it is enough."""
    async with asyncio.timeout(SOON_MS / 1000):
        while not enough(await where.evaluate(script)):
            await asyncio.sleep(0.1)


async def clock(page: Page, after_ms: float, within_s: float) -> None:
    """Waits until a clock is on the screen that shows a time after this one and is no older than this.

    A machine with much to do may be late once; what is never as near fails.
    """
    async with asyncio.timeout(SOON_MS / 1000):
        while True:
            found = await page.evaluate(
                f"() => {{ const v = document.querySelector('#player video'); return v && ({READ})(v) }}"
            )
            if found is not None and found < 1_000 * within_s and time.time() * 1000 - found > after_ms:
                return
            await asyncio.sleep(0.1)


async def test_a_phone_follows_by_sound_and_picture_and_through_a_kill(browser: Browser, tmp_path: Path) -> None:
    async with filmed(tmp_path) as hearing:
        await hearing.until("sound", 3)
        context = await browser.new_context(
            viewport={"width": 360, "height": 640}, locale="ur-PK", base_url=hearing.url
        )
        page = await context.new_page()
        page.set_default_timeout(SOON_MS)
        faults: list[str] = []
        page.on("pageerror", lambda error: faults.append(str(error)))
        await page.goto(f"/s/{hearing.session}/live")

        # By sound, from the browser alone.
        await page.locator("#player audio").evaluate("(element) => element.play()")
        await played(page, "audio")
        await until(page.locator("#player audio"), LOUD, lambda loud: loud > 0.01)
        assert "/b/" in await page.locator("#player audio").evaluate("(element) => element.currentSrc")

        # Turn and caption come by the live line.
        client, turn = await hearing.citizen(WORDS, Speaker(Clip.load(CLIPS / "water.webm")))
        await expect(page.locator("#seats [data-seat=citizen-1]")).to_be_visible()
        await hearing.desk.send("caption.type", language="ur", line=LINE)
        await expect(page.locator("#captions li")).to_have_text([LINE])

        # By picture, near the moment: both are in it.
        await page.locator("[data-follow=light]").click()
        await page.locator("#near").click()
        await played(page, "video")
        await page.wait_for_function(f"() => ({BESIDE})(document.querySelector('#player video')) > 20")

        # The program is killed: it is back by itself, and the player goes on without a tap.
        await hearing.desk.send("turn.finish", turn=turn)
        await clock(page, 0, 15)
        killed, at = hearing.program_pid, time.time() * 1000
        os.kill(killed, signal.SIGKILL)
        await clock(page, at + 1_000, 15)
        assert hearing.program_pid != killed
        epochs = [each.epoch for each in hearing.archive.index(hearing.session, "light").segments]
        assert set(epochs) == {1, 2} and epochs == sorted(epochs)
        await expect(page.locator("#program-now")).to_have_text(UR.plain("program.now_light"))
        assert faults == []
        await context.close()
        await client.close()
