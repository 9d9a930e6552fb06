"""From "I am ready" to being seen and heard, and from being taken off to silence, read in a second browser.

Each round one page speaks (a tone and Chromium's test picture) and another watches. The watcher's page notes when the
first new picture is shown and when the tone first passes a threshold in its own audio graph; both count from the moment
the `ready` command was sent. A third person publishes all the time and never has a seat: not one of her packets may
arrive anywhere. Packets are counted by the watcher's receiver.

What carries the commands is a `Driver`; everything else is the same for every driver.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import platform
import statistics
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from importlib import metadata
from pathlib import Path
from typing import Any, Protocol

from playwright.async_api import Browser, Page, async_playwright

from signaling.client.media import Clip, Speaker
from signaling.media import compat
from signaling.media.port import Ready, Report
from signaling.media.remote import RemotePlane
from tests.bench.stage_house import house_driver
from tests.servers import require
from tests.signaling.media.conftest import CLIPS, stage_flags, tone
from tests.signaling.media.people import (
    SEATS,
    SESSION,
    BrowserSpeaker,
    BrowserWatcher,
    end_process,
    open_page,
    start_process,
    until,
)

ROUNDS = 20
#: A round is good when both picture and sound come within this, in milliseconds.
GOOD_MS = 1_000
#: After this long no packet of who was taken off may arrive, in milliseconds.
GRACE_MS = 200
#: How long someone stays on the stage once seen and heard, and how long the stage is watched empty, in seconds.
STAY_S, EMPTY_S = 0.6, 0.7

#: In the watcher's page: for each seat, an analyser on the sound and a callback on every shown picture. Times are
#: milliseconds since the epoch, of the same machine's clock as ours.
EARS = """async () => {
  const context = new AudioContext();
  window.ears = {};
  for (const [seat, streams] of window.watching.seats) {
    const ear = {sound: 0, picture: 0};
    const analyser = context.createAnalyser();
    analyser.fftSize = 256;
    context.createMediaStreamSource(streams.audio).connect(analyser);
    const samples = new Float32Array(analyser.fftSize);
    setInterval(() => {
      analyser.getFloatTimeDomainData(samples);
      const level = Math.sqrt(samples.reduce((sum, x) => sum + x * x, 0) / samples.length);
      if (level > 0.02 && !ear.sound) ear.sound = Date.now();
    }, 5);
    const element = document.getElementById("video-" + seat);
    const shown = () => {
      if (!ear.picture) ear.picture = Date.now();
      element.requestVideoFrameCallback(shown);
    };
    element.requestVideoFrameCallback(shown);
    window.ears[seat] = ear;
  }
}"""

RESET = "(seat) => Object.assign(window.ears[seat], {sound: 0, picture: 0})"

NOTICED = """async (seat) => {
  const end = Date.now() + 5000;
  while (Date.now() < end && !(window.ears[seat].sound && window.ears[seat].picture))
    await new Promise((go) => setTimeout(go, 5));
  return window.ears[seat];
}"""

#: Packets of each seat so far, and when the last came.
PACKETS = """async () => {
  const owners = new Map();
  for (const [seat, streams] of window.watching.seats)
    for (const stream of [streams.audio, streams.video])
      for (const track of stream.getTracks()) owners.set(track.id, seat);
  const found = {};
  for (const seat of window.watching.seats.keys()) found[seat] = {packets: 0, last: 0};
  for (const s of (await window.watching.stats()).values()) {
    if (s.type !== "inbound-rtp" || !owners.has(s.trackIdentifier)) continue;
    const seat = found[owners.get(s.trackIdentifier)];
    seat.packets += s.packetsReceived + (s.retransmittedPacketsReceived ?? 0);
    seat.last = Math.max(seat.last, s.lastPacketReceivedTimestamp ?? 0);
  }
  return found;
}"""


class Driver(Protocol):
    """What the bench needs of a server. `ready` and `take_off` return when the command was sent, in ms of the epoch."""

    @property
    def seats(self) -> tuple[str, ...]:
        """The seats that speakers are put on, in turn."""

    async def watch(self, page: Page) -> None:
        """Makes the page a watcher of every seat."""

    async def publish(self, page: Page, name: str) -> None:
        """Connects the page as a speaker who is on deck: publishing, without a seat."""

    async def intrude(self) -> None:
        """Connects someone who publishes and never gets a seat."""

    async def ready(self, name: str, seat: str) -> float:
        """The speaker says that she is ready, and is put on the seat."""

    async def take_off(self, name: str, seat: str) -> float:
        """A moderator takes her off."""


class PlaneDriver:
    """The media process alone, told who sits where as a worker would."""

    def __init__(self, plane: RemotePlane) -> None:
        self._plane = plane
        self._seq = 0
        self._people: list[Speaker] = []

    @property
    def seats(self) -> tuple[str, ...]:
        return SEATS

    async def watch(self, page: Page) -> None:
        await BrowserWatcher(page).join(self._plane, "viewer")

    async def publish(self, page: Page, name: str) -> None:
        await BrowserSpeaker(page).join(self._plane, name)

    async def intrude(self) -> None:
        speaker = Speaker(Clip.load(CLIPS / "water.webm"))
        self._people.append(speaker)
        offer = await self._plane.offer(SESSION, "intruder", "publish")
        await self._plane.answer(SESSION, "intruder", offer.peer, await speaker.answer(offer.sdp))
        await until(lambda: speaker.state == "connected")

    async def ready(self, name: str, seat: str) -> float:
        return await self._sit(name, seat)

    async def take_off(self, name: str, seat: str) -> float:
        return await self._sit(None, seat)

    async def _sit(self, name: str | None, seat: str) -> float:
        self._seq += 1
        at = time.time() * 1000
        await self._plane.seat(SESSION, 1, seat, name, self._seq)
        return at

    async def close(self) -> None:
        for speaker in self._people:
            await speaker.close()


@asynccontextmanager
async def plane_driver() -> AsyncIterator[PlaneDriver]:
    """A media process of its own, and a driver for it."""
    compat.limit_client_addresses(["127.0.0.1"])
    with tempfile.TemporaryDirectory() as folder:
        socket = Path(folder) / "m.sock"
        process = start_process(socket)
        plane = RemotePlane(socket)
        reports: list[Report] = []
        plane.follow(reports.append)
        plane.start()
        driver = PlaneDriver(plane)
        try:
            await until(lambda: any(isinstance(report, Ready) for report in reports))
            await plane.open(SESSION, 1, SEATS)
            yield driver
        finally:
            await driver.close()
            await plane.stop()
            end_process(process)


async def measure(driver: Driver, browser: Browser, rounds: int) -> dict[str, Any]:
    """Plays the rounds and returns the figures."""
    context = await browser.new_context()
    speaking, watching = await context.new_page(), await context.new_page()
    for page in (speaking, watching):
        await open_page(page)
    await driver.intrude()
    await driver.watch(watching)
    await watching.evaluate(EARS)

    pictures: list[float] = []
    sounds: list[float] = []
    offs: list[float] = []
    stray = 0
    before = await watching.evaluate(PACKETS)
    stray += sum(seat["packets"] for seat in before.values())
    for i in range(rounds):
        seat, name = driver.seats[i % len(driver.seats)], f"speaker{i}"
        await driver.publish(speaking, name)
        await asyncio.sleep(0.3)
        empty = await watching.evaluate(PACKETS)
        stray += sum(empty[s]["packets"] - before[s]["packets"] for s in empty)
        await watching.evaluate(RESET, seat)

        at = await driver.ready(name, seat)
        noticed = await watching.evaluate(NOTICED, seat)
        pictures.append(noticed["picture"] - at if noticed["picture"] else float("inf"))
        sounds.append(noticed["sound"] - at if noticed["sound"] else float("inf"))
        await asyncio.sleep(STAY_S)

        off = await driver.take_off(name, seat)
        await asyncio.sleep(GRACE_MS / 1000)
        after = await watching.evaluate(PACKETS)
        await asyncio.sleep(EMPTY_S)
        before = await watching.evaluate(PACKETS)
        last = before[seat]["last"] - off
        if abs(last) > 5_000:
            raise AssertionError(f"the receiver's clock is not ours: {last} ms")
        offs.append(max(0.0, last))
        stray += before[seat]["packets"] - after[seat]["packets"]
        stray += sum(before[s]["packets"] - empty[s]["packets"] for s in before if s != seat)
        print(
            f"round {i + 1}: picture {pictures[-1]:.0f} ms, sound {sounds[-1]:.0f} ms, off {offs[-1]:.0f} ms",
            flush=True,
        )
    await context.close()
    return {
        "of": rounds,
        "ok": sum(p <= GOOD_MS and s <= GOOD_MS for p, s in zip(pictures, sounds, strict=True)),
        "ready_to_frame_ms": percentile(pictures),
        "ready_to_sound_ms": percentile(sounds),
        "max_takeoff_ms": round(max(offs)),
        "unseated_packets": stray,
    }


def percentile(values: list[float]) -> float | None:
    """The 95th percentile; None when a round never came to an end."""
    if len(values) < 2:
        return round(values[0]) if values else None
    found = statistics.quantiles(values, n=20, method="inclusive")[-1]
    return round(found) if found != float("inf") else None


async def run(rounds: int, whole: bool) -> dict[str, Any]:
    chosen: AbstractAsyncContextManager[Driver] = house_driver() if whole else plane_driver()
    with tempfile.TemporaryDirectory() as folder:
        sound = tone(Path(folder) / "tone.wav")
        async with async_playwright() as playwright, chosen as driver:
            browser = await playwright.chromium.launch(executable_path=require("chromium"), args=stage_flags(sound))
            try:
                figures = await measure(driver, browser, rounds)
                figures["browser"] = f"Chromium {browser.version}"
            finally:
                await browser.close()
    versions = {name: metadata.version(name) for name in ("aiortc", "aioice", "pylibsrtp")}
    return {**figures, "driver": "server" if whole else "plane", "python": platform.python_version(), **versions}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--small", action="store_true", help="the sample of the test suite")
    parser.add_argument("--plane", action="store_true", help="the media process alone, without the server")
    given = parser.parse_args()
    print(json.dumps(asyncio.run(run(4 if given.small else given.rounds, not given.plane))))


if __name__ == "__main__":
    main()
