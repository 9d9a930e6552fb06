"""What one line takes, from reports that say little: by hand, and by any reports at all."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from signaling.media.estimate import FLOOR_KBPS, FORGET_S, HOLD_S, Estimate


def test_nothing_limits_a_line_that_nothing_has_shown_narrow() -> None:
    line = Estimate()
    for i in range(100):
        line.limited(200.0 + i, 200.0, i / 2)
        line.reported(0, 100, 200.0, i / 2)
        line.travelled(80.0, 5.0, 200.0, i / 2)
        line.rise(200.0, i / 2)
    assert line.kbps is None


def test_a_low_remb_that_does_not_fall_is_no_limit() -> None:
    """After a still picture the browser's figure is low, and the next motion is not a shortage."""
    line = Estimate()
    line.limited(70.0, 50.0, 1.0)
    assert not line.limited(75.0, 250.0, 2.0)
    assert line.kbps is None


def test_a_falling_remb_is_the_limit_at_once() -> None:
    line = Estimate()
    line.limited(400.0, 300.0, 1.0)
    assert line.limited(140.0, 300.0, 1.5)
    assert line.kbps == 140.0


def test_a_first_remb_far_below_what_was_sent_is_a_fall() -> None:
    line = Estimate()
    assert line.limited(110.0, 250.0, 1.0)
    assert line.kbps == 110.0
    other = Estimate()
    assert not other.limited(230.0, 250.0, 1.0) and other.kbps is None


def test_a_browser_that_stops_measuring_while_nothing_is_sent_says_nothing() -> None:
    line = Estimate()
    line.limited(900.0, 300.0, 1.0)
    assert not line.limited(500.0, 10.0, 2.0)
    assert line.kbps is None


def test_five_percent_of_loss_is_the_radio_and_no_reason_to_send_less() -> None:
    line = Estimate()
    for i in range(60):
        assert not line.reported(5, 100, 300.0, float(i))
    assert line.kbps is None and line.loss == pytest.approx(0.05, abs=0.001)


def test_heavy_loss_lowers_the_limit_step_by_step() -> None:
    line = Estimate()
    seen = []
    for i in range(6):
        line.reported(30, 100, 300.0, float(2 * i))
        seen.append(line.kbps)
    falls = [kbps for kbps in seen if kbps is not None]
    assert len(falls) >= 4 and falls == sorted(falls, reverse=True) and falls[-1] < 200


def test_one_packet_lost_of_two_is_not_heavy_loss() -> None:
    line = Estimate()
    for i in range(4):
        assert not line.reported(1, 2, 24.0, i / 10)
    assert not line.reported(1, 2, 24.0, 3.5)
    assert line.kbps is None


def test_a_round_trip_that_grows_by_a_queue_lowers_the_limit() -> None:
    line = Estimate()
    assert not line.travelled(90.0, 3.0, 250.0, 0.0)
    assert not line.travelled(250.0, 3.0, 250.0, 1.0)
    assert not line.travelled(700.0, None, 250.0, 1.5), "one late answer may be the phone's"
    assert line.late and line.travelled(700.0, None, 250.0, 2.0)
    assert line.kbps == pytest.approx(0.7 * 250)
    assert not line.travelled(700.0, 3.0, 250.0, 2.2), "the first step must show before the next"


def test_sound_that_waits_on_its_way_to_us_lowers_the_limit() -> None:
    line = Estimate()
    assert not line.waited(90.0, 250.0, 0.0)
    assert line.waited(180.0, 250.0, 1.0)
    assert line.kbps == pytest.approx(0.85 * 250)


def test_a_slower_network_is_learned() -> None:
    line = Estimate()
    line.travelled(50.0, 3.0, 100.0, 0.0)
    for i in range(1, 200):
        line.travelled(600.0, 3.0, 100.0, float(i))
    kbps = line.kbps
    assert not line.travelled(600.0, 3.0, 100.0, 201.0) and line.kbps == kbps


def test_it_probes_upwards_while_all_is_well_and_forgets_a_limit_that_is_never_felt() -> None:
    line = Estimate()
    line.limited(400.0, 300.0, 0.0)
    line.limited(150.0, 300.0, 0.5)
    line.rise(130.0, 0.5 + HOLD_S / 2)
    assert line.kbps == 150.0
    heights: list[float | None] = []
    for i in range(1, 120):
        line.rise(130.0, 0.5 + i / 2)
        heights.append(line.kbps)
    known = [kbps for kbps in heights if kbps is not None]
    assert known == sorted(known) and max(known) <= 1.5 * 130 + 31
    assert heights[-1] is None and len(known) >= FORGET_S


def test_with_nothing_sent_nothing_is_learned() -> None:
    line = Estimate(100.0)
    for i in range(600):
        line.rise(0.0, float(i))
    assert line.kbps == 100.0


def test_an_old_remb_does_not_raise_the_limit_of_a_line_that_rests() -> None:
    line = Estimate(60.0)
    for i in range(60):
        line.limited(400.0, 0.0, float(i))
    assert line.kbps == 60.0
    for i in range(60, 90):
        line.limited(400.0, 60.0, float(i))
    assert line.kbps is not None and 80 < line.kbps <= 90


def test_what_is_tried_again_fits_until_something_shows_otherwise() -> None:
    line = Estimate(60.0)
    line.probe(220.0, 10.0)
    assert line.kbps == 220.0
    line.limited(80.0, 220.0, 12.0)
    assert line.kbps == 80.0


STEPS = st.tuples(
    st.sampled_from(["remb", "loss", "rtt", "rise", "probe"]), st.floats(0, 5_000), st.floats(0, 2_000), st.floats(0, 5)
)


@settings(deadline=None)
@given(st.lists(STEPS, max_size=60), st.none() | st.floats(0, 5_000))
def test_whatever_is_reported_the_figure_stays_sane(steps: list[tuple[str, float, float, float]], start: float) -> None:
    line, now = Estimate(start), 0.0
    for what, value, sending, passed in steps:
        now += passed
        before = line.kbps
        if what == "remb":
            line.limited(value, sending, now)
        elif what == "loss":
            line.reported(int(value), 100, sending, now)
        elif what == "rtt":
            line.travelled(value, value / 10, sending, now)
        elif what == "probe":
            line.probe(value, now)
        else:
            line.rise(sending, now)
            assert line.kbps is None or before is None or line.kbps >= before
        assert line.kbps is None or line.kbps >= FLOOR_KBPS
        assert 0 <= line.loss <= 1
