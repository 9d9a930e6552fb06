"""The encoders: each rendition's picture once, and the sound once for all of them.

Pictures are made so that every phone decodes them in hardware (H.264 constrained baseline), without look ahead and on
one thread: the program must not take the cores that the hearing itself needs. Times are microseconds of program time.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Final

import av
import numpy as np
from av.audio.codeccontext import AudioCodecContext
from av.audio.frame import AudioFrame
from av.video.codeccontext import VideoCodecContext
from av.video.frame import PictureType, VideoFrame
from av.video.reformatter import Interpolation, VideoReformatter

from recordings.program.fragments import AudioShape, EncodedPacket, VideoShape
from recordings.program.sound import Samples

#: A segment's length, and with it the distance of keyframes.
SEGMENT_S: Final = 2
AAC_RATE, AAC_FRAME, AAC_BITS = 24_000, 1_024, 24_000


@dataclass(frozen=True, slots=True)
class Rendition:
    """One picture of the program. `rate`: pictures a second."""

    name: str
    width: int
    height: int
    rate: int
    kbps: int


FULL: Final = Rendition("full", 640, 360, 15, 400)
LIGHT: Final = Rendition("light", 426, 240, 12, 130)
#: The sound alone.
SOUND: Final = "sound"


class PictureEncoder:
    """One rendition's picture."""

    def __init__(self, rendition: Rendition, starts_us: int = 0) -> None:
        self.rendition, self._starts_us = rendition, starts_us
        context = av.CodecContext.create("libx264", "w")
        assert isinstance(context, VideoCodecContext)
        context.width, context.height = rendition.width, rendition.height
        context.pix_fmt = "yuv420p"
        context.time_base = Fraction(1, 1_000_000)
        context.framerate = Fraction(rendition.rate)
        context.bit_rate = rendition.kbps * 1000
        context.gop_size = SEGMENT_S * rendition.rate
        context.thread_count = 1
        # Without `repeat-headers` the parameter sets stand in the init file alone, as CMAF wants it.
        context.flags |= av.codec.context.Flags.global_header
        context.options = {
            "preset": "superfast",
            "tune": "zerolatency",
            "profile": "baseline",
            "level": "3.0",
            "x264-params": (
                f"vbv-maxrate={rendition.kbps}:vbv-bufsize={rendition.kbps}:scenecut=0:force-cfr=1"
                f":keyint={SEGMENT_S * rendition.rate}:min-keyint=1:sliced-threads=0:threads=1:lookahead-threads=1"
            ),
        }
        context.open()
        self._context = context
        self._scaler = VideoReformatter()

    @property
    def shape(self) -> VideoShape:
        """What the segmenter writes into the head."""
        return VideoShape(self.rendition.width, self.rendition.height, bytes(self._context.extradata or b""))

    def encode(self, picture: VideoFrame, number: int, duration: int = 1, *, key: bool = False) -> list[EncodedPacket]:
        """The picture of this number, counted from the program's beginning.

        Arguments:
            duration: for how many pictures' time it stands.
            key: it needs no other, also within a segment.
        """
        rendition = self.rendition
        if (picture.width, picture.height) != (rendition.width, rendition.height):
            picture = self._scaler.reformat(
                picture, rendition.width, rendition.height, "yuv420p", interpolation=Interpolation.FAST_BILINEAR
            )
        picture.pts = self._starts_us + _us(number, rendition.rate)
        picture.time_base = Fraction(1, 1_000_000)
        key = key or number % (SEGMENT_S * rendition.rate) == 0
        picture.pict_type = PictureType.I if key else PictureType.NONE
        ends = self._starts_us + _us(number + duration, rendition.rate)
        return [
            EncodedPacket("video", bytes(packet), packet.pts or 0, ends - (packet.pts or 0), packet.is_keyframe)
            for packet in self._context.encode(picture)
        ]


class SoundEncoder:
    """The sound of every rendition: AAC-LC, mono."""

    def __init__(self, starts_us: int = 0) -> None:
        context = av.CodecContext.create("aac", "w")
        assert isinstance(context, AudioCodecContext)
        context.sample_rate = AAC_RATE
        context.layout = "mono"
        context.format = "fltp"
        context.bit_rate = AAC_BITS
        context.time_base = Fraction(1, AAC_RATE)
        context.thread_count = 1
        context.options = {"aac_coder": "fast"}
        context.flags |= av.codec.context.Flags.global_header
        context.open()
        self._context = context
        self._starts_us = starts_us
        self._waiting: Samples = np.zeros(0, np.float32)
        self._fed = 0

    @property
    def shape(self) -> AudioShape:
        """What the segmenter writes into the head."""
        return AudioShape(AAC_RATE, 1, bytes(self._context.extradata or b""), AAC_BITS)

    def encode(self, samples: Samples) -> list[EncodedPacket]:
        """Sound at 24,000 samples a second, in any length."""
        self._waiting = np.concatenate((self._waiting, samples))
        made: list[EncodedPacket] = []
        while len(self._waiting) >= AAC_FRAME:
            frame = AudioFrame.from_ndarray(self._waiting[np.newaxis, :AAC_FRAME], "fltp", "mono")
            self._waiting = self._waiting[AAC_FRAME:]
            frame.sample_rate = AAC_RATE
            frame.pts = self._fed
            frame.time_base = Fraction(1, AAC_RATE)
            self._fed += AAC_FRAME
            for packet in self._context.encode(frame):
                # What comes before the first sample only fills the decoder's overlap.
                if packet.pts is not None and packet.pts >= 0:
                    starts = self._starts_us + _us(packet.pts, AAC_RATE)
                    ends = self._starts_us + _us(packet.pts + AAC_FRAME, AAC_RATE)
                    made.append(EncodedPacket("audio", bytes(packet), starts, ends - starts))
        return made


def _us(count: int, rate: int) -> int:
    return (count * 1_000_000 + rate // 2) // rate
