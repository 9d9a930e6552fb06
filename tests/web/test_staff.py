"""The staff's doors: signing in and out, who may open what, and the console without a script."""

from __future__ import annotations

import asyncio
import re
from urllib.parse import urlencode

import httpx
import pytest

from kachehri import staff
from kachehri.i18n import LANGUAGES, words_for
from kachehri.store import accounts
from moderation.roles import allows
from rooms.base import Actor
from rooms.questions import AskQuestion, ClaimQuestion
from rooms.refusals import REFUSALS
from signaling.client import LiveClient
from signaling.client.entrance import WebEntrance
from tests.web.conftest import Phone, Town
from tests.web.test_following import close
from web import desk_messages
from web.desk_cards import whole
from web.forms import new_key
from web.pages.sign_in import onward
from web.routes import STAFF

pytestmark = pytest.mark.anyio
UR, EN = words_for("ur"), words_for("en")
PASSWORD = "tall-grass-by-the-canal"
CITIZEN = Actor("00000000000000aa", "citizen")


def account(town: Town, role: str) -> str:
    """An account of this role, made once for the module."""
    login = f"the-{role}"
    try:
        staff.add(town.service.store, login, f"A {role}", role, PASSWORD)
    except staff.StaffRefused as refused:
        assert refused.code == "taken"
    return login


async def signed_in(town: Town, role: str, language: str = "en") -> Phone:
    phone = town.phone(language)
    await phone.get("/staff")
    answer = await phone.post("/staff", login=account(town, role), password=PASSWORD)
    assert answer.url.path in ("/desk", "/tickets"), answer.text
    return phone


def ended(town: Town, role: str) -> None:
    """Every login of this role's account is over."""
    store, login = town.service.store, account(town, role)
    with store.write() as conn:
        found = accounts.by_login(conn, login)
        assert found is not None
        accounts.revoke_all(conn, found.id, store.now(conn))


async def ask(town: Town, session: str, text: str) -> str:
    command = AskQuestion(text=text, name="نسیم", category="water_none")
    accepted = await town.service.submit(CITIZEN, session, command, new_key())
    return (accepted.result or {})["question"]


async def test_a_wrong_password_is_told_plainly_and_not_which_half_was_wrong(town: Town) -> None:
    for language, words in (("ur", UR), ("en", EN)):
        phone = town.phone(language)
        await phone.get("/staff")
        known = await phone.post("/staff", login=account(town, "clerk"), password="not the password")
        assert known.status_code == 403 and words.plain("staff.wrong") in known.text
        unknown = await phone.post("/staff", login=f"nobody-{language}", password="not the password")
        assert unknown.status_code == 403 and words.plain("staff.wrong") in unknown.text
        empty = await phone.post("/staff", login="", password="")
        assert empty.status_code == 422 and words.plain("staff.need_password") in empty.text


async def test_somebody_who_keeps_guessing_has_to_wait(town: Town) -> None:
    phone = town.phone("en")
    await phone.get("/staff")
    statuses = [(await phone.post("/staff", login="guessed", password=f"guess {n}")).status_code for n in range(5)]
    assert statuses[:3] == [403, 403, 403] and statuses[3:] == [429, 429]
    assert re.search(r"Wait .* and try again", phone.page)


async def test_signing_out_ends_the_login_itself(town: Town) -> None:
    phone = await signed_in(town, "moderator")
    kept = dict(phone.client.cookies)
    await phone.post("/staff/out")
    assert EN.plain("staff.signed_out") in phone.page
    thief = town.phone("en")
    thief.client.cookies.update(kept)
    assert (await thief.get("/desk")).url.path == "/staff"


async def test_a_live_connection_ends_with_the_login(town: Town) -> None:
    session = await town.schedule()
    entrance = WebEntrance(town.url, session, "staff")
    await entrance.sign_in(account(town, "chair"), PASSWORD)
    async with LiveClient(entrance) as client:
        with town.service.store.read() as conn:
            found = accounts.by_login(conn, "the-chair")
        assert found is not None
        await town.house.identity.disable(found.id)
        async with asyncio.timeout(30):
            while client.ended is None:
                await asyncio.sleep(0.02)
    with town.service.store.write() as conn:
        accounts.disable(conn, found.id, None)


async def test_every_staff_page_is_shut_to_whoever_is_not_signed_in(town: Town) -> None:
    session = await town.schedule()
    for address in STAFF:
        if address.action in ("open", "secret") or address.method != "GET":
            continue
        answer = await town.phone("en").get(address.path.replace("{session}", session))
        assert answer.url.path == "/staff", address.path
        assert "next" in answer.url.params


