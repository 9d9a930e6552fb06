"""Beside a ticket stands what may be about the same, with the words for it; people decide, and that is kept."""

from __future__ import annotations

import re

import pytest

from kachehri import ticketing
from kachehri.store import hints
from kachehri.store import tickets as ticket_rows
from kachehri.store.tables import Ticket
from kachehri.tickets import acts as a
from kachehri.tickets.acts import Doer
from rooms.outcomes import NoteOutcome
from rooms.questions import AdmitQuestion, MergeQuestion
from tests.web.conftest import Phone, Town
from tests.web.test_following import close
from tests.web.test_lobby import has
from tests.web.test_receipts import asked
from tests.web.test_staff import signed_in

pytestmark = pytest.mark.anyio
SAME = ("ہمارے محلے میں پانی نہیں آ رہا", "paani nahi arha muhalle mein", "no water in our mohalla")
OTHER = "there is no lady doctor in the hospital"


async def tickets_of(town: Town, *texts: str, **fields: str) -> list[Ticket]:
    session = await town.schedule(live=True)
    questions = []
    for text in texts:
        _, _, question = await asked(town, session, text, **fields)
        await town.moderate(session, AdmitQuestion(question=question))
        order = NoteOutcome(question=question, outcome="ordered", office="water", due="2030-01-20", note="A new one")
        await town.moderate(session, order)
        questions.append(question)
    await close(town, session)
    return [ticket(town, each) for each in questions]


def ticket(town: Town, question: str) -> Ticket:
    with town.service.store.read() as conn:
        found = ticket_rows.by_question(conn, question)
    assert found is not None
    return found


def section(page: str) -> str:
    found = re.search(r'<section class="card stack no-print" id="alike".*?</section>', page, re.DOTALL)
    return found.group(0) if found else ""


async def open_of(desk: Phone, one: Ticket) -> str:
    return (await desk.get(f"/tickets/{one.reference}")).text


async def test_across_languages_with_the_words_and_only_what_is_alike(town: Town) -> None:
    first, second, third, other = await tickets_of(town, *SAME, OTHER)
    desk = await signed_in(town, "moderator")
    part = section(await open_of(desk, first))
    assert has(part, "alike.title", "alike.lead", "alike.words", "alike.join", "alike.apart")
    assert second.reference in part and third.reference in part and other.reference not in part
    assert '<bdi dir="auto">mohalla</bdi>' in part
    assert not section(await open_of(desk, other))
    with town.service.store.read() as conn:
        assert set(hints.of(conn, first.id)) >= {second.id, third.id} and not hints.of(conn, other.id)


async def test_another_matter_is_suggested_no_more_until_that_is_taken_back(town: Town) -> None:
    one, two = await tickets_of(town, "stray dogs bit a child at night", "awara kutte ne raat ko bache ko kaata")
    desk = await signed_in(town, "moderator")
    here = f"/tickets/{one.reference}/alike"
    await open_of(desk, one)
    page = (await desk.post(here, do="apart", other=two.reference)).text
    assert has(page, "office.did.alike_apart") and f'value="{two.reference}"' in section(page)
    assert has(section(page), "alike.again") and not has(section(page), "alike.join")
    page = (await desk.post(here, do="again", other=two.reference)).text
    assert has(section(page), "alike.join")
    await open_of(desk, two)
    strange = await desk.post(f"/tickets/{two.reference}/alike", do="apart", other=two.reference)
    assert strange.status_code == 422, "that was never suggested"
    await open_of(desk, one)
    assert (await desk.post(here, do="anything", other=two.reference)).status_code == 400


async def test_joining_is_by_the_rule_and_counts_as_the_same(town: Town) -> None:
    one, two = await tickets_of(town, "our street light is broken since a week", "gali ki light ek hafte se kharab hai")
    desk = await signed_in(town, "moderator")
    await open_of(desk, one)
    page = (await desk.post(f"/tickets/{one.reference}/alike", do="join", other=two.reference)).text
    assert has(page, "office.did.join") and not section(page), "what goes with another is asked about no more"
    with town.service.store.read() as conn:
        row = ticket_rows.get(conn, one.id)
        assert row is not None and row.parent_id == two.id
        assert hints.of(conn, one.id)[two.id].said == "same"
        assert any(each.kind == "ticket" and each.same for each in hints.judged(conn))


async def test_what_is_private_or_protected_is_compared_with_nothing(town: Town) -> None:
    text = ("the sugar mill does not pay the cane growers", "sugar mill wale cane growers ko pay nahi karte")
    (private,) = await tickets_of(town, text[0], private="1")
    (public,) = await tickets_of(town, text[1])
    desk = await signed_in(town, "moderator")
    assert not section(await open_of(desk, private)) and not section(await open_of(desk, public))
    (other,) = await tickets_of(town, text[0])
    assert other.reference in section(await open_of(desk, public))
    with town.service.store.write() as conn:
        act = a.Classify(category="water_none", days=9, protected=True)
        ticketing.act(conn, town.service.store.now(conn), other.id, act, Doer("triage", "desk"))
    assert not section(await open_of(desk, public)) and not section(await open_of(desk, other))


async def test_the_same_trouble_again_stands_in_groups_with_what_was_made_of_suggestions(town: Town) -> None:
    made = await tickets_of(
        town,
        "patwari asks for money for a copy of the land record",
        "patwari zameen ki fard ke liye paise mangta hai",
        "پٹواری زمین کی فرد کے لیے پیسے مانگتا ہے",
    )
    desk = await signed_in(town, "moderator")
    assert 'href="/reports/same"' in (await desk.get("/reports")).text
    page = (await desk.get("/reports/same")).text
    assert has(page, "again.title", "again.judged", "again.people")
    group = next(
        each for each in page.split('<li class="card stack-s">')[1:] if made[0].reference in each.replace("-", "")
    )
    assert all(each.reference in group for each in made) and "patwari" in group.casefold() or "پٹواری" in group
    await open_of(desk, made[0])
    assert has((await desk.get("/reports/same")).text, "again.kind.ticket", "again.open")


async def test_what_the_desk_joins_in_a_hearing_was_a_good_suggestion(town: Town) -> None:
    session = await town.schedule(live=True)
    _, _, one = await asked(town, session, "the bridge was washed away by rain")
    _, _, two = await asked(town, session, "barish se pul beh gaya")
    _, _, three = await asked(town, session, "rain has washed away the bridge of our village")
    desk = await signed_in(town, "moderator")
    await desk.get(f"/mod/{session}")
    found = (await desk.client.get(f"/mod/{session}/alike?question={two}")).json()
    assert {each["id"] for each in found["alike"]} == {one, three}

    def counted() -> tuple[int, int, int]:
        with town.service.store.read() as conn:
            rows = [each for each in hints.judged(conn) if each.kind == "question"]
        return sum(x.same for x in rows), sum(x.apart for x in rows), sum(x.open for x in rows)

    assert counted() == (0, 0, 2)
    await town.moderate(session, MergeQuestion(question=two, into=one))
    same, apart, open = counted()
    assert same == 1 and apart + open == 1
