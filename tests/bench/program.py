"""What a hearing's program costs, and whether its memory grows.

The program runs in a process of its own, as the house runs it: it reads its tap, decodes, mixes, composes, encodes,
cuts and syncs to the disk. This process plays the media process and sends recorded frames at their own pace: two people
who are seen and four who are heard. The picture is made here: 640x360, 24 a second, VP8 at 500 kbit/s, with a camera's
noise, which costs a decoder and an encoder more than a drawing does. A figure is the CPU time of the program's process,
its own and the system's, over the paced time, the median of the windows; the first seconds are left out.

`core_channel`: what an interpreter's channel adds to a program of sound alone, decoding her included.
`rss_drift_mb`: the resident memory after 30 simulated minutes less that after 3.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import platform
import statistics
import sys
import tempfile
import time
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import msgspec
import numpy as np
from av.video.codeccontext import VideoCodecContext
from av.video.frame import VideoFrame

from signaling.client.media import Clip
from tests.bench.program_studio import INTERPRETER, RENDITIONS, SEATS, frames

SEED = 20_261_122
ROOT = Path(__file__).parents[2]
WIDTH, HEIGHT, RATE, KBPS = 640, 360, 24, 500
CLIP_S = 6


@dataclass(frozen=True)
class Size:
    """How much is measured, in seconds."""

    settle_s: float = 3.0
    window_s: float = 6.0
    windows: int = 5
    simulated_s: int = 1_800


SMALL = Size(settle_s=1.0, window_s=2.0, windows=1, simulated_s=20)


def camera(seed: int) -> list[tuple[int, bool, str]]:
    """A picture as a phone's camera sends it: a head that moves before a room, and noise. (pts, key, hexadecimal)"""
    rng = np.random.default_rng(seed)
    context = av.CodecContext.create("libvpx", "w")
    assert isinstance(context, VideoCodecContext)
    context.width, context.height, context.pix_fmt = WIDTH, HEIGHT, "yuv420p"
    context.time_base, context.framerate = Fraction(1, 90_000), Fraction(RATE)
    context.bit_rate, context.gop_size, context.thread_count = KBPS * 1000, 10_000, 2
    context.options = {"deadline": "realtime", "cpu-used": "8", "lag-in-frames": "0"}
    room = rng.integers(60, 180, (9, 16)).repeat(40, 0).repeat(40, 1).astype(np.int16)
    rows, columns = np.mgrid[0:HEIGHT, 0:WIDTH]
    made = []
    for number in range(CLIP_S * RATE):
        turn = 2 * np.pi * number / (CLIP_S * RATE)
        middle = WIDTH / 2 + 60 * np.sin(turn), HEIGHT / 2 + 15 * np.sin(3 * turn)
        head = ((columns - middle[0]) / 70) ** 2 + ((rows - middle[1]) / 100) ** 2 < 1
        luma = np.clip(np.where(head, 150, room) + rng.normal(0, 4, room.shape), 16, 235).astype(np.uint8)
        planes = np.full((HEIGHT * 3 // 2, WIDTH), 125, np.uint8)
        planes[:HEIGHT] = luma
        frame = VideoFrame.from_ndarray(planes, "yuv420p")
        frame.pts = number * 90_000 // RATE
        for packet in context.encode(frame):
            made.append((packet.pts or 0, packet.is_keyframe, bytes(packet).hex()))
    return made


def footage(folder: Path) -> list[Path]:
    """A clip for each seat: sound for all, a picture for the first two."""
    clips = []
    for number, name in enumerate(("officer", "water", "school", "water")):
        sound = Clip.load(ROOT / "web" / "demo_media" / f"{name}.webm")
        audio = [(piece.pts, True, piece.data.hex()) for piece in sound.audio if piece.pts < CLIP_S * 48_000]
        video = camera(SEED + number) if number < 2 else []
        clips.append(folder / f"{number}.json")
        clips[-1].write_text(json.dumps({"seconds": CLIP_S, "audio": audio, "video": video}))
    return clips


class Tap:
    """Plays the media process: the same clips to whoever reads, at their own pace."""

    def __init__(self, path: Path, clips: list[dict[str, Any]]) -> None:
        self.path = path
        self.sending = [(seat, clip) for (seat, _), clip in zip(SEATS, clips, strict=True)]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readexactly(4)
        began = time.monotonic() * 1000
        last = began - 1
        try:
            while True:
                now = time.monotonic() * 1000
                for seat, clip in self.sending:
                    for frame in frames(seat, clip, last - began, now - began):
                        moved = msgspec.structs.replace(frame, arrived_ms=round(now))
                        data = msgspec.msgpack.encode(moved)
                        writer.write(len(data).to_bytes(4, "big") + data)
                last = now
                await writer.drain()
                await asyncio.sleep(0.01)
        except OSError:
            writer.close()


def spent(pid: int) -> float:
    """CPU seconds of a process, its own and the system's for it (proc(5))."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


async def paced(kind: str, folder: Path, tap: Path, size: Size) -> tuple[float, dict[str, Any]]:
    """The share of a core that one kind of program takes, and what it said of itself."""
    command = (sys.executable, "-m", "tests.bench.program_studio", "paced", str(tap), str(folder / kind), kind)
    process = await asyncio.create_subprocess_exec(
        *command, cwd=ROOT, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    try:
        while not list((folder / kind).rglob("*.open")):
            await asyncio.sleep(0.05)
        await asyncio.sleep(size.settle_s)
        shares = []
        for _ in range(size.windows):
            cpu, began = spent(process.pid), time.monotonic()
            await asyncio.sleep(size.window_s)
            shares.append((spent(process.pid) - cpu) / (time.monotonic() - began))
    finally:
        told, _ = await process.communicate(b"")
    return statistics.median(shares), json.loads(told)


async def measure(size: Size) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        clips = footage(folder)
        tap = Tap(folder / "tap", [json.loads(clip.read_text()) for clip in clips])
        server = await asyncio.start_unix_server(tap.serve, tap.path)
        shares, told = {}, {}
        for kind in RENDITIONS:
            if kind == "channel":  # the last: an interpreter beside the four, who speaks all the time
                tap.sending.append((INTERPRETER[0], tap.sending[0][1] | {"video": []}))
            shares[kind], told[kind] = await paced(kind, folder, tap.path, size)
        server.close()
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.bench.program_studio", "simulated", str(folder / "simulated"),
            str(size.simulated_s), *map(str, clips), cwd=ROOT, stdout=asyncio.subprocess.PIPE,
        )  # fmt: skip
        out, _ = await process.communicate()
        long = json.loads(out)
    return {
        "bench": "program",
        "core_video": round(shares["video"], 4),
        "core_audio": round(shares["audio"], 4),
        "core_two_renditions": round(shares["two"], 4),
        "core_channel": round(shares["channel"] - shares["audio"], 4),
        "rss_drift_mb": round((long["memory_kb"][-1] - long["memory_kb"][0]) / 1024, 2),
        "rss_mb": round(long["memory_kb"][-1] / 1024, 1),
        "simulated_s": size.simulated_s,
        "simulated_core": round(long["cpu_s"] / size.simulated_s, 4),
        "told": told,
        "failed": long["failed"],
        "input": f"2 x VP8 {WIDTH}x{HEIGHT} at {RATE}/s, {KBPS} kbit/s with noise; 4 x Opus",
        "windows": [size.windows, size.window_s],
        "seed": SEED,
        "av": av.__version__,
        "python": platform.python_version(),
    }


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--small", action="store_true", help="only that it runs")
    chosen = SMALL if options.parse_args().small else Size()
    print(json.dumps(asyncio.run(measure(chosen))))


if __name__ == "__main__":
    main()
