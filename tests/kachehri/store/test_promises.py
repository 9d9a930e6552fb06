"""The ledger on both databases: the row follows from the chain, is counted once, and finds whom it is owed to."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import update

from kachehri import promises as ledger
from kachehri import scorecard, ticketing
from kachehri.store import Store, content, promises, tickets
from kachehri.store import sessions as session_rows
from kachehri.store.event_log import GENESIS
from kachehri.store.rows import put
from kachehri.store.tables import (
    Commitment,
    Participant,
    Person,
    Question,
    SeatOffer,
    Session,
    Ticket,
    Turn,
    TurnQuestion,
    table_of,
)
from kachehri.tickets.acts import Confirm, Doer, Propose
from kachehri.tickets.events import Opened, encode
from kachehri.tickets.pledges import standing
from kachehri.tickets.status import TicketRefused
from rooms.outcomes import Outcome
from tests.conftest import ManualClock

DAY = 86_400_000
ZONE = ZoneInfo("Asia/Karachi")
HOUR = 3_600_000
CITIZEN, OFFICER = Doer("citizen", "citizen"), Doer("officer", "acc", "o-water")


def question(session: Session, number: int, at: int, *, state: str = "heard", asker: str = "") -> Question:
    return Question(
        id=f"q{number}",
        session_id=session.id,
        kind="grievance",
        asker=asker or f"a{number}",
        channel="web",
        received_at=at,
        category="water",
        lane="common",
        privacy="public",
        reference=f"26{number:08d}",
        state=state,
        seq=number,
    )


def ticket(conn: object, session: Session, number: int, now: int, office: str = "o-water") -> str:
    """An open ticket of a session's question."""
    id = f"t{number}"
    _, body = encode(Opened(category="water", office=office, state="in_progress"))
    first = tickets.step(GENESIS, id, 1, now, "ticket.opened", "system", body)
    row = tickets.Opened(
        **dict.fromkeys(tickets.Opened._fields)
        | tickets.Opened._field_defaults
        | {  # type: ignore[arg-type]
            "id": id,
            "question_id": f"q{number}",
            "session_id": session.id,
            "reference": f"26{number:08d}",
            "office_id": office,
            "privacy": "public",
            "state": "in_progress",
            "origin": "session",
            "opened_at": now,
            "head_seq": 1,
            "head_hash": first.hash,
            "kind": "grievance",
            "days": 15,
        }
    )
    tickets.open_many(conn, [row], [first], [])  # type: ignore[arg-type]
    return id


