"""A ticket without a hearing: whole, sealed, once, and never more than the key may. Which tickets anybody may read."""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import pytest

from kachehri import api_keys, filing
from kachehri.filing import DAY_MS, Filed, Filer, Filing, rounded
from kachehri.logins import hash_of
from kachehri.people import People
from kachehri.store import Connection, Store, accounts, audit, content, district, doors, outbox, public_tickets
from kachehri.store import people as person_rows
from kachehri.store import tickets as ticket_rows
from kachehri.store.public_tickets import CLOSED, Wanted
from kachehri.store.tables import Account, ApiKey, Category
from kachehri.tickets.events import Opened, decode
from kachehri.tickets.lifecycle import STATES
from kachehri.tickets.reference import parse
from kachehri.vault import Vault
from rooms.base import Refused
from tests.conftest import ManualClock

MASTER = bytes(range(32))
ZONE = ZoneInfo("Asia/Karachi")
WORDS = "میرا نمبر 0300-1234567 ہے، نلکا بند ہے"
FILING = Filing(
    category="water",
    area="uc1",
    sender="phone-1",
    words=WORDS,
    lat=29.99871,
    long=73.24129,
    address="House 7, street 3",
    name="Nasreen Bibi",
    phone="+923001234567",
    email="n@example.org",
    more={"media_url": "https://photos.example.org/1.jpg"},
)


@dataclass
class Desk:
    """The store with a filer and one key."""

    store: Store
    clock: ManualClock
    people: People
    filer: Filer
    key: ApiKey
    shown: str

    def file(self, what: Filing = FILING, key: str = "") -> Filed:
        with self.store.write() as conn:
            return self.filer.file(conn, self.clock(), key or self.key.id, what, ZONE)


@pytest.fixture
def desk(store: Store, clock: ManualClock) -> Desk:
    people = People(Vault([MASTER]), MASTER)
    with store.write() as conn:
        row = Account(
            id="a-1", login="admin", name="A", role="administrator", password_hash="x", created_at=0, password_set_at=0
        )
        accounts.add(conn, row)
        secret = Category(
            id="c-s", code="bribe", name_ur="رشوت", name_en="Bribe", office_id="o-triage", protected=True, sla_days=5
        )
        district.save_categories(conn, [secret])
        shown = made(conn, clock())
        key = api_keys.find(conn, shown)
    assert key is not None
    return Desk(store, clock, people, Filer(people, MASTER), key, shown)


def made(conn: Connection, now: int, per_day: int = 500) -> str:
    return api_keys.make(conn, now, name="Provincial portal", scopes=["file", "updates"], by="a-1", per_day=per_day)


def test_it_is_a_ticket_like_any_other(desk: Desk) -> None:
    filed = desk.file()
    assert parse(filed.reference) == filed.reference and not filed.private and not filed.again
    with desk.store.read() as conn:
        ticket_rows.verify(conn, filed.ticket)
        (first,) = ticket_rows.steps(conn, filed.ticket)
        opened = decode(first.type, first.body)
        ticket = ticket_rows.get(conn, filed.ticket)
    assert isinstance(opened, Opened) and (opened.category, opened.area, opened.office) == ("water", "uc1", "o-water")
    assert first.actor == f"key/{desk.key.id}"
    assert ticket is not None and (ticket.state, ticket.origin, ticket.office_id) == (
        "routed",
        "open311",
        "o-water",
    )
    with desk.store.write() as conn:
        (task,) = outbox.claim(conn, "w", desk.clock(), lease_ms=1)
    assert (task.kind, task.ticket_id) == ("notice", filed.ticket) and b"Nasreen" not in task.body


