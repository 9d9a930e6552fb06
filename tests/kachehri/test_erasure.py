"""Whoever asks for it is erased: nothing that she said is found in the database's files, and every chain holds."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from kachehri import erasure
from kachehri.pending import Accepted
from kachehri.service import Service
from kachehri.store import StoreError, audit, content, event_log, tickets
from kachehri.store import people as rows
from kachehri.store import questions as question_rows
from kachehri.vault import VaultError
from rooms.base import SYSTEM, Actor, Command, Refused
from rooms.erasing import EraseContent
from rooms.lifecycle import ENDED, CloseSession, OpenDoors, StartSession
from rooms.questions import AdmitQuestion, AskQuestion
from rooms.turns import CallTurn
from tests.bench.house import MODERATORS, SESSION, found, schedule, service_on
from tests.conftest import MONDAY_MS, ManualClock

pytestmark = pytest.mark.anyio
ZAINAB, OTHER = Actor("a1" * 8, "citizen"), Actor("a2" * 8, "citizen")
WORDS, NAME, VILLAGE, PHONE = "چودھری نے پمپ بند کرا دیا", "زینب النساء", "موضع کوٹلہ", "+923012345678"
#: Long enough that SQLite puts it onto pages of its own.
LONG = "نہر کا موگہ ٹوٹا ہوا ہے۔ " * 60
DESK = MODERATORS[0]


@pytest.fixture
async def service(tmp_path: Path, clock: ManualClock) -> AsyncIterator[Service]:
    url = f"sqlite:///{tmp_path / 'erasure.db'}"
    found(url, now=MONDAY_MS)
    async with service_on(url, clock=clock) as opened:
        await schedule(opened)
        yield opened


async def ask(service: Service, who: Actor, text: str, **more: str) -> str:
    command = AskQuestion(text=text, **more)  # type: ignore[arg-type]
    key = f"{who.participant[:4]}-{len(text)}-{'k' * 24}"[:32]
    return ((await service.submit(who, SESSION, command, key)).result or {})["question"]


async def said(service: Service) -> tuple[str, str]:
    """Zainab says everything that can be said, and somebody else says something beside her."""
    with service.store.write() as conn:
        for who in (ZAINAB, OTHER):
            service.people.join(
                conn,
                participant=who.participant,
                session_id=SESSION,
                role="citizen",
                device=None,
                account=None,
                language="ur",
                now=MONDAY_MS,
            )
    hers = await ask(service, ZAINAB, WORDS, name=NAME, village=VILLAGE, phone=PHONE)
    await ask(service, ZAINAB, LONG, name=NAME)
    other = await ask(service, OTHER, "گلی کی نالی بند ہے", name="سلمیٰ")
    return hers, other


async def closed(service: Service) -> None:
    await service.submit(DESK, SESSION, CloseSession(), "c" * 24)
    async with asyncio.timeout(30):
        while (await service.live(SESSION)).session.phase not in ENDED:
            await asyncio.sleep(0.02)


def files(service: Service) -> bytes:
    """The database with its write-ahead log and whatever else lies beside it."""
    assert service.store.path is not None
    path = Path(service.store.path)
    return b"".join(each.read_bytes() for each in path.parent.glob(f"{path.name}*") if each.is_file())


def none_of_it(service: Service) -> None:
    everything = files(service)
    for words in (WORDS, NAME, VILLAGE, LONG[:60], "پمپ بند"):
        assert words.encode() not in everything, words
    assert "نالی بند".encode() in everything  # what others said is where it was


@pytest.mark.parametrize("when", ["open", "closed", "rested"])
async def test_nothing_that_she_said_is_left_in_the_files(service: Service, when: str) -> None:
    hers, other = await said(service)
    assert WORDS.encode() in files(service)
    if when != "open":
        await closed(service)
    if when == "rested":  # no process has the session loaded any more
        service.let_go(float("inf"))
        assert service.loaded(SESSION) is None
    await erasure.erase_person(service, SESSION, ZAINAB.participant, reference="2640718822", account=None)
    none_of_it(service)
    live = await service.live(SESSION)
    asked = live.session.queue.questions
    assert live.texts.get(asked[hers].content) is None and live.texts.get(asked[hers].name) is None
    assert live.texts[asked[other].content]
    with service.store.read() as conn:
        event_log.verify(conn, SESSION)
        question = question_rows.by_id(conn, hers)
        assert question is not None and question.reference == asked[hers].reference
        if when != "open":
            ticket = tickets.by_question(conn, hers)
            assert ticket is not None
            tickets.verify(conn, ticket.id)
    # A worker that starts now knows no more than this one.
    service.let_go(float("inf"))
    again = await service.live(SESSION)
    assert again.texts == live.texts


async def test_her_key_her_phone_and_the_thread_to_her_browser_are_destroyed(service: Service) -> None:
    hers, _ = await said(service)
    with service.store.read() as conn:
        person = rows.persons_of(conn, [ZAINAB.participant])[ZAINAB.participant]
        assert person is not None and service.people.phone(conn, person) == PHONE
        sealed = content.said_by(conn, person)
        key = service.people.opened(conn, person)
    assert len(sealed) == 5 and key is not None
    await erasure.erase_person(service, SESSION, ZAINAB.participant, reference="2640718822", account=None)
    with service.store.read() as conn:
        assert service.people.phone(conn, person) is None and service.people.opened(conn, person) is None
        gone = rows.person(conn, person)
        assert gone is not None and gone.erased_at and (gone.phone_index, gone.data_key, gone.phone) == (None,) * 3
        assert content.said_by(conn, person) == []
        ((act, _),) = audit.listing(conn)
        assert (act.action, act.subject, act.account_id) == ("person.erase", "2640718822", None)
        hashes = conn.exec_driver_sql("SELECT body_hash FROM command WHERE actor = ?", (ZAINAB.participant,)).scalars()
        assert set(hashes) == {b""}
    with pytest.raises(VaultError):
        service.people._vault.open_key(person, None)


async def test_what_she_says_afterwards_is_hers_again_under_a_new_key(service: Service) -> None:
    await said(service)
    await erasure.erase_person(service, SESSION, ZAINAB.participant, reference="2640718822", account=None)
    question = await ask(service, ZAINAB, "ایک نیا سوال ہے", name="زینب")
    live = await service.live(SESSION)
    kept = live.session.queue.questions[question].content
    assert live.texts[kept] == "ایک نیا سوال ہے"
    with service.store.read() as conn:
        row = content.original(conn, kept)
        assert row is not None and row.person_id is not None and row.sealed is not None
        key = service.people.opened(conn, row.person_id)
        assert key is not None and key.open(f"content/sealed/{kept}", row.sealed).decode() == "ایک نیا سوال ہے"


async def test_what_comes_from_another_page_meanwhile_goes_as_well(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    hers, _ = await said(service)
    submit, late = service.submit, "یہ بھی میرا ہے، دوسرے صفحے سے"

    async def slow(actor: Actor, session: str, command: Command, key: str = "") -> Accepted:
        if isinstance(command, EraseContent) and slow_once:
            slow_once.clear()
            await ask(service, ZAINAB, late)
        return await submit(actor, session, command, key)

    slow_once = [True]
    monkeypatch.setattr(service, "submit", slow)
    await erasure.erase_person(service, SESSION, ZAINAB.participant, reference="x", account=None)
    assert late not in (await service.live(SESSION)).texts.values()
    with service.store.read() as conn:
        assert late not in content.texts(conn, SESSION).values()
        assert content.left_over(conn) == []


async def test_while_she_has_a_turn_nothing_is_begun(service: Service) -> None:
    hers, _ = await said(service)
    for number, command in enumerate(
        (OpenDoors(), StartSession(), AdmitQuestion(question=hers), CallTurn(question=hers))
    ):
        await service.submit(DESK, SESSION, command, f"{number}" * 24)
    with pytest.raises(Refused) as caught:
        await erasure.erase_person(service, SESSION, ZAINAB.participant, reference="2640718822", account=None)
    assert caught.value.code == "turn_live"
    with service.store.read() as conn:
        assert audit.listing(conn) == []
    assert (await service.live(SESSION)).texts[(await service.live(SESSION)).session.queue.questions[hers].content]


async def test_an_administrator_gives_a_reason_or_nothing_happens(service: Service) -> None:
    await said(service)
    with pytest.raises(Refused) as caught:
        await erasure.erase_person(service, SESSION, ZAINAB.participant, reference="26", account="admin", reason=" ")
    assert caught.value.code == "text_empty" and WORDS.encode() in files(service)


async def test_what_a_crash_interrupted_is_finished_at_the_next_start(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    hers, _ = await said(service)
    with service.store.write() as conn:
        person = rows.persons_of(conn, [ZAINAB.participant])[ZAINAB.participant]
        assert person is not None
        rows.destroy_key(conn, person, MONDAY_MS)
    assert WORDS.encode() in files(service)
    await erasure.resume(service)
    none_of_it(service)
    with service.store.read() as conn:
        assert content.left_over(conn) == []
        head = event_log.verify(conn, SESSION)
    await erasure.resume(service)
    with service.store.read() as conn:
        assert event_log.verify(conn, SESSION) == head  # nothing more to do, nothing more is recorded


async def test_people_do_not_give_the_servers_command(service: Service) -> None:
    await said(service)
    command = EraseContent(participant=OTHER.participant)
    for actor in (ZAINAB, DESK):
        with pytest.raises(Refused) as caught:
            await service.submit(actor, SESSION, command, "n" * 24)
        assert caught.value.code == "not_allowed"
    await closed(service)
    with pytest.raises(Refused) as caught:
        await service.submit(DESK, SESSION, command, "m" * 24)
    assert caught.value.code == "phase"


async def test_a_database_that_is_away_loses_nothing(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    await said(service)

    def fails(*_: object) -> None:
        raise StoreError("io")

    with monkeypatch.context() as patch:
        patch.setattr(content, "erase", fails)
        with pytest.raises(Refused) as caught:
            await service.submit(SYSTEM, SESSION, EraseContent(participant=ZAINAB.participant))
        assert caught.value.code == "storage"
    with service.store.read() as conn:
        event_log.verify(conn, SESSION)
        person = rows.persons_of(conn, [ZAINAB.participant])[ZAINAB.participant]
        assert person is not None and service.people.opened(conn, person) is not None