@pytest.mark.parametrize("role", staff.ROLES)
async def test_each_role_opens_exactly_what_its_rows_say(town: Town, role: str) -> None:
    session = await town.schedule()
    phone = await signed_in(town, role)
    for address in STAFF:
        if address.action in ("open", "secret") or address.method != "GET":
            continue
        answer = await phone.get(address.path.replace("{session}", session))
        shut = not allows(role, address.action, own=False)  # type: ignore[arg-type]
        # What names a ticket or an account that does not exist is 404 to those who may look.
        allowed = (403,) if shut else (202,) if "refresh" in answer.headers else (200, 404, 409)
        assert answer.status_code in allowed, (role, address.path)
        # Only a paper may be on its way, and its page asks again by itself.
        assert answer.status_code != 202 or address.path.endswith((".pdf", ".xlsx")), (role, address.path)
        if shut:
            assert EN.plain("staff.forbidden_title") in answer.text


async def test_a_form_from_elsewhere_changes_nothing(town: Town) -> None:
    session = await town.schedule()
    phone = await signed_in(town, "moderator")
    question = await ask(town, session, "پانی")
    answer = await phone.client.post(f"/mod/{session}", data={"do": "admit", "question": question})
    assert answer.status_code == 403
    live = await town.service.live(session)
    assert live.session.queue.get(question).state == "new"


def test_signing_in_leads_to_our_own_pages_only() -> None:
    assert onward("/mod/abcdefgh") == "/mod/abcdefgh"
    for path in (
        "https://elsewhere.example/",
        "//elsewhere.example",
        "/mod//elsewhere",
        "/mod/\\elsewhere",
        "",
        "/s/x",
    ):
        assert onward(path) == ""


async def test_the_console_without_a_script_admits_holds_leaves_out_and_calls(town: Town) -> None:
    session = await town.schedule(live=True)
    phone = await signed_in(town, "moderator")
    first, second, third = [await ask(town, session, text) for text in ("پانی بند ہے", "سڑک ٹوٹی ہے", "بجلی نہیں")]
    path = f"/mod/{session}"
    await phone.get(path)
    assert "پانی بند ہے" in phone.page
    admitted = await phone.post(path, do="admit", question=first)
    assert admitted.status_code == 200 and EN.plain("undo.admit") in admitted.text
    without = await phone.post(path, do="hold", question=second)
    assert without.status_code == 409 and EN.plain("dialog.pick") in without.text
    await phone.post(path, do="hold", question=second, reason="unclear")
    wrong = await phone.post(path, do="not_take", question=third, reason="unclear")
    assert wrong.status_code == 409, "the reason of one step is no reason for another"
    await phone.post(path, do="not_take", question=third, reason="in_court")
    called = await phone.post(path, do="call", question=first)
    assert EN.plain("undo.call") in called.text
    queue = (await town.service.live(session)).session.queue
    assert [queue.get(each).state for each in (first, second, third)] == ["called", "held", "not_taken"]


async def test_a_second_call_of_one_person_is_refused_in_words(town: Town) -> None:
    session = await town.schedule(live=True)
    phone = await signed_in(town, "moderator", "ur")
    first, second = await ask(town, session, "پانی"), await ask(town, session, "سڑک")
    path = f"/mod/{session}"
    await phone.get(path)
    for question in (first, second):
        await phone.post(path, do="admit", question=question)
    await phone.post(path, do="call", question=first)
    refused = await phone.post(path, do="call", question=second)
    assert refused.status_code == 409 and UR.plain("no.already_called") in refused.text


async def test_my_hearings_show_the_doors_that_i_may_open(town: Town) -> None:
    session = await town.schedule(live=True)
    moderator, official = await signed_in(town, "moderator"), await signed_in(town, "official")
    await moderator.get("/desk")
    assert f'href="/mod/{session}"' in moderator.page and f'href="/official/{session}"' not in moderator.page
    assert 'href="/sessions/new"' not in moderator.page
    await official.get("/desk")
    assert f'href="/official/{session}"' in official.page and f'href="/mod/{session}"' not in official.page


@pytest.mark.parametrize("code", sorted(LANGUAGES))
def test_scripts_are_given_every_sentence_that_they_can_ask_for(code: str) -> None:
    given = dict(desk_messages.for_scripts(words_for(code)))
    assert all(given.values())
    assert set(given) == set(dict(desk_messages.for_scripts(words_for("ur"))))


@pytest.mark.parametrize("code", sorted(LANGUAGES))
def test_every_refusal_has_a_sentence_for_the_staff(code: str) -> None:
    assert [each for each in REFUSALS if not words_for(code).has(f"no.{each}")] == []


