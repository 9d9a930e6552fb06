"""The stage in a real Chromium: a page speaks, a page watches."""

from __future__ import annotations

import asyncio
import random
import time

import pytest
from playwright.async_api import Browser, Page

from signaling.client.media import Clip
from signaling.media import port
from tests.bench import stage
from tests.signaling.media.people import SESSION, BrowserSpeaker, BrowserWatcher, Hall, open_page, until
from tests.signaling.media.translator import Translator

pytestmark = [pytest.mark.anyio, pytest.mark.browser]


async def test_who_takes_a_seat_is_heard_and_seen_at_once(pages: tuple[Page, Page], hall: Hall) -> None:
    speaker, watcher = BrowserSpeaker(pages[0]), BrowserWatcher(pages[1])
    await watcher.join(hall.plane, "viewer")
    await speaker.join(hall.plane, "asma")
    await asyncio.sleep(0.3)
    before = await watcher.arrived("citizen1")
    assert before["sound"] == before["pictures"] == 0

    await seated(hall, watcher, 10)
    began, first = time.monotonic(), await watcher.arrived("citizen1")
    await watcher.wait("citizen1", f"a.pictures > {first['pictures'] + 20} && a.sound > {first['sound'] + 50}")
    arrived, lasted = await watcher.arrived("citizen1"), time.monotonic() - began
    assert arrived["lost"] == 0
    # 40 ms frames: 25 packets a second, where the default would be 50.
    assert (arrived["sound"] - first["sound"]) / lasted < 45
    others = [await watcher.arrived(seat) for seat in ("official", "citizen2", "signer")]
    assert all(other["sound"] == other["pictures"] == 0 for other in others)
    await hall.plane.seat(SESSION, 1, "citizen1", None, 11)
    await seated(hall, watcher, 12)


async def seated(hall: Hall, watcher: BrowserWatcher, seq: int) -> None:
    """On the seat, seen and heard. How soon is measured by `make bench NAME=stage`."""
    before = await watcher.arrived("citizen1")
    await hall.plane.seat(SESSION, 1, "citizen1", "asma", seq)
    await watcher.wait("citizen1", f"a.pictures > {before['pictures']} && a.energy > {before['energy'] + 0.001}")


async def test_taken_off_means_not_one_more_packet(pages: tuple[Page, Page], hall: Hall) -> None:
    speaker, watcher = BrowserSpeaker(pages[0]), BrowserWatcher(pages[1])
    await watcher.join(hall.plane, "viewer")
    await speaker.join(hall.plane, "asma")
    await hall.plane.seat(SESSION, 1, "citizen1", "asma", 10)
    await watcher.wait("citizen1", "a.pictures > 5 && a.sound > 5")
    await hall.plane.seat(SESSION, 1, "citizen1", None, 11)
    await asyncio.sleep(0.2)
    then = await watcher.arrived("citizen1")
    await asyncio.sleep(0.5)
    assert (await watcher.arrived("citizen1"))["bytes"] == then["bytes"]
    assert (await hall.plane.stats(SESSION)).unseated > 0


async def test_sound_alone_is_a_full_turn(pages: tuple[Page, Page], hall: Hall) -> None:
    speaker, watcher = BrowserSpeaker(pages[0]), BrowserWatcher(pages[1])
    await watcher.join(hall.plane, "viewer")
    await hall.plane.seat(SESSION, 1, "citizen1", "asma", 10)
    await speaker.join(hall.plane, "asma", picture=False)
    arrived = await watcher.wait("citizen1", "a.energy > 0.001")
    assert arrived["pictures"] == 0


async def test_one_after_the_other_on_the_same_seat(pages: tuple[Page, Page], hall: Hall) -> None:
    """The picture of the second replaces that of the first on the same line, without a new description."""
    watcher = BrowserWatcher(pages[1])
    await watcher.join(hall.plane, "viewer")
    await hall.speaker("first")
    await BrowserSpeaker(pages[0]).join(hall.plane, "second")
    await hall.plane.seat(SESSION, 1, "citizen1", "first", 10)
    await watcher.wait("citizen1", "a.pictures > 10")
    size = "document.getElementById('video-citizen1').videoWidth"
    assert await pages[1].evaluate(size) == 320
    for seq, name in enumerate(("second", "first", "second"), 11):
        before = await watcher.arrived("citizen1")
        await hall.plane.seat(SESSION, 1, "citizen1", name, seq)
        condition = f"a.pictures > {before['pictures'] + 5} && a.energy > {before['energy']}"
        after = await watcher.wait("citizen1", condition)
        assert after["lost"] <= 0


