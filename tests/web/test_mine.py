"""What is held about a person: she reads it, takes it away, has it destroyed; others see what they must and no more."""

from __future__ import annotations

import re

import pytest

from kachehri.audit import record
from kachehri.i18n import words_for
from kachehri.store import Connection, event_log
from kachehri.store import audit as audit_rows
from kachehri.store import questions as question_rows
from tests.web.conftest import Phone, Town
from tests.web.test_register import closed, form
from tests.web.test_staff import signed_in
from web.pages.audit import position

pytestmark = pytest.mark.anyio
EN = words_for("en")
WORDS, NAME, PHONE = "نلکا دو ماہ سے بند ہے", "نسرین بی بی", "0301 2345678"


async def asked(town: Town, session: str, text: str = WORDS, **fields: str) -> tuple[Phone, str]:
    """A phone that asked, and the receipt's path."""
    phone = town.phone("en")
    return phone, await phone.ask(session, text, **{"name": NAME, "phone": PHONE, **fields})


def reference_of(town: Town, path: str) -> str:
    question = town.service.people.question_of(path.removeprefix("/q/").split("?")[0])
    assert question is not None
    with town.service.store.read() as conn:
        found = question_rows.by_id(conn, question)
    assert found is not None
    return found.reference


async def test_she_reads_everything_on_her_own_phone(town: Town) -> None:
    session = await town.schedule()
    phone, path = await asked(town, session)
    await phone.ask(session, "اور سڑک ٹوٹی ہوئی ہے", name=NAME)
    reference = reference_of(town, path)

    def looked(conn: Connection, now: int) -> None:
        record(conn, now, action="phone.reveal", subject=reference, reason="line dropped", account=None)

    await town.house.write(looked)
    page = (await phone.get(f"{path}/mine")).text
    for sign in (
        WORDS,
        NAME,
        "اور سڑک ٹوٹی ہوئی ہے",
        "+923012345678",
        EN.plain("audit.act.phone.reveal"),
        "line dropped",
    ):
        assert sign in page, sign
    answer = await phone.client.get(f"{path}/mine.json")
    held = answer.json()
    assert answer.headers["cache-control"] == "no-store" and "attachment" in answer.headers["content-disposition"]
    assert [each["words"] for each in held["questions"]] == ["اور سڑک ٹوٹی ہوئی ہے", WORDS]
    assert held["phone"] == "+923012345678" and {each["words"] for each in held["words"]} == {NAME}
    assert held["questions"][1]["acts"][0]["reason"] == "line dropped"


async def test_on_another_phone_the_link_shows_its_own_question_alone(town: Town) -> None:
    session = await town.schedule()
    phone, path = await asked(town, session)
    await phone.ask(session, "گھر کا اور معاملہ")
    other = town.phone("en")
    page = (await other.get(f"{path}/mine")).text
    assert WORDS in page and NAME in page and EN.plain("held.not_own") in page
    assert "گھر کا اور معاملہ" not in page and "+923012345678" not in page and "5678" in page
    held = (await other.client.get(f"{path}/mine.json")).json()
    assert len(held["questions"]) == 1 and "+9230" not in held["phone"]


async def test_a_number_in_the_words_is_shown_to_her_and_hidden_from_others(town: Town) -> None:
    session = await town.schedule()
    phone, path = await asked(town, session, "میرا نمبر 0345 9876543 ہے، نلکا بند ہے")
    page = (await phone.get(f"{path}/mine")).text
    assert "0345 9876543" in page and EN.plain("held.others_read") in page
    assert "9876543" not in (await town.phone("en").get(path)).text


async def test_erasing_takes_a_tick_and_then_nothing_is_left(town: Town) -> None:
    session = await town.schedule()
    phone, path = await asked(town, session)
    reference = reference_of(town, path)
    await phone.get(f"{path}/mine")
    answer = await phone.post(f"{path}/erase")
    assert answer.status_code == 422 and EN.plain("held.need_sure") in answer.text and WORDS in answer.text
    answer = await phone.post(f"{path}/erase", sure="1")
    assert answer.status_code == 200 and answer.url.path == f"{path}/mine"
    assert WORDS not in answer.text and NAME not in answer.text and "2345678" not in answer.text
    assert 'action="' + f"{path}/erase" not in answer.text
    receipt = (await phone.get(path)).text
    assert EN.grouped(reference) in receipt and WORDS not in receipt and NAME not in receipt
    desk = await signed_in(town, "clerk")
    assert WORDS not in (await desk.get(f"/mod/{session}")).text
    live = await town.service.live(session)
    assert WORDS not in live.texts.values() and NAME not in live.texts.values()
    with town.service.store.read() as conn:
        event_log.verify(conn, session)
        ((act, who), *_) = audit_rows.listing(conn, actions=["person.erase"])
    assert (act.subject, who) == (reference, "")


