"""Looking for questions: words in any spelling, numbers in any digits, what they are about and where."""

from __future__ import annotations

import pytest

from rooms.base import Actor
from rooms.questions import AskQuestion, HoldQuestion
from tests.web.conftest import Town
from web.finding import Finder, Found, Wanted, fold
from web.forms import new_key

pytestmark = pytest.mark.anyio
GROUPS = {"water_none": "water"}
WITHIN = {"uc1": "t1/uc1/", "t1": "t1/"}


async def ask(town: Town, session: str, person: int, text: str, **more: object) -> str:
    command = AskQuestion(text=text, name=f"Person {person}", **{"category": "water_none", **more})  # type: ignore[arg-type]
    accepted = await town.service.submit(Actor(f"{person:016x}", "citizen"), session, command, new_key())
    return (accepted.result or {})["question"]


async def found(town: Town, session: str, list: str = "new", **fields: str) -> Found:
    live = await town.service.live(session)
    return await Finder().find(live.session, live.texts, Wanted.of(fields), list, GROUPS, WITHIN)


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("پانی", "پاني"),
        ("کہاں", "كهاں"),
        ("۱۱۰", "١١٠"),
        ("110", "۱۱۰"),
        ("آپ", "اپ"),
        ("قُرآن", "قران"),
        ("محکمہ", "محكمة"),
        ("WATER", "water"),
    ],
)
def test_letters_that_look_alike_are_one_letter(typed: str, written: str) -> None:
    assert fold(typed) == fold(written)


def test_letters_that_differ_stay_apart() -> None:
    assert fold("گجر") != fold("کجر")
    assert fold("بات") != fold("پات")


async def test_words_are_found_in_every_list_and_a_number_by_its_digits(town: Town) -> None:
    session = await town.schedule(live=True)
    pump = await ask(town, session, 1, "چک 110 کا پمپ خراب ہے")
    road = await ask(town, session, 2, "سڑک ٹوٹی ہے")
    await town.moderate(session, HoldQuestion(question=pump, reason="unclear"))
    assert (await found(town, session, q="پمپ ١١٠")).ids == (pump,)
    assert (await found(town, session, q="person 2")).ids == (road,)
    assert (await found(town, session, q="کتاب")).ids == ()
    reference = (await town.service.live(session)).session.queue.get(road).reference
    assert (await found(town, session, q=f"{reference[:2]}-{reference[2:6]}")).ids == (road,)


async def test_filters_narrow_the_open_list(town: Town) -> None:
    session = await town.schedule(live=True)
    here = await ask(town, session, 1, "یہاں", area="uc1")
    kiosk = await ask(town, session, 2, "وہاں", category="other", channel="kiosk")
    hidden = await ask(town, session, 3, "کہیں", private=True, kind="praise")
    held = await ask(town, session, 4, "رکا ہوا")
    await town.moderate(session, HoldQuestion(question=held, reason="unclear"))
    assert (await found(town, session)).ids == (here, kiosk, hidden)
    assert (await found(town, session, area="t1")).ids == (here,)
    assert (await found(town, session, channel="kiosk")).ids == (kiosk,)
    assert (await found(town, session, private="1")).ids == (hidden,)
    assert (await found(town, session, kind="praise")).ids == (hidden,)
    assert (await found(town, session, topic="water")).ids == (here, hidden)
    assert (await found(town, session, "held", topic="water")).ids == (held,)


async def test_most_supported_first(town: Town) -> None:
    session = await town.schedule(live=True)
    one, two = await ask(town, session, 1, "ایک"), await ask(town, session, 2, "دو")
    live = await town.service.live(session)
    live.session.queue.questions[two].supports = 5
    assert (await found(town, session, sort="supports")).ids == (two, one)
    assert (await found(town, session)).ids == (one, two)


def test_what_does_not_exist_is_no_filter() -> None:
    wanted = Wanted.of({"channel": "pigeon", "kind": "x", "sort": "y", "q": " a " * 400})
    assert (wanted.channel, wanted.kind, wanted.sort, len(wanted.text)) == ("", "", "arrival", 200)
    assert Wanted.of({}).is_plain and not Wanted.of({"private": "1"}).is_plain


async def test_words_that_were_taken_out_are_found_no_more(town: Town) -> None:
    session = await town.schedule(live=True)
    await ask(town, session, 1, "راز کی بات")
    live = await town.service.live(session)
    finder = Finder()
    (question,) = live.session.queue.questions.values()
    for text, found in (("راز کی بات", 1), ("▒▒▒ کی بات", 0), ("راز کی بات", 1)):
        texts = {**live.texts, question.content: text}
        wanted = Wanted.of({"q": "راز"})
        assert (await finder.find(live.session, texts, wanted, "new", GROUPS, WITHIN)).total == found


async def test_erased_words_are_found_no_more(town: Town) -> None:
    session = await town.schedule(live=True)
    await ask(town, session, 1, "راز کی بات")
    live = await town.service.live(session)
    finder = Finder()
    wanted = Wanted.of({"q": "راز"})
    assert (await finder.find(live.session, live.texts, wanted, "new", GROUPS, WITHIN)).total == 1
    assert (await finder.find(live.session, {}, wanted, "new", GROUPS, WITHIN)).total == 0
