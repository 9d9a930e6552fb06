""" "I have this too" after the close: a number of one's own, counted beside the balance, with a word of one's own."""

from __future__ import annotations

import re

import pytest

from kachehri import ticketing
from kachehri.following import follower_id
from kachehri.i18n import words_for
from kachehri.store import followers
from kachehri.store import tickets as ticket_rows
from kachehri.store.tables import Follower
from kachehri.tickets import acts as a
from kachehri.tickets.acts import Doer
from rooms.questions import AdmitQuestion, MergeQuestion
from tests.web.conftest import Phone, Town
from tests.web.own_ticket import NOTE, Own, do, life_of, offered, own, posts
from tests.web.test_following import close, reference_in, track
from tests.web.test_lobby import has
from tests.web.test_state_matrix import bare, sentence
from web import reading

__all__ = ["posts"]
pytestmark = pytest.mark.anyio
EN = words_for("en")
OFFICE, OFFICER = Doer("office", "acc-xen", "water"), Doer("officer", "acc-xen", "water")
ASSIGN = (OFFICE, a.Assign(post="xen"))
PROPOSE = (OFFICER, lambda say: a.Propose(outcome="relief_granted", note=say(NOTE)))


async def number_of(mine: Own) -> str:
    return reference_in((await mine.phone.get(mine.path)).text).replace("-", "")


async def join(browser: Phone, reference: str, **fields: str) -> tuple[str, str]:
    """Say it, and return the own page's path with what it shows."""
    path = f"/t/{reference}/follow"
    assert has((await browser.get(path)).text, "follow.consent", "follow.count")
    answer = await browser.post(path, **{"agree": "1", **fields})
    assert answer.status_code == 200, answer.text
    return answer.url.path, answer.text


def says(page: str, key: str) -> bool:
    """Whether a sentence stands there, whatever is in its gaps."""
    return sentence(key, "en").search(bare(page)) is not None


def follower_of(town: Town, reference: str) -> Follower:
    with town.service.store.read() as conn:
        found = ticket_rows.follower_by_reference(conn, reference)
    assert found is not None
    return found


async def test_a_number_of_ones_own_beside_the_balance(town: Town) -> None:
    mine = await own(town)
    reference = await number_of(mine)
    with town.service.store.read() as conn:
        session = ticket_rows.get(conn, mine.ticket).session_id  # type: ignore[union-attr]
    assert session is not None
    live = await town.service.live(session)
    before = reading.balance(live.session)
    neighbour = town.phone("en")
    path, page = await join(neighbour, reference, phone="0301-2345678")
    own_number = reference_in(page).replace("-", "")
    assert has(page, "follow.done") and says(page, "ticket.follows") and own_number != reference
    assert "No water" not in page, "what the asker wrote stays with the asker"
    assert offered(page, path) == {"alone", "leave"}
    assert reading.balance((await town.service.live(session)).session) == before
    with town.service.store.read() as conn:
        assert ticket_rows.of_session(conn, session) == (before.tickets, before.followers)  # type: ignore[union-attr]
        assert ticket_rows.follower_count(conn, mine.ticket) == 1
        consents = conn.exec_driver_sql("SELECT count(*) FROM consent WHERE wording_id LIKE 'following-en-%'")
        assert consents.scalar_one() >= 1
        row = ticket_rows.follower_by_reference(conn, own_number)
        assert row is not None and town.service.people.phone(conn, str(row.person_id)) == "+923012345678"
    public = (await town.phone("en").get(f"/t/{own_number}")).text
    assert has(public, "ticket.followers") and says(public, "ticket.follows") and "2345678" not in public


async def test_one_browser_is_counted_once(town: Town) -> None:
    mine = await own(town)
    reference = await number_of(mine)
    phone = town.phone("en")
    await phone.get(f"/t/{reference}/follow")
    fields = {**phone.fields(), "agree": "1"}
    numbers = set()
    for _ in range(3):
        numbers.add(reference_in((await phone.post(f"/t/{reference}/follow", **fields)).text))
    assert len(numbers) == 1
    assert (
        f"/q/{town.service.people.receipt(follower_of(town, numbers.pop().replace('-', '')).id)}"
        in (await phone.get(f"/t/{reference}")).text
    ), "and finds its own page there"
    with town.service.store.read() as conn:
        assert ticket_rows.follower_count(conn, mine.ticket) == 1


