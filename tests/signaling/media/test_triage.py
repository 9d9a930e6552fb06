"""Which pictures stay: the important ones, without flapping, whatever the line does."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from signaling.media.triage import RETRY_MAX_S, RETRY_S, WELL_S, Triage

ORDER = [("floor", 200.0), ("chair", 150.0), ("guest", 150.0)]


def test_all_pictures_without_a_known_limit() -> None:
    choice = Triage()
    choice.decide(ORDER, None, 0.0)
    assert not choice.paused


def test_the_least_important_goes_first() -> None:
    choice = Triage()
    choice.decide(ORDER, 420.0, 0.0)
    assert not choice.paused, "a short shortage may pass"
    choice.decide(ORDER, 420.0, 1.0)
    assert choice.paused == {"guest"}
    choice.decide(ORDER, 300.0, 2.0)
    choice.decide(ORDER, 300.0, 3.0)
    assert choice.paused == {"guest", "chair"}
    choice.decide(ORDER, 100.0, 4.0)
    assert choice.paused == {"guest", "chair", "floor"}, "sound alone"


def test_a_gross_shortage_is_not_waited_out() -> None:
    choice = Triage()
    choice.decide(ORDER, 210.0, 0.0)
    assert choice.paused == {"guest", "chair"}


def test_who_has_the_floor_now_is_the_one_seen() -> None:
    choice = Triage()
    choice.decide(ORDER, 210.0, 0.0)
    other = [("guest", 150.0), ("floor", 200.0), ("chair", 150.0)]
    for i in range(1, 12):
        choice.decide(other, 210.0, float(i))
    assert "guest" not in choice.paused and {"floor", "chair"} == choice.paused


def test_a_picture_comes_back_when_it_fits_the_most_important_first_and_one_at_a_time() -> None:
    choice = Triage()
    choice.decide(ORDER, 100.0, 0.0)
    assert len(choice.paused) == 3
    seen = []
    for i in range(1, 40):
        choice.decide(ORDER, 900.0, i / 2)
        seen.append(choice.paused)
    assert [paused for i, paused in enumerate(seen) if not i or seen[i - 1] != paused] == [
        {"floor", "chair", "guest"},
        {"chair", "guest"},
        {"guest"},
        frozenset(),
    ]


def test_a_retry_says_how_much_it_needs() -> None:
    choice = Triage()
    choice.decide(ORDER, 100.0, 0.0)
    assert choice.decide(ORDER, 100.0, RETRY_S) == 200.0
    assert choice.paused == {"chair", "guest"}


def test_each_failed_retry_doubles_the_wait() -> None:
    choice, pauses = Triage(), []
    for i in range(4_000):
        before = choice.paused
        tried = choice.decide(ORDER[:1], 100.0, i / 4)
        assert tried is None or not choice.paused
        if choice.paused and not before:
            pauses.append(i / 4)
    gaps = [round(b - a) for a, b in zip(pauses, pauses[1:], strict=False)]
    assert gaps[:5] == [8, 16, 32, 64, 120] and set(gaps[5:]) <= {120}
    assert RETRY_MAX_S == 120.0


def test_after_a_good_while_a_retry_is_quick_again() -> None:
    choice = Triage()
    choice.decide(ORDER[:1], 100.0, 0.0)
    choice.decide(ORDER[:1], 100.0, RETRY_S)
    choice.decide(ORDER[:1], 100.0, RETRY_S + 1)
    assert choice.retry_at == RETRY_S + 1 + 2 * RETRY_S
    choice.decide(ORDER[:1], 500.0, 100.0)
    choice.decide(ORDER[:1], 100.0, 100.0 + WELL_S)
    assert choice.retry_at == 100.0 + WELL_S + RETRY_S


def test_a_queue_that_runs_over_takes_its_picture_off_at_once() -> None:
    choice = Triage()
    choice.drop("chair", 5.0)
    assert choice.paused == {"chair"} and choice.retry_at == 5.0 + RETRY_S
    choice.drop("chair", 6.0)
    assert choice.retry_at == 5.0 + RETRY_S


def test_who_leaves_the_stage_is_not_counted() -> None:
    choice = Triage()
    choice.decide(ORDER, 210.0, 0.0)
    choice.decide(ORDER[:1], 210.0, 1.0)
    assert not choice.paused and choice.retry_at is None


SEATS = st.permutations(["a", "b", "c", "d"])


@settings(deadline=None)
@given(st.lists(st.tuples(st.floats(20, 1_000), SEATS, st.floats(0.1, 3)), min_size=1, max_size=80))
def test_the_paused_are_few_known_and_the_shown_fit_after_patience(steps: list[tuple[float, list[str], float]]) -> None:
    choice, now = Triage(), 0.0
    for budget, seats, passed in steps:
        now += passed
        order = [(seat, 150.0) for seat in seats]
        before = choice.paused
        tried = choice.decide(order, budget, now)
        assert choice.paused <= set(seats)
        assert len(before - choice.paused) <= 1, "one at a time"
        shown = 150.0 * (4 - len(choice.paused))
        assert shown <= 1.5 * budget or shown == 0 or tried is not None
        if choice.paused > before:
            least = seats[-len(choice.paused - before) :] if not before else None
            assert least is None or set(least) == choice.paused


@settings(deadline=None, max_examples=30)
@given(st.floats(20, 149), st.integers(1, 3))
def test_a_line_that_stays_narrow_is_left_in_peace(budget: float, count: int) -> None:
    choice, changes = Triage(), 0
    for i in range(4 * 600):
        before = choice.paused
        choice.decide(ORDER[:count], budget, i / 4)
        changes += choice.paused != before
    assert changes <= 2 * 12, "in ten minutes"
