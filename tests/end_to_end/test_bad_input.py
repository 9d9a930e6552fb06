"""Bad input gets a clear answer and loses nothing. Where each kind is tested:

| input | answer | test |
|---|---|---|
| malformed, oversized, duplicate key, deeply nested frame | `refused: malformed`, or a close | \
signaling/test_decoder.py, test_connection.py::test_only_an_answer_may_be_long, \
test_endpoint.py::test_what_cannot_be_read_ends_the_connection, test_a_message_with_a_number_is_answered, \
test_broken_frames_are_named |
| wrong Origin | HTTP 403 | test_letting_in.py::test_what_does_not_belong_here_is_refused_in_http; forms: \
web/test_asking.py::test_without_a_token_or_from_elsewhere_it_is_refused |
| used or expired entry pass | close 4001 | test_letting_in.py::test_a_pass_opens_one_connection, \
test_two_at_once_with_one_pass_are_one, test_a_pass_that_is_no_good_is_a_close_that_says_come_back |
| command not allowed by phase | `phase`; on a page a sentence | rooms/test_lifecycle.py; here |
| command not allowed by role | `not_allowed` | test_endpoint.py::test_a_message_with_a_number_is_answered, \
moderation/test_roles.py; pages: web/test_staff.py::test_each_role_opens_exactly_what_its_rows_say |
| question empty, too long, of control or bidi characters | `text_*` with the field; on the form a sentence at \
the field | here, by form in both languages and by protocol; the cleaner: rooms/test_text.py |
| full stage | `stage_full`, `seat_taken`, `deck_full` | here, by protocol; rooms/test_stage.py |
| two moderators call different people at once | one seat, one caller | here; on the page: \
web/test_staff_console.py::test_two_moderators_call_at_once_and_one_reads_why_not |
| microphone blocked, busy, absent, in-app browser | its own sentence | here in English; \
web/test_live_page.py::test_each_way_a_microphone_fails_has_its_own_words in Urdu |
| database locked | `storage` and a page that says so; the same key afterwards counts once | here; \
kachehri/test_command_line.py::test_a_database_that_another_program_holds at the start |
| database read-only, newer schema | sentence in both languages, exit 2 | kachehri/test_command_line.py::\
test_a_database_that_cannot_be_written, test_a_database_of_a_newer_version |
| port in use, `--workers 2` on SQLite | sentence in both languages, exit 2 | kachehri/test_command_line.py::\
test_a_port_in_use, test_two_workers_on_sqlite |
| every refusal has a sentence | both catalogues | web/test_words.py::test_every_refusal_has_its_sentence, \
test_both_languages_say_everything |
| every command and every address has its row of the role table | | moderation/test_roles.py::\
test_has_a_row_for_every_command, web/test_doors.py::test_every_address_has_its_row; that nothing else is served: here |
"""

from __future__ import annotations

import asyncio
import re
import secrets
import sqlite3
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import expect
from starlette.routing import Route

from kachehri.i18n import words_for
from kachehri.settings import Settings
from rooms.limits import QUESTION_MAX
from signaling.client import LiveClient, RefusedError
from signaling.connection import Rate
from tests.end_to_end.people import Door, House, Visitor
from tests.signaling.town import Town, town_at
from web.app import create_app
from web.rehearsal.browser import Browser, Form, Page
from web.routes import ADDRESSES

pytestmark = pytest.mark.anyio

#: What people send by mistake or on purpose, and the reason that it is refused for.
BAD_TEXTS = [
    ("", "text_empty"),
    (" \n\t\u200b\u2066\u2069 ", "text_empty"),
    ("پ" * (QUESTION_MAX + 1), "text_too_long"),
    ("\x00\x01\x02" * 20 + "پانی", "text_unreadable"),
    ("\u202e\u2066" * 20 + "پانی", "text_unreadable"),
]
NAMES = ["empty", "blank", "long", "controls", "bidi"]
WORDS = "پانی نہیں آ رہا"
QUICK = Rate(per_s=10_000, burst=10_000)


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[Town]:
    async with town_at(tmp_path, rate=QUICK) as town:
        yield town


@pytest.mark.parametrize("language", ["ur", "en"])
async def test_a_bad_question_is_named_on_the_form_and_stays_in_it(house: House, language: str) -> None:
    words = words_for(language)
    browser = Browser(house.url, language=language)
    page = await browser.get(f"/s/{house.sessions['bad_input']}/ask")
    form = page.form("text")
    values = {"group": "water", "category": "water_none", "name": "نسرین", "phone": "03012345678"}
    for text, code in BAD_TEXTS:
        answer = await browser.send(page, form, {**values, "text": text})
        assert answer.status == 422
        params = {"limit": QUESTION_MAX, "length": QUESTION_MAX + 1} if code == "text_too_long" else {}
        sentence = words.plain(f"field.{code}", **params)
        assert _bare(sentence) in _bare(answer.words), (text[:20], code)
        kept = answer.form("text").fields
        assert (kept["name"], kept["phone"], kept["key"]) == ("نسرین", "03012345678", form.fields["key"])
        assert kept["text"].strip() or not text.strip(), "what was written is still there"