async def test_an_observer_sees_the_desk_and_has_nothing_to_press(town: Town) -> None:
    session = await town.schedule(live=True)
    question = await ask(town, session, "پانی کی لائن")
    phone = await signed_in(town, "observer")
    page = (await phone.get(f"/mod/{session}")).text
    assert "پانی کی لائن" in page and "data-looks-on" in page and EN.plain("desk.watching") in page
    assert "q-tick" not in page and 'data-act="admit"' not in page and "data-reveal" not in page
    refused = await phone.post(f"/mod/{session}", do="admit", question=question)
    assert refused.status_code == 409 and EN.plain("no.not_allowed") in refused.text


async def test_several_questions_are_admitted_without_a_script(town: Town) -> None:
    session = await town.schedule(live=True)
    ids = [await ask(town, session, each) for each in ("ایک", "دو", "تین")]
    phone = await signed_in(town, "moderator")
    await phone.get(f"/mod/{session}?q=ایک")
    assert phone.page.count('class="q-tick"') == 1 + 1  # what was found, and the template
    await phone.get(f"/mod/{session}")
    fields = [*phone.fields(f"/mod/{session}").items(), ("do", "admit"), *(("questions", each) for each in ids[:2])]
    body = urlencode(fields).encode()
    headers = {"origin": phone.origin, "content-type": "application/x-www-form-urlencoded"}
    answer = await phone.client.post(f"/mod/{session}", content=body, headers=headers)
    assert answer.status_code == 200 and EN.plain("undo.admit") in answer.text
    live = await town.service.live(session)
    assert [live.session.queue.get(each).state for each in ids] == ["admitted", "admitted", "new"]


async def test_one_decision_on_many_is_carried_out_once_and_says_what_could_not_be(town: Town) -> None:
    session = await town.schedule(live=True)
    first, second = [await ask(town, session, each) for each in ("ایک", "دو")]
    await town.moderate(session, ClaimQuestion(question=second))
    phone = await signed_in(town, "moderator")
    await phone.get(f"/mod/{session}")
    token = re.search(r'data-form-token="([^"]+)"', phone.page)
    assert token is not None

    async def give(**content: object) -> httpx.Response:
        headers = {"origin": phone.origin, "x-form-token": token[1]}
        return await phone.client.post(f"/mod/{session}/many", json=content, headers=headers)

    wanted = {"do": "hold", "reason": "unclear", "questions": [first, second, "0" * 16], "key": new_key()}
    said = (await give(**wanted)).json()
    assert said["done"] == [first]
    assert [each["code"] for each in said["failed"]] == ["claimed", "question_unknown"]
    seq = (await town.service.live(session)).session.seq
    assert (await give(**wanted)).json()["done"] == [first]
    assert (await town.service.live(session)).session.seq == seq
    assert (await give(**{**wanted, "reason": "because"})).status_code == 400
    assert (await give(**{**wanted, "questions": []})).status_code == 400
    forged = await phone.client.post(f"/mod/{session}/many", json=wanted, headers={"origin": phone.origin})
    assert forged.status_code == 403


async def test_a_clerk_looks_on_and_corrects_topics_but_is_offered_nothing_else(town: Town) -> None:
    session = await town.schedule(live=True)
    question = await ask(town, session, "پانی")
    phone = await signed_in(town, "clerk")
    await phone.get(f"/mod/{session}")
    assert "data-watcher" in phone.page and 'data-course="close"' not in phone.page
    assert 'data-act="admit"' not in phone.page
    refused = await phone.post(f"/mod/{session}", do="admit", question=question)
    assert refused.status_code == 409 and EN.plain("no.not_allowed") in refused.text


@pytest.mark.parametrize(
    ("excerpt", "shown"),
    [("پانی نہیں آ", "پانی نہیں آ"), ("پانی نہیں گز…", "پانی نہیں …"), ("گز…", "گز…"), ("", "")],
)
def test_no_word_is_shown_cut_in_two(excerpt: str, shown: str) -> None:
    assert whole(excerpt) == shown


async def test_the_officials_page_says_what_became_of_the_hearing(town: Town) -> None:
    """After a practice there is no complaint, and complaints are not for everybody who sat there."""
    over, practice = await town.schedule(live=True), await town.schedule(live=True, practice=True)
    official, interpreter = await signed_in(town, "official"), await signed_in(town, "interpreter")
    for session in (over, practice):
        await close(town, session)
    await official.get(f"/official/{over}")
    assert EN.plain("official.over_more") in official.page and 'href="/tickets"' in official.page
    await interpreter.get(f"/official/{over}")
    assert EN.plain("official.over_more") in interpreter.page and 'href="/tickets"' not in interpreter.page
    await official.get(f"/official/{practice}")
    assert EN.plain("official.over_practice") in official.page and EN.plain("official.over_more") not in official.page
