"""One word for a line, and that it does not flicker."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signaling.media.health import BETTER_S, ORDER, Grade, Health, Reading, grade_now


@pytest.mark.parametrize(
    ("reading", "word"),
    [
        (Reading(), "good"),
        (Reading(0.01, 120.0, 20.0, 600.0, 0.04), "good"),
        (Reading(loss=0.05), "weak"),
        (Reading(rtt_ms=450.0), "weak"),
        (Reading(jitter_ms=80.0), "weak"),
        (Reading(limit_kbps=30.0), "weak"),
        (Reading(loss=0.2), "bad"),
        (Reading(rtt_ms=1_500.0), "bad"),
        (Reading(jitter_ms=200.0), "bad"),
        (Reading(silent_s=3.0), "bad"),
        (Reading(silent_s=5.0), "gone"),
    ],
)
def test_one_look(reading: Reading, word: Grade) -> None:
    assert grade_now(reading) == word


GOOD, WEAK, BAD, GONE = Reading(), Reading(loss=0.06), Reading(loss=0.3), Reading(silent_s=9.0)


def words(*looks: Reading, every: float = 2.0) -> list[Grade]:
    health = Health()
    return [health.look(reading, i * every) for i, reading in enumerate(looks)]


def test_one_bad_look_is_not_a_bad_line() -> None:
    assert words(GOOD, BAD, GOOD, BAD, GOOD) == ["good"] * 5


def test_two_are() -> None:
    assert words(GOOD, BAD, BAD) == ["good", "good", "bad"]


def test_the_milder_of_two_that_differ_is_said() -> None:
    assert words(GOOD, WEAK, BAD, BAD, BAD) == ["good", "good", "weak", "weak", "bad"]


def test_nothing_at_all_is_said_at_once() -> None:
    assert words(GOOD, GONE) == ["good", "gone"]


def test_it_gets_better_step_by_step() -> None:
    seen = words(BAD, BAD, *[GOOD] * 12)
    assert seen[1] == "bad" and seen[3] == "bad" and seen[-1] == "good" and "weak" in seen
    assert seen.index("weak") * 2.0 >= BETTER_S


def test_who_comes_back_is_not_gone_for_another_second() -> None:
    assert words(GONE, GOOD) == ["gone", "weak"]


@given(
    st.lists(st.builds(Reading, st.floats(0, 1), st.floats(0, 3_000), st.floats(0, 500), st.none(), st.floats(0, 20)))
)
def test_a_word_never_gets_better_twice_within_its_time(looks: list[Reading]) -> None:
    health, last = Health(), -100.0
    for i, reading in enumerate(looks):
        before = health.grade
        after = health.look(reading, 2.0 * i)
        if ORDER.index(after) < ORDER.index(before):
            assert before == "gone" or 2.0 * i - last >= BETTER_S or last < 0 or last == 2.0 * i
            last = 2.0 * i
        elif ORDER.index(after) > ORDER.index(before):
            last = -100.0


@given(st.sampled_from([GOOD, WEAK, BAD, GONE]))
def test_a_steady_line_gets_its_own_word(reading: Reading) -> None:
    assert words(*[reading] * 20)[-1] == grade_now(reading)
