"""A clip with much movement, as a phone's camera sends it: about 480 kbit/s of VP8 and Opus in 20 ms frames."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import numpy as np

WIDTH, HEIGHT, RATE, SECONDS = 640, 480, 15, 6
SAMPLES = 48_000
VIDEO_BITS, AUDIO_BITS = 480_000, 28_000
KEY_EVERY = 45


def write(path: Path, seed: int) -> None:
    """A drifting texture with noise, and a warbling tone; about two seconds of work."""
    rng = np.random.default_rng(seed)
    coarse = rng.integers(40, 216, (HEIGHT // 16 + 12, WIDTH // 16 + 12, 3), dtype=np.uint8)
    wall = np.repeat(np.repeat(coarse, 16, axis=0), 16, axis=1)
    with av.open(str(path), "w", format="webm") as out:
        video = out.add_stream("libvpx", rate=RATE)
        video.width, video.height, video.pix_fmt, video.bit_rate = WIDTH, HEIGHT, "yuv420p", VIDEO_BITS
        video.codec_context.gop_size = KEY_EVERY
        video.codec_context.options = {
            "deadline": "realtime", "cpu-used": "8", "lag-in-frames": "0", "error-resilient": "1", "threads": "1",
            "auto-alt-ref": "0", "maxrate": str(VIDEO_BITS), "minrate": str(VIDEO_BITS),
            "bufsize": str(VIDEO_BITS // 2),
        }  # fmt: skip
        audio = out.add_stream("libopus", rate=SAMPLES)
        audio.bit_rate = AUDIO_BITS
        audio.layout = "mono"
        audio.codec_context.options = {"application": "voip", "frame_duration": "20", "vbr": "off"}
        for i in range(RATE * SECONDS):
            picture = wall[i : i + HEIGHT, 2 * (i % 60) : 2 * (i % 60) + WIDTH].astype(np.int16)
            picture = picture + rng.integers(-6, 7, (HEIGHT, WIDTH, 1), dtype=np.int16)
            frame = av.VideoFrame.from_ndarray(np.clip(picture, 0, 255).astype(np.uint8), format="rgb24")
            frame.pts, frame.time_base = i, Fraction(1, RATE)
            out.mux(video.encode(frame))
        out.mux(video.encode(None))
        at = np.arange(SECONDS * SAMPLES) / SAMPLES
        sound = (6_000 * np.sin(2 * np.pi * (220 + 40 * np.sin(3 * at + seed % 7)) * at)).astype(np.int16)
        sound += rng.integers(-400, 400, sound.shape, dtype=np.int16)
        step = SAMPLES // 50
        for start in range(0, len(sound), step):
            part = av.AudioFrame.from_ndarray(sound[None, start : start + step], format="s16", layout="mono")
            part.sample_rate, part.pts, part.time_base = SAMPLES, start, Fraction(1, SAMPLES)
            out.mux(audio.encode(part))
        out.mux(audio.encode(None))
