"""What a sender may do to everybody else, and does not: parameters that change, clocks that leap, floods, silence."""

from __future__ import annotations

import tracemalloc
from collections.abc import Mapping
from fractions import Fraction

import av
import numpy as np
import pytest
from av.audio.frame import AudioFrame
from av.video.codeccontext import VideoCodecContext
from av.video.frame import VideoFrame

from recordings.program.decode import Sounds
from recordings.program.encode import LIGHT
from recordings.program.feed import MOST_BYTES
from recordings.program.program import FROZEN_MS, Program
from signaling.media.tap import TapFrame
from tests.recordings.program.footage import Person, Taken, pictures, play, sound_of
from tests.recordings.program.test_program import made, rms

EVERY_MS = 66


def encoded(luma: int, options: Mapping[str, str] | None = None, count: int = 3) -> list[bytes]:
    """H.264 of one grey at 320x240, the first a keyframe with its parameters (ITU-T H.264 §7.3.2.1)."""
    context = av.CodecContext.create("libx264", "w")
    assert isinstance(context, VideoCodecContext)
    context.width, context.height, context.pix_fmt, context.time_base = 320, 240, "yuv420p", Fraction(1, 15)
    context.options = {"tune": "zerolatency", "preset": "ultrafast", **(options or {})}
    context.thread_count = 1
    found = []
    for number in range(count):
        frame = VideoFrame(320, 240, "yuv420p")
        for plane, value in zip(frame.planes, (luma, 128, 128), strict=True):
            plane.update(bytes([value]) * plane.buffer_size)
        frame.pts = number
        found += [bytes(packet) for packet in context.encode(frame)]
    return found + [bytes(packet) for packet in context.encode(None)]


def send(program: Program, data: list[bytes], at: float, *, key: bool = True, codec: str = "h264") -> float:
    for number, each in enumerate(data):
        at += EVERY_MS
        program.frame(TapFrame("c", "video", codec, round(at * 90), round(at), key and number == 0, each))
        program.tick(at)
    return play(program, [], at + 300, at)


def grey(program: Program) -> int:
    """The luma of the citizen's picture."""
    picture = program._cameras["c"].picture
    assert picture is not None
    return int(np.median(picture.to_ndarray(format="yuv420p")[: picture.height]))


def test_parameters_of_a_stream_may_change_at_the_same_size() -> None:
    """Profile, coding of entropy, number of references, and where the numbering of pictures begins."""
    program, _, _ = made(renditions=(LIGHT,))
    at = 0.0
    for luma, options in (
        (60, {"profile": "baseline"}),
        (90, {"profile": "high", "x264-params": "cabac=1:8x8dct=1:ref=4:bframes=0"}),
        (120, {"profile": "main", "x264-params": "ref=1:level=4.1"}),
        (150, {"profile": "baseline", "x264-params": "slices=4:keyint=2"}),
    ):
        at = send(program, encoded(luma, options), at)
        assert grey(program) == pytest.approx(luma, abs=3)
    assert program.status.faults == 0


def test_parameters_that_change_without_a_keyframe_cost_their_sender_a_moment() -> None:
    program, _, wanted = made(renditions=(LIGHT,))
    at = send(program, encoded(60), 0.0)
    at = send(program, encoded(200, {"profile": "high", "x264-params": "cabac=1"})[1:], at, key=False)
    at = send(program, [b"\x00\x00\x00\x01\x67\xff\xff\xff", b"\x00\x00\x00\x01\x68"], at, key=False)
    at = send(program, encoded(120), at)
    assert grey(program) == pytest.approx(120, abs=3)
    assert set(wanted) <= {"c"}


def test_another_codec_in_the_middle_is_decoded_from_its_keyframe_on() -> None:
    program, _, _ = made(renditions=(LIGHT,))
    at = 0.0
    for codec, encoder in (("h264", "libx264"), ("vp8", "libvpx"), ("h264", "libx264")):
        at = send(program, pictures(320, 240, encoder), at, codec=codec)
        assert program.status.pictured == ("c",)
    at = send(program, pictures(320, 240, "libvpx")[1:], at, codec="vp8", key=False)
    assert program.status.faults <= 3


