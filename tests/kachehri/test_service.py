"""The path of a command through the service, on both databases."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec
import psycopg
import pytest
from sqlalchemy import select

from kachehri import opening, writer
from kachehri.live import Announced
from kachehri.service import Service
from kachehri.store import StoreError, content, engine, event_log, outbox, questions, sessions, tickets
from kachehri.store.tables import Outbox, table_of
from rooms import lifecycle, turns
from rooms.base import SYSTEM, Actor, Command, Refused
from rooms.outcomes import NoteOutcome
from rooms.questions import AdmitQuestion, AskQuestion, ClassifyQuestion, QuestionAsked, SupportQuestion
from rooms.session import Session, Tick, decide
from rooms.views import personal
from tests.bench.house import HOUR_MS, MODERATORS, SESSION, citizen, found, schedule, service_on
from tests.conftest import MONDAY_MS, ManualClock
from tests.databases import Lent
from tests.servers import Postgres

pytestmark = pytest.mark.anyio
DESK, SECOND = MODERATORS
CLERK = Actor("e" * 16, "clerk", "account-clerk")


def key(number: int, what: str = "key") -> str:
    return f"{what}-{number:024d}"


def ask(text: str = "The tap is dry.", **more: Any) -> AskQuestion:
    return AskQuestion(text=text, **more)


async def asked(service: Service, count: int, first: int = 0) -> list[str]:
    """That many people ask one question each, at the same time; returns the questions."""
    done = await asyncio.gather(
        *(service.submit(citizen(each), SESSION, ask(f"{each}: no water"), key(each)) for each in range(first, count))
    )
    return [(each.result or {})["question"] for each in done]


async def refused(service: Service, actor: Actor, command: Command, with_key: str = key(999)) -> str:
    with pytest.raises(Refused) as caught:
        await service.submit(actor, SESSION, command, with_key)
    return caught.value.code


def log_of(service: Service) -> list[event_log.Logged]:
    with service.store.read() as conn:
        event_log.verify(conn, SESSION)
        return event_log.after(conn, SESSION, 0)


@pytest.fixture(scope="session")
def sqlite_house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Migrating takes half a second, copying nothing."""
    path = tmp_path_factory.mktemp("service") / "house.db"
    found(f"sqlite:///{path}", now=MONDAY_MS)
    return path


@pytest.fixture(scope="session")
def postgres_house(postgres_server: Postgres) -> Lent:
    url = postgres_server.create()
    found(url, now=MONDAY_MS)
    return Lent(postgres_server, url)


@pytest.fixture
def postgres_address(postgres_house: Lent) -> Iterator[str]:
    yield postgres_house.take()
    postgres_house.give_back()


@pytest.fixture
def sqlite_address(tmp_path: Path, sqlite_house: Path) -> str:
    shutil.copy(sqlite_house, tmp_path / "house.db")
    return f"sqlite:///{tmp_path / 'house.db'}"


@pytest.fixture(params=["sqlite", "postgres"])
def address(request: pytest.FixtureRequest) -> str:
    found_at: str = request.getfixturevalue(f"{request.param}_address")
    return found_at


@pytest.fixture
async def service(address: str, clock: ManualClock) -> AsyncIterator[Service]:
    async with service_on(address, clock=clock) as opened:
        await schedule(opened)
        yield opened


async def test_commands_that_come_together_are_committed_together(service: Service) -> None:
    told: list[Announced] = []
    await service.live(SESSION)
    service.follow(told.append)
    await asked(service, 100)
    assert len(told) < 20
    numbers = [record.seq for announced in told for record in announced.events]
    assert numbers == list(range(numbers[0], numbers[0] + 100))
    assert len(log_of(service)) == numbers[-1]


async def test_a_reply_tells_the_number_and_comes_after_the_commit(service: Service) -> None:
    done = await service.submit(citizen(1), SESSION, ask(), key(1))
    with service.store.read() as conn:
        row = questions.by_id(conn, (done.result or {})["question"])
    assert row is not None
    assert (row.reference, row.seq, row.state) == ((done.result or {})["reference"], done.seq, "new")


async def test_the_same_key_and_command_are_carried_out_once(service: Service) -> None:
    first = await service.submit(citizen(1), SESSION, ask(), key(1))
    again = await asyncio.gather(*(service.submit(citizen(1), SESSION, ask(), key(1)) for _ in range(20)))
    assert {each.seq for each in again} == {first.seq}
    assert all(each.result == first.result for each in again)
    assert [row.type for row in log_of(service)].count("question.asked") == 1


