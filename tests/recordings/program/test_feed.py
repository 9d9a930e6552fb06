"""Frames that come unevenly, twice, late or from another clock, with time by hand; and a seat's sound on one clock."""

from __future__ import annotations

import random

import numpy as np

from recordings.program.feed import DELAY_MS, LEAP_MS, MOST_BYTES, MOST_FRAMES, Feed
from recordings.program.sound import BLOCK, RATE
from recordings.program.speech import MOST, SNAP, Speech
from signaling.media.tap import TapFrame


def frame(stamp: int, arrived: int, size: int = 10) -> TapFrame:
    return TapFrame("c", "audio", "opus", stamp & 0xFFFFFFFF, arrived, True, bytes(size))


def test_uneven_arrivals_leave_at_even_distances() -> None:
    rng = random.Random(3)
    feed, start = Feed(RATE), 0xFFFFF000
    arrivals = sorted((20 * i + (0 if i == 0 else rng.randint(0, 150)), i) for i in range(500))
    moments = []
    for now in range(0, 11_000, 20):
        while arrivals and arrivals[0][0] <= now:
            at, i = arrivals.pop(0)
            feed.push(frame(start + 960 * i, at))
        moments += [moment for moment, _ in feed.due(now)]
    assert len(moments) == 500
    assert abs(moments[0] - DELAY_MS) < 0.1
    steps = np.diff(moments)
    assert 18.5 < steps.min() <= steps.max() < 21.5
    assert (feed.late, feed.restarts) == (0, 0)


def test_what_comes_after_its_moment_or_twice_is_late() -> None:
    feed = Feed(RATE)
    for i in (0, 1, 3):
        feed.push(frame(960 * i, 20 * i))
    assert [each.timestamp for _, each in feed.due(DELAY_MS + 60)] == [0, 960, 2_880]
    feed.push(frame(960 * 2, DELAY_MS + 70))
    feed.push(frame(960 * 3, DELAY_MS + 70))
    assert feed.late == 2
    assert feed.due(1e9) == []


def test_a_clock_set_anew_forwards_or_backwards_is_followed() -> None:
    for leap in (48_000 * 3_600, -48_000 * 3_600):
        feed = Feed(RATE)
        for i in range(10):
            feed.push(frame(1 << 31 | 960 * i, 20 * i))
        feed.due(DELAY_MS + 100)
        for i in range(10):
            feed.push(frame((1 << 31) + leap + 960 * i, 300 + 20 * i))
        assert feed.restarts == 1
        assert [round(moment) for moment, _ in feed.due(1e9)] == [300 + DELAY_MS + 20 * i for i in range(10)]


def test_a_flood_is_bounded() -> None:
    feed = Feed(RATE)
    for i in range(5_000):
        feed.push(frame(i, 0))
        assert feed.waiting <= MOST_FRAMES
    feed = Feed(RATE)
    for i in range(50):
        feed.push(frame(10_000 + i, 0, MOST_BYTES // 8))
        assert feed.waiting <= 9
    far = Feed(90_000)
    far.push(frame(0, 0))
    far.push(frame(90 * LEAP_MS * 10, 10))
    assert far.waiting == 1


def test_pieces_that_almost_meet_are_one() -> None:
    speech = Speech(0)
    ramp = np.arange(3 * BLOCK, dtype=np.float32)
    for index in range(3):
        speech.put(index * BLOCK + (-1) ** index * (SNAP - 1) // 2, ramp[index * BLOCK : (index + 1) * BLOCK])
    taken = [speech.take() for _ in range(3)]
    np.testing.assert_array_equal(np.concatenate([each for each in taken if each is not None]), ramp)
    assert speech.take() is None


def test_a_hole_is_silence_and_what_is_over_is_lost() -> None:
    speech = Speech(0)
    speech.put(5 * BLOCK, np.ones(BLOCK, np.float32))
    taken = [speech.take() for _ in range(7)]
    assert [each is not None and bool(each.any()) for each in taken] == [False] * 5 + [True, False]
    speech.put(0, np.ones(8 * BLOCK, np.float32))  # only its last block is not over yet
    last = speech.take()
    assert last is not None and last.all()
    assert speech.take() is None
    speech.put(10**9, np.ones(BLOCK, np.float32))  # a day ahead
    assert speech.take() is None
    for _ in range(100):
        speech.put(speech.at + MOST - BLOCK, np.ones(BLOCK, np.float32))
    assert len(speech._buffer) <= MOST
