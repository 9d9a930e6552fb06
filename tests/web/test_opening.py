"""The next hearing begins with what was promised in the last one, and the seat is offered first to whom it is owed."""

from __future__ import annotations

import html
import re
from datetime import timedelta

import pytest

from kachehri import promises as ledger
from kachehri.i18n import words_for
from kachehri.store import promises, tickets
from kachehri.store.rows import put
from kachehri.store.tables import Commitment, ReplayChapter
from rooms.outcomes import NoteOutcome
from rooms.questions import AdmitQuestion
from tests.web.conftest import Phone, Town
from tests.web.test_following import close
from tests.web.test_lobby import has
from tests.web.test_receipts import asked
from tests.web.test_staff import signed_in

pytestmark = pytest.mark.anyio
EN = words_for("en")
DAY_MS = 86_400_000


async def promised(town: Town, words: str, *, asks: str = "No water", **fields: str) -> tuple[Phone, str, str]:
    """A phone with a promise of a hearing that is over; its receipt, and the promise."""
    session = await town.schedule(live=True)
    phone, path, question = await asked(town, session, asks, **fields)
    await town.moderate(session, AdmitQuestion(question=question))
    due = (EN.dates.local(town.house.now()).date() + timedelta(days=3)).isoformat()
    await town.moderate(session, NoteOutcome(question=question, outcome="ordered", office="water", due=due, note=words))
    await close(town, session)
    return phone, path, (await promise_of(town, question)).id


async def promise_of(town: Town, question: str) -> Commitment:
    with town.service.store.read() as conn:
        found = promises.of_question(conn, question)
    assert found is not None
    return found


async def standing(town: Town, promise: str) -> Commitment:
    with town.service.store.read() as conn:
        found = promises.get(conn, promise)
    assert found is not None
    return found


async def following(town: Town) -> str:
    """The next hearing in the same room, live."""
    return await town.schedule(live=True)


async def test_what_was_promised_stands_there_with_number_post_and_day(town: Town) -> None:
    _, _, promise = await promised(town, "The pump of Chak 57 is mended")
    session = await following(town)
    desk = await signed_in(town, "moderator")
    page = (await desk.get(f"/sessions/{session}/opening")).text
    found = await standing(town, promise)
    assert has(page, "opening.title", "opening.group.due", "opening.offer") and "The pump of Chak 57 is mended" in page
    assert EN.dates.day(found.due_at or 0) in page and "Public Health Engineering" in page


async def test_of_a_private_promise_no_words_are_shown(town: Town) -> None:
    await promised(town, "The widow’s pension is paid", private="1")
    session = await following(town)
    page = (await (await signed_in(town, "moderator")).get(f"/sessions/{session}/opening")).text
    assert has(page, "opening.private") and "pension" not in page


async def test_on_the_big_screen_there_is_nothing_to_press(town: Town) -> None:
    await promised(town, "The drain is cleaned")
    session = await following(town)
    page = (await (await signed_in(town, "moderator")).get(f"/sessions/{session}/opening?screen=1")).text
    assert "The drain is cleaned" in page and not has(page, "opening.say.moved")


async def test_what_the_office_says_is_marked_and_is_not_kept_by_it(town: Town) -> None:
    phone, path, promise = await promised(town, "A transformer is brought")
    session = await following(town)
    desk = await signed_in(town, "moderator")
    here = f"/sessions/{session}/opening"
    await desk.get(here)
    assert (await desk.post(here, promise=promise, do="said")).status_code == 200
    assert (await standing(town, promise)).state == "said"
    page = (await phone.get(path)).text
    assert has(page, "promise.stands.said", "promise.kept", "promise.denied")
    await phone.post(f"{path}/promise", said="denied")
    assert (await standing(town, promise)).state == "made"
    await desk.get(here)
    before = await standing(town, promise)
    refused = await desk.post(here, promise=promise, do="moved", day="2020-01-01")
    assert refused.status_code == 409 and has(refused.text, "refused.pledge_day")
    later = EN.dates.local((before.due_at or 0) + 5 * DAY_MS).date().isoformat()
    await desk.get(here)
    moved = await desk.post(here, promise=promise, do="moved", day=later)
    assert moved.status_code == 200 and has(moved.text, "opening.done.moved")
    after = await standing(town, promise)
    assert (after.state, after.moves, after.first_due_at) == ("moved", 1, before.due_at)
    await desk.post(here, promise=promise, do="help")
    assert (await standing(town, promise)).help_at is not None


