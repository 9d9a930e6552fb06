"""Tickets, the outbox and leases: once, in order, by one at a time."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import text

from kachehri.store import Conflict, Store, StoreError, leases, outbox, tickets
from kachehri.store.event_log import GENESIS, Broken
from kachehri.store.tables import Commitment, Delivery, Session
from kachehri.store.tickets import Following, Moved, Opened, Step
from tests.conftest import MONDAY_MS


def opened(session_id: str, number: int) -> tuple[Opened, Step]:
    id = f"t{number}"
    first = tickets.step(GENESIS, id, 1, MONDAY_MS, "ticket.opened", "system", b"{}")
    row = Opened(
        id=id,
        question_id=f"q{number}",
        session_id=session_id,
        reference=f"26{number:08d}",
        office_id="o-water",
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
        due_at=MONDAY_MS + number // 2,
        proposed_at=None,
        head_seq=1,
        head_hash=first.hash,
    )
    return row, first


@pytest.fixture
def five(store: Store, session: Session) -> list[Opened]:
    pairs = [opened(session.id, number) for number in range(5)]
    follower = Following("f1", "t0", "q9", session.id, "2699999999", None, MONDAY_MS)
    with store.write() as conn:
        tickets.open_many(conn, [row for row, _ in pairs], [step for _, step in pairs], [follower])
    return [row for row, _ in pairs]


def moved(row: Opened, to: Step, **other: object) -> Moved:
    change = Moved(
        id=row.id,
        from_seq=row.head_seq,
        state="routed",
        office_id="o-water",
        post_id=None,
        account_id=None,
        category=row.category,
        outcome=None,
        closure_basis=None,
        level=0,
        due_at=row.due_at,
        proposed_at=None,
        closed_at=None,
        kind="grievance",
        days=15,
        transfers=0,
        disputes=0,
        calendar_version=0,
        about_post_id=None,
        accountable_post_id=None,
        parent_id=None,
        next_at=None,
        next_act=None,
        privacy=row.privacy,
        head_seq=to.seq,
        head_hash=to.hash,
    )
    return change._replace(**other)  # type: ignore[arg-type]


def test_found_by_every_handle(store: Store, session: Session, five: list[Opened]) -> None:
    with store.read() as conn:
        for find, handle in (
            (tickets.get, "t0"),
            (tickets.by_reference, five[0].reference),
            (tickets.by_reference, "2699999999"),
            (tickets.by_question, "q0"),
            (tickets.by_question, "q9"),
        ):
            found = find(conn, handle)
            assert found is not None and found.id == "t0"
        assert tickets.by_reference(conn, "0") is None and tickets.by_question(conn, "0") is None
        assert tickets.follower_count(conn, "t0") == 1
        assert tickets.of_session(conn, session.id) == (5, 1)
        assert tickets.opened_questions(conn, session.id) == {"q0", "q1", "q2", "q3", "q4", "q9"}


@pytest.mark.parametrize("field", ["id", "question_id", "reference"])
def test_a_ticket_opens_once(store: Store, session: Session, five: list[Opened], field: str) -> None:
    row, first = opened(session.id, 99)
    with pytest.raises(Conflict), store.write() as conn:
        tickets.open_many(conn, [row._replace(**{field: getattr(five[1], field)})], [first], [])
    with store.read() as conn:
        assert tickets.of_session(conn, session.id) == (5, 1)


def test_a_step_is_chained_and_the_second_of_two_at_once_is_refused(store: Store, five: list[Opened]) -> None:
    row = five[0]
    to = tickets.step(row.head_hash, row.id, 2, MONDAY_MS + 1, "ticket.routed", "acc", b'{"office":"o-water"}')
    with store.write() as conn:
        assert tickets.move(conn, moved(row, to), [to])
        assert not tickets.move(conn, moved(row, to, state="closed"), [to])
        tickets.verify(conn, row.id)
        found = tickets.get(conn, row.id)
        assert found is not None and (found.state, found.head_seq) == ("routed", 2)
        assert [step.type for step in tickets.steps(conn, row.id)] == ["ticket.opened", "ticket.routed"]


def test_a_form_is_remembered_by_its_key_on_its_ticket(store: Store, five: list[Opened]) -> None:
    with store.write() as conn:
        tickets.keep_key(conn, "t0", "k", "assign", 2)
        assert tickets.used_key(conn, "t0", "k") == tickets.UsedKey("assign", 2)
        assert tickets.used_key(conn, "t1", "k") is None and tickets.used_key(conn, "t0", "other") is None
    with pytest.raises(Conflict), store.write() as conn:
        tickets.keep_key(conn, "t0", "k", "assign", 3)


def test_those_that_go_on_with_a_ticket_are_found(store: Store, five: list[Opened]) -> None:
    row = five[1]
    to = tickets.step(row.head_hash, row.id, 2, MONDAY_MS + 1, "ticket.joined", "acc", b'{"parent":"t0"}')
    with store.write() as conn:
        assert tickets.move(conn, moved(row, to, parent_id="t0"), [to])
        assert [child.id for child in tickets.children(conn, "t0")] == ["t1"]
        assert tickets.children(conn, "t1") == []


def test_the_steps_of_a_ticket_are_not_rewritten_and_forgery_is_found_out(store: Store, five: list[Opened]) -> None:
    with pytest.raises(StoreError) as caught, store.write() as conn:
        conn.execute(text("UPDATE ticket_event SET at = 0"))
    assert caught.value.code == "append_only"
    with store.write() as conn:
        conn.execute(text("UPDATE ticket SET head_seq = 2 WHERE id = 't1'"))
        if store.sqlite:
            conn.execute(text("DROP TRIGGER ticket_event_no_update"))
        else:
            conn.execute(text("ALTER TABLE ticket_event DISABLE TRIGGER ALL"))
        conn.execute(text("UPDATE ticket_event SET actor = 'x' WHERE ticket_id = 't2'"))
        tickets.verify(conn, "t0")
        for forged in ("t1", "t2", "t9"):
            with pytest.raises(Broken):
                tickets.verify(conn, forged)


def test_an_office_sees_the_soonest_due_first(store: Store, five: list[Opened]) -> None:
    with store.read() as conn:
        page = tickets.listing(conn, "o-water", states=["registered"], limit=3)
        assert [row.id for row in page] == ["t0", "t1", "t2"]
        assert page[-1].due_at is not None
        rest = tickets.listing(conn, "o-water", states=["registered"], after=(page[-1].due_at, page[-1].id))
        assert [row.id for row in rest] == ["t3", "t4"]
        assert tickets.listing(conn, "o-triage", states=["registered"]) == []


def test_promises(store: Store, session: Session) -> None:
    row = Commitment(id="c", session_id=session.id, made_by="p", content_id="x", made_at=5, state="made")
    with store.write() as conn:
        tickets.promise(conn, [row])
        row.state, row.read_back_at = "read_back", 9
        tickets.save_promises(conn, [row])
        assert tickets.promises(conn, session.id) == [row]


def task(number: int, due_at: int = 0) -> outbox.Task:
    return outbox.Task(f"o{number}", f"key{number}", "notice", None, None, b"{}", 0, due_at)


def test_a_task_is_written_once_and_done_once(store: Store) -> None:
    with store.write() as conn:
        outbox.add(conn, [task(1), task(2, due_at=50), task(1)._replace(id="again")])
        outbox.add(conn, [])
        (claim,) = outbox.claim(conn, "me", 10, lease_ms=100)
        assert (claim.id, claim.fence, claim.attempts) == ("o1", 1, 1)
        assert outbox.claim(conn, "other", 10, lease_ms=100) == []
        assert outbox.finish(conn, claim, 11)
        assert not outbox.finish(conn, claim, 12)
        assert outbox.waiting(conn) == 1


def test_who_overstays_the_lease_is_refused(store: Store) -> None:
    with store.write() as conn:
        outbox.add(conn, [task(1)])
        (slow,) = outbox.claim(conn, "slow", 0, lease_ms=100)
        (quick,) = outbox.claim(conn, "quick", 100, lease_ms=100)
        assert quick.fence == slow.fence + 1
        assert not outbox.finish(conn, slow, 120)
        assert not outbox.fail(conn, slow, retry_at=200, error="late")
        assert outbox.finish(conn, quick, 130)


def test_a_failure_is_tried_again_later_or_given_up(store: Store) -> None:
    with store.write() as conn:
        outbox.add(conn, [task(1)])
        (first,) = outbox.claim(conn, "me", 0, lease_ms=100)
        assert outbox.fail(conn, first, retry_at=500, error="no gateway")
        assert outbox.claim(conn, "me", 499, lease_ms=100) == []
        (second,) = outbox.claim(conn, "me", 500, lease_ms=100)
        assert second.attempts == 2
        assert outbox.fail(conn, second, retry_at=None, error="no such number")
        assert outbox.claim(conn, "me", 10_000, lease_ms=100) == []
        assert outbox.waiting(conn) == 0


def test_four_at_once_never_take_the_same_task(store: Store) -> None:
    with store.write() as conn:
        outbox.add(conn, [task(number) for number in range(60)])
    taken: list[str] = []

    def work(name: str) -> None:
        while True:
            with store.write() as conn:
                claims = outbox.claim(conn, name, 0, lease_ms=1_000, limit=4)
            if not claims:
                return
            taken.extend(claim.id for claim in claims)

    threads = [threading.Thread(target=work, args=(f"w{number}",)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(taken) == len(set(taken)) == 60


def test_a_message_is_noted_once_before_it_is_sent(store: Store) -> None:
    row = Delivery(
        id="d1", outbox_id="o1", channel="sms", recipient=b"h", template="opened", language="ur", state="sending"
    )
    with store.write() as conn:
        outbox.add(conn, [task(1)])
        assert outbox.record(conn, row)
        row.id = "d2"
        assert not outbox.record(conn, row)
        outbox.settle(conn, "d1", "delivered", 9, provider_id="x")
        outbox.settle(conn, "d1", "delivered", 9)
        assert conn.execute(text("SELECT state, provider_id FROM delivery")).one() == ("delivered", "x")


def test_a_lease_passes_on_with_a_higher_fence(store: Store) -> None:
    with store.write() as conn:
        mine = leases.take(conn, "media/1", "me", "/run/a", 0, 5_000)
        assert mine is not None and mine.fence == 1
        assert leases.take(conn, "media/1", "you", "/run/b", 4_999, 5_000) is None
        assert leases.renew(conn, mine, 4_999, 5_000)
        assert leases.holder(conn, "media/1", 9_998) == mine._replace(expires_at=9_999)
        yours = leases.take(conn, "media/1", "you", "/run/b", 9_999, 5_000)
        assert yours is not None and (yours.fence, yours.owner, yours.address) == (2, "you", "/run/b")
        assert not leases.renew(conn, mine, 10_000, 5_000)
        leases.release(conn, mine)
        assert leases.holder(conn, "media/1", 10_000) == yours
        leases.release(conn, yours)
        assert leases.holder(conn, "media/1", 10_000) is None
        again = leases.take(conn, "media/1", "me", "/run/a", 10_000, 5_000)
        assert again is not None and again.fence == 3
        restarted = leases.take(conn, "media/1", "me", "/run/a", 10_001, 5_000)
        assert restarted is not None and restarted.fence == 4
        assert not leases.renew(conn, again, 10_002, 5_000)
