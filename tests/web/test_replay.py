"""A hearing after its close: its chapters, nobody's words that nobody released, search and files."""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass
from urllib.parse import urlencode

import pytest

from kachehri.i18n import words_for
from kachehri.store import replays
from recordings import replaying, webvtt
from recordings.said import TYPED_MS
from recordings.withheld import note_withheld
from rooms.base import Actor
from rooms.captions import TypeCaption
from rooms.lifecycle import CancelSession, SeatPlan
from rooms.outcomes import NoteOutcome
from rooms.questions import AdmitQuestion
from rooms.turns import CallTurn, FinishTurn, GiveFloor, ReadyTurn, TakeSeat
from tests.web.conftest import Phone, Town
from tests.web.test_following import close
from tests.web.test_lobby import has
from tests.web.town import SEATS
from web.forms import new_key

pytestmark = pytest.mark.anyio
EN = words_for("en")
TEXT = "چک 57 میں نلکا بند ہے، میرا نمبر 0301-2345678 ہے"
HERS, OPENING, ANSWER = "میرا نام زینب ہے اور پانی بند ہے", "کچہری میں خوش آمدید", "موٹر سوموار تک بدل دیں گے"
CHAIR = Actor("00000000000000cc", "chair", "acc")


@dataclass
class Heard:
    """A closed hearing with one question that was answered on the stage."""

    session: str
    question: str
    receipt: str
    phone: Phone
    reference: str


async def heard(town: Town, *also: SeatPlan) -> Heard:
    session = await town.schedule(live=True, seats=(*SEATS, *also))
    phone = town.phone("en")
    receipt = await phone.ask(session, TEXT, area="uc1")
    (question,) = (await town.service.live(session)).session.queue.questions.values()
    await town.service.submit(CHAIR, session, TakeSeat(seat="chair"), new_key())
    await town.moderate(session, TypeCaption(language="ur", line=OPENING))
    await town.moderate(session, AdmitQuestion(question=question.id))
    await town.moderate(session, CallTurn(question=question.id, seat="citizen"))
    (turn,) = (await town.service.live(session)).session.stage.turns
    await town.service.submit(Actor(question.asker, "citizen"), session, ReadyTurn(turn=turn), new_key())
    await town.moderate(session, TypeCaption(language="ur", line=HERS))
    await town.moderate(session, GiveFloor(seat="chair"))
    await town.moderate(session, TypeCaption(language="ur", line=ANSWER))
    await town.moderate(session, NoteOutcome(question=question.id, outcome="answered", note="موٹر بدلے گی"))
    await town.moderate(session, FinishTurn(turn=turn))
    await close(town, session)
    return Heard(session, question.id, receipt, phone, question.reference)


def decided(town: Town, found: Heard, state: str) -> None:
    """What a moderator's page does, done directly."""
    store = town.service.store
    with store.write() as conn:
        (row,) = replays.of_question(conn, found.question)
        replays.decide(conn, found.session, row.key, state, "", "acc", store.now(conn))


async def kept(town: Town, session: str) -> None:
    live = await town.service.live(session)
    with town.service.store.write() as conn:
        replaying.keep(conn, live)


async def test_stands_at_the_close_and_tells_what_became_of_it(town: Town) -> None:
    found = await heard(town)
    page = (await town.phone("en").get(f"/s/{found.session}/replay")).text
    assert has(page, "replay.opening", "ticket.state.resolution_proposed", "paper.outcome.answered")
    assert "Chak 57" in page and f"/t/{found.reference}" in page
    assert OPENING in page and ANSWER in page, "what officials said is for everybody"
    assert "<script" not in page.split("</head>")[1], "it is whole without a script"


async def test_shows_nobodys_words_until_they_are_released(town: Town) -> None:
    found = await heard(town)
    path = f"/s/{found.session}/replay"
    anyone = town.phone("en")
    before = (await anyone.get(path)).text
    for words in ("نلکا", HERS, "موٹر بدلے گی", "2345678"):
        assert words not in before, words
    assert has(before, "replay.not_read")
    await kept(town, found.session)
    decided(town, found, "released")
    after = (await anyone.get(path)).text
    assert "نلکا" in after and HERS in after and "موٹر بدلے گی" in after and "2345678" not in after
    decided(town, found, "kept")
    again = (await anyone.get(path)).text
    assert "نلکا" not in again and HERS not in again and ANSWER not in again and has(again, "replay.kept")


async def test_lines_of_a_dumped_span_are_nobodys_to_read(town: Town) -> None:
    found = await heard(town)
    await kept(town, found.session)
    decided(town, found, "released")
    live = await town.service.live(found.session)
    folder = town.settings.recordings.folder / found.session
    page = (await found.phone.get(f"/s/{found.session}/replay")).text
    assert OPENING in page and ANSWER in page
    folder.mkdir(parents=True)
    note_withheld(folder, 0, live.session.at - TYPED_MS - 3_600_000)
    assert ANSWER in (await found.phone.get(f"/s/{found.session}/replay")).text, "long before"
    note_withheld(folder, live.session.lifecycle.live_since or 0, live.session.at)
    try:
        for reader in (found.phone, town.phone("en")):
            page = (await reader.get(f"/s/{found.session}/replay")).text
            assert OPENING not in page and ANSWER not in page and HERS not in page
        assert (await found.phone.get(f"/s/{found.session}/captions/ur.vtt")).status_code == 404
    finally:
        shutil.rmtree(folder)


