"""What a command writes beside the log, in the same commit: words, supports, tickets; and what practice leaves."""

from __future__ import annotations

import asyncio

import msgspec
import pytest
from sqlalchemy import select

from kachehri.service import Service
from kachehri.store import content, outbox, questions, sessions, tickets
from kachehri.store.tables import Outbox, table_of
from rooms import lifecycle, turns
from rooms.base import Actor
from rooms.outcomes import NoteOutcome
from rooms.questions import AdmitQuestion, AskQuestion, SupportQuestion
from rooms.views import personal
from tests.bench.house import HOUR_MS, SESSION, citizen, schedule, service_on
from tests.conftest import MONDAY_MS, ManualClock
from tests.kachehri.service.commands import CLERK, DESK, ask, asked, key, log_of, refused
from tests.kachehri.service.test_closing import closed

pytestmark = pytest.mark.anyio


async def test_words_are_masked_for_readers_and_sealed_for_the_desk(service: Service) -> None:
    live = await service.live(SESSION)
    with service.store.write() as conn:
        service.people.join(
            conn,
            participant=citizen(1).participant,
            session_id=SESSION,
            role="citizen",
            device=None,
            account=None,
            language="ur",
            now=MONDAY_MS,
        )
    await service.submit(citizen(1), SESSION, ask("Call me: 0300 1234567", phone="0300 1234567"), key(1))
    question = next(iter(live.session.queue.questions.values()))
    assert "1234567" not in live.texts[question.content]
    with service.store.read() as conn:
        kept = content.original(conn, question.content)
        person = service.people.persons(conn, [question.asker])[question.asker]
        assert service.people.phone(conn, str(person)) == "+923001234567"
    assert kept is not None
    assert kept.sealed is not None
    assert b"1234567" not in kept.sealed
    assert all(b"1234567" not in row.body for row in log_of(service))


async def test_codes_carry_no_number_of_a_person(service: Service) -> None:
    for code in ({"category": "3110400000001"}, {"area": "tel-03001234567"}):
        assert await refused(service, citizen(1), ask(**code)) == "malformed"


async def test_many_supports_are_rows_and_one_event(service: Service) -> None:
    first, second = await asked(service, 2)
    before = len(log_of(service))
    supports = [(citizen(each), SupportQuestion(question=first)) for each in range(50)] * 2
    supports += [(citizen(each), SupportQuestion(question=second)) for each in range(3)]
    await asyncio.gather(
        *(service.submit(actor, SESSION, command, key(at, "sup")) for at, (actor, command) in enumerate(supports))
    )
    live = await service.live(SESSION)
    counts = {each.id: each.supports for each in live.session.queue.questions.values()}
    assert (counts[first], counts[second]) == (50, 3)
    with service.store.read() as conn:
        assert questions.tallies(conn, SESSION) == {first: 50, second: 3}
    assert len(log_of(service)) - before < 10


async def outcomes(service: Service) -> list[str]:
    """Five questions of a live hearing: answered, ordered, referred, refused, and one that nobody came to."""
    made = await asked(service, 5)
    await service.submit(DESK, SESSION, lifecycle.StartSession(), key(1, "start"))
    sits = turns.TakeSeat(seat="official-1")
    await service.submit(Actor("b" * 16, "chair", "account-chair"), SESSION, sits, key(1, "sits"))
    for number, question in enumerate(made):
        await service.submit(DESK, SESSION, AdmitQuestion(question=question), key(number, "admit"))
    noted = [
        NoteOutcome(question=made[0], outcome="answered", note="On Monday."),
        NoteOutcome(question=made[1], outcome="ordered", office="roads", due="2026-03-20", note="A pump; 0300 1234567"),
        NoteOutcome(question=made[2], outcome="referred", office="land"),
        NoteOutcome(question=made[3], outcome="refused", rule="Rule 7 (2)"),
    ]
    for number, command in enumerate(noted):
        await service.submit(CLERK, SESSION, command, key(number, "note"))
    return made


