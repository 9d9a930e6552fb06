"""What her page says plainly: that reading is being told, one date, and the words of an order once."""

from __future__ import annotations

import html
import re

import pytest

from kachehri.i18n import words_for
from kachehri.store import tickets as ticket_rows
from kachehri.tickets import events as e
from rooms.outcomes import NoteOutcome
from rooms.questions import AdmitQuestion
from tests.web.conftest import Town
from tests.web.own_ticket import ASSIGN, CONFIRM, DISPUTE, PROPOSE, Own, do, life_of, own, posts
from tests.web.test_lobby import has
from tests.web.test_register import closed
from web.cards import trodden

__all__ = ["posts"]
pytestmark = pytest.mark.anyio
EN = words_for("en")
ORDER = "The pump is replaced and the tank cleaned"


def arrivals(town: Town, ticket: str) -> list[str]:
    with town.service.store.read() as conn:
        found = ticket_rows.steps(conn, ticket)
        return [step.body.decode() for step in found if step.type == e.Arrived.type]


async def proposed(town: Town) -> Own:
    mine = await own(town)
    do(town, mine.ticket, ASSIGN, PROPOSE)
    return mine


async def test_fetching_her_page_tells_her_nothing_and_saying_that_she_read_it_does(town: Town) -> None:
    mine = await proposed(town)
    for headers in ({"sec-purpose": "prefetch"}, {"user-agent": "WhatsApp/2.23"}, {}):
        await mine.phone.client.get(mine.path, headers=headers)
    assert arrivals(town, mine.ticket) == [] and life_of(town, mine.ticket).arrived_at is None
    page = (await mine.phone.get(mine.path)).text
    form = page[page.index("data-read") : page.index("</form>", page.index("data-read"))]
    assert has(page, "own.read") and "own.pack" in page
    (day,) = re.findall(r'data-msg-read="([^"]+)"', form)
    assert (await mine.phone.post(f"{mine.path}/read")).status_code == 200
    told = arrivals(town, mine.ticket)
    assert len(told) == 1 and '"page"' in told[0]
    page = (await mine.phone.get(mine.path)).text
    assert "data-read" not in page, "it is asked once"
    plain = re.sub(r"[\u2066-\u2069]", "", html.unescape(re.sub(r"<[^>]+>", "", page)))
    assert re.sub(r"[\u2066-\u2069]", "", html.unescape(day)) in plain, "the day that was named before is the day"


async def test_it_is_written_once_and_only_while_a_proposal_waits(town: Town) -> None:
    mine = await own(town)
    await mine.phone.get(mine.path)
    fields = {"form_token": mine.phone.fields()["form_token"]}

    async def sends() -> int:
        origin = {"origin": mine.phone.origin}
        return (await mine.phone.client.post(f"{mine.path}/read", data=fields, headers=origin)).status_code

    assert await sends() == 200 and arrivals(town, mine.ticket) == [], "nothing waits for her"
    do(town, mine.ticket, ASSIGN, PROPOSE)
    assert [await sends(), await sends()] == [200, 200] and len(arrivals(town, mine.ticket)) == 1
    do(town, mine.ticket, DISPUTE)
    assert await sends() == 200 and len(arrivals(town, mine.ticket)) == 1
    foreign = {"origin": "https://evil.example"}
    unsigned = await mine.phone.client.post(f"{mine.path}/read", data={"form_token": "x"}, headers=foreign)
    assert unsigned.status_code == 403


async def test_a_close_on_her_word_asks_for_no_reading(town: Town) -> None:
    mine = await proposed(town)
    do(town, mine.ticket, CONFIRM)
    page = (await mine.phone.get(mine.path)).text
    assert "data-read" not in page


async def test_the_words_of_an_order_stand_once_and_one_date_comes_next(town: Town) -> None:
    session = await town.schedule(live=True)
    phone = town.phone("en")
    path = await phone.ask(session, "No water in our street")
    question = str(town.service.people.question_of(path.removeprefix("/q/")))
    await town.moderate(session, AdmitQuestion(question=question))
    note = NoteOutcome(question=question, outcome="ordered", office="water", due="2030-01-16", note=ORDER)
    await town.moderate(session, note)
    await closed(town, session)
    page = html.unescape((await phone.get(path)).text)
    unfolded = re.sub(r"<details.*?</details>", "", page, flags=re.DOTALL)
    assert unfolded.count(ORDER) == 1, "and once more where she is asked whether it was kept"
    steps = page[page.index('<ol class="steps">') :]
    steps = steps[: steps.index("</ol>")]
    assert EN.plain("state.decided") in steps and EN.plain("state.answered") not in steps
    assert 'class="next"' not in steps and 'class="now"' not in steps, "the hearing is over"
    dates = [key for key in ("own.next_promise", "own.next_reply") if EN.plain(key) in page]
    assert len(dates) == 1 and EN.plain("ticket.due") not in page
    again = page.count("16 January 2030")
    assert again <= 2, "as the date that comes next, and in the sentence about what comes now"


def test_the_way_through_a_hearing_that_is_over_is_all_behind() -> None:
    def names(state: str, decided: bool = False) -> list[tuple[str, str]]:
        return [(each.name, each.mark) for each in trodden(state, decided)]

    assert names("heard", True)[-2:] == [("heard", "done"), ("decided", "done")]
    assert names("answered", True)[-1] == ("answered", "done")
    assert names("unheard")[-1] == ("written", "done")
    assert ("answered", "next") not in names("heard")
