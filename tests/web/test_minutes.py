"""The minutes of a closed session: its course, who was there, what was decided; nobody's hidden name."""

from __future__ import annotations

import contextlib
import re

import pypdfium2  # type: ignore[import-untyped]
import pytest

from kachehri.i18n import words_for
from kachehri.store import accounts, audit, sessions
from rooms.attendance import BlockParticipant, CountAttendance, ReportPresence
from rooms.base import SYSTEM, Actor
from rooms.lifecycle import AdjournSession, ResumeSession
from rooms.outcomes import NoteOutcome
from rooms.questions import AdmitQuestion, MoveQuestion
from rooms.turns import AcceptTurn, CallTurn, FinishTurn, ReadOutTurn, ReadyTurn
from tests.web.conftest import Town
from tests.web.test_register import ask, closed
from tests.web.test_staff import account, signed_in
from web.forms import new_key
from web.logins import staff_participant

pytestmark = pytest.mark.anyio
UR, EN = words_for("ur"), words_for("en")


@pytest.fixture(scope="module")
async def hearing(town: Town) -> str:
    """A hearing with a break, two turns, an order, a refusal, a move by hand and somebody who was blocked."""
    session = await town.schedule(live=True)
    login = account(town, "chair")
    with town.service.store.write() as conn:
        conn.exec_driver_sql("UPDATE account SET title_ur = 'ڈپٹی کمشنر', title_en = 'DC' WHERE login = ?", (login,))
    chair = await signed_in(town, "chair")
    await chair.get(f"/mod/{session}")
    with town.service.store.read() as conn:
        found = accounts.by_login(conn, login)
    assert found is not None
    who = staff_participant(session, found)
    with town.service.store.write() as conn:
        town.service.people.join(
            conn,
            participant=who,
            session_id=session,
            role="chair",
            device=None,
            account=found.id,
            language="ur",
            now=town.house.now(),
        )
    await town.service.submit(SYSTEM, session, ReportPresence(participant=who, role="chair", present=True))
    await town.service.submit(SYSTEM, session, CountAttendance(present=417))
    first = await ask(town, session, 1, name="نسرین بی بی", text="نلکا بند ہے")
    second = await ask(town, session, 2, name="Ghulam Rasool", hide_name=True, text="The road is broken")
    third = await ask(town, session, 3, name="Aslam", text="The school has no roof")
    private = await ask(town, session, 4, name="Shazia", private=True, text="The clerk of the canal office wants money")
    for question in (first, second, third):
        await town.moderate(session, AdmitQuestion(question=question))
    move = MoveQuestion(question=third, before=first, reason="with_child", note="twins at home")
    await town.moderate(session, move)
    turn = (await town.moderate(session, CallTurn(question=first, seat="citizen")))["turn"]
    asker = Actor(f"{1:016x}", "citizen")
    for command in (AcceptTurn(turn=turn), ReadyTurn(turn=turn), FinishTurn(turn=turn)):
        await town.service.submit(asker, session, command, new_key())
    await town.moderate(session, AdjournSession(reason="prayer"))
    await town.moderate(session, ResumeSession())
    turn = (await town.moderate(session, CallTurn(question=second)))["turn"]
    await town.moderate(session, ReadOutTurn(turn=turn))
    await town.moderate(session, FinishTurn(turn=turn))
    order = NoteOutcome(question=first, outcome="ordered", office="water", due="2030-01-20", note="نیا پمپ لگے گا")
    await town.moderate(session, order)
    refusal = NoteOutcome(question=second, outcome="refused", rule="Highways Act s. 12", note="no budget this year")
    await town.moderate(session, refusal)
    hidden = NoteOutcome(question=private, outcome="ordered", office="water", due="2030-01-20", note="secret order")
    await town.moderate(session, AdmitQuestion(question=private))
    await town.moderate(session, hidden)
    await town.moderate(session, BlockParticipant(participant=f"{3:016x}", reason="abuse", note="swore at the desk"))
    await closed(town, session)
    return session


async def test_before_the_close_there_are_no_minutes(town: Town) -> None:
    session = await town.schedule(live=True)
    phone = await signed_in(town, "clerk")
    for path in ("minutes", "minutes.pdf"):
        assert (await phone.client.get(f"/sessions/{session}/{path}")).status_code == 409


async def test_the_page_tells_the_whole_course_in_both_languages(town: Town, hearing: str) -> None:
    phone = await signed_in(town, "moderator")
    page = (await phone.get(f"/sessions/{hearing}/minutes")).text
    for words in (UR, EN):
        for key in (
            "minutes.phase.started",
            "minutes.phase.adjourned",
            "minutes.phase.closing_moderator",
            "phase_reason.prayer",
            "moved.with_child",
            "remove_reason.abuse",
            "paper.outcome.ordered",
            "paper.outcome.refused",
            "minutes.count.peak",
            "paper.balance",
        ):
            assert words.t(key) in page, key
    for sign in (
        "A chair",
        "ڈپٹی کمشنر",
        ">417<",
        "نیا پمپ لگے گا",
        "Highways Act s. 12",
        "twins at home",
        "نسرین بی بی",
    ):
        assert sign in page, sign
    with town.service.store.read() as conn:
        row = sessions.get(conn, hearing)
    assert row is not None and row.head_hash.hex() in page


async def test_no_hidden_name_and_nothing_private_stands_in_it(town: Town, hearing: str) -> None:
    phone = await signed_in(town, "moderator")
    page = (await phone.get(f"/sessions/{hearing}/minutes")).text
    for secret in ("Ghulam Rasool", "Shazia", "canal office", "secret order"):
        assert secret not in page, secret
    # Whoever was blocked stands there with a number, not with a name.
    live = await town.service.live(hearing)
    blocked = live.session.queue.asked_by[f"{3:016x}"][0]
    part = re.search(r'<table class="minutes-table t-bars">(.*?)</table>', page, re.DOTALL)
    assert part is not None and "Aslam" not in part[1]
    assert EN.grouped(live.session.queue.questions[blocked].reference) in part[1]


async def test_the_pdf_is_the_same_and_its_taking_is_on_record(town: Town, hearing: str) -> None:
    phone = await signed_in(town, "administrator")
    phone.client.timeout = 60
    answer = await phone.client.get(f"/sessions/{hearing}/minutes.pdf")
    while answer.status_code == 202:
        answer = await phone.client.get(f"/sessions/{hearing}/minutes.pdf")
    assert answer.headers["content-type"] == "application/pdf"
    with contextlib.closing(pypdfium2.PdfDocument(answer.content)) as document:
        text = "".join(page.get_textpage().get_text_range() for page in document)
        assert f"1 / {len(document)}" in text and document[0].get_width() < document[0].get_height()
    for sign in ("Attendance of staff and officials", "A chair", "417", "Highways Act s. 12"):
        assert sign in text, sign
    with town.service.store.read() as conn:
        row, _ = audit.listing(conn, actions=["minutes.download"], limit=1)[0]
    assert row.subject == hearing


async def test_others_do_not_open_it(town: Town, hearing: str) -> None:
    for role in ("official", "observer", "officer"):
        phone = await signed_in(town, role)
        assert (await phone.client.get(f"/sessions/{hearing}/minutes")).status_code == 403
