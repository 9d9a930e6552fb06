"""A small sample of `make bench NAME=promises`."""

from __future__ import annotations

import pytest

from tests.bench import promises


@pytest.mark.slow
def test_figures_and_promises_of_a_large_hearing_are_read_at_once() -> None:
    found = promises.run(small=True, seed=7)
    assert (found["questions"], found["promises"]) == (1_000, 50)
    assert found["scorecard_p99_ms"] < 1_000 and found["opening_p99_ms"] < 1_000
