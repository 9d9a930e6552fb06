"""The citizen's time lasts to the end of the day that she was told, wherever that day ends."""

from __future__ import annotations

import random
from zoneinfo import ZoneInfo

import pytest

from kachehri.i18n.dates import Dates
from kachehri.tickets import clocks, windows
from kachehri.tickets import events as e
from kachehri.tickets.acts import StaySilent
from kachehri.tickets.calendar import Rules, WorkingCalendar
from kachehri.tickets.events import Happened
from kachehri.tickets.life import Life, evolve
from rooms.base import ContentRef

DAY_MS = 86_400_000
WORDS = ContentRef("c", "")


def ends(at: int, days: int) -> int:
    return (at // DAY_MS + days + 1) * DAY_MS - 1


def life(**facts: object) -> Life:
    made = Life("t1")
    for name, value in facts.items():
        setattr(made, name, value)
    return made


def test_silence_counts_from_the_notice_that_arrived() -> None:
    assert windows.silent_at(life(state="resolution_proposed", proposed_at=5), ends) is None
    assert windows.silent_at(life(state="in_progress", arrived_at=5), ends) is None
    assert windows.silent_at(life(state="resolution_proposed", arrived_at=5), ends) == 16 * DAY_MS
    assert windows.silent_at(life(state="resolution_proposed", arrived_at=5, assisted=True), ends) == 31 * DAY_MS


@pytest.mark.parametrize(
    ("basis", "end"),
    [
        ("citizen_silent", 16 * DAY_MS - 1),
        ("citizen_confirmed", 18 * DAY_MS - 1),
        ("supervisor_forced", 18 * DAY_MS - 1),
    ],
)
def test_a_close_begins_her_time_but_that_by_silence_has_used_it_up(basis: str, end: int) -> None:
    assert windows.dispute_until(life(closed_at=2 * DAY_MS, arrived_at=5, basis=basis), ends) == end
    assert windows.dispute_until(life(arrived_at=5), ends) is None


def test_an_appeal_has_thirty_days_from_the_close() -> None:
    assert windows.appeal_until(life(closed_at=9), ends) == 31 * DAY_MS - 1
    assert windows.appeal_until(life(), ends) is None


@pytest.mark.parametrize("zone", ["Asia/Karachi", "Asia/Kathmandu", "Europe/Berlin", "America/St_Johns"])
def test_whatever_the_hour_it_ends_with_the_day_that_the_page_names(zone: str) -> None:
    calendar, rng = WorkingCalendar((Rules(zone=zone),)), random.Random(7)
    dates = Dates("en", ZoneInfo(zone))
    for _ in range(200):
        told_at = 1_767_589_200_000 + rng.randrange(400 * DAY_MS)  # over both changes of the clocks in a year
        ticket = Life("t1")
        for seq, body in enumerate(
            (
                e.Opened(office="water"),
                e.Proposed(outcome="relief_granted", note=WORDS),
                e.Arrived(channel="sms"),
            ),
            1,
        ):
            evolve(ticket, Happened(seq, told_at, "x", body))
        found = clocks.dues(ticket, calendar)
        until = clocks.end_of_day(ticket, calendar, told_at, windows.ANSWER_DAYS)
        assert found.silent == until + 1 and until >= told_at + windows.ANSWER_DAYS * DAY_MS - 3_600_000
        assert dates.local(until).strftime("%H:%M:%S") == "23:59:59"
        assert (dates.local(until).date() - dates.local(told_at).date()).days == windows.ANSWER_DAYS
        assert clocks.next_due(ticket, calendar) == (until + 1, "silent")
        assert not clocks.due_actions(ticket, calendar, until)
        assert clocks.due_actions(ticket, calendar, until + 1) == [StaySilent()]


def test_where_the_house_moves_to_another_zone_the_later_end_counts() -> None:
    """A version that puts midnight earlier takes nothing from her."""
    east, west = Rules(zone="Asia/Karachi"), Rules(version=1, since=1_767_600_000_000, zone="Europe/Berlin")
    ticket = Life("t1", opened_at=1_767_589_200_000)
    since = 1_767_589_200_000
    alone = clocks.end_of_day(ticket, WorkingCalendar((east,)), since, 15)
    both = clocks.end_of_day(ticket, WorkingCalendar((east, west)), since, 15)
    back = clocks.end_of_day(ticket, WorkingCalendar((west, Rules(version=2, since=west.since + 1))), since, 15)
    assert both == alone + 4 * 3_600_000 and back == both