async def test_a_chapter_has_an_address_and_is_searched_in_any_spelling(town: Town) -> None:
    found = await heard(town)
    phone = town.phone("en")
    path = f"/s/{found.session}/replay"
    assert 'id="c2" aria-current="true"' in (await phone.get(f"{path}?c=2")).text
    assert "chapter-here" not in (await phone.get(f"{path}?c=99x")).text
    hit = (await phone.get(looking(path, "motor somwar"))).text
    assert "<mark>موٹر</mark>" in hit and re.findall(r'id="(c\d)"', hit) == ["c2"]
    # An element that finds out its direction leaves out what is isolated in it (HTML, the dir attribute).
    assert '<p lang="ur"><bdi dir="auto">' in hit, "a line stands at the side at which its page begins"
    none = (await phone.get(looking(path, "نلکا"))).text
    assert has(none, "replay.none_found"), "what nobody released is not found either"
    assert "0 chapters" not in none and "replay-facts" not in none, "one answer, and it stands first"


def looking(path: str, query: str) -> str:
    return f"{path}?{urlencode({'q': query})}"


async def test_lines_are_taken_away_as_a_file_that_holds(town: Town) -> None:
    found = await heard(town)
    answer = await town.phone("en").get(f"/s/{found.session}/captions/ur.vtt")
    assert answer.headers["content-type"].startswith("text/vtt")
    assert [cue.text for cue in webvtt.read(answer.content)] == [OPENING, ANSWER]
    for path in (f"/s/{found.session}/captions/en.vtt", f"/s/{found.session}/captions/xx.vtt"):
        assert (await town.phone("en").get(path)).status_code == 404


async def test_before_and_without_a_hearing_says_so(town: Town) -> None:
    live = await town.schedule(live=True)
    page = await town.phone("en").get(f"/s/{live}/replay")
    assert has(page.text, "replay.not_yet")
    assert (await town.phone("en").get(f"/s/{live}/captions/ur.vtt")).status_code == 404
    await close(town, live)
    assert has((await town.phone("en").get(f"/s/{live}/replay")).text, "replay.opening")
    off = await town.schedule()
    await town.moderate(off, CancelSession(reason="official_away"))
    await town.until(lambda: is_in(town, off, "cancelled"))
    assert has((await town.phone("en").get(f"/s/{off}/replay")).text, "replay.cancelled")
    never = await town.schedule()
    await close(town, never)
    assert has((await town.phone("en").get(f"/s/{never}/replay")).text, "replay.empty")
    assert (await town.phone("en").get("/s/aaaaaaaa/replay")).status_code == 404


async def is_in(town: Town, session: str, phase: str) -> bool:
    return (await town.service.live(session)).session.phase == phase


async def test_what_was_taken_back_or_is_private_tells_nothing(town: Town) -> None:
    found = await heard(town)
    await kept(town, found.session)
    decided(town, found, "released")
    with town.service.store.write() as conn:
        conn.exec_driver_sql("UPDATE ticket SET privacy = 'private' WHERE reference = :r", {"r": found.reference})
    page = (await town.phone("en").get(f"/s/{found.session}/replay")).text
    assert has(page, "replay.hidden.private") and found.reference not in page
    for words in ("نلکا", HERS, ANSWER, "Chak 57"):
        assert words not in page, words


async def test_whoever_is_erased_is_not_heard_again(town: Town) -> None:
    found = await heard(town)
    await kept(town, found.session)
    decided(town, found, "released")
    path = f"/s/{found.session}/replay"
    assert HERS in (await town.phone("en").get(path)).text
    await found.phone.get(f"{found.receipt}/mine")
    gone = await found.phone.post(f"{found.receipt}/erase", sure="1")
    assert gone.status_code == 200, gone.text
    page = (await town.phone("en").get(path)).text
    assert HERS not in page and "نلکا" not in page and "موٹر بدلے گی" not in page
    assert has(page, "paper.outcome.answered"), "that it was answered stays"


async def test_anybody_may_say_that_something_should_not_be_there(town: Town) -> None:
    found = await heard(town)
    phone = town.phone("en")
    path = f"/s/{found.session}/replay"
    await phone.get(path)
    chapters = re.findall(r'<option value="([^"]+)"', phone.page)
    empty = await phone.post(path, chapter=chapters[1], text=" ")
    assert empty.status_code == 422
    sent = await phone.post(path, chapter=chapters[1], text="میرا نمبر 0301-2345678 سنا گیا")
    assert has(sent.text, "replay.reported")
    with town.service.store.read() as conn:
        (row,) = replays.requests(conn, found.session)
    assert (row.key, row.kind) == (chapters[1], "report") and "2345678" not in row.text
    assert (await phone.post(path, chapter="unknown", text="x", key=new_key())).status_code == 400
    for _ in range(9):
        await phone.get(path)
        await phone.post(path, chapter=chapters[1], text="x")
    await phone.get(path)
    assert (await phone.post(path, chapter=chapters[1], text="x")).status_code == 429


async def test_the_list_finds_hearings_by_what_was_said(town: Town) -> None:
    found = await heard(town)
    page = (await town.phone("en").get("/replays")).text
    assert f"/s/{found.session}/replay" in page
    hit = (await town.phone("en").get(looking("/replays", "خوش آمدید"))).text
    assert f"/s/{found.session}/replay?c=1" in hit and "<mark>" in hit
    none = (await town.phone("en").get(looking("/replays", "نلکا"))).text
    assert found.session not in none
    assert (await town.phone("en").get("/replays?after=zz")).status_code == 200
    assert found.session not in (await town.phone("en").get("/replays?after=1.a")).text
