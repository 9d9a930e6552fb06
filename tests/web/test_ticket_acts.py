"""What is done with a ticket from its page, by whom, and what each is told: through HTTP on a running server."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from kachehri.i18n import words_for
from kachehri.tickets import acts as a
from tests.web.conftest import Town
from tests.web.ticket_desk import by_citizen, desk, do, entered, form_token, life, offered, opened

__all__ = ["desk"]
pytestmark = pytest.mark.anyio

EN = words_for("en")


async def test_from_the_office_to_the_citizens_yes(town: Town, desk: dict[str, str]) -> None:
    number = await opened(town)
    xen, sdo = await entered(town, "xen"), await entered(town, "sdo")
    page = (await xen.get(f"/tickets/{number}")).text
    assert {"assign", "transfer", "note"} <= offered(page) and "start" not in offered(page)
    for sign in ("Executive engineer", "Sub-divisional officer", "نیا پمپ لگے گا", EN.t("office.turn.office")):
        assert sign in page, sign
    assert (await do(xen, number, "assign", post="ph-sdo")).status_code == 200
    assert (found := life(town, number)).state == "assigned" and found.account == desk["sdo"]
    page = (await sdo.get(f"/tickets/{number}")).text
    assert {"start", "propose", "ask_citizen", "wait_outside"} <= offered(page)
    assert not {"force", "warn", "countersign", "uphold"} & offered(page)
    day = (EN.dates.local(town.house.now()) + timedelta(days=4)).date().isoformat()
    answer = await do(sdo, number, "start", plan="Pump from the store, call 0301 2345678", day=day)
    assert EN.t("office.did.start") in answer.text and "2345678" not in answer.text
    answer = await do(sdo, number, "propose", outcome="relief_granted", note="The pump runs")
    assert life(town, number).state == "resolution_proposed" and "The pump runs" in answer.text
    assert EN.t("office.turn.citizen") in answer.text and offered(answer.text) == {"classify", "note"}
    by_citizen(town, number, a.Confirm())
    page = (await sdo.get(f"/tickets/{number}")).text
    assert EN.t("office.basis.citizen_confirmed") in page and EN.t("office.told.confirmed") in page


async def test_a_no_goes_to_the_superior_and_the_next_answer_is_signed(town: Town, desk: dict[str, str]) -> None:
    number = await opened(town)
    xen, sdo = await entered(town, "xen"), await entered(town, "sdo")
    await do(xen, number, "assign", post="ph-sdo")
    await do(sdo, number, "propose", outcome="relief_granted", note="Done")
    by_citizen(town, number, a.Dispute(solved="no"))
    page = (await xen.get("/supervise")).text
    assert page.count(f'href="/tickets/{number}"') == 1, "in the list of the disputed alone"
    page = (await sdo.get(f"/tickets/{number}")).text
    assert EN.t("office.told.disputed_no") in page and "propose" not in offered(page)
    page = (await xen.get(f"/tickets/{number}")).text
    assert "assign" in offered(page) and EN.t("office.lead.propose_again") not in page, "it was not this hand's answer"
    await do(xen, number, "assign", post="ph-sdo")
    assert EN.t("office.lead.propose_again") in (await sdo.get(f"/tickets/{number}")).text
    answer = await do(sdo, number, "propose", outcome="relief_granted", note="Now it really runs")
    assert life(town, number).submitted is not None and EN.t("office.draft") in answer.text
    assert EN.t("office.did.submitted") in answer.text
    page = (await xen.get("/supervise")).text
    assert page.count(f'href="/tickets/{number}"') == 1, "in the list of those to be signed alone"
    assert "countersign" in offered((await xen.get(f"/tickets/{number}")).text)
    await do(xen, number, "countersign")
    assert life(town, number).state == "resolution_proposed"


async def test_a_promised_day_counts_on_the_page_as_in_the_list(town: Town, desk: dict[str, str]) -> None:
    """It is the day that the citizen was told; the days of the topic end later."""
    now = town.house.now()
    day = EN.dates.local(now) + timedelta(days=1)
    number = await opened(town, due=day.date().isoformat())
    xen = await entered(town, "xen")
    listed, page = (await xen.get("/tickets")).text, (await xen.get(f"/tickets/{number}")).text
    found = [re.search(r"</svg>([^<]+ left)</span>", each) for each in (listed[listed.index(number) :], page)]
    assert found[0] is not None and found[1] is not None and found[0][1] == found[1][1]


async def test_it_does_not_concern_us_is_a_transfer_and_its_end_is_said(town: Town, desk: dict[str, str]) -> None:
    number = await opened(town)
    xen = await entered(town, "xen")
    page = (await xen.get(f"/tickets/{number}")).text
    assert EN.t("office.lead.transfer") in page
    back = await do(xen, number, "transfer", office="roads", reason="")
    assert back.status_code == 422 and EN.t("office.need.words") in back.text
    assert re.search(r'<option value="roads" selected>', back.text), "what was chosen stays"
    await do(xen, number, "transfer", office="roads", reason="A road question")
    assert (found := life(town, number)).office == "roads" and found.transfers == 1
    assert (await xen.get(f"/tickets/{number}")).status_code == 404
    roads = await entered(town, "roads")
    assert number in (await roads.get("/tickets")).text
    await do(roads, number, "transfer", office="water", reason="It is the pipe after all")
    page = (await xen.get(f"/tickets/{number}")).text
    options = re.search(r'id="transfer-office".*?</select>', page, re.DOTALL)
    assert options is not None and set(re.findall(r'value="(\w+)"', options[0])) == {"desk"}


async def test_another_office_has_a_part_and_finds_it(town: Town, desk: dict[str, str]) -> None:
    number = await opened(town)
    xen, roads = await entered(town, "xen"), await entered(town, "roads")
    await do(xen, number, "assign", post="ph-sdo")
    assert (await roads.get(f"/tickets/{number}")).status_code == 404
    await do(xen, number, "share", office="roads")
    page = (await roads.get(f"/tickets/{number}")).text
    assert offered(page) == {"finish_part", "note"} and number in (await roads.get("/tickets")).text
    await do(roads, number, "finish_part", note="The road is open again")
    assert life(town, number).parts["roads"] is not None
    assert EN.t("office.part_done") in (await xen.get(f"/tickets/{number}")).text


async def test_two_tickets_go_on_together_and_apart(town: Town, desk: dict[str, str]) -> None:
    first, second = await opened(town), await opened(town)
    clerk = await entered(town, "clerk")
    for wrong in ("2600000000", "12"):
        answer = await do(clerk, first, "join", reference=wrong)
        assert answer.status_code == 422 and EN.t("office.need.reference") in answer.text
    await do(clerk, first, "join", reference=second)
    page = (await clerk.get(f"/tickets/{first}")).text
    assert f'href="/tickets/{second}"' in page and "leave" in offered(page) and "join" not in offered(page)
    assert f'href="/tickets/{first}"' in (await clerk.get(f"/tickets/{second}")).text
    await do(clerk, first, "leave")
    assert life(town, first).parent == ""


async def test_an_appeal_is_decided_by_whoever_had_no_hand_in_it(town: Town, desk: dict[str, str]) -> None:
    number = await opened(town)
    xen, sdo, chair = await entered(town, "xen"), await entered(town, "sdo"), await entered(town, "chair")
    await do(xen, number, "assign", post="ph-sdo")
    await do(sdo, number, "propose", outcome="relief_granted", note="Done")
    by_citizen(town, number, a.Confirm())
    by_citizen(town, number, a.Appeal())
    page = (await chair.get(f"/tickets/{number}")).text
    assert {"direct", "uphold"} <= offered(page) and EN.t("office.turn.appeal") in page
    assert not {"direct", "uphold"} & offered((await xen.get(f"/tickets/{number}")).text)
    await do(chair, number, "direct", order="Lay the pipe within ten days", office="water")
    assert (found := life(town, number)).state == "assigned" and found.office == "water"


async def test_a_ready_answer_goes_into_the_form_and_nothing_is_done(town: Town, desk: dict[str, str]) -> None:
    number = await opened(town)
    xen, roads = await entered(town, "xen"), await entered(town, "roads")
    await xen.get("/replies")
    answer = await xen.post("/replies", do="save", name="Pump", text="We repair {number} by {dey}.")
    assert answer.status_code == 422 and "dey" in answer.text and "We repair" in answer.text
    answer = await xen.post("/replies", do="save", name="Pump", text="We repair {number} at {place}.")
    assert EN.t("office.replies_saved") in answer.text
    id = re.search(r"/replies\?change=(\w[\w-]*)", answer.text)
    assert id is not None
    before = life(town, number).seq
    back = await do(xen, number, "note", note="First look.", insert="1", reply=id[1])
    assert back.status_code == 200 and life(town, number).seq == before
    assert f"First look.\nWe repair {EN.grouped(number)} at Chak 57.</textarea>" in back.text
    sent = {**form_token(xen), "text": "", "kind": "note", "insert": "1", "reply": id[1]}
    line = await xen.client.post(f"/tickets/{number}", data=sent, headers={"origin": xen.origin})
    assert f"We repair {EN.grouped(number)} at Chak 57.</textarea>" in line.text and life(town, number).seq == before
    assert "Pump" not in (await roads.get("/replies")).text
    await roads.client.post(
        "/replies", data={**form_token(roads), "do": "retire", "id": id[1]}, headers={"origin": roads.origin}
    )
    assert "Pump" in (await xen.get("/replies")).text
    await xen.post("/replies", do="retire", id=id[1])
    assert "Pump" not in (await xen.get("/replies")).text
