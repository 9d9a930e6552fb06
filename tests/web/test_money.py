"""That money was asked for is read by whoever can do something about it, and through no door by the office itself."""

from __future__ import annotations

import io
import zipfile

import pytest

from kachehri import staff, ticketing
from kachehri.i18n import words_for
from kachehri.store import accounts, district
from kachehri.store import tickets as ticket_rows
from kachehri.store.tables import Post, Posting
from kachehri.tickets import acts as a
from kachehri.tickets.acts import Doer
from rooms.outcomes import NoteOutcome
from rooms.questions import AdmitQuestion
from tests.web.conftest import Phone, Town
from tests.web.test_following import close
from tests.web.test_receipts import asked
from tests.web.test_ticket_boundary import PASSWORD, entered
from web.pages import handover
from web.papers.handover import HandoverPage
from web.papers.pairs import Both
from web.routes import ADDRESSES

pytestmark = pytest.mark.anyio
KEYS = ("office.told.money", "office.flagged", "office.flagged_more", "told.money", "notice.name.staff.flagged")
#: Sentences that say it, in both languages, without the places to be filled in.
SAID = {words_for(code).raw(key).split("{")[0].strip() for code in ("ur", "en") for key in KEYS} - {""}
#: Drawn by a browser; what stands on them is looked at before it is drawn.
DRAWN = (".pdf", ".png")


class Case:
    """A ticket of the water office on which the citizen said that she was asked for money; its number, and her link."""

    def __init__(self, reference: str, session: str, link: str) -> None:
        self.reference, self.session, self.link = reference, session, link

    def path(self, template: str) -> str | None:
        """An address with what this case has for its places; None where it has nothing."""
        known = {"reference": self.reference, "session": self.session, "hearing": self.session, "id": self.reference}
        known |= {"format": "json", "token": self.link.removeprefix("/q/")}
        try:
            return template.format_map(known)
        except KeyError:
            return None


@pytest.fixture(scope="module")
async def case(town: Town) -> Case:
    session = await town.schedule(live=True)
    _, link, question = await asked(town, session, "No water")
    await town.moderate(session, AdmitQuestion(question=question))
    order = NoteOutcome(question=question, outcome="ordered", office="water", due="2030-01-20", note="A new pump")
    await town.moderate(session, order)
    await close(town, session)
    with town.service.store.write() as conn:
        now = town.service.store.now(conn)
        ticket = ticket_rows.by_question(conn, question)
        assert ticket is not None
        office = ticket.office_id
        district.save_posts(
            conn,
            [
                Post(id="m-se", office_id=office, title_ur="سپرنٹنڈنگ", title_en="Superintending"),
                Post(id="m-xen", office_id=office, title_ur="ایکسین", title_en="Engineer", reports_to="m-se"),
            ],
        )
        note = ticketing.words(conn, now, "Done")
        steps = (
            (Doer("office", "xen", office, "m-xen"), a.Assign(post="m-xen")),
            (Doer("officer", "xen", office, "m-xen"), a.Start(plan=note)),
            (Doer("officer", "xen", office, "m-xen"), a.Propose(outcome="relief_granted", note=note)),
            (Doer("citizen", "x"), a.Rate(solved="no", stars=1, money="yes")),
            (Doer("citizen", "x"), a.Dispute(solved="no")),
        )
        for doer, act in steps:
            life = ticketing.act(conn, now, ticket.id, act, doer)
        assert life.flagged
        return Case(ticket.reference, session, link)


async def seated(town: Town, login: str, post: str) -> Phone:
    """An officer of the water office on a post."""
    made = staff.add(town.service.store, login, f"An {login}", "officer", PASSWORD)
    with town.service.store.write() as conn:
        found = district.posts(conn)
        office = next(each.office_id for each in found if each.id == post)
        accounts.place(conn, made.id, "officer", office)
        district.save_postings(
            conn, [Posting(id=f"p-{login}", post_id=post, account_id=made.id, name=login, from_at=0)]
        )
    phone = town.phone("en")
    await phone.get("/staff")
    await phone.post("/staff", login=login, password=PASSWORD)
    return phone


def text_of(content: bytes, kind: str) -> str:
    if "spreadsheet" in kind:
        with zipfile.ZipFile(io.BytesIO(content)) as book:
            return "".join(book.read(name).decode("utf-8", "replace") for name in book.namelist())
    return content.decode("utf-8", "replace")


async def test_no_door_tells_the_office_nor_the_public(town: Town, case: Case) -> None:
    readers = {"engineer": await seated(town, "m-engineer", "m-xen"), "stranger": town.phone("en")}
    opened: dict[str, set[str]] = {name: set() for name in readers}
    for name, phone in readers.items():
        for each in ADDRESSES:
            # Her own pages tell her what she said herself.
            if each.method != "GET" or each.path.endswith(DRAWN) or each.path.startswith("/q/"):
                continue
            path = case.path(each.path)
            if path is None:
                continue
            answer = await phone.client.get(path, follow_redirects=False)
            if answer.status_code != 200:
                continue
            opened[name].add(each.path)
            said = text_of(answer.content, answer.headers.get("content-type", ""))
            found = [sentence for sentence in SAID if sentence in said]
            assert not found, (name, each.path, found)
            assert '"flagged"' not in said and '"money"' not in said, (name, each.path)
    desk = {
        "/tickets",
        "/tickets/{reference}",
        "/tickets/{reference}/history",
        "/reports",
        "/reports.csv",
        "/reports.xlsx",
    }
    assert desk <= opened["engineer"], desk - opened["engineer"]
    assert {"/t/{reference}", "/api/v1/tickets/{reference}", "/open311/v2/requests.{format}"} <= opened["stranger"]


@pytest.mark.parametrize("who", ["m-se", "moderator"])
async def test_the_superior_and_the_desk_read_it(town: Town, case: Case, who: str) -> None:
    phone = await (seated(town, "m-superior", who) if who == "m-se" else entered(town, "moderator", None))
    page = (await phone.get(f"/tickets/{case.reference}")).text
    assert words_for("en").raw("office.flagged") in page and words_for("en").raw("office.told.money") in page
    assert words_for("en").raw("office.told.money") in (await phone.get(f"/tickets/{case.reference}/history")).text


@pytest.mark.parametrize(("who", "told"), [("m-engineer", False), ("m-superior", True)])
async def test_the_pack_says_it_to_those_alone_who_read_it_anyway(town: Town, case: Case, who: str, told: bool) -> None:
    with town.service.store.read() as conn:
        account = accounts.by_login(conn, who)
        assert account is not None
        found = handover.read(conn, account, case.reference, town.house.now(), town.service.people)
    both = Both.of(town.house.place.timezone)
    page = HandoverPage(both, await handover.packed(town.house, both, found))
    text = town.house.renderer.text("ur", "papers/handover.html", page)
    assert any(sentence in text for sentence in SAID) is told
