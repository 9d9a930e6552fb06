"""People for the stage's tests: a hall with a plane, and those who speak and watch in it, simulated or in a browser."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeVar

import msgspec
from playwright.async_api import Browser, Page

from signaling.client.media import Clip, Seen, Speaker, Watcher
from signaling.media.plane import Plane
from signaling.media.port import Codec, Direction, MediaPlane, MediaSettings, NetworkClass, Report
from tests.signaling.media.translator import Translator

SESSION = "hearing1"
SEATS = ("official", "citizen1", "citizen2", "signer")
LOOPBACK = MediaSettings(addresses=("127.0.0.1",))

STATIC = Path(__file__).parents[3] / "web" / "static"
ORIGIN = "http://localhost:9"

R = TypeVar("R", bound=Report)


async def until(what: Callable[[], object], seconds: float = 30.0) -> None:
    """Waits for something that real sockets bring about."""
    async with asyncio.timeout(seconds):
        while not what():
            await asyncio.sleep(0.01)


RUN = """
import asyncio, sys, msgspec
from pathlib import Path
from signaling.media.port import MediaSettings
from signaling.media.process import serve
asyncio.run(serve(Path(sys.argv[1]), msgspec.json.decode(sys.argv[2], type=MediaSettings), int(sys.argv[3])))
"""


def start_process(socket: Path, settings: MediaSettings = LOOPBACK, fence: int = 1) -> subprocess.Popen[bytes]:
    """The media process as `kachehri media` runs it, without the rest of the settings."""
    given = msgspec.json.encode(settings).decode()
    return subprocess.Popen([sys.executable, "-c", RUN, str(socket), given, str(fence)], cwd=Path(__file__).parents[3])


def end_process(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    process.wait(30)


class Hall:
    """One open session on a plane, with everyone who came."""

    def __init__(self, clip: Clip, plane: MediaPlane | None = None, settings: MediaSettings = LOOPBACK) -> None:
        self.clip = clip
        self.local = Plane(settings) if plane is None else None
        self.plane: MediaPlane = plane or self.local  # type: ignore[assignment]
        self.reports: list[Report] = []
        self.people: list[Speaker | Watcher] = []
        self.plane.follow(self.reports.append)

    async def start(self, codec: Codec = "vp8", seats: tuple[str, ...] = SEATS) -> None:
        if self.local is not None:
            self.local.start()
        await self.plane.open(SESSION, 1, seats, codec)

    async def stop(self) -> None:
        for person in self.people:
            await person.close()
        if self.local is not None:
            await self.local.stop()

    @property
    def watchers(self) -> list[Watcher]:
        return [person for person in self.people if isinstance(person, Watcher)]

    def told(self, kind: type[R], **facts: object) -> list[R]:
        """The reports of a kind that say so."""
        return [
            report
            for report in self.reports
            if isinstance(report, kind) and all(getattr(report, name) == value for name, value in facts.items())
        ]

    async def speaker(self, name: str, picture: bool = True, through: Translator | None = None) -> Speaker:
        speaker = Speaker(self.clip, picture)
        self.people.append(speaker)
        offer = await self.plane.offer(SESSION, name, "publish")
        sdp = through.between(offer.sdp) if through is not None else offer.sdp
        await self.plane.answer(SESSION, name, offer.peer, await speaker.answer(sdp))
        await until(lambda: speaker.state == "connected")
        return speaker

    async def watcher(
        self, name: str, seats: tuple[str, ...] | None = None, through: Translator | None = None
    ) -> Watcher:
        watcher = Watcher()
        self.people.append(watcher)
        offer = await self.plane.offer(SESSION, name, "watch", seats)
        sdp = through.between(offer.sdp) if through is not None else offer.sdp
        await self.plane.answer(SESSION, name, offer.peer, await watcher.answer(sdp))
        await until(lambda: watcher.state == "connected")
        return watcher

    async def follower(
        self,
        name: str,
        most: int | None = None,
        network: NetworkClass = "unknown",
        through: Translator | None = None,
    ) -> Watcher:
        """A watcher of the program."""
        watcher = Watcher()
        self.people.append(watcher)
        offer = await self.plane.offer(SESSION, name, "program", network=network, most=most)
        sdp = through.between(offer.sdp) if through is not None else offer.sdp
        await self.plane.answer(SESSION, name, offer.peer, await watcher.answer(sdp))
        await until(lambda: watcher.state == "connected")
        return watcher

    async def private(self, name: str) -> Seen:
        """A private line that only listens; what comes on it."""
        watcher = Watcher()
        self.people.append(watcher)
        offer = await self.plane.offer(SESSION, name, "private")
        await self.plane.answer(SESSION, name, offer.peer, await watcher.answer(offer.sdp))
        await until(lambda: watcher.state == "connected")
        return watcher.seats["private"]


async def open_page(page: Page, requests: Callable[..., Awaitable[Any]] | None = None) -> None:
    """An empty page with the real modules, on an origin that a browser trusts with a microphone."""

    async def serve(route: Any) -> None:
        name = route.request.url.rpartition("/")[2]
        if name.endswith(".js"):
            await route.fulfill(path=STATIC / "js" / name, content_type="text/javascript")
        else:
            await route.fulfill(body="<!doctype html><title>stage</title>", content_type="text/html")

    await page.route(f"{ORIGIN}/**", serve)
    await page.goto(f"{ORIGIN}/")


@asynccontextmanager
async def two_pages(browser: Browser) -> AsyncIterator[tuple[Page, Page]]:
    """Two of them, one to speak and one to watch, in a profile of their own."""
    context = await browser.new_context()
    first, second = await context.new_page(), await context.new_page()
    for page in (first, second):
        await open_page(page)
    try:
        yield first, second
    finally:
        await context.close()


PUBLISH = """async ({offer, picture, sound}) => {
  const {publish} = await import("/media.js");
  const stream = await navigator.mediaDevices.getUserMedia({
    audio: sound, video: picture && {width: 320, height: 240, frameRate: 15}});
  window.speaking?.close();
  window.states = [];
  window.speaking = await publish(offer, {audio: stream.getAudioTracks()[0], video: stream.getVideoTracks()[0]},
    {onstate: (state) => window.states.push(state)});
  return window.speaking.answer;
}"""

WATCH = """async ({offer, picture}) => {
  const {watch} = await import("/media.js");
  window.states = [];
  window.watching?.close();
  for (const old of document.querySelectorAll("audio, video")) old.remove();
  window.watching = await watch(offer, {picture,
    onstate: (state) => window.states.push(state),
    onseat: (seat, streams) => {
      for (const kind of ["audio", "video"]) {
        const element = document.createElement(kind);
        element.id = kind + "-" + seat; element.autoplay = true; element.muted = kind === "video";
        element.srcObject = streams[kind];
        document.body.append(element);
      }
    }});
  return window.watching.answer;
}"""


class BrowserSpeaker:
    """A page that publishes."""

    def __init__(self, page: Page) -> None:
        self.page = page

    async def join(self, plane: MediaPlane, name: str, picture: bool = True, sound: bool = True) -> None:
        for _ in range(3):  # as the pages do it: a connection that failed is followed by a fresh one
            offer = await plane.offer(SESSION, name, "publish")
            given = {"offer": {"peer": offer.peer, "sdp": offer.sdp}, "picture": picture, "sound": sound}
            answer = await self.page.evaluate(PUBLISH, given)
            await plane.answer(SESSION, name, offer.peer, answer)
            await self.page.wait_for_function("['up', 'failed'].includes(window.speaking.state)")
            if await self.page.evaluate("window.speaking.state") == "up":
                return
        raise AssertionError(f"{name} has no connection")


class BrowserWatcher:
    """A page that watches; `arrived` is what reached it on a seat."""

    def __init__(self, page: Page) -> None:
        self.page = page

    async def join(
        self,
        plane: MediaPlane,
        name: str,
        picture: bool = True,
        through: Translator | None = None,
        direction: Direction = "watch",
        session: str = SESSION,
        most: int | None = None,
    ) -> None:
        for _ in range(3):  # as the pages do it: a connection that failed is followed by a fresh one
            offer = await plane.offer(session, name, direction, most=most)
            sdp = through.between(offer.sdp) if through is not None else offer.sdp
            given = {"offer": {"peer": offer.peer, "sdp": sdp}, "picture": picture}
            answer = await self.page.evaluate(WATCH, given)
            await plane.answer(session, name, offer.peer, answer)
            await self.page.wait_for_function("['up', 'failed'].includes(window.watching.state)")
            if await self.page.evaluate("window.watching.state") == "up":
                return
        raise AssertionError(f"{name} has no connection")

    async def arrived(self, seat: str) -> dict[str, float]:
        found: dict[str, float] = await self.page.evaluate("(seat) => window.watching.arrived(seat)", seat)
        return found

    async def wait(self, seat: str, condition: str, seconds: float = 30.0) -> dict[str, float]:
        """Until `condition` holds of what arrived (`a`); measured in the page."""
        script = f"""async (seat) => {{
          const end = performance.now() + {seconds * 1000};
          for (;;) {{
            const a = await window.watching.arrived(seat);
            if ({condition}) return a;
            if (performance.now() > end) throw new Error("only " + JSON.stringify(a));
            await new Promise((go) => setTimeout(go, 10));
          }}
        }}"""
        found: dict[str, float] = await self.page.evaluate(script, seat)
        return found
