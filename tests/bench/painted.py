"""A program made up for tests and benches: a picture with the wall clock painted into it, and a sound that never rests.

    python -m tests.bench.painted FOLDER SESSION --renditions light,sound --seconds 60 [--bus SOCKET] [--instant]

It is encoded in real time at the rates that the program has, written through the same fragmenter and tracks, and told
over the bus. The clock (clock.py) is read back from a canvas; below it the picture moves and is grainy, so that the
encoder needs the rate that it is given. `--instant` writes everything at once, with a wall clock that ends now.
"""

from __future__ import annotations

import argparse
import asyncio
import time
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

import av
import numpy as np

from kachehri.bus.local_client import LocalClient
from recordings.announce import BusAnnouncements
from recordings.archive import Archive, Track
from recordings.program.fragments import AudioShape, EncodedPacket, Fragmenter, VideoShape
from tests.bench.clock import IN_PROGRAM, paint

RATE: Final = 24_000
FRAME: Final = 1_024  # samples of an AAC frame


@dataclass(frozen=True)
class Make:
    """How a rendition is encoded; 0 pictures: sound alone."""

    width: int = 0
    height: int = 0
    pictures: int = 0
    bits: int = 0


MADE: Final = {
    "full": Make(640, 360, 15, 400_000),
    "light": Make(426, 240, 12, 130_000),
    "sound": Make(),
    "sound-1": Make(),
}


