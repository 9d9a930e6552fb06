"""One's own complaint behind its link: what is offered in every state, what each act does, who may do none of it."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from typing import NamedTuple

import pytest

from kachehri import own_ticket, ticketing
from kachehri.i18n import words_for
from kachehri.store import Connection, StoreError, district, evidence
from kachehri.store import tickets as ticket_rows
from kachehri.store.tables import Picture, Post, Posting, Ticket
from kachehri.tickets import acts as a
from kachehri.tickets import windows
from kachehri.tickets.acts import Act, Doer
from kachehri.tickets.life import Life
from kachehri.tickets.lifecycle import STATES
from rooms.base import ContentRef
from tests.web.conftest import Phone, Town
from tests.web.test_following import close, reference_in
from tests.web.test_lobby import has
from tests.web.test_state_matrix import bare

pytestmark = pytest.mark.anyio
EN, UR = words_for("en"), words_for("ur")
TEXT = "No water in our street"
NOTE = "The pump was changed on Monday"
OFFICER = Doer("officer", "acc-xen", "water", "xen")
OFFICE = Doer("office", "acc-xen", "water", "xen")
ABOVE = Doer("supervisor", "acc-se", "water", "se", 1)
HEAD = Doer("supervisor", "acc-ce", "water", "ce", 2)
APPEAL = Doer("appeal", "acc-body", "desk", "body")
CLOCK = Doer("clock", "clock")
CITIZEN = Doer("citizen", "x")
DAY_MS = 86_400_000


class Own(NamedTuple):
    """A phone with the link of its complaint."""

    phone: Phone
    path: str
    question: str
    ticket: str


@pytest.fixture(scope="module", autouse=True)
def posts(town: Town) -> None:
    """An engineer and whom he reports to."""
    with town.service.store.write() as conn:
        district.save_posts(
            conn,
            [
                Post(id="ce", office_id="water", title_ur="چیف انجینئر", title_en="Chief Engineer"),
                Post(id="se", office_id="water", title_ur="سپرنٹنڈنگ", title_en="Superintending", reports_to="ce"),
                Post(id="xen", office_id="water", title_ur="ایکسین", title_en="Executive Engineer", reports_to="se"),
            ],
        )
        people = [Posting(id=f"p-{post}", post_id=post, name=post, from_at=0) for post in ("ce", "se", "xen")]
        district.save_postings(conn, people)


async def own(town: Town, **fields: str) -> Own:
    session = await town.schedule(live=True)
    phone = town.phone("en")
    path = await phone.ask(session, TEXT, **fields)
    await close(town, session)
    question = str(town.service.people.question_of(path.removeprefix("/q/")))
    with town.service.store.read() as conn:
        ticket = ticket_rows.by_question(conn, question)
    assert ticket is not None
    return Own(phone, path, question, ticket.id)


def do(
    town: Town, ticket: str, *steps: tuple[Doer, Act | Callable[[Callable[[str], ContentRef]], Act]], later: int = 0
) -> Life:
    """Acts of the staff, each with its words."""
    store = town.service.store
    with store.write() as conn:
        now = store.now(conn) + later
        life = ticketing.load(conn, ticket)
        for doer, act in steps:
            made = act if isinstance(act, Act) else act(lambda text: ticketing.words(conn, now, text))
            life = ticketing.act(conn, now, ticket, made, doer)
        return life


def life_of(town: Town, ticket: str) -> Life:
    with town.service.store.read() as conn:
        return ticketing.load(conn, ticket)


ASSIGN = (OFFICE, a.Assign(post="xen"))
START = (OFFICER, lambda say: a.Start(plan=say("A new pump"), day="2030-01-20"))
ASK = (OFFICER, lambda say: a.AskCitizen(question=say("Which street?")))
WAIT = (OFFICER, lambda say: a.WaitOutside(reason=say("The court")))
PROPOSE = (OFFICER, lambda say: a.Propose(outcome="relief_granted", note=say(NOTE)))
AGAIN = (ABOVE, lambda say: a.Propose(outcome="relief_granted", note=say("Now it runs")))
DISPUTE = (CITIZEN, a.Dispute(solved="no"))
CONFIRM = (CITIZEN, a.Confirm())
APPEALED = (CITIZEN, a.Appeal())
UPHELD = (APPEAL, lambda say: a.Uphold(order=say("The office is right")))
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


def offered(page: str, path: str) -> set[str]:
    return set(re.findall(rf'(?:href|action)="{path}/do/(\w+)"', page))


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


def ticket_of(town: Town, id: str) -> Ticket:
    def read(conn: Connection) -> Ticket:
        found = ticket_rows.get(conn, id)
        assert found is not None
        return found

    with town.service.store.read() as conn:
        return read(conn)


TRIAGE = Doer("triage", "acc-desk", "desk")


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
