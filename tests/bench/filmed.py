"""A hearing whose official films a clock: the whole server with its media and program processes, and a real publisher.

Nothing on the way is made up. The camera's picture is encoded as VP8 by a WebRTC peer, forwarded by the media process,
tapped, decoded, put into the program's picture and encoded by the program process that the house itself has started.
"""

from __future__ import annotations

import asyncio
import time
import tomllib
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

import numpy as np
from aiortc import MediaStreamTrack
from aiortc.mediastreams import MediaStreamError
from av.video.frame import PictureType, VideoFrame

from kachehri.settings import from_mapping
from recordings.archive import Archive
from rooms.lifecycle import Timing
from signaling.client import LiveClient, RefusedError
from signaling.client.media import Clip, Speaker
from signaling.media import compat
from tests.bench.clock import IN_CAMERA, paint
from tests.bench.line_scene import entered
from tests.signaling.media.conftest import CLIPS
from web import demo_data
from web.rehearsal import founding
from web.rehearsal.server import Server, here, write_tree

RATE: Final = 15
WIDTH, HEIGHT = 640, 360
#: Nobody's time runs out meanwhile.
TIMING: Final = Timing(turn_ms=1_800_000)
UP_S: Final = 90.0
#: Seconds before a refused media request is made again.
AGAIN_S: Final = 0.5


class Camera(MediaStreamTrack):
    """Films a clock in front of something that moves and is grainy, as a wall in a room is to a cheap camera."""

    kind = "video"

    def __init__(self) -> None:
        super().__init__()
        chance = np.random.default_rng(7)
        wall = chance.integers(90, 140, (HEIGHT // 4, WIDTH // 2), dtype=np.uint8)
        self._wall = wall.repeat(4, 0).repeat(2, 1)
        self._grey = np.full((HEIGHT // 2, WIDTH), 128, np.uint8)
        self._began: float | None = None
        self._number = 0
        self._key = False

    def keyframe(self) -> None:
        """Somebody needs a picture that needs no other."""
        self._key = True

    async def recv(self) -> VideoFrame:
        if self.readyState != "live":
            raise MediaStreamError
        self._began = time.monotonic() if self._began is None else self._began
        self._number += 1
        await asyncio.sleep(max(0.0, self._began + self._number / RATE - time.monotonic()))
        luma = np.roll(self._wall, 2 * self._number, 1)
        paint(luma, time.time_ns() // 1_000_000, IN_CAMERA)
        frame = VideoFrame.from_ndarray(np.concatenate([luma, self._grey]), "yuv420p")
        frame.pts, frame.time_base = self._number * 90_000 // RATE, Fraction(1, 90_000)
        if self._key:
            self._key, frame.pict_type = False, PictureType.I
        return frame


class Filming(Speaker):
    """Publishes the camera, and the sound of a clip."""

    def __init__(self, clip: Clip) -> None:
        super().__init__(clip)
        self.video = Camera()  # type: ignore[assignment]


@dataclass
class Filmed:
    """The hearing while it is on the air."""

    server: Server
    founded: founding.Founded
    desk: LiveClient
    official: LiveClient
    stack: AsyncExitStack

    @property
    def session(self) -> str:
        return self.founded.session

    @property
    def url(self) -> str:
        return self.server.where.url

    @property
    def origin(self) -> str:
        """Host and port, for what stands in front."""
        return self.url.removeprefix("http://")

    @property
    def archive(self) -> Archive:
        return Archive(self.server.settings.recordings.folder)

    @property
    def program_pid(self) -> int:
        """The process that makes the program now. Errors: `LookupError` while there is none."""
        for entry in Path("/proc").iterdir():
            with suppress(OSError):
                if entry.name.isdigit() and _makes(entry, self.session):
                    return int(entry.name)
        raise LookupError("no program process")

    async def citizen(self, text: str, speaker: Speaker) -> tuple[LiveClient, str]:
        """Somebody asks, is called, is on the stage and is seen and heard; her connection and her turn."""
        client = await entered(self.stack, self.server, self.session, "citizen")
        asked = await client.send("question.ask", category="other", text=text)
        question = asked["result"]["question"]
        await self.desk.send("question.admit", question=question)
        await self.desk.send("turn.call", question=question, seat="citizen-1")
        turn = str(await client.until(lambda: client.personal["turn"]))
        await client.send("turn.accept", turn=turn)
        self.stack.push_async_callback(speaker.close)
        await publish(client, speaker)
        await client.send("turn.ready", turn=turn)
        return client, turn

    async def until(self, rendition: str, segments: int) -> None:
        """Wait until so much of a rendition is written."""
        async with asyncio.timeout(UP_S):
            while sum(each.whole for each in self.archive.index(self.session, rendition).segments) < segments:
                await asyncio.sleep(0.05)


def _makes(entry: Path, session: str) -> bool:
    """Whether a process is the program of a session, and not one that has ended."""
    words = (entry / "cmdline").read_bytes().split(b"\0")
    return b"program" in words and session.encode() in words and " Z " not in (entry / "stat").read_text()


def house(folder: Path, sections: Mapping[str, Mapping[str, Any]]) -> Server:
    """A server of the demo's settings and these."""
    server = Server(folder, here(), "Mehrabad")
    path = folder / "demo.toml"
    values = tomllib.loads(path.read_text("utf-8"))
    for name, body in sections.items():
        values[name] = {**values.get(name, {}), **body}
    server.settings = from_mapping(values, str(path))
    write_tree(path, values)
    return server


async def offered(client: LiveClient, kind: str) -> dict[str, Any]:
    """The answer to a media request; asked again while the media process is still on its way, as pages do."""
    for _ in range(round(UP_S / AGAIN_S)):
        try:
            return await client.send(kind)
        except RefusedError as refused:
            if refused.code not in ("media", "lost"):
                raise
            last = refused
            await asyncio.sleep(AGAIN_S)
    raise last


async def publish(client: LiveClient, speaker: Speaker) -> None:
    """What whoever sits on a seat sends goes on the stage."""
    up: set[str] = set()
    client.on("media.up", lambda frame: up.add(frame["peer"]))
    offer = await offered(client, "media.publish")
    await client.send("media.answer", peer=offer["peer"], sdp=await speaker.answer(offer["sdp"]))
    await client.until(lambda: offer["peer"] in up)


@asynccontextmanager
async def filmed(folder: Path, *, renditions: str = "light", delay_s: int = 0) -> AsyncIterator[Filmed]:
    """The hearing, live, with its official on the stage."""
    compat.limit_client_addresses(["127.0.0.1"])
    async with AsyncExitStack() as stack:
        program = {"enabled": "yes", "renditions": renditions, "delay_s": delay_s}
        server = house(folder, {"program": program, "recordings": {"folder": str(folder / "recordings")}})
        now = time.time_ns() // 1_000_000
        founded = await founding.found(server.settings, demo_data.district(), now, timing=TIMING, starts_in_ms=0)
        server.session = founded.session
        await stack.enter_async_context(server)
        desk = await entered(stack, server, founded.session, "staff", founded.account("moderator"))
        await desk.send("session.open_doors")
        await desk.send("session.start")
        official = await entered(stack, server, founded.session, "staff", founded.account("engineer"))
        await official.send("seat.take", seat=founding.SEATS[0].seat)
        filming = Filming(Clip.load(CLIPS / "officer.webm"))
        stack.push_async_callback(filming.close)
        await publish(official, filming)
        try:
            yield Filmed(server, founded, desk, official, stack)
        except BaseException:
            print(server.tail(), flush=True)
            raise
