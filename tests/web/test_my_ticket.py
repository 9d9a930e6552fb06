"""One's own complaint behind its link: what is offered in every state, and what each act of its holder does."""

from __future__ import annotations

import re

import pytest

from kachehri import own_ticket, ticketing
from kachehri.tickets import acts as a
from kachehri.tickets.acts import Doer
from kachehri.tickets.lifecycle import STATES
from tests.web.conftest import Town
from tests.web.own_ticket import (
    AGAIN,
    APPEALED,
    ASK,
    ASSIGN,
    CONFIRM,
    DAY_MS,
    DISPUTE,
    NOTE,
    PROPOSE,
    START,
    TEXT,
    TRIAGE,
    UPHELD,
    WAIT,
    do,
    life_of,
    offered,
    own,
    posts,
    ticket_of,
)
from tests.web.test_following import reference_in
from tests.web.test_lobby import has
from tests.web.test_state_matrix import bare

__all__ = ["posts"]  # the engineer's post, for all tests here
pytestmark = pytest.mark.anyio
#: State → the way there, and what the page then offers: the act that is asked, and the others.
WAYS = {
    "registered": ((), None, {"withdraw"}),
    "routed": ((), None, {"withdraw"}),
    "assigned": ((ASSIGN,), None, {"withdraw"}),
    "in_progress": ((ASSIGN, START), None, {"withdraw"}),
    "awaiting_citizen": ((ASSIGN, ASK), "answer", {"withdraw"}),
    "awaiting_external": ((ASSIGN, WAIT), None, {"withdraw"}),
    "resolution_proposed": ((ASSIGN, PROPOSE), "judge", set()),
    "disputed": ((ASSIGN, PROPOSE, DISPUTE), None, {"appeal", "withdraw"}),
    "in_appeal": ((ASSIGN, PROPOSE, DISPUTE, APPEALED), None, {"withdraw"}),
    "closed": ((ASSIGN, PROPOSE, CONFIRM), None, {"no", "appeal", "rate"}),
    "closed_final": ((ASSIGN, PROPOSE, DISPUTE, APPEALED, UPHELD), None, {"rate"}),
}
#: What the rules allow and no page offers: a wish that says the same as an offer.
ALLOWED = {"resolution_proposed": {"withdraw"}, "closed": {"partly"}}


def test_the_table_knows_every_state() -> None:
    assert WAYS.keys() == STATES.keys()


@pytest.mark.parametrize("state", WAYS)
async def test_what_is_offered_in_every_state(town: Town, state: str) -> None:
    steps, main, others = WAYS[state]
    mine = await own(town, **({"category": "other", "group": "other"} if state == "registered" else {}))
    do(town, mine.ticket, *steps)
    assert life_of(town, mine.ticket).state == state
    page = (await mine.phone.get(mine.path)).text
    asked = {"judge": {"yes", "partly", "no"}, "answer": {"answer"}, None: set()}[main]
    assert offered(page, mine.path) == asked | others
    assert has(page, f"ticket.state.{state}") and "{" not in bare(page)
    # What is offered has a page that says what it means and changes nothing; what is not offered is refused.
    before = life_of(town, mine.ticket)
    for act in own_ticket.ACTS:
        answer = await mine.phone.get(f"{mine.path}/do/{act}")
        shown = act in (asked | others) and act != "answer"
        assert answer.status_code == (200 if shown else 409), act
        assert f'action="{mine.path}/do/{act}"' in answer.text or not shown
    assert life_of(town, mine.ticket) == before
    public = await town.phone("en").get(f"/t/{reference_in(page)}")
    assert public.status_code == 200 and NOTE not in public.text and TEXT not in public.text
    assert f"{mine.path}/do" not in public.text and has(public.text, f"ticket.state.{state}")


@pytest.mark.parametrize("state", WAYS)
async def test_what_is_not_offered_is_refused_when_it_is_sent_all_the_same(town: Town, state: str) -> None:
    steps, main, others = WAYS[state]
    mine = await own(town, **({"category": "other", "group": "other"} if state == "registered" else {}))
    do(town, mine.ticket, *steps)
    asked = {"judge": {"yes", "partly", "no"}, "answer": {"answer"}, None: set()}[main]
    await mine.phone.get(mine.path)
    before = life_of(town, mine.ticket)
    token = re.search(r'name="form_token" value="([^"]+)"', mine.phone.page)
    assert token is not None
    for act in set(own_ticket.ACTS) - asked - others - {"call_back"} - ALLOWED.get(state, set()):
        answer = await mine.phone.post(f"{mine.path}/do/{act}", form_token=token[1], key="k" * 22, text="words")
        assert answer.status_code == 409, act
        assert f'href="{mine.path}/do/' in answer.text or not (asked | others) or main == "answer"
    assert life_of(town, mine.ticket) == before


