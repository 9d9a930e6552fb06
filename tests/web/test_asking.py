"""Asking a question with a browser that has no JavaScript, and everything that can be wrong with one."""

from __future__ import annotations

import html
import re

import pytest

from kachehri.i18n import words_for
from kachehri.store import district, people
from kachehri.store.tables import Category
from rooms.lifecycle import CloseSession, RescheduleSession
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


async def test_a_picture_without_a_choice_is_never_lost_as_something_else(town: Town) -> None:
    session = await town.schedule()
    phone = town.phone("en")
    path = f"/s/{session}/ask"
    await phone.get(path)
    for category in ("", "dust"):  # none chosen, and one left over from another picture
        if category:
            with town.service.store.write() as conn:
                dust = Category(id="dust", code="dust", group_code="roads", name_ur="دھول", name_en="Dust")
                district.save_categories(conn, [dust])
            town.house.districts.forget()
        answer = await phone.post(path, group="water", category=category, text=TEXT)
        assert answer.status_code == 422 and EN.plain("field.exactly") in html.unescape(answer.text)
        asked = re.search(r'<section[^>]* id="category" aria-describedby="category-error">(.*?)</section>', answer.text)
        assert asked and 'id="category-error"' in asked[1] and 'value="water_none"' in asked[1], (
            "beside the list itself"
        )
        assert re.search(r'value="water" id="g-water" checked', answer.text), "the picture stays chosen"
    with town.service.store.write() as conn:
        whole = Category(
            id="water0", code="water", group_code="water", name_ur="پانی کا اور مسئلہ", name_en="Other water"
        )
        district.save_categories(conn, [whole])
    town.house.districts.forget()
    answer = await phone.post(path, group="water", category="", text=TEXT)
    assert answer.status_code == 200 and "Other water" in answer.text, "the group's general topic"
    assert (await phone.post(path, **{**phone.fields(path), "step": "send"})).url.path.startswith("/q/")
    (question,) = (await town.service.live(session)).session.queue.questions.values()
    assert question.category == "water"


async def test_what_is_never_shown_in_public_is_asked_privately_without_a_tick(town: Town) -> None:
    """Her matter is kept even where she, in a hurry, chose the lock's picture alone and no box below it."""
    session = await town.schedule()
    with town.service.store.write() as conn:
        violence = Category(
            id="violence", code="violence", group_code="private", protected=True, name_ur="تشدد", name_en="Violence"
        )
        district.save_categories(conn, [violence])
    town.house.districts.forget()
    phone = town.phone("en")
    path = f"/s/{session}/ask"
    for group, category, kept in (
        ("private", "violence", True),
        ("private", "other", True),  # not sure which of them
        ("", "violence", True),
        ("water", "other", False),
        ("other", "other", False),
    ):
        await phone.get(path)
        answer = await phone.post(path, group=group, category=category, text=TEXT)
        assert (EN.plain("check.private") in html.unescape(answer.text)) is kept, "she is told before it goes off"
        await phone.post(path, **{**phone.fields(path), "step": "send"})
        question = list((await town.service.live(session)).session.queue.questions.values())[-1]
        assert (question.category, question.private) == (category, kept)


async def test_something_else_is_public_though_a_protected_topic_has_no_picture_of_its_own(town: Town) -> None:
    """The picture of everything else says nothing about what is asked: only a topic that was chosen does."""
    with town.service.store.write() as conn:
        bribe = Category(id="bribe", code="bribe", protected=True, name_ur="رشوت", name_en="A bribe")
        district.save_categories(conn, [bribe])
    town.house.districts.forget()
    there = await town.house.districts.get()
    assert [there.keeps("other", category) for category in ("other", "", "bribe")] == [False, False, True]


async def test_a_topic_that_was_changed_again_leaves_no_tick_behind(town: Town) -> None:
    """She looked at a protected topic first: what she then asks about water is hers to be called for."""
    session = await town.schedule()
    with town.service.store.write() as conn:
        bribe = Category(id="bribe", code="bribe", protected=True, name_ur="رشوت", name_en="A bribe")
        district.save_categories(conn, [bribe])
    town.house.districts.forget()
    phone = town.phone("en")
    path = f"/s/{session}/ask"
    for wrong in ({"step": "edit"}, {"step": "send", "phone": "12"}):  # back by herself, or sent back for a mistake
        await phone.get(path)
        answer = await phone.post(path, group="other", category="bribe", text=TEXT)
        assert EN.plain("check.private") in html.unescape(answer.text)
        answer = await phone.post(path, **{**phone.fields(path), **wrong})
        assert TEXT in html.unescape(answer.text) and 'name="private"' in answer.text
        assert not re.search(r'name="private" value="1" checked', answer.text)
        answer = await phone.post(path, group="water", category="water_none", text=TEXT)
        assert EN.plain("check.private") not in html.unescape(answer.text)
        await phone.post(path, **{**phone.fields(path), "step": "send"})
        question = list((await town.service.live(session)).session.queue.questions.values())[-1]
        assert (question.category, question.private) == ("water_none", False)


