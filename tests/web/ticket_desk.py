"""The posts of an office in a line, and somebody on one of them who works on a ticket from its page."""

from __future__ import annotations

import re

import httpx
import pytest

from kachehri import staff, ticketing
from kachehri.store import accounts, district
from kachehri.store import tickets as ticket_rows
from kachehri.store.tables import Office, Post, Posting
from kachehri.tickets import acts as a
from kachehri.tickets.acts import Doer
from kachehri.tickets.life import Life
from rooms.outcomes import NoteOutcome
from rooms.questions import AdmitQuestion
from tests.web.conftest import Phone, Town
from tests.web.test_register import PHONE, ask, closed

PASSWORD = "tall-grass-by-the-canal"
#: Login → role, office, post.
STAFF = {
    "sdo": ("officer", "water", "ph-sdo"),
    "xen": ("officer", "water", "ph-xen"),
    "chief": ("official", "desk", "chief"),
    "chair": ("chair", None, ""),
    "clerk": ("clerk", None, ""),
    "roads": ("officer", "roads", ""),
}


@pytest.fixture(scope="module")
async def desk(town: Town) -> dict[str, str]:
    """Accounts on posts, in a line: sub-divisional officer, executive engineer, chief."""
    with town.service.store.write() as conn:
        now = town.service.store.now(conn)
        district.save_offices(conn, [Office(id="roads", code="roads", name_ur="سڑکیں", name_en="Roads")])
        posts = (
            ("chief", "desk", "چیف", "Chief engineer", None),
            ("ph-xen", "water", "ایکسین", "Executive engineer", "chief"),
            ("ph-sdo", "water", "ایس ڈی او", "Sub-divisional officer", "ph-xen"),
        )
        rows = [Post(id=id, office_id=of, title_ur=ur, title_en=en, reports_to=up) for id, of, ur, en, up in posts]
        district.save_posts(conn, rows)
    found = {}
    for login, (role, office, post) in STAFF.items():
        made = staff.add(town.service.store, login, f"The {login}", role, PASSWORD)
        found[login] = made.id
        with town.service.store.write() as conn:
            accounts.place(conn, made.id, role, office)
            if post:
                row = Posting(id=f"h-{post}", post_id=post, account_id=made.id, name=f"The {login}", from_at=now - 1)
                district.save_postings(conn, [row])
    town.house.districts.forget()
    return found


async def opened(town: Town, *, by_phone: bool = False, due: str = "2030-01-20", **fields: object) -> str:
    """The number of a ticket that lies with the water office, ordered in a hearing.

    Arguments:
        by_phone: asked through the pages, so that there is somebody behind it who left a number.
        due: the day that was promised.
    """
    session = await town.schedule(live=True)
    if by_phone:
        await town.phone().ask(session, "نلکا بند ہے", phone=PHONE, area="uc1")
        (question,) = (await town.service.live(session)).session.queue.questions
    else:
        question = await ask(town, session, 1, **{"name": "نسرین بی بی", "text": "نلکا بند ہے", **fields})
    await town.moderate(session, AdmitQuestion(question=question))
    note = NoteOutcome(question=question, outcome="ordered", office="water", due=due, note="نیا پمپ لگے گا")
    await town.moderate(session, note)
    await closed(town, session)
    return (await town.service.live(session)).session.queue.questions[question].reference


async def entered(town: Town, login: str, language: str = "en") -> Phone:
    phone = town.phone(language)
    await phone.get("/staff")
    answer = await phone.post("/staff", login=login, password=PASSWORD)
    assert answer.url.path != "/staff", answer.text
    return phone


async def do(phone: Phone, number: str, name: str, /, **fields: str) -> httpx.Response:
    """Open the page and send the form of an act."""
    await phone.get(f"/tickets/{number}")
    path = f"/tickets/{number}/act"
    sent = {**form_token(phone), **phone.fields(path), **fields, "do": name}
    return await phone.client.post(path, data=sent, headers={"origin": phone.origin})


def life(town: Town, reference: str) -> Life:
    with town.service.store.read() as conn:
        found = ticket_rows.by_reference(conn, reference)
        assert found is not None
        ticket_rows.verify(conn, found.id)
        assert (found.state, found.post_id or "") == ((loaded := ticketing.load(conn, found.id)).state, loaded.post)
        return loaded


def by_citizen(town: Town, reference: str, act: a.Act) -> Life:
    with town.service.store.write() as conn:
        found = ticket_rows.by_reference(conn, reference)
        assert found is not None
        return ticketing.act(conn, town.service.store.now(conn), found.id, act, Doer("citizen", "her"))


def offered(page: str) -> set[str]:
    return set(re.findall(r'<details class="more act-card[^"]*" id="([a-z_]+)"', page))


def form_token(phone: Phone) -> dict[str, str]:
    found = re.search(r'name="form_token" value="([^"]+)"', phone.page)
    assert found is not None
    return {"form_token": found[1]}
