"""The receipt, the slip, tracking by number, the public ticket page, and withdrawing."""

from __future__ import annotations

import asyncio
import html
import re

import pypdfium2  # type: ignore[import-untyped]
import pytest
from playwright.async_api import Browser

from kachehri.i18n import words_for
from rooms.lifecycle import CloseSession
from rooms.questions import AdmitQuestion, NotTakeQuestion
from tests.web.conftest import Phone, Town
from web.render import Shell
from web.shapes import NumberPicture

pytestmark = pytest.mark.anyio
UR, EN = words_for("ur"), words_for("en")
TEXT = "سڑک ٹوٹی ہوئی ہے، میرا شناختی کارڈ 34201-1234567-8 ہے"


def reference_in(page: str) -> str:
    found = re.search(r'class="ref-n"><bdi dir="ltr">([\d-]+)<', page)
    assert found
    return found[1]


async def close(town: Town, session: str) -> None:
    """The hearing ends, and every question has its ticket."""
    await town.moderate(session, CloseSession())
    live = await town.service.live(session)
    for _ in range(500):
        if live.session.phase == "closed":
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it does not close")


async def track(phone: Phone, reference: str, digits: str) -> int:
    await phone.get("/track")
    return (await phone.post("/track", reference=reference, digits=digits)).status_code


async def test_receipt_hides_numbers_and_tells_place_and_reason(town: Town) -> None:
    session = await town.schedule(live=True)
    phone = town.phone("en")
    path = await phone.ask(session, TEXT)
    assert "34201" not in phone.page
    (question,) = (await town.service.live(session)).session.queue.questions
    await town.moderate(session, AdmitQuestion(question=question))
    page = html.unescape((await phone.get(path)).text)
    assert EN.plain("q.by_arrival") in page and EN.plain("state.in_line") in page
    await town.moderate(session, NotTakeQuestion(question=question, reason="other_office"))
    page = html.unescape((await phone.get(path)).text)
    assert EN.plain("why.other_office") in page and EN.plain("state.not_taken") in page


async def test_receipt_is_secret_and_unindexed(town: Town) -> None:
    session = await town.schedule()
    phone = town.phone()
    path = await phone.ask(session, TEXT)
    answer = await town.phone().get(path)
    assert answer.status_code == 200, "the link is the key, on any phone"
    assert 'content="noindex' in answer.text
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["cache-control"] == "no-store"
    assert (await phone.get(path[:-1] + ("A" if path[-1] != "A" else "B"))).status_code == 404


async def test_slip_has_the_number_and_a_square(town: Town) -> None:
    session = await town.schedule()
    phone = town.phone()
    path = await phone.ask(session, TEXT)
    reference = reference_in(phone.page)
    slip = await phone.get(f"{path}/slip")
    assert reference_in(slip.text) == reference
    assert 'class="qr"' in slip.text and "style=" not in slip.text
    assert html.escape(TEXT[:10]) not in slip.text, "a slip that is left lying about says nobody's words"


