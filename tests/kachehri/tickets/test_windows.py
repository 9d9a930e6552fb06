"""The citizen's time, by the days of the calendar."""

from __future__ import annotations

import pytest

from kachehri.tickets import windows
from kachehri.tickets.life import Life
from kachehri.tickets.windows import DAY_MS


def life(**facts: object) -> Life:
    made = Life("t1")
    for name, value in facts.items():
        setattr(made, name, value)
    return made


def test_silence_counts_from_the_notice_that_arrived() -> None:
    assert windows.silent_at(life(state="resolution_proposed", proposed_at=5)) is None
    assert windows.silent_at(life(state="in_progress", arrived_at=5)) is None
    assert windows.silent_at(life(state="resolution_proposed", arrived_at=5)) == 5 + 15 * DAY_MS
    assert windows.silent_at(life(state="resolution_proposed", arrived_at=5, assisted=True)) == 5 + 30 * DAY_MS


@pytest.mark.parametrize(
    ("basis", "end"),
    [
        ("citizen_silent", 5 + 15 * DAY_MS),
        ("citizen_confirmed", 9 + 15 * DAY_MS),
        ("supervisor_forced", 9 + 15 * DAY_MS),
    ],
)
def test_a_close_begins_her_time_but_that_by_silence_has_used_it_up(basis: str, end: int) -> None:
    assert windows.dispute_until(life(closed_at=9, arrived_at=5, basis=basis)) == end
    assert windows.dispute_until(life(arrived_at=5)) is None


def test_an_appeal_has_thirty_days_from_the_close() -> None:
    assert windows.appeal_until(life(closed_at=9)) == 9 + 30 * DAY_MS
    assert windows.appeal_until(life()) is None
