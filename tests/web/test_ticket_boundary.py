"""Every address of complaints, tried by an account of every role and office: who comes in, and who is told that there
is nothing.
"""

from __future__ import annotations

import re

import pytest

from kachehri import staff
from kachehri.store import accounts, district
from kachehri.store import tickets as ticket_rows
from kachehri.store.tables import Office
from moderation.roles import ROLES, allows
from rooms.base import Role
from rooms.questions import AdmitQuestion
from tests.web.conftest import Phone, Town
from tests.web.test_register import ask, closed
from web.routes import ADDRESSES

pytestmark = pytest.mark.anyio
PASSWORD = "tall-grass-by-the-canal"
#: Addresses of one ticket, and those of no ticket.
ONE = [each for each in ADDRESSES if each.path.startswith("/tickets/{reference}")]
NONE = [each for each in ADDRESSES if each.path in ("/tickets", "/supervise", "/replies")]
#: Those of a ticket that are open to everybody who may see it and has the action.
WHOLE = {"/tickets/{reference}" + each for each in ("", "/act", "/pictures", "/history")}
#: Those that an account reaches by its office: role, office, whether the water office's open and private ticket.
STANDINGS: list[tuple[Role, str | None, bool, bool]] = [
    ("officer", "water", True, True),
    ("official", "water", True, True),
    ("officer", "roads", False, False),
    ("officer", "above", True, False),
    ("officer", None, False, False),
    ("clerk", None, True, True),
    ("moderator", None, True, True),
    ("moderator", "roads", False, False),
    ("chair", None, True, True),
    ("administrator", None, True, True),
    ("interpreter", None, False, False),
    ("observer", None, False, False),
]


@pytest.fixture(scope="module")
async def numbers(town: Town) -> tuple[str, str]:
    """An open and a private ticket of the water office, which lies below another."""
    with town.service.store.write() as conn:
        rows = [
            Office(id="above", code="above", name_ur="ضلع", name_en="District"),
            Office(id="roads", code="roads", name_ur="سڑکیں", name_en="Roads"),
            Office(id="water", parent_id="above", code="water", name_ur="پانی", name_en="Water"),
        ]
        district.save_offices(conn, rows)
    session = await town.schedule(live=True)
    asked = [await ask(town, session, 1), await ask(town, session, 2, private=True)]
    await town.moderate(session, AdmitQuestion(question=asked[0]))
    await closed(town, session)
    questions = (await town.service.live(session)).session.queue.questions
    town.house.districts.forget()
    return questions[asked[0]].reference, questions[asked[1]].reference


async def entered(town: Town, role: str, office: str | None) -> Phone:
    login = f"{role}-of-{office or 'all'}"
    made = staff.add(town.service.store, login, f"A {role}", role, PASSWORD)
    with town.service.store.write() as conn:
        accounts.place(conn, made.id, role, office)
    phone = town.phone("en")
    await phone.get("/staff")
    await phone.post("/staff", login=login, password=PASSWORD)
    return phone


async def knock(phone: Phone, method: str, path: str) -> int:
    if method == "GET":
        return (await phone.client.get(path)).status_code
    await phone.get("/account")
    token = re.search(r'name="form_token" value="([^"]+)"', phone.page)
    assert token is not None
    headers, fields = {"origin": phone.origin}, {"form_token": token[1], "do": "no-such-step", "why": "visit"}
    if path.endswith("/pictures"):
        files = {"file": ("x.jpg", b"no picture", "image/jpeg")}
        return (await phone.client.post(path, data=fields, files=files, headers=headers)).status_code
    return (await phone.client.post(path, data=fields, headers=headers)).status_code


@pytest.mark.parametrize(("role", "office", "open_", "private"), STANDINGS)
async def test_every_address_of_a_ticket_by_every_role(
    town: Town, numbers: tuple[str, str], role: Role, office: str | None, open_: bool, private: bool
) -> None:
    phone = await entered(town, role, office)
    before = [seq(town, number) for number in numbers]
    for number, reached in zip(numbers, (open_, private), strict=True):
        for each in ONE:
            status = await knock(phone, each.method, each.path.format(reference=number, picture="none"))
            if not allows(role, each.action, own=False):
                assert status == 403, each
            elif not reached:
                # A form or a file that cannot be read is told before anybody looks for a ticket.
                early = {422} if each.path.endswith("/pictures") else {400, 403}
                assert status in {404, *(early if each.method == "POST" else ())}, (each, status)
            elif each.path in WHOLE:
                assert status in (200, 303, 409, 422), (each, status)
    for each in NONE:
        status = await knock(phone, each.method, each.path)
        assert (status == 403) == (not allows(role, each.action, own=False)), each
    assert [seq(town, number) for number in numbers] == before, "an address that asks for nothing did something"


def seq(town: Town, number: str) -> int:
    with town.service.store.read() as conn:
        found = ticket_rows.by_reference(conn, number)
    assert found is not None
    return found.head_seq


def test_the_walk_covers_every_role_of_the_staff() -> None:
    assert {role for role, *_ in STANDINGS} == set(ROLES) - {"citizen", "system"}
    assert len(ONE) >= 7 and {each.path for each in NONE} == {"/tickets", "/supervise", "/replies"}