async def test_her_no_goes_up_and_her_yes_ends_it(town: Town) -> None:
    mine = await own(town)
    do(town, mine.ticket, ASSIGN, PROPOSE)
    page = (await mine.phone.get(mine.path)).text
    assert NOTE in page and has(page, "now.judge", "own.lead.resolution_proposed")
    page = (await mine.phone.get(f"{mine.path}/do/no")).text
    assert has(page, "do.no.clock", "do.no.last", "do.money_hint") and "Superintending" in page
    page = (await mine.phone.post(f"{mine.path}/do/no", text="Dry since noon, 0301 2345678", money="yes")).text
    assert has(page, "done.no", "told.disputed_no", "told.money", "own.story") and "Dry since noon" in page
    assert "2345678" not in page, "numbers are masked here too"
    life = life_of(town, mine.ticket)
    assert (life.state, life.level, life.accountable, life.flagged) == ("disputed", 1, "se", True)
    public = (await town.phone("en").get(f"/t/{reference_in(page)}")).text
    assert "Dry since noon" not in public and "money" not in bare(public) and has(public, "told.disputed_no.other")
    do(town, mine.ticket, AGAIN)
    page = (await mine.phone.get(f"{mine.path}/do/yes")).text
    assert has(page, "do.yes.means", "do.yes.do")
    page = (await mine.phone.post(f"{mine.path}/do/yes", stars="4")).text
    assert has(page, "done.yes", "own.lead.citizen_confirmed", "told.confirmed") and has(page, "told.rated_stars", n=4)
    life = life_of(town, mine.ticket)
    assert (life.state, life.basis, life.stars) == ("closed", "citizen_confirmed", 4)


async def test_an_answer_goes_to_the_office_and_work_goes_on(town: Town) -> None:
    mine = await own(town)
    do(town, mine.ticket, ASSIGN, ASK)
    page = (await mine.phone.get(mine.path)).text
    assert "Which street?" in page
    key = mine.phone.fields(f"{mine.path}/do/answer")["key"]
    answer = await mine.phone.post(f"{mine.path}/do/answer", text="  ")
    assert answer.status_code == 422 and "Which street?" in answer.text, "nothing said is no answer"
    answer = await mine.phone.post(f"{mine.path}/do/answer", text="y" * 1_001)
    assert answer.status_code == 422 and "y" * 1_001 in answer.text, "what is too long comes back whole"
    assert life_of(town, mine.ticket).state == "awaiting_citizen"
    sent = {**mine.phone.fields(f"{mine.path}/do/answer"), "key": key, "text": "The fourth, behind the school"}
    for _ in range(2):  # an impatient finger, or a line that lost the answer
        answer = await mine.phone.post(f"{mine.path}/do/answer", **sent)
        assert answer.status_code == 200 and "The fourth" in answer.text
    with town.service.store.read() as conn:
        steps = ticketing.history(conn, mine.ticket)
    assert [type(step.body).__name__ for step in steps[-2:]] == ["Asked", "Answered"]
    public = (await town.phone("en").get(f"/t/{reference_in(mine.phone.page)}")).text
    assert "Which street" not in public and "fourth" not in public


async def test_the_same_form_twice_does_it_once(town: Town) -> None:
    mine = await own(town)
    do(town, mine.ticket, ASSIGN, PROPOSE)
    await mine.phone.get(f"{mine.path}/do/partly")
    fields = {**mine.phone.fields(), "text": "Half of it", "money": "no", "stars": "2"}
    for _ in range(3):
        answer = await mine.phone.post(f"{mine.path}/do/partly", **fields)
        assert answer.status_code == 200 and has(answer.text, "told.disputed_partly")
    life = life_of(town, mine.ticket)
    assert (life.disputes, life.solved, life.money) == (1, "partly", "no")
    with town.service.store.read() as conn:
        kept = conn.exec_driver_sql("SELECT count(*) FROM content WHERE kind = 'dispute' AND public = 'Half of it'")
        assert kept.scalar_one() == 1, "and its words are kept once"
    # The same intent with another key: it has moved on, and nothing more happens.
    answer = await mine.phone.post(f"{mine.path}/do/partly", **{**fields, "key": "z" * 22})
    assert answer.status_code == 409 and life_of(town, mine.ticket).disputes == 1