def test_a_clock_that_leaps_with_every_frame_is_followed_when_it_stands_still() -> None:
    program, taken, _ = made(renditions=(LIGHT,))
    official, data = Person("o", "officer"), encoded(60, count=1)[0]
    now = 0.0
    for turn in range(60):
        stamp = (turn % 2) * 0x7FFFFFFF + turn * 977
        program.frame(TapFrame("c", "video", "h264", stamp & 0xFFFFFFFF, round(now), True, data))
        now = play(program, [official], now + EVERY_MS, now)
    now = send(program, encoded(120), now)
    assert grey(program) == pytest.approx(120, abs=3)
    assert len(taken.of("light", "video")) == pytest.approx(now * 12 / 1000, abs=1)


def test_a_stalled_stream_comes_back_as_another() -> None:
    program, _, _ = made(renditions=(LIGHT,))
    official = Person("o", "officer")
    now = send(program, encoded(60), 0.0)
    now = play(program, [official], now + FROZEN_MS + 200, now)
    assert program.status.pictured == ("o",)
    send(program, encoded(120, {"profile": "high"}), now)
    assert "c" in program.status.pictured and grey(program) == pytest.approx(120, abs=3)


@pytest.mark.parametrize("delay_ms", [0, 5_000])
def test_a_flood_costs_memory_within_bounds_and_nobody_else_anything(delay_ms: int) -> None:
    taken = Taken()
    program = Program(0.0, taken, {}, renditions=(LIGHT,), delay_ms=delay_ms, cpu=lambda: 0.0)
    program.facts(made()[0]._facts)
    official, block, now = Person("o", "officer"), bytes(1_400), 0.0
    bound = 4 * MOST_BYTES * (1 + delay_ms / 2_000)
    tracemalloc.start()
    try:
        while now < 4_000:
            for n in range(400):  # 14 MB a second and 10,000 frames, and as many of seats that nobody sits on
                stamp = round(now * 90) + n
                program.frame(TapFrame("c", "video", "h264", stamp, round(now), n == 0, block + bytes([n % 256])))
                program.frame(TapFrame(f"x{n}", "audio", "opus", stamp, round(now), True, block))
            now = play(program, [official], now + 40, now)
        assert tracemalloc.get_traced_memory()[0] < bound
    finally:
        tracemalloc.stop()
    assert len(program._cameras) + len(program._microphones) <= 3
    play(program, [official], now + delay_ms, now)
    assert rms(sound_of(taken), 1, 3.5) > 0.02
    assert len(taken.of("light", "video")) == pytest.approx(4 * 12, abs=1)


@pytest.mark.slow
def test_a_decoder_that_gives_no_numbers_is_made_anew() -> None:
    class Broken:
        def decode(self, packet: object) -> list[AudioFrame]:
            return [AudioFrame.from_ndarray(np.full((1, 960), np.nan, np.float32), "fltp", "mono")]

    sounds = Sounds()
    sounds._context = Broken()  # type: ignore[assignment]
    frame = TapFrame("c", "audio", "opus", 0, 0, True, b"\xf8\xff\xfe")
    assert sounds.decode(frame) is None and sounds.faults == 1
    assert sounds.decode(frame) is not None, "the next frame is heard again"


def test_a_line_that_stays_up_without_a_word_costs_no_memory() -> None:
    """A microphone that sends what its phone sends of silence, now and then (RFC 6716 §2.1.9)."""
    program, taken, _ = made(renditions=())
    tracemalloc.start()
    try:
        now, seen = 0.0, 0
        while now < 900_000:
            program.frame(TapFrame("c", "audio", "opus", round(now * 48) & 0xFFFFFFFF, round(now), True, b"\xf8"))
            now += 2_000
            program.tick(now)
            taken.packets.clear()
            if now == 180_000:
                seen = tracemalloc.get_traced_memory()[0]
        assert tracemalloc.get_traced_memory()[0] - seen < 50_000
    finally:
        tracemalloc.stop()
    speaking = Person("c", began=now)
    play(program, [speaking], now + 2_000, now)
    assert rms(sound_of(taken), 0.5, 1.9) > 0.01
