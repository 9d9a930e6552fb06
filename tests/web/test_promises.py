"""A promise is read back on the phone of the person to whom it was given, and she says whether it was so."""

from __future__ import annotations

import re

import httpx
import pytest

from kachehri import ticketing
from kachehri.i18n import words_for
from kachehri.store import district, promises, tickets
from kachehri.store.tables import Commitment, Post, table_of
from kachehri.tickets import acts as a
from kachehri.tickets.acts import Doer
from kachehri.tickets.pledges import TAKE_BACK_MS
from rooms.outcomes import NoteOutcome, ReadBack
from rooms.questions import AdmitQuestion
from rooms.queue import Question
from tests.web.conftest import Phone, Town
from tests.web.test_following import close
from tests.web.test_lobby import has
from tests.web.test_receipts import asked
from tests.web.test_staff import signed_in

pytestmark = pytest.mark.anyio
EN = words_for("en")
WORDS = "New pump by Monday"


async def promised(town: Town, session: str, text: str = "No water", words: str = WORDS) -> tuple[Phone, str, str]:
    """A phone, its receipt and its question, on which something was ordered."""
    phone, path, question = await asked(town, session, text)
    await town.moderate(session, AdmitQuestion(question=question))
    await order(town, session, question, words)
    return phone, path, question


async def order(town: Town, session: str, question: str, words: str = WORDS) -> None:
    noted = NoteOutcome(question=question, outcome="ordered", office="water", due="2027-03-01", note=words)
    await town.moderate(session, noted)


async def question_of(town: Town, session: str, question: str) -> Question:
    return (await town.service.live(session)).session.queue.get(question)


async def read(town: Town, session: str, question: str) -> str:
    found = (await question_of(town, session, question)).outcome
    assert found is not None
    return found.read


async def test_the_live_page_leads_to_the_words_and_two_answers(town: Town) -> None:
    session = await town.schedule(live=True)
    phone, _, question = await promised(town, session)
    live = (await phone.get(f"/s/{session}/live")).text
    assert has(live, "promise.waiting") and f'href="/s/{session}/promise"' in live
    page = (await phone.get(f"/s/{session}/promise")).text
    assert (
        has(page, "promise.ask", "promise.yes", "promise.no") and WORDS in page and "Public Health Engineering" in page
    )
    after = await phone.post(f"/s/{session}/promise", said="yes")
    assert has(after.text, "promise.said_yes") and await read(town, session, question) == "yes"
    live = (await phone.get(f"/s/{session}/live")).text
    assert "data-promise hidden" in live


async def test_her_no_is_read_by_the_desk_and_the_next_note_is_read_back_anew(town: Town) -> None:
    session = await town.schedule(live=True)
    phone, path, question = await promised(town, session)
    page = (await phone.get(path)).text
    assert has(page, "promise.ask")
    page = (await phone.post(f"{path}/promise", said="no")).text
    assert has(page, "promise.said_no") and await read(town, session, question) == "no"
    await order(town, session, question, "New pump by Tuesday")
    page = (await phone.get(path)).text
    assert has(page, "promise.ask") and "New pump by Tuesday" in page
    await phone.post(f"{path}/promise", said="yes")
    assert await read(town, session, question) == "yes"


async def test_a_form_from_before_a_change_says_yes_to_nothing(town: Town) -> None:
    session = await town.schedule(live=True)
    phone, path, question = await promised(town, session)
    await phone.get(path)
    before = phone.page
    await order(town, session, question, "New pump by Tuesday")
    phone.page = before
    answer = await phone.post(f"{path}/promise", said="yes")
    assert answer.status_code == 409 and has(answer.text, "refused.order_changed")
    assert await read(town, session, question) == ""


async def test_nobody_answers_for_another(town: Town) -> None:
    session = await town.schedule(live=True)
    _, _, question = await promised(town, session)
    other, path, _ = await promised(town, session, "The road is broken")
    found = await question_of(town, session, question)
    assert found.outcome is not None
    await other.get(path)
    fields = {"said": "yes", "question": question, "words": found.outcome.note}
    assert (await other.post(f"{path}/promise", **fields)).status_code == 404
    await other.get(f"/s/{session}/promise")
    assert (await other.post(f"/s/{session}/promise", **fields)).status_code == 403
    assert await read(town, session, question) == ""


async def test_who_was_promised_nothing_is_led_back_to_the_hearing(town: Town) -> None:
    session = await town.schedule(live=True)
    answer = await town.phone("en").get(f"/s/{session}/promise")
    assert answer.url.path == f"/s/{session}/live"


async def test_the_moderator_writes_down_what_she_says_aloud(town: Town) -> None:
    session = await town.schedule(live=True)
    phone, path, question = await promised(town, session)
    found = await question_of(town, session, question)
    assert found.outcome is not None
    await town.moderate(session, ReadBack(question=question, words=found.outcome.note, agreed=True))
    assert has((await phone.get(path)).text, "promise.said_yes")
    await close(town, session)