async def test_twenty_at_the_same_instant_are_one(service: Service) -> None:
    answers = await asyncio.gather(*(service.submit(citizen(1), SESSION, ask(), key(1)) for _ in range(20)))
    assert all(each == answers[0] for each in answers)
    assert [row.type for row in log_of(service)].count("question.asked") == 1


async def test_a_key_of_another_command_or_person_reveals_nothing(service: Service) -> None:
    await service.submit(citizen(1), SESSION, ask(), key(1))
    assert await refused(service, citizen(1), ask("Something else."), key(1)) == "key_conflict"
    assert await refused(service, citizen(2), ask(), key(1)) == "key_conflict"
    assert [row.type for row in log_of(service)].count("question.asked") == 1


async def test_a_refused_command_may_be_given_again_under_its_key(service: Service) -> None:
    resume = lifecycle.ResumeSession()
    assert await refused(service, DESK, resume, key(1)) == "phase"
    await service.submit(DESK, SESSION, lifecycle.StartSession(), key(2))
    await service.submit(DESK, SESSION, lifecycle.AdjournSession(reason="break"), key(3))
    await service.submit(DESK, SESSION, resume, key(1))


async def test_a_key_is_known_after_a_restart(address: str, clock: ManualClock) -> None:
    async with service_on(address, clock=clock) as before:
        await schedule(before)
        first = await before.submit(citizen(1), SESSION, ask(), key(1))
    async with service_on(address, clock=clock) as after:
        assert await after.submit(citizen(1), SESSION, ask(), key(1)) == first
        assert await refused(after, citizen(2), ask(), key(1)) == "key_conflict"


async def test_the_role_is_asked_before_the_rules(service: Service) -> None:
    (question,) = await asked(service, 1)
    assert await refused(service, citizen(1), AdmitQuestion(question=question)) == "not_allowed"
    assert await refused(service, DESK, Tick()) == "not_allowed"


async def test_a_session_that_is_not_there(service: Service) -> None:
    with pytest.raises(Refused, match="session_unknown"):
        await service.submit(citizen(1), "nothere2", ask(), key(1))
    with pytest.raises(Refused, match="session_unknown"):
        await service.live("nothere2")


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


