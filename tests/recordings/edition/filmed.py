"""A real recording, small, encoded as the program does: the pitch of a tone and the brightness tell the second."""

from __future__ import annotations

import io
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.audio.frame import AudioFrame
from av.video.frame import VideoFrame
from numpy.typing import NDArray

from recordings.archive import Archive, Index
from recordings.archive.space import Space
from recordings.program.encode import AAC_RATE, LIGHT, SOUND, PictureEncoder, Rendition, SoundEncoder
from recordings.program.fragments import EncodedPacket, Fragmenter
from recordings.program.picture import Words
from recordings.program.rendering import Renderer

SESSION = "aaaabbbb"
WALL_MS = 1_800_000_000_000
WORDS: Words = {"withheld": ("یہ حصہ روکا گیا ہے", "This part is withheld")}
Sound = NDArray[np.float32]


def renderer() -> Renderer:
    return Renderer(WORDS, "S")


def archive(folder: Path) -> Archive:
    return Archive(folder, Space(folder, room=lambda _: (10**12, 10**12)))


def record(
    made: Archive,
    seconds: int,
    *,
    starts_s: int = 0,
    fence: int = 1,
    session: str = SESSION,
    wall_ms: int = WALL_MS,
    rendition: Rendition = LIGHT,
) -> None:
    """One epoch of a rendition with pictures and of `sound`."""
    sound, picture = SoundEncoder(starts_s * 1_000_000), PictureEncoder(rendition, starts_s * 1_000_000)
    fragmenters = {rendition.name: Fragmenter(picture.shape, sound.shape), SOUND: Fragmenter(None, sound.shape)}
    packets: list[tuple[str, EncodedPacket]] = []
    for at in range(seconds):
        for number in range(rendition.rate):
            for packet in picture.encode(shade(starts_s + at), at * rendition.rate + number):
                packets.append((rendition.name, packet))
        for packet in sound.encode(tone(starts_s + at)):
            packets += [(rendition.name, packet), (SOUND, packet)]
    epoch = made.next_epoch(session)
    for name, fragmenter in fragmenters.items():
        track = made.track(session, name, fence)
        track.begin(epoch, fragmenter.init())
        parts = [each for to, packet in packets if to == name for each in fragmenter.write(packet)]
        for each in [*parts, *fragmenter.flush()]:
            track.part(
                each.data,
                duration_us=each.duration_us,
                independent=each.independent,
                starts_ms=each.starts_ms,
                wall_ms=wall_ms + each.starts_ms,
                last=each.last,
            )
        track.close()


def pitch(second: int) -> float:
    return 400.0 + 100.0 * (second % 20)


def tone(second: int) -> Sound:
    moments = np.arange(AAC_RATE) / AAC_RATE
    return (0.3 * np.sin(2 * np.pi * pitch(second) * moments)).astype(np.float32)


def luma(second: int) -> int:
    return 60 + 20 * (second % 8)


def shade(second: int) -> VideoFrame:
    frame = VideoFrame(LIGHT.width, LIGHT.height, "yuv420p")
    for place, plane in enumerate(frame.planes):
        plane.update(bytes([128 if place else luma(second)]) * plane.buffer_size)
    return frame


def film(made: Archive, index: Index, pieces: list[bytes]) -> bytes:
    """Head and segments one behind the other."""
    return made.read_init(index.session, index.rendition, index.segments[0].epoch) + b"".join(pieces)


def heard(data: bytes) -> tuple[Sound, int]:
    """The sound of a film, and the time of its first sample in samples."""
    with av.open(io.BytesIO(data), "r") as file:
        frames = list(file.decode(audio=0))
    return np.concatenate([frame.to_ndarray()[0] for frame in frames]), round(moment(frames[0]) * AAC_RATE)


def seen(data: bytes) -> list[tuple[Fraction, VideoFrame]]:
    """The pictures of a film with their times in seconds."""
    with av.open(io.BytesIO(data), "r") as file:
        return [(moment(frame), frame) for frame in file.decode(video=0)]


def moment(frame: AudioFrame | VideoFrame) -> Fraction:
    assert frame.pts is not None and frame.time_base is not None
    return frame.pts * frame.time_base


def mean_luma(frame: VideoFrame) -> float:
    plane = frame.planes[0]
    rows = np.frombuffer(bytes(plane), np.uint8).reshape(-1, plane.line_size)[: frame.height, : frame.width]
    return float(rows.mean())


def level(sound: Sound, first: int, since_s: float, until_s: float) -> float:
    """The largest sample between two moments of program time."""
    piece = sound[round(since_s * AAC_RATE) - first : round(until_s * AAC_RATE) - first]
    return float(np.abs(piece).max())


def hears(sound: Sound, first: int, since_s: float, until_s: float, hertz: float) -> float:
    """How much of a piece's energy is at a pitch, from 0 to 1."""
    piece = sound[round(since_s * AAC_RATE) - first : round(until_s * AAC_RATE) - first]
    power = np.abs(np.fft.rfft(piece * np.hanning(len(piece)))) ** 2
    near = round(hertz * len(piece) / AAC_RATE)
    return float(power[max(0, near - 6) : near + 7].sum() / power.sum())
