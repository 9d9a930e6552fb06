"""The working calendar on its pages: what a change would do is said before it counts, and dates move later only."""

from __future__ import annotations

import re

import httpx
import pytest
from sqlalchemy import text

from kachehri import calendar_book, calendars, public_holidays
from kachehri.i18n import words_for
from kachehri.ids import new_id
from kachehri.opening import Clocks, opened_row
from kachehri.store import audit, district
from kachehri.store import tickets as rows
from kachehri.store.event_log import GENESIS
from kachehri.store.tables import Area
from kachehri.tickets import events as e
from tests.web.conftest import Phone, Town
from tests.web.test_staff import signed_in

pytestmark = pytest.mark.anyio
EN = words_for("en")


def told(key: str, count: int | None = None, **values: object) -> str:
    """A sentence as it stands on a page."""
    return str(EN.t(key, count, **values))


@pytest.fixture(autouse=True)
def cleared(town: Town) -> None:
    """The year's holidays are in; days of other tests and their complaints are gone."""
    store = town.service.store
    with store.write() as conn:
        now = store.now(conn)
        public_holidays.tend(conn, now, "Asia/Karachi")
        before = calendars.book(conn)
        days = {id: off for id, off in before.days.items() if off.source == "seed"}
        after = calendar_book.Book(days, calendar_book.Week())
        calendars.keep(conn, now, before, after, zone="Asia/Karachi")
        conn.execute(text("UPDATE ticket SET state = 'closed', next_at = NULL"))


async def administrator(town: Town) -> Phone:
    return await signed_in(town, "administrator")


def book(town: Town) -> calendar_book.Book:
    with town.service.store.read() as conn:
        found = calendars.book(conn)
    return calendar_book.Book({id: off for id, off in found.days.items() if off.source != "seed"}, found.week)


def today(town: Town) -> int:
    store = town.service.store
    with store.read() as conn:
        return store.now(conn)


def opened(town: Town, count: int, days: int = 15, area: str = "") -> None:
    """Open complaints with the office that sorts, as of now."""
    store = town.service.store
    with store.write() as conn:
        now = store.now(conn)
        office = district.triage(conn)
        assert office is not None
        for _ in range(count):
            id = new_id(now)
            first = e.Opened(office=office.id, days=days, area=area)
            kind, encoded = e.encode(first)
            step = rows.step(GENESIS, id, 1, now, kind, "system", encoded)
            reference = f"{int(id, 16) % 10**10:010}"
            rows.open_many(conn, [opened_row(step, first, Clocks(conn, now), reference=reference)], [step], [])


def working_day(town: Town, ahead: int) -> str:
    """The day of so many working days from now, ISO 8601."""
    with town.service.store.read() as conn:
        local = calendars.current(conn).days()
        return local.nth(local.day_zero(today(town)), ahead).isoformat()


async def add(phone: Phone, day: str, **fields: str) -> httpx.Response:
    await phone.get("/calendar/day")
    return await phone.post("/calendar/day", do="save", day=day, name_en="Flood", name_ur="سیلاب", **fields)


async def test_a_day_without_effect_is_written_at_once_and_stands_in_its_month(town: Town) -> None:
    phone = await administrator(town)
    day = working_day(town, 3)
    page = await add(phone, day)
    assert page.url.path == "/calendar" and EN.plain("workdays.saved.day") in page.text
    assert EN.plain("workdays.moves_none") in page.text and "Flood" in page.text
    assert book(town).days[day].name_ur == "سیلاب"
    with town.service.store.read() as conn:
        assert [row.action for row, _ in audit.listing(conn, actions=["calendar.change"], limit=5)]


async def test_a_change_says_how_many_dates_it_moves_and_does_nothing_before_a_yes(town: Town) -> None:
    phone = await administrator(town)
    opened(town, 3)
    opened(town, 2, days=1)
    day = working_day(town, 3)
    sure = await add(phone, day)
    assert sure.url.path == "/calendar/day" and told("workdays.sure.count", 3, of=5) in sure.text
    assert not book(town).days
    saved = await phone.post("/calendar/day")
    assert told("workdays.moves", 3) in saved.text and list(book(town).days) == [day]