async def test_a_ticket_begins_where_the_hearing_left_it(service: Service) -> None:
    made = await outcomes(service)
    await service.submit(DESK, SESSION, lifecycle.CloseSession(), key(1, "end"))
    session = await closed(service)
    with service.store.read() as conn:
        found = [tickets.by_question(conn, each) for each in made]
        promises = tickets.promises(conn, SESSION)
        shown = [
            (ticket.outcome, ticket.state, ticket.office_id, ticket.due_at is not None, ticket.proposed_at is not None)
            for ticket in found
            if ticket is not None
        ]
        assert shown == [
            ("answered", "resolution_proposed", "triage", False, True),
            ("ordered", "routed", "roads", True, False),
            ("referred", "routed", "land", True, False),
            ("refused", "resolution_proposed", "triage", False, True),
            (None, "registered", "triage", True, False),
        ]
        (promise,) = promises
        ordered = found[1]
        assert ordered is not None
        assert (promise.ticket_id, promise.office_id) == (ordered.id, "roads")
        # A day that was promised stands beside the days of the topic, and the earlier one counts.
        assert promise.due_at is not None and ordered.due_at is not None and ordered.due_at < promise.due_at
        assert (promise.made_by, promise.state) == ("official-1", "made")
        words = content.texts_of(conn, [promise.content_id])[promise.content_id]
        assert words.startswith("A pump;")
        assert "1234567" not in words
        sealed = content.original(conn, promise.content_id)
        assert sealed is not None and sealed.sealed is not None and b"pump" not in sealed.sealed
        first = msgspec.json.decode(tickets.steps(conn, found[3].id if found[3] else "")[0].body)
        assert content.texts_of(conn, [first["rule"]])[first["rule"]] == "Rule 7 (2)"
        assert (first["outcome"], first["why"]) == ("refused", "no_category")
        table = table_of(Outbox)
        bodies = [msgspec.json.decode(each) for each in conn.execute(select(table.c.body)).scalars()]
        told = {each["question"]: each["notice"] for each in bodies if each["notice"].startswith("ticket.")}
        assert [told[each].removeprefix("ticket.") for each in made] == [
            *("proposed", "opened", "opened", "proposed", "opened"),
        ]
    assert session.closing.balance is not None
    assert session.closing.balance.tickets == 5


async def test_practice_is_counted_and_leaves_nothing(address: str, clock: ManualClock) -> None:
    async with service_on(address, clock=clock) as service:
        await schedule(service, practice=True)
        await outcomes(service)
        await service.submit(DESK, SESSION, lifecycle.CloseSession(), key(1, "end"))
        session = await closed(service)
        balance = session.closing.balance
        assert balance is not None and balance.balanced
        assert (balance.raised, balance.tickets) == (5, 5)
        with service.store.read() as conn:
            assert tickets.of_session(conn, SESSION) == (0, 0)
            assert tickets.promises(conn, SESSION) == []
            assert outbox.waiting(conn) == 0


async def test_what_an_outcome_names_must_exist(service: Service) -> None:
    made = await outcomes(service)
    order = NoteOutcome(question=made[4], outcome="ordered", office="roads", due="2026-03-20", note="x")
    for change, code in (({"office": "nowhere"}, "office_unknown"), ({"due": "2020-01-01"}, "due_passed")):
        assert await refused(service, CLERK, msgspec.structs.replace(order, **change)) == code
    unknown = AskQuestion(text="x", category="cats")
    assert await refused(service, citizen(9), unknown) == "category_unknown"


async def test_a_new_time_may_bring_a_new_name_and_other_seats(service: Service) -> None:
    again = lifecycle.RescheduleSession(
        starts_at=MONDAY_MS + HOUR_MS,
        ends_at=MONDAY_MS + 9 * HOUR_MS,
        title={"ur": "نئی کچہری", "en": "Another hearing"},
        seats=(lifecycle.SeatPlan("official-1", "official"), lifecycle.SeatPlan("sign", "signer")),
    )
    await service.submit(DESK, SESSION, again, key(1))
    with service.store.read() as conn:
        row = sessions.get(conn, SESSION)
        assert row is not None
        assert (row.title_ur, row.title_en, row.ends_at) == ("نئی کچہری", "Another hearing", again.ends_at)
        assert [seat.id for seat in sessions.seats(conn, SESSION)] == ["official-1", "sign"]


async def test_whoever_will_say_it_writes_nothing(service: Service) -> None:
    spoken = AskQuestion(spoken=True, category="water", village="چک 112، 03001234567")
    done = await service.submit(citizen(1), SESSION, spoken, key(1))
    question = (done.result or {})["question"]
    live = await service.live(SESSION)
    (mine,) = personal(live.session, citizen(1).participant, live.texts, MONDAY_MS).questions
    assert (mine.id, mine.text, mine.spoken) == (question, "", True)
    assert mine.village.startswith("چک 112")
    assert "1234567" not in mine.village
    with service.store.read() as conn:
        row = questions.by_id(conn, question)
        assert row is not None and row.content_id is None
