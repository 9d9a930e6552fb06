"""What following the program costs in data, and whether its sound holds on a narrow line: the program's part of data.

The live page in Chromium with the browser's own player, as after one tap; the program is made up (painted.py) at the
rates of the real one. Everything that the page fetches goes through a relay that counts what comes down, with 40 bytes
(IPv4 and TCP) for each piece; the page's socket is in it. The relay can also be a narrow line: so many bits a second
down, shared by all connections, and a delay for whatever passes.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from playwright.async_api import Browser, Page, async_playwright

from tests.bench.on_air import OnAir, on_air
from tests.servers import CHROMIUM_FLAGS, require

SECONDS: Final = 40.0
NARROW_S: Final = 60.0
SETTLE_S: Final = 12.0
HEAD_BYTES: Final = 40
PIECE: Final = 1_400
#: The line of the issue: 45 kbit/s down, 600 ms there and back.
NARROW_BITS: Final = 45_000
NARROW_DELAY_S: Final = 0.6
KEYS: Final = {"sound": "audio_mb_h", "light": "light_mb_h", "full": "full_mb_h"}
FOLLOWS: Final = tuple(KEYS)


@dataclass
class Line:
    """Stands between a browser and the server.

    Arguments:
        bits: a second, down; 0: as wide as can be.
        delay_s: there and back.
    """

    url: str
    bits: int = 0
    delay_s: float = 0.0
    down: int = 0
    pieces: int = 0
    free_at: float = field(default_factory=time.monotonic)

    @property
    def wire(self) -> int:
        return self.down + HEAD_BYTES * self.pieces

    async def arrive(self, size: int) -> float:
        """When a piece that is sent now is at the browser; waits for its turn on the line."""
        self.down += size
        self.pieces += 1
        now = time.monotonic()
        if not self.bits:
            return now
        self.free_at = max(now, self.free_at) + (size + HEAD_BYTES) * 8 / self.bits
        # What waits in front of a narrow line is half a second at most; then the sender waits.
        await asyncio.sleep(max(0.0, self.free_at - now - 0.5))
        return self.free_at + self.delay_s / 2


@asynccontextmanager
async def line(air: OnAir, bits: int = 0, delay_s: float = 0.0) -> AsyncIterator[Line]:
    target = urlsplit(air.town.url)
    found = Line("", bits, delay_s)

    async def pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, down: bool) -> None:
        waiting: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()

        async def deliver() -> None:
            while (item := await waiting.get())[1]:
                await asyncio.sleep(max(0.0, item[0] - time.monotonic()))
                writer.write(item[1])
                await writer.drain()

        task = asyncio.ensure_future(deliver())
        try:
            while data := await reader.read(PIECE):
                due = await found.arrive(len(data)) if down else time.monotonic() + found.delay_s / 2
                waiting.put_nowait((due, data))
            waiting.put_nowait((0.0, b""))
            await task
        except OSError:
            pass
        finally:
            task.cancel()
            writer.close()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection(target.hostname, target.port)
        await asyncio.gather(pump(reader, back, False), pump(there, writer, True))

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    found.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield found
    finally:
        server.close()


async def playing(browser: Browser, air: OnAir, url: str, follow: str) -> Page:
    """The live page, where this is chosen and plays."""
    context = await browser.new_context(viewport={"width": 360, "height": 640}, locale="ur-PK")
    page = await context.new_page()
    page.set_default_timeout(120_000)
    await page.goto(f"{url}/s/{air.session}/live?follow={follow}")
    await page.locator("#player audio, #player video").evaluate("(element) => void element.play()")
    await page.wait_for_function("() => document.querySelector('#player > *').currentTime > 0")
    return page


async def fetching(passed: Line) -> tuple[float, int]:
    """The next moment at which a segment begins to come, and what had come before it: a measurement from one such
    moment to another has whole segments in it.
    """
    quiet_since, last = time.monotonic(), passed.wire
    while True:
        await asyncio.sleep(0.02)
        now, wire = time.monotonic(), passed.wire
        if wire - last > 4_000 and now - quiet_since > 0.3:
            return now, last
        if wire - last > 4_000:
            quiet_since = now
        last = wire


async def rate(browser: Browser, air: OnAir, follow: str, seconds: float) -> float:
    """Megabytes an hour, down."""
    async with line(air) as passed:
        page = await playing(browser, air, passed.url, follow)
        await asyncio.sleep(SETTLE_S)
        began, before = await fetching(passed)
        await asyncio.sleep(seconds)
        ended, after = await fetching(passed)
        found = (after - before) / (ended - began) * 3_600 / 1e6
        assert await page.evaluate("() => document.querySelector('#player > *').error") is None
        await page.context.close()
    return round(found, 1)


STALLS: Final = """(element) => {
  window.stalls = 0;
  for (const name of ["waiting", "error", "ended", "pause"]) element.addEventListener(name, () => window.stalls++);
  return element.currentTime;
}"""


async def stalls(browser: Browser, air: OnAir, seconds: float) -> dict[str, float]:
    """Sound on a narrow line: how often it stood still, and how much of it was heard."""
    async with line(air, NARROW_BITS, NARROW_DELAY_S) as narrow:
        page = await playing(browser, air, narrow.url, "sound")
        player = page.locator("#player audio")
        await page.wait_for_function("() => document.querySelector('#player > *').currentTime > 1")
        before = await player.evaluate(STALLS)
        await asyncio.sleep(seconds)
        heard = await player.evaluate("(element) => element.currentTime") - before
        found = {"narrow_stalls": await page.evaluate("() => window.stalls"), "narrow_heard_s": round(heard, 1)}
        await page.context.close()
    return {**found, "narrow_s": seconds}


async def measure(browser: Browser, seconds: float, narrow_s: float, follows: tuple[str, ...]) -> dict[str, Any]:
    """Every way of following the program."""
    found: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as folder:
        async with on_air(Path(folder)) as air:
            async with air.program(",".join({"sound", *follows})):
                await air.until("sound", 3)
                for follow in follows:
                    found[KEYS[follow]] = await rate(browser, air, follow, seconds)
                if narrow_s:
                    found |= await stalls(browser, air, narrow_s)
    return found


async def run(seconds: float, narrow_s: float, follows: tuple[str, ...]) -> dict[str, Any]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=require("chromium"), args=[*CHROMIUM_FLAGS])
        try:
            return await measure(browser, seconds, narrow_s, follows)
        finally:
            await browser.close()


def main() -> None:
    """The program's part alone; `make bench NAME=data` has it too."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=SECONDS)
    parser.add_argument("--narrow-seconds", type=float, default=NARROW_S)
    parser.add_argument("--follow", default=",".join(FOLLOWS))
    given = parser.parse_args()
    print(json.dumps(asyncio.run(run(given.seconds, given.narrow_seconds, tuple(given.follow.split(","))))))


if __name__ == "__main__":
    main()
