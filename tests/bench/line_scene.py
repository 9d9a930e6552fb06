"""The line bench's scene: a whole server in one private network, a real phone in another, and the line between them.

The phone's browser has two people in it: one is on the stage and speaks (a voice that never pauses), the other listens
on the live page. In the house somebody else listens over a good line, and a moderator is at the desk.
"""

from __future__ import annotations

import asyncio
import math
import os
import random
import signal
import socket
import struct
import time
import wave
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from playwright.async_api import Browser as Chromium
from playwright.async_api import async_playwright

from rooms.lifecycle import Timing
from signaling.client import LiveClient
from signaling.client.media import Watcher
from signaling.media import compat
from tests.end_to_end.people import House, Visitor
from tests.namespaces import HOUSE, Line, Network
from tests.servers import CHROMIUM_FLAGS
from web import demo_data
from web.rehearsal import founding
from web.rehearsal.browser import Browser
from web.rehearsal.server import Server, Where, claim_port

WORDS = "نہر کا پانی تین ہفتوں سے نہیں آیا"
SEAT = "citizen-1"
#: Nobody's time runs out during a bench.
TIMING = Timing(turn_ms=1_800_000)

#: In the page of who listens: what all connections bring is put together and looked at in blocks of 10 ms. A block
#: counts as silent below a tenth of the usual loudness. Times are milliseconds since the epoch.
EARS = """
window.ears = {gaps: [], level: 0, silentSince: 0, until: 0, blocks: 0, listen: null};
{
  const Made = window.RTCPeerConnection;
  let context, meter;
  const samples = new Float32Array(32768);
  const levels = [];
  let heardTo = 0;
  window.RTCPeerConnection = class extends Made {
    constructor(...given) {
      super(...given);
      this.addEventListener("track", ({track}) => {
        if (track.kind !== "audio") return;
        if (!context) {
          context = new AudioContext({sampleRate: 48000});
          meter = context.createAnalyser();
          meter.fftSize = samples.length;
          heardTo = context.currentTime;
          setInterval(look, 50);
        }
        context.createMediaStreamSource(new MediaStream([track])).connect(meter);
      });
    }
  };
  function look() {
    const now = context.currentTime, block = 480;
    const fresh = Math.min(samples.length, Math.round((now - heardTo) * 48000));
    const count = Math.floor(fresh / block);
    if (!count) return;
    meter.getFloatTimeDomainData(samples);
    for (let i = count; i > 0; i--) {
      const begin = samples.length - i * block;
      let sum = 0;
      for (let j = begin; j < begin + block; j++) sum += samples[j] * samples[j];
      hear(Math.sqrt(sum / block), Date.now() - (i - 1) * 10);
    }
    heardTo += count * block / 48000;
    if (now - heardTo > 0.6) heardTo = now;
  }
  function hear(level, at) {
    const ears = window.ears;
    ears.blocks += 1;
    ears.until = at;
    if (levels.length < 300 && level > 0.003) {
      levels.push(level);
      ears.level = [...levels].sort((a, b) => a - b)[levels.length >> 1];
    }
    if (level > Math.max(0.001, ears.level / 10)) {
      if (ears.silentSince && at - ears.silentSince > 100) ears.gaps.push([ears.silentSince, at]);
      ears.silentSince = 0;
    } else if (!ears.silentSince) ears.silentSince = at;
  }
}
"""


def voice(path: Path, seconds: float = 12.0) -> Path:
    """Vowels of changing pitch without a pause. A steady tone would be taken for noise, and taken out."""
    rate, dice, phase = 48_000, random.Random(5), 0.0
    frames = bytearray()
    pitch = aim = 150.0
    for i in range(round(seconds * rate)):
        if i % 7_200 == 0:
            aim = dice.uniform(110.0, 260.0)
        pitch += (aim - pitch) / 1_500
        phase += 2 * math.pi * pitch / rate
        loud = 0.75 + 0.25 * math.sin(2 * math.pi * 4.0 * i / rate)
        sound = sum(math.sin(phase * k) / k for k in (1, 2, 3, 5, 8))
        frames += struct.pack("<h", round(6_500 * loud * sound))
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(bytes(frames))
    return path