async def test_her_seat_is_offered_and_she_is_put_first_for_a_reason_that_all_may_read(town: Town) -> None:
    phone, path, promise = await promised(town, "The school gets a teacher")
    session = await following(town)
    here = f"/sessions/{session}/opening"
    desk = await signed_in(town, "moderator")
    await desk.get(here)
    assert has((await desk.post(here, promise=promise, do="offer")).text, "opening.done.offer", "opening.offered")
    page = (await phone.get(path)).text
    assert f'href="/s/{session}"' in page
    _, _, first = await asked(town, session, "Somebody who came earlier")
    await town.moderate(session, AdmitQuestion(question=first))
    await phone.ask(session, "I was promised a teacher")
    live = await town.service.live(session)
    hers = next(each for each in live.session.queue.questions if each != first)
    assert has((await desk.get(here)).text, "opening.asked")
    await town.moderate(session, AdmitQuestion(question=hers))
    page = (await desk.get(here)).text
    assert has(page, "opening.here", n=2)
    done = await desk.post(here, promise=promise, do="first", question=hers)
    assert has(done.text, "opening.done.first", "opening.was_first")
    assert [each for _, each in live.session.queue.line] == [hers, first]
    assert live.session.queue.questions[hers].moved == "promised"
    assert has((await town.phone("en").get(f"/s/{session}/live")).text, "moved.promised")


async def test_somebody_else_is_not_put_first_in_her_name(town: Town) -> None:
    _, _, promise = await promised(town, "A wall is built")
    session = await following(town)
    _, _, other = await asked(town, session, "Somebody else")
    await town.moderate(session, AdmitQuestion(question=other))
    desk = await signed_in(town, "moderator")
    here = f"/sessions/{session}/opening"
    await desk.get(here)
    refused = await desk.post(here, promise=promise, do="first", question=other)
    assert refused.status_code == 409 and (await town.service.live(session)).session.queue.questions[other].moved == ""


async def test_an_official_marks_and_offers_no_seats(town: Town) -> None:
    _, _, promise = await promised(town, "A road is mended")
    session = await following(town)
    here = f"/sessions/{session}/opening"
    official = await signed_in(town, "official")
    page = (await official.get(here)).text
    assert has(page, "opening.say.said") and not has(page, "opening.offer")
    assert (await official.post(here, promise=promise, do="offer")).status_code == 400
    assert (await (await signed_in(town, "officer")).get(here)).status_code == 403


async def test_a_promise_of_another_room_is_not_marked_here(town: Town) -> None:
    session = await following(town)
    desk = await signed_in(town, "moderator")
    await promised(town, "Something else")
    here = f"/sessions/{session}/opening"
    await desk.get(here)
    answer = await desk.post(here, promise="no-such-promise", do="said")
    assert answer.status_code == 409 and has(answer.text, "refused.pledge_unknown")


async def test_whose_day_has_passed_is_broken_for_everybody_at_once(town: Town) -> None:
    _, _, promise = await promised(town, "A well is dug")
    store = town.service.store
    with store.write() as conn:
        found = promises.get(conn, promise)
        assert found is not None and found.due_at is not None
        assert ledger.due_promises(conn, found.due_at) == 0
        late = ledger.due_promises(conn, found.due_at + 1)
        assert late >= 1 and ledger.due_promises(conn, found.due_at + 1) == 0
    assert (await standing(town, promise)).state == "broken"
    session = await following(town)
    page = (await (await signed_in(town, "chair")).get(f"/sessions/{session}/opening")).text
    assert has(page, "opening.group.broken") and re.search(r'opening-broken" id="p-', page)


async def test_what_is_late_beyond_every_superior_stands_on_the_agenda(town: Town) -> None:
    _, _, promise = await promised(town, "the pump will be mended", asks="Ghulam dug it up")
    late = await standing(town, promise)
    with town.service.store.write() as conn:
        conn.exec_driver_sql("UPDATE ticket SET level = 3, state = 'assigned' WHERE id = ?", (late.ticket_id,))
        ticket = tickets.get(conn, late.ticket_id or "")
    assert ticket is not None and ticket.category is not None
    here = f"/sessions/{await following(town)}/opening"
    desk = {role: await signed_in(town, role) for role in ("chair", "moderator", "official", "clerk", "administrator")}

    async def readers(query: str = "") -> set[str]:
        """Who reads her words there; the number and the topic stand there for everybody."""
        pages = {role: html.unescape((await phone.get(here + query)).text) for role, phone in desk.items()}
        for page in pages.values():
            assert EN.plain("agenda.title") in page and EN.grouped(ticket.reference) in page
        return {role for role, page in pages.items() if "Ghulam" in page}

    assert await readers() == {"chair", "moderator"} and await readers("?screen=1") == set()
    at = town.house.now()
    chapter = ReplayChapter(
        session_id=late.session_id,
        key="c9",
        n=9,
        kind="stage",
        question_id=late.question_id,
        starts_at=at,
        ends_at=at,
        state="released",
        decided_at=at,
    )
    with town.service.store.write() as conn:
        put(conn, [chapter])
    assert await readers() == await readers("?screen=1") == set(desk)
    with town.service.store.write() as conn:
        conn.exec_driver_sql("UPDATE category SET protected = 1 WHERE code = ?", (ticket.category,))
    try:
        assert await readers() == set(), "a topic that is never published"
    finally:
        with town.service.store.write() as conn:
            conn.exec_driver_sql("UPDATE category SET protected = 0 WHERE code = ?", (ticket.category,))
