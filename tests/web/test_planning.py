"""Planning a hearing, changing what was announced, the next one like it, and the sheet for the wall."""

from __future__ import annotations

import pytest

from kachehri.i18n import words_for
from kachehri.store import district, sessions
from kachehri.store.tables import Office
from rooms.questions import AskQuestion
from tests.web.conftest import Phone, Town
from tests.web.test_staff import CITIZEN, signed_in
from web.forms import new_key
from web.plan_form import next_day, values

pytestmark = pytest.mark.anyio
UR, EN = words_for("ur"), words_for("en")
PLAN = {
    "title_ur": "سڑکیں",
    "title_en": "Roads",
    "room": "hall",
    "day": "۲۰۳۰-۰۵-۰۶",
    "starts": "11:00",
    "ends": "13:00",
    "officials": "2",
    "citizens": "1",
    "interpreters": "0",
    "ur": "1",
}


async def planned(town: Town, **more: str) -> tuple[Phone, str]:
    """A hearing that the form announced; its id, and the browser of who did."""
    phone = await signed_in(town, "administrator")
    await phone.get("/sessions/new")
    made = await phone.post("/sessions/new", **{**PLAN, **more})
    assert made.url.path.endswith("/announced"), made.text
    return phone, made.url.path.split("/")[2]


async def test_an_administrator_plans_changes_puts_off_and_cancels(town: Town) -> None:
    phone, session = await planned(town)
    assert EN.plain("plan.announced") in phone.page
    live = await town.service.live(session)
    assert str(live.session.phase) == "scheduled"
    assert list(live.session.stage.seats) == ["official-1", "official-2", "citizen-1"]
    assert EN.dates.when(live.session.lifecycle.starts_at) == "Monday 6 May 2030, 11:00 am"
    await town.service.submit(CITIZEN, session, AskQuestion(text="گلی کچی ہے", category="water_none"), new_key())
    path = f"/sessions/{session}/edit"
    await phone.get(path)
    later = await phone.post(path, do="move", day="2030-05-07", starts="10:00", ends="12:00")
    assert later.status_code == 200, later.text
    assert EN.dates.when(live.session.lifecycle.starts_at) == "Tuesday 7 May 2030, 10:00 am"
    none = await phone.post(path, do="postpone")
    assert none.status_code == 422 and EN.plain("plan.need_reason") in none.text
    await phone.post(path, do="postpone", reason="holiday")
    assert str(live.session.lifecycle.phase) == "postponed"
    await phone.post(path, do="cancel", reason="no_need")
    assert live.session.lifecycle.closing_by == "cancelled"


async def test_everything_that_was_announced_can_be_changed_until_the_doors_open(town: Town) -> None:
    phone, session = await planned(town)
    path = f"/sessions/{session}/edit"
    await phone.get(path)
    fresh = {
        "title_ur": "پانی",
        "title_en": "Water",
        "day": "2030-05-08",
        "starts": "9:00",
        "ends": "10:30",
        "officials": "1",
        "citizens": "2",
        "interpreters": "0",
        "scope": "some",
        "category": "water_none",
        "seat1_en": "Deputy Commissioner",
        "seat2_ur": "ایکسین",
        "turn": "300",
        "hold": "90",
        "grace": "3600",
        "codec": "h264",
    }
    answer = await phone.post(path, do="change", **fresh)
    assert answer.url.params.get("saved") == "1", answer.text
    found = (await town.service.live(session)).session
    assert found.lifecycle.title == {"ur": "پانی", "en": "Water"}
    assert found.lifecycle.categories == ("water_none",)
    assert [seat.title for seat in found.stage.seats.values()][:2] == [{"en": "Deputy Commissioner"}, {"ur": "ایکسین"}]
    assert list(found.stage.seats) == ["official-1", "official-2", "citizen-1", "citizen-2"]
    timing = found.lifecycle.timing
    assert (timing.turn_ms, timing.seat_hold_ms, timing.end_grace_ms) == (300_000, 90_000, 3_600_000)
    with town.service.store.read() as conn:
        row = sessions.get(conn, session)
    assert row and (row.title_ur, row.title_en) == ("پانی", "Water")
    assert 'value="Deputy Commissioner"' in phone.page
    assert found.lifecycle.codec == "h264" and 'value="h264" checked' in phone.page


async def test_one_language_is_enough_for_a_title(town: Town) -> None:
    phone, session = await planned(town, title_ur="", title_en="Only English")
    assert (await town.service.live(session)).session.lifecycle.title == {"en": "Only English"}
    for language in ("ur", "en"):
        public = await town.phone(language).get(f"/s/{session}")
        assert public.status_code == 200 and "Only English" in public.text


async def test_a_plan_that_is_sent_twice_is_one_hearing(town: Town) -> None:
    phone = await signed_in(town, "administrator")
    await phone.get("/sessions/new")
    form = {**phone.fields("/sessions/new"), **PLAN, "title_en": "Sent twice"}
    paths = [(await phone.client.post("/sessions/new", data=form, headers={"origin": phone.origin})) for _ in "12"]
    assert [each.status_code for each in paths] == [200, 200], paths[1].text
    assert paths[0].url.path == paths[1].url.path


