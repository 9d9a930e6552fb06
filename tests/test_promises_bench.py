"""A small sample of `make bench NAME=promises`."""

from __future__ import annotations

import pytest

from tests.bench import promises


@pytest.mark.slow
def test_figures_and_promises_of_a_large_hearing_are_measured() -> None:
    found = promises.run(small=True, seed=7)
    assert (found["questions"], found["promises"]) == (1_000, 50)
    for name in ("scorecard", "opening"):  # that they are measured; how long it may take is the bench's own
        assert 0 < found[f"{name}_p50_ms"] <= found[f"{name}_p99_ms"]