async def test_track_takes_any_digits_and_one_answer_for_all_that_is_wrong(town: Town) -> None:
    session = await town.schedule()
    phone = town.phone()
    path = await phone.ask(session, TEXT, phone="0301-2345678")
    reference = reference_in(phone.page)
    urdu = reference.translate(str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")).replace("-", " ")
    other = town.phone()
    assert await track(other, urdu, "٥٦٧٨") == 200
    assert UR.plain("receipt.way") in html.unescape(other.page)
    assert path in str(other.page)
    assert await track(other, reference, "1111") == 404
    wrong_digits = re.sub(r'value="[^"]*"', "", other.page)
    unknown = "26-0000-0009" if reference != "26-0000-0009" else "26-0000-0014"
    assert await track(other, unknown, "5678") == 404
    assert re.sub(r'value="[^"]*"', "", other.page) == wrong_digits, "not even a letter tells the two apart"
    assert await track(other, "12", "5678") == 422


async def test_the_code_does_without_a_phone(town: Town) -> None:
    session = await town.schedule()
    phone = town.phone("en")
    path = await phone.ask(session, TEXT)
    reference = reference_in(phone.page)
    code = re.search(r"digits\"><bdi dir=\"ltr\">(\d{6})<", phone.page)
    assert code
    other = town.phone("en")
    assert await track(other, reference, f"{int(code[1]) + 1:06d}"[-6:]) == 404
    assert await track(other, reference, "none") == 422
    assert await track(other, reference, f" {code[1][:3]}-{code[1][3:]}") == 200
    assert path in other.page


async def test_the_list_of_this_phone_needs_no_typing(town: Town) -> None:
    session = await town.schedule(live=True)
    phone = town.phone("en")
    path = await phone.ask(session, TEXT)
    assert path in (await phone.get("/track")).text
    other = await town.phone("en").get("/track")
    assert path not in other.text and EN.plain("track.mine_empty") in html.unescape(other.text)
    await close(town, session)
    assert path in (await phone.get("/track")).text, "also when the hearing is over"


async def test_the_number_as_a_picture_is_small_and_says_nothing_private(town: Town) -> None:
    session = await town.schedule()
    for language in ("ur", "en"):
        phone = town.phone(language)
        path = await phone.ask(session, TEXT, name="Nasreen")
        answer = await phone.client.get(f"{path}/number.png", timeout=60)
        assert answer.status_code == 200 and answer.headers["content-type"] == "image/png"
        assert answer.content.startswith(b"\x89PNG") and len(answer.content) <= 20_000
        print(language, len(answer.content))
    renderer = town.house.renderer
    page = NumberPicture("2640718822", "Drinking water", 1, "Noorgarh", "1991", "https://hearing.example.pk/track")
    shown = renderer.html("en", "papers/number.html", page, Shell("/", "", "", "1991"))
    assert "26-4071-8822" in shown and "/q/" not in shown, "what is handed on opens nobody's page"


@pytest.mark.parametrize(("paper", "size_mm"), [("roll", (58, 150)), ("sheet", (105, 148))])
async def test_the_slip_fits_its_paper(town: Town, browser: Browser, paper: str, size_mm: tuple[int, int]) -> None:
    session = await town.schedule()
    for language in ("ur", "en"):
        path = await town.phone(language).ask(session, TEXT)
        context = await browser.new_context(locale=language)
        page = await context.new_page()
        await page.goto(f"{town.url}{path}/slip?paper={paper}")
        printed = pypdfium2.PdfDocument(await page.pdf(prefer_css_page_size=True))
        await context.close()
        assert len(printed) == 1, f"{language}: one piece of paper"
        found = tuple(round(side * 25.4 / 72) for side in printed[0].get_size())
        assert found == size_mm
        assert reference_in((await town.phone(language).get(path)).text) in printed[0].get_textpage().get_text_range()


async def test_track_stops_after_five_tries(town: Town) -> None:
    session = await town.schedule()
    phone = town.phone("en")
    await phone.ask(session, TEXT, phone="0301-2345678")
    reference = reference_in(phone.page)
    for _ in range(5):
        assert await track(phone, reference, "0000") == 404
    assert await track(phone, reference, "5678") == 429, "even the right digits"
    assert EN.plain("track.tries") in html.unescape(phone.page)


async def test_withdraw_by_the_link_alone(town: Town) -> None:
    session = await town.schedule()
    phone = town.phone("en")
    path = await phone.ask(session, TEXT)
    helper = town.phone("en")
    await helper.get(path)
    answer = await helper.post(f"{path}/withdraw")
    assert answer.status_code == 200 and EN.plain("state.withdrawn") in html.unescape(answer.text)
    (question,) = (await town.service.live(session)).session.queue.questions.values()
    assert question.state == "withdrawn"


async def test_after_the_close_everybody_has_a_ticket_and_its_page_names_nobody(town: Town) -> None:
    session = await town.schedule(live=True)
    phone = town.phone("en")
    path = await phone.ask(session, TEXT, name="Nasreen", phone="03012345678", area="uc1")
    reference = reference_in(phone.page)
    assert (await phone.get(f"/t/{reference}")).status_code == 404, "not a ticket yet"
    await close(town, session)
    page = html.unescape((await phone.get(path)).text)
    assert EN.plain("q.unheard") in page and EN.plain("state.written") in page and EN.plain("state.in_line") not in page
    assert EN.plain("ticket.state.routed") in page and "Public Health Engineering" in page
    public = await town.phone("en").get(f"/t/{reference}")
    assert public.status_code == 200
    assert "Nasreen" not in public.text and TEXT[:8] not in html.unescape(public.text) and "2345678" not in public.text
    assert "Chak 57" in public.text
    lobby = html.unescape((await phone.get(f"/s/{session}")).text)
    assert EN.plain("balance.title") in lobby
    assert (await phone.get(f"/s/{session}/ask")).status_code == 409


async def test_a_private_ticket_has_no_public_page(town: Town) -> None:
    session = await town.schedule(live=True)
    phone = town.phone("en")
    await phone.ask(session, TEXT, private="1")
    reference = reference_in(phone.page)
    await close(town, session)
    assert (await phone.get(f"/t/{reference}")).status_code == 404
