"""The working calendar in the database: brought in once, kept in versions, and read again as it was."""

from __future__ import annotations

from datetime import date

import pytest

from kachehri import calendar_book, calendars, public_holidays
from kachehri.calendar_book import Book, CalendarRefused, Off, Week
from kachehri.store import Store, district
from kachehri.store import calendar as rows
from kachehri.store.tables import Area
from kachehri.tickets.calendar import Hours, Stretch
from tests.conftest import MONDAY_MS
from tests.kachehri.store.conftest import store

from .tickets.test_calendar import at, told

__all__ = ["store"]
ZONE = "Asia/Karachi"
TODAY = "2026-01-05"


def book_of(house: Store) -> Book:
    with house.read() as conn:
        return calendars.book(conn)


def keep(house: Store, after: Book, now: int = MONDAY_MS, zone: str = ZONE) -> int:
    with house.write() as conn:
        return calendars.keep(conn, now, calendars.book(conn), after, zone=zone)


def tend(house: Store, now: int = MONDAY_MS, zone: str = ZONE) -> bool:
    with house.write() as conn:
        return public_holidays.tend(conn, now, zone)


def test_the_years_holidays_are_brought_in_once_in_both_languages(store: Store) -> None:
    assert tend(store)
    found = book_of(store).days
    assert found["2026-03-23"].name_en == "Pakistan Day" and found["2026-03-23"].name_ur == "یوم پاکستان"
    assert found["2026-03-23"].source == "seed" and not found["2026-03-23"].estimated
    eid = [off for off in found.values() if off.day.startswith("2027") and off.name_en == "Eid al-Fitr"]
    assert eid and all(off.estimated and "(" not in off.name_ur + off.name_en for off in eid)
    # What is only observed closes no office.
    assert "2026-09-06" not in found
    assert not tend(store) and book_of(store).days == found
    with store.read() as conn:
        assert rows.latest(conn) == 1


def test_a_day_that_was_taken_out_stays_out_and_the_next_year_comes_by_itself(store: Store) -> None:
    tend(store)
    keep(store, calendar_book.remove(book_of(store), "2026-11-09"))
    assert not tend(store, at("2026-12-31 23:00")) and "2026-11-09" not in book_of(store).days
    assert tend(store, at("2027-01-01 01:00")) and "2028-03-23" in book_of(store).days


def test_another_country_has_its_own_weekend_and_a_country_without_a_list_none(store: Store) -> None:
    assert tend(store, zone="Asia/Dhaka")
    with store.read() as conn:
        assert calendars.current(conn).now.weekend == (4, 5)
        assert calendars.current(conn).now.zone == "Asia/Dhaka"
    before = len(book_of(store).days)
    assert tend(store, zone="Europe/London") and len(book_of(store).days) == before


def test_every_change_is_a_version_and_what_changes_nothing_is_none(store: Store) -> None:
    off = Off("2026-02-10", name_en="Strike")
    assert keep(store, calendar_book.add(book_of(store), off, TODAY)) == 1
    assert keep(store, calendar_book.add(book_of(store), off, TODAY)) == 1
    # Another name is written, and no clock goes by it.
    assert keep(store, calendar_book.add(book_of(store), Off("2026-02-10", name_en="General strike"), TODAY)) == 1
    assert book_of(store).days["2026-02-10"].name_en == "General strike"
    assert keep(store, calendar_book.remove(book_of(store), "2026-02-10"), MONDAY_MS + 1) == 2
    with store.read() as conn:
        calendar = calendars.current(conn)
    assert [each.version for each in calendar.versions] == [0, 1, 2]
    monday = at("2026-02-09 10:00")
    assert told(calendar.days("", 1).after(monday, 1)) == "2026-02-11 17:00"
    assert told(calendar.days("", 2).after(monday, 1)) == "2026-02-10 17:00"


def test_what_was_undone_is_not_remembered(store: Store) -> None:
    with pytest.raises(RuntimeError), store.write() as conn:
        calendars.keep(conn, MONDAY_MS, Book(), Book({"2026-02-10": Off("2026-02-10", name_en="x")}), zone=ZONE)
        assert calendars.current(conn).version == 1
        raise RuntimeError
    with store.write() as conn:
        assert calendars.current(conn).version == 0


