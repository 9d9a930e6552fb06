"""One door for everything that is done with a ticket: once for each form, one at a time, the row as the chain says."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import msgspec
import pytest
from sqlalchemy import select, text

from kachehri import ticketing
from kachehri.opening import Clocks
from kachehri.proof.auditing import verify
from kachehri.proof.signing import Signer
from kachehri.store import Store, content, district, ticket_lists
from kachehri.store import tickets as rows
from kachehri.store.tables import Category, Content, Outbox, Ticket, TicketPart, table_of
from kachehri.tickets import acts as a
from kachehri.tickets import events as e
from kachehri.tickets.acts import Doer
from kachehri.tickets.life import Life
from kachehri.tickets.status import TicketRefused
from rooms.base import ContentRef
from tests.conftest import MONDAY_MS, ManualClock
from tests.kachehri.tickets.lived import begin, differences, found, live
from tests.kachehri.tickets.lives import HOUR_MS

WORDS = ContentRef("c1", "digest")
OFFICER = Doer("officer", "acc-0", "water", "p-below")
OFFICE = Doer("office", "acc-1", "water", "p-water")
CHIEF = Doer("supervisor", "acc-2", "water", "p-water", 1)
TRIAGE = Doer("triage", "acc-3", "triage", "p-triage")
CITIZEN = Doer("citizen", "person-7")
ASSIGN = a.Assign(post="p-below", account="acc-0")
DONE = a.Propose(outcome="relief_granted", note=WORDS)


@pytest.fixture
def store(migrated_url: str, clock: ManualClock) -> Iterator[Store]:
    opened = Store(migrated_url, clock=clock)
    with opened.write() as conn:
        found(conn)
        for number, id in enumerate(("t1", "t2", "t3")):
            begin(conn, MONDAY_MS, id, number, e.Opened(office="water", category="pump", state="routed"))
    yield opened
    opened.close()


def do(store: Store, act: a.Act, doer: Doer, id: str = "t1", *, key: str = "", after: int = HOUR_MS) -> Life:
    with store.write() as conn:
        return ticketing.act(conn, MONDAY_MS + after, id, act, doer, key=key)


def row(store: Store, id: str = "t1") -> Ticket:
    with store.read() as conn:
        ticket = rows.get(conn, id)
        assert ticket is not None and not differences(conn, ticket)
    return ticket


def notices(store: Store, id: str = "t1") -> list[str]:
    outbox = table_of(Outbox)
    with store.read() as conn:
        bodies = conn.execute(select(outbox.c.body).where(outbox.c.ticket_id == id).order_by(outbox.c.id)).scalars()
        return [msgspec.json.decode(body)["notice"] for body in bodies]


def test_an_act_moves_the_row_and_writes_its_notice_in_one(store: Store) -> None:
    before = row(store)
    life = do(store, ASSIGN, OFFICE)
    ticket = row(store)
    assert (ticket.state, ticket.post_id, ticket.account_id, ticket.head_seq) == ("assigned", "p-below", "acc-0", 2)
    assert (life.state, life.accepted_at) == ("assigned", MONDAY_MS + HOUR_MS)
    assert (ticket.due_at, before.due_at is not None) == (before.due_at, True), "accepting it buys no time"
    assert notices(store) == ["ticket.assigned"]
    do(store, DONE, OFFICER)
    assert row(store).due_at is None, "the citizen has it"
    do(store, a.Dispute(), CITIZEN)
    ticket = row(store)
    assert (ticket.state, ticket.level, ticket.disputes, ticket.due_at) == ("disputed", 1, 1, before.due_at)
    assert ticket.accountable_post_id == "p-water"
    with store.read() as conn:
        assert [each.actor for each in rows.steps(conn, "t1")] == ["system", "acc-1", "acc-0", "citizen"]


def test_what_is_refused_leaves_nothing_behind(store: Store) -> None:
    for act, doer, code in (
        (a.Confirm(), CITIZEN, "ticket_step"),
        (ASSIGN, OFFICER, "ticket_not_you"),
    ):
        with pytest.raises(TicketRefused) as caught:
            do(store, act, doer)
        assert caught.value.code == code
    with pytest.raises(TicketRefused) as caught:
        do(store, ASSIGN, OFFICE, "t99")
    assert caught.value.code == "ticket_unknown"
    assert row(store).head_seq == 1 and notices(store) == []


def test_the_same_form_twice_does_nothing_twice(store: Store) -> None:
    def send(after: int) -> Life:
        with store.write() as conn:
            note = ticketing.words(conn, MONDAY_MS + after, "The pump stands, 0300-1234567", kind="note")
            return ticketing.act(conn, MONDAY_MS + after, "t1", a.Note(note=note), OFFICER, key="form-1")

    first = send(1)
    do(store, ASSIGN, OFFICE, key="form-1")  # another person's form of the same name is another form
    assert send(2) == first
    ticket = row(store)
    assert ticket.head_seq == 3
    words = table_of(Content)
    with store.read() as conn:
        kept = [row.public for row in conn.execute(select(words.c.public))]
    assert len(kept) == 1 and "1234567" not in kept[0], "words that nothing points to are not kept"
    with pytest.raises(TicketRefused) as caught:
        do(store, a.AddEvidence(attachment="pic"), OFFICER, key="form-1")
    assert caught.value.code == "key_reused"


def test_words_are_those_of_a_person_and_go_with_her(store: Store) -> None:
    with store.write() as conn:
        ref = ticketing.words(conn, MONDAY_MS, " گلی میں پانی نہیں ", person="person-7", kind="dispute")
        assert content.texts_of(conn, [ref.id]) == {ref.id: "گلی میں پانی نہیں"}
        assert [each.id for each in content.of_person(conn, "person-7")] == [ref.id]


def test_of_two_at_once_one_is_told_to_look_again(store: Store) -> None:
    refused: list[str] = []
    reads = threading.Event()

    def other() -> None:
        reads.set()
        try:
            do(store, a.Assign(post="p-water", account="acc-1"), OFFICE)
        except TicketRefused as no:
            refused.append(no.code)

    thread = threading.Thread(target=other)
    with store.write() as conn:
        ticketing.act(conn, MONDAY_MS + 1, "t1", ASSIGN, OFFICE)
        thread.start()
        reads.wait(30)
    thread.join(30)
    # Where only one may write at a time the second already sees what the first did.
    assert refused in ([["ticket_busy"], ["ticket_not_you"]] if not store.sqlite else [["ticket_not_you"]])
    assert row(store).post_id == "p-below"


def test_the_same_form_twice_at_once_is_one_form(store: Store) -> None:
    answers: list[Life] = []
    reads = threading.Event()

    def again() -> None:
        reads.set()
        answers.append(do(store, ASSIGN, OFFICE, key="form-1", after=2))

    thread = threading.Thread(target=again)
    with store.write() as conn:
        first = ticketing.act(conn, MONDAY_MS + 1, "t1", ASSIGN, OFFICE, key="form-1")
        thread.start()
        reads.wait(30)
    thread.join(30)
    assert answers == [first] and row(store).head_seq == 2


def test_an_end_that_somebody_else_moved_is_not_written_onto(store: Store) -> None:
    stale = row(store)
    do(store, ASSIGN, OFFICE)
    with pytest.raises(TicketRefused) as caught, store.write() as conn:
        ticketing.append(conn, MONDAY_MS, stale, [e.Left()], "acc-1")
    assert caught.value.code == "ticket_busy"
    assert row(store).head_seq == 2


def test_time_never_goes_back_in_a_chain(store: Store) -> None:
    do(store, ASSIGN, OFFICE, after=5 * HOUR_MS)
    life = do(store, a.Start(plan=WORDS), OFFICER, after=HOUR_MS)
    assert life.first_action_at == life.at == MONDAY_MS + 5 * HOUR_MS


def test_what_is_proposed_on_a_ticket_is_proposed_on_all_that_go_on_with_it(store: Store) -> None:
    for child in ("t2", "t3"):
        do(store, a.Join(parent="t1"), TRIAGE, child)
    do(store, ASSIGN, OFFICE)
    do(store, DONE, OFFICER)
    for child in ("t2", "t3"):
        ticket = row(store, child)
        assert (ticket.state, ticket.outcome, ticket.parent_id) == ("resolution_proposed", "relief_granted", "t1")
        assert notices(store, child)[-1] == "ticket.proposed"
    do(store, a.Confirm(), CITIZEN, "t2")
    do(store, a.Dispute(), Doer("citizen", "another"), "t3")
    assert [row(store, id).state for id in ("t1", "t2", "t3")] == ["resolution_proposed", "closed", "disputed"]
    assert row(store, "t3").parent_id is None, "whoever says no goes on alone"
    do(store, a.Dispute(), CITIZEN)
    do(store, DONE, CHIEF)
    assert row(store, "t2").state == "closed", "what her neighbour disputes is not hers"


def test_a_parent_that_ends_without_a_proposal_leaves_its_children_to_themselves(store: Store) -> None:
    for child in ("t2", "t3"):
        do(store, a.Join(parent="t1"), TRIAGE, child)
    quiet = row(store, "t2").next_act
    do(store, a.Withdraw(), CITIZEN)
    for child in ("t2", "t3"):
        ticket = row(store, child)
        assert (ticket.state, ticket.parent_id) == ("routed", None)
        assert ticket.next_at is not None and ticket.next_act != quiet, "its clock is heard again"


def test_a_child_that_waits_for_its_citizen_is_left_in_peace(store: Store) -> None:
    do(store, ASSIGN, OFFICE, "t2")
    do(store, DONE, OFFICER, "t2")
    with pytest.raises(TicketRefused):
        do(store, a.Join(parent="t1"), TRIAGE, "t2")
    do(store, a.Join(parent="t1"), TRIAGE, "t3")
    do(store, a.Withdraw(), CITIZEN, "t3")
    do(store, ASSIGN, OFFICE)
    do(store, DONE, OFFICER)
    assert row(store, "t3").outcome == "withdrawn"


def test_an_office_with_a_part_finds_it_in_its_list(store: Store) -> None:
    do(store, a.Share(office="roads"), OFFICE)
    part = table_of(TicketPart)
    with store.read() as conn:
        assert ticket_lists.within(conn, ticket_lists.Reach(("roads",)), "t1")
        assert conn.execute(select(part.c.done_at)).scalars().all() == [None]
    do(store, a.FinishPart(office="roads"), Doer("office", "acc-4", "roads", "p-roads"))
    with store.read() as conn:
        assert conn.execute(select(part.c.done_at)).scalars().all() == [MONDAY_MS + HOUR_MS]


def test_an_operator_confirms_under_a_name_and_the_citizen_under_none(store: Store) -> None:
    for id in ("t1", "t2"):
        do(store, ASSIGN, OFFICE, id)
        do(store, DONE, OFFICER, id)
    do(store, a.Confirm(), CITIZEN)
    do(store, a.Confirm(how="operator", consent="k1"), Doer("citizen", "acc-4"), "t2")
    with store.read() as conn:
        assert [rows.steps(conn, id)[-1].actor for id in ("t1", "t2")] == ["citizen", "acc-4"]


def test_a_row_can_be_made_again_from_its_chain(store: Store) -> None:
    do(store, ASSIGN, OFFICE)
    before = row(store)
    with store.write() as conn:
        assert not ticketing.refresh(conn, "t1")
        conn.execute(text("UPDATE ticket SET state = 'closed', due_at = 1, next_at = NULL, level = 3 WHERE id = 't1'"))
        assert ticketing.refresh(conn, "t1") and not ticketing.refresh(conn, "t1")
        with pytest.raises(TicketRefused):
            ticketing.refresh(conn, "t99")
    assert row(store) == before


def test_a_topic_may_ask_for_a_picture(store: Store) -> None:
    with store.write() as conn:
        pump = Category(id="pump", code="pump", name_ur="پمپ", name_en="Pump", office_id="water", picture=True)
        district.save_categories(conn, [pump])
    do(store, ASSIGN, OFFICE)
    with pytest.raises(TicketRefused) as caught:
        do(store, DONE, OFFICER)
    assert caught.value.code == "evidence_missing"
    do(store, a.AddEvidence(attachment="pic"), OFFICER)
    assert do(store, DONE, OFFICER).state == "resolution_proposed"


def test_alike_tickets_are_reckoned_once(store: Store) -> None:
    with store.write() as conn:
        clocks = Clocks(conn, MONDAY_MS)
        first = clocks.of(e.Opened(office="water", state="routed"))
        assert clocks.of(e.Opened(office="roads", state="routed", why="rule")) is first
        assert clocks.of(e.Opened(office="water", state="routed", days=3)).due_at != first.due_at
        assert first.next_at is not None


@pytest.mark.parametrize("seed", range(12))
def test_a_random_life_leaves_the_row_that_its_chain_says(store: Store, seed: int) -> None:
    done, refused = live(store, f"r{seed}", 100 + seed, seed, MONDAY_MS, 25)
    assert done + refused == 25 and done
    assert row(store, f"r{seed}").next_at is None or row(store, f"r{seed}").state != "closed_final"


def test_a_row_that_says_what_its_steps_do_not_is_found(store: Store) -> None:
    """Whoever closes a ticket in the database alone has made no step, and the audit says so."""
    do(store, ASSIGN, OFFICE)
    do(store, DONE, OFFICER)
    signer = Signer((bytes(range(32)),))
    with store.write() as conn:
        assert verify(conn, signer.public).findings == []
        conn.execute(text("UPDATE ticket SET state = 'closed', outcome = 'relief_granted', level = 2 WHERE id = 't1'"))
        conn.execute(text("UPDATE ticket SET office_id = 'triage' WHERE id = 't2'"))
        found = [(each.id, each.why) for each in verify(conn, signer.public).findings]
    says = "its row says another {} than its steps"
    assert found == [("t1", says.format("state")), ("t1", says.format("level")), ("t2", says.format("office_id"))]
