"""A role ends where its office ends: every page, form and entry pass of the staff, by accounts of every kind."""

from __future__ import annotations

import re

import httpx
import pytest

from kachehri import staff
from kachehri.i18n import words_for
from kachehri.store import Connection, accounts, appointments, district
from kachehri.store import sessions as session_rows
from kachehri.store.tables import Account, Appointment, Office, Room
from moderation.roles import allows
from rooms.base import SYSTEM, Refused, Role
from rooms.lifecycle import ScheduleSession, SeatPlan
from rooms.questions import AdmitQuestion
from signaling.client.entrance import NoEntry, WebEntrance
from tests.web.conftest import HOUR_MS, TITLE, Phone, Town
from web.routes import ADDRESSES
from web.staff import WHOLE_HOUSE, submit_as

pytestmark = pytest.mark.anyio
EN = words_for("en")
PASSWORD = "tall-grass-by-the-canal"
IN_SESSION = [
    each for each in ADDRESSES if "{session}" in each.path and each.path.startswith(("/mod", "/off", "/sess"))
]
#: Which office an account belongs to, and whether it reaches the hearing that the water office holds.
STANDINGS = [(None, True), ("desk", True), ("water", True), ("roads", False)]


async def announced(town: Town, office: str) -> str:
    """A hearing of this office, below the district's desk."""
    with town.service.store.write() as conn:
        now = town.service.store.now(conn)
        _offices(conn, now)
        row = session_rows.create(
            conn,
            room_id=f"room-{office}",
            title_ur=TITLE["ur"],
            title_en=TITLE["en"],
            starts_at=now + HOUR_MS,
            ends_at=now + 3 * HOUR_MS,
            created_at=now,
        )
    seats = (SeatPlan(seat="chair", kind="official"), SeatPlan(seat="citizen", kind="citizen"))
    plan = ScheduleSession(title=TITLE, starts_at=now + HOUR_MS, ends_at=now + 3 * HOUR_MS, seats=seats)
    await town.service.submit(SYSTEM, row.id, plan)
    return row.id


def _offices(conn: Connection, now: int) -> None:
    names = {"water": "Public Health Engineering", "roads": "Roads"}
    rows = [Office(id=id, parent_id="desk", code=id, name_ur=name, name_en=name) for id, name in names.items()]
    district.save_offices(conn, rows)
    district.save_rooms(
        conn, [Room(id=f"room-{id}", office_id=id, name_ur=id, name_en=id, created_at=now) for id in names]
    )


def account(town: Town, role: str, office: str | None) -> str:
    """An account of this role in this office, made once for the module."""
    login = f"{role}-of-{office or 'all'}"
    store = town.service.store
    with store.read() as conn:
        known = accounts.by_login(conn, login)
    if known is None:
        made = staff.add(store, login, f"A {role}", role, PASSWORD)
        with store.write() as conn:
            accounts.place(conn, made.id, role, office)
    return login


def by_login(town: Town, login: str) -> Account:
    with town.service.store.read() as conn:
        found = accounts.by_login(conn, login)
    assert found is not None
    return found


async def signed_in(town: Town, login: str) -> Phone:
    phone = town.phone("en")
    await phone.get("/staff")
    answer = await phone.post("/staff", login=login, password=PASSWORD)
    assert answer.url.path != "/staff", answer.text
    return phone


async def knock(phone: Phone, method: str, path: str) -> httpx.Response:
    """Open an address, or send it a form of ours that asks for nothing it knows."""
    if method == "GET":
        return await phone.get(path)
    token = re.search(r'name="form_token" value="([^"]+)"', phone.page)
    assert token is not None
    fields = {"form_token": token.group(1), "do": "no-such-step"}
    return await phone.client.post(path, data=fields, headers={"origin": phone.origin})


def test_the_walk_covers_the_pages_of_a_session() -> None:
    assert {each.action for each in IN_SESSION} >= {"page.desk", "page.official", "page.schedule"}


@pytest.mark.parametrize(("office", "reaches"), STANDINGS)
async def test_every_address_of_a_session_ends_where_the_office_ends(
    town: Town, office: str | None, reaches: bool
) -> None:
    session = await announced(town, "water")
    for role in ("moderator", "chair", "administrator"):
        phone = await signed_in(town, account(town, role, office))
        for address in IN_SESSION:
            await phone.get("/desk")
            answer = await knock(phone, address.method, address.path.replace("{session}", session))
            shut = answer.status_code == 403 and EN.plain("staff.forbidden_title") in answer.text
            assert shut != (reaches and allows(role, address.action, own=False)), (role, office, address)


@pytest.mark.parametrize(("office", "reaches"), STANDINGS)
async def test_the_list_and_the_entry_pass_end_there_too(town: Town, office: str | None, reaches: bool) -> None:
    session = await announced(town, "water")
    login = account(town, "moderator", office)
    phone = await signed_in(town, login)
    await phone.get("/desk")
    assert (f"/mod/{session}" in phone.page) == reaches
    entrance = WebEntrance(town.url, session, "staff")
    await entrance.sign_in(login, PASSWORD)
    if reaches:
        assert await entrance.entry_pass()
    else:
        with pytest.raises(NoEntry) as refused:
            await entrance.entry_pass()
        assert refused.value.status == 403


