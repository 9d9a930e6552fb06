from __future__ import annotations

import random

import pytest

from signaling.media.rtcp import Report
from signaling.media.rtp import Rtp
from signaling.media.track import GIVE_UP_S, GIVE_UP_SOUND_S, MAX_GAP, SOUND_RTT_S, Source, Timebase


def packet(seq: int, timestamp: int = 0, ssrc: int = 7) -> Rtp:
    return Rtp(1, 96, seq & 0xFFFF, timestamp, ssrc, b"x", None)


def source(first: int = 100, kind: str = "video") -> Source:
    made = Source(kind, 90_000, packet(first), 0.0, Timebase())  # type: ignore[arg-type]
    assert made.accept(packet(first), 0.0) == (1 << 16) + first
    return made


def test_numbers_never_wrap() -> None:
    s = source(65_534)
    found = [s.accept(packet(65_534 + i), 0.0) for i in range(1, 70_000)]
    assert found == [(1 << 16) + 65_534 + i for i in range(1, 70_000)]


def test_a_late_packet_is_taken_once_and_a_copy_never() -> None:
    s = source(100)
    assert s.accept(packet(103), 0.0) == 65_536 + 103
    assert sorted(s.missing) == [65_536 + 101, 65_536 + 102]
    assert s.accept(packet(101), 0.0) == 65_536 + 101
    assert s.accept(packet(101), 0.0) is None
    assert s.accept(packet(103), 0.0) is None
    assert s.accept(packet(99), 0.0) is None


def test_missing_packets_are_asked_for_at_once_again_later_and_then_given_up() -> None:
    s = source(100)
    s.accept(packet(104), 1.0)
    assert s.to_ask(1.0, 0.05) == [101, 102, 103]
    assert s.to_ask(1.02, 0.05) == []
    s.accept(packet(102), 1.03, again=True)
    assert s.to_ask(1.06, 0.05) == [101, 103]
    s.keyframe_wanted = False
    assert s.to_ask(1.1 + GIVE_UP_S, 0.05) == []
    assert not s.missing and s.keyframe_wanted


def test_lost_sound_is_asked_for_while_it_can_still_be_heard() -> None:
    s = source(100, "audio")
    s.accept(packet(104), 1.0)
    assert s.to_ask(1.0, 0.06, SOUND_RTT_S) == [], "on a long way it would come too late"
    assert s.to_ask(1.0, 0.06, 0.05) == [101, 102, 103]
    assert s.accept(packet(102), 1.05) == 65_536 + 102
    assert s.to_ask(1.06, 0.06, 0.05) == [101, 103]
    assert s.to_ask(1.01 + GIVE_UP_SOUND_S, 0.06, 0.05) == [] and not s.missing
    assert not s.keyframe_wanted


def test_sound_that_came_on_demand_still_counts_as_lost() -> None:
    """It is sent again under its own number; the line was no better for that."""
    s = source(100, "audio")
    s.accept(packet(102), 1.0)
    s.to_ask(1.0, 0.05, 0.05)
    s.accept(packet(101), 1.1)
    late = source(100, "audio")
    late.accept(packet(102), 1.0)
    late.accept(packet(101), 1.0)
    assert (s.block(2.0).lost, late.block(2.0).lost) == (1, 0)


def test_a_queue_on_the_way_shows_as_longer_waits() -> None:
    s = source(0, "audio")
    now = 0.0
    for i in range(1, 50):
        now = i * 0.04
        s.accept(packet(i, round(i * 0.04 * 90_000)), now + (0.004 if i % 2 else 0.0))
    assert s.queue_s < 0.01
    for i in range(50, 100):
        s.accept(packet(i, round(i * 0.04 * 90_000)), i * 0.04 + (i - 50) * 0.01)
    assert 0.3 < s.queue_s < 0.5
    for i in range(100, 130):
        s.accept(packet(i, round(i * 0.04 * 90_000)), i * 0.04)
    assert s.queue_s < 0.01


def test_a_long_gap_asks_for_a_keyframe_instead() -> None:
    s = source(100)
    s.accept(packet(100 + MAX_GAP + 2), 1.0)
    assert not s.missing and s.ask_keyframe(1.0)


def test_keyframes_are_asked_for_twice_a_second_at_most() -> None:
    s = source()
    asked = 0
    for i in range(200):
        s.keyframe_wanted = True
        asked += s.ask_keyframe(i / 100)
    assert asked == 4
    s.keyframe_wanted = False
    assert not s.ask_keyframe(9.0)


def test_another_stream_or_a_jump_starts_anew() -> None:
    s = source(100)
    assert s.restarts(packet(101, ssrc=8)) and s.restarts(packet(100 + 4_000)) and s.restarts(packet(100 - 4_000))
    assert not s.restarts(packet(2_000)) and not s.restarts(packet(90))


def test_report_block() -> None:
    s = source(0)
    for i in range(1, 101):
        if i % 4:
            s.accept(packet(i, i * 6_000), i / 15)
    s.report, s.report_at = Report(7, 0x1122334455667788, 0), 6.0
    block = s.block(100 / 15)
    assert (block.ssrc, block.highest, block.lost) == (7, 99, 24)
    assert block.fraction == (24 << 8) // 100
    assert block.lsr == 0x33445566 and block.dlsr == int((100 / 15 - 6.0) * 65_536)
    assert s.block(7.0).fraction == 0
    assert block.jitter == 0, "it came as evenly as it was sent"


def test_jitter_of_an_uneven_way_and_of_a_clock_that_restarts() -> None:
    s = source(0)
    rng = random.Random(5)
    for i in range(1, 400):
        s.accept(packet(i, i * 3_000), i / 30 + rng.choice((0.0, 0.01)))
    assert 200 < s.block(14.0).jitter < 800
    s.accept(packet(400, 2**31), 14.0)
    assert s.block(14.0).jitter < 800


def test_one_timebase_takes_the_quickest_report_and_a_new_clock_at_once() -> None:
    timebase = Timebase()
    timebase.learn(1000 << 32, 5.2)
    timebase.learn(1001 << 32, 6.05)
    timebase.learn(1002 << 32, 7.3)
    assert timebase.offset == pytest.approx(5.051 - 1000)
    timebase.learn(2000 << 32, 8.0)
    assert timebase.offset == pytest.approx(8.0 - 2000)
