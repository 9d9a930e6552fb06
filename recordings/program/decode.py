"""Decoders of what people send. Whatever is in a frame, the worst that follows is that it is dropped.

Sizes, formats and codec parameters may change with any keyframe; a decoder that fails is thrown away, and a picture
then waits for its next keyframe. libav is told how large a picture may be before it reserves memory for one.
"""

from __future__ import annotations

from typing import Final

import av
import numpy as np
from av.audio.codeccontext import AudioCodecContext
from av.audio.resampler import AudioResampler
from av.video.codeccontext import VideoCodecContext
from av.video.frame import VideoFrame

from recordings.program.sound import RATE, Samples
from signaling.media.tap import TapFrame

#: Largest picture that is decoded: 1080p, standing or lying.
MOST_PIXELS: Final = 1_920 * 1_088
#: The longest Opus packet is 120 ms (RFC 6716 §3.1).
MOST_SAMPLES: Final = RATE * 120 // 1000


class Pictures:
    """One line's picture decoder."""

    def __init__(self) -> None:
        self._codec = ""
        self._context: VideoCodecContext | None = None
        self.faults = 0
        #: Nothing can be decoded before the next keyframe.
        self.waits = True

    def skip(self) -> None:
        """A frame was left out: what follows rests on it."""
        self.waits = True

    def decode(self, frame: TapFrame) -> VideoFrame | None:
        """The picture, if the frame makes one."""
        if self.waits and not frame.key:
            return None
        try:
            if self._context is None or frame.codec != self._codec:
                self._context, self._codec = _video(frame.codec), frame.codec
            found = self._context.decode(av.Packet(frame.data))
        except (av.FFmpegError, ValueError):
            self.faults += 1
            self._context, self.waits = None, True
            return None
        self.waits = False
        return found[-1] if found else None


class Sounds:
    """One line's sound decoder: mono at 48,000 samples a second, whatever came."""

    def __init__(self) -> None:
        self._context: AudioCodecContext | None = None
        self._resampler: AudioResampler | None = None
        self.faults = 0

    def decode(self, frame: TapFrame) -> Samples | None:
        """The frame's samples; at most 120 ms of them."""
        try:
            if self._context is None:
                self._context = _audio()
            blocks = []
            for found in self._context.decode(av.Packet(frame.data)):
                samples = found.to_ndarray()
                blocks.append(samples.mean(axis=0) if len(samples) > 1 else samples[0])
        except (av.FFmpegError, ValueError):
            self.faults += 1
            self._context = None
            return None
        if not blocks:
            return None
        sound: Samples = np.concatenate(blocks).astype(np.float32, copy=False)[:MOST_SAMPLES]
        # A decoder that was fed nonsense may give what is no number; one such sample would silence the whole mix, and
        # what it keeps of it its own line from then on.
        if not np.isfinite(sound).all():
            self.faults += 1
            self._context = None
            return None
        return np.clip(sound, -1.0, 1.0)


def _video(codec: str) -> VideoCodecContext:
    names = {"vp8": "vp8", "h264": "h264"}
    if codec not in names:
        raise ValueError(codec)
    context = av.CodecContext.create(names[codec], "r")
    assert isinstance(context, VideoCodecContext)
    context.thread_count = 1
    context.options = {"max_pixels": str(MOST_PIXELS), "flags": "+low_delay"}
    return context


def _audio() -> AudioCodecContext:
    context = av.CodecContext.create("opus", "r")
    assert isinstance(context, AudioCodecContext)
    context.sample_rate = RATE
    context.layout = "mono"
    context.format = "fltp"
    return context
