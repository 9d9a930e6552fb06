"""A matter that turns out to be protected leaves every door through which one that was asked privately never came."""

from __future__ import annotations

import random
from typing import NamedTuple

import pytest

from kachehri import following, ticketing
from kachehri.store import district
from kachehri.store import tickets as ticket_rows
from kachehri.store.tables import Office
from kachehri.tickets import acts as a
from kachehri.tickets.acts import Doer
from rooms.outcomes import NoteOutcome
from rooms.questions import AdmitQuestion
from tests.web.conftest import Phone, Town
from tests.web.test_following import close
from tests.web.test_receipts import asked
from tests.web.test_ticket_boundary import entered
from web.routes import ADDRESSES

pytestmark = pytest.mark.anyio
#: Drawn by a browser, from what the other doors show.
DRAWN = (".pdf", ".png")
SIDES = {
    "triage": Doer("triage", "desk"),
    "office": Doer("office", "x", "water"),
    "supervisor": Doer("supervisor", "s"),
}


class Two(NamedTuple):
    """A session with a promise on a public and on a private question, both of the water office."""

    session: str
    later: str
    private: str
    id: str


@pytest.fixture(scope="module")
async def two(town: Town) -> Two:
    with town.service.store.write() as conn:
        rows = [
            Office(id="above", code="above", name_ur="ضلع", name_en="District"),
            Office(id="roads", code="roads", name_ur="سڑکیں", name_en="Roads"),
            Office(id="water", parent_id="above", code="water", name_ur="پانی", name_en="Water"),
        ]
        district.save_offices(conn, rows)
    town.house.districts.forget()
    session = await town.schedule(live=True)
    found = []
    for private in ("", "1"):
        _, _, question = await asked(town, session, f"No water {private}", **({"private": private} if private else {}))
        await town.moderate(session, AdmitQuestion(question=question))
        order = NoteOutcome(question=question, outcome="ordered", office="water", due="2030-01-20", note="A new pump")
        await town.moderate(session, order)
        found.append(question)
    await close(town, session)
    with town.service.store.read() as conn:
        later, private_one = (ticket_rows.by_question(conn, each) for each in found)
    assert later is not None and private_one is not None
    return Two(session, later.reference, private_one.reference, later.id)


async def readers(town: Town) -> dict[str, Phone]:
    """The public, the office above, another office, and the desk of another hearing."""
    return {
        "public": town.phone("en"),
        "above": await entered(town, "officer", "above"),
        "roads": await entered(town, "officer", "roads"),
    }


async def seen(phone: Phone, two: Two, reference: str) -> dict[str, tuple[int, bool]]:
    """Each door: what it answers, and whether the number stands there. Doors of one ticket are asked for this one."""
    found: dict[str, tuple[int, bool]] = {}
    grouped = f"{reference[:2]}-{reference[2:6]}-{reference[6:]}"
    known = {"reference": reference, "session": two.session, "hearing": two.session, "id": reference, "format": "json"}
    for each in ADDRESSES:
        if each.method != "GET" or each.path.endswith(DRAWN):
            continue
        try:
            path = each.path.format_map(known)
        except KeyError:
            continue
        answer = await phone.client.get(path, follow_redirects=False)
        text = answer.text.replace("\u2011", "-")
        shown = answer.status_code == 200 and (reference in text or grouped in text)
        found[each.path] = (answer.status_code, shown)
    return found


def classify(town: Town, two: Two, side: str, protected: bool) -> bool:
    """Returns whether the ticket is protected then."""
    with town.service.store.write() as conn:
        act = a.Classify(category="water_none", days=9, protected=protected)
        return ticketing.act(conn, town.service.store.now(conn), two.id, act, SIDES[side]).protected


async def test_every_door_answers_as_of_what_was_asked_privately(town: Town, two: Two) -> None:
    people = await readers(town)
    before = {who: await seen(phone, two, two.later) for who, phone in people.items()}
    assert any(shown for _, shown in before["public"].values()) and any(shown for _, shown in before["above"].values())
    assert classify(town, two, "triage", True)
    for who, phone in people.items():
        private, later = await seen(phone, two, two.private), await seen(phone, two, two.later)
        different = {path: (private[path], later[path]) for path in later if private[path] != later[path]}
        assert not different, (who, different)
        lists = [path for path, (_, shown) in later.items() if shown and "{reference}" not in path]
        assert not lists, who


@pytest.mark.parametrize("seed", range(12))
async def test_whatever_is_said_of_it_the_row_and_the_doors_follow(town: Town, two: Two, seed: int) -> None:
    lot = random.Random(seed)
    public = town.phone("en")
    doors = (
        "/api/v1/tickets?limit=200",
        "/open311/v2/requests.json",
        f"/api/v1/tickets/{two.later}",
        f"/t/{two.later}",
    )
    for _ in range(4):
        protected = classify(town, two, lot.choice(sorted(SIDES)), lot.random() < 0.5)
        with town.service.store.read() as conn:
            row = ticket_rows.get(conn, two.id)
        assert row is not None
        assert (row.privacy, following.may_follow(row)) == ("protected" if protected else "public", not protected)
        for door in doors:
            answer = await public.client.get(door)
            shown = answer.status_code == 200 and two.later in answer.text.replace("-", "")
            assert shown is not protected, (door, protected)