async def test_one_faulty_command_does_not_spoil_those_that_came_with_it(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    def faulty(session: Session, command: Command, actor: Actor, ctx: Any) -> Any:
        if isinstance(command, ClassifyQuestion):
            raise ZeroDivisionError
        return decide(session, command, actor, ctx)

    (question,) = await asked(service, 1)
    monkeypatch.setattr(writer, "decide", faulty)
    answers = await asyncio.gather(
        *(service.submit(citizen(each), SESSION, ask(), key(each, "good")) for each in range(1, 6)),
        service.submit(DESK, SESSION, ClassifyQuestion(question=question, category="water"), key(1, "bad")),
        *(service.submit(citizen(each), SESSION, ask(), key(each, "good")) for each in range(6, 9)),
        return_exceptions=True,
    )
    assert [type(each).__name__ for each in answers].count("Accepted") == 8
    assert isinstance(answers[5], ZeroDivisionError)
    assert len((await service.live(SESSION)).session.queue.questions) == 9
    log_of(service)


async def test_whoever_asked_may_be_gone_before_the_answer(service: Service) -> None:
    gone = asyncio.ensure_future(service.submit(citizen(1), SESSION, ask(), key(1)))
    await asyncio.sleep(0)
    gone.cancel()
    await asked(service, 5, first=2)
    assert [row.type for row in log_of(service)].count("question.asked") == 4
    assert (await service.submit(citizen(1), SESSION, ask(), key(1))).result is not None


async def test_a_restart_resumes_open_sessions_and_their_deadlines(address: str, clock: ManualClock) -> None:
    async with service_on(address, clock=clock) as before:
        await schedule(before)
        (question,) = await asked(before, 1)
        await before.submit(DESK, SESSION, lifecycle.StartSession(), key(1))
        await before.submit(DESK, SESSION, AdmitQuestion(question=question), key(2))
        await before.submit(DESK, SESSION, turns.CallTurn(question=question), key(3))
        was = (await before.live(SESSION)).session
    async with service_on(address, clock=clock) as after:
        resumed = after.loaded(SESSION)
        assert resumed is not None
        assert resumed.session == was
        await after.tick(clock.advance(89_000))
        assert resumed.session.stage.turns.popitem()[1].state == "called"
    async with service_on(address, clock=clock) as after:
        await after.tick(clock.advance(1_000))
        resumed = await after.live(SESSION)
        assert [turn.state for turn in resumed.session.stage.turns.values()] == ["parked"]


async def closed(service: Service) -> Session:
    async with asyncio.timeout(20):
        while (await service.live(SESSION)).session.phase != "closed":
            await asyncio.sleep(0.01)
    return (await service.live(SESSION)).session


async def test_a_close_that_was_interrupted_ends_by_itself_and_once(address: str, clock: ManualClock) -> None:
    async with service_on(address, clock=clock) as before:
        await schedule(before)
        await asked(before, 600)
        await before.submit(DESK, SESSION, lifecycle.CloseSession(), key(1, "end"))
        # Leaving stops the service in the middle of the close, with its first chunk at most.
    async with service_on(address, clock=clock) as after:
        session = await closed(after)
        assert session.closing.balance is not None
        assert (session.closing.balance.raised, session.closing.balance.tickets) == (600, 600)
        with after.store.read() as conn:
            assert tickets.of_session(conn, SESSION) == (600, 0)
            assert len(tickets.opened_questions(conn, SESSION)) == 600
        assert [row.type for row in log_of(after)].count("session.closed") == 1


async def test_the_scheduled_end_closes_without_anybody(service: Service, clock: ManualClock) -> None:
    await asked(service, 3)
    due = (await service.live(SESSION)).session.lifecycle.ends_at + 2 * HOUR_MS
    clock.now = due
    await service.tick(due)
    session = await closed(service)
    assert session.lifecycle.closing_by == "deadline"


async def test_a_file_that_cannot_be_written_says_so_and_loses_nothing(sqlite_address: str, clock: ManualClock) -> None:
    async with service_on(sqlite_address, clock=clock) as service:
        await schedule(service)
        await asked(service, 1)

        def writable(switch: str) -> None:
            raw = service.store.writer.raw_connection()
            raw.cursor().execute(f"PRAGMA query_only={switch}")
            raw.close()

        writable("ON")
        assert await refused(service, citizen(5), ask(), key(5)) == "storage"
        writable("OFF")
        await service.submit(citizen(5), SESSION, ask(), key(5))
        assert [row.type for row in log_of(service)].count("question.asked") == 2


async def test_what_is_due_while_nothing_can_be_written_is_done_later(sqlite_address: str, clock: ManualClock) -> None:
    async with service_on(sqlite_address, clock=clock) as service:
        await schedule(service)
        session = (await service.live(SESSION)).session
        clock.now = session.lifecycle.ends_at + 2 * HOUR_MS
        with pytest.MonkeyPatch.context() as patched:

            def locked(*_: Any) -> Any:
                raise StoreError("locked")

            patched.setattr(event_log, "lock", locked)
            await service.tick(clock.now)
            assert session.phase == "scheduled"
        await service.tick(clock.now)
        assert (await closed(service)).lifecycle.closing_by == "deadline"


async def test_a_server_that_only_reads_or_drops_us_says_so_and_loses_nothing(
    postgres_address: str, postgres_server: Postgres, clock: ManualClock
) -> None:
    name = postgres_address.rsplit("/", 1)[1]

    def administer(setting: str) -> None:
        with psycopg.connect(postgres_server.dsn(), autocommit=True) as connection:
            connection.execute(f'ALTER DATABASE "{name}" SET default_transaction_read_only = {setting}')
            # As a restart does, this cuts every line, also those that the pool holds.
            connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (name,))

    async with service_on(postgres_address, clock=clock) as service:
        await schedule(service)
        await asked(service, 1)
        administer("on")
        assert await refused(service, citizen(5), ask(), key(5)) == "storage"
        administer("off")
        await service.submit(citizen(5), SESSION, ask(), key(5))
        assert [row.type for row in log_of(service)].count("question.asked") == 2


async def test_a_locked_database_says_so_and_loses_nothing(
    address: str, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "BUSY_MS", 100)
    async with service_on(address, clock=clock) as service:
        await schedule(service)
        if service.store.sqlite:
            other = sqlite3.connect(str(service.store.path), isolation_level=None)
            other.execute("BEGIN IMMEDIATE")
        else:
            other = psycopg.connect(address.replace("+psycopg", ""))  # type: ignore[assignment]
            other.execute("SELECT id FROM session FOR UPDATE")
        assert await refused(service, citizen(1), ask(), key(1)) == "storage"
        other.rollback()
        other.close()
        await service.submit(citizen(1), SESSION, ask(), key(1))
        assert [row.type for row in log_of(service)].count("question.asked") == 1