async def test_from_another_phone_it_takes_the_end_of_the_number(town: Town) -> None:
    session = await town.schedule()
    _, path = await asked(town, session)
    other = town.phone("en")
    page = (await other.get(f"{path}/mine")).text
    assert 'name="digits"' in page
    for digits in ("", "0000", "678"):
        answer = await other.post(f"{path}/erase", sure="1", digits=digits)
        assert answer.status_code == 422 and EN.plain("held.digits_wrong") in answer.text
    assert WORDS in (await other.get(path)).text
    await other.get(f"{path}/mine")
    answer = await other.post(f"{path}/erase", sure="1", digits="۵۶۷۸")
    assert answer.status_code == 200 and WORDS not in answer.text


async def test_a_link_that_is_none_opens_nothing(town: Town) -> None:
    phone = town.phone("en")
    for path in ("/q/aaaa/mine", "/q/aaaa/mine.json"):
        assert (await phone.client.get(path)).status_code == 404


async def test_a_register_of_before_is_not_given_out_after(town: Town) -> None:
    session = await town.schedule(live=True)
    phone, path = await asked(town, session)
    await closed(town, session)
    clerk = await signed_in(town, "clerk")
    assert WORDS in (await form(clerk, session, ".csv")).text
    await form(clerk, session, ".xlsx")
    folder = town.settings.secrets.key_file.parent / "papers"
    assert list(folder.glob(f"{session}.*"))
    await phone.get(f"{path}/mine")
    await phone.post(f"{path}/erase", sure="1")
    assert not list(folder.glob(f"{session}.*"))
    after = (await form(clerk, session, ".csv")).text
    assert WORDS not in after and NAME not in after and EN.grouped(reference_of(town, path)) in after


async def test_an_administrator_needs_number_code_and_reason(town: Town) -> None:
    session = await town.schedule()
    phone, path = await asked(town, session)
    reference = reference_of(town, path)
    found = re.search(r'<b class="digits"><bdi dir="ltr">(\d{6})</bdi>', (await phone.get(path)).text)
    assert found is not None
    admin = await signed_in(town, "administrator")
    await admin.get("/erase")
    wrong = f"{(int(found[1]) + 1) % 10**6:06d}"
    for fields, status in (
        ({"code": found[1], "reason": "she called", "sure": ""}, 422),
        ({"code": found[1], "reason": "", "sure": "1"}, 422),
        ({"code": "12", "reason": "she called", "sure": "1"}, 422),
        ({"code": wrong, "reason": "she called", "sure": "1"}, 404),
    ):
        assert (await admin.post("/erase", reference=reference, **fields)).status_code == status, fields
    assert WORDS in (await phone.get(path)).text
    done = await admin.post("/erase", reference=reference, code=found[1], reason="She called the helpline", sure="1")
    assert done.status_code == 200 and WORDS not in (await phone.get(path)).text
    page = (await admin.get("/audit?act=person.erase")).text
    assert "She called the helpline" in page and "A administrator" in page and EN.grouped(reference) in page


async def test_acts_are_paged_and_for_administrators_alone(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    def write(conn: Connection, now: int) -> None:
        for n in range(5):
            record(conn, now + n, action="words.reveal", subject=f"26000000{n:02d}", reason=f"reason {n}")

    await town.house.write(write)
    monkeypatch.setattr("web.pages.audit.PAGE", 2)
    admin = await signed_in(town, "administrator")
    seen: list[str] = []
    path = "/audit?act=words.reveal"
    for _ in range(4):
        page = (await admin.get(path)).text
        seen += re.findall(r"reason \d", page)
        more = re.search(r'href="(/audit\?[^"]*before=[^"]*)"', page)
        if more is None:
            break
        path = more[1].replace("&amp;", "&")
    assert seen == [f"reason {n}" for n in (4, 3, 2, 1, 0)]
    for role in ("moderator", "clerk", "chair"):
        phone = await signed_in(town, role)
        assert (await phone.get("/audit")).status_code == 403 and (await phone.get("/erase")).status_code == 403


@pytest.mark.parametrize("text", ["", "x", "1.", ".a", "-1.a", "9" * 20 + ".a"])
def test_a_position_that_is_none_begins_anew(text: str) -> None:
    assert position(text) is None
