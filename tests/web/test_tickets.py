"""An office's tickets: within its reach and no further, and what it tells the citizen."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from kachehri.i18n import words_for
from kachehri.store import Connection, district, ticket_lists
from kachehri.store import tickets as ticket_rows
from kachehri.store.tables import Account, Office
from kachehri.store.ticket_lists import NOTHING, Reach
from kachehri.tickets import desk
from kachehri.tickets.calendar import WorkingCalendar
from kachehri.tickets.reach import reach
from kachehri.tickets.status import StatusLine
from rooms.outcomes import NoteOutcome
from rooms.questions import AdmitQuestion
from tests.web.conftest import Phone, Town
from tests.web.test_register import ask, closed
from tests.web.test_staff import account as account_of_role
from tests.web.test_staff import signed_in
from web.clock_words import left
from web.pages.tickets import position

pytestmark = pytest.mark.anyio
EN = words_for("en")
DAY_MS = 86_400_000


@pytest.fixture(scope="module")
async def references(town: Town) -> dict[str, str]:
    """A closed hearing: an order for the water office, a private matter for it, and one for the desk that sorts."""
    session = await town.schedule(live=True)
    ordered = await ask(town, session, 1, name="نسرین بی بی", text="نلکا بند ہے")
    await town.moderate(session, AdmitQuestion(question=ordered))
    note = NoteOutcome(question=ordered, outcome="ordered", office="water", due="2030-01-20", note="نیا پمپ لگے گا")
    await town.moderate(session, note)
    private = await ask(town, session, 2, name="Shazia", private=True, text="The clerk wants money")
    other = await ask(town, session, 3, category="other", area="", text="Something else", hide_name=True, name="Aslam")
    await closed(town, session)
    live = await town.service.live(session)
    questions = live.session.queue.questions
    return {
        "session": session,
        "ordered": questions[ordered].reference,
        "private": questions[private].reference,
        "other": questions[other].reference,
    }


async def officer(town: Town, office: str | None, role: str = "officer") -> Phone:
    login = account_of_role(town, role)
    with town.service.store.write() as conn:
        conn.exec_driver_sql("UPDATE account SET office_id = ? WHERE login = ?", (office, login))
    return await signed_in(town, role)


def lines(town: Town, reference: str) -> list[StatusLine]:
    with town.service.store.read() as conn:
        found = ticket_rows.by_reference(conn, reference)
        assert found is not None
        ticket_rows.verify(conn, found.id)
        return desk.status_lines(conn, found.id)


async def test_an_officer_sees_the_tickets_of_the_office_and_no_others(town: Town, references: dict[str, str]) -> None:
    phone = await officer(town, "water")
    page = (await phone.get("/tickets")).text
    assert f"/tickets/{references['ordered']}" in page and f"/tickets/{references['private']}" in page
    assert references["other"] not in page
    assert (await phone.get(f"/tickets/{references['ordered']}")).status_code == 200
    assert (await phone.get(f"/tickets/{references['other']}")).status_code == 404
    assert (await phone.get("/tickets/2600000000")).status_code == 404
    ticket = (await phone.get(f"/tickets/{references['ordered']}")).text
    for sign in ("نسرین بی بی", "نلکا بند ہے", "نیا پمپ لگے گا", EN.plain("paper.outcome.ordered")):
        assert sign in ticket, sign


async def test_a_hidden_name_is_hidden_from_the_office_as_well(town: Town, references: dict[str, str]) -> None:
    phone = await officer(town, None, "clerk")
    for name in ("other", "private"):
        page = (await phone.get(f"/tickets/{references[name]}")).text
        assert "Aslam" not in page and "Shazia" not in page and EN.plain("paper.hidden") in page


async def test_an_officer_without_an_office_sees_nothing(town: Town, references: dict[str, str]) -> None:
    phone = await officer(town, None)
    page = (await phone.get("/tickets")).text
    assert EN.plain("tickets.empty") in page and EN.plain("tickets.no_office") in page
    assert (await phone.get(f"/tickets/{references['ordered']}")).status_code == 404


def test_reach_follows_the_offices_down_and_stops_before_what_is_private(town: Town) -> None:
    with town.service.store.write() as conn:
        sub = Office(id="sub", parent_id="water", code="sub", name_ur="ذیلی", name_en="Sub-division")
        district.save_offices(conn, [sub])
        above, below = account(role="officer", office="water"), account(role="officer", office="sub")
        assert reach(conn, above, 1) == Reach({"water", "sub"}, (), ("water",), (), ("office/water",))
        assert reach(conn, below, 1) == Reach({"sub"}, (), ("sub",), (), ("office/sub",))
        assert reach(conn, account(role="clerk", office=None), 1) == Reach(None)
        assert reach(conn, account(role="moderator", office="water"), 1).private is None
        for nobody in (
            account(role="officer", office=None),
            account(role="observer", office=None),
            account(role="clerk", office=None, guest=True),
        ):
            assert reach(conn, nobody, 1) == NOTHING
        assert seen(conn, Reach({"water", "sub"}, (), ("sub",))) == seen(conn, Reach({"water"}, (), ())) != set()


def seen(conn: Connection, within: Reach) -> set[str]:
    return {row.id for row in ticket_lists.listing(conn, within, ticket_lists.Wanted(), limit=999)}


def account(role: str, office: str | None, guest: bool = False) -> Account:
    return Account(
        id="x",
        login="x",
        name="x",
        role=role,
        password_hash="",
        office_id=office,
        created_at=0,
        password_set_at=0,
        guest=guest,
    )


async def test_what_the_office_writes_is_what_the_citizen_reads(town: Town, references: dict[str, str]) -> None:
    phone = await officer(town, "water")
    path = f"/tickets/{references['ordered']}"
    await phone.get(path)
    day = EN.dates.local(town.house.now()) + timedelta(days=3)
    answer = await phone.post(path, kind="visit", day=day.date().isoformat(), text="ہم آئیں گے، فون 0301 2345678")
    assert answer.status_code == 200 and EN.t("status.posted") in answer.text
    (line,) = lines(town, references["ordered"])
    assert (line.kind, line.day, line.office) == ("visit", day.date().isoformat(), "water")
    assert "2345678" not in line.text and line.text in answer.text
    with town.service.store.read() as conn:
        ticket = ticket_rows.by_reference(conn, references["ordered"])
    assert ticket is not None and ticket.question_id is not None
    citizen = town.phone("en")
    assert line.text in (await citizen.get(f"/q/{town.service.people.receipt(ticket.question_id)}")).text
    public = (await citizen.get(f"/t/{references['ordered']}")).text
    assert EN.dates.day(int(day.timestamp() * 1000)) in public and "ہم آئیں گے" not in public
    # The same form once more writes nothing; taking back leaves nothing to read.
    undo = re.search(r'name="undo" value="(\d+)"', answer.text)
    assert undo is not None
    await phone.post(path, undo=undo[1])
    assert lines(town, references["ordered"]) == [] and "ہم آئیں گے" not in (await phone.get(path)).text


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"kind": "visit", "text": "soon"}, "status_day"),
        ({"kind": "visit", "day": "2020-01-01"}, "status_day"),
        ({"kind": "note", "text": " "}, "status_text"),
        ({}, "status_kind"),
    ],
)
async def test_a_line_that_says_nothing_comes_back_with_its_words(
    town: Town, references: dict[str, str], fields: dict[str, str], code: str
) -> None:
    phone = await officer(town, "water")
    path = f"/tickets/{references['ordered']}"
    await phone.get(path)
    answer = await phone.post(path, **fields)
    assert answer.status_code == 422 and EN.t(f"status.refused.{code}") in answer.text
    assert fields.get("text", "").strip() in answer.text and lines(town, references["ordered"]) == []


async def test_a_long_line_is_told_and_kept(town: Town, references: dict[str, str]) -> None:
    phone = await officer(town, "water")
    path = f"/tickets/{references['ordered']}"
    await phone.get(path)
    answer = await phone.post(path, kind="note", text="لمبا " * 80)
    assert answer.status_code == 422 and "لمبا لمبا" in answer.text and lines(town, references["ordered"]) == []


async def test_who_may_only_look_writes_nothing(town: Town, references: dict[str, str]) -> None:
    phone = await officer(town, None, "moderator")
    path = f"/tickets/{references['ordered']}"
    assert f'action="{path}"' not in (await phone.get(path)).text
    assert (await phone.post(path, kind="seen")).status_code == 403


async def test_lists_are_narrowed_and_paged(
    town: Town, references: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from web.pages import tickets

    phone = await officer(town, None, "clerk")
    session = references["session"]
    assert references["ordered"] in (await phone.get(f"/tickets?session={session}")).text
    assert references["ordered"] not in (await phone.get("/tickets?session=nowhere")).text
    assert references["ordered"] not in (await phone.get(f"/tickets?show=closed&session={session}")).text
    monkeypatch.setattr(tickets, "PAGE", 1)
    found, path = [], f"/tickets?session={session}"
    for _ in range(5):
        page = (await phone.get(path)).text
        found += re.findall(r'href="/tickets/(\d{10})"', page)
        after = re.search(r'href="(/tickets\?[^"]*after=[^"]*)"', page)
        if after is None:
            break
        path = after[1].replace("&amp;", "&")
    assert sorted(found) == sorted(references[name] for name in ("ordered", "private", "other"))


def test_the_time_left_is_said_in_working_days() -> None:
    noon = 1_767_596_400_000  # Monday 2026-01-05, 12:00 in Karachi
    local = WorkingCalendar().days()
    assert left(noon - 1, noon, local, EN) == (EN.plain("office.late", 1), "error")
    assert left(noon - 5 * DAY_MS, noon, local, EN) == (EN.plain("office.late", 3), "error")
    assert left(noon + 1, noon, local, EN) == (EN.plain("tickets.today"), "warn")
    assert left(noon + 2 * DAY_MS, noon, local, EN) == (EN.plain("office.left", 2), "warn")
    assert left(noon + 9 * DAY_MS, noon, local, EN) == (EN.plain("office.left", 7), "")
    assert left(noon + 40 * DAY_MS, noon, local, EN) == ("Saturday 14 February 2026", "")


@pytest.mark.parametrize("text", ["", "x", ".id", "1.", "-1.x", "9" * 25 + ".x", "9" * 19 + ".x", "١.x"])
def test_a_position_that_is_none_begins_anew(text: str) -> None:
    assert position(text) is None
