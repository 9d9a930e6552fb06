"""Makes the three short clips that simulated speakers send: speech by espeak-ng and a drawn, talking figure.

    python web/demo_media/make.py        (needs espeak-ng; writes beside itself)

Each clip is six seconds of WebM: VP8 320x240 at 15 pictures a second with a keyframe every half second, so that a
watcher who joins never waits longer, and Opus at 24 kbit/s, mono, in 40 ms frames, which is what a phone is asked for.
They are sent as they are, packet by packet; no encoder runs while a demo or a test does.
"""

from __future__ import annotations

import io
import subprocess
import wave
from fractions import Fraction
from pathlib import Path
from typing import NamedTuple

import av
import numpy as np
from numpy.typing import NDArray

WIDTH, HEIGHT, RATE, SECONDS = 320, 240, 15, 6
SAMPLES = 48_000
KEY_EVERY = 7  # pictures: just under half a second
VIDEO_BITS, AUDIO_BITS = 38_000, 24_000
MAX_BYTES = 60_000

Picture = NDArray[np.uint8]


class Figure(NamedTuple):
    """Who is drawn and what is said."""

    name: str
    voice: str
    pitch: int
    text: str
    wall: tuple[int, int, int]
    cloth: tuple[int, int, int]
    skin: tuple[int, int, int]
    scarf: bool


FIGURES = (
    Figure(
        "water",
        "ur",
        70,
        "ہمارے محلے میں تین ہفتے سے پانی نہیں آ رہا۔ بچے دور سے پانی بھر کر لاتے ہیں۔ "
        "مہربانی کر کے بتائیں کہ پائپ کب ٹھیک ہوگا۔",
        (196, 216, 224),
        (38, 110, 96),
        (188, 138, 104),
        True,
    ),
    Figure(
        "school",
        "ur",
        45,
        "گاؤں کے سکول میں استاد نہیں ہے۔ پچھلے سال بھی درخواست دی تھی۔ اس کا کوئی جواب نہیں آیا۔",
        (226, 214, 190),
        (70, 84, 130),
        (170, 120, 88),
        False,
    ),
    Figure(
        "officer",
        "en-gb",
        40,
        "Thank you. I have noted the pipe in ward nine. The repair will be done by the fifteenth, "
        "and you will hear from us.",
        (204, 208, 200),
        (60, 60, 66),
        (160, 112, 84),
        False,
    ),
)


def speech(figure: Figure) -> NDArray[np.int16]:
    """The sentence, cut or filled with silence to the clip's length, at 48 kHz."""
    spoken = subprocess.run(
        ["espeak-ng", "-v", figure.voice, "-p", str(figure.pitch), "-s", "150", "--stdout", figure.text],
        check=True,
        capture_output=True,
    ).stdout
    with wave.open(io.BytesIO(spoken)) as file:
        rate = file.getframerate()
        # A stream written to a pipe does not know its length: read to the end of what there is.
        raw = np.frombuffer(spoken[44 : len(spoken) - (len(spoken) - 44) % 2], dtype=np.int16).astype(np.float64)
    at = np.arange(SECONDS * SAMPLES) * rate / SAMPLES
    resampled: NDArray[np.int16] = np.interp(at, np.arange(len(raw)), raw, right=0.0).astype(np.int16)
    return resampled


def draw(figure: Figure, mouth: float, sway: float) -> Picture:
    """One picture: a wall, shoulders, a head, and a mouth open by `mouth` (0 to 1)."""
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float64)
    picture = np.empty((HEIGHT, WIDTH, 3), dtype=np.uint8)
    picture[:] = figure.wall
    centre = WIDTH / 2 + 3 * sway

    def ellipse(cx: float, cy: float, rx: float, ry: float, colour: tuple[int, int, int]) -> None:
        picture[((x - cx) / rx) ** 2 + ((y - cy) / ry) ** 2 <= 1] = colour

    ellipse(centre, 240, 96, 76, figure.cloth)
    if figure.scarf:
        ellipse(centre, 122, 66, 82, figure.cloth)
    else:
        ellipse(centre, 92, 50, 48, (40, 34, 30))
    ellipse(centre, 116, 46, 58, figure.skin)
    for side in (-17, 17):
        ellipse(centre + side, 104, 6, 4, (250, 250, 250))
        ellipse(centre + side, 104, 3, 3, (30, 24, 20))
    ellipse(centre, 146, 15, 2 + 11 * mouth, (110, 44, 44))
    return picture


def encode(figure: Figure) -> bytes:
    """The clip as WebM."""
    sound = speech(figure)
    per_picture = SAMPLES // RATE
    loud = np.sqrt(np.mean(sound.reshape(-1, per_picture).astype(np.float64) ** 2, axis=1))
    mouths = np.clip(loud / (np.percentile(loud, 90) + 1), 0, 1)
    file = io.BytesIO()
    with av.open(file, "w", format="webm", options={"fflags": "+bitexact"}) as out:
        video = out.add_stream("libvpx", rate=RATE)
        video.width, video.height, video.pix_fmt, video.bit_rate = WIDTH, HEIGHT, "yuv420p", VIDEO_BITS
        video.codec_context.gop_size = KEY_EVERY
        video.codec_context.options = {
            "deadline": "best", "lag-in-frames": "0", "error-resilient": "1", "threads": "1", "auto-alt-ref": "0",
            "qmin": "20", "qmax": "56", "keyint_min": str(KEY_EVERY), "undershoot-pct": "95",
        }  # fmt: skip
        audio = out.add_stream("libopus", rate=SAMPLES)
        audio.bit_rate = AUDIO_BITS
        audio.layout = "mono"
        audio.codec_context.options = {"application": "voip", "frame_duration": "40", "vbr": "on"}
        for i, mouth in enumerate(mouths):
            frame = av.VideoFrame.from_ndarray(draw(figure, float(mouth), float(np.sin(i / 9))), format="rgb24")
            frame.pts, frame.time_base = i, Fraction(1, RATE)
            for packet in video.encode(frame):
                out.mux(packet)
            part = sound[i * per_picture : (i + 1) * per_picture]
            piece = av.AudioFrame.from_ndarray(part.reshape(1, -1), format="s16", layout="mono")
            piece.sample_rate, piece.pts, piece.time_base = SAMPLES, i * per_picture, Fraction(1, SAMPLES)
            for packet in audio.encode(piece):
                out.mux(packet)
        for stream in (video, audio):
            for packet in stream.encode(None):
                out.mux(packet)
    return file.getvalue()


def main() -> None:
    for figure in FIGURES:
        data = encode(figure)
        if len(data) > MAX_BYTES:
            raise SystemExit(f"{figure.name}: {len(data)} bytes, more than {MAX_BYTES}")
        (Path(__file__).parent / f"{figure.name}.webm").write_bytes(data)
        print(f"{figure.name}.webm {len(data)} bytes")


if __name__ == "__main__":
    main()
