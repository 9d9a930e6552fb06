"""What following a hearing really costs in data: the live page in Chromium, in writing, with sound, with a picture.

Somebody stands on the stage the whole time and speaks without a pause, into the page that a citizen has (a tone, and
Chromium's test picture as the camera): pauses cost less, so the figures err on the high side. Questions come, are
admitted and heard meanwhile. What the page's own connections carry is counted in both directions: the socket at a
relay in front of the server, with 40 bytes (IPv4 and TCP) for each piece and for its acknowledgement; sound and picture
by the browser's statistics of the transport, with 28 bytes (IPv4 and UDP) for each packet.

Three minutes on the stage by voice are a measurement of their own (`stage_3min_mb`): her microphone hears a voice-like
signal with pauses, an official speaks the whole time and she hears him, and the same is counted on her page, socket
included, for `stage_seconds` and scaled to three minutes.

The program (`audio_mb_h`, `light_mb_h`, `full_mb_h`, and its sound on a narrow line) is measured by program_data.py;
where no program is made, sound and picture come from the stage (`stage_audio_mb_h`, `picture_mb_h`).

The last line is one JSON object: megabytes an hour (10⁶ bytes), extrapolated from `seconds` for each way of following,
and megabytes for the three minutes.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from playwright.async_api import Browser, BrowserContext, Page, Playwright, async_playwright

from rooms.base import Actor
from rooms.questions import AdmitQuestion, NotTakeQuestion
from rooms.turns import CallTurn, ExtendTurn, TakeSeat
from signaling.client.media import Clip, Speaker
from signaling.media import compat
from signaling.media.plane import Plane
from signaling.media.process import Server, settings_of
from tests.bench import program_data
from tests.bench.voice import voice
from tests.servers import require
from tests.signaling.media.conftest import CLIPS, stage_flags, tone
from tests.web.town import Town, open_town
from web.forms import new_key

SECONDS: Final = 40.0
#: How often something happens in the line while it is measured.
EVENT_S: Final = 5.0
#: Bytes of headers: for a piece of TCP and its acknowledgement, for a datagram.
TCP_BYTES, UDP_BYTES = 80, 28
#: How long a picture takes to reach its usual rate.
SETTLE_S: Final = 8.0
STAGE_S: Final = 180.0
#: Bar of `stage_3min_mb`, in megabytes.
STAGE_MOST: Final = 2.0
CHAIR: Final = Actor("00000000000000c1", "chair", "acc")
PEERS = """window.peers = []; const Peer = RTCPeerConnection;
window.RTCPeerConnection = class extends Peer { constructor(...all) { super(...all); window.peers.push(this); } };"""
#: Bytes and packets of all open connections, in both directions.
CARRIED = """async () => {
  const sum = { bytes: 0, packets: 0, picture: 0, sound: 0 };
  for (const peer of window.peers) {
    if (peer.connectionState === "closed") continue;
    for (const entry of (await peer.getStats()).values()) {
      if (entry.type === "inbound-rtp" && entry.kind === "video") sum.picture += entry.bytesReceived;
      if (entry.type === "inbound-rtp" && entry.kind === "audio") sum.sound += entry.packetsReceived;
      if (entry.type !== "transport") continue;
      sum.bytes += entry.bytesReceived + entry.bytesSent;
      sum.packets += entry.packetsReceived + entry.packetsSent;
    }
  }
  return sum;
}"""


@dataclass
class Relay:
    """Stands between a browser and the server and counts what passes."""

    url: str
    bytes: int = 0
    pieces: int = 0

    @property
    def wire(self) -> int:
        return self.bytes + TCP_BYTES * self.pieces


@asynccontextmanager
async def relay(town: Town) -> AsyncIterator[Relay]:
    target = urlsplit(town.url)
    found = Relay("")

    async def pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while data := await reader.read(1_400):
                found.bytes += len(data)
                found.pieces += 1
                writer.write(data)
                await writer.drain()
        except OSError:
            pass
        finally:
            writer.close()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection(target.hostname, target.port)
        await asyncio.gather(pump(reader, back), pump(there, writer))

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    found.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield found
    finally:
        server.close()


async def carried(page: Page, passed: Relay) -> float:
    """Bytes on the wire so far, both ways."""
    media = await page.evaluate(CARRIED)
    return float(media["bytes"] + UDP_BYTES * media["packets"] + passed.wire)


async def rate(page: Page, passed: Relay, seconds: float) -> float:
    """Megabytes an hour."""
    before = await carried(page, passed)
    await asyncio.sleep(seconds)
    return (await carried(page, passed) - before) / seconds * 3_600 / 1e6


async def busy(town: Town, session: str) -> None:
    """The line moves as in a hearing: somebody asks, is admitted, and now and then somebody is done."""
    number = 0
    while True:
        await asyncio.sleep(EVENT_S)
        number += 1
        await town.phone().ask(session, f"سوال نمبر {number}: سڑک اور پانی کا مسئلہ بہت دیر سے ہے")
        live = await town.service.live(session)
        newest = max(live.session.queue.questions.values(), key=lambda each: each.asked_at)
        await town.moderate(session, AdmitQuestion(question=newest.id))
        if number % 3 == 0:
            first = live.session.queue.line[0][1]
            await town.moderate(session, NotTakeQuestion(question=first, reason="other_office"))


async def visitor(browser: Browser, url: str, cookies: dict[str, str]) -> tuple[BrowserContext, Page]:
    context = await browser.new_context(
        viewport={"width": 360, "height": 640}, locale="ur-PK", permissions=["microphone", "camera"]
    )
    await context.add_init_script(PEERS)
    await context.add_cookies([{"name": name, "value": value, "url": url} for name, value in cookies.items() if value])
    return context, await context.new_page()


async def on_stage(town: Town, browser: Browser, session: str, passed: Relay) -> Page:
    """Asks, is called, and speaks from her page."""
    her = town.phone()
    await her.ask(session, "پینے کا پانی دو مہینے سے نہیں آ رہا")
    live = await town.service.live(session)
    [question] = live.session.queue.questions
    await town.moderate(session, AdmitQuestion(question=question))
    _, page = await visitor(browser, passed.url, dict(her.client.cookies))
    await town.moderate(session, CallTurn(question=question, seat="citizen"))
    await page.goto(f"{passed.url}/s/{session}/next")
    await page.locator("#mic-test").click()
    await page.locator("form[data-action=ready] button").click()
    await page.locator("#air[data-air=on]").wait_for()
    turn = next(iter((await town.service.live(session)).session.stage.turns))
    await town.moderate(session, ExtendTurn(turn=turn, extra_ms=300_000))
    return page


async def measure(town: Town, browser: Browser, seconds: float) -> dict[str, float]:
    session = await town.schedule(live=True)
    async with relay(town) as hers, relay(town) as mine:
        speaker = await on_stage(town, browser, session, hers)
        noise = asyncio.ensure_future(busy(town, session))
        try:
            found: dict[str, float] = {}
            context, page = await visitor(browser, mine.url, {"k_follow": "text"})
            await page.goto(f"{mine.url}/s/{session}/live")
            await asyncio.sleep(2)
            found["page_kb"] = round(mine.bytes / 1e3, 1)
            found["text_mb_h"] = round(await rate(page, mine, seconds), 2)
            await page.locator("[data-follow=sound]").click()
            await asyncio.sleep(SETTLE_S)
            found["stage_audio_mb_h"] = round(await rate(page, mine, seconds), 1)
            assert (await page.evaluate(CARRIED))["picture"] == 0, "whoever only listens is sent no picture"
            await speaker.locator("#camera").click()
            await page.locator("[data-follow=picture]").click()
            await asyncio.sleep(SETTLE_S)
            found["picture_mb_h"] = round(await rate(page, mine, seconds), 1)
            assert (await page.evaluate(CARRIED))["picture"] > 0
            await context.close()
        finally:
            if noise.done():
                noise.result()  # a line that stood still would make the figures too low
            noise.cancel()
            await asyncio.gather(noise, return_exceptions=True)
    return found


async def by_voice(town: Town, plane: Plane, browser: Browser, seconds: float) -> float:
    """Megabytes of three minutes on the stage, in a conversation with an official."""
    session = await town.schedule(live=True)
    await town.service.submit(CHAIR, session, TakeSeat(seat="chair"), new_key())
    official = Speaker(Clip.load(CLIPS / "officer.webm"), picture=False)
    async with relay(town) as passed:
        page = await on_stage(town, browser, session, passed)
        noise = asyncio.ensure_future(busy(town, session))
        try:
            offer = await plane.offer(session, CHAIR.participant, "publish")
            await plane.answer(session, CHAIR.participant, offer.peer, await official.answer(offer.sdp))
            await asyncio.sleep(SETTLE_S / 2)
            heard = float((await page.evaluate(CARRIED))["sound"])
            found = await rate(page, passed, seconds) * STAGE_S / 3_600
            more = float((await page.evaluate(CARRIED))["sound"]) - heard
            assert more > 20 * seconds, f"she hears the official: {more} packets"
        finally:
            noise.cancel()
            await asyncio.gather(noise, return_exceptions=True)
            await official.close()
    return round(found, 2)


async def run(seconds: float, stage_seconds: float = STAGE_S) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        sound = tone(Path(folder) / "tone.wav")
        compat.limit_client_addresses(["127.0.0.1"])
        async with open_town(Path(folder)) as town, async_playwright() as playwright:
            plane = Server(town.settings.media.socket, settings_of(town.settings))
            await plane.start()
            try:
                speech = await launch(playwright, voice(Path(folder) / "voice.wav"))
                found = {"stage_3min_mb": await by_voice(town, plane.plane, speech, stage_seconds)}
                await speech.close()
                browser = await launch(playwright, sound)
                if seconds:
                    found |= await measure(town, browser, seconds)
                    found |= await program_data.measure(browser, seconds, program_data.NARROW_S, program_data.FOLLOWS)
                version = browser.version
                await browser.close()
            finally:
                await plane.stop()
    return {
        **found,
        "seconds": seconds,
        "stage_seconds": stage_seconds,
        "browser": version,
        "aiortc": metadata.version("aiortc"),
    }


async def launch(playwright: Playwright, sound: Path) -> Browser:
    return await playwright.chromium.launch(executable_path=require("chromium"), args=stage_flags(sound))


def main() -> None:
    """`make bench NAME=data`."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=SECONDS, help="of each way of following; 0 leaves them out")
    parser.add_argument("--stage-seconds", type=float, default=STAGE_S)
    parser.add_argument("--small", action="store_true", help="the stage alone, for a short while")
    given = parser.parse_args()
    print(json.dumps(asyncio.run(run(0.0, 20.0) if given.small else run(given.seconds, given.stage_seconds))))


if __name__ == "__main__":
    main()
