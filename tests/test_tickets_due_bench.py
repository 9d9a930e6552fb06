"""A small sample of `make bench NAME=tickets-due`: that it runs, and that the tickets it asks about are due."""

from __future__ import annotations

import pytest

from tests.bench import tickets_due

pytestmark = [pytest.mark.slow, pytest.mark.timeout(120)]


def test_the_clock_and_the_list_are_measured_on_tickets_that_are_due() -> None:
    result = tickets_due.run(small=True, count=500)
    (found,) = result["databases"].values()
    assert found["open"] == 500 and 100 < found["due"] < 500
    assert {"due_actions_p99_ms", "list_p99_ms"} <= result.keys()