async def test_a_close_leaves_the_promise_with_what_she_said_to_it(town: Town) -> None:
    session = await town.schedule(live=True)
    phone, path, question = await promised(town, session)
    await phone.get(path)
    await phone.post(f"{path}/promise", said="yes")
    read_at = (await question_of(town, session, question)).outcome.read_at  # type: ignore[union-attr]
    await close(town, session)
    with town.service.store.read() as conn:
        (row,) = tickets.promises(conn, session)
        tickets.verify(conn, row.ticket_id or "")
        life = ticketing.load(conn, row.ticket_id or "")
    assert (row.state, row.read, row.read_back_at, row.first_due_at) == ("made", "yes", read_at, row.due_at)
    assert life.pledges[row.id].due == row.due_at


async def test_the_scorecard_adds_up_and_says_what_it_means(town: Town) -> None:
    session = await town.schedule(live=True)
    phone, path, _ = await promised(town, session)
    await phone.get(path)
    await phone.post(f"{path}/promise", said="yes")
    await asked(town, session, "The road is broken")
    reader = town.phone("en")
    assert (await reader.get(f"/s/{session}/scorecard")).status_code == 409
    await close(town, session)
    page = (await reader.get(f"/s/{session}/scorecard")).text
    assert has(page, "score.raised", "score.is.raised", "score.p_due", "score.is.small")
    figures = dict(re.findall(r"<dt>([^<]*)<small>[^<]*</small></dt><dd>(.*?)</dd>", page))
    assert (figures["Raised"], figures["Heard"], figures["Not heard"]) == ("2", "1", "1")
    assert figures["Promises"] == "1" and figures["Still due"] == "1" and "1/1" in figures["Read back"]
    assert "%" not in page.split("<main")[1], "two of two is no 100 per cent"


async def test_the_scorecard_may_be_for_the_staff_alone(town: Town) -> None:
    session = await town.schedule(live=True)
    await close(town, session)
    await town.house.own.change(open_scorecards=False)
    assert (await town.phone("en").get(f"/s/{session}/scorecard")).status_code == 404
    assert (await town.phone("en").post(f"/s/{session}/scorecard", public="yes")).status_code in (200, 403)
    assert not town.house.place.open_scorecards


async def test_after_the_close_she_says_whether_it_was_kept(town: Town) -> None:
    session = await town.schedule(live=True)
    phone, path, question = await promised(town, session)
    await close(town, session)
    page = (await phone.get(path)).text
    assert has(page, "promise.ask", "promise.was_kept", "promise.stands.due")
    assert (await phone.post(f"{path}/promise", said="yes")).status_code == 200
    assert has(phone.page, "promise.said_yes")
    page = (await phone.post(f"{path}/promise", said="kept")).text
    assert has(page, "promise.stands.kept") and not has(page, "promise.was_kept")
    with town.service.store.read() as conn:
        found = promises.of_question(conn, question)
    assert found is not None and (found.read, found.state) == ("yes", "kept")


async def test_her_word_takes_two_taps_and_can_be_taken_back_for_a_day(town: Town) -> None:
    session = await town.schedule(live=True)
    phone, path, question = await promised(town, session)
    await close(town, session)
    page = (await phone.get(path)).text
    form = re.search(r'<details class="more confirm">((?:(?!</details>).)*value="kept".*?)</details>', page, re.DOTALL)
    assert form and has(form.group(1), "promise.kept_ask", "promise.kept_means") and WORDS in form.group(1)
    assert 'value="kept"' not in page.replace(form.group(0), ""), "nothing says kept outside of the confirming form"
    page = (await phone.post(f"{path}/promise", said="kept")).text
    assert has(page, "promise.take_back_ask") and not has(page, "promise.kept_ask")
    page = (await phone.post(f"{path}/promise", said="denied")).text
    assert has(page, "promise.kept_ask") and stands(town, question) == "made"
    await phone.post(f"{path}/promise", said="kept")
    with town.service.store.write() as conn:
        row = promises.of_question(conn, question)
        assert row is not None and row.kept_at is not None
        table = table_of(Commitment)
        conn.execute(table.update().where(table.c.id == row.id).values(kept_at=row.kept_at - TAKE_BACK_MS - 60_000))
    assert not has((await phone.get(path)).text, "promise.take_back_ask")


async def test_while_she_says_that_it_is_not_solved_she_is_not_asked_whether_it_was_kept(town: Town) -> None:
    session = await town.schedule(live=True)
    phone, path, question = await promised(town, session)
    await close(town, session)
    with town.service.store.write() as conn:
        row = promises.of_question(conn, question)
        assert row is not None and row.ticket_id is not None
        now = town.service.store.now(conn)
        said = ticketing.words(conn, now, "The pump was changed")
        steps = (
            (Doer("clock", "clock"), a.Assign(post="")),
            (Doer("officer", "xen", "water"), a.Start(plan=said)),
            (Doer("officer", "xen", "water"), a.Propose(outcome="relief_granted", note=said)),
        )
        for doer, act in steps:
            ticketing.act(conn, now, row.ticket_id, act, doer)
        ticketing.act(conn, now, row.ticket_id, a.Dispute(solved="no"), Doer("citizen", "x"))
    page = (await phone.get(path)).text
    assert 'value="kept"' not in page and 'value="denied"' not in page
    refused = await phone.post(f"{path}/promise", question=question, said="kept", key="k" * 22)
    assert refused.status_code == 409 and has(refused.text, "refused.pledge_disputed")
    assert stands(town, question) != "kept"


