"""The program without delay in a real Chromium, made by a process of its own that is killed meanwhile."""

from __future__ import annotations

import os
import signal

import pytest
from playwright.async_api import Browser

from rooms.lifecycle import OpenDoors, StartSession
from rooms.turns import TakeSeat
from signaling.client.media import Clip, Speaker
from signaling.media.port import MediaRefused
from tests.bench.house import MODERATORS, SESSION
from tests.recordings.program.test_process import CHAIR, House, house
from tests.recordings.program.test_studio import CLIPS
from tests.signaling.media.conftest import stage_browser
from tests.signaling.media.people import BrowserWatcher, two_pages, until

pytestmark = [pytest.mark.anyio, pytest.mark.browser, pytest.mark.slow]
__all__ = ["house", "stage_browser"]

#: Whether two pictures a while apart differ in more than a few points: asked until they do.
MOVES = """async () => {
  const [streams] = [...window.watching.seats.values()];
  const video = Object.assign(document.createElement("video"), {muted: true, srcObject: streams.video});
  await video.play();
  const look = () => {
    const canvas = Object.assign(document.createElement("canvas"), {width: 64, height: 36});
    const pen = canvas.getContext("2d");
    pen.drawImage(video, 0, 0, 64, 36);
    return [...pen.getImageData(0, 0, 64, 36).data];
  };
  const first = look(), end = performance.now() + 30000;
  while (performance.now() < end) {
    if (look().filter((value, i) => Math.abs(value - first[i]) > 8).length > 20) return true;
    await new Promise((go) => setTimeout(go, 100));
  }
  return false;
}"""


async def test_a_browser_sees_and_hears_it_and_goes_on_when_its_process_was_killed(
    house: House, stage_browser: Browser
) -> None:
    await house.service.submit(MODERATORS[0], SESSION, OpenDoors())
    await house.service.submit(MODERATORS[0], SESSION, StartSession())
    plane = house.media.plane
    await plane.open(SESSION, 1, ("official-1", "citizen-1", "citizen-2"))
    speaker = Speaker(Clip.load(CLIPS / "officer.webm"))
    offer = await plane.offer(SESSION, CHAIR.participant, "publish")
    await plane.answer(SESSION, CHAIR.participant, offer.peer, await speaker.answer(offer.sdp))
    try:
        await plane.seat(SESSION, 1, "official-1", CHAIR.participant, 9)
        await house.service.submit(CHAIR, SESSION, TakeSeat(seat="official-1"))
        await until(lambda: house.doing and house.doing[-1].slate == "")
        async with two_pages(stage_browser) as (page, _):
            viewer = BrowserWatcher(page)
            await viewer.join(plane, "viewer", direction="program", session=SESSION, most=1)
            with pytest.raises(MediaRefused, match="media_program_full"):
                await plane.offer(SESSION, "another", "program", most=1)
            seen = await viewer.wait("program", "a.pictures > 20 && a.energy > 0.0005")
            assert await page.evaluate(MOVES)
            killed = house.pid
            os.kill(killed, signal.SIGKILL)
            more = f"a.pictures > {seen['pictures'] + 60} && a.energy > {seen['energy'] + 0.001}"
            await viewer.wait("program", more, seconds=60)
            assert house.pid != killed and await page.evaluate(MOVES)
            assert await page.evaluate("window.watching.state") == "up"
    finally:
        await speaker.close()