@pytest.mark.parametrize(("text", "code"), BAD_TEXTS, ids=NAMES)
async def test_a_bad_question_is_refused_by_the_protocol(town: Town, text: str, code: str) -> None:
    async with town.client(1) as asker:
        refused, params = await _refusal(asker, "question.ask", text=text)
        assert (refused, params["field"]) == (code, "text")
        assert params.get("limit") == (QUESTION_MAX if code == "text_too_long" else None)
        await asker.send("question.ask", text="پانی")
        await asker.until(lambda: [each["text"] for each in asker.personal["questions"]] == ["پانی"])


async def test_whoever_writes_while_the_hearing_closes_is_told_in_words(house: House) -> None:
    session = house.sessions["closes"]
    phones = {language: Browser(house.url, language=language) for language in ("ur", "en")}
    forms = {language: await _checked(phone, session) for language, phone in phones.items()}
    moderator, citizen = await _staff(house, session), LiveClient(Browser(house.url, session))
    async with moderator, citizen:
        assert await _refusal(moderator, "session.resume") == ("phase", {"phase": "scheduled"})
        await moderator.send("session.close")
        await citizen.until(lambda: citizen.view["session"]["phase"] == "closed")
        assert await _refusal(citizen, "question.ask", text="پانی") == ("phase", {"phase": "closed"})
    for language, phone in phones.items():
        answer = await phone.send(*forms[language], {}, {"step": "send"})
        assert answer.status == 409 and words_for(language).plain("ask.closed") in answer.words


async def test_two_moderators_call_different_people_to_one_seat_at_the_same_instant(town: Town) -> None:
    """Sixty rounds; in each the barrier falls for both at once, and exactly one call is carried out."""
    async with AsyncExitStack() as inside:
        desks = [await inside.enter_async_context(town.client(900 + n, "moderator")) for n in range(2)]
        people = [await inside.enter_async_context(town.client(n)) for n in range(1, 3)]
        await desks[0].send("session.open_doors")
        await desks[0].send("session.start")
        won = [0, 0]
        for _ in range(60):
            asked = [(await each.send("question.ask", text="پانی"))["result"]["question"] for each in people]
            for question in asked:
                await desks[0].send("question.admit", question=question)
            calls = [_call(desk, question) for desk, question in zip(desks, asked, strict=True)]
            outcomes = await asyncio.gather(*calls)
            assert sorted(outcomes) == ["called", "seat_taken"], outcomes
            winner = outcomes.index("called")
            won[winner] += 1
            turn = await _called(people[winner])
            for desk in desks:
                await desk.until(partial(_only, desk, turn))
            assert desks[0].view["turns"] == desks[1].view["turns"]
            await people[winner].send("turn.read_out", turn=turn)
            await desks[0].send("turn.finish", turn=turn)
            await people[winner].until(partial(_free, people[winner]))
            for who, question in enumerate(asked):
                if who != winner:
                    await desks[0].send("question.not_take", question=question, reason="no_time")
                else:
                    await desks[0].send("question.answer", question=question)
        assert sum(won) == 60


async def _called(person: LiveClient) -> str:
    return str(await person.until(lambda: person.personal.get("turn")))


def _only(desk: LiveClient, turn: str) -> bool:
    return list(desk.view["turns"]) == [turn]


def _free(person: LiveClient) -> bool:
    return not person.personal.get("turn")


async def _call(desk: LiveClient, question: str) -> str:
    try:
        await desk.send("turn.call", question=question, seat="s1")
    except RefusedError as refused:
        return refused.code
    return "called"


async def test_a_full_stage_is_told_and_the_turn_is_kept(town: Town) -> None:
    async with AsyncExitStack() as inside:
        desk = await inside.enter_async_context(town.client(900, "moderator"))
        people = [await inside.enter_async_context(town.client(n)) for n in range(1, 7)]
        await desk.send("session.open_doors")
        await desk.send("session.start")
        asked = [(await each.send("question.ask", text="پانی"))["result"]["question"] for each in people]
        for question in asked:
            await desk.send("question.admit", question=question)
        turns = []
        for person, question in zip(people[:3], asked, strict=False):
            await desk.send("turn.call", question=question)
            turns.append(await _called(person))
            await person.send("turn.accept", turn=turns[-1])
            await person.send("turn.ready", turn=turns[-1])
        await desk.until(lambda: [desk.view["turns"][t]["state"] for t in turns] == ["on_stage", "on_stage", "ready"])
        assert await _refusal(desk, "turn.stage", turn=turns[2]) == ("stage_full", {})
        assert await _refusal(desk, "turn.stage", turn=turns[2], seat="s1") == ("seat_taken", {"seat": "s1"})
        for question in asked[3:5]:
            await desk.send("turn.call", question=question)
        assert await _refusal(desk, "turn.call", question=asked[5]) == ("deck_full", {"limit": 3})
        await desk.send("turn.finish", turn=turns[0])
        await desk.send("turn.stage", turn=turns[2])
        await desk.until(lambda: desk.view["turns"][turns[2]]["seat"] == "s1")