async def test_whoever_wrote_a_private_number_is_told_before_it_goes_off(town: Town) -> None:
    session = await town.schedule()
    phone = town.phone()
    told = UR.plain("check.masked")
    for text, expected in ((f"{TEXT} 35202-1234567-1", True), (TEXT, False)):
        await phone.get(f"/s/{session}/ask")
        answer = await phone.post(f"/s/{session}/ask", group="other", text=text, area="uc1")
        assert (told in html.unescape(answer.text)) is expected, text


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
    assert EN.plain("ask.slow", 1) in html.unescape(answer.text)
    assert TEXT in answer.text and 'id="send"' in answer.text
    assert (await town.phone().ask(session, TEXT)).startswith("/q/")


async def test_whoever_cannot_write_says_it(town: Town) -> None:
    session = await town.schedule()
    phone = town.phone("en")
    path = f"/s/{session}/ask"
    await phone.get(path)
    answer = await phone.post(path, group="other", spoken="1")
    assert answer.status_code == 422 and EN.plain("refused.say_what") in html.unescape(answer.text)
    assert re.search(r'name="spoken" value="1" checked', answer.text)
    for fields in (
        {"category": "water_none"},
        {"group": "other", "area": "uc1"},
        {"group": "other", "village": "Gali 4"},
    ):
        await phone.get(path)
        answer = await phone.post(path, spoken="1", **fields)
        assert answer.status_code == 200 and EN.plain("check.spoken") in html.unescape(answer.text), fields
        answer = await phone.post(path, **{**phone.fields(path), "step": "send"})
        assert answer.url.path.startswith("/q/"), fields
    asked = (await town.service.live(session)).session.queue.questions.values()
    assert [(each.spoken, each.content) for each in asked] == [(True, "")] * 3


async def test_the_village_is_kept_in_her_own_words_and_masked(town: Town) -> None:
    session = await town.schedule()
    phone = town.phone("ur")
    await phone.get(f"/s/{session}/ask")
    answer = await phone.post(f"/s/{session}/ask", category="water_none", text=TEXT, village="و" * 61)
    assert answer.status_code == 422 and 'id="village-error"' in answer.text
    await phone.ask(session, TEXT, village="gali 4, 0301-2345678")
    live = await town.service.live(session)
    (question,) = live.session.queue.questions.values()
    assert live.texts[question.village].startswith("gali 4") and "2345678" not in live.texts[question.village]


async def test_a_hearing_of_some_topics_shows_and_takes_these_alone(town: Town) -> None:
    store = town.service.store
    with store.write() as conn:
        road = Category(id="road", code="road", group_code="roads", name_ur="سڑک", name_en="Road", office_id="desk")
        district.save_categories(conn, [road])
    town.house.districts._read_at = -1e9  # as half a minute later
    session = await town.schedule()
    starts = town.house.now() + 3_600_000
    change = RescheduleSession(starts_at=starts, ends_at=starts + 3_600_000, categories=("road",))
    await town.moderate(session, change)
    phone = town.phone("en")
    page = (await phone.get(f"/s/{session}/ask")).text
    assert 'value="road"' in page and 'value="water_none"' not in page and 'id="g-other"' in page
    answer = await phone.post(f"/s/{session}/ask", category="water_none", text=TEXT)
    assert answer.status_code == 422 and 'id="category-error"' in answer.text
    assert EN.plain("lobby.topics") in (await phone.get(f"/s/{session}")).text


async def test_after_the_close_the_words_go_on_to_the_next_hearing(town: Town) -> None:
    closes, comes = await town.schedule(live=True), await town.schedule()
    phone = town.phone("en")
    path = f"/s/{closes}/ask"
    await phone.get(path)
    await phone.post(path, category="water_none", group="water", text=TEXT, name="Nasreen")
    carried = phone.fields(path)
    await town.moderate(closes, CloseSession())
    answer = await phone.post(path, **{**carried, "step": "send"})
    page = html.unescape(answer.text)
    assert answer.status_code == 409 and EN.plain("ask.closed_kept") in page and TEXT in page
    assert 'href="tel:1991"' in page
    target = re.search(r'<form method="post" action="(/s/\w+/ask)">', page)
    assert target and target[1] != path
    answer = await phone.post(target[1])
    page = html.unescape(answer.text)
    assert answer.status_code == 200 and TEXT in page and 'value="Nasreen"' in page
    assert comes


async def test_a_script_is_told_where_to_go(town: Town) -> None:
    session = await town.schedule()
    phone = town.phone("en")
    path = f"/s/{session}/ask"
    await phone.get(path)
    await phone.post(path, category="water_none", text=TEXT)
    fields = {**phone.fields(path), "step": "send"}
    headers = {"origin": phone.origin, "accept": "application/json"}
    answers = [await phone.client.post(path, data=fields, headers=headers) for _ in range(2)]
    assert answers[0].json() == answers[1].json(), "twice is once"
    assert answers[0].json()["to"].startswith("/q/") and answers[0].json()["to"].endswith(f"?sent={fields['key']}")


async def test_asking_records_what_was_agreed_to(town: Town) -> None:
    session = await town.schedule()
    await town.phone("en").ask(session, TEXT)
    (question,) = (await town.service.live(session)).session.queue.questions.values()
    with town.service.store.read() as conn:
        (consent,) = people.consents(conn, question.asker)
    assert consent.wording_id.startswith("hearing-en-")


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
