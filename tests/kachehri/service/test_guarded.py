"""What belongs to a protected topic is private whichever way it comes, and from the moment the topic is protected."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import Engine, event

from kachehri.live import Announced
from kachehri.service import Service
from kachehri.store import district, questions
from kachehri.store.tables import Category
from rooms.questions import ClassifyQuestion
from rooms.session import decode_event
from tests.bench.house import SESSION, citizen
from tests.kachehri.service.commands import DESK, ask, key, log_of

pytestmark = pytest.mark.anyio


def topics(service: Service, *protected: str) -> None:
    """The district's topics, of which these are protected from now on."""
    rows = [
        Category(id=code, code=code, name_ur=code, name_en=code, protected=code in protected)
        for code in ("water", "bribe")
    ]
    with service.store.write() as conn:
        district.save_categories(conn, rows)


async def test_a_question_in_a_protected_topic_is_private_whatever_it_says_itself(service: Service) -> None:
    topics(service)
    live = await service.live(SESSION)
    before = await service.submit(citizen(1), SESSION, ask(category="bribe"), key(1))
    topics(service, "bribe")
    rest = [
        service.submit(citizen(each), SESSION, ask(category=category, private=private), key(each))
        for each, category, private in (
            (2, "bribe", False),
            (3, "water", False),
            (4, "water", True),
            (5, "other", False),
        )
    ]
    done = [before, *await asyncio.gather(*rest)]
    asked = [live.session.queue.questions[(each.result or {})["question"]] for each in done]
    assert [each.private for each in asked] == [False, True, False, True, False]
    events = [decode_event(row.body) for row in log_of(service) if row.type == "question.asked"]
    assert sum(getattr(each, "private", False) for each in events) == 2, "what is replayed needs no district"
    with service.store.read() as conn:
        rows = [questions.by_id(conn, each.id) for each in asked]
    assert [row.privacy for row in rows if row] == ["public", "private", "public", "private", "public"]


async def test_its_key_is_that_of_the_command_as_it_was_sent(service: Service) -> None:
    topics(service)
    first = await service.submit(citizen(1), SESSION, ask(category="bribe"), key(1))
    topics(service, "bribe")
    assert await service.submit(citizen(1), SESSION, ask(category="bribe"), key(1)) == first
    kept = await service.submit(citizen(2), SESSION, ask(category="bribe"), key(2))
    assert await service.submit(citizen(2), SESSION, ask(category="bribe"), key(2)) == kept
    assert len((await service.live(SESSION)).session.queue.questions) == 2


async def test_the_topics_are_read_once_for_all_that_come_together(service: Service) -> None:
    topics(service, "bribe")
    await service.submit(citizen(0), SESSION, ask(category="water"), key(0))  # from here on its topic is known
    await service.live(SESSION)
    read: list[str] = []
    told: list[Announced] = []
    service.follow(told.append)

    def note(conn: object, cursor: object, statement: str, *rest: object) -> None:
        if "FROM category" in statement:
            read.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        many = (service.submit(citizen(each), SESSION, ask(category="water"), key(each)) for each in range(1, 51))
        await asyncio.gather(*many)
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    assert len(read) == len(told) >= 1, "one reading for each commit"


async def test_what_the_desk_finds_to_belong_there_is_private_from_then_on(service: Service) -> None:
    topics(service, "bribe")
    live = await service.live(SESSION)
    question = ((await service.submit(citizen(1), SESSION, ask(hide_name=True), key(1))).result or {})["question"]
    for number, (category, privacy) in enumerate(
        (("water", "hidden_name"), ("bribe", "private"), ("water", "private")), start=2
    ):
        await service.submit(DESK, SESSION, ClassifyQuestion(question=question, category=category), key(number))
        with service.store.read() as conn:
            row = questions.by_id(conn, question)
        assert row is not None and (row.category, row.privacy) == (category, privacy)
        assert live.session.queue.questions[question].private is (privacy == "private")
    (_, told, _) = [decode_event(row.body) for row in log_of(service) if row.type == "question.classified"]
    assert getattr(told, "private", False), "what is replayed needs no district"