def promised(store: Store, session: Session, number: int, now: int, *, read: str = "", due: int = 3 * DAY) -> str:
    """A promise on a ticket, as a close leaves it; its id."""
    made = Commitment(
        id=f"c{number}",
        session_id=session.id,
        question_id=f"q{number}",
        ticket_id=f"t{number}",
        office_id="o-water",
        made_by="XEN",
        content_id=f"w{number}",
        made_at=now - HOUR,
        due_at=now + due,
        state="made",
    )
    with store.write() as conn:
        ticket(conn, session, number, now)
        tickets.promise(conn, [made])
        ledger.begin(conn, now, [(made, Outcome("ordered", due="2026-12-01", read=read, read_at=now - HOUR // 2))])
    return made.id


def ledger_day(at: int) -> str:
    return datetime.fromtimestamp(at / 1000, UTC).date().isoformat()


def row(store: Store, id: str) -> Commitment:
    with store.read() as conn:
        found = promises.get(conn, id)
    assert found is not None
    return found


def test_a_close_writes_it_with_her_answer_and_the_chain_stands(
    store: Store, session: Session, clock: ManualClock
) -> None:
    yes, no, none = (promised(store, session, n, clock(), read=read) for n, read in enumerate(("yes", "no", "")))
    assert [(each.read, each.read_back_at) for each in (row(store, yes), row(store, no), row(store, none))] == [
        ("yes", clock() - HOUR // 2),
        ("no", None),
        ("", None),
    ]
    with store.read() as conn:
        for number in range(3):
            tickets.verify(conn, f"t{number}")
            life = ticketing.load(conn, f"t{number}")
            assert life.pledges[f"c{number}"].due == clock() + 3 * DAY
        assert promises.read_back(conn, session.id) == {"yes": 1, "no": 1, "": 1}


def test_due_ones_are_broken_once_page_by_page(
    store: Store, session: Session, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ledger, "PAGE", 2)
    ids = [promised(store, session, n, clock(), due=DAY) for n in range(5)]
    later = promised(store, session, 7, clock(), due=9 * DAY)
    with store.write() as conn:
        ledger.by_office(conn, clock(), row(store, ids[0]), "said", OFFICER, zone=ZONE)
    now = clock() + DAY + 1
    with store.write() as conn:
        assert ledger.due_promises(conn, now) == 4
        assert ledger.due_promises(conn, now) == 0
    assert [row(store, id).state for id in ids] == ["said", *["broken"] * 4]
    assert row(store, later).state == "made"
    clock.advance(DAY + 1)
    assert ledger.look(store) == 0


def test_a_new_day_is_one_that_exists_and_ends_in_the_district(
    store: Store, session: Session, clock: ManualClock
) -> None:
    found = row(store, promised(store, session, 1, clock(), due=DAY))
    with store.write() as conn:
        for day in ("", "soon", "2026-02-30", "2020-01-01", "9999-99-99", "9999-12-31"):
            with pytest.raises(TicketRefused) as no:
                ledger.by_office(conn, clock(), found, "moved", OFFICER, day=day, zone=ZONE)
            assert no.value.code == "pledge_day"
        ledger.by_office(conn, clock(), found, "moved", OFFICER, day="2028-02-29", zone=ZONE, key="k" * 22)
        ledger.by_office(conn, clock(), found, "moved", OFFICER, day="2028-02-29", zone=ZONE, key="k" * 22)
    after = row(store, found.id)
    assert (after.state, after.moves, after.first_due_at) == ("moved", 1, found.due_at)


def test_her_yes_to_the_whole_matter_is_her_yes_to_the_promise(
    store: Store, session: Session, clock: ManualClock
) -> None:
    id = promised(store, session, 1, clock())
    with store.write() as conn:
        ref = ticketing.words(conn, clock(), "The pump runs")
        ticketing.act(conn, clock(), "t1", Propose(outcome="relief_granted", note=ref), OFFICER)
    assert row(store, id).state == "said"
    with store.write() as conn:
        ticketing.act(conn, clock() + DAY, "t1", Confirm(), CITIZEN)
    after = row(store, id)
    assert (after.state, after.kept_at) == ("kept", clock() + DAY)


def test_nobody_but_her_keeps_it(store: Store, session: Session, clock: ManualClock) -> None:
    found = row(store, promised(store, session, 1, clock()))
    gone = Commitment(**{**found.model_dump(), "ticket_id": None})
    with store.write() as conn:
        with pytest.raises(TicketRefused):
            ledger.by_her(conn, clock(), gone, "kept")
        ledger.by_her(conn, clock(), found, "kept", key="k" * 22)
        with pytest.raises(TicketRefused) as no:
            ledger.by_office(conn, clock(), found, "said", OFFICER, zone=ZONE)
    assert no.value.code == "pledge_step" and row(store, found.id).state == "kept"


said = st.tuples(
    st.sampled_from(("read_back", "contested", "denied", "kept", "said", "moved", "help", "clock")),
    st.integers(0, 2 * DAY),
)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(said, max_size=8))
def test_the_row_is_what_the_steps_say_and_stands_in_one_figure(
    store: Store, session: Session, clock: ManualClock, course: list[tuple[str, int]]
) -> None:
    with store.read() as conn:
        number = 100 + sum(promises.read_back(conn, session.id).values())
    now = clock()
    id = promised(store, session, number, now)
    for what, wait in course:
        now += wait
        found = row(store, id)
        with store.write() as conn:
            try:
                if what == "clock":
                    ledger.due_promises(conn, now)
                elif what in ("said", "moved", "help"):
                    day = ledger_day(now + 6 * DAY)
                    ledger.by_office(conn, now, found, what, OFFICER, day=day, zone=ZONE)  # type: ignore[arg-type]
                else:
                    ledger.by_her(conn, now, found, what)  # type: ignore[arg-type]
            except TicketRefused:
                continue
    after = row(store, id)
    with store.read() as conn:
        tickets.verify(conn, f"t{number}")
        pledge = ticketing.load(conn, f"t{number}").pledges[id]
        counted = promises.counts(conn, session.id, now)
        with_all = sum(counted.values())
        everything = sum(promises.read_back(conn, session.id).values())
    assert (after.state, after.due_at, after.first_due_at, after.read, after.moves) == (
        pledge.state,
        pledge.due,
        pledge.first_due,
        pledge.read,
        pledge.moves,
    )
    assert (after.said_at, after.broken_at, after.kept_at, after.help_at) == (
        pledge.said_at,
        pledge.broken_at,
        pledge.kept_at,
        pledge.help_at,
    )
    assert with_all == everything, "each in one figure"
    assert counted[("o-water", standing(after.state, after.broken_at, after.due_at, now))] >= 1


def test_the_last_hearing_is_the_last_real_one_of_the_room(store: Store, session: Session, clock: ManualClock) -> None:
    table = table_of(Session)
    with store.write() as conn:
        next = session_rows.create(
            conn,
            room_id="r-1",
            title_ur="اگلی",
            title_en="Next",
            starts_at=session.starts_at + 9 * DAY,
            ends_at=session.starts_at + 9 * DAY + HOUR,
            created_at=clock(),
        )
        assert promises.last_session(conn, "r-1", next.starts_at) is None, "it is not closed"
        conn.execute(update(table).where(table.c.id == session.id).values(phase="closed"))
        found = promises.last_session(conn, "r-1", next.starts_at)
        assert found is not None and found.id == session.id
        assert promises.last_session(conn, "r-1", session.starts_at) is None
        conn.execute(update(table).where(table.c.id == session.id).values(practice=True))
        assert promises.last_session(conn, "r-1", next.starts_at) is None


def test_who_comes_back_is_known_by_phone_number_or_browser(store: Store, session: Session, clock: ManualClock) -> None:
    with store.write() as conn:
        next = session_rows.create(
            conn,
            room_id="r-1",
            title_ur="اگلی",
            title_en="Next",
            starts_at=session.starts_at + 9 * DAY,
            ends_at=session.starts_at + 9 * DAY + HOUR,
            created_at=clock(),
        )
        people = [("her", b"one"), ("again", b"one"), ("neighbour", b"two"), ("nameless", None)]
        put(conn, [Person(id=id, phone_index=phone, created_at=clock()) for id, phone in people])
        came = (
            ("a1", session, "her", "d1"),
            ("b1", next, "again", "d9"),
            ("b2", next, "neighbour", "d1"),
            ("b3", next, "nameless", "d1"),
            ("b4", next, None, "d2"),
        )
        put(
            conn,
            [
                Participant(id=id, session_id=at.id, person_id=person, device_id=device, joined_at=clock())
                for id, at, person, device in came
            ],
        )
        put(conn, [question(session, 1, clock())])
        put(conn, [question(next, 10 + n, clock() + n, asker=f"b{n}") for n in range(1, 5)])
    id = promised(store, session, 1, clock())
    with store.read() as conn:
        assert promises.comers(conn, next.id, [id]) == {id: ["q11", "q13"]}, "a neighbour's number is another's"
        assert promises.comers(conn, next.id, []) == {}


def test_an_offer_is_made_once_taken_back_and_kept_when_it_was_used(
    store: Store, session: Session, clock: ManualClock
) -> None:
    id = promised(store, session, 1, clock())
    offer = SeatOffer(session_id=session.id, commitment_id=id, made_at=clock(), made_by="acc")
    with store.write() as conn:
        promises.offer(conn, offer)
        promises.offer(conn, SeatOffer(**{**offer.model_dump(), "made_by": "another"}))
        assert [each.made_by for each in promises.offers(conn, session.id)] == ["acc"]
        assert [each.id for _, each in promises.offer_to(conn, [id], clock())] == [session.id]
        assert promises.offer_to(conn, [id], session.ends_at) == promises.offer_to(conn, [], clock()) == []
        promises.used(conn, session.id, id, "q5", clock())
        promises.take_back(conn, session.id, id)
        assert [each.question_id for each in promises.offers(conn, session.id)] == ["q5"]


def test_the_scorecard_adds_up(store: Store, session: Session, clock: ManualClock) -> None:
    start = session.starts_at
    with store.write() as conn:
        states = ("heard", "answered", "deferred", "merged", "withdrawn", "refused", "not_taken", "admitted", "new")
        put(conn, [question(session, n, start + n * 60_000, state=state) for n, state in enumerate(states)])
        put(
            conn,
            [
                Turn(id=f"u{n}", session_id=session.id, participant_id="a", state="ended", called_at=at, seq=n)
                for n, at in enumerate((start + 10 * 60_000, start + 31 * 60_000, start + 50 * 60_000))
            ],
        )
        put(conn, [TurnQuestion(turn_id="u0", question_id="q0"), TurnQuestion(turn_id="u1", question_id="q1")])
        put(conn, [TurnQuestion(turn_id="u2", question_id="q1")])
        for number in range(20, 26):
            ticket(conn, session, number, clock())
        table = table_of(Ticket)
        for number, days in ((20, 2), (21, 20), (22, 40)):
            closed = {"state": "closed", "closure_basis": "citizen_confirmed", "closed_at": clock() + days * DAY}
            conn.execute(update(table).where(table.c.id == f"t{number}").values(**closed))
        silent = {"state": "closed", "closure_basis": "citizen_silent", "closed_at": clock() + DAY}
        conn.execute(update(table).where(table.c.id == "t23").values(**silent))
    with store.read() as conn:
        card = scorecard.weigh(conn, session, clock() + 31 * DAY)
    assert card.raised == 9 == sum(card.ends.values())
    assert card.ends == {
        "heard": 2,
        "written": 1,
        "joined": 1,
        "not_taken": 1,
        "withdrawn": 1,
        "refused": 1,
        "not_reached": 2,
    }
    assert (card.called, card.waited, card.waited_longest) == (2, 20 * 60_000, 30 * 60_000), "the first call counts"
    (line,) = card.offices
    assert [window.solved for window in line.windows] == [(1, 6), (1, 6), (2, 6), None]
    assert (line.silent, line.claimed, line.forced) == (1, 0, 0)
    assert [each.solved.percent for each in line.windows if each.solved] == [17, 17, 33]
    assert scorecard.Share(2, 4).percent is None, "of four no share is reckoned"


def test_words_are_read_by_their_ids(store: Store, session: Session, clock: ManualClock) -> None:
    with store.write() as conn:
        put(conn, [question(session, 1, clock())])
        content.add(conn, [content.Kept("w1", session.id, None, "note", None, "A pump", b"s" * 16, clock())])
    promised(store, session, 1, clock())
    with store.read() as conn:
        (each,) = promises.listed(conn, [session.id])
        assert (each.id, each.reference, each.privacy, each.made_by) == ("c1", "2600000001", "public", "XEN")
        assert promises.listed(conn, []) == []
        assert promises.open_of_room(conn, "r-1", session.starts_at + 1) == [session.id]
