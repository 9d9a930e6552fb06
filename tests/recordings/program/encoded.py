"""Real packets: pictures and sound from the encoders that the program uses."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import av
import numpy as np

from recordings.program.fragments import AudioShape, EncodedPacket, VideoShape

RATE = 24_000
_RUN = 1_024
_GLOBAL_HEADER = 0x400000


class Picture:
    """x264 as the program has it, with a key picture every two seconds."""

    def __init__(self, rate: int, width: int, height: int) -> None:
        self.rate, self.width, self.height = rate, width, height
        made = av.CodecContext.create("libx264", "w")
        assert isinstance(made, av.VideoCodecContext)
        self.encoder = made
        made.width, made.height, made.pix_fmt = width, height, "yuv420p"
        made.time_base, made.framerate, made.bit_rate = Fraction(1, rate), Fraction(rate), 400_000
        made.thread_count = 1
        made.flags |= _GLOBAL_HEADER
        made.options = {
            "preset": "superfast",
            "tune": "zerolatency",
            "profile": "baseline",
            "x264-params": f"keyint={2 * rate}:min-keyint={2 * rate}:scenecut=0",
        }
        made.open()

    @property
    def shape(self) -> VideoShape:
        return VideoShape(self.width, self.height, bytes(self.encoder.extradata or b""))

    def at(self, number: int) -> Iterator[EncodedPacket]:
        """Picture `number`: a bar that moves."""
        image = np.full((self.height, self.width, 3), 60, np.uint8)
        image[:, (number * 8) % self.width : (number * 8) % self.width + 40] = 220
        frame = av.VideoFrame.from_ndarray(image, format="rgb24").reformat(format="yuv420p")
        frame.pts, frame.time_base = number, Fraction(1, self.rate)
        for packet in self.encoder.encode(frame):
            assert packet.pts is not None
            starts = round(packet.pts * 1_000_000 / self.rate)
            yield EncodedPacket("video", bytes(packet), starts, round(1_000_000 / self.rate), packet.is_keyframe)


class Sound:
    """AAC-LC, a steady tone."""

    def __init__(self) -> None:
        made = av.CodecContext.create("aac", "w")
        assert isinstance(made, av.AudioCodecContext)
        self.encoder, self.runs = made, 0
        made.sample_rate, made.layout, made.format = RATE, "mono", "fltp"
        made.bit_rate, made.time_base = 24_000, Fraction(1, RATE)
        made.open()

    @property
    def shape(self) -> AudioShape:
        return AudioShape(RATE, 1, bytes(self.encoder.extradata or b""))

    def until(self, seconds: float) -> Iterator[EncodedPacket]:
        """All runs that begin before this moment."""
        while self.runs * _RUN < seconds * RATE:
            times = (np.arange(_RUN) + self.runs * _RUN) / RATE
            wave = (0.3 * np.sin(2 * np.pi * 440 * times)).astype(np.float32)
            frame = av.AudioFrame.from_ndarray(wave[None, :], format="fltp", layout="mono")
            frame.sample_rate, frame.pts, frame.time_base = RATE, self.runs * _RUN, Fraction(1, RATE)
            self.runs += 1
            for packet in self.encoder.encode(frame):
                assert packet.pts is not None
                starts = round(packet.pts * 1_000_000 / RATE)
                yield EncodedPacket("audio", bytes(packet), starts, round(_RUN * 1_000_000 / RATE))
