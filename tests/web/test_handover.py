"""The pack for another body: everything that was done and said, nothing that only the house should know."""

from __future__ import annotations

import contextlib

import pypdfium2  # type: ignore[import-untyped]
import pytest

from kachehri import ticketing
from kachehri.i18n import words_for
from kachehri.store import audit, papers
from kachehri.store import tickets as ticket_rows
from kachehri.tickets import acts as a
from kachehri.tickets.acts import Doer
from rooms.base import ContentRef
from rooms.outcomes import NoteOutcome
from rooms.questions import AdmitQuestion
from tests.web.conftest import Town
from tests.web.test_register import PHONE, ask, closed
from tests.web.test_staff import signed_in

pytestmark = [pytest.mark.anyio, pytest.mark.slow]
OFFICER = Doer("officer", "acc-x", office="water")
TEXT = "The pump of Chak 57 has been dry since March; call 0301-2345678"


@pytest.fixture(scope="module")
async def reference(town: Town) -> str:
    """An ordered complaint that was begun, noted on, proposed, doubted and raised."""
    session = await town.schedule(live=True)
    question = await ask(town, session, 1, name="Nasreen", text=TEXT)
    await town.moderate(session, AdmitQuestion(question=question))
    order = NoteOutcome(question=question, outcome="ordered", office="water", due="2030-01-20", note="A new pump")
    await town.moderate(session, order)
    await closed(town, session)
    store = town.service.store
    with store.write() as conn:
        now = store.now(conn)
        found = ticket_rows.by_question(conn, question)
        assert found is not None

        def do(act: a.Act, doer: Doer = OFFICER) -> None:
            ticketing.act(conn, now, found.id, act, doer)

        def says(text: str) -> ContentRef:
            return ticketing.words(conn, now, text)

        if found.state == "registered":
            do(a.Route(office="water", why="x", reason=says("water")), Doer("triage", "acc-t", office="desk"))
        do(a.Assign(post=""), ticketing.CLOCK)
        do(a.Start(plan=says("Order the motor"), day="2030-01-10"))
        do(a.Note(note=says("The contractor is a cousin of the clerk")))
        do(a.Propose(outcome="relief_granted", note=says("The motor runs; operator 0333-7654321")))
        do(a.Dispute(solved="no"), Doer("citizen", "p"))
        return found.reference


async def test_the_pack_holds_the_whole_story_with_numbers_covered(town: Town, reference: str) -> None:
    phone = await signed_in(town, "administrator")
    path = f"/tickets/{reference}/handover.pdf"
    answer = await phone.client.get(path)
    while answer.status_code == 202:  # the machine is busy; the page says so and comes again
        answer = await phone.client.get(path)
    assert answer.status_code == 200 and answer.headers["content-type"] == "application/pdf"
    assert answer.headers["cache-control"] == "no-store"
    with contextlib.closing(pypdfium2.PdfDocument(answer.content)) as document:
        text = "\n".join(page.get_textpage().get_text_range() for page in document)
    said = " ".join(text.split())
    outcome = words_for("en").plain("office.told.disputed_no")
    for words in ("The pump of Chak 57", "Order the motor", "The motor runs", outcome, "No water"):
        assert words in said, words
    grouped = f"{reference[:2]}-{reference[2:6]}-{reference[6:]}"
    assert grouped in said.replace("‑", "-").replace("\u2011", "-")
    # Numbers are covered, and talk among the staff stays in the house.
    for secret in ("2345678", "7654321", PHONE[-7:], "cousin"):
        assert secret not in said, secret
    with town.service.store.read() as conn:
        found = ticket_rows.by_reference(conn, reference)
        assert found is not None and found.head_hash.hex() in said.replace(" ", "")
        row = next(row for row, _ in audit.listing(conn, actions=["ticket.handover"], limit=5))
        assert row.subject == reference and row.body == {"steps": str(found.head_seq)}
        assert papers.exhibits(conn, found.id) == []


async def test_who_may_not_see_the_ticket_gets_no_pack(town: Town, reference: str) -> None:
    observer = await signed_in(town, "observer")
    assert (await observer.client.get(f"/tickets/{reference}/handover.pdf")).status_code == 403
    officer = await signed_in(town, "officer")  # of no office
    assert (await officer.client.get(f"/tickets/{reference}/handover.pdf")).status_code == 404
    administrator = await signed_in(town, "administrator")
    assert (await administrator.client.get("/tickets/2640718822/handover.pdf")).status_code == 404
