"""Which role an account has in a session: appointed there, standing in the office or above it, or none."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import update

from kachehri.appointments import as_in, effective, role_in, roles_in, roles_of_logins, standing_in
from kachehri.store import Connection, Store, accounts, appointments, district, sessions
from kachehri.store.tables import Account, Appointment, Login, Office, Room, Session, table_of
from tests.conftest import ManualClock

#: district → water → canal, and roads beside them.
OFFICES = (("district", None), ("water", "district"), ("canal", "water"), ("roads", "district"))


def account(id: str, office: str | None, role: str = "moderator", guest: bool = False) -> Account:
    row = Account(id=id, login=id, name=id, role=role, password_hash="!", created_at=0, password_set_at=0)
    row.office_id, row.guest = office, guest
    return row


@pytest.fixture
def conn(migrated_url: str, clock: ManualClock) -> Iterator[Connection]:
    store = Store(migrated_url, clock=clock)
    with store.write() as conn:
        district.save_offices(
            conn, [Office(id=id, parent_id=up, code=id, name_ur=id, name_en=id) for id, up in OFFICES]
        )
        for office, _up in OFFICES:
            district.save_rooms(conn, [Room(id=office, office_id=office, name_ur="", name_en="", created_at=0)])
            sessions.create(
                conn, id=f"s-{office}", room_id=office, title_ur="", title_en="", starts_at=1, ends_at=2, created_at=0
            )
        yield conn
    store.close()


@pytest.mark.parametrize(
    ("office", "reaches"),
    [
        (None, {"s-district", "s-water", "s-canal", "s-roads"}),
        ("district", {"s-district", "s-water", "s-canal", "s-roads"}),
        ("water", {"s-water", "s-canal"}),
        ("canal", {"s-canal"}),
        ("roads", {"s-roads"}),
    ],
)
def test_a_standing_role_reaches_its_office_and_what_is_below(
    conn: Connection, office: str | None, reaches: set[str]
) -> None:
    who = account("asma", office)
    every = [f"s-{each}" for each, _up in OFFICES]
    assert roles_in(conn, who, every) == dict.fromkeys(reaches, "moderator")
    assert {each for each in every if role_in(conn, who, each)} == reaches
    assert {each for each, _up in OFFICES if standing_in(conn, who, each)} == {id.removeprefix("s-") for id in reaches}


def test_an_appointment_stands_above_the_standing_role_until_it_ends(conn: Connection) -> None:
    who = account("asma", "roads")
    accounts.add(conn, who)
    appointments.appoint(conn, Appointment(session_id="s-canal", account_id="asma", role="chair", at=1))
    appointments.appoint(conn, Appointment(session_id="s-roads", account_id="asma", role="observer", at=1))
    assert roles_in(conn, who, ["s-canal", "s-roads", "s-water"]) == {"s-canal": "chair", "s-roads": "observer"}
    assert [row.role for row, _account in appointments.of_session(conn, "s-canal")] == ["chair"]
    assert appointments.end(conn, "s-canal", "asma", 2) and appointments.end(conn, "s-roads", "asma", 2)
    assert not appointments.end(conn, "s-roads", "asma", 3)
    assert roles_in(conn, who, ["s-canal", "s-roads"]) == {"s-roads": "moderator"}
    assert appointments.of_session(conn, "s-canal") == []
    appointments.appoint(conn, Appointment(session_id="s-canal", account_id="asma", role="clerk", at=4))
    assert role_in(conn, who, "s-canal") == "clerk"


def test_an_appointment_ends_after_its_hearing_was_closed(conn: Connection) -> None:
    who = account("asma", None)
    accounts.add(conn, who)
    for each in ("canal", "roads"):
        appointments.appoint(conn, Appointment(session_id=f"s-{each}", account_id="asma", role="chair", at=1))
    conn.execute(update(table_of(Session)).where(table_of(Session).c.id == "s-canal").values(phase="closed"))
    appointments.end_over(conn, 2)
    assert role_in(conn, who, "s-canal") == "chair", "planned to end just now"
    appointments.end_over(conn, 3)
    assert roles_in(conn, who, ["s-canal", "s-roads"]) == {"s-canal": "moderator", "s-roads": "chair"}


def test_a_guest_and_a_shut_account_have_nothing_of_their_own(conn: Connection) -> None:
    guest = account("guest", None, "chair", guest=True)
    accounts.add(conn, guest)
    assert role_in(conn, guest, "s-water") is None
    appointments.appoint(conn, Appointment(session_id="s-water", account_id="guest", role="chair", at=1))
    assert roles_in(conn, guest, ["s-water", "s-canal"]) == {"s-water": "chair"}
    guest.disabled_at = 5
    assert role_in(conn, guest, "s-water") is None


def test_a_session_that_does_not_exist_gives_no_role(conn: Connection) -> None:
    assert role_in(conn, account("asma", None), "nowhere") is None


def test_offices_in_a_circle_come_to_an_end(conn: Connection) -> None:
    district.save_offices(
        conn, [Office(id="district", parent_id="canal", code="district", name_ur="", name_en="", triage=False)]
    )
    assert role_in(conn, account("asma", "roads"), "s-canal") is None
    assert role_in(conn, account("asma", "district"), "s-canal") == "moderator"


def test_the_account_of_a_session_is_a_copy() -> None:
    who = account("asma", None)
    assert as_in(who, "observer").role == "observer" and who.role == "moderator"
    assert effective(who, (), "chair") == "chair"


def test_all_logins_at_once_have_the_role_they_have_one_by_one(conn: Connection) -> None:
    now = 1_000
    people = {
        "asma": account("asma", "water"),
        "bilal": account("bilal", None, "clerk"),
        "guest": account("guest", None),
    }
    people["guest"].guest = True
    for each in people.values():
        accounts.add(conn, each)
        row = Login(token_hash=each.id.encode(), account_id=each.id, created_at=0, seen_at=0, expires_at=now + 1)
        accounts.add_login(conn, row)
    appointments.appoint(conn, Appointment(session_id="s-roads", account_id="asma", role="chair", at=1))
    appointments.appoint(conn, Appointment(session_id="s-canal", account_id="guest", role="official", at=1))
    held = {(name.encode(), f"s-{office}") for name in people for office, _up in OFFICES}
    found = roles_of_logins(conn, held, now)
    one_by_one = {(login, s): role_in(conn, people[login.decode()], s) for login, s in held}
    assert found == {each: role for each, role in one_by_one.items() if role is not None}
    assert found[b"asma", "s-roads"] == "chair" and found[b"asma", "s-canal"] == "moderator"
    assert {session for login, session in found if login == b"guest"} == {"s-canal"}
    accounts.revoke(conn, b"asma", now)
    accounts.disable(conn, "guest", now)
    assert {login for login, _session in roles_of_logins(conn, held, now)} == {b"bilal"}
    assert roles_of_logins(conn, held, now + 1) == {} == roles_of_logins(conn, set(), now)
