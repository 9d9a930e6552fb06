"""Tickets beside each other: the list, what is done with many of them, the chain and the brief."""

from __future__ import annotations

from datetime import timedelta

import pytest

from kachehri import ticketing
from kachehri.i18n import words_for
from kachehri.store import tickets as ticket_rows
from kachehri.tickets import acts as a
from kachehri.tickets.acts import Doer
from tests.web.conftest import Town
from tests.web.test_register import ask
from tests.web.ticket_desk import desk, do, entered, form_token, life, opened
from web.forms import new_key

__all__ = ["desk"]
pytestmark = pytest.mark.anyio

EN = words_for("en")


async def test_the_history_shows_the_chain(town: Town, desk: dict[str, str]) -> None:
    number = await opened(town)
    xen = await entered(town, "xen")
    await do(xen, number, "assign", post="ph-sdo")
    await do(xen, number, "note", note="Only among us")
    page = (await xen.get(f"/tickets/{number}/history")).text
    with town.service.store.read() as conn:
        ticket = ticket_rows.by_reference(conn, number)
        assert ticket is not None
        steps = ticket_rows.steps(conn, ticket.id)
    assert all(step.hash.hex()[:12] in page for step in steps) and ticket.head_hash.hex() in page
    assert EN.t("office.history.whole") in page and "Only among us" in page


async def test_many_are_given_to_a_post_and_taken_back(town: Town, desk: dict[str, str]) -> None:
    numbers = [await opened(town), await opened(town)]
    xen = await entered(town, "xen")
    await xen.get("/tickets")
    fields = form_token(xen)
    sent = {**fields, "key": "k" * 22, "post": "ph-sdo", "ticket": [*numbers, "2600000000"]}
    answer = await xen.client.post("/tickets", data=sent, headers={"origin": xen.origin})
    assert [life(town, each).state for each in numbers] == ["assigned", "assigned"]
    assert EN.t("office.many_undo") in answer.text and EN.t("office.many_failed") in answer.text
    answer = await xen.client.post(
        "/tickets", data={**fields, "key": "l" * 22, "do": "undo", "ticket": numbers}, headers={"origin": xen.origin}
    )
    assert [(life(town, each).state, life(town, each).post) for each in numbers] == [("routed", ""), ("routed", "")]
    for missing in ({"ticket": numbers}, {"post": "ph-sdo"}):
        answer = await xen.client.post(
            "/tickets", data={**fields, "key": "m" * 22, **missing}, headers={"origin": xen.origin}
        )
        assert answer.status_code == 200 and life(town, numbers[0]).state == "routed"


async def test_only_what_one_gave_is_taken_back_and_what_is_not_is_told(town: Town, desk: dict[str, str]) -> None:
    """An officer may have begun, or somebody else have given it on, before whoever gave it takes it back."""
    begun, given_on, free = [await opened(town) for _ in range(3)]
    xen, sdo = await entered(town, "xen"), await entered(town, "sdo")

    async def many(**sent: object) -> str:
        await xen.get("/tickets")
        data = {**form_token(xen), "key": new_key(), **sent}
        return (await xen.client.post("/tickets", data=data, headers={"origin": xen.origin})).text

    assert EN.t("office.many_failed") in await many(post="no-such-post", ticket=[free])
    await many(post="ph-sdo", ticket=[begun, given_on, free])
    day = (EN.dates.local(town.house.now()) + timedelta(days=4)).date().isoformat()
    await do(sdo, begun, "start", plan="Pump from the store", day=day)
    with town.service.store.write() as conn:
        ticket = ticket_rows.by_reference(conn, given_on)
        assert ticket is not None
        by = Doer("office", desk["chief"], "water", "ph-xen")
        now = town.service.store.now(conn)
        ticketing.act(conn, now, ticket.id, a.TakeBack(), by)
        ticketing.act(conn, now, ticket.id, a.Assign(post="ph-sdo", account=desk["sdo"]), by)
    page = await many(do="undo", ticket=[begun, given_on, free])
    assert [life(town, each).state for each in (begun, given_on, free)] == ["in_progress", "assigned", "routed"]
    assert EN.t("office.many_kept") in page and EN.plain("office.many_undone", 1) in page
    assert EN.grouped(begun) in page and EN.grouped(given_on) in page


async def test_the_list_is_narrowed_and_searched_by_number(town: Town, desk: dict[str, str]) -> None:
    number = await opened(town)
    xen = await entered(town, "xen")
    found = await xen.get(f"/tickets?find={number}")
    assert found.url.path == f"/tickets/{number}"
    assert number in (await xen.get(f"/tickets?find={number[-4:]}")).text
    swapped = number[:4] + number[5] + number[4] + number[6:]
    if swapped != number:
        answer = (await xen.get(f"/tickets?find={swapped}")).text
        assert EN.t("office.find_none") in answer or EN.raw("office.find_places").split("{")[0] in answer
    assert EN.t("office.find_short") in (await xen.get("/tickets?find=12")).text
    assert number in (await xen.get("/tickets?topic=water_none&area=uc1")).text
    for query in ("topic=other", "area=t1", "whose=mine", "show=disputed", "show=appeal", "show=risk"):
        assert f"/tickets/{number}" not in (await xen.get(f"/tickets?{query}")).text, query
    await do(xen, number, "assign", post="ph-xen")
    assert number in (await xen.get("/tickets?whose=mine")).text


async def test_the_brief_says_what_the_house_will_ask(town: Town, desk: dict[str, str]) -> None:
    number = await opened(town)
    session = await town.schedule(live=True)
    await ask(town, session, 7)
    xen = await entered(town, "xen")
    page = (await xen.get(f"/brief/{session}")).text
    for sign in (number, "نیا پمپ لگے گا", "Public Health Engineering", EN.t("office.brief_asked"), "No water"):
        assert sign in page, sign
    assert (await xen.get("/brief/nowhere2")).status_code == 404