async def test_her_own_ticket_is_not_followed_and_nothing_without_consent(town: Town) -> None:
    mine = await own(town)
    reference = await number_of(mine)
    await mine.phone.get(f"/t/{reference}/follow")
    answer = await mine.phone.post(f"/t/{reference}/follow", agree="1")
    assert answer.status_code == 409 and has(answer.text, "follow.own")
    phone = town.phone("en")
    await phone.get(f"/t/{reference}/follow")
    answer = await phone.post(f"/t/{reference}/follow", phone="call me")
    assert answer.status_code == 422 and has(answer.text, "follow.need_agree") and says(answer.text, "field.phone")
    with town.service.store.read() as conn:
        assert ticket_rows.follower_count(conn, mine.ticket) == 0


async def test_private_matters_and_what_is_over_are_not_followed(town: Town) -> None:
    hidden = await own(town, private="1")
    with town.service.store.read() as conn:
        reference = ticket_rows.get(conn, hidden.ticket).reference  # type: ignore[union-attr]
    for path in (f"/t/{reference}", f"/t/{reference}/follow", f"/t/{reference}/share.png"):
        assert (await town.phone("en").get(path)).status_code == 404, path
    mine = await own(town)
    do(town, mine.ticket, ASSIGN, PROPOSE, (Doer("citizen", "x"), a.Confirm()))
    page = (await town.phone("en").get(f"/t/{await number_of(mine)}")).text
    assert "/follow" not in page
    phone = town.phone("en")
    await phone.get("/track")
    answer = await phone.post(f"/t/{await number_of(mine)}/follow", form_token=phone.fields()["form_token"], agree="1")
    assert answer.status_code == 409 and has(answer.text, "follow.closed")


