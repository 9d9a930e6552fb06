"""A narrow or lossy line in a real Chromium: sound first, pictures as far as there is room."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import AsyncIterator, Callable
from typing import Any

import msgspec
import pytest
from playwright.async_api import Page

from signaling.client.media import Clip
from signaling.media import compat, rtcp
from signaling.media.peer import Peer
from signaling.media.publisher import Publisher
from signaling.media.watcher import Watcher
from tests.signaling.media.people import (
    LOOPBACK,
    SESSION,
    BrowserSpeaker,
    BrowserWatcher,
    Hall,
    until,
)

pytestmark = [pytest.mark.anyio, pytest.mark.browser]

#: How many packets of sound the page has sent.
SENT = """async () => {
  let sent = 0;
  for (const entry of (await window.speaking.stats()).values())
    if (entry.type === "outbound-rtp" && entry.kind === "audio") sent += entry.packetsSent;
  return sent;
}"""
#: Of so many packets of sound sent nearly all have to arrive; some of the last may be on their way.
SOUND, ARRIVE = 100, 75


class Road:
    """A line of so many kbit/s with a queue of so many seconds in front of it, shared by all peers put on it."""

    def __init__(self, kbps: float, queue_s: float = 0.4) -> None:
        self._bytes_per_s, self._queue_s = 125 * kbps, queue_s
        self._free_at = 0.0
        self.dropped = 0

    def take(self, size: int, deliver: Callable[[], object]) -> None:
        now = time.monotonic()
        if self._free_at - now > self._queue_s:
            self.dropped += 1
            return
        self._free_at = max(now, self._free_at) + (size + 28) / self._bytes_per_s
        asyncio.get_running_loop().call_later(self._free_at - now, deliver)

    def towards(self, peer: Peer) -> None:
        """What goes to the peer comes this way, its connectivity checks too."""
        send, probe = peer.wire._send, peer.wire.probe

        def out(protect: Callable[[bytes], bytes], data: bytes) -> None:
            sealed = protect(data)
            self.take(len(sealed), lambda: send(lambda _: sealed, data))

        async def check() -> None:
            await asyncio.sleep(max(0.0, self._free_at - time.monotonic()))
            await probe()

        peer.wire._send = out  # type: ignore[method-assign]
        peer.wire.probe = check  # type: ignore[method-assign]

    def away_from(self, peer: Peer) -> None:
        """What comes from the peer comes this way."""
        arrived = peer.wire.arrived

        def come(*given: Any) -> None:
            self.take(len(given[1]), lambda: arrived(*given))

        peer.wire.arrived = come  # type: ignore[method-assign, assignment]


@pytest.fixture
async def hall(clip: Clip) -> AsyncIterator[Hall]:
    compat.limit_client_addresses(["127.0.0.1"])
    hall = Hall(clip, settings=msgspec.structs.replace(LOOPBACK, backend="direct"))
    await hall.start()
    try:
        yield hall
    finally:
        await hall.stop()


def peer_of(hall: Hall, name: str) -> Peer:
    assert hall.local is not None
    [peer] = [peer for peer in hall.local._peers.values() if peer.participant == name]
    return peer


async def test_a_picture_pauses_when_the_estimate_falls_and_comes_back(pages: tuple[Page, Page], hall: Hall) -> None:
    """The browser's own figures come first; then one that falls, as on a line that became narrow."""
    watcher = BrowserWatcher(pages[1])
    await watcher.join(hall.plane, "viewer")
    await BrowserSpeaker(pages[0]).join(hall.plane, "asma")
    await hall.plane.seat(SESSION, 1, "citizen1", "asma", 5)
    await watcher.wait("citizen1", "a.pictures > 5")
    peer = peer_of(hall, "viewer")
    assert isinstance(peer, Watcher) and peer.link is not None
    link = peer.link
    await until(lambda: link.estimate.remb_kbps is not None and link.estimate.rtt_ms is not None)
    assert not peer.paused

    kbps = link.estimate.remb_kbps or 0.0
    peer.rtcp(rtcp.bitrate_limit(9, 40_000 if kbps > 60 else round(500 * kbps), []), hall.local._clock())  # type: ignore[union-attr]
    assert peer.paused == {"citizen1"}
    assert (await hall.plane.stats(SESSION)).paused == 1
    await asyncio.sleep(0.5)
    then = await watcher.arrived("citizen1")
    await watcher.wait("citizen1", f"a.sound > {then['sound'] + 20}")
    assert (await watcher.arrived("citizen1"))["pictures"] <= then["pictures"] + 1
    await watcher.wait("citizen1", f"a.pictures > {then['pictures'] + 20}", 20)
    assert not peer.paused


async def test_on_a_narrow_way_down_the_sound_goes_on(pages: tuple[Page, Page], hall: Hall) -> None:
    """150 kbit/s for a voice and a picture of more than that: the picture gives way, the voice does not break."""
    speaker, watcher = BrowserSpeaker(pages[0]), BrowserWatcher(pages[1])
    await speaker.join(hall.plane, "asma")
    await watcher.join(hall.plane, "viewer")
    peer = peer_of(hall, "viewer")
    assert isinstance(peer, Watcher)
    Road(110).towards(peer)
    await hall.plane.seat(SESSION, 1, "citizen1", "asma", 5)
    await watcher.wait("citizen1", "a.energy > 0.001")
    await until(lambda: peer.paused == {"citizen1"})
    voice = peer_of(hall, "asma")
    assert isinstance(voice, Publisher)
    then, heard = await watcher.arrived("citizen1"), voice.sources["audio"].received
    await until(lambda: voice.sources["audio"].received >= heard + SOUND)
    assert (await watcher.arrived("citizen1"))["sound"] > then["sound"] + ARRIVE


