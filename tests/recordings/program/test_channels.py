"""An interpreter's channel: how far the floor goes down and when, and a whole program with interpreters in it."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from math import log10
from pathlib import Path

import av
import numpy as np
import pytest
from av.audio.codeccontext import AudioCodecContext
from av.audio.frame import AudioFrame

from recordings.archive.archive import Archive
from recordings.program.channels import DUCKED, SPEAKS, ChannelMaker, Ducking
from recordings.program.program import Program
from recordings.program.scene import Facts, Sitting, interpreting
from recordings.program.sound import BLOCK, CEILING, RATE, Samples
from recordings.program.studio import Studio
from recordings.withheld import note_withheld
from signaling.media.tap import TapFrame
from tests.recordings.program.footage import Taken, play, sound_of

OFFICIAL = Sitting("o", "official", "DC", who="a")
FIRST = Sitting("i-1", "interpreter", "", who="b", channel=1)
SECOND = Sitting("i-2", "interpreter", "", who="c", channel=2)
BOTH = Facts("live", "کھلی کچہری", (OFFICIAL, FIRST))
#: What each of them sounds like, in hertz.
TONES = {"o": 440, "i-1": 1_320, "i-2": 2_350}


def blocks(seconds: float, amplitude: float, hertz: float = 440.0) -> list[Samples]:
    at = np.arange(round(seconds * RATE)) / RATE
    wave = (amplitude * np.sin(2 * np.pi * hertz * at)).astype(np.float32)
    return [wave[i : i + BLOCK] for i in range(0, len(wave), BLOCK)]


def level(block: Samples) -> float:
    return float(np.sqrt(np.mean(block * block)))


def test_the_floor_goes_down_within_100_ms_and_is_back_a_second_after_her_last_word() -> None:
    ducking = Ducking()
    floor = np.ones(BLOCK, np.float32)
    hers = blocks(0.02, 0.1)[0]
    gains = [float(ducking.follow(floor, hers if 10 <= n < 60 else None)[-1]) for n in range(160)]
    assert gains[:10] == [1.0] * 10
    assert gains[10] > gains[12] > DUCKED and gains[14] == pytest.approx(DUCKED)
    assert gains[59 + 40] == pytest.approx(DUCKED), "800 ms after her last word it is still down"
    assert gains[59 + 41] > DUCKED and gains[59 + 40 + 15] == pytest.approx(1.0)


def test_it_moves_without_a_step_and_a_pause_between_two_words_does_not_move_it() -> None:
    ducking = Ducking()
    floor = np.ones(BLOCK, np.float32)
    hers = blocks(0.02, 0.1)[0]
    out = np.concatenate([ducking.follow(floor, hers if n % 30 < 5 else None) for n in range(100)])
    assert float(np.abs(np.diff(out)).max()) < 0.001
    assert float(out[10 * BLOCK :].max()) == pytest.approx(DUCKED)


def test_her_room_does_not_turn_the_floor_down_and_a_silent_seat_changes_nothing() -> None:
    ducking = Ducking()
    for block in blocks(1, SPEAKS):  # its level is less than its amplitude
        np.testing.assert_array_equal(ducking.follow(block, block), block)
    maker, alone = ChannelMaker(0), ChannelMaker(0)
    for block in blocks(0.2, 0.3):
        assert maker.make(block, None) == alone.make(block, np.zeros(BLOCK, np.float32))


def test_two_loud_ones_never_exceed_the_ceiling(monkeypatch: pytest.MonkeyPatch) -> None:
    maker = ChannelMaker(0)
    heard: list[Samples] = []

    def push(block: Samples) -> Samples:
        heard.append(block)
        return np.zeros(0, np.float32)

    monkeypatch.setattr(maker._halver, "push", push)
    for floor, hers in zip(blocks(2, 0.9, 300), blocks(2, 1.0, 700), strict=True):
        maker.make(floor, hers)
    assert max(float(np.abs(block).max()) for block in heard) <= CEILING + 1e-6


def test_who_speaks_into_a_channel() -> None:
    assert interpreting(replace(BOTH, sitting=(OFFICIAL, FIRST, SECOND))) == {1: "i-1", 2: "i-2"}
    assert interpreting(replace(BOTH, sitting=(OFFICIAL, replace(FIRST, muted=True)))) == {}
    assert interpreting(replace(BOTH, phase="adjourned")) == {}


@cache
def opus(hertz: int) -> tuple[bytes, ...]:
    """Four seconds of a tone, 20 ms a packet."""
    context = av.CodecContext.create("libopus", "w")
    assert isinstance(context, AudioCodecContext)
    context.sample_rate, context.layout, context.format, context.bit_rate = RATE, "mono", "flt", 32_000
    made = []
    for number, block in enumerate(blocks(4, 0.14, hertz)):
        frame = AudioFrame.from_ndarray(block[np.newaxis], "flt", "mono")
        frame.sample_rate, frame.pts = RATE, number * BLOCK
        made += [bytes(packet) for packet in context.encode(frame)]
    return tuple(made)


@dataclass
class Toned:
    """Somebody on a seat who is one tone, from a moment on until another, in milliseconds."""

    seat: str
    since: float = 0.0
    until: float = 1e9
    _next: int = 0

    def due(self, now: float) -> list[TapFrame]:
        found = []
        packets = opus(TONES[self.seat])
        while (at := self.since + 20 * self._next) <= now and at < self.until:
            data = packets[self._next % 150 + 10]  # not the encoder's beginning, nor its end
            found.append(TapFrame(self.seat, "audio", "opus", 960 * self._next, round(at), True, data))
            self._next += 1
        return found


def strength(samples: Samples, hertz: float, since: float, until: float) -> float:
    """How much of a tone there is between two moments in seconds, as amplitude."""
    part = samples[round(since * 24_000) : round(until * 24_000)]
    return 2 * float(np.abs(np.mean(part * np.exp(-2j * np.pi * hertz * np.arange(len(part)) / 24_000))))


def made(facts: Facts, starts_ms: int = 0, **more: Sequence[int] | int) -> tuple[Program, Taken]:
    taken = Taken()
    program = Program(0.0, taken, {}, renditions=(), starts_ms=starts_ms, cpu=lambda: 0.0, **more)  # type: ignore[arg-type]
    program.facts(facts)
    return program, taken


def test_she_is_heard_in_her_channel_over_a_floor_14_db_down_and_not_at_all_on_the_floor() -> None:
    program, taken = made(BOTH)
    people = [Toned("o"), Toned("i-1", 4_000, 8_000)]
    play(program, people, 10_000)  # type: ignore[arg-type]
    floor, channel = sound_of(taken), sound_of(taken, "sound-1")
    before, under = (strength(channel, TONES["o"], *span) for span in ((3.0, 4.0), (6.0, 7.9)))
    assert 20 * log10(under / before) == pytest.approx(-14, abs=2)
    assert strength(channel, TONES["i-1"], 6.0, 7.9) > 3 * under
    assert strength(channel, TONES["o"], 9.6, 9.9) == pytest.approx(before, rel=0.1)
    assert strength(floor, TONES["i-1"], 6.0, 7.9) < 0.002
    assert strength(floor, TONES["o"], 6.0, 7.9) == pytest.approx(before, rel=0.1)
    assert float(np.abs(channel).max()) < 1.0


def test_a_channel_begins_with_its_interpreter_and_stands_with_the_floor_to_the_sample() -> None:
    program, taken = made(replace(BOTH, sitting=(OFFICIAL,)), starts_ms=5_000)
    people = [Toned("o", 2_500)]
    now = play(program, people, 2_000)  # type: ignore[arg-type]
    assert "sound-1" not in taken.packets
    program.facts(BOTH, now)
    play(program, people, 5_000, now)  # type: ignore[arg-type]
    assert set(program.names) == set(taken.packets) == {"sound", "sound-1"}
    first = taken.of("sound-1", "audio")[0].pts_us
    assert 7_000_000 <= first <= 7_300_000
    floor = sound_of(taken)[round((first - 5_000_000) * 24_000 / 1e6) :]
    channel = sound_of(taken, "sound-1")
    length = min(len(floor), len(channel))
    onset = [int(np.argmax(np.abs(each) > 0.02)) for each in (floor, channel)]
    assert abs(onset[0] - onset[1]) <= 480, "one block"
    shifts = {
        shift: float(np.dot(floor[2_000 : length - 600], channel[2_000 + shift : length - 600 + shift]))
        for shift in range(-20, 21)
    }
    best = max(shifts.values())
    assert any(shifts[shift] == best for shift in (-1, 0, 1))


def test_a_seat_that_empties_leaves_the_floor_and_the_next_interpreter_takes_it_up() -> None:
    program, taken = made(BOTH)
    people = [Toned("o"), Toned("i-1", 0, 2_000)]
    now = play(program, people, 2_000)  # type: ignore[arg-type]
    program.facts(replace(BOTH, sitting=(OFFICIAL,)), now)
    now = play(program, people, 5_000, now)  # type: ignore[arg-type]
    program.facts(replace(BOTH, sitting=(OFFICIAL, replace(FIRST, who="z"))), now)
    play(program, [people[0], Toned("i-1", 5_300)], 8_000, now)  # type: ignore[list-item]
    channel = sound_of(taken, "sound-1")
    hers, floor = TONES["i-1"], TONES["o"]
    assert strength(channel, hers, 1.0, 1.9) > 0.05
    assert strength(channel, hers, 3.5, 4.9) < 0.002 < 0.05 < strength(channel, floor, 3.5, 4.9)
    assert strength(channel, hers, 6.5, 7.8) > 0.05
    ends = taken.ends("sound", "audio"), taken.ends("sound-1", "audio")
    assert ends[0] == ends[1], "one that has begun goes on to the end"


def test_a_muted_interpreter_leaves_the_floor_alone() -> None:
    program, taken = made(replace(BOTH, sitting=(OFFICIAL, replace(FIRST, muted=True))))
    play(program, [Toned("o"), Toned("i-1")], 3_000)  # type: ignore[list-item]
    assert taken.of("sound-1", "audio") == taken.of("sound", "audio")


def test_two_interpreters_have_a_channel_each() -> None:
    program, taken = made(replace(BOTH, sitting=(OFFICIAL, FIRST, SECOND)))
    play(program, [Toned("o"), Toned("i-1"), Toned("i-2")], 4_000)  # type: ignore[list-item]
    for mine, other in (("1", "2"), ("2", "1")):
        channel = sound_of(taken, f"sound-{mine}")
        assert strength(channel, TONES[f"i-{mine}"], 2, 3.9) > 0.05
        assert strength(channel, TONES[f"i-{other}"], 2, 3.9) < 0.002
    assert taken.of("sound-1", "audio")[0].pts_us == 0


def test_what_is_dumped_is_in_no_channel_nor_said_there_afterwards() -> None:
    program, taken = made(BOTH, delay_ms=2_000)
    people = [Toned("o"), Toned("i-1")]
    now = play(program, people, 6_000)  # type: ignore[arg-type]
    assert program.dump(now) == (4_000, 6_000)
    play(program, people, now + 14_000, now)  # type: ignore[arg-type]
    channel = sound_of(taken, "sound-1")
    assert strength(channel, TONES["i-1"], 2.0, 3.9) > 0.05
    assert not channel[round(4.2 * 24_000) : round(5.9 * 24_000)].any()
    assert strength(channel, TONES["i-1"], 6.5, 15.9) < 0.002, "she has heard it, and would say it now"
    assert strength(channel, TONES["o"], 6.5, 15.9) > 0.05
    assert strength(channel, TONES["i-1"], 16.5, 17.8) > 0.05


def test_short_of_time_a_channel_is_never_given_up() -> None:
    taken = Taken()
    spent = iter(np.arange(0, 1e6, 0.6))
    program = Program(0.0, taken, {}, cpu=lambda: float(next(spent)))
    program.facts(BOTH)
    play(program, [Toned("o"), Toned("i-1")], 8_000)  # type: ignore[list-item]
    assert program.load.step.name == "still"
    assert taken.ends("sound-1", "audio") == taken.ends("sound", "audio")


@pytest.mark.anyio
async def test_a_channel_is_a_rendition_of_the_archive_and_goes_on_in_the_next_epoch(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    (tmp_path / "hearing1").mkdir()
    for fence, facts in ((1, BOTH), (2, replace(BOTH, sitting=(OFFICIAL,)))):
        studio = Studio(tmp_path / "none", "hearing1", archive, fence, {}, lambda part: None, renditions=())
        studio.facts(facts)
        began = studio.program.began
        for at in range(0, 2_400, 40):
            studio.program.tick(began + at)
        studio.outlet.close()
        assert studio.outlet.failed == ""
    assert archive.renditions("hearing1") == ["sound", "sound-1"]
    floor, channel = (archive.index("hearing1", name).segments for name in ("sound", "sound-1"))
    assert [each.epoch for each in channel] == [1, 2] and all(each.whole for each in channel)
    for one, other in zip(floor, channel, strict=True):
        assert abs(one.starts_ms - other.starts_ms) <= 20 and abs(one.wall_ms - other.wall_ms) <= 20
    assert archive.read_init("hearing1", "sound-1", 2) == archive.read_init("hearing1", "sound", 2)


@pytest.mark.anyio
async def test_a_dump_of_an_earlier_epoch_still_silences_who_would_say_it_now(tmp_path: Path) -> None:
    folder = tmp_path / "hearing1"
    folder.mkdir()
    told = time.time_ns() // 1_000_000 - 2_000
    note_withheld(folder, told - 3_000, told)
    studio = Studio(tmp_path / "none", "hearing1", Archive(tmp_path), 1, {}, lambda part: None, renditions=())
    studio.outlet.close()
    assert -2_500 < studio.program.dumped_until - studio.program.began < -1_000
    program, taken = made(BOTH)
    program.dumped_until = -2_000.0
    play(program, [Toned("o"), Toned("i-1")], 11_000)  # type: ignore[list-item]
    channel = sound_of(taken, "sound-1")
    assert strength(channel, TONES["i-1"], 2.0, 7.9) < 0.002 < 0.05 < strength(channel, TONES["i-1"], 8.5, 10.8)
    assert strength(channel, TONES["o"], 2.0, 7.9) > 0.05, "the floor goes on"