def test_what_was_said_is_sealed_and_its_reader_sees_it_masked(desk: Desk) -> None:
    filed = desk.file()
    with desk.store.read() as conn:
        ticket = ticket_rows.get(conn, filed.ticket)
        assert ticket is not None and ticket.person_id is not None and ticket.content_id is not None
        kept = content.original(conn, ticket.content_id)
        note = doors.filing(conn, filed.ticket)
        assert kept is not None and kept.sealed is not None and kept.public is not None and note is not None
        assert "1234567" not in kept.public and "نلکا بند ہے" in kept.public
        key = desk.people.opened(conn, ticket.person_id)
        assert key is not None and key.open(f"content/sealed/{kept.id}", kept.sealed).decode() == WORDS
        assert desk.people.phone(conn, ticket.person_id) == "+923001234567"
        details = content.original(conn, note.content_id or "")
        assert details is not None and details.sealed is not None
        assert (
            details.public
            == filing.place_of(conn, filed.ticket)
            == "House 7, street 3 – \u206629.99871, 73.24129\u2069"
        )
        told = json.loads(key.open(f"content/sealed/{details.id}", details.sealed))
        person = person_rows.person(conn, ticket.person_id)
    assert told["address"] == "House 7, street 3" and told["media_url"].startswith("https://photos")
    assert person is not None and b"Nasreen" not in (person.name or b"")
    assert (note.lat, note.long) == (29.998, 73.242)


def test_in_the_files_of_the_database_nothing_of_a_person_stands_in_clear(desk: Desk) -> None:
    desk.file()
    with desk.store.read() as conn:
        for table in ("ticket", "ticket_event", "content", "person", "api_filing", "api_key", "outbox"):
            everything = repr([tuple(row) for row in conn.exec_driver_sql(f"SELECT * FROM {table}")])
            for secret in ("Nasreen", "n@example.org", "3001234567", "1234567", desk.shown):
                assert secret not in everything, (table, secret)


def test_the_same_again_within_a_day_is_the_same_ticket(desk: Desk) -> None:
    first = desk.file()
    desk.clock.advance(DAY_MS - 1)
    again = desk.file()
    assert again == first._replace(again=True)
    other = desk.file(FILING._replace(words="نلکا اب بھی بند ہے"))
    assert other.ticket != first.ticket
    desk.clock.advance(2)
    later = desk.file()
    assert later.ticket not in (first.ticket, other.ticket) and not later.again


def test_another_key_or_another_sender_is_another_ticket(desk: Desk) -> None:
    with desk.store.write() as conn:
        other = api_keys.find(conn, made(conn, desk.clock()))
    assert other is not None
    tickets = {desk.file().ticket, desk.file(key=other.id).ticket, desk.file(FILING._replace(sender="phone-2")).ticket}
    assert len(tickets) == 3


def test_the_same_twice_at_once_opens_one(desk: Desk) -> None:
    found: list[Filed] = []
    begin = threading.Barrier(4)

    def run() -> None:
        begin.wait()
        found.append(desk.file())

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({each.reference for each in found}) == 1 and [each.again for each in found].count(False) == 1
    with desk.store.read() as conn:
        assert conn.exec_driver_sql("SELECT count(*) FROM ticket").scalar_one() == 1


def test_a_protected_matter_has_a_token_and_is_nowhere_to_be_read(desk: Desk) -> None:
    public, hidden = desk.file(), desk.file(FILING._replace(category="bribe"))
    assert hidden.private and hidden.token and hidden.office == "o-triage"
    with desk.store.read() as conn:
        listed = public_tickets.listing(conn, Wanted())
        assert [row.reference for row in listed] == [public.reference]
        assert public_tickets.one(conn, hidden.reference) is None
        assert public_tickets.moved(conn, 0, desk.clock(), limit=9) == listed
        found = doors.by_token(conn, hash_of(hidden.token))
        assert found is not None and found.ticket_id == hidden.ticket
        assert doors.by_token(conn, hash_of(public.token)) is None
    assert desk.file(FILING._replace(category="bribe")).token == hidden.token


def test_what_becomes_protected_later_disappears(desk: Desk) -> None:
    filed = desk.file()
    with desk.store.write() as conn:
        row = next(each for each in district.categories(conn) if each.code == "water")
        row.protected = True
        district.save_categories(conn, [row])
        assert public_tickets.one(conn, filed.reference) is None


def test_nobody_released_the_words(desk: Desk) -> None:
    filed = desk.file()
    with desk.store.read() as conn:
        found = public_tickets.one(conn, filed.reference)
    assert found is not None and found.text is None and (found.lat, found.long) == (29.998, 73.242)


