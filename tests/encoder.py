"""A studio encoder for tests: FFmpeg's own WHIP muxer, from the build that the package `imageio-ffmpeg` carries.

It sends a moving test picture and a tone. Told to stop, it deletes its session, as an operator's button does.
"""

from __future__ import annotations

import asyncio
import signal
from typing import Self

import imageio_ffmpeg  # type: ignore[import-untyped]

#: One whole picture a second: people who come later wait no longer than that.
PICTURE = ("-c:v", "libx264", "-profile:v", "baseline", "-preset", "ultrafast", "-bf", "0", "-g", "15", "-b:v", "300k")
SOUND = ("-c:a", "libopus", "-ar", "48000", "-ac", "2", "-b:a", "48k")


class Encoder:
    """One run of ffmpeg."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process
        self.said = ""
        self._reading = asyncio.ensure_future(self._read())

    @classmethod
    async def start(cls, url: str, key: str, *more: str) -> Self:
        lavfi = ("-re", "-f", "lavfi", "-i")
        process = await asyncio.create_subprocess_exec(
            imageio_ffmpeg.get_ffmpeg_exe(),
            *("-hide_banner", "-nostats"),
            *(*lavfi, "testsrc=size=320x240:rate=15", *lavfi, "sine=frequency=440:sample_rate=48000"),
            *("-pix_fmt", "yuv420p", *PICTURE, *SOUND),
            *("-f", "whip", *more, "-authorization", key, url),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
        )
        return cls(process)

    async def _read(self) -> None:
        assert self.process.stderr is not None
        async for line in self.process.stderr:
            self.said = (self.said + line.decode(errors="replace"))[-20_000:]

    async def ended(self) -> int:
        """Waits for the end that comes by itself, such as a refusal."""
        async with asyncio.timeout(30):
            status = await self.process.wait()
            await self._reading
        return status

    async def stop(self) -> None:
        """The operator's button: the session is deleted. Harmless when it has ended."""
        await self._end(signal.SIGINT)

    async def vanish(self) -> None:
        """A power cut."""
        await self._end(signal.SIGKILL)

    async def _end(self, how: signal.Signals) -> None:
        if self.process.returncode is None:
            self.process.send_signal(how)
        await self.ended()
