"""Asking a question with a browser that has no JavaScript, and everything that can be wrong with one."""

from __future__ import annotations

import html
import re

import pytest

from kachehri.i18n import words_for
from tests.web.conftest import Town

pytestmark = pytest.mark.anyio
UR, EN = words_for("ur"), words_for("en")
TEXT = "چک 57 میں دو مہینے سے پانی نہیں آ رہا"


async def test_ask_gives_a_number_and_a_page_of_its_own(town: Town) -> None:
    session = await town.schedule()
    phone = town.phone()
    path = await phone.ask(session, TEXT, phone="۰۳۰۱ ۲۳۴۵۶۷۸", area="uc1", name="نسرین", hide_name="1")
    assert path.startswith("/q/")
    assert UR.plain("receipt.sent") in html.unescape(phone.page)
    assert re.search(r'<bdi dir="ltr">\d\d-\d{4}-\d{4}</bdi>', phone.page)
    assert TEXT in html.unescape(phone.page)
    assert "2345678" not in phone.page
    live = await town.service.live(session)
    (question,) = live.session.queue.questions.values()
    assert (question.category, question.area, question.hide_name, question.channel) == (
        "water_none",
        "uc1",
        True,
        "web",
    )
    home = await phone.get("/")
    assert path in home.text, "her question stands on the first page of this phone"
    assert path not in (await town.phone().get("/")).text, "and on no other"


async def test_a_picture_alone_says_enough(town: Town) -> None:
    session = await town.schedule()
    phone = town.phone()
    await phone.get(f"/s/{session}/ask")
    for category in ("", "water_none"):  # none chosen, and one left over from another picture
        path = await phone.ask(session, TEXT, group="other", category=category)
        assert path.startswith("/q/")
    live = await town.service.live(session)
    assert {each.category for each in live.session.queue.questions.values()} == {"other"}


async def test_an_impatient_browser_is_asked_to_wait_and_keeps_its_words(town: Town) -> None:
    session = await town.schedule()
    phone = town.phone("en")
    path = f"/s/{session}/ask"
    for number in range(town.settings.limits.questions_per_minute_device):
        await phone.ask(session, f"{TEXT} {number}")
    await phone.get(path)
    await phone.post(path, category="water_none", text=TEXT)
    answer = await phone.post(path, **{**phone.fields(path), "step": "send"})
    assert answer.status_code == 429
    assert EN.plain("refused.slow_down") in answer.text and TEXT in answer.text
    assert (await town.phone().ask(session, TEXT)).startswith("/q/")


async def test_the_same_form_twice_is_one_question(town: Town) -> None:
    session = await town.schedule()
    phone = town.phone()
    path = f"/s/{session}/ask"
    await phone.get(path)
    await phone.post(path, category="water_none", text=TEXT)
    fields = {**phone.fields(path), "step": "send"}
    headers = {"origin": phone.origin}
    first = await phone.client.post(path, data=fields, headers=headers)
    again = await phone.client.post(path, data=fields, headers=headers)
    assert first.url.path == again.url.path
    assert len((await town.service.live(session)).session.queue.questions) == 1
    other = await phone.client.post(path, data={**fields, "text": TEXT + " اور بجلی"}, headers=headers)
    assert other.status_code == 409, "the same key for other words is refused"
    assert f'value="{fields["key"]}"' not in other.text, "and the form gets a key of its own"


@pytest.mark.parametrize(
    ("wrong", "key"),
    [
        ({"text": ""}, "field.text_empty"),
        ({"text": " \n\u200b "}, "field.text_empty"),
        ({"text": "\u202e" * 40 + "a"}, "field.text_unreadable"),
        ({"category": "no_such"}, "field.category"),
        ({"area": "no_such"}, "field.area"),
        ({"phone": "12"}, "field.phone"),
        ({"name": "\u2066" * 30 + "n"}, "field.text_unreadable"),
    ],
)
async def test_wrong_fields_are_named_and_nothing_is_lost(town: Town, wrong: dict[str, str], key: str) -> None:
    session = await town.schedule()
    phone = town.phone()
    path = f"/s/{session}/ask"
    await phone.get(path)
    fields = {
        "category": "water_none",
        "group": "water",
        "text": TEXT,
        "name": "نسرین",
        "phone": "03012345678",
        **wrong,
    }
    answer = await phone.post(path, **fields)
    assert answer.status_code == 422
    page = html.unescape(answer.text)
    assert UR.plain(key) in page
    assert 'id="errors"' in page
    if "text" not in wrong:
        assert TEXT in page, "what was written is still in the form"


async def test_too_long_says_how_long(town: Town) -> None:
    session = await town.schedule()
    phone = town.phone("en")
    await phone.get(f"/s/{session}/ask")
    answer = await phone.post(f"/s/{session}/ask", category="water_none", text="پ" * 2_001)
    assert answer.status_code == 422
    assert "2001" in answer.text and "2000" in answer.text


async def test_change_keeps_the_words_and_the_key(town: Town) -> None:
    session = await town.schedule()
    phone = town.phone()
    path = f"/s/{session}/ask"
    await phone.get(path)
    key = phone.fields(path)["key"]
    await phone.post(path, category="water_none", group="water", text=TEXT, private="1")
    answer = await phone.post(path, **{**phone.fields(path), "step": "edit"})
    page = html.unescape(answer.text)
    assert answer.status_code == 200 and TEXT in page and f'value="{key}"' in page
    assert re.search(r'name="private" value="1" checked', page)


async def test_without_a_token_or_from_elsewhere_it_is_refused(town: Town) -> None:
    session = await town.schedule()
    phone = town.phone()
    path = f"/s/{session}/ask"
    await phone.get(path)
    fields = {**phone.fields(path), "category": "water_none", "text": TEXT, "step": "send"}
    own = {"origin": phone.origin}
    for data, headers in (
        ({**fields, "form_token": ""}, own),
        ({**fields, "form_token": "A" * 44}, own),
        (fields, {"origin": "https://evil.example"}),
        (fields, {"origin": "null"}),
        (fields, {**own, "sec-fetch-site": "cross-site"}),
        (fields, {**own, "sec-fetch-site": "same-site"}),
    ):
        answer = await phone.client.post(path, data=data, headers=headers)
        assert answer.status_code == 403
    stranger = town.phone()
    assert (await stranger.client.post(path, data=fields, headers=own)).status_code == 403
    assert not (await town.service.live(session)).session.queue.questions


async def test_a_huge_or_broken_body_is_refused(town: Town) -> None:
    session = await town.schedule()
    phone = town.phone()
    path = f"/s/{session}/ask"
    headers = {"origin": phone.origin, "content-type": "application/x-www-form-urlencoded"}
    for content, status in ((b"text=" + b"a" * 70_000, 413), (b"text=%ff", 400), (b"&".join([b"a=1"] * 80), 400)):
        assert (await phone.client.post(path, content=content, headers=headers)).status_code == status
    assert (await phone.client.post(path, json={})).status_code == 400


async def test_unknown_session_is_not_found_in_both_languages(town: Town) -> None:
    for code in ("ur", "en"):
        answer = await town.phone(code).get("/s/aaaaaaaa")
        assert answer.status_code == 404
        assert words_for(code).plain("error.404") in html.unescape(answer.text)