async def test_whoever_presses_too_often_waits(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(town.house.asking._devices, "_per_minute", 1)
    first, second = await own(town), await own(town)
    phone = town.phone("en")
    await join(phone, await number_of(first))
    reference = await number_of(second)
    await phone.get(f"/t/{reference}/follow")
    answer = await phone.post(f"/t/{reference}/follow", agree="1")
    assert answer.status_code == 429 and has(answer.text, "follow.consent"), "and the form is still there"


async def test_a_follower_says_how_it_is_at_her_place_and_can_go_on_alone(town: Town) -> None:
    mine = await own(town)
    reference = await number_of(mine)
    phone = town.phone("en")
    path, page = await join(phone, reference)
    number = reference_in(page)
    do(town, mine.ticket, ASSIGN, PROPOSE)
    page = (await phone.get(path)).text
    assert offered(page, path) == {"yes", "partly", "no", "alone", "leave"}
    assert has(page, "now.judge_other") and NOTE not in page, "an office's words may name the asker"
    assert has((await phone.get(f"{path}/do/no")).text, "do.said.means", "do.said.alone")
    page = (await phone.post(f"{path}/do/no", money="yes")).text
    assert has(page, "done.said", "told.rated_no", "told.money")
    assert life_of(town, mine.ticket).state == "resolution_proposed", "it moves nobody else's"
    assert follower_of(town, number.replace("-", "")).answer == "no"
    asker = (await mine.phone.get(mine.path)).text
    assert "money" not in re.sub(r"<[^>]+>", "", asker) or not has(asker, "told.money")
    await mine.phone.get(f"{mine.path}/do/yes")
    await mine.phone.post(f"{mine.path}/do/yes")
    page = (await phone.get(path)).text
    assert has(page, "own.lead.closed_other")
    await phone.get(f"{path}/do/alone")
    fields = phone.fields()
    for _ in range(2):
        page = (await phone.post(f"{path}/do/alone", **fields)).text
    assert has(page, "ticket.state.routed", "own.next_reply") and reference_in(page) == number
    assert offered(page, path) == {"withdraw"}
    with town.service.store.read() as conn:
        alone = ticket_rows.by_reference(conn, number.replace("-", ""))
        assert alone is not None and alone.id != mine.ticket and alone.due_at is not None and alone.office_id == "water"
        ticket_rows.verify(conn, alone.id)
        assert ticket_rows.follower_count(conn, mine.ticket) == 0


async def test_whoever_was_joined_in_the_hearing_goes_on_alone_with_her_words(town: Town) -> None:
    session = await town.schedule(live=True)
    first, second = town.phone("en"), town.phone("en")
    leading = await first.ask(session, "The pump is broken")
    path = await second.ask(session, "Our tap is dry as well")
    ids = [str(town.service.people.question_of(each.removeprefix("/q/"))) for each in (leading, path)]
    await town.moderate(session, MergeQuestion(question=ids[1], into=ids[0]))
    await close(town, session)
    page = (await second.get(path)).text
    assert offered(page, path) == {"alone", "leave"} and "Our tap is dry" in page and "pump is broken" not in page
    await second.get(f"{path}/do/alone")
    page = (await second.post(f"{path}/do/alone")).text
    assert has(page, "done.alone", "ticket.state.routed")
    with town.service.store.read() as conn:
        found = ticket_rows.by_question(conn, ids[1])
        assert found is not None and found.question_id == ids[1] and found.content_id
        old = followers.get(conn, ids[1])
        assert old is not None and old.left_at is not None


async def test_leaving_counts_no_more_and_coming_back_has_the_same_number(town: Town) -> None:
    mine = await own(town)
    reference = await number_of(mine)
    phone = town.phone("en")
    path, page = await join(phone, reference, phone="0301-5551234")
    number = reference_in(page)
    before = follower_of(town, number.replace("-", ""))
    await phone.get(f"{path}/do/leave")
    page = (await phone.post(f"{path}/do/leave")).text
    assert has(page, "done.leave", "own.left") and offered(page, path) == set()
    with town.service.store.read() as conn:
        assert ticket_rows.follower_count(conn, mine.ticket) == 0
        assert town.service.people.phone(conn, str(before.person_id)) is None, "it was given for this alone"
    _, page = await join(phone, reference, phone="0301-5551234")
    assert reference_in(page) == number
    again = follower_of(town, number.replace("-", ""))
    with town.service.store.read() as conn:
        assert town.service.people.phone(conn, str(again.person_id)) == "+923015551234"


async def test_whoever_asked_something_herself_keeps_her_phone_when_she_leaves_another(town: Town) -> None:
    session = await town.schedule(live=True)
    first, phone = town.phone("en"), town.phone("en")
    leading = await first.ask(session, "The pump is broken")
    own_path = await phone.ask(session, "The road as well", phone="0301-5559876")
    await close(town, session)
    reference = reference_in((await first.get(leading)).text).replace("-", "")
    path, _ = await join(phone, reference)
    await phone.get(f"{path}/do/leave")
    await phone.post(f"{path}/do/leave")
    asked = reference_in((await phone.get(own_path)).text).replace("-", "")
    assert await track(town.phone("en"), asked, "9876") == 200


async def test_her_number_is_found_by_code_and_by_phone(town: Town) -> None:
    mine = await own(town)
    phone = town.phone("en")
    path, page = await join(phone, await number_of(mine), phone="0301-7654321")
    number = reference_in(page)
    code = town.service.people.code(str(town.service.people.question_of(path.removeprefix("/q/"))))
    other = town.phone("en")
    assert await track(other, number, "1111") == 404
    assert await track(other, number, "4321") == 200 and path in other.page
    assert await track(town.phone("en"), number, code) == 200


async def test_the_picture_of_a_ticket_is_small_and_the_same_for_everybody(town: Town) -> None:
    mine = await own(town)
    reference = await number_of(mine)
    for language in ("ur", "en"):
        answer = await town.phone(language).client.get(f"/t/{reference}/share.png", timeout=60)
        assert answer.status_code == 200 and answer.content.startswith(b"\x89PNG") and len(answer.content) <= 25_000


def test_ids_of_followers_are_like_those_of_questions() -> None:
    id = follower_id("783b60ab-24fa-530c-bbba-ca6b14dab6a7", "p" * 16)
    assert re.fullmatch("[0-9a-f]{16}", id) and id != follower_id("783b60ab-24fa-530c-bbba-ca6b14dab6a8", "p" * 16)
    assert ticketing.CLOCK.side == "clock"


async def test_words_of_a_hearing_do_not_stand_on_the_page_for_everybody(town: Town) -> None:
    session = await town.schedule(live=True)
    heard, unheard = town.phone("en"), town.phone("en")
    first = await heard.ask(session, "The bridge is down, call 0301 2345678", name="Nasreen")
    second = await unheard.ask(session, "My neighbour took the canal")
    question = str(town.service.people.question_of(first.removeprefix("/q/")))
    await town.moderate(session, AdmitQuestion(question=question))
    await close(town, session)
    page = (await town.phone("en").get(f"/t/{reference_in((await heard.get(first)).text)}")).text
    assert "The bridge is down" not in page and has(page, "open.how")
    assert "2345678" not in page and "Nasreen" not in page
    page = (await town.phone("en").get(f"/t/{reference_in((await unheard.get(second)).text)}")).text
    assert "neighbour" not in page and has(page, "open.how")
