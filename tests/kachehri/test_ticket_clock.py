"""The clock of all tickets: nothing waits for ever, nothing happens twice, nobody is passed over."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator

import msgspec
import pytest
from sqlalchemy import select, text

from kachehri import calendar_book, calendars, ticket_row, ticketing
from kachehri.calendar_book import Book, Off
from kachehri.opening import Clocks, opened_row
from kachehri.store import Store, district
from kachehri.store import posts as post_rows
from kachehri.store import tickets as rows
from kachehri.store.event_log import GENESIS
from kachehri.store.tables import Office, Outbox, Post, Posting, Ticket, table_of
from kachehri.ticket_clock import PAGE, RETRY_MS, TicketClock
from kachehri.tickets import events as e
from kachehri.tickets.acts import Doer, NoteArrival, Propose, Route
from kachehri.tickets.calendar import DAY_MS
from rooms.base import ContentRef
from tests.conftest import MONDAY_MS, ManualClock
from tests.kachehri.store.conftest import store

from .tickets.test_calendar import at

__all__ = ["store"]
ZONE = "Asia/Karachi"
WORDS = ContentRef("c", "")


@pytest.fixture(name="house")
def staffed(store: Store) -> Iterator[Store]:
    """An office with an officer, and a line of three superiors; one office of the district has nobody at all."""
    with store.write() as conn:
        district.save_offices(conn, [Office(id="o-roads", code="roads", name_ur="سڑک", name_en="Roads")])
        line = [("dc", None), ("head", "dc"), ("chief", "head"), ("sdo", "chief")]
        district.save_posts(
            conn,
            [Post(id=id, office_id="o-water", title_ur=id, title_en=id, reports_to=above) for id, above in line]
            + [Post(id="lead", office_id="o-triage", title_ur="lead", title_en="lead")],
        )
        post_rows.save_postings(
            conn, [Posting(id=f"p-{id}", post_id=id, name=id, from_at=0) for id in ("dc", "head", "chief", "sdo")]
        )
    yield store


def opened(house: Store, id: str, now: int = MONDAY_MS, *, state: str = "routed", **body: object) -> str:
    """A ticket with the office of water, sent to its officer."""
    with house.write() as conn:
        first = e.Opened(**{"office": "o-water", "post": "sdo", "state": state, **body})  # type: ignore[arg-type]
        kind, encoded = e.encode(first)
        step = rows.step(GENESIS, id, 1, now, kind, "system", encoded)
        reference = f"{abs(hash(id)) % 10**10:010}"
        rows.open_many(conn, [opened_row(step, first, Clocks(conn, now), reference=reference)], [step], [])
    return id


def ticket(house: Store, id: str) -> Ticket:
    with house.read() as conn:
        found = rows.get(conn, id)
    assert found is not None
    return found


def steps(house: Store, id: str) -> list[str]:
    with house.read() as conn:
        rows.verify(conn, id)
        return [each.type.removeprefix("ticket.") for each in rows.steps(conn, id)]


def notices(house: Store, start: str = "") -> list[tuple[str, str]]:
    outbox = table_of(Outbox)
    with house.read() as conn:
        found = [msgspec.json.decode(row[0]) for row in conn.execute(select(outbox.c.body).order_by(outbox.c.id))]
    return [(each["notice"], each.get("ticket", "")) for each in found if each["notice"].startswith(start)]


def look(house: Store, clock: ManualClock, when: str | int) -> int:
    clock.now = at(when) if isinstance(when, str) else when
    return TicketClock(house, lambda: ZONE).look()


def test_a_late_ticket_goes_up_the_line_and_then_to_the_appeal_body(house: Store, clock: ManualClock) -> None:
    opened(house, "t1")
    look(house, clock, "2026-01-06 17:00")
    assert ticket(house, "t1").state == "assigned"  # nobody had accepted it
    for when, level, post in (
        ("2026-01-26 17:00", 1, "chief"),
        ("2026-02-02 17:00", 2, "head"),
        ("2026-02-10 17:00", 3, "dc"),  # 5 February is a holiday
    ):
        look(house, clock, at(when) - 1)
        assert ticket(house, "t1").level == level - 1
        look(house, clock, when)
        assert (ticket(house, "t1").level, ticket(house, "t1").accountable_post_id) == (level, post)
    look(house, clock, "2026-02-17 17:00")
    assert ticket(house, "t1").state == "in_appeal"
    assert steps(house, "t1").count("escalated") == 3
    assert [name for name, _ in notices(house, "ticket.escalated")] == ["ticket.escalated"] * 3


def test_what_nobody_holds_and_what_lies_in_an_office_without_people_escalates_as_well(
    house: Store, clock: ManualClock
) -> None:
    for id, state, office, post in (
        ("registered", "registered", "o-triage", ""),
        ("no-post", "routed", "o-water", ""),
        ("empty", "routed", "o-roads", ""),
        ("in-work", "in_progress", "o-roads", ""),
    ):
        opened(house, id, state=state, office=office, post=post, days=3)
    look(house, clock, "2026-01-08 17:00")
    found = {id: ticket(house, id) for id in ("registered", "no-post", "empty", "in-work")}
    assert {id: each.level for id, each in found.items()} == dict.fromkeys(found, 1)
    assert found["no-post"].accountable_post_id and found["empty"].accountable_post_id
    assert (found["no-post"].post_id, found["empty"].post_id) == ("dc", None)
    look(house, clock, "2026-01-15 17:00")
    assert ticket(house, "empty").level == 2


def test_more_than_a_page_and_one_that_cannot_be_read_hold_up_none(house: Store, clock: ManualClock) -> None:
    """The first in line is broken for good: everybody behind it is served, and it is tried again later."""
    opened(house, "a-broken", days=1)
    many = [opened(house, f"t{n:03}", state="in_progress", days=2) for n in range(3 * PAGE + 1)]
    with house.write() as conn:
        statement = "INSERT INTO ticket_event VALUES ('a-broken', 2, :at, 'ticket.future', 'system', :b, :b, :b)"
        conn.execute(text(statement), {"at": MONDAY_MS, "b": b"{}"})
        conn.execute(text("UPDATE ticket SET next_at = 1 WHERE id = 'a-broken'"))
    look(house, clock, "2026-01-07 17:00")
    assert {ticket(house, id).level for id in many} == {1}
    assert ticket(house, "a-broken").next_at == clock.now + RETRY_MS


def test_asking_again_does_nothing(house: Store, clock: ManualClock) -> None:
    opened(house, "t1")
    look(house, clock, "2026-02-03 10:00")
    before, told = ticket(house, "t1"), notices(house)
    for _ in range(2):
        look(house, clock, "2026-02-03 10:00")
    assert ticket(house, "t1") == before and notices(house) == told


def test_two_clocks_at_once_raise_a_ticket_once(house: Store, migrated_url: str, clock: ManualClock) -> None:
    many = [opened(house, f"t{n}", state="in_progress", days=2) for n in range(12)]
    look(house, clock, MONDAY_MS)  # the holidays of the year are brought in before the race
    late = at("2026-01-07 17:00")
    others = [Store(migrated_url, clock=ManualClock(late)) for _ in range(3)]
    barrier, failed = threading.Barrier(len(others)), []

    def run(other: Store) -> None:
        barrier.wait()
        try:
            TicketClock(other, lambda: ZONE).look()
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=run, args=(other,)) for other in others]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    for other in others:
        other.close()
    assert not failed
    assert [steps(house, id).count("escalated") for id in many] == [1] * len(many)
    assert sorted(notices(house, "ticket.escalated")) == sorted(("ticket.escalated", id) for id in many)


PROGRAM = """
import sys
from kachehri.store import Store
from kachehri.ticket_clock import TicketClock
store = Store(sys.argv[1], clock=lambda: int(sys.argv[2]))
sys.stdin.readline()
TicketClock(store, lambda: "Asia/Karachi").look()
store.close()
"""


@pytest.mark.slow
def test_two_processes_at_once_raise_a_ticket_once(house: Store, migrated_url: str, clock: ManualClock) -> None:
    many = [opened(house, f"t{n}", state="in_progress", days=2) for n in range(30)]
    look(house, clock, MONDAY_MS)
    command = [sys.executable, "-c", PROGRAM, migrated_url, str(at("2026-01-07 17:00"))]
    children = [subprocess.Popen(command, stdin=subprocess.PIPE) for _ in range(2)]
    for child in children:
        assert child.stdin is not None
        child.stdin.write(b"\n")
        child.stdin.flush()
    assert [child.wait(60) for child in children] == [0, 0]
    for child in children:
        assert child.stdin is not None
        child.stdin.close()
    assert [steps(house, id).count("escalated") for id in many] == [1] * len(many)


def test_silence_after_a_notice_that_arrived_closes(house: Store, clock: ManualClock) -> None:
    opened(house, "t1", state="assigned")
    officer = Doer("officer", "acc", office="o-water", post="sdo")
    with house.write() as conn:
        ticketing.act(conn, MONDAY_MS, "t1", Propose(outcome="relief_granted", note=WORDS), officer)
    look(house, clock, "2026-02-20 10:00")
    assert ticket(house, "t1").state == "resolution_proposed"
    with house.write() as conn:
        arrived = NoteArrival(channel="sms")
        ticketing.act(conn, at("2026-02-20 10:00"), "t1", arrived, ticketing.CLOCK)
    look(house, clock, at("2026-03-08 00:00") - 1)
    assert ticket(house, "t1").state == "resolution_proposed"
    assert ticket(house, "t1").next_at == at("2026-03-08 00:00")
    look(house, clock, "2026-03-08 00:00")
    assert (ticket(house, "t1").state, ticket(house, "t1").closure_basis) == ("closed", "citizen_silent")
    assert ticket(house, "t1").next_at is None


def test_a_row_that_still_says_the_hour_of_the_notice_closes_nothing_before_the_day_is_over(
    house: Store, clock: ManualClock
) -> None:
    """As rows did that were written when her time ended at an hour: the chain decides, and the row is put right."""
    opened(house, "t1", state="assigned")
    officer = Doer("officer", "acc", office="o-water", post="sdo")
    with house.write() as conn:
        ticketing.act(conn, MONDAY_MS, "t1", Propose(outcome="relief_granted", note=WORDS), officer)
        ticketing.act(conn, at("2026-02-20 10:00"), "t1", NoteArrival(channel="sms"), ticketing.CLOCK)
        conn.execute(text("UPDATE ticket SET next_at = :at WHERE id = 't1'"), {"at": at("2026-03-07 10:00")})
    look(house, clock, "2026-03-07 10:00")
    assert (ticket(house, "t1").state, ticket(house, "t1").next_at) == ("resolution_proposed", at("2026-03-08 00:00"))
    with house.write() as conn:
        assert not ticketing.refresh(conn, "t1")


def test_staff_are_reminded_once_each_and_in_office_hours(house: Store, clock: ManualClock) -> None:
    opened(house, "t1", at("2026-01-05 10:00"), state="in_progress", days=10)
    # Nothing was begun: three days. Half: five days. Four fifths: eight.
    look(house, clock, "2026-01-17 23:00")
    assert notices(house, "staff.") == [("staff.at_risk", "t1"), ("staff.overdue", "t1"), ("staff.risk", "t1")]
    look(house, clock, "2026-01-17 23:05")
    assert len(notices(house, "staff.")) == 3
    outbox = table_of(Outbox)
    with house.read() as conn:
        due = set(conn.execute(select(outbox.c.due_at).where(outbox.c.id.startswith("staff."))).scalars())
    assert due == {at("2026-01-19 09:00")}  # on a Saturday night nobody is rung up


# The calendar


def change(house: Store, now: int, *offs: Off) -> int:
    with house.write() as conn:
        book = calendars.book(conn)
        after = Book({**book.days, **{each.id: each for each in offs}}, book.week)
        return calendars.keep(conn, now, book, after, zone=ZONE, by="")


def test_a_flood_moves_the_days_of_its_tickets_with_one_step_each(house: Store, clock: ManualClock) -> None:
    look(house, clock, MONDAY_MS)
    many = [opened(house, f"t{n}", state="in_progress", days=5) for n in range(PAGE + 3)]
    near = opened(house, "near", state="in_progress", days=1)
    before = ticket(house, "t0").due_at
    assert before == at("2026-01-12 17:00")
    clock.now = at("2026-01-06 10:00")
    change(house, clock.now, Off("2026-01-08", name_en="Flood"), Off("2026-01-09", name_en="Flood"))
    look(house, clock, clock.now)
    for id in many:
        assert ticket(house, id).due_at == at("2026-01-14 17:00")
        assert steps(house, id) == ["opened", "calendar"]
    assert steps(house, near) == ["opened"]
    look(house, clock, clock.now)
    assert steps(house, "t0") == ["opened", "calendar"]
    with house.read() as conn:
        life = ticketing.load(conn, "t0")
        assert ticket_row.due_of(life, calendars.current(conn)).due_at == ticket(house, "t0").due_at
    # Taken back: nobody's day comes nearer, and nothing is said.
    clock.now = at("2026-01-06 12:00")
    with house.write() as conn:
        book = calendars.book(conn)
        calendars.keep(conn, clock.now, book, calendar_book.remove(book, "2026-01-08"), zone=ZONE)
    look(house, clock, clock.now)
    assert ticket(house, "t0").due_at == at("2026-01-14 17:00") and steps(house, "t0") == ["opened", "calendar"]


def test_a_change_during_the_going_through_starts_it_anew(house: Store, clock: ManualClock) -> None:
    look(house, clock, MONDAY_MS)
    many = [opened(house, f"t{n:02}", state="in_progress", days=5) for n in range(6)]
    clock.now = at("2026-01-06 10:00")
    change(house, clock.now, Off("2026-01-08", name_en="Flood"))
    with house.write() as conn:
        page = calendars.unswept(conn, 3)
        assert page is not None and page.ids == tuple(many[:3])
        calendars.swept(conn, page)
    change(house, clock.now + 1, Off("2026-01-09", name_en="Flood"))
    look(house, clock, clock.now + 2)
    assert {ticket(house, id).due_at for id in many} == {at("2026-01-14 17:00")}
    assert all(steps(house, id) == ["opened", "calendar"] for id in many)


def test_routing_and_transfers_leave_the_day_in_the_row(house: Store, clock: ManualClock) -> None:
    opened(house, "t1", state="registered", office="o-triage", post="")
    due = ticket(house, "t1").due_at
    with house.write() as conn:
        route = Route(office="o-water", post="sdo", reason=WORDS)
        ticketing.act(conn, MONDAY_MS + 3 * DAY_MS, "t1", route, Doer("triage", "acc", office="o-triage"))
    assert ticket(house, "t1").due_at == due


def test_a_post_that_falls_empty_lets_the_next_one_answer(house: Store, clock: ManualClock) -> None:
    opened(house, "t1", state="in_progress", days=2)
    with house.write() as conn:
        post_rows.end_posting(conn, "p-chief", MONDAY_MS)
    look(house, clock, "2026-01-07 17:00")
    assert ticket(house, "t1").accountable_post_id == "head"