async def test_on_a_narrow_way_up_the_camera_gives_way(pages: tuple[Page, Page], hall: Hall) -> None:
    speaker, watcher = BrowserSpeaker(pages[0]), BrowserWatcher(pages[1])
    await watcher.join(hall.plane, "viewer", picture=False)
    await speaker.join(hall.plane, "asma")
    await hall.plane.seat(SESSION, 1, "citizen1", "asma", 5)
    await watcher.wait("citizen1", "a.energy > 0.001")
    peer = peer_of(hall, "asma")
    assert isinstance(peer, Publisher)
    await until(lambda: peer._video_kbps > 100)
    Road(100).away_from(peer)
    await until(lambda: peer.cap_kbps < 100)
    audio = peer.sources["audio"]
    await until(lambda: audio.queue_s < 0.1)
    sent, heard, at = await pages[0].evaluate(SENT), audio.received, peer.clock()
    async with asyncio.timeout(30):
        while await pages[0].evaluate(SENT) < sent + SOUND:
            await asyncio.sleep(0.1)
    assert audio.received > heard + ARRIVE
    await until(lambda: peer.sources["video"].heard_at > at)


async def test_lost_sound_is_sent_again_both_ways(pages: tuple[Page, Page], hall: Hall) -> None:
    """One packet of sound in eight lost on each way: most are there in time."""
    speaker, watcher = BrowserSpeaker(pages[0]), BrowserWatcher(pages[1])
    await watcher.join(hall.plane, "viewer", picture=False)
    await speaker.join(hall.plane, "asma", picture=False)
    await hall.plane.seat(SESSION, 1, "citizen1", "asma", 5)
    await watcher.wait("citizen1", "a.sound > 10")
    dice, lost = random.Random(5), {"up": 0, "down": 0}
    viewer, asma = peer_of(hall, "viewer"), peer_of(hall, "asma")
    send, arrive = viewer.wire._send, asma.wire.arrived

    def out(protect: Callable[[bytes], bytes], data: bytes) -> None:
        if data[1] & 0x7F == 111 and dice.random() < 0.125:
            lost["down"] += 1
            protect(data)
        else:
            send(protect, data)

    def come(*given: Any) -> None:
        data: bytes = given[1]
        if data[0] >> 6 == 2 and data[1] & 0x7F == 111 and dice.random() < 0.125:
            lost["up"] += 1
        else:
            arrive(*given)

    viewer.wire._send = out  # type: ignore[method-assign]
    asma.wire.arrived = come  # type: ignore[method-assign, assignment]
    await until(lambda: min(lost.values()) > 20, 60)
    arrived = await watcher.arrived("citizen1")
    assert arrived["lost"] < (lost["down"] + lost["up"]) / 3


async def test_how_large_a_picture_a_network_is_given(pages: tuple[Page, Page]) -> None:
    script = """async () => {
      const { PictureSize, networkClass } = await import("/network.js");
      const given = (value) => Object.defineProperty(navigator, "connection", { value, configurable: true });
      const found = [];
      for (const [effectiveType, downlink, saveData] of [["slow-2g", 0.05], ["2g", 0.3], ["3g", 0.4], ["3g", 1.2],
          ["4g", 0.1], ["4g", 0.5], ["4g", 2], ["4g", 10], ["4g", 10, true]]) {
        given({ effectiveType, downlink, saveData });
        found.push([networkClass(), new PictureSize("middle").now.kbps, new PictureSize("high").now.kbps]);
      }
      given(undefined);
      found.push([networkClass(), new PictureSize("high").now.kbps]);
      const size = new PictureSize("high"), worn = [];
      given({ effectiveType: "4g", downlink: 10 });
      for (let i = 0; i < 40; i++) {
        size.look(i < 5 ? 0.2 : 0);
        worn.push(size.now.kbps);
      }
      return { found, worn: worn.filter((kbps, i) => kbps !== worn[i - 1]) };
    }"""
    result = await pages[0].evaluate(script)
    assert result["found"] == [
        ["sound", 0, 0],
        ["sound", 0, 0],
        ["low", 100, 100],
        ["middle", 250, 250],
        ["sound", 0, 0],
        ["low", 100, 100],
        ["middle", 250, 250],
        ["high", 250, 600],
        ["low", 100, 100],
        ["unknown", 250],
    ]
    assert result["worn"] == [600, 250, 100, 250, 600]


async def test_a_camera_follows_its_limits_while_it_is_sent(pages: tuple[Page, Page], hall: Hall) -> None:
    await BrowserSpeaker(pages[0]).join(hall.plane, "asma")
    sizes = """async (most) => {
      await window.speaking.limit(most);
      const end = performance.now() + 30000;
      for (;;) {
        for (const s of (await window.speaking.stats()).values())
          if (s.type === "outbound-rtp" && s.kind === "video")
            if (most.kbps ? s.frameHeight === most.short : !s.active) return true;
        if (performance.now() > end) return false;
        await new Promise((go) => setTimeout(go, 100));
      }
    }"""
    assert await pages[0].evaluate(sizes, {"kbps": 100, "short": 120, "fps": 10})
    assert await pages[0].evaluate(sizes, {"kbps": 0, "short": 0, "fps": 0})
    assert await pages[0].evaluate(sizes, {"kbps": 250, "short": 240, "fps": 15})
    assert await pages[0].evaluate("window.speaking.loss()") < 0.1
