"""Frames of simulated people for the program's tests: clips of the demo, as the tap gives them, with time by hand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cache
from pathlib import Path

import av
import numpy as np
from av.video.codeccontext import VideoCodecContext
from av.video.frame import VideoFrame

from recordings.program.fragments import EncodedPacket
from recordings.program.program import Program
from signaling.client.media import Clip
from signaling.media.tap import TapFrame

CLIPS = Path(__file__).parents[3] / "web" / "demo_media"


@cache
def clip(name: str = "water") -> Clip:
    return Clip.load(CLIPS / f"{name}.webm")


@dataclass
class Person:
    """Sends a clip over and over, from a moment on. `stamp` is where her clocks begin."""

    seat: str
    name: str = "water"
    began: float = 0.0
    stamp: int = 0
    picture: bool = True
    _next: dict[str, int] = field(default_factory=lambda: {"audio": 0, "video": 0})

    def due(self, now: float) -> Iterator[TapFrame]:
        """What arrives up to `now`, in milliseconds."""
        made = clip(self.name)
        for kind, pieces, rate in (("audio", made.audio, 48_000), ("video", made.video, 90_000)):
            if kind == "video" and not self.picture:
                continue
            while True:
                turn, at = divmod(self._next[kind], len(pieces))
                pts = pieces[at].pts + turn * round(made.seconds * rate)
                arrived = self.began + pts * 1000 / rate
                if arrived > now:
                    break
                self._next[kind] += 1
                codec = "opus" if kind == "audio" else "vp8"
                stamp = (self.stamp + pts) & 0xFFFFFFFF
                key = kind == "audio" or pieces[at].key
                yield TapFrame(self.seat, kind, codec, stamp, round(arrived), key, pieces[at].data)  # type: ignore[arg-type]


@dataclass
class Taken:
    """What a program gave out."""

    packets: dict[str, list[EncodedPacket]] = field(default_factory=dict)

    def __call__(self, rendition: str, packet: EncodedPacket) -> None:
        self.packets.setdefault(rendition, []).append(packet)

    def of(self, rendition: str, kind: str) -> list[EncodedPacket]:
        return [packet for packet in self.packets.get(rendition, []) if packet.kind == kind]

    def ends(self, rendition: str, kind: str) -> int:
        last = self.of(rendition, kind)[-1]
        return last.pts_us + last.duration_us


def play(program: Program, people: list[Person], until: float, now: float = 0.0, step: float = 40.0) -> float:
    """Lets time pass up to `until` in ms; returns where it stands."""
    while now < until:
        now += step
        for person in people:
            for frame in person.due(now):
                program.frame(frame)
        program.tick(now)
    return now


def sound_of(taken: Taken, rendition: str = "sound") -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    """A rendition's sound, decoded: 24,000 samples a second."""
    decoder = av.CodecContext.create("aac", "r")
    decoder.extradata = b"\x13\x08"  # AAC-LC, 24 kHz, mono (ISO/IEC 14496-3 §1.6.2.1)
    found = []
    for packet in taken.of(rendition, "audio"):
        for frame in decoder.decode(av.Packet(packet.data)):
            found.append(frame.to_ndarray()[0])
    return np.concatenate(found)


def pictures(width: int, height: int, codec: str = "libx264", count: int = 3) -> list[bytes]:
    """A few encoded grey pictures of a size, the first a keyframe."""
    context = av.CodecContext.create(codec, "w")
    assert isinstance(context, VideoCodecContext)
    context.width, context.height, context.pix_fmt, context.time_base = width, height, "yuv420p", Fraction(1, 15)
    context.options = {"tune": "zerolatency", "preset": "ultrafast"} if codec == "libx264" else {"deadline": "realtime"}
    context.thread_count = 1
    made = []
    for number in range(count):
        frame = VideoFrame(width, height, "yuv420p")
        for plane in frame.planes:
            plane.update(bytes([90 + number]) * plane.buffer_size)
        frame.pts = number
        made += [bytes(packet) for packet in context.encode(frame)]
    return made + [bytes(packet) for packet in context.encode(None)]
