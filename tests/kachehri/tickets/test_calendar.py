"""Working time: what arrives late counts from the next opening, and no holiday brings a day forward."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kachehri.tickets.calendar import Entry, Hours, Rules, Stretch, WorkingCalendar, WorkingDays

KARACHI = ZoneInfo("Asia/Karachi")


def at(text: str, zone: str = "Asia/Karachi") -> int:
    """An instant such as "2026-01-05 10:00" by the clocks of a place, in milliseconds."""
    return int(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp()) * 1000


def told(ms: int, zone: str = "Asia/Karachi") -> str:
    return datetime.fromtimestamp(ms / 1000, UTC).astimezone(ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M")


def days(*entries: Entry, **rules: object) -> WorkingDays:
    return WorkingDays(Rules(entries=entries, **rules))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("arrives", "due"),
    [
        ("2026-01-05 10:00", "2026-01-08 17:00"),
        # At closing time it is still today, a minute later it is not.
        ("2026-01-05 17:00", "2026-01-08 17:00"),
        ("2026-01-05 17:01", "2026-01-09 17:00"),
        # Before opening it is today.
        ("2026-01-05 06:00", "2026-01-08 17:00"),
        # Friday evening and the whole weekend count from Monday.
        ("2026-01-09 20:00", "2026-01-15 17:00"),
        ("2026-01-10 12:00", "2026-01-15 17:00"),
    ],
)
def test_three_working_days_end_at_closing_time_of_the_third(arrives: str, due: str) -> None:
    assert told(days().after(at(arrives), 3)) == due


def test_no_days_end_today_and_many_are_counted_one_by_one() -> None:
    assert told(days().after(at("2026-01-05 10:00"), 0)) == "2026-01-05 17:00"
    assert told(days().after(at("2026-01-05 10:00"), 250)) == "2026-12-21 17:00"


def test_each_country_has_its_own_weekend_and_zone() -> None:
    dhaka = days(zone="Asia/Dhaka", weekend=(4, 5))
    assert told(dhaka.after(at("2026-01-08 10:00", "Asia/Dhaka"), 1), "Asia/Dhaka") == "2026-01-11 17:00"
    nepal = days(zone="Asia/Kathmandu", weekend=(5,))
    assert told(nepal.after(at("2026-01-09 10:00", "Asia/Kathmandu"), 1), "Asia/Kathmandu") == "2026-01-11 17:00"


def test_a_half_friday_closes_at_noon() -> None:
    found = days(weekdays={4: Hours(9 * 60, 12 * 60)})
    assert told(found.after(at("2026-01-08 10:00"), 1)) == "2026-01-09 12:00"
    assert told(found.after(at("2026-01-09 12:30"), 1)) == "2026-01-13 17:00"


def test_ramadan_has_its_own_hours_and_of_two_stretches_the_later_counts() -> None:
    ramadan = Stretch(first="2026-02-18", last="2026-03-19", hours=Hours(9 * 60, 15 * 60))
    friday = Stretch(first="2026-02-18", last="2026-03-19", hours=Hours(9 * 60, 12 * 60 + 30), weekdays=(4,))
    found = days(stretches=(ramadan, friday))
    assert told(found.after(at("2026-02-17 10:00"), 1)) == "2026-02-18 15:00"
    assert told(found.after(at("2026-02-19 10:00"), 1)) == "2026-02-20 12:30"
    assert told(found.after(at("2026-02-18 15:30"), 0)) == "2026-02-19 15:00"
    assert told(found.after(at("2026-03-19 10:00"), 1)) == "2026-03-20 17:00"


def test_a_closed_day_is_passed_over_and_an_open_one_is_worked() -> None:
    found = days(Entry(day="2026-02-05"), Entry(day="2026-02-07", kind="open"))
    assert told(found.after(at("2026-02-04 10:00"), 1)) == "2026-02-06 17:00"
    assert told(found.after(at("2026-02-04 10:00"), 2)) == "2026-02-07 17:00"
    both = days(Entry(day="2026-02-07", kind="open"), Entry(day="2026-02-07"))
    assert told(both.after(at("2026-02-06 10:00"), 1)) == "2026-02-09 17:00"


def test_an_area_that_is_closed_closes_what_lies_within_it_and_nothing_else() -> None:
    calendar = WorkingCalendar((Rules(entries=(Entry(day="2026-01-06", places=("tehsil", "village")),)),))
    monday = at("2026-01-05 10:00")
    assert told(calendar.days("village").after(monday, 1)) == "2026-01-07 17:00"
    assert told(calendar.days("city").after(monday, 1)) == "2026-01-06 17:00"
    assert told(calendar.days("").after(monday, 1)) == "2026-01-06 17:00"
    # Places of which no entry speaks share their reckoning.
    assert calendar.days("city") is calendar.days("") is not calendar.days("village")


def test_a_day_that_was_told_moves_only_later() -> None:
    """A feast by the moon is moved by a day: who would have been earlier keeps the day that was told."""
    first = Rules(version=1, since=at("2026-01-01 00:00"), entries=(Entry(day="2026-03-20"),))
    moved = Rules(version=2, since=at("2026-03-17 12:00"), entries=(Entry(day="2026-03-19"),))
    calendar = WorkingCalendar((first, moved))

    def due(start: str, count: int) -> str:
        found = calendar.latest("", at(start), lambda local: local.after(at(start), count))
        assert found is not None
        return told(found)

    assert due("2026-03-17 10:00", 2) == "2026-03-20 17:00"  # the new feast moves it
    assert due("2026-03-17 10:00", 3) == "2026-03-23 17:00"  # the old one had moved it already: stays, not one more
    assert due("2026-03-18 10:00", 2) == "2026-03-23 17:00"  # begun since: the new calendar alone
    known = calendar.latest("", at("2026-03-17 10:00"), lambda local: local.after(at("2026-03-17 10:00"), 2), 1)
    assert known is not None and told(known) == "2026-03-19 17:00"


def test_a_day_that_is_over_stays_over() -> None:
    """Another weekend, said today, does not make those punctual who were late last month."""
    monday = at("2026-01-05 10:00")
    calendar = WorkingCalendar((Rules(), Rules(version=1, since=at("2026-02-02 08:00"), weekend=(3, 4, 5, 6))))
    found = calendar.latest("", monday, lambda local: local.after(monday, 10))
    assert found is not None and told(found) == "2026-01-19 17:00"
    longer = calendar.latest("", monday, lambda local: local.after(monday, 25))
    # Three days a week from then on, five before.
    assert longer is not None and told(longer) == "2026-02-11 17:00"


def test_elapsed_days_are_those_between_and_never_less_than_none() -> None:
    found = days(Entry(day="2026-01-07"))
    monday = at("2026-01-05 10:00")
    assert found.between(monday, at("2026-01-05 16:00")) == 0
    assert found.between(monday, at("2026-01-12 10:00")) == 4
    assert found.between(monday, at("2026-01-10 10:00")) == 4  # on a Saturday it is Monday's
    assert found.between(at("2026-01-12 10:00"), monday) == 0


def test_reminders_come_while_offices_work() -> None:
    found = days()
    assert told(found.at_work(at("2026-01-05 03:00"))) == "2026-01-05 09:00"
    assert told(found.at_work(at("2026-01-05 12:00"))) == "2026-01-05 12:00"
    assert told(found.at_work(at("2026-01-05 17:00"))) == "2026-01-06 09:00"
    assert told(found.at_work(at("2026-01-10 12:00"))) == "2026-01-12 09:00"
    assert told(found.share(at("2026-01-05 22:00"), 15, 0.5)) == "2026-01-16 13:00"
    assert told(found.share(at("2026-01-05 10:00"), 10, 0.8)) == "2026-01-16 09:00"


def test_days_of_the_citizen_go_on_over_holidays_and_end_at_midnight() -> None:
    assert told(days().end_of_day(at("2026-01-05 10:00"), 15)) == "2026-01-20 23:59"


def test_a_night_when_the_clocks_change_moves_no_closing_time() -> None:
    found = days(zone="Europe/London")
    start = at("2026-03-27 10:00", "Europe/London")
    assert told(found.after(start, 1), "Europe/London") == "2026-03-30 17:00"


def test_a_calendar_that_never_opens_is_refused_and_not_searched_for_ever() -> None:
    with pytest.raises(ValueError, match="no working days"):
        days(weekend=(0, 1, 2, 3, 4, 5, 6)).after(at("2026-01-05 10:00"), 1)


def test_an_instant_long_ago_and_one_far_ahead_are_reached_from_each_other() -> None:
    found = days()
    later, earlier = at("2028-06-01 10:00"), at("2024-02-01 10:00")
    assert told(found.after(later, 1)) == "2028-06-02 17:00"
    assert told(found.after(earlier, 1)) == "2024-02-02 17:00"
    assert found.between(earlier, later) == WorkingDays(Rules()).between(earlier, later)


START = date(2026, 1, 1)
INSTANTS = st.integers(0, 200 * 24 * 60).map(lambda minutes: at("2026-01-01 00:00") + minutes * 60_000)
OFFS = st.lists(
    st.tuples(st.integers(0, 330), st.sampled_from(["closed", "open"])), max_size=25, unique_by=lambda each: each[0]
)
WEEKENDS = st.sampled_from([(5, 6), (4, 5), (5,), (4, 5, 6), ()])
HALVES = st.sampled_from([{}, {4: Hours(9 * 60, 12 * 60)}, {3: Hours(8 * 60, 13 * 60)}])


def rules(offs: list[tuple[int, str]], weekend: tuple[int, ...], halves: dict[int, Hours]) -> WorkingDays:
    made = [Entry(day=(START + timedelta(days=n)).isoformat(), kind=kind) for n, kind in offs]  # type: ignore[arg-type]
    return days(*made, weekend=weekend, weekdays=halves)


@given(INSTANTS, INSTANTS, st.integers(0, 60), OFFS, WEEKENDS, HALVES)
def test_who_comes_later_is_due_no_earlier(
    a: int, b: int, count: int, offs: list[tuple[int, str]], weekend: tuple[int, ...], halves: dict[int, Hours]
) -> None:
    found = rules(offs, weekend, halves)
    first, second = sorted((a, b))
    assert found.after(first, count) <= found.after(second, count)
    assert found.after(first, count) <= found.after(first, count + 1)
    assert found.after(first, count) >= first


@given(INSTANTS, st.integers(0, 60), OFFS, WEEKENDS, HALVES, st.integers(0, 330))
def test_one_more_holiday_never_moves_a_due_day_earlier(
    start: int,
    count: int,
    offs: list[tuple[int, str]],
    weekend: tuple[int, ...],
    halves: dict[int, Hours],
    extra: int,
) -> None:
    before = rules(offs, weekend, halves)
    after = rules([*(each for each in offs if each[0] != extra), (extra, "closed")], weekend, halves)
    assert after.after(start, count) >= before.after(start, count)


@given(INSTANTS, INSTANTS, INSTANTS, OFFS, WEEKENDS, HALVES)
def test_elapsed_days_add_up(
    a: int, b: int, c: int, offs: list[tuple[int, str]], weekend: tuple[int, ...], halves: dict[int, Hours]
) -> None:
    found = rules(offs, weekend, halves)
    first, second, third = sorted((a, b, c))
    assert found.between(first, second) + found.between(second, third) == found.between(first, third)


@given(INSTANTS, st.integers(0, 60), OFFS, WEEKENDS, HALVES)
def test_counting_the_days_until_the_due_day_gives_the_number_that_was_asked(
    start: int, count: int, offs: list[tuple[int, str]], weekend: tuple[int, ...], halves: dict[int, Hours]
) -> None:
    found = rules(offs, weekend, halves)
    assert found.between(start, found.after(start, count)) == count


@given(INSTANTS, st.integers(1, 60), st.sampled_from([0.1, 0.5, 0.8]), OFFS, WEEKENDS, HALVES)
def test_a_share_falls_into_office_hours_before_the_end(
    start: int, count: int, part: float, offs: list[tuple[int, str]], weekend: tuple[int, ...], halves: dict[int, Hours]
) -> None:
    found = rules(offs, weekend, halves)
    moment = found.share(start, count, part)
    assert found.at_work(moment) == moment
    assert moment < found.after(start, count)
