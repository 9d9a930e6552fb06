"""Nobody leaves empty-handed: what a question's own page says in every way that a hearing can end for it."""

from __future__ import annotations

import re

import pytest

from kachehri.i18n import words_for
from kachehri.store import tickets
from kachehri.tickets.desk import post_status
from rooms.base import Actor
from rooms.outcomes import NoteOutcome
from rooms.questions import AdmitQuestion, ConfirmRefusal, DeferQuestion, MergeQuestion, NotTakeQuestion, RefuseQuestion
from tests.web.conftest import Phone, Town
from tests.web.test_following import close, reference_in
from tests.web.test_lobby import has

pytestmark = pytest.mark.anyio
EN = words_for("en")
TEXT = "The road is broken"


async def asked(town: Town, session: str, text: str = TEXT, **fields: str) -> tuple[Phone, str, str]:
    """A phone, its receipt and its question."""
    phone = town.phone("en")
    path = await phone.ask(session, text, **fields)
    live = await town.service.live(session)
    question = town.service.people.question_of(path.removeprefix("/q/"))
    assert question and question in live.session.queue.questions
    return phone, path, question


async def test_what_comes_next_stands_on_every_page(town: Town) -> None:
    session = await town.schedule(live=True)
    phone, path, question = await asked(town, session, area="uc1", village="Gali 4")
    page = (await phone.get(path)).text
    assert has(page, "next_is.new", "receipt.carry", "live.not_recorded") and "Chak 57, Gali 4" in page
    assert re.search(r'aria-label="\d \d, \d \d \d \d, \d \d \d \d"', page), "a voice reads digit by digit, in groups"
    await town.moderate(session, AdmitQuestion(question=question))
    assert has((await phone.get(path)).text, "next_is.admitted", "check_again")
    await town.moderate(session, DeferQuestion(question=question, reason="needs_file"))
    assert has((await phone.get(path)).text, "next_is.written", "why.needs_file")


async def test_an_order_names_the_office_and_the_day(town: Town) -> None:
    session = await town.schedule(live=True)
    phone, path, question = await asked(town, session)
    await town.moderate(session, AdmitQuestion(question=question))
    order = NoteOutcome(
        question=question, outcome="ordered", office="water", due="2027-03-01", note="New pump by Monday"
    )
    await town.moderate(session, order)
    page = (await phone.get(path)).text
    day = EN.dates.day(1_803_895_200_000)
    assert (
        has(page, "outcome_own.ordered", office="Public Health Engineering", day=day) and "New pump by Monday" in page
    )
    await close(town, session)
    page = (await phone.get(path)).text
    assert has(page, "ticket.state.routed", "own.story", "promise.title", "promise.until", "own.next_reply")
    assert "Public Health Engineering" in page and day in page and "New pump by Monday" in page


async def test_a_refusal_names_the_rule_and_the_right_to_object(town: Town) -> None:
    session = await town.schedule(live=True)
    phone, path, question = await asked(town, session)
    await town.moderate(session, AdmitQuestion(question=question))
    await town.moderate(session, NoteOutcome(question=question, outcome="refused", rule="Land Revenue Act 1967, s 42"))
    page = (await phone.get(path)).text
    assert has(page, "outcome_own.refused", "outcome_own.object") and "Land Revenue Act 1967, s 42" in page
    assert has(page, "object.call", phone="1991")


async def test_abuse_that_two_refused_says_why_and_how_to_object(town: Town) -> None:
    session = await town.schedule(live=True)
    phone, path, question = await asked(town, session)
    await town.moderate(session, RefuseQuestion(question=question, reason="abuse"))
    second = Actor("00000000000000fe", "moderator", "acc2")
    await town.service.submit(second, session, ConfirmRefusal(question=question), "k" * 22)
    assert has((await phone.get(path)).text, "state.refused", "why.abuse", "next_is.refused")
    await close(town, session)
    assert has((await phone.get(path)).text, "state.refused", "next_is.refused"), "also afterwards"


async def test_not_taken_unheard_and_joined_all_end_with_a_number_that_is_followed(town: Town) -> None:
    session = await town.schedule(live=True)
    first = await asked(town, session)
    second = await asked(town, session, "The same road")
    third = await asked(town, session, "No water")
    await town.moderate(session, NotTakeQuestion(question=third[2], reason="no_time"))
    await town.moderate(session, MergeQuestion(question=second[2], into=first[2]))
    assert has((await second[0].get(second[1])).text, "next_is.merged", "q.merged")
    assert has((await third[0].get(third[1])).text, "next_is.written", "why.no_time")
    await close(town, session)
    for phone, path, _ in (first, second, third):
        page = (await phone.get(path)).text
        assert has(page, "ticket.office") and reference_in(page)
    parent = reference_in((await first[0].get(first[1])).text)
    assert has((await second[0].get(second[1])).text, "ticket.follows", reference=parent)
    assert has((await first[0].get(first[1])).text, "q.unheard")


async def test_what_the_office_says_stands_on_the_askers_page(town: Town) -> None:
    session = await town.schedule(live=True)
    phone, path, question = await asked(town, session)
    await close(town, session)
    with town.service.store.write() as conn:
        now = town.service.store.now(conn)
        for n, (kind, text, day) in enumerate((("seen", "", ""), ("visit", "Bring the bill", "2026-12-01"))):
            ticket = tickets.by_question(conn, question)
            assert ticket is not None
            today = "2026-11-22"
            post_status(
                conn,
                now + n,
                ticket,
                actor="acc",
                office="water",
                kind=kind,
                text=text,
                day=day,
                today=today,
                key=str(n),
            )
    page = (await phone.get(path)).text
    assert has(page, "own.story", "status.kind.seen") and "Bring the bill" in page
    assert has(page, "receipt.visit", day="Tuesday 1 December 2026")
    assert page.index("Bring the bill") < page.index(EN.plain("status.kind.seen")), "newest first"
    public = (await town.phone("en").get(f"/t/{reference_in(page)}")).text
    assert "Bring the bill" not in public


async def test_taken_back_can_be_asked_again(town: Town) -> None:
    session = await town.schedule()
    phone, path, _ = await asked(town, session)
    await phone.get(path)
    await phone.post(f"{path}/withdraw")
    assert has((await phone.get(path)).text, "state.withdrawn", "next_is.withdrawn")