async def test_an_appointment_opens_one_hearing_with_its_own_doors(town: Town) -> None:
    water, roads = await announced(town, "water"), await announced(town, "roads")
    login = account(town, "official", "roads")
    who = by_login(town, login)
    phone = await signed_in(town, login)
    assert (await phone.get(f"/mod/{water}")).status_code == 403
    with town.service.store.write() as conn:
        appointments.appoint(conn, Appointment(session_id=water, account_id=who.id, role="moderator", at=1))
    assert (await phone.get(f"/mod/{water}")).status_code == 200
    assert (await phone.get(f"/official/{water}")).status_code == 403
    assert (await phone.get(f"/official/{roads}")).status_code == 200
    await phone.get("/desk")
    assert f"/mod/{water}" in phone.page and f"/official/{roads}" in phone.page
    assert f"/official/{water}" not in phone.page and f"/mod/{roads}" not in phone.page
    actor = await town.house.identity.actor(water, device="d", account=who)
    assert (actor.role, actor.account) == ("moderator", who.id)
    with town.service.store.write() as conn:
        appointments.end(conn, water, who.id, 2)
    assert (await phone.get(f"/mod/{water}")).status_code == 403


async def test_whoever_has_no_part_takes_part_as_a_citizen(town: Town) -> None:
    session = await announced(town, "water")
    who = by_login(town, account(town, "moderator", "roads"))
    actor = await town.house.identity.actor(session, device="d", account=who)
    assert (actor.role, actor.account) == ("citizen", None)


@pytest.mark.parametrize("role", ["chair", "administrator"])
async def test_no_command_passes_the_pages_by(town: Town, role: Role) -> None:
    session = await announced(town, "water")
    who = by_login(town, account(town, role, "roads"))
    with pytest.raises(Refused, match="not_allowed"):
        await submit_as(town.house, None, who, session, AdmitQuestion(question="0" * 16), "k" * 22)  # type: ignore[arg-type]


async def test_a_hearing_that_does_not_exist_is_told_as_such(town: Town) -> None:
    for office in (None, "roads"):
        phone = await signed_in(town, account(town, "moderator", office))
        assert (await phone.get("/mod/aaaaaaaa")).status_code == 404


async def test_an_observer_sees_the_desk_and_can_press_nothing(town: Town) -> None:
    session = await announced(town, "water")
    phone = await signed_in(town, account(town, "observer", "water"))
    assert (await phone.get(f"/mod/{session}")).status_code == 200
    assert "data-watcher" in phone.page and 'data-act="admit"' not in phone.page


async def test_an_administrator_of_one_office_plans_there_and_changes_nothing_for_the_whole_house(town: Town) -> None:
    await announced(town, "water")
    phone = await signed_in(town, account(town, "administrator", "water"))
    whole = [each for each in ADDRESSES if each.action in WHOLE_HOUSE and "{" not in each.path]
    assert {each.action for each in whole} == WHOLE_HOUSE
    for address in whole:
        await phone.get("/desk")
        assert f'href="{address.path}"' not in phone.page
        answer = await knock(phone, address.method, address.path)
        assert answer.status_code == 403 and EN.plain("staff.forbidden_title") in answer.text, address.path
    assert (await phone.get("/setup")).status_code == 403
    everywhere = await signed_in(town, account(town, "administrator", None))
    for address in whole:
        if address.method == "GET":
            assert (await everywhere.get(address.path)).status_code == 200, address.path
    for room, held in (("room-roads", False), ("hall", False), ("office:roads", False), ("room-water", True)):
        await phone.get("/sessions/new")
        plan = {"title_ur": "پانی", "title_en": "Water", "room": room, "day": "2030-05-06", "starts": "11:00"}
        plan |= {"ends": "13:00", "officials": "1", "citizens": "1", "interpreters": "0", "ur": "1"}
        answer = await phone.post("/sessions/new", **plan)
        refused = EN.plain("team.no.office") in answer.text
        assert refused != held, (room, answer.text)
        assert (answer.status_code == 200) == held, answer.text


async def test_the_seat_of_an_invitation_is_chosen_already(town: Town) -> None:
    session = await announced(town, "water")
    login = account(town, "official", "water")
    with town.service.store.write() as conn:
        found = accounts.by_login(conn, login)
        assert found is not None
        now = town.service.store.now(conn)
        appointments.appoint(
            conn, Appointment(session_id=session, account_id=found.id, role="official", seat="chair", at=now)
        )
    phone = await signed_in(town, login)
    await phone.get(f"/official/{session}")
    assert re.search(r'<option value="chair" selected>', phone.page)
