"""A plane on loopback, people with real WebRTC connections, and a browser that hears a steady tone."""

from __future__ import annotations

import math
import struct
import wave
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, async_playwright

from signaling.client.media import Clip
from signaling.media import compat
from signaling.media.port import MediaSettings
from signaling.media.process import Server
from tests.servers import CHROMIUM_FLAGS, require
from tests.signaling.media.people import LOOPBACK, Hall, two_pages

CLIPS = Path(__file__).parents[3] / "web" / "demo_media"


@pytest.fixture(scope="session")
def clip() -> Clip:
    return Clip.load(CLIPS / "water.webm")


@pytest.fixture(params=["direct", "mux"])
def loopback(request: pytest.FixtureRequest) -> MediaSettings:
    """Settings of a plane for tests, with each back end in turn: whoever uses them passes on both."""
    return MediaSettings(addresses=("127.0.0.1",), backend=request.param)


@pytest.fixture
async def hall(clip: Clip, loopback: MediaSettings) -> AsyncIterator[Hall]:
    compat.limit_client_addresses(["127.0.0.1"])
    hall = Hall(clip, settings=loopback)
    await hall.start()
    try:
        yield hall
    finally:
        await hall.stop()


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[Server]:
    """A media process' server in ours, with a tap for programs."""
    compat.limit_client_addresses(["127.0.0.1"])
    server = Server(tmp_path / "m.sock", LOOPBACK)
    await server.start()
    try:
        yield server
    finally:
        await server.stop()


@pytest.fixture
async def stage(server: Server, clip: Clip) -> AsyncIterator[Hall]:
    """A hall on the server's own plane."""
    hall = Hall(clip, server.plane)
    await hall.start()
    try:
        yield hall
    finally:
        await hall.stop()


def tone(path: Path, seconds: float = 2.0, pitch: int = 440) -> Path:
    """A steady tone: Chromium's own imaginary microphone only beeps, which says nothing about delay."""
    count = round(seconds * 48_000)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(48_000)
        samples = (round(12_000 * math.sin(2 * math.pi * pitch * i / 48_000)) for i in range(count))
        file.writeframes(b"".join(struct.pack("<h", sample) for sample in samples))
    return path


def stage_flags(sound: Path) -> list[str]:
    """Chromium with a camera, a microphone that hears the file, and loopback as a network like any other."""
    return [
        *CHROMIUM_FLAGS,
        "--use-fake-ui-for-media-stream",
        "--allow-loopback-in-peer-connection",
        f"--use-file-for-fake-audio-capture={sound}",
    ]


@pytest.fixture(scope="module")
async def stage_browser(anyio_backend: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Browser]:
    sound = tone(tmp_path_factory.mktemp("tone") / "tone.wav")
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(executable_path=require("chromium"), args=stage_flags(sound))
        try:
            yield chromium
        finally:
            await chromium.close()


@pytest.fixture
async def pages(stage_browser: Browser) -> AsyncIterator[tuple[Page, Page]]:
    async with two_pages(stage_browser) as pages:
        yield pages