async def test_a_plan_with_mistakes_names_them_all_and_keeps_what_was_typed(town: Town) -> None:
    phone = await signed_in(town, "administrator")
    await phone.get("/sessions/new")
    typed = {
        "title_ur": "",
        "title_en": "",
        "room": "nowhere",
        "day": "2030-13-40",
        "starts": "25:00",
        "ends": "12:00",
        "scope": "some",
        "seat1_en": "Assistant Commissioner",
        "turn": "soon",
    }
    answer = await phone.post("/sessions/new", **typed, officials="0", citizens="0", interpreters="0")
    assert answer.status_code == 422
    wrong = "need_title need_room need_day need_time need_category need_seats need_language need_length"
    for key in wrong.split():
        assert EN.t(f"plan.{key}") in answer.text, key
    assert 'value="Assistant Commissioner"' in answer.text and 'value="25:00"' in answer.text
    typed |= {"title_en": "Water", "room": "hall", "day": "2020-01-01", "starts": "11:00", "ur": "1"}
    typed |= {"scope": "all", "turn": "180"}
    past = await phone.post("/sessions/new", **typed, officials="1", citizens="1", interpreters="0")
    assert past.status_code == 422 and EN.plain("no.session_times") in past.text


async def test_the_next_hearing_begins_like_the_last_and_one_click_repeats_any(town: Town) -> None:
    phone, session = await planned(town, seat1_en="Commissioner of Roads", starts="15:00", ends="16:00")
    await phone.get("/sessions/new")
    assert 'value="Commissioner of Roads"' in phone.page and 'value="15:00"' in phone.page
    assert 'value="Roads"' not in phone.page and 'value="2030-05-06"' not in phone.page
    await phone.get(f"/sessions/new?like={session}")
    assert 'value="Roads"' in phone.page and 'value="2030-05-06"' not in phone.page
    assert (await phone.get("/sessions/new?like=nothing")).status_code == 404


async def test_an_office_without_a_room_gets_one_with_its_first_hearing(town: Town) -> None:
    with town.service.store.write() as conn:
        district.save_offices(conn, [Office(id="canals", code="canals", name_ur="انہار", name_en="Irrigation")])
    town.house.districts.forget()
    _, session = await planned(town, room="office:canals")
    _, another = await planned(town, room="office:canals")
    with town.service.store.read() as conn:
        rows = [sessions.get(conn, each) for each in (session, another)]
        assert [each.office_id for each in rows if each] == ["canals", "canals"]
        assert len([room for room in district.rooms(conn) if room.office_id == "canals"]) == 1
    phone = await signed_in(town, "administrator")
    await phone.get("/sessions/new")
    gone = await phone.post("/sessions/new", **{**PLAN, "room": "office:nobody"})
    assert gone.status_code == 422 and EN.plain("plan.need_room") in gone.text


async def test_the_poster_says_it_in_both_languages_with_the_announced_address(town: Town) -> None:
    phone, session = await planned(town)
    await town.house.own.change(address="http://hearing.example.pk", announced=True)
    try:
        sheet = (await phone.get(f"/sessions/{session}/poster")).text
        for text in ("سڑکیں", "Roads", f"hearing.example.pk/s/{session}", "<svg", "1991", UR.dates.clock(0)[:2]):
            assert text in sheet, text
        steps = (await phone.get(f"/sessions/{session}/announced")).text
        assert f"http://hearing.example.pk/s/{session}" in steps and EN.plain("cert.plain_http") in steps
        assert steps.count("hearing.example.pk/s/") >= 3  # the link, and both texts to be read out
    finally:
        await town.house.own.change(address=town.url, announced=False)


def test_tomorrow_is_the_usual_day_unless_offices_are_shut() -> None:
    friday, saturday = 1_796_367_600_000, 1_796_454_000_000
    assert (
        EN.dates.day(friday).startswith("Friday")
        and next_day(friday, EN) == EN.dates.local(saturday).date().isoformat()
    )
    assert EN.dates.day(saturday).startswith("Saturday")
    assert next_day(saturday, EN) == EN.dates.local(saturday + 2 * 86_400_000).date().isoformat()


def test_a_name_may_stand_several_times() -> None:
    typed = values([("category", "a"), ("category", "b"), ("turn", "۳۰۰"), ("scope", "some")])
    assert typed.categories == {"a", "b"} and typed.turn == "300" and typed.only


async def test_a_hall_and_a_screen_are_planned_and_taken_back(town: Town) -> None:
    phone, session = await planned(town, hall_ur="یونین کونسل 57", hall_en="Union council 57", slides="1")
    stage = (await town.service.live(session)).session.stage
    assert [(seat.id, seat.kind) for seat in stage.seats.values()][-2:] == [("hall-1", "hall"), ("slides-1", "slides")]
    assert stage.seats["hall-1"].title == {"ur": "یونین کونسل 57", "en": "Union council 57"}
    await phone.get(f"/sessions/{session}/edit")
    assert 'value="Union council 57"' in phone.page and 'name="slides" value="1" checked' in phone.page
    await phone.post(f"/sessions/{session}/edit", **{**PLAN, "do": "change"})
    assert list(stage.seats) == ["official-1", "official-2", "citizen-1"]


async def test_a_hall_counts_among_the_places_and_its_name_is_read(town: Town) -> None:
    phone = await signed_in(town, "administrator")
    await phone.get("/sessions/new")
    full = await phone.post("/sessions/new", **{**PLAN, "citizens": "9", "hall_en": "x", "slides": "1"})
    assert full.status_code == 422 and EN.plain("plan.need_seats") in full.text
    long = await phone.post("/sessions/new", **{**PLAN, "hall_en": "x" * 90})
    assert long.status_code == 422 and EN.plain("plan.too_long", limit=80) in long.text