async def test_a_day_is_moved_and_taken_out_without_bringing_a_date_forward(town: Town) -> None:
    phone = await administrator(town)
    first, second = working_day(town, 3), working_day(town, 4)
    await add(phone, first, estimated="1")
    assert book(town).days[first].estimated
    form = await phone.get(f"/calendar/day?id={first}")
    assert f'value="{first}"' in form.text
    await phone.post("/calendar/day", do="save", id=first, day=second, name_en="Flood", name_ur="")
    assert list(book(town).days) == [second]
    opened(town, 1)
    await phone.get(f"/calendar/day?id={second}")
    gone = await phone.post("/calendar/day", do="remove")
    assert EN.plain("workdays.saved.removed") in gone.text and EN.plain("workdays.moves_none") in gone.text
    assert not book(town).days


async def test_a_closure_of_an_area_moves_its_tickets_alone(town: Town) -> None:
    phone = await administrator(town)
    with town.service.store.write() as conn:
        district.save_areas(
            conn,
            [
                Area(id="a-t", kind="tehsil", code="upper", name_ur="بالائی", name_en="Upper", path="a-t/"),
                Area(
                    id="a-v",
                    parent_id="a-t",
                    kind="village",
                    code="chak9",
                    name_ur="چک",
                    name_en="Chak 9",
                    path="a-t/a-v/",
                ),
            ],
        )
    opened(town, 2, area="chak9")
    opened(town, 3, days=14)
    sure = await add(phone, working_day(town, 2), area="a-t")
    assert told("workdays.sure.count", 2, of=5) in sure.text
    page = await phone.post("/calendar/day")
    assert "Upper" in page.text


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"day": "2026-02-31"}, "day"),
        ({"day": ""}, "day"),
        ({"day": "1999-01-01"}, "far"),
        ({"name_en": "", "name_ur": " "}, "no_name"),
        ({"name_en": "x" * 81}, "long_name"),
    ],
)
async def test_what_is_no_day_is_told_beside_its_field(town: Town, fields: dict[str, str], code: str) -> None:
    phone = await administrator(town)
    await phone.get("/calendar/day")
    sent = {"do": "save", "day": working_day(town, 2), "name_en": "Flood", "name_ur": "سیلاب", **fields}
    page = await phone.post("/calendar/day", **sent)
    assert page.status_code == 422 and EN.plain(f"workdays.refused.{code}") in page.text
    assert not book(town).days


async def test_digits_of_any_script_make_a_day(town: Town) -> None:
    phone = await administrator(town)
    day = working_day(town, 2)
    urdu = day.translate(str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹"))
    await add(phone, urdu)
    assert list(book(town).days) == [day]


async def test_hours_weekend_and_ramadan_are_said_on_one_page(town: Town) -> None:
    phone = await administrator(town)
    await phone.get("/calendar/week")
    week = {f"off_{each}": "" for each in range(7)} | {"off_4": "1", "off_5": "1"}
    sent = {"opens": "08:30", "closes": "16:00", "other": "3", "other_opens": "08:30", "other_closes": "13:00"}
    page = await phone.post("/calendar/week", do="week", **week, **sent)
    assert EN.plain("workdays.saved.week") in page.text
    found = book(town).week
    assert found.weekend == (4, 5) and found.hours.opens == 510 and found.weekdays[3].closes == 780
    stretch = {"first": "2027-02-08", "last": "2027-03-09", "st_opens": "09:00", "st_closes": "15:00", "only": ""}
    page = await phone.post("/calendar/week", do="stretch", **stretch)
    assert book(town).week.stretches[0].hours.closes == 900 and "8 February 2027" in page.text
    number = re.search(r'name="drop" value="(\d)"', page.text)
    assert number is not None
    await phone.post("/calendar/week", do="", drop=number[1])
    assert not book(town).week.stretches
    shown = await phone.get("/calendar")
    assert "08:30" in shown.text and "Thursday" in shown.text


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({f"off_{each}": "1" for each in range(7)}, "weekend"),
        ({"opens": "17:00", "closes": "09:00"}, "hours"),
        ({"opens": "soon"}, "hours"),
        ({"appeal_days": "many"}, "days"),
        ({"do": "stretch", "first": "2027-03-09", "last": "2027-02-08"}, "backwards"),
        ({"do": "stretch", "first": "x", "last": "2027-02-08"}, "day"),
    ],
)
async def test_a_week_that_cannot_be_is_refused(town: Town, fields: dict[str, str], code: str) -> None:
    phone = await administrator(town)
    await phone.get("/calendar/week")
    times = {"opens": "09:00", "closes": "17:00", "st_opens": "09:00", "st_closes": "15:00"}
    page = await phone.post("/calendar/week", **{"do": "week", **times, **fields})
    assert page.status_code == 422 and EN.plain(f"workdays.refused.{code}") in page.text


