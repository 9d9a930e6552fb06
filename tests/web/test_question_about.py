"""Whom a question complains about is said by the desk, and from the close on its ticket goes around them."""

from __future__ import annotations

import html

import httpx
import pytest

from kachehri import ticketing
from kachehri.i18n import words_for
from kachehri.store import tickets as ticket_rows
from kachehri.store.tables import Ticket
from rooms.outcomes import NoteOutcome
from rooms.questions import AdmitQuestion
from tests.web.conftest import Town
from tests.web.own_ticket import posts
from tests.web.test_lobby import has
from tests.web.test_register import closed
from tests.web.test_staff import signed_in
from tests.web.town import Phone

__all__ = ["posts"]
pytestmark = pytest.mark.anyio
EN = words_for("en")


async def asked(town: Town, session: str) -> tuple[str, str]:
    receipt = await town.phone("en").ask(session, "The engineer wants money")
    return receipt, str(town.service.people.question_of(receipt.removeprefix("/q/")))


async def says(desk: Phone, session: str, question: str, about: str) -> httpx.Response:
    path = f"/sessions/{session}/about/{question}"
    assert (await desk.get(path)).status_code == 200
    return await desk.post(path, about=about)


def ticket_of(town: Town, question: str) -> Ticket:
    with town.service.store.read() as conn:
        found = ticket_rows.by_question(conn, question)
    assert found is not None
    return found


async def test_its_ticket_goes_to_the_one_above_and_no_page_tells_whom_it_is_about(town: Town) -> None:
    session = await town.schedule(live=True)
    desk = await signed_in(town, "moderator")
    plain_receipt, plain = await asked(town, session)
    receipt, question = await asked(town, session)
    assert f"/sessions/{session}/about/" in (await desk.get(f"/mod/{session}")).text
    assert (await says(desk, session, question, "xen")).status_code == 200
    page = (await desk.get(f"/sessions/{session}/about/{question}")).text
    assert 'value="xen" selected' in page and has(page, "concern.lead")
    live = await town.service.live(session)
    assert live.session.queue.questions[question].about == "xen"
    for path in (f"/mod/{session}", f"/s/{session}", f"/s/{session}/live", receipt):
        phone = desk if path.startswith("/mod") else town.phone("en")
        assert "xen" not in html.unescape((await phone.get(path)).text).replace("next", "").split()
    order = NoteOutcome(question=question, outcome="ordered", office="water", due="2030-01-16", note="Do it")
    await town.moderate(session, AdmitQuestion(question=question))
    await town.moderate(session, order)
    await closed(town, session)
    ticket, other = ticket_of(town, question), ticket_of(town, plain)
    assert (ticket.about_post_id, other.about_post_id) == ("xen", None)
    with town.service.store.read() as conn:
        life = ticketing.load(conn, ticket.id)
    assert life.about == "xen" and life.post != "xen"
    page = html.unescape((await town.phone("en").get(receipt)).text)
    assert "Executive Engineer" not in page, "neither is it on her own page, which may be looked at over her shoulder"


async def test_a_whole_office_that_the_hearing_named_is_passed_over(town: Town) -> None:
    session = await town.schedule(live=True)
    desk = await signed_in(town, "moderator")
    _, question = await asked(town, session)
    await says(desk, session, question, "office/water")
    await town.moderate(session, AdmitQuestion(question=question))
    order = NoteOutcome(question=question, outcome="ordered", office="water", due="2030-01-16", note="Do it")
    await town.moderate(session, order)
    await closed(town, session)
    ticket = ticket_of(town, question)
    assert ticket.about_post_id == "office/water" and ticket.office_id != "water"


async def test_it_can_be_taken_back_and_names_only_what_there_is(town: Town) -> None:
    session = await town.schedule(live=True)
    desk = await signed_in(town, "moderator")
    _, question = await asked(town, session)
    unknown = await says(desk, session, question, "nobody-such")
    assert unknown.status_code >= 400 and has(unknown.text, "refused.office_unknown")
    live = await town.service.live(session)
    assert live.session.queue.questions[question].about == ""
    await says(desk, session, question, "se")
    await says(desk, session, question, "")
    assert live.session.queue.questions[question].about == ""
    await closed(town, session)
    assert ticket_of(town, question).about_post_id is None


async def test_only_the_desk_says_it(town: Town) -> None:
    session = await town.schedule(live=True)
    _, question = await asked(town, session)
    path = f"/sessions/{session}/about/{question}"
    observer = await signed_in(town, "observer")
    assert (await observer.get(path)).status_code == 403
    desk = await signed_in(town, "moderator")
    assert (await desk.get(f"/sessions/{session}/about/00000000000000ff")).status_code == 404
    assert (await desk.post(f"/sessions/{session}/about/none", about="xen")).status_code in (400, 403, 404)