async def _refusal(client: LiveClient, kind: str, **fields: Any) -> tuple[str, dict[str, Any]]:
    with pytest.raises(RefusedError) as refused:
        await client.send(kind, **fields)
    return refused.value.code, refused.value.params


#: Ways in which a browser fails to give a microphone (W3C mediacapture-streams §10.2), and the sentence for each.
FAILING = {
    "denied": "navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('', 'NotAllowedError'));"
    "navigator.permissions.query = () => Promise.resolve({state: 'denied'})",
    "busy": "navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('', 'NotReadableError'))",
    "absent": "navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('', 'NotFoundError'))",
    "inapp": "navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('', 'NotAllowedError'));"
    "Object.defineProperty(navigator, 'userAgent', {value: 'Mozilla/5.0 (Linux; Android 9; wv) [FB_IAB/FB4A]'})",
}


@pytest.mark.browser
async def test_a_microphone_that_fails_says_why_in_english_too(house: House, visit: Door) -> None:
    session = house.sessions["microphone"]
    her = await visit.citizen("en")
    await her.write(session, "The clinic has no medicine")
    moderator = await visit.moderator(session, "en")
    await moderator.begin()
    await moderator.admit("The clinic")
    await moderator.call("The clinic")
    for cause, script in FAILING.items():
        await her.another_page()
        await her.page.add_init_script(script)
        await her.page.goto(f"/s/{session}/next")
        await _fails(her, cause)
    await her.page.get_by_role("button", name=her.says("next.read")).click()
    await expect(her.page.locator("#left")).to_have_text(her.says("next.read_now"))


async def _fails(her: Visitor, cause: str) -> None:
    await her.page.locator("#mic-test").click()
    await expect(her.page.locator("#next [data-cause]:visible")).to_contain_text(her.says(f"mic.{cause}"))
    await expect(her.page.locator("#ready-box")).to_be_hidden()


@pytest.mark.slow
async def test_while_the_database_is_locked_nothing_is_promised_and_nothing_is_lost(house: House) -> None:
    session = house.sessions["bad_input"]
    entrance = Browser(house.url, session)
    phones = {language: Browser(house.url, language=language) for language in ("ur", "en")}
    forms = {language: await _checked(phone, session) for language, phone in phones.items()}
    key, other = secrets.token_urlsafe(16), sqlite3.connect(house.database, isolation_level=None)
    async with LiveClient(entrance) as asker:
        other.execute("BEGIN IMMEDIATE")
        try:
            asking = asyncio.create_task(_refusal_of(asker, key))
            sending = [phone.send(*forms[language], {}, {"step": "send"}) for language, phone in phones.items()]
            answers = await asyncio.gather(*sending)
            assert await asking == "storage"
            for language, answer in zip(phones, answers, strict=True):
                assert answer.status == 503, answer.words
                assert words_for(language).plain("refused.storage") in answer.words
                assert answer.form("text").fields["text"] == WORDS, "what she wrote is still in her hands"
        finally:
            other.execute("ROLLBACK")
            other.close()
        again = [(await asker.send("question.ask", key, text="پانی"))["result"] for _ in range(2)]
        assert again[0] == again[1]
        await asker.until(lambda: len(asker.personal["questions"]) == 1)
    for language, phone in phones.items():
        answer = await phone.send(*forms[language], {}, {"step": "send"})
        assert answer.status == 200 and answer.path.startswith("/q/")


async def _refusal_of(asker: LiveClient, key: str) -> str:
    with pytest.raises(RefusedError) as refused:
        await asker.send("question.ask", key, text="پانی")
    return refused.value.code


async def _checked(phone: Browser, session: str) -> tuple[Page, Form]:
    """The second step of asking, with everything filled in."""
    page = await phone.get(f"/s/{session}/ask")
    checked = await phone.send(page, page.form("text"), {"category": "water_none", "text": WORDS})
    return checked, checked.form("key")


async def _staff(house: House, session: str) -> LiveClient:
    account = house.founded.account("moderator")
    browser = Browser(house.url, session, "staff")
    await browser.sign_in(account.login, account.password)
    return LiveClient(browser)


def _bare(text: str) -> str:
    """Without the marks that keep a number's direction, and with single blanks."""
    return re.sub(r"\s+", " ", re.sub("[\u2066-\u2069]", "", text))


def test_nothing_is_served_that_the_role_table_does_not_know() -> None:
    served = {
        (method, route.path)
        for route in create_app(Settings()).routes
        if isinstance(route, Route)
        for method in route.methods or ()
    }
    known = {(each.method, each.path) for each in ADDRESSES} | {("GET", "/static/{path:path}")}
    assert served == known | {("HEAD", path) for method, path in known if method == "GET"}
    assert all(isinstance(route, Route) for route in create_app(Settings()).routes), (
        "and nothing is mounted beside them"
    )
