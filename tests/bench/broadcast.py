"""How far behind the moment the program is, and how few of its readers the server hears of.

From the camera to the screen, with everything that stands between them: an official's camera films a clock
(tests/bench/filmed.py), its picture is sent as VP8 over WebRTC, forwarded, tapped, put into the program's picture by
the program process of the house, encoded, cut, written, announced, fetched by the live page's own player (hls.js, as
after the tap for less delay) in Chromium, and read back from a canvas: `llhls_s` straight from the server,
`llhls_nginx_s` through nginx with the configuration that we ship. Medians of one reading each 250 ms after the player
has settled.

`requests_per_origin_request`: synthetic players behind that nginx, all of one rendition, each reloads the playlist
(blocking) and fetches the part that it named, over one connection kept open: the answers of nginx divided by the
requests that reached the server. Its program is made up (tests/bench/painted.py) and slowed by `speed`, which changes
how much there is to do in a second and nothing else.

`webrtc_s`: the same camera, followed without delay by a tap on the same page. The last line is one JSON object.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import re
import statistics
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from playwright.async_api import Browser, async_playwright

from tests.bench.clock import READ
from tests.bench.filmed import Filmed, filmed
from tests.bench.on_air import OnAir, on_air
from tests.nginx import Nginx
from tests.servers import CHROMIUM_FLAGS, require

SECONDS: Final = 20.0
SETTLE_S: Final = 10.0
EACH_MS: Final = 250
CLIENTS: Final = 1_000
PARTS: Final = 24
SPEED: Final = 0.25
#: What the program process makes, as `program.renditions` says: both pictures and the sound.
RENDITIONS: Final = "all"
#: On the live page: parts by the second player, and without delay.
NEAR, DIRECT = "#near", "#direct"
_LAST_PART: Final = re.compile(rb'#EXT-X-PART:[^\n]*URI="((\d+)\.(\d+)\.m4s)"[^\n]*\n(?!.*#EXT-X-PART:)', re.DOTALL)


async def behind(hearing: Filmed, browser: Browser, url: str, tap: str, seconds: float, settle_s: float) -> list[float]:
    """How old the picture on the screen is, in seconds, again and again. `tap`: the button for the way to follow it."""
    context = await browser.new_context(viewport={"width": 360, "height": 640}, locale="en")
    try:
        page = await context.new_page()
        await page.goto(f"{url}/s/{hearing.session}/live?follow=light")
        await page.locator(tap).click()
        await page.wait_for_function("() => document.querySelector('#player video')?.currentTime > 0", timeout=60_000)
        await asyncio.sleep(settle_s)
        found = []
        for _ in range(round(seconds * 1_000 / EACH_MS)):
            age = await page.evaluate(f"() => ({READ})(document.querySelector('#player video'))")
            assert age is not None, "there is a picture"
            found.append(age / 1_000)
            await asyncio.sleep(EACH_MS / 1_000)
        by_parts = any("hls.light" in each for each in await page.evaluate(NAMES))
        assert by_parts == (tap == NEAR), "by the way that was tapped for"
        return found
    finally:
        await context.close()


NAMES: Final = "() => performance.getEntriesByType('resource').map((entry) => entry.name)"


@dataclass
class Tally:
    """What the synthetic players got."""

    answers: int = 0
    bytes: int = 0
    wrong: dict[int, int] = field(default_factory=dict)


class Reader:
    """One synthetic player: one connection, HTTP/1.1."""

    def __init__(self, url: str, base: str, tally: Tally) -> None:
        parts = urlsplit(url)
        assert parts.hostname and parts.port
        self.host, self.port, self.base, self.tally = parts.hostname, parts.port, base, tally

    async def run(self, parts: int) -> None:
        self.reader, self.writer = await asyncio.open_connection(self.host, self.port)
        try:
            text = await self.get("live.m3u8")
            await self.get("init-1.mp4")
            for _ in range(parts):
                number, part = position(text)
                text = await self.get(f"live.m3u8?_HLS_msn={number}&_HLS_part={part}")
                if (named := _LAST_PART.search(text)) is not None:
                    await self.get(named[1].decode())
        finally:
            self.writer.close()

    async def get(self, name: str) -> bytes:
        self.writer.write(f"GET {self.base}/light/{name} HTTP/1.1\r\nHost: {self.host}:{self.port}\r\n\r\n".encode())
        head = await self.reader.readuntil(b"\r\n\r\n")
        status = int(head[9:12])
        length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
        body = await self.reader.readexactly(length)
        self.tally.answers += 1
        self.tally.bytes += len(head) + length
        if status != 200:
            self.tally.wrong[status] = self.tally.wrong.get(status, 0) + 1
        return body


def position(text: bytes) -> tuple[int, int]:
    """What a reload asks for: the part that the playlist hints at."""
    hinted = re.search(rb'PRELOAD-HINT:TYPE=PART,URI="(\d+)\.(\d+)\.m4s"', text)
    assert hinted is not None, text
    return int(hinted[1]), int(hinted[2])


async def crowd(air: OnAir, front: Nginx, clients: int, parts: int) -> dict[str, Any]:
    """All of them at once, each for so many parts."""
    tally = Tally()
    readers = [Reader(front.url, air.base, tally) for _ in range(clients)]
    served, reached = sum(front.requests().values()), front.upstream()
    await asyncio.gather(*(each.run(parts) for each in readers))
    # nginx writes a line when an answer is out; all are.
    async with asyncio.timeout(10):
        while sum(front.requests().values()) - served < tally.answers:
            await asyncio.sleep(0.05)
    return {
        "requests_per_origin_request": round(tally.answers / max(1, front.upstream() - reached)),
        "requests": tally.answers,
        "origin_requests": front.upstream() - reached,
        "refused": tally.wrong,
        "clients": clients,
    }


async def delays(browser: Browser, folder: Path, seconds: float, settle_s: float = SETTLE_S) -> dict[str, Any]:
    """From the camera to the screen, each way."""
    async with filmed(folder, renditions=RENDITIONS) as hearing:
        front = Nginx(hearing.origin)
        front.start()
        try:
            await hearing.until("light", 4)
            direct = await behind(hearing, browser, hearing.url, NEAR, seconds, settle_s)
            through = await behind(hearing, browser, front.url, NEAR, seconds, settle_s)
            undelayed = await behind(hearing, browser, hearing.url, DIRECT, seconds, settle_s)
        finally:
            front.close()
    return {
        "llhls_s": round(statistics.median(direct), 2),
        "llhls_nginx_s": round(statistics.median(through), 2),
        "webrtc_s": round(statistics.median(undelayed), 2),
        "llhls_worst_s": round(max(direct), 2),
        "llhls_nginx_worst_s": round(max(through), 2),
        "webrtc_worst_s": round(max(undelayed), 2),
    }


async def crowded(folder: Path, clients: int, parts: int, speed: float) -> dict[str, Any]:
    """A program that is made up, behind nginx, with its crowd."""
    async with on_air(folder) as air:
        front = Nginx(air.origin)
        front.start()
        try:
            async with air.program("light", speed=speed):
                await air.until("light", 2)
                return await crowd(air, front, clients, parts)
        finally:
            front.close()


async def run(
    seconds: float = SECONDS, clients: int = CLIENTS, parts: int = PARTS, speed: float = SPEED
) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        for name in ("filmed", "crowded"):
            (Path(folder) / name).mkdir()
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=require("chromium"), args=[*CHROMIUM_FLAGS])
            try:
                found = await delays(browser, Path(folder) / "filmed", seconds)
                version = browser.version
            finally:
                await browser.close()
        found |= await crowded(Path(folder) / "crowded", clients, parts, speed)
    return {**found, "speed": speed, "seconds": seconds, "browser": version}


def main() -> None:
    """`make bench NAME=broadcast`."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=SECONDS, help="of reading the clock, each way")
    parser.add_argument("--clients", type=int, default=CLIENTS)
    parser.add_argument("--parts", type=int, default=PARTS, help="that each synthetic player fetches")
    parser.add_argument("--speed", type=float, default=SPEED, help="of the program that they follow")
    parser.add_argument("--small", action="store_true")
    given = parser.parse_args()
    small = (3.0, 40, 6, 1.0)
    print(
        json.dumps(
            asyncio.run(run(*(small if given.small else (given.seconds, given.clients, given.parts, given.speed))))
        )
    )


if __name__ == "__main__":
    main()
