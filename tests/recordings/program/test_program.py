"""The whole program with time by hand: who is heard and seen, and what no sender can do to the others."""

from __future__ import annotations

import random
import tracemalloc
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from recordings.program.encode import FULL, LIGHT, Rendition
from recordings.program.load import STEPS
from recordings.program.program import FROZEN_MS, STALLED_MS, Program, Stalled
from recordings.program.scene import Facts, Sitting
from signaling.media.tap import TapFrame
from tests.recordings.program.footage import Person, Taken, pictures, play, sound_of

LIVE = Facts(
    "live", "کھلی کچہری", (Sitting("o", "official", "DC", who="a"), Sitting("c", "citizen", "Asma", who="b"))
)  # fmt: skip


def made(
    facts: Facts = LIVE, renditions: Sequence[Rendition] = (FULL, LIGHT), starts_ms: int = 0
) -> tuple[Program, Taken, list[str]]:
    taken = Taken()
    wanted: list[str] = []
    program = Program(
        0.0, taken, {}, want=wanted.append, renditions=renditions, starts_ms=starts_ms, cpu=lambda: 0.0
    )  # fmt: skip
    program.facts(facts)
    return program, taken, wanted


def rms(samples: np.ndarray[tuple[int], np.dtype[np.float32]], since: float, until: float) -> float:
    part = samples[round(since * 24_000) : round(until * 24_000)]
    return float(np.sqrt(np.mean(part * part)))


def test_every_rendition_has_its_pictures_and_all_have_the_same_sound() -> None:
    program, taken, _ = made(starts_ms=7_000)
    play(program, [Person("o", "officer"), Person("c", stamp=0xFFFFF000)], 6_000)
    for name, rate in (("full", 15), ("light", 12)):
        shown = taken.of(name, "video")
        assert len(shown) == 6 * rate
        assert shown[0].pts_us == 7_000_000
        assert [packet.key for packet in shown] == [number % (2 * rate) == 0 for number in range(6 * rate)]
        assert all(a.pts_us + a.duration_us == b.pts_us for a, b in zip(shown, shown[1:], strict=False))
        assert taken.of(name, "audio") == taken.of("sound", "audio")
    assert taken.ends("full", "video") == 13_000_000
    assert 12_850_000 < taken.ends("sound", "audio") <= 13_000_000
    assert program.status.pictured == ("c", "o")


def test_sound_alone_makes_no_picture() -> None:
    program, taken, _ = made(renditions=())
    play(program, [Person("o", "officer"), Person("c")], 2_000)
    assert set(taken.packets) == {"sound"}
    assert rms(sound_of(taken), 0.5, 1.9) > 0.02


def test_who_is_not_on_a_seat_or_muted_or_interprets_is_neither_heard_nor_seen() -> None:
    for facts in (
        replace(LIVE, sitting=LIVE.sitting[:1]),
        replace(LIVE, sitting=(LIVE.sitting[0], replace(LIVE.sitting[1], muted=True))),
        replace(LIVE, sitting=(LIVE.sitting[0], replace(LIVE.sitting[1], kind="interpreter"))),
        replace(LIVE, phase="adjourned"),
    ):
        program, taken, _ = made(facts, renditions=())
        play(program, [Person("c"), Person("unknown", "officer")], 2_000)
        assert not sound_of(taken)[2_048:].any()


def test_nothing_of_one_person_stays_under_the_name_of_the_next() -> None:
    program, taken, _ = made()
    now = play(program, [Person("o"), Person("c")], 2_000)
    program.facts(replace(LIVE, sitting=(LIVE.sitting[0], Sitting("c", "citizen", "Bilal", who="z"))))
    play(program, [], now + 600, now)
    assert program.status.pictured == ("o",)
    assert rms(sound_of(taken), 2.3, 2.45) < 0.001


def test_a_stalled_camera_gives_way_to_a_name_and_the_rest_goes_on() -> None:
    program, taken, _ = made()
    official, citizen = Person("o", "officer"), Person("c")
    now = play(program, [official, citizen], 2_000)
    now = play(program, [official], now + FROZEN_MS + 500, now)
    assert program.status.pictured == ("o",)
    assert len(taken.of("full", "video")) == round(now * 15 / 1000)


def test_a_media_process_that_is_away_becomes_a_slate_and_comes_back() -> None:
    program, _, _ = made()
    people = [Person("o"), Person("c")]
    now = play(program, people, 1_000)
    program.media(False, now)
    now = play(program, [], now + 2_000, now)
    assert program.status.slate == "failure"
    program.media(True, now)
    play(program, people, now + 400, now)
    assert program.status.slate == ""


