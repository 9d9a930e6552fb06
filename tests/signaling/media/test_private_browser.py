"""Private lines in a real Chromium: a phrase comes back to who said it, and a private talk reaches nobody else."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Any

import pytest
from playwright.async_api import Browser, Page

from signaling.media import port
from signaling.media.port import MediaPlane, MediaRefused
from tests.signaling.media.people import SESSION, BrowserSpeaker, BrowserWatcher, Hall, open_page, until

pytestmark = [pytest.mark.anyio, pytest.mark.browser]

CONVERSE = """async ({offer, speaks}) => {
  const {converse} = await import("/media.js");
  window.line = await converse(offer, {speaks});
  const sound = new Audio();
  sound.srcObject = window.line.sound;
  sound.play();
  window.ear = new AudioContext();
  window.spectrum = window.ear.createAnalyser();
  window.spectrum.fftSize = 8192;
  window.ear.createMediaStreamSource(window.line.sound).connect(window.spectrum);
  return window.line.answer;
}"""

SPEAK = """async () => {
  const stream = await navigator.mediaDevices.getUserMedia({audio: {echoCancellation: false, noiseSuppression: false}});
  await window.line.speak(stream.getAudioTracks()[0]);
}"""

#: The loudest pitch on the private line, in Hz, once anything is heard there.
PITCH = """async (seconds) => {
  const bins = new Float32Array(window.spectrum.frequencyBinCount);
  const end = performance.now() + seconds * 1000;
  while (performance.now() < end) {
    window.spectrum.getFloatFrequencyData(bins);
    const top = bins.reduce((best, each, i) => each > bins[best] ? i : best, 0);
    if (bins[top] > -50) return top * window.ear.sampleRate / 8192;
    await new Promise((go) => setTimeout(go, 50));
  }
  return null;
}"""


@pytest.fixture
async def pages(stage_browser: Browser) -> AsyncIterator[list[Page]]:
    context = await stage_browser.new_context()
    opened = [await context.new_page() for _ in range(3)]
    for page in opened:
        await open_page(page)
    try:
        yield opened
    finally:
        await context.close()


async def private(page: Page, plane: MediaPlane, name: str, *, speaks: bool = False) -> None:
    """The page's end of a private line."""
    offer = await plane.offer(SESSION, name, "private")
    given: dict[str, Any] = {"offer": {"peer": offer.peer, "sdp": offer.sdp}, "speaks": speaks}
    await plane.answer(SESSION, name, offer.peer, await page.evaluate(CONVERSE, given))
    await page.wait_for_function("window.line.state === 'up'")


async def test_a_tone_that_goes_up_comes_back_to_the_same_phone(pages: list[Page], hall: Hall) -> None:
    phone, neighbour = pages[0], pages[1]
    await BrowserSpeaker(phone).join(hall.plane, "asma", picture=False)
    await private(phone, hall.plane, "asma")
    await private(neighbour, hall.plane, "bina")
    watcher = BrowserWatcher(pages[2])
    await watcher.join(hall.plane, "viewer", picture=False)

    began = time.monotonic()
    await hall.plane.echo(SESSION, "asma", "record")
    await asyncio.sleep(2.0)
    assert await phone.evaluate("window.line.arrived()") == 0, "nothing comes back before it is asked for"
    heard = await hall.plane.echo(SESSION, "asma", "play")
    assert heard is not None
    lasted_ms = 1_000 * (time.monotonic() - began)
    assert 10 <= heard.packets <= lasted_ms / 40 + 10 and heard.lost == 0, "two seconds in frames of 40 ms"
    assert heard.level is not None and heard.level < 30 and 40 * (heard.packets - 2) < heard.ms < lasted_ms + 200
    pitch = await phone.evaluate(PITCH, 30)
    assert pitch is not None and abs(pitch - 440) < 15
    came = 0
    async with asyncio.timeout(lasted_ms / 1_000 + 30):
        while came < heard.packets:
            came = await phone.evaluate("window.line.arrived()")
    assert came == heard.packets
    verdict = await phone.evaluate(
        "async (up) => (await import('/deck.js')).judge(up, await window.line.arrived())",
        {"packets": heard.packets, "lost": heard.lost, "level": heard.level},
    )
    assert verdict == "clear"

    assert await neighbour.evaluate("window.line.arrived()") == 0
    for seat in ("official", "citizen1", "citizen2", "signer"):
        assert (await watcher.arrived(seat))["sound"] == 0
    assert (await hall.plane.stats(SESSION)).forwarded == 0


async def test_a_private_talk_is_heard_by_two_and_nobody_else(pages: list[Page], hall: Hall) -> None:
    moderator, asma, third = pages
    await BrowserSpeaker(asma).join(hall.plane, "asma", picture=False)
    await private(asma, hall.plane, "asma")
    await private(moderator, hall.plane, "desk", speaks=True)
    await moderator.evaluate(SPEAK)
    # The third has everything that anybody may have: the whole stage, and a private line of her own.
    watcher = BrowserWatcher(third)
    await watcher.join(hall.plane, "viewer", picture=False)
    await private(third, hall.plane, "viewer")

    await hall.plane.private(SESSION, 1, "desk", "asma", True)
    assert await asma.evaluate(PITCH, 30) is not None, "she hears the moderator"
    assert await moderator.evaluate("window.line.arrived()") == 0, "who was not told yet is not heard"
    await hall.plane.echo(SESSION, "asma", "told")
    assert await moderator.evaluate(PITCH, 30) is not None, "the moderator hears her"
    assert [report.state for report in hall.told(port.Private)] == ["asked", "talking"]

    await asyncio.sleep(1.0)
    assert await third.evaluate("window.line.arrived()") == 0
    for seat in ("official", "citizen1", "citizen2", "signer"):
        assert (await watcher.arrived(seat))["sound"] == 0
    assert (await hall.plane.stats(SESSION)).forwarded == 0

    # She goes on the stage: the private line is over before the stage hears her.
    await hall.plane.seat(SESSION, 1, "citizen1", "asma", 10)
    assert hall.told(port.Private)[-1].cause == "on_stage"
    await watcher.wait("citizen1", "a.energy > 0.001")
    before = await asma.evaluate("window.line.arrived()"), await moderator.evaluate("window.line.arrived()")
    await asyncio.sleep(0.5)
    after = await asma.evaluate("window.line.arrived()"), await moderator.evaluate("window.line.arrived()")
    assert before == after
    with pytest.raises(MediaRefused):
        await hall.plane.private(SESSION, 1, "desk", "asma", True)


async def test_a_moderator_who_closes_the_page_hears_nobody(pages: list[Page], hall: Hall) -> None:
    moderator, asma, _ = pages
    await BrowserSpeaker(asma).join(hall.plane, "asma", picture=False)
    await private(moderator, hall.plane, "desk")
    await hall.plane.private(SESSION, 1, "desk", "asma")
    await hall.plane.echo(SESSION, "asma", "told")
    assert await moderator.evaluate(PITCH, 30) is not None
    await moderator.evaluate("window.line.close()")
    await until(lambda: [report.cause for report in hall.told(port.Private, state="over")] == ["left"])
