"""All numbers of one person: of this browser without typing, of another phone for whoever proves that it is hers."""

from __future__ import annotations

import html

import pytest

from kachehri.i18n import words_for
from tests.web.conftest import Phone, Town
from tests.web.own_ticket import own
from tests.web.test_following import close, reference_in
from tests.web.test_having_it_too import join, says
from tests.web.test_lobby import has
from tests.web.test_state_matrix import bare

pytestmark = pytest.mark.anyio
EN = words_for("en")
PHONE = "0333-1112223"


def code_of(town: Town, path: str) -> str:
    return town.service.people.code(str(town.service.people.question_of(path.removeprefix("/q/"))))


async def ask_for(browser: Phone, **fields: str) -> int:
    await browser.get("/mine")
    return (await browser.post("/mine", **fields)).status_code


async def test_a_browser_lists_everything_from_every_hearing(town: Town) -> None:
    phone = town.phone("en")
    paths = []
    for text in ("First", "Second"):
        session = await town.schedule(live=True)
        paths.append(await phone.ask(session, text, **({"private": "1"} if text == "Second" else {})))
        await close(town, session)
    other = await own(town)
    reference = reference_in((await other.phone.get(other.path)).text).replace("-", "")
    paths.append((await join(phone, reference))[0])
    page = (await phone.get("/mine")).text
    assert all(path in page for path in paths) and has(page, "numbers.followed")
    assert page.index(paths[2]) < page.index(paths[1]) < page.index(paths[0]), "newest first"
    stranger = (await town.phone("en").get("/mine")).text
    assert not any(path in stranger for path in paths) and has(stranger, "numbers.here_none")


async def test_another_phone_proves_that_it_is_hers(town: Town) -> None:
    first, second = town.phone("en"), town.phone("en")
    session = await town.schedule(live=True)
    mine = await first.ask(session, "The road", phone=PHONE)
    again = await second.ask(session, "The bridge", phone="+92 333 1112223")
    secret = await second.ask(session, "The clerk", phone=PHONE, private="1")
    reference, code = reference_in((await first.get(mine)).text), code_of(town, mine)
    fresh = town.phone("en")
    assert await ask_for(fresh, reference=reference, code=code, phone=PHONE) == 200
    assert mine in fresh.page and again in fresh.page and secret not in fresh.page
    assert mine not in (await fresh.get("/mine")).text, "the list is nowhere afterwards"
    # Two of three are not enough, and the answer says nothing about which of them was wrong.
    answers = set()
    for wrong in (
        {"reference": reference, "code": code, "phone": "0333-1112224"},
        {"reference": reference, "code": f"{(int(code) + 1) % 10**6:06d}", "phone": PHONE},
        {"reference": "26-0000-0009", "code": code, "phone": PHONE},
    ):
        assert await ask_for(fresh, **wrong) == 404
        answers.add(html.unescape(fresh.page).count(EN.plain("numbers.wrong")))
        assert mine not in fresh.page
    assert answers == {1}


async def test_tries_are_counted(town: Town) -> None:
    phone = town.phone("en")
    session = await town.schedule()
    path = await phone.ask(session, "The road", phone=PHONE)
    reference, code = reference_in(phone.page), code_of(town, path)
    for _ in range(town.settings.limits.track_tries_per_hour):
        assert await ask_for(phone, reference=reference, code="000000", phone=PHONE) == 404
    assert await ask_for(phone, reference=reference, code=code, phone=PHONE) == 429


async def test_what_cannot_be_is_told_at_its_field(town: Town) -> None:
    phone = town.phone("en")
    assert await ask_for(phone, reference="26-0000-0003", code="12", phone="x") == 422
    assert (
        says(phone.page, "misread.places") and has(phone.page, "carry.code_field") and says(phone.page, "field.phone")
    )
    assert await ask_for(phone, reference="PU140722-1234567", code="123456", phone=PHONE) == 422
    assert "13 digits" in bare(phone.page)
    assert await ask_for(phone, reference="", code="123456", phone=PHONE) == 422
    assert has(phone.page, "misread.none")
