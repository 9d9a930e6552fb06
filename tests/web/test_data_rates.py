"""The figures that people plan their data by."""

from __future__ import annotations

import pytest

from web.data_rates import RATES, Rate, mb_per_hour


@pytest.mark.parametrize(("kbps", "told"), [(0.1, 1), (2.2, 1), (2.3, 5), (11.1, 5), (11.2, 10), (24, 15), (453, 205)])
def test_figures_are_rounded_up(kbps: float, told: int) -> None:
    assert Rate(kbps, "reckoned").mb_per_hour == told


def test_each_way_costs_more_than_the_one_before() -> None:
    assert list(RATES) == ["text", "sound", "picture"]
    assert mb_per_hour("text") < mb_per_hour("sound") < mb_per_hour("picture")
