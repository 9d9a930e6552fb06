"""Quiet hours, a person's own hours, summaries on working days, and the order of ways."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kachehri.notices.table import CHANNELS, Tell
from kachehri.notices.timing import (
    HOUR_MS,
    Hours,
    day_start,
    next_allowed,
    next_day,
    next_digest,
    next_ways,
    ways,
)

KARACHI = ZoneInfo("Asia/Karachi")
ZONES = st.sampled_from([KARACHI, ZoneInfo("Asia/Kolkata"), ZoneInfo("Asia/Kathmandu"), ZoneInfo("Europe/London")])
INSTANTS = st.integers(1_700_000_000_000, 1_900_000_000_000)
HOURS = st.builds(Hours, st.integers(0, 23), st.integers(0, 23))
HOUSE = Hours()


def at(text: str, zone: ZoneInfo = KARACHI) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=zone).timestamp() * 1000)


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2026-11-22T08:59", "2026-11-22T09:00"),
        ("2026-11-22T09:00", "2026-11-22T09:00"),
        ("2026-11-22T20:59", "2026-11-22T20:59"),
        ("2026-11-22T21:00", "2026-11-23T09:00"),
        ("2026-11-22T23:30", "2026-11-23T09:00"),
        ("2026-11-22T00:10", "2026-11-22T09:00"),
    ],
)
def test_nobody_is_woken(now: str, expected: str) -> None:
    assert next_allowed(at(now), KARACHI, HOUSE) == at(expected)


def test_her_own_hours_are_within_the_houses() -> None:
    assert next_allowed(at("2026-11-22T10:00"), KARACHI, HOUSE, Hours(15, 18)) == at("2026-11-22T15:00")
    assert next_allowed(at("2026-11-22T18:00"), KARACHI, HOUSE, Hours(15, 18)) == at("2026-11-23T15:00")


def test_where_only_the_night_is_safe_the_night_counts() -> None:
    assert next_allowed(at("2026-11-22T10:00"), KARACHI, HOUSE, Hours(22, 23)) == at("2026-11-22T22:00")


def test_hours_may_run_over_midnight() -> None:
    assert Hours(22, 2).within(23) and Hours(22, 2).within(1) and not Hours(22, 2).within(2)


def test_half_an_hour_beside_the_full_one() -> None:
    nepal = ZoneInfo("Asia/Kathmandu")
    assert next_allowed(at("2026-11-22T22:10", nepal), nepal, HOUSE) == at("2026-11-23T09:00", nepal)


@pytest.mark.parametrize("day", ["2026-03-29", "2026-10-25"])
def test_a_day_of_another_length(day: str) -> None:
    london = ZoneInfo("Europe/London")
    assert next_allowed(at(f"{day}T00:30", london), london, HOUSE) == at(f"{day}T09:00", london)


@given(INSTANTS, ZONES, HOURS, st.none() | HOURS)
def test_it_is_never_earlier_never_more_than_a_day_later_and_always_within(
    now: int, zone: ZoneInfo, house: Hours, own: Hours | None
) -> None:
    found = next_allowed(now, zone, house, own)
    assert now <= found <= now + 26 * HOUR_MS
    hour = datetime.fromtimestamp(found / 1000, zone).hour
    assert own is None or own.within(hour)
    assert house.within(hour) or (own is not None and not any(house.within(h) and own.within(h) for h in range(24)))
    assert next_allowed(found, zone, house, own) == found


@given(INSTANTS, ZONES)
def test_a_day_has_a_beginning_and_an_end(now: int, zone: ZoneInfo) -> None:
    begin, end = day_start(now, zone), next_day(now, zone)
    assert begin <= now < end and day_start(end, zone) == end and 22 * HOUR_MS < end - begin < 26 * HOUR_MS


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2026-11-20T08:29", "2026-11-20T08:30"),  # a Friday
        ("2026-11-20T08:31", "2026-11-23T08:30"),
        ("2026-11-21T07:00", "2026-11-23T08:30"),
    ],
)
def test_the_summary_comes_on_working_days(now: str, expected: str) -> None:
    assert next_digest(at(now), KARACHI, time(8, 30), lambda day: day.weekday() < 5) == at(expected)


def test_a_house_that_never_works_gets_it_at_once() -> None:
    assert next_digest(at("2026-11-20T09:00"), KARACHI, time(8, 30), lambda _: False) == at("2026-11-20T09:00")


@given(INSTANTS, st.sets(st.integers(0, 6), max_size=6))
def test_the_summary_is_the_next_one(now: int, weekend: set[int]) -> None:
    def works(day: date) -> bool:
        return day.weekday() not in weekend

    found = datetime.fromtimestamp(next_digest(now, KARACHI, time(8, 30), works) / 1000, UTC).astimezone(KARACHI)
    assert (found.hour, found.minute) == (8, 30) and works(found.date()) and found.timestamp() * 1000 >= now


TELL = Tell("citizen", "ticket.routed")


def test_her_wish_comes_first_and_the_table_after_it() -> None:
    assert ways(TELL, ["email", "push", "sms"]) == ("sms", "push", "email")
    assert ways(TELL, ["email", "sms"], "email") == ("email", "sms")
    assert ways(TELL, ["email"], "push") == ("email",)
    assert ways(TELL, []) == ()


@given(
    st.lists(st.sampled_from(CHANNELS), unique=True),
    st.dictionaries(
        st.sampled_from(CHANNELS), st.sampled_from(["waiting", "sending", "sent", "delivered", "failed", "unknown"])
    ),
)
def test_a_further_way_is_begun_only_when_those_before_it_failed(ordered: list[str], states: dict[str, str]) -> None:
    found = next_ways(ordered, states, every=False)  # type: ignore[arg-type]
    assert len(found) <= 1 and not set(found) & set(states)
    for each in found:
        assert all(states[before] == "failed" for before in ordered[: ordered.index(each)])
    everything = next_ways(ordered, states, every=True)  # type: ignore[arg-type]
    assert set(everything) == set(ordered) - set(states)
