"""A program process for the stage's tests: pictures that move and a steady tone, at their own pace, up the tap."""

from __future__ import annotations

import asyncio
import math
from pathlib import Path

import av
import numpy as np

from recordings.program.bitstream import nal_units
from recordings.program.direct import Direct
from recordings.program.encode import PictureEncoder, Rendition
from recordings.program.sound import RATE
from signaling.media.tap import Makes, Wish
from signaling.media.tap_reader import TapReader
from tests.signaling.media.people import SESSION

SMALL = Rendition("small", 320, 180, 15, 200)


class Maker:
    """Makes a program of one session as long as it runs."""

    def __init__(self, tap: Path, makes: Makes = "picture", session: str = SESSION) -> None:
        self.wishes: list[Wish] = []
        self.reader = TapReader(tap, session, lambda frame: None, self._wished, makes)
        self.direct = Direct(self.reader.send, self._keyframe)
        self._encoder = PictureEncoder(SMALL)
        self._sets = [unit for unit in nal_units(self._encoder.shape.configuration) if unit[0] & 0x1F in (7, 8)]
        self._pictured, self._wanted = makes == "picture", False
        self._task: asyncio.Task[None] | None = None

    def _wished(self, wish: Wish) -> None:
        self.wishes.append(wish)
        self.direct.wished(wish)

    def _keyframe(self) -> None:
        self._wanted = True

    async def __aenter__(self) -> Maker:
        self.reader.start()
        self._task = asyncio.ensure_future(self._run())
        async with asyncio.timeout(30):
            while not self.reader.attached:
                await asyncio.sleep(0.01)
        return self

    async def __aexit__(self, *why: object) -> None:
        assert self._task is not None
        self._task.cancel()
        await asyncio.wait([self._task])
        await self.reader.stop()

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        began = loop.time()
        noise = np.random.default_rng(7)
        picture = blocks = 0
        while True:
            now = loop.time() - began
            while blocks * 0.02 < now:
                at = np.arange(blocks * 960, (blocks + 1) * 960, dtype=np.float32)
                self.direct.sound((0.3 * np.sin(2 * math.pi * 440 * at / RATE)).astype(np.float32), blocks * 20_000)
                blocks += 1
            while self._pictured and picture / SMALL.rate < now:
                image = np.full((SMALL.height, SMALL.width, 3), 60, np.uint8)
                image[:60] = noise.integers(0, 255, (60, SMALL.width, 1), np.uint8)  # costs what a camera's does
                image[:, picture * 8 % SMALL.width :][:, :40] = 220
                frame = av.VideoFrame.from_ndarray(image, format="rgb24").reformat(format="yuv420p")
                for packet in self._encoder.encode(frame, picture, key=self._wanted):
                    self.direct.picture(packet, self._sets)
                self._wanted = False
                picture += 1
            await asyncio.sleep(0.02)