class Pictures:
    """H.264 of one rendition."""

    def __init__(self, make: Make) -> None:
        self.make = make
        coder: Any = av.CodecContext.create("libx264", "w")
        coder.width, coder.height, coder.pix_fmt = make.width, make.height, "yuv420p"
        coder.time_base, coder.framerate = Fraction(1, make.pictures), Fraction(make.pictures)
        coder.bit_rate, coder.thread_count = make.bits, 1
        coder.options = {
            "preset": "ultrafast",
            "tune": "zerolatency",
            "profile": "baseline",
            "x264-params": f"keyint={2 * make.pictures}:min-keyint={2 * make.pictures}:scenecut=0:"
            f"vbv-maxrate={make.bits // 1_000}:vbv-bufsize={make.bits // 1_000}:nal-hrd=none",
        }
        coder.flags |= 0x400000  # AV_CODEC_FLAG_GLOBAL_HEADER: the parameters stand in the init file
        coder.open()
        self.coder = coder
        chance = np.random.default_rng(7)
        self.grain = chance.integers(64, 192, (make.height // 2, make.width // 2), dtype=np.uint8).repeat(2, 0)
        self.grey = np.full((make.height // 2, make.width), 128, np.uint8)

    @property
    def shape(self) -> VideoShape:
        return VideoShape(self.make.width, self.make.height, bytes(self.coder.extradata))

    def encode(self, number: int, clock_ms: int) -> list[EncodedPacket]:
        """One picture."""
        make = self.make
        grain = np.roll(self.grain, number * 3, 1).repeat(2, 1)
        luma = np.ascontiguousarray(grain[: make.height, : make.width])
        paint(luma, clock_ms, IN_PROGRAM)
        frame = av.VideoFrame.from_ndarray(np.concatenate([luma, self.grey]), "yuv420p")
        frame.pts, frame.time_base = number, Fraction(1, make.pictures)
        each_us = 1_000_000 / make.pictures
        return [
            EncodedPacket("video", bytes(packet), round(packet.pts * each_us), round(each_us), packet.is_keyframe)
            for packet in self.coder.encode(frame)
        ]


class Sounds:
    """AAC of a tone in noise, which needs the whole rate."""

    def __init__(self) -> None:
        coder: Any = av.CodecContext.create("aac", "w")
        coder.sample_rate, coder.layout, coder.format = RATE, "mono", "fltp"
        coder.bit_rate, coder.time_base = RATE, Fraction(1, RATE)
        coder.open()
        self.coder = coder
        self.chance = np.random.default_rng(3)

    @property
    def shape(self) -> AudioShape:
        return AudioShape(RATE, 1, bytes(self.coder.extradata))

    def encode(self, number: int) -> list[EncodedPacket]:
        """One frame of 1,024 samples."""
        at = np.arange(number * FRAME, (number + 1) * FRAME) / RATE
        wave = 0.3 * np.sin(2 * np.pi * 440 * at) + 0.05 * self.chance.standard_normal(FRAME)
        frame = av.AudioFrame.from_ndarray(wave.astype(np.float32).reshape(1, -1), "fltp", "mono")
        frame.sample_rate, frame.pts, frame.time_base = RATE, number * FRAME, Fraction(1, RATE)
        each_us = FRAME * 1_000_000 / RATE
        # The encoder's first frame stands for what was before the beginning; instants are counted from the first.
        return [
            EncodedPacket("audio", bytes(packet), round((packet.pts + FRAME) * 1_000_000 / RATE), round(each_us))
            for packet in self.coder.encode(frame)
        ]


class Rendition:
    """One rendition being written."""

    def __init__(self, name: str, track: Track, epoch: int) -> None:
        make = MADE[name]
        self.name, self.track = name, track
        self.pictures = Pictures(make) if make.pictures else None
        self.sounds = Sounds()
        self.cutter = Fragmenter(self.pictures.shape if self.pictures else None, self.sounds.shape)
        self.began = 0
        self.shown = self.heard = 0
        track.begin(epoch, self.cutter.init())

    def until(self, media_ms: float, began_ms: int, *, clock: bool = True) -> Iterator[Any]:
        """Encode up to this moment of the program; the parts that were written."""
        packets = []
        while self.heard * FRAME * 1_000 / RATE < media_ms:
            packets += self.sounds.encode(self.heard)
            self.heard += 1
        if self.pictures is not None:
            every = 1_000 / self.pictures.make.pictures
            while self.shown * every < media_ms:
                now = time.time_ns() // 1_000_000 if clock else began_ms + round(self.shown * every)
                packets += self.pictures.encode(self.shown, now)
                self.shown += 1
        for packet in sorted(packets, key=lambda each: each.pts_us):
            for made in self.cutter.write(packet):
                yield self.track.part(
                    made.data,
                    duration_us=made.duration_us,
                    independent=made.independent,
                    starts_ms=made.starts_ms,
                    wall_ms=began_ms + made.starts_ms,
                    last=made.last,
                )


async def run(
    folder: Path, session: str, renditions: list[str], seconds: float, bus: Path | None, speed: float = 1.0
) -> None:
    """In real time, or slower by `speed`: what is written is the same."""
    told = LocalClient(bus) if bus else None
    if told:
        await told.start()
    archive = Archive(folder)
    epoch = archive.next_epoch(session)
    made = [Rendition(name, archive.track(session, name, 1), epoch) for name in renditions]
    began_ms, began = time.time_ns() // 1_000_000, time.monotonic()
    print("ready", flush=True)
    while (passed := time.monotonic() - began) < seconds:
        for rendition in made:
            for part in rendition.until(passed * 1_000 * speed, began_ms):
                if told:
                    BusAnnouncements(told).part(session, part)
        await asyncio.sleep(0.02)
    for rendition in made:
        rendition.track.close()
    if told:
        await told.close()


def instant(folder: Path, session: str, renditions: list[str], seconds: float, ends_ms: int) -> None:
    """All of it at once."""
    archive = Archive(folder)
    epoch = archive.next_epoch(session)
    for name in renditions:
        rendition = Rendition(name, archive.track(session, name, 1), epoch)
        for _ in rendition.until(seconds * 1_000, ends_ms - round(seconds * 1_000), clock=False):
            pass
        rendition.track.close()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("session")
    parser.add_argument("--renditions", default="light,sound")
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--bus", type=Path)
    parser.add_argument("--speed", type=float, default=1.0)
    parser.add_argument("--instant", action="store_true")
    given = parser.parse_args()
    renditions = given.renditions.split(",")
    if given.instant:
        instant(given.folder, given.session, renditions, given.seconds, time.time_ns() // 1_000_000)
    else:
        asyncio.run(run(given.folder, given.session, renditions, given.seconds, given.bus, given.speed))


if __name__ == "__main__":
    main()