async def send(phone: Phone, content: str) -> httpx.Response:
    await phone.get("/calendar/import")
    return await phone.client.post(
        "/calendar/import",
        data=phone.fields("/calendar/import"),
        files={"file": ("days.csv", content.encode(), "text/csv")},
        headers={"origin": phone.origin},
    )


async def take_over(phone: Phone, preview: httpx.Response) -> httpx.Response:
    phone.page = preview.text
    fields = {name: (None, value) for name, value in phone.fields("/calendar/import").items()}
    return await phone.client.post("/calendar/import", files=fields, headers={"origin": phone.origin})


async def test_a_gazette_is_looked_at_taken_over_and_changes_nothing_the_second_time(town: Town) -> None:
    phone = await administrator(town)
    day, moon = working_day(town, 3), working_day(town, 6)
    confirmed = working_day(town, 7)
    await phone.get("/calendar/day")
    eid = {"name_en": "Eid al-Fitr", "name_ur": "عید الفطر"}
    await phone.post("/calendar/day", do="save", day=moon, estimated="1", **eid)
    opened(town, 4)
    gazette = f"day,name_ur,name_en\n{day},سیلاب,Flood\n{confirmed},عید الفطر,Eid al-Fitr\n"
    preview = await send(phone, gazette)
    assert told("workdays.file_sum", new=2, same=0, gone=1) in preview.text
    assert told("workdays.sure.count", 4, of=4) in preview.text
    assert list(book(town).days) == [moon]
    done = await take_over(phone, preview)
    assert EN.plain("workdays.saved.file") in done.text
    found = book(town).days
    # What was estimated has given way to the day that the gazette names.
    assert sorted(found) == sorted([day, confirmed]) and not found[confirmed].estimated
    with town.service.store.read() as conn:
        version = calendars.current(conn).version
    again = await send(phone, gazette)
    assert told("workdays.file_sum", new=0, same=2, gone=0) in again.text
    await take_over(phone, again)
    with town.service.store.read() as conn:
        assert calendars.current(conn).version == version
    back = await phone.client.get("/calendar/file")
    assert day in back.text and "Eid al-Fitr" in back.text


async def test_a_file_with_a_mistake_changes_nothing(town: Town) -> None:
    phone = await administrator(town)
    wrong = "day,name_ur,name_en,kind,area\nsoon,الف,A,closed,\n2027-01-01,ب,B,half,\n2027-01-02,ج,C,closed,nowhere\n"
    page = await send(phone, wrong)
    assert page.status_code == 422 and not book(town).days
    for code, values in (("day", {}), ("kind", {}), ("area", {"code": "nowhere"})):
        assert EN.plain(f"workdays.refused.{code}", None, **values) in page.text


async def test_the_calendar_is_for_administrators_of_the_whole_house(town: Town) -> None:
    officer = await signed_in(town, "officer")
    assert (await officer.get("/calendar")).status_code == 403
    assert (await town.phone("en").get("/calendar")).url.path == "/staff"


async def test_an_empty_year_says_so(town: Town) -> None:
    phone = await administrator(town)
    year = words_for("en").dates.local(today(town)).year + 4
    page = await phone.get(f"/calendar?year={year}")
    assert told("workdays.none", year=year) in page.text