async def test_the_system_has_no_key_and_needs_none(service: Service) -> None:
    (question,) = await asked(service, 1)
    done = await service.submit(SYSTEM, SESSION, Tick())
    assert done.seq == len(log_of(service))
    live = await service.live(SESSION)
    assert live.session.queue.questions[question].state == "new"
    assert isinstance(live.session, Session)
    assert QuestionAsked.__struct_config__.tag == log_of(service)[-1].type


async def over(service: Service) -> Session:
    """A session with one question, closed and done with."""
    await asked(service, 1)
    await service.submit(DESK, SESSION, lifecycle.CloseSession(), key(1, "end"))
    return await closed(service)


async def test_what_is_over_and_unread_is_let_go_of_and_comes_back_whole(service: Service) -> None:
    session = await over(service)
    service.let_go(time.monotonic() - 60)
    assert service.loaded(SESSION) is not None
    service.let_go(time.monotonic() + 1)
    assert service.loaded(SESSION) is None
    assert (await service.live(SESSION)).session == session


async def test_an_open_session_is_never_let_go_of(service: Service) -> None:
    await service.live(SESSION)
    service.let_go(time.monotonic() + 1)
    assert service.loaded(SESSION) is not None


async def test_what_is_over_confirms_what_was_done_and_takes_nothing_new(service: Service) -> None:
    first = await service.submit(citizen(0), SESSION, ask("0: no water"), key(0))
    await over(service)
    assert await service.submit(citizen(0), SESSION, ask("0: no water"), key(0)) == first
    assert await refused(service, citizen(1), ask("0: no water"), key(0)) == "key_conflict"
    assert await refused(service, citizen(1), ask(), key(77)) == "phase"


async def test_a_value_that_the_database_does_not_take_spoils_only_its_own_command(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    add = questions.add

    def picky(conn: Any, rows: Any) -> None:
        if any(row.asker == citizen(3).participant for row in rows):
            raise StoreError("failed")
        add(conn, rows)

    monkeypatch.setattr(questions, "add", picky)
    commands = (service.submit(citizen(each), SESSION, ask(), key(each)) for each in range(8))
    answers = await asyncio.gather(*commands, return_exceptions=True)
    assert [isinstance(each, Refused) for each in answers] == [each == 3 for each in range(8)]
    log_of(service)


async def test_a_key_of_another_shape_is_refused_before_anything_is_asked(service: Service) -> None:
    for bad in ("short", "x" * 33, "null-\0-000000000000000000"):
        assert await refused(service, citizen(1), ask(), bad) == "malformed"


async def test_after_a_failed_sync_nothing_is_written(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any) -> Any:
        raise StoreError("io")

    with monkeypatch.context() as patched:
        patched.setattr(event_log, "lock", broken)
        assert await refused(service, citizen(1), ask(), key(1)) == "storage"
    assert await refused(service, citizen(1), ask(), key(1)) == "storage"
    assert service.broken


async def test_a_commit_that_stood_although_the_line_broke_is_found(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    live = await service.live(SESSION)
    write = service.store.write

    @contextmanager
    def breaking() -> Iterator[Any]:
        with write() as conn:
            yield conn
        raise StoreError("unreachable")

    with monkeypatch.context() as patched:
        patched.setattr(service.store, "write", breaking)
        assert await refused(service, citizen(1), ask(), key(1)) == "storage"
    async with asyncio.timeout(10):
        while not live.session.queue.questions:
            await asyncio.sleep(0.01)
    assert (await service.submit(citizen(1), SESSION, ask(), key(1))).seq == live.seq


async def test_one_follower_in_trouble_keeps_nothing_from_the_others(service: Service) -> None:
    await service.live(SESSION)
    told: list[Announced] = []

    def faulty(_: Announced) -> None:
        raise ZeroDivisionError

    service.follow(faulty)
    service.follow(told.append)
    await asked(service, 3)
    assert sum(len(each.events) for each in told) == 3


async def test_a_close_that_met_trouble_goes_on_by_itself(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    write = opening.write
    met: list[int] = []

    def faulty(*given: Any) -> None:
        if not met:
            met.append(1)
            raise LookupError("no triage desk")
        write(*given)

    monkeypatch.setattr(opening, "write", faulty)
    assert (await over(service)).closing.balance is not None
    assert met


async def test_a_flood_waits_outside(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kachehri.service.WAITING_MOST", 0)
    assert await refused(service, citizen(1), ask(), key(1)) == "slow_down"
    await service.submit(SYSTEM, SESSION, Tick())


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
