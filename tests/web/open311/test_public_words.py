"""Every door says the same about the words of a ticket: they are public when a person released them, and only then."""

from __future__ import annotations

import httpx
import pytest

from kachehri import ticketing
from kachehri.store import tickets as ticket_rows
from kachehri.store.rows import save
from kachehri.store.tables import ReplayChapter
from kachehri.tickets.acts import Classify, Doer
from tests.web.open311.conftest import Doors
from tests.web.test_staff import signed_in
from web.api.operations import PREFIX

pytestmark = pytest.mark.anyio
#: Of each ticket, by how it came; nothing of it stands anywhere else.
MARKS = {"heard": "نلکا بند", "unheard": "Nobody looked", "private": "clerk wants"}
#: With which the doors that have a number read one ticket, and those that list or tell of all.
ONE = ("/open311/v2/requests/{0}.json", "/open311/v2/requests/{0}.xml", PREFIX + "/tickets/{0}", "/t/{0}")
MANY = ("/open311/v2/requests.json", "/open311/v2/requests.xml?extensions=true", PREFIX + "/tickets?limit=200")
#: Never words of a ticket, whoever released them: the hearing is over.
NEVER = (
    *("/s/{0}", "/s/{0}/live", "/s/{0}/scorecard", "/s/{0}/log", "/"),
    *(PREFIX + "/sessions/{0}", PREFIX + "/sessions/{0}/scorecard"),
)


async def texts(doors: Doors, addresses: tuple[str, ...], name: str = "") -> dict[str, str]:
    async with httpx.AsyncClient(base_url=doors.town.url, follow_redirects=True, timeout=30) as client:
        answers = {each: await client.get(each.format(name)) for each in addresses}
    assert {answer.status_code for answer in answers.values()} <= {200, 404}, answers
    return {address: answer.text for address, answer in answers.items()}


async def shown_by(doors: Doors, reference: str, mark: str) -> set[bool]:
    """What the doors say: one answer where they agree."""
    found = {**await texts(doors, ONE, reference), **await texts(doors, MANY)}
    never = await texts(doors, NEVER, doors.session)
    assert not [address for address, text in never.items() if mark in text]
    return {mark in text for text in found.values()}


@pytest.mark.parametrize("name", MARKS)
async def test_what_a_hearing_heard_is_read_at_no_door(doors: Doors, name: str) -> None:
    assert await shown_by(doors, getattr(doors, name), MARKS[name]) == {False}


async def test_all_doors_open_and_shut_with_the_release(doors: Doors) -> None:
    mark = "The culvert of lane nine"
    filed = await doors.post(service_code="water_none", address_id="uc1", description=f"{mark}, call 0300-1234567")
    number = filed.json()[0]["service_request_id"]
    moderator = await signed_in(doors.town, "moderator")
    await moderator.get(f"/tickets/{number}")
    seen = [await shown_by(doors, number, mark)]
    for do in ("show", "hide", "show"):
        await moderator.post(f"/tickets/{number}/words", do=do)
        seen.append(await shown_by(doors, number, mark))
    assert seen == [{False}, {True}, {False}, {True}]
    assert not [text for text in (await texts(doors, ONE, number)).values() if "1234567" in text]

    # It turns out to be protected; another topic does not undo that, only the desk that sorts does.
    def classified(category: str, doer: Doer, protected: bool = False) -> None:
        with doors.town.service.store.write() as conn:
            row = ticket_rows.by_reference(conn, number)
            assert row is not None
            act = Classify(category=category, days=9, protected=protected)
            ticketing.act(conn, doors.town.service.store.now(conn), row.id, act, doer)

    sorts = Doer("triage", "triage")
    classified("bribe", sorts, protected=True)
    assert await shown_by(doors, number, mark) == {False}
    classified("water_none", Doer("supervisor", "head"))
    assert await shown_by(doors, number, mark) == {False}
    assert {number in text for text in (await texts(doors, MANY)).values()} == {False}
    classified("water_none", sorts)
    assert await shown_by(doors, number, mark) == {True}


async def test_the_release_of_a_chapter_opens_the_words_at_every_door(doors: Doors) -> None:
    """One moderator's word counts everywhere, and is taken back everywhere."""
    with doors.town.service.store.write() as conn:
        ticket = ticket_rows.by_reference(conn, doors.heard)
        assert ticket is not None

        def chapter(key: str, state: str) -> ReplayChapter:
            return ReplayChapter(
                session_id=doors.session,
                key=key,
                n=1,
                kind="question",
                question_id=ticket.question_id,
                starts_at=0,
                ends_at=1,
                state=state,
                decided_at=5,
            )

        save(conn, [chapter("marked-1", "released"), chapter("marked-2", "kept")])
    try:
        everywhere = {**await texts(doors, ONE, doors.heard), **await texts(doors, MANY)}
        assert [address for address, text in everywhere.items() if MARKS["heard"] not in text] == []
        assert not [text for text in everywhere.values() if "1234567" in text or MARKS["unheard"] in text]
    finally:
        with doors.town.service.store.write() as conn:
            save(conn, [chapter("marked-1", "kept"), chapter("marked-2", "kept")])
    assert await shown_by(doors, doors.heard, MARKS["heard"]) == {False}