@pytest.mark.parametrize("codec", ["vp8", "h264"])
def test_a_track_may_change_its_size_with_any_keyframe(codec: str) -> None:
    program, _, _ = made()
    encoder = {"vp8": "libvpx", "h264": "libx264"}[codec]
    at = 0.0
    for width, height in ((320, 240), (240, 320), (1_280, 720), (16, 16), (642, 362)):
        for number, data in enumerate(pictures(width, height, encoder)):
            at += 66
            program.frame(TapFrame("c", "video", codec, round(at * 90), round(at), number == 0, data))
            program.tick(at)
    play(program, [], at + 400, at)
    assert program.status.faults == 0
    assert program.status.pictured == ("c",)


def test_a_picture_larger_than_allowed_is_refused_and_a_keyframe_is_asked_for() -> None:
    program, _, wanted = made()
    for number, data in enumerate(pictures(4_096, 2_176)):
        program.frame(TapFrame("c", "video", "h264", number * 6_000, round(number * 66), number == 0, data))
    play(program, [Person("o", "officer")], 1_000)
    assert program.status.pictured == ("o",)
    assert wanted == ["c"]


def test_nonsense_from_one_leaves_the_others_as_they_are() -> None:
    rng = random.Random(5)
    alone, with_noise = made(), made()
    official = [Person("o", "officer"), Person("o", "officer")]
    play(alone[0], official[:1], 4_000)
    noise = with_noise[0]
    now = 0.0
    while now < 4_000:
        now += 40
        for frame in official[1].due(now):
            noise.frame(frame)
        for _ in range(5):
            kind = rng.choice(("audio", "video"))
            data = rng.randbytes(rng.choice((1, 3, 40, 1_500)))
            codec = rng.choice(("vp8", "h264", "nonsense")) if kind == "video" else "opus"
            stamp, late = rng.getrandbits(32), rng.randint(-5_000, 5_000)
            noise.frame(TapFrame("c", kind, codec, stamp, round(now) + late, rng.random() < 0.5, data))  # type: ignore[arg-type]
        noise.tick(now)
    assert len(with_noise[1].of("full", "video")) == len(alone[1].of("full", "video"))
    assert rms(sound_of(with_noise[1]), 1, 3.9) > 0.03
    assert "o" in noise.status.pictured


def test_a_clock_that_leaps_is_followed_again() -> None:
    program, taken, _ = made(renditions=())
    now = play(program, [Person("o", "officer")], 3_000)
    leapt = Person("o", "officer", began=now, stamp=123_456_789)
    play(program, [leapt], now + 3_000, now)
    assert rms(sound_of(taken), 4.0, 5.9) == pytest.approx(rms(sound_of(taken), 1.0, 2.9), rel=0.5)


def test_short_of_time_pictures_are_given_up_in_order_and_sound_never() -> None:
    taken = Taken()
    spent = iter(np.arange(0, 1e6, 0.6))  # 0.6 s of every half second
    program = Program(0.0, taken, {}, cpu=lambda: float(next(spent)))
    program.facts(LIVE)
    play(program, [Person("o", "officer"), Person("c")], 12_000)
    assert program.status.step == STEPS[-1].name
    last = [packet for packet in taken.of("full", "video") if packet.pts_us >= 10_000_000]
    assert len(last) == 2
    assert all(a.pts_us + a.duration_us == b.pts_us for a, b in zip(last, last[1:], strict=False))
    assert 11_850_000 < taken.ends("sound", "audio") <= 12_000_000


def test_a_process_that_slept_gives_its_epoch_up() -> None:
    program, _, _ = made(renditions=())
    program.tick(STALLED_MS)
    with pytest.raises(Stalled):
        program.tick(2 * STALLED_MS + 100)


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_two_hours_of_silence_cost_no_memory() -> None:
    """Sound and pictures of nobody: the light rendition alone, so that it does not take two hours."""
    count = 0

    def out(rendition: str, packet: object) -> None:
        nonlocal count
        count += 1

    program = Program(0.0, out, {}, renditions=(), cpu=lambda: 0.0)
    program.facts(LIVE)
    now = play(program, [Person("o"), Person("c")], 10_000)
    tracemalloc.start()
    now = play(program, [], now + 60_000, now, 400)
    before = tracemalloc.get_traced_memory()[0]
    now = play(program, [], 7_200_000, now, 400)
    after = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    assert after - before < 100_000
    assert count == pytest.approx(7_200 * 24_000 / 1_024, abs=3)
    play(program, [Person("o", began=now)], now + 2_000, now)
    assert program.status.faults == 0