async def test_late_can_be_sent_up_by_her(town: Town) -> None:
    mine = await own(town)
    do(town, mine.ticket, ASSIGN, START)
    row = ticket_of(town, mine.ticket)
    assert row.due_at is not None
    late = row.due_at + DAY_MS
    with town.service.store.read() as conn:
        held = own_ticket.holder(conn, mine.question)
        assert held is not None
        names = [each.name for each in own_ticket.seen(conn, late, held).offers]
    assert names == ["escalate", "withdraw"]
    with town.service.store.write() as conn:
        own_ticket.do(conn, late, held, "escalate", {}, "k", town.service.people)
        own_ticket.do(conn, late, held, "escalate", {}, "k", town.service.people)
    life = life_of(town, mine.ticket)
    assert (life.level, life.accountable) == (1, "se")
    page = (await mine.phone.get(mine.path)).text
    assert has(page, "told.escalated", post="Superintending") and has(page, "own.over")


async def test_a_protected_matter_is_taken_back_after_a_call_only(town: Town) -> None:
    mine = await own(town)
    do(town, mine.ticket, (Doer("triage", "acc", "desk"), a.Classify(category="water_none", days=7, protected=True)))
    page = (await mine.phone.get(mine.path)).text
    assert offered(page, mine.path) == {"call_back"}
    assert f"/t/{reference_in(page)}" not in page, "and it has no page for everybody"
    assert (await town.phone("en").get(f"/t/{reference_in(page)}")).status_code == 404
    assert has((await mine.phone.get(f"{mine.path}/do/call_back")).text, "do.call_back.means")
    for _ in range(2):
        assert has((await mine.phone.post(f"{mine.path}/do/call_back", key="k" * 22)).text, "done.call_back")
        await mine.phone.get(f"{mine.path}/do/call_back")
    with town.service.store.read() as conn:
        asked = conn.exec_driver_sql(
            "SELECT count(*) FROM outbox WHERE unique_key LIKE 'ticket.call_back/%' AND ticket_id = ?", (mine.ticket,)
        )
        assert asked.scalar_one() == 1
    assert life_of(town, mine.ticket).state == "routed"


async def test_taken_back_it_is_closed_as_her_own_wish(town: Town) -> None:
    mine = await own(town)
    assert has((await mine.phone.get(f"{mine.path}/do/withdraw")).text, "do.withdraw.free")
    page = (await mine.phone.post(f"{mine.path}/do/withdraw")).text
    assert has(page, "done.withdraw", "own.lead.citizen_withdrew")
    assert life_of(town, mine.ticket).basis == "citizen_withdrew"


async def test_joined_with_another_she_keeps_her_number_and_her_own_say(town: Town) -> None:
    first, second = await own(town), await own(town)
    do(town, first.ticket, ASSIGN)
    do(town, second.ticket, (TRIAGE, a.Join(parent=first.ticket)))
    page = (await second.phone.get(second.path)).text
    parent = reference_in((await first.phone.get(first.path)).text)
    assert has(page, "told.joined", "now.leave_parent") and has(page, "ticket.follows", reference=parent)
    do(town, first.ticket, PROPOSE)
    page = (await second.phone.get(second.path)).text
    assert NOTE in page and offered(page, second.path) >= {"yes", "partly", "no"}
    await first.phone.get(f"{first.path}/do/yes")
    await first.phone.post(f"{first.path}/do/yes")
    assert life_of(town, second.ticket).state == "resolution_proposed", "another's yes is not hers"
    await second.phone.get(f"{second.path}/do/no")
    page = (await second.phone.post(f"{second.path}/do/no", text="Not in our street")).text
    assert has(page, "told.left", "told.disputed_no") and life_of(town, second.ticket).parent == ""


async def test_she_can_leave_what_she_was_joined_with(town: Town) -> None:
    first, second = await own(town), await own(town)
    do(town, first.ticket, ASSIGN)
    do(town, second.ticket, (TRIAGE, a.Join(parent=first.ticket)))
    assert has((await second.phone.get(f"{second.path}/do/leave")).text, "do.leave_parent.means")
    page = (await second.phone.post(f"{second.path}/do/leave")).text
    assert has(page, "done.leave_parent", "told.left") and life_of(town, second.ticket).parent == ""
