"""One's own complaint behind its link, and what the office does to it: the posts, the acts, who does them."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

import pytest

from kachehri import ticketing
from kachehri.store import Connection, district
from kachehri.store import tickets as ticket_rows
from kachehri.store.tables import Post, Posting, Ticket
from kachehri.tickets import acts as a
from kachehri.tickets.acts import Act, Doer
from kachehri.tickets.life import Life
from rooms.base import ContentRef
from tests.web.conftest import Phone, Town
from tests.web.test_following import close

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


def offered(page: str, path: str) -> set[str]:
    return set(re.findall(rf'(?:href|action)="{path}/do/(\w+)"', page))


def ticket_of(town: Town, id: str) -> Ticket:
    def read(conn: Connection) -> Ticket:
        found = ticket_rows.get(conn, id)
        assert found is not None
        return found

    with town.service.store.read() as conn:
        return read(conn)


TRIAGE = Doer("triage", "acc-desk", "desk")