def test_lists_are_narrowed_and_paged(desk: Desk) -> None:
    filed = []
    for number in range(5):
        filed.append(desk.file(FILING._replace(words=f"{number}", category="water" if number % 2 else "other")))
        desk.clock.advance(1_000)
    with desk.store.read() as conn:

        def seen(wanted: Wanted, **more: int) -> list[str]:
            return [row.reference for row in public_tickets.listing(conn, wanted, **more)]

        newest = [each.reference for each in reversed(filed)]
        assert seen(Wanted()) == newest and seen(Wanted(), limit=2, offset=1) == newest[1:3]
        assert seen(Wanted(categories=["water"])) == [newest[1], newest[3]]
        assert seen(Wanted(references=[newest[4], "2600000000"])) == [newest[4]]
        assert seen(Wanted(open=False)) == [] and seen(Wanted(open=True)) == newest
        start = desk.clock() - 5_000
        assert seen(Wanted(opened_from=start + 1_000, opened_to=start + 3_000)) == newest[1:4]
        assert seen(Wanted(moved_from=start + 4_000)) == newest[:1] and seen(Wanted(moved_to=start)) == newest[4:]
        last = public_tickets.listing(conn, Wanted())[1]
        assert seen(Wanted(after=(last.opened_at, last.id))) == newest[2:]
        assert seen(Wanted(session_id="none")) == []


def test_the_closed_states_are_those_of_the_table() -> None:
    assert set(CLOSED) == {state for state, about in STATES.items() if about.group == "closed"}


def test_a_key_is_shown_once_and_worth_nothing_when_taken_back(desk: Desk) -> None:
    with desk.store.write() as conn:
        now = desk.clock()
        assert api_keys.find(conn, desk.shown) == desk.key and api_keys.find(conn, desk.shown + "x") is None
        assert api_keys.find(conn, "") is None
        api_keys.touch(conn, now, desk.key)
        ((row, who, tickets),) = doors.keys(conn)
        assert (row.used_at, who, tickets) == (now, "A", 0) and row.key_hash == hash_of(desk.shown)
        assert api_keys.revoke(conn, now, desk.key.id, "a-1") and not api_keys.revoke(conn, now, desk.key.id, "a-1")
        assert api_keys.find(conn, desk.shown) is None
        acts = [(act.action, act.subject, act.body) for act, _ in audit.listing(conn)]
    facts = {"name": "Provincial portal"}
    assert sorted(acts) == [("api_key.make", desk.key.id, facts), ("api_key.revoke", desk.key.id, facts)]


def test_a_key_has_bounds(desk: Desk) -> None:
    with desk.store.write() as conn:
        shown = made(conn, desk.clock(), per_day=2)
        key = api_keys.find(conn, shown)
        assert key is not None and api_keys.may(key, "file")
    for number in range(2):
        with desk.store.write() as conn:
            api_keys.check_day(conn, desk.clock(), key)
        desk.file(FILING._replace(words=str(number)), key.id)
    with desk.store.write() as conn, pytest.raises(Refused):
        api_keys.check_day(conn, desk.clock(), key)
    desk.clock.advance(DAY_MS + 1)
    with desk.store.write() as conn:
        api_keys.check_day(conn, desk.clock(), key)
        for minute, day in ((0, 1), (1, 0), (1, api_keys.PER_DAY_MOST + 1), (api_keys.PER_MINUTE_MOST + 1, 1)):
            with pytest.raises(ValueError):
                api_keys.make(conn, 0, name="x", scopes=["file"], by="a-1", per_minute=minute, per_day=day)
        with pytest.raises(ValueError):
            api_keys.make(conn, 0, name="x", scopes=[], by="a-1")
        with pytest.raises(Refused):
            api_keys.make(conn, 0, name=" ", scopes=["file"], by="a-1")


def test_a_minute_of_a_key_is_its_own(desk: Desk) -> None:
    paces = api_keys.Paces()
    slow = desk.key.model_copy(update={"id": "k-slow", "per_minute": 1})
    paces.take(slow)
    with pytest.raises(Refused):
        paces.take(slow)
    paces.take(desk.key)


def test_a_position_names_a_neighbourhood() -> None:
    assert rounded(None) is None and rounded(29.99899) == 29.998 and rounded(-0.0011) == -0.002
    assert filing.STEPS_PER_DEGREE == 500