def now_ms() -> float:
    return time.time() * 1000


@dataclass
class Scene:
    """Everything that a measurement needs."""

    server: Server
    line: Line | None
    desk: LiveClient
    house_ear: Watcher
    speaker: Visitor
    listener: Visitor
    #: A question that waits at the desk.
    waiting: str

    def media_pid(self) -> int:
        """The process that holds the sound and the picture."""
        return media_pid(self.server)

    async def gaps(self, since: float, longer_ms: float = 250.0) -> list[float]:
        """Breaks that the listening page has heard since then, in ms; one that still lasts counts as well."""
        ears = await self.listener.page.evaluate("window.ears")
        found = [end - max(begin, since) for begin, end in ears["gaps"] if end > since]
        if ears["silentSince"]:
            found.append(ears["until"] - max(ears["silentSince"], since))
        return [round(gap) for gap in found if gap > longer_ms]

    async def share_heard(self, since: float) -> float:
        """Which part of the time since then the page has heard anything at all: breaks are only then breaks."""
        ears = await self.listener.page.evaluate("window.ears")
        silent = sum(end - max(begin, since) for begin, end in ears["gaps"] if end > since)
        if ears["silentSince"]:
            silent += ears["until"] - max(ears["silentSince"], since)
        whole = ears["until"] - since
        return round(1 - silent / whole, 3) if whole > 0 else 0.0

    async def heard_by_page(self, after: float, within_s: float) -> float | None:
        """When the listening page heard her again after a silence that began after `after`, in ms since the epoch."""
        for _ in range(round(within_s * 10)):
            for begin, end in (await self.listener.page.evaluate("window.ears"))["gaps"]:
                if begin > after - 500 and end - begin > 250:
                    return float(end)
            await asyncio.sleep(0.1)
        return None

    async def heard_in_house(self, within_s: float, packets: int = 8) -> float | None:
        """When sound reached the house again, in ms since the epoch: some packets that follow each other."""
        end, last, since, count = time.monotonic() + within_s, await self._arrived(), 0.0, 0
        while time.monotonic() < end:
            await asyncio.sleep(0.02)
            arrived = await self._arrived()
            if arrived > last:
                count += arrived - last
                last, since = arrived, since or now_ms()
                if count >= packets:
                    return since
            elif since and now_ms() - since > 400:
                count, since = 0, 0.0
        return None

    async def _arrived(self) -> int:
        """Packets of her sound that reached the house."""
        names = compat.stream_ids(self.house_ear.connection.remoteDescription.sdp)
        for name, transceiver in zip(names, self.house_ear.connection.getTransceivers(), strict=True):
            if name == SEAT and transceiver.kind == "audio":
                stats = (await transceiver.receiver.getStats()).values()
                return sum(entry.packetsReceived for entry in stats if entry.type == "inbound-rtp")
        return 0

    async def is_steady(self, house: bool = True) -> None:
        """She is on the air, on her seat, and both hear her, or the page alone."""
        await self.speaker.is_on_air()
        await self.desk.until(lambda: self.seat is not None, 30.0)
        if house and await self.heard_in_house(20.0) is None:
            raise AssertionError(f"nobody hears her in the house\n{self.server.tail()}")
        for _ in range(200):
            ears = await self.listener.page.evaluate("window.ears")
            if ears["level"] and not ears["silentSince"]:
                return
            await asyncio.sleep(0.1)
        raise AssertionError("the page never heard her")

    @property
    def seat(self) -> str | None:
        """Where she sits."""
        turns = self.desk.view["turns"].values()
        return next((turn.get("seat") for turn in turns if turn["state"] in ("on_stage", "dropped")), None)


