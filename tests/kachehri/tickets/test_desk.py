"""Status lines: written into the ticket's own chain, undone only in it, and worth nothing without words or a day."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from kachehri.store import Store, content, district
from kachehri.store import tickets as rows
from kachehri.store.event_log import GENESIS
from kachehri.store.tables import Office, Ticket
from kachehri.tickets import desk, status
from kachehri.tickets.status import StatusLine, TicketRefused
from tests.conftest import MONDAY_MS, ManualClock
from tests.databases import new_sqlite

TODAY = "2026-01-05"


@pytest.fixture
def store(tmp_path: Path, clock: ManualClock) -> Iterator[Store]:
    opened = Store(new_sqlite(tmp_path / "desk.db"), clock=clock)
    first = rows.step(GENESIS, "t1", 1, MONDAY_MS, "ticket.opened", "system", b"{}")
    with opened.write() as conn:
        district.save_offices(conn, [Office(id="water", code="water", name_ur="پانی", name_en="Water", triage=True)])
        ticket = rows.Opened(
            id="t1",
            question_id="q1",
            session_id=None,
            reference="2640718822",
            office_id="water",
            person_id=None,
            category="water",
            area=None,
            privacy="public",
            content_id=None,
            state="registered",
            origin="session",
            outcome=None,
            heard_from_ms=None,
            heard_to_ms=None,
            opened_at=MONDAY_MS,
            due_at=None,
            proposed_at=None,
            head_seq=1,
            head_hash=first.hash,
        )
        rows.open_many(conn, [ticket], [first], [])
    yield opened
    opened.close()


def ticket(store: Store) -> Ticket:
    with store.read() as conn:
        found = rows.get(conn, "t1")
    assert found is not None
    return found


def post(
    store: Store, kind: str, text: str = "", day: str = "", *, key: str = "", on: Ticket | None = None, at: int = 0
) -> int:
    with store.write() as conn:
        return desk.post_status(
            conn,
            at or MONDAY_MS + 1,
            on or ticket(store),
            actor="acc",
            office="water",
            kind=kind,
            text=text,
            day=day,
            today=TODAY,
            key=key or kind + text,
        )


def lines(store: Store) -> list[StatusLine]:
    with store.read() as conn:
        rows.verify(conn, "t1")
        return desk.status_lines(conn, "t1")


def test_the_citizen_reads_what_the_office_wrote_with_numbers_masked(store: Store) -> None:
    post(store, "seen")
    post(store, "visit", " ہم آئیں گے، فون 0300-1234567 ", "2026-01-09")
    post(store, "note", "The pump is ordered")
    first, second, third = lines(store)
    assert (first.kind, first.text, first.office, first.actor) == ("seen", "", "water", "acc")
    assert second.day == "2026-01-09" and second.text.startswith("ہم آئیں گے") and "1234567" not in second.text
    assert (third.kind, third.text) == ("note", "The pump is ordered")


@pytest.mark.parametrize(
    ("kind", "text", "day", "code"),
    [
        ("visit", "we come", "", "status_day"),
        ("visit", "we come", "2026-01-04", "status_day"),
        ("visit", "we come", "2027-01-06", "status_day"),
        ("visit", "we come", "2026-02-30", "status_day"),
        ("note", " \u200b ", "", "status_text"),
        ("closed", "done", "", "status_kind"),
    ],
)
def test_a_line_that_says_nothing_is_refused(store: Store, kind: str, text: str, day: str, code: str) -> None:
    with pytest.raises(TicketRefused) as caught:
        post(store, kind, text, day)
    assert caught.value.code == code and lines(store) == []


def test_a_form_that_is_sent_twice_writes_one_line(store: Store) -> None:
    before = ticket(store)
    assert post(store, "note", "once", key="k", on=before) == post(store, "note", "once", key="k", on=before) == 2
    assert len(lines(store)) == 1


def test_of_two_at_once_one_is_told_to_look_again(store: Store) -> None:
    before = ticket(store)
    post(store, "note", "first", on=before)
    with pytest.raises(TicketRefused) as caught:
        post(store, "note", "second", on=before)
    assert caught.value.code == "ticket_busy" and [line.text for line in lines(store)] == ["first"]


def test_a_slip_is_undone_by_a_further_step_and_its_words_are_gone(store: Store) -> None:
    seq = post(store, "note", "wrong ticket")
    with store.write() as conn:
        desk.undo_status(conn, MONDAY_MS + status.UNDO_MS, ticket(store), actor="acc", seq=seq)
    assert lines(store) == []
    with store.read() as conn:
        assert [step.type for step in rows.steps(conn, "t1")] == ["ticket.opened", "status", "status.undone"]
        ids = [posted.content.id for _, posted in status.standing(desk._entries(conn, "t1")[:2]) if posted.content]
        assert len(ids) == 1 and content.texts_of(conn, ids) == {}
    with pytest.raises(TicketRefused) as caught, store.write() as conn:
        desk.undo_status(conn, MONDAY_MS + 2, ticket(store), actor="acc", seq=seq)
    assert caught.value.code == "status_gone"


@pytest.mark.parametrize(("actor", "later"), [("another", 1), ("acc", status.UNDO_MS + 2)])
def test_only_the_writer_undoes_and_only_for_a_minute(store: Store, actor: str, later: int) -> None:
    seq = post(store, "seen")
    with pytest.raises(TicketRefused) as caught, store.write() as conn:
        desk.undo_status(conn, MONDAY_MS + later, ticket(store), actor=actor, seq=seq)
    assert caught.value.code == "undo_late" and len(lines(store)) == 1


def test_a_ticket_that_is_over_takes_no_line(store: Store) -> None:
    over = ticket(store)
    over.state = "closed"
    with pytest.raises(TicketRefused) as caught:
        post(store, "seen", on=over)
    assert caught.value.code == "ticket_over"


def test_a_step_that_nobody_can_read_does_not_hide_the_others(store: Store) -> None:
    post(store, "seen")
    with store.read() as conn:
        entries = desk._entries(conn, "t1")
    odd = entries[-1]._replace(seq=9, body=b'{"kind":"unheard of"}')
    assert [entry.seq for entry, _ in status.standing([*entries, odd])] == [2]
