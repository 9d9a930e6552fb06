"""When something was said stands in the files: a tone at a known moment is found there, however long the delay was."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from fractions import Fraction
from io import BytesIO
from pathlib import Path

import av
import numpy as np
import pytest
from av.audio.frame import AudioFrame

from kachehri.vault import Vault
from recordings.archive.archive import Archive
from recordings.program import studio as studios
from recordings.program.studio import Studio
from recordings.withheld import withheld
from signaling.media.tap import TapFrame
from tests.recordings.program.test_program import LIVE

pytestmark = pytest.mark.anyio
VAULT = Vault([bytes(range(32))])
#: The machine's clock at the beginning, and the clock on the wall then, in ms.
START, WALL = 5_000_000, 1_800_000_000_000
TONE_AT, TONE_MS, LENGTH_MS = 3_000, 1_000, 7_000


class Clock:
    """Time by hand, for the studio's module."""

    def __init__(self) -> None:
        self.passed_ms = 0.0

    def monotonic(self) -> float:
        return START + self.passed_ms

    def time_ns(self) -> int:
        return round((WALL + self.passed_ms) * 1_000_000)


def voice(length_ms: int, words: Sequence[tuple[int, int, int]]) -> list[TapFrame]:
    """A seat's sound in frames of 20 ms: nothing but tones, each with its pitch, since when and until when."""
    context = av.CodecContext.create("libopus", "w")
    assert isinstance(context, av.AudioCodecContext)
    context.sample_rate, context.layout, context.format = 48_000, "mono", "s16"
    context.time_base = Fraction(1, 48_000)
    context.options = {"application": "lowdelay", "frame_duration": "20"}
    made: list[TapFrame] = []
    for n in range(length_ms // 20):
        at = np.arange(n * 960, (n + 1) * 960)
        pitch = next((pitch for pitch, since, until in words if since <= n * 20 < until), 0)
        wave = np.sin(2 * np.pi * pitch * at / 48_000) * 12_000
        frame = AudioFrame.from_ndarray(wave.astype(np.int16)[np.newaxis, :], "s16", "mono")
        frame.sample_rate, frame.pts = 48_000, n * 960
        for packet in context.encode(frame):
            number = len(made)
            made.append(TapFrame("c", "audio", "opus", number * 960, START + number * 20, True, bytes(packet)))
    return made


def spoken() -> list[TapFrame]:
    """Nothing but a tone from `TONE_AT` on, each frame there once it was spoken."""
    return voice(LENGTH_MS, [(440, TONE_AT, TONE_AT + TONE_MS)])


def heard_at(archive: Archive, rendition: str = "sound") -> float:
    """The moment in Unix ms at which the tone begins, as a player would reckon it."""
    found = archive.index("hearing1", rendition).segments
    data = archive.read_init("hearing1", rendition, 1) + b"".join(
        archive.read("hearing1", rendition, each.number) for each in found
    )
    with av.open(BytesIO(data), "r") as film:
        first: float | None = None
        samples = []
        for frame in film.decode(audio=0):
            if first is None:
                first = frame.time
            samples.append(frame.to_ndarray()[0])
    wave = np.abs(np.concatenate(samples))
    onset = int(np.argmax(wave > 0.25 * wave.max()))
    assert first is not None
    into_ms = 1_000 * (first + onset / 24_000) - found[0].starts_ms
    return found[0].wall_ms + into_ms


async def recorded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, delay_ms: int, dump_at: int = -1) -> Archive:
    clock = Clock()
    monkeypatch.setattr(studios, "_now", clock.monotonic)
    monkeypatch.setattr("recordings.program.studio.time.time_ns", clock.time_ns)
    archive = Archive(tmp_path)
    vault = VAULT if delay_ms else None
    made = Studio(
        tmp_path / "none", "hearing1", archive, 1, {}, lambda part: None, renditions=(), delay_ms=delay_ms, vault=vault
    )
    made.facts(LIVE)
    frames = iter(spoken())
    frame = next(frames, None)
    while clock.passed_ms < LENGTH_MS + delay_ms:
        clock.passed_ms += 20
        while frame is not None and frame.arrived_ms <= clock.monotonic():
            made._frame(frame)
            frame = next(frames, None)
        if clock.passed_ms == dump_at:
            assert made.dump()
        made.program.tick(clock.monotonic())
        await asyncio.sleep(0)
    await asyncio.to_thread(made.outlet.close)
    monkeypatch.undo()
    return archive


@pytest.mark.parametrize("delay_s", [0, 5])
async def test_a_tone_is_where_it_was_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, delay_s: int) -> None:
    archive = await recorded(tmp_path, monkeypatch, 1_000 * delay_s)
    assert heard_at(archive) == pytest.approx(WALL + TONE_AT, abs=60)


async def test_a_dumped_span_begins_with_the_first_word_and_ends_with_the_last_that_is_gone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive = await recorded(tmp_path, monkeypatch, 2_000, dump_at=4_000)
    [(since, until)] = withheld(archive.folder / "hearing1")
    # At 4.0 s what was said from 1.8 s on waits: 2 s of delay, and the time for which frames wait for those behind.
    assert [since - WALL, until - WALL] == pytest.approx([1_800, 4_000], abs=40)