def media_pid(server: Server) -> int:
    """The server's media process: whoever listens on its socket."""
    with socket.socket(socket.AF_UNIX) as call:
        call.connect(str(server.settings.media.socket))
        pid: int = struct.unpack("3i", call.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))[0]
        return pid


@asynccontextmanager
async def played(apart: bool = True) -> AsyncIterator[Scene]:
    """The scene, with somebody on the air. With `apart` the phone is in a network of its own, else all is in one."""
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory()))
        line, program = None, None
        house = stack.enter_context(Network("house"))
        host = HOUSE.split("/")[0]
        phone = stack.enter_context(Network("phone"))
        line = stack.enter_context(Line(house, phone))
        program = (phone if apart else house).wrapper("chromium", folder)
        stack.enter_context(house.entered())
        compat.limit_client_addresses([host])
        claim = claim_port(host)
        server = Server(folder, Where(host, claim, claim.getsockname()[1]), "Bench")
        founded = await founding.found(
            server.settings, demo_data.district(), round(now_ms()), timing=TIMING, starts_in_ms=0
        )
        server.session = founded.session
        await stack.enter_async_context(server)
        place = House(server.where.url, founded, {"line": founded.session}, folder / "kachehri.db")
        browser = await stack.enter_async_context(chromium(program, voice(folder / "voice.wav"), server.where.url))
        yield await on_air(stack, server, line, place, browser)


@asynccontextmanager
async def chromium(program: Path, sound: Path, origin: str) -> AsyncIterator[Chromium]:
    """A phone's browser, whose microphone hears the file."""
    flags = [
        *CHROMIUM_FLAGS,
        f"--use-file-for-fake-audio-capture={sound}",
        "--use-fake-ui-for-media-stream",
        f"--unsafely-treat-insecure-origin-as-secure={origin}",
    ]
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=program, args=flags)
        try:
            yield browser
        finally:
            await browser.close()


async def on_air(stack: AsyncExitStack, server: Server, line: Line | None, place: House, browser: Chromium) -> Scene:
    """A citizen has asked, was called and speaks; a second page and the house listen."""
    session = place.sessions["line"]
    desk = await entered(stack, server, session, "staff", place.founded.account("moderator"))
    await desk.send("session.open_doors")
    await desk.send("session.start")
    people = []
    for _ in range(2):
        visitor = await Visitor.come(place, browser, "en", permissions=["microphone", "camera"])
        stack.push_async_callback(visitor.context.close)
        people.append(visitor)
    speaker, listener = people
    await listener.context.add_init_script(EARS)
    await speaker.write(session, WORDS)
    question = await desk.until(lambda: next(iter(desk.view["questions"])))
    await desk.send("question.admit", question=question)
    await speaker.page.goto(f"/s/{session}/live")
    await desk.send("turn.call", question=question, seat=SEAT)
    await speaker.pass_the_check()
    await speaker.is_on_air()
    await listener.listen(session)
    citizen = await entered(stack, server, session, "citizen")
    asked = await citizen.send("question.ask", category="other", text=WORDS)
    watcher = await ear(stack, citizen)
    scene = Scene(server, line, desk, watcher, speaker, listener, asked["result"]["question"])
    await scene.is_steady()
    return scene


async def entered(stack: AsyncExitStack, server: Server, session: str, role: str, account: Any = None) -> LiveClient:
    where = server.where
    browser = Browser(where.url, session, role, trust=where.trust)
    if account is not None:
        await browser.sign_in(account.login, account.password)
    else:
        await browser.get(f"/s/{session}")
    client = LiveClient(browser, trust=browser.trust)
    await stack.enter_async_context(client)
    return client


async def ear(stack: AsyncExitStack, client: LiveClient) -> Watcher:
    """Somebody in the house who listens over a good line."""
    watcher = Watcher()
    stack.push_async_callback(watcher.close)
    offer = await client.send("media.watch")
    await client.send("media.answer", peer=offer["peer"], sdp=await watcher.answer(offer["sdp"]))
    return watcher


def kill(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)