def test_a_closure_of_an_area_names_all_that_lies_in_it_in_any_tree(store: Store) -> None:
    with store.write() as conn:
        district.save_areas(
            conn,
            [
                Area(id="t", kind="tehsil", code="tehsil", name_ur="t", name_en="t", path="t/"),
                Area(id="v", parent_id="t", kind="village", code="village", name_ur="v", name_en="v", path="t/v/"),
                Area(id="p", kind="thana", code="thana", name_ur="p", name_en="p", path="p/", tree="police"),
                Area(id="w", kind="village", code="across", name_ur="w", name_en="w", path="w/"),
            ],
        )
        conn.exec_driver_sql("INSERT INTO area_within (area_id, within_id) VALUES ('w', 'p')")
    after = calendar_book.add(book_of(store), Off("2026-01-06", name_en="Flood", area="t"), TODAY)
    keep(store, calendar_book.add(after, Off("2026-01-07", name_en="Raid", area="p"), TODAY))
    with store.read() as conn:
        calendar = calendars.current(conn)
    monday = at("2026-01-05 10:00")
    assert {
        place: told(calendar.days(place).after(monday, 1))[:10] for place in ("village", "tehsil", "across", "")
    } == {
        "village": "2026-01-07",
        "tehsil": "2026-01-07",
        "across": "2026-01-06",
        "": "2026-01-06",
    }
    assert told(calendar.days("across").after(monday, 2)) == "2026-01-08 17:00"


def test_a_confirmed_day_takes_the_place_of_the_estimated_ones_by_its_name() -> None:
    eid = [Off(f"2027-03-{day}", name_en="Eid al-Fitr", estimated=True, source="seed") for day in (10, 11, 12)]
    book = Book({each.id: each for each in (*eid, Off("2027-03-23", name_en="Pakistan Day"))})
    gazette = [Off(f"2027-03-{day}", name_en="Eid al-Fitr", source="gazette") for day in (11, 12, 13)]
    after = calendar_book.bring(book, gazette, TODAY)
    assert sorted(after.days) == ["2027-03-11", "2027-03-12", "2027-03-13", "2027-03-23"]
    assert not any(each.estimated for each in after.days.values())
    assert calendar_book.bring(after, gazette, TODAY) == after


def test_a_moved_day_is_estimated_no_more_and_takes_no_other_days_place() -> None:
    book = Book({"2027-03-10": Off("2027-03-10", name_en="Eid", estimated=True)})
    after = calendar_book.move(book, "2027-03-10", "2027-03-11", TODAY)
    assert list(after.days) == ["2027-03-11"] and not after.days["2027-03-11"].estimated
    twice = calendar_book.add(after, Off("2027-03-12", name_en="Eid"), TODAY)
    with pytest.raises(CalendarRefused, match="taken"):
        calendar_book.move(twice, "2027-03-11", "2027-03-12", TODAY)
    with pytest.raises(CalendarRefused, match="gone"):
        calendar_book.move(twice, "2027-01-01", "2027-01-02", TODAY)


@pytest.mark.parametrize(
    ("week", "code"),
    [
        (Week(weekend=(0, 1, 2, 3, 4, 5, 6)), "weekend"),
        (Week(weekend=(7,)), "weekend"),
        (Week(hours=Hours(600, 600)), "hours"),
        (Week(weekdays={4: Hours(0, 25 * 60)}), "hours"),
        (Week(stretches=(Stretch(first="2027-02-30", last="2027-03-01", hours=Hours()),)), "day"),
        (Week(appeal_days=400), "days"),
    ],
)
def test_a_week_that_no_clock_could_go_by_is_refused(week: Week, code: str) -> None:
    with pytest.raises(CalendarRefused, match=code):
        calendar_book.with_week(Book(), week)


def test_a_year_has_its_own_list() -> None:
    found = public_holidays.listed("PK", (2026,))
    assert found == public_holidays.listed("PK", (2026,)) and len(found) > 10
    assert {date.fromisoformat(each.day).year for each in found} == {2026}