async def test_without_an_official_on_a_seat_the_post_is_named_that_answers(town: Town) -> None:
    session = await town.schedule(live=True)
    phone, path, question = await promised(town, session)
    await close(town, session)
    assert "Executive Engineer, Chak" not in (await phone.get(path)).text
    with town.service.store.write() as conn:
        row = promises.of_question(conn, question)
        assert row is not None and row.office_id is not None and not row.made_by
        district.save_posts(
            conn,
            [Post(id="xen-chak", office_id=row.office_id, title_ur="ایکسین چک", title_en="Executive Engineer, Chak")],
        )
        table = table_of(Commitment)
        conn.execute(table.update().where(table.c.id == row.id).values(post_id="xen-chak"))
    assert "Executive Engineer, Chak" in (await phone.get(path)).text
    desk = await signed_in(town, "moderator")
    following = await town.schedule(live=True)
    assert "Executive Engineer, Chak" in (await desk.get(f"/sessions/{following}/opening")).text


def stands(town: Town, question: str) -> str:
    with town.service.store.read() as conn:
        found = promises.of_question(conn, question)
    assert found is not None
    return found.state


async def test_the_picture_comes_by_her_link_and_under_a_public_number(town: Town) -> None:
    session = await town.schedule(live=True)
    phone, path, question = await promised(town, session)
    reference = (await question_of(town, session, question)).reference
    assert (await phone.get(f"/t/{reference}/promise.png")).status_code == 404, "before the close there is no ticket"
    phone.client.timeout = httpx.Timeout(40)  # the first picture starts a child
    drawn = await phone.get(f"{path}/promise.png")
    assert drawn.status_code in (200, 503)
    if drawn.status_code == 200:
        assert drawn.content.startswith(b"\x89PNG") and len(drawn.content) < 32_000
    await close(town, session)
    assert (await town.phone().get(f"/t/{reference}/promise.png")).status_code == drawn.status_code
    _, other, _ = await asked(town, await town.schedule(live=True))
    assert (await phone.get(f"{other}/promise.png")).status_code == 404, "nothing was promised there"


async def test_of_a_private_promise_the_public_gets_no_picture(town: Town) -> None:
    session = await town.schedule(live=True)
    phone, path, question = await asked(town, session, "A private matter", private="1")
    await town.moderate(session, AdmitQuestion(question=question))
    await order(town, session, question)
    found = await question_of(town, session, question)
    await close(town, session)
    assert found.private
    assert (await phone.get(f"/t/{found.reference}/promise.png")).status_code == 404


async def test_her_no_after_the_close_stands_beside_the_promise(town: Town) -> None:
    session = await town.schedule(live=True)
    phone, path, question = await promised(town, session)
    await close(town, session)
    await phone.get(path)
    assert has((await phone.post(f"{path}/promise", said="no")).text, "promise.said_no_after")
    with town.service.store.read() as conn:
        found = promises.of_question(conn, question)
    assert found is not None and (found.read, found.read_back_at, found.state) == ("no", None, "made")


async def test_the_desk_sees_what_was_read_back_and_what_not(town: Town) -> None:
    session = await town.schedule(live=True)
    phone, path, question = await promised(town, session)
    desk = await signed_in(town, "moderator")
    page = (await desk.get(f"/mod/{session}")).text
    assert has(page, "readback.open", "readback.said_yes", "readback.said_no") and 'data-read=""' in page
    await phone.get(path)
    await phone.post(f"{path}/promise", said="no")
    page = (await desk.get(f"/mod/{session}")).text
    assert has(page, "readback.no") and 'data-read="no"' in page
    await order(town, session, question, "New pump by Tuesday")
    assert 'data-read="no"' not in (await desk.get(f"/mod/{session}")).text


async def test_a_form_that_is_none_of_ours_says_nothing(town: Town) -> None:
    session = await town.schedule(live=True)
    phone, path, question = await promised(town, session)
    for said in ("", "kept", "perhaps"):
        await phone.get(path)
        assert (await phone.post(f"{path}/promise", said=said)).status_code == 400
    await phone.get(path)
    assert (await phone.post(f"{path}/promise", said="yes", key="short")).status_code == 400
    assert await read(town, session, question) == ""
    await close(town, session)
    for said in ("", "said", "perhaps"):
        await phone.get(path)
        assert (await phone.post(f"{path}/promise", said=said)).status_code == 400
