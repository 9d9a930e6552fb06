"""What one's own page shows and to whom: the link, the day, a picture, and her words where nothing can be written."""

from __future__ import annotations

import html
import re

import pytest

from kachehri import ticketing
from kachehri.i18n import words_for
from kachehri.store import StoreError, evidence
from kachehri.store import tickets as ticket_rows
from kachehri.store.tables import Picture
from kachehri.tickets import acts as a
from kachehri.tickets import windows
from tests.web.conftest import Town
from tests.web.own_ticket import (
    ASK,
    ASSIGN,
    CLOCK,
    DAY_MS,
    HEAD,
    OFFICER,
    PROPOSE,
    START,
    do,
    life_of,
    offered,
    own,
    posts,
)
from tests.web.test_following import reference_in
from tests.web.test_lobby import has

__all__ = ["posts"]  # the engineer's post, for all tests here
pytestmark = pytest.mark.anyio
EN, UR = words_for("en"), words_for("ur")


async def test_nobody_without_the_link_does_anything(town: Town) -> None:
    mine = await own(town)
    do(town, mine.ticket, ASSIGN, PROPOSE)
    await mine.phone.get(f"{mine.path}/do/yes")
    fields = mine.phone.fields()
    forged = mine.path[:-1] + ("A" if mine.path[-1] != "A" else "B")
    other = town.phone("en")
    await other.get("/track")
    for path in (f"{forged}/do/yes", "/q/x/do/yes", f"{mine.path}/do/approve"):
        token = other.fields()["form_token"]
        assert (await other.post(path, form_token=token, key="k" * 22)).status_code == 404, path
    # A form that was made elsewhere, or in another browser, is none of ours.
    assert (await other.client.post(f"{mine.path}/do/yes", data={"key": "k"})).status_code == 403
    answer = await other.client.post(f"{mine.path}/do/yes", data=fields, headers={"origin": other.origin})
    assert answer.status_code == 403
    assert life_of(town, mine.ticket).state == "resolution_proposed"


async def test_the_link_alone_is_enough_on_any_phone(town: Town) -> None:
    mine = await own(town)
    do(town, mine.ticket, ASSIGN, PROPOSE)
    helper = town.phone("ur")
    page = (await helper.get(mine.path)).text
    assert UR.plain("now.judge") in html.unescape(page) and 'dir="rtl"' in page
    await helper.get(f"{mine.path}/do/yes")
    assert UR.plain("done.yes") in html.unescape((await helper.post(f"{mine.path}/do/yes")).text)


async def test_what_she_wrote_goes_when_she_is_erased(town: Town) -> None:
    mine = await own(town, name="Nasreen")
    do(town, mine.ticket, ASSIGN, ASK)
    await mine.phone.get(mine.path)
    await mine.phone.post(f"{mine.path}/do/answer", text="The green door")
    await mine.phone.get(f"{mine.path}/mine")
    assert (await mine.phone.post(f"{mine.path}/erase", sure="1")).status_code == 200
    page = (await mine.phone.get(mine.path)).text
    assert "green door" not in page and has(page, "told.answered")
    with town.service.store.read() as conn:
        ticket_rows.verify(conn, mine.ticket)


async def test_the_day_until_which_she_can_answer_stands_there_once_a_notice_arrived(town: Town) -> None:
    mine = await own(town)
    do(town, mine.ticket, ASSIGN, PROPOSE)
    page = (await mine.phone.get(mine.path)).text
    assert has(page, "own.read"), "no notice arrived, so no time runs"
    life = do(town, mine.ticket, (CLOCK, a.NoteArrival(channel="sms")))
    page = (await mine.phone.get(mine.path)).text
    with town.service.store.read() as conn:
        ends = ticketing.context(conn, life.at, life, a.Confirm()).end_of_day
    until = windows.answer_until(life, ends)
    assert until is not None and has(page, "own.until", day=EN.dates.day(until))
    life = do(town, mine.ticket, (CLOCK, a.StaySilent()), later=31 * DAY_MS)
    page = (await mine.phone.get(mine.path)).text
    assert life.basis == "citizen_silent" and has(page, "own.lead.citizen_silent", "told.silent")


async def test_closed_without_her_word_she_reads_so_and_can_contest_it(town: Town) -> None:
    mine = await own(town)
    do(town, mine.ticket, ASSIGN, START, (HEAD, lambda say: a.Warn(reason=say("Nobody is at home"))))
    page = (await mine.phone.get(mine.path)).text
    assert has(page, "told.warned") and "Nobody is at home" in page
    do(town, mine.ticket, (CLOCK, a.NoteArrival(channel="sms", of="warning")))
    force = (HEAD, lambda say: a.Force(outcome="relief_not_possible", reason=say("No answer at the door")))
    do(town, mine.ticket, force, later=20 * DAY_MS)
    page = (await mine.phone.get(mine.path)).text
    assert has(page, "own.lead.supervisor_forced") and {"no", "appeal"} <= offered(page, mine.path)


async def test_a_picture_that_the_office_shows_is_hers_alone(town: Town) -> None:
    mine, other = await own(town), await own(town)
    with town.service.store.write() as conn:
        conn.exec_driver_sql(
            "INSERT INTO account (id, login, name, role, password_hash, language, created_at, password_set_at,"
            " totp_step, recovery, guest, title_ur, title_en) VALUES"
            " ('acc-pic', 'pic', 'pic', 'officer', '', 'en', 0, 0, 0, '[]', 0, '', '') ON CONFLICT DO NOTHING"
        )
        for id, shown in (("pic-shown", True), ("pic-kept", False)):
            row = Picture(
                id=id, ticket_id=mine.ticket, at=0, account_id="acc-pic", shown=shown, width=1, height=1,
                sha256=b"x", content=b"\xff\xd8jpeg",
            )  # fmt: skip
            evidence.add(conn, row)
    shows = [(OFFICER, a.AddEvidence(attachment=id, shown=id == "pic-shown")) for id in ("pic-shown", "pic-kept")]
    do(town, mine.ticket, ASSIGN, *shows)
    page = (await mine.phone.get(mine.path)).text
    assert f"{mine.path}/pictures/pic-shown" in page and "pic-kept" not in page
    answer = await mine.phone.client.get(f"{mine.path}/pictures/pic-shown")
    assert answer.status_code == 200 and answer.headers["content-type"] == "image/jpeg"
    for path in (f"{mine.path}/pictures/pic-kept", f"{other.path}/pictures/pic-shown", f"{mine.path}/pictures/none"):
        assert (await mine.phone.client.get(path)).status_code == 404, path
    assert "pic-shown" not in (await town.phone("en").get(f"/t/{reference_in(page)}")).text


async def test_a_database_that_is_busy_gives_her_words_back(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    mine = await own(town)
    do(town, mine.ticket, ASSIGN, PROPOSE)
    await mine.phone.get(f"{mine.path}/do/no")
    key = mine.phone.fields()["key"]

    def busy(*_: object, **__: object) -> None:
        raise StoreError("busy")

    with monkeypatch.context() as patch:
        patch.setattr(ticketing, "act", busy)
        answer = await mine.phone.post(f"{mine.path}/do/no", text="Still dry", money="no")
    assert answer.status_code == 503 and has(answer.text, "refused.storage") and "Still dry" in answer.text
    assert mine.phone.fields()["key"] == key and re.search(r'value="no" checked', answer.text)
    page = (await mine.phone.post(f"{mine.path}/do/no", text="Still dry")).text
    assert has(page, "done.no") and life_of(town, mine.ticket).disputes == 1