async def test_what_gets_lost_on_the_way_is_sent_again(pages: tuple[Page, Page], hall: Hall) -> None:
    """One packet of the picture in ten lost on the way to the page: it does not freeze, whatever the machine's pace."""
    watcher, network = BrowserWatcher(pages[1]), Translator()
    await watcher.join(hall.plane, "viewer", through=network)
    await hall.speaker("asma")
    await hall.plane.seat(SESSION, 1, "citizen1", "asma", 5)
    await watcher.wait("citizen1", "a.pictures > 5")
    dice, lost, again = random.Random(3), [0], [0]

    def loses(data: bytes) -> bool:
        kind = data[1] & 0x7F if data[0] >= 128 else 0
        again[0] += kind == 97
        gone = kind in (96, 97) and dice.random() < 0.1
        lost[0] += gone
        return gone

    before = await watcher.arrived("citizen1")
    network.loses = loses
    await until(lambda: lost[0] > 15 and again[0] > 0.8 * lost[0], 60)
    await watcher.wait("citizen1", f"a.pictures > {before['pictures'] + 75}")
    network.close()


async def test_how_loud_a_speaker_is_can_be_read(pages: tuple[Page, Page], hall: Hall) -> None:
    await BrowserSpeaker(pages[0]).join(hall.plane, "asma")
    await hall.plane.seat(SESSION, 1, "citizen1", "asma", 10)
    await until(lambda: any(r.seats and r.seats[0].level is not None for r in hall.told(port.Seats)))
    [seat] = hall.told(port.Seats)[-1].seats
    assert seat.level is not None and seat.level < 30, "a tone, in -dBov"


async def test_a_sample_of_the_stage_bench(stage_browser: Browser) -> None:
    async with stage.plane_driver() as driver:
        figures = await stage.measure(driver, stage_browser, 3)
    assert figures["ok"] == figures["of"] == 3
    assert figures["unseated_packets"] == 0


async def test_a_closed_page_is_noticed(pages: tuple[Page, Page], hall: Hall) -> None:
    speaker = BrowserSpeaker(pages[0])
    await speaker.join(hall.plane, "asma")
    await until(lambda: hall.told(port.Up, participant="asma"))
    await pages[0].evaluate("window.speaking.close()")
    await until(lambda: hall.told(port.Closed, participant="asma", reason="hung_up"))


async def test_sound_only_for_a_small_data_plan(pages: tuple[Page, Page], hall: Hall) -> None:
    await hall.speaker("asma")
    await hall.plane.seat(SESSION, 1, "citizen1", "asma", 5)
    watcher = BrowserWatcher(pages[1])
    await watcher.join(hall.plane, "viewer", picture=False)
    arrived = await watcher.wait("citizen1", "a.energy > 0.0001 && a.sound > 20")
    assert arrived["pictures"] == 0 and arrived["bytes"] < 10_000


async def test_a_session_in_h264(stage_browser: Browser, clip: Clip) -> None:
    hall = Hall(clip)
    await hall.start("h264")
    context = await stage_browser.new_context()
    try:
        first, second = await context.new_page(), await context.new_page()
        for page in (first, second):
            await open_page(page)
        watcher = BrowserWatcher(second)
        await watcher.join(hall.plane, "viewer")
        await BrowserSpeaker(first).join(hall.plane, "asma")
        await hall.plane.seat(SESSION, 1, "citizen1", "asma", 10)
        await watcher.wait("citizen1", "a.pictures > 10 && a.energy > 0.001")
    finally:
        await context.close()
        await hall.stop()


async def test_a_browser_follows_our_bandwidth_limit(pages: tuple[Page, Page], hall: Hall) -> None:
    """Receiver reports and REMB arrive: without them the browser would not know its round trip or its limit."""
    speaker = BrowserSpeaker(pages[0])
    await speaker.join(hall.plane, "asma")
    script = """async () => {
      const end = performance.now() + 30000;
      for (;;) {
        for (const s of (await window.speaking.stats()).values())
          if (s.type === "candidate-pair" && s.nominated && Math.abs(s.availableOutgoingBitrate - 600000) < 60000)
            return s.availableOutgoingBitrate;
        if (performance.now() > end) return null;
        await new Promise((go) => setTimeout(go, 100));
      }
    }"""
    assert await pages[0].evaluate(script) is not None
