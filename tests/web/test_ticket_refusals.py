"""An act that is not done: what is missing, what came twice, what is not theirs; and the sentence that says why."""

from __future__ import annotations

import pytest

from kachehri.i18n import words_for
from kachehri.store import tickets as ticket_rows
from kachehri.tickets import acts as a
from tests.web.conftest import Town
from tests.web.ticket_desk import by_citizen, desk, do, entered, life, offered, opened
from web.act_forms import FORMS

__all__ = ["desk"]
pytestmark = pytest.mark.anyio
EN, UR = words_for("en"), words_for("ur")


async def test_what_is_missing_comes_back_with_what_was_typed(town: Town, desk: dict[str, str]) -> None:
    number = await opened(town)
    xen, sdo = await entered(town, "xen"), await entered(town, "sdo")
    back = await do(xen, number, "assign", post="")
    assert back.status_code == 422 and EN.t("office.need.post") in back.text
    await do(xen, number, "assign", post="ph-sdo")
    refusal = await do(sdo, number, "propose", outcome="relief_not_possible", note="Not in the budget")
    assert refusal.status_code == 422 and EN.t("office.need.rule") in refusal.text
    assert (
        "Not in the budget</textarea>" in refusal.text
        and '<details class="more act-card" id="propose" open>' in refusal.text
    )
    for fields, said in (
        ({"outcome": "relief_granted", "note": "x" * 1_001}, "1001"),
        ({"outcome": "duplicate", "note": "x"}, EN.t("office.need.outcome")),
        ({"outcome": "", "note": "x"}, EN.t("office.need.outcome")),
        ({"outcome": "relief_granted", "note": "\u0000\u0007"}, ""),
    ):
        answer = await do(sdo, number, "propose", **fields)
        assert answer.status_code == 422 and said in answer.text, fields
    for day in ("2020-01-01", "soon", "2090-01-01"):
        answer = await do(sdo, number, "start", plan="x", day=day)
        assert answer.status_code == 422 and EN.t("office.need.day") in answer.text
    answer = await do(sdo, number, "no_such_act")
    assert answer.status_code == 200 and life(town, number).state == "assigned"


async def test_a_form_that_comes_twice_is_done_once(town: Town, desk: dict[str, str]) -> None:
    number = await opened(town)
    xen = await entered(town, "xen")
    path = f"/tickets/{number}/act"
    await xen.get(f"/tickets/{number}")
    sent = {**xen.fields(path), "do": "assign", "post": "ph-sdo"}
    for _ in range(2):
        answer = await xen.client.post(path, data=sent, headers={"origin": xen.origin})
        assert answer.status_code == 200 and EN.t("office.did.assign") in answer.text
    with town.service.store.read() as conn:
        found = ticket_rows.by_reference(conn, number)
        assert found is not None
        assert [s.type for s in ticket_rows.steps(conn, found.id)].count("ticket.assigned") == 1


async def test_a_heavy_act_is_not_done_onto_what_nobody_has_seen(town: Town, desk: dict[str, str]) -> None:
    number = await opened(town)
    xen = await entered(town, "xen")
    await xen.get(f"/tickets/{number}")
    seen = str(life(town, number).seq)
    await do(xen, number, "note", note="Something new")
    answer = await do(xen, number, "transfer", seq=seen, office="roads", reason="A road question")
    assert answer.status_code == 409 and EN.t("refused.ticket_busy") in answer.text
    assert "A road question</textarea>" in answer.text and life(town, number).office == "water"


async def test_what_the_table_or_the_side_forbids_is_refused_with_a_sentence(town: Town, desk: dict[str, str]) -> None:
    number = await opened(town)
    before = life(town, number).seq
    sdo, roads = await entered(town, "sdo"), await entered(town, "roads")
    for name in ("force", "uphold", "countersign", "escalate"):
        answer = await do(sdo, number, name, outcome="relief_granted", reason="x", order="x")
        assert answer.status_code == 422, name
    answer = await do(roads, number, "note", note="hello")
    assert answer.status_code == 404
    assert life(town, number).seq == before


async def test_why_something_is_not_possible_is_shown(town: Town, desk: dict[str, str]) -> None:
    number = await opened(town)
    xen, sdo, chief = await entered(town, "xen"), await entered(town, "sdo"), await entered(town, "chief")
    await do(xen, number, "assign", post="ph-sdo")
    for _ in range(2):
        await do(sdo, number, "ask_citizen", question="Which street?")
        by_citizen(town, number, a.Answer())
    page = (await sdo.get(f"/tickets/{number}")).text
    assert EN.t("refused.ask_limit") in page and "ask_citizen" not in offered(page)
    page = (await xen.get(f"/tickets/{number}")).text
    assert EN.t("refused.force_level") in page
    page = (await chief.get(f"/tickets/{number}")).text
    assert "warn" in offered(page) and EN.t("refused.force_unwarned") in page


def test_every_form_has_its_words() -> None:
    for name, form in FORMS.items():
        for words in (UR, EN):
            for key in (f"office.act.{name}", f"office.lead.{name}", f"office.do.{name}", f"office.did.{name}"):
                assert words.has(key), key
            for each in form.asks:
                assert words.has(f"office.field.{each.name}") or words.has(f"office.field.{name}.{each.name}")
                assert each.kind in ("tick", "pictures") or words.has(f"office.need.{each.kind}")
