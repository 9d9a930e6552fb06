"""The register of a closed session: whole, balanced, in both languages, without what must not be on paper."""

from __future__ import annotations

import asyncio
import contextlib
import csv
import ctypes
import io
import zipfile
from collections.abc import Iterator
from typing import Any

import httpx
import pypdfium2  # type: ignore[import-untyped]
import pytest

from kachehri.i18n import words_for
from kachehri.papers import press
from kachehri.papers.sheets import BYTE_ORDER_MARK, guarded, lines
from kachehri.store import audit, sessions
from rooms.base import Actor
from rooms.lifecycle import ENDED, CloseSession
from rooms.outcomes import NoteOutcome
from rooms.questions import AdmitQuestion, AskQuestion, WithdrawQuestion
from tests.web.conftest import Phone, Town
from tests.web.test_staff import signed_in
from web.forms import new_key
from web.pages import register

pytestmark = pytest.mark.anyio
UR, EN = words_for("ur"), words_for("en")
PHONE, ID_NUMBER = "0301 2345678", "31101-1234567-1"
FORMULA = '=HYPERLINK("http://example.org","x")'


async def ask(town: Town, session: str, who: int, **fields: object) -> str:
    command = AskQuestion(**{"text": "پانی نہیں آ رہا", "category": "water_none", "area": "uc1", **fields})  # type: ignore[arg-type]
    accepted = await town.service.submit(Actor(f"{who:016x}", "citizen"), session, command, new_key())
    return (accepted.result or {})["question"]


async def closed(town: Town, session: str) -> None:
    await town.moderate(session, CloseSession())
    live = await town.service.live(session)
    async with asyncio.timeout(30):
        while live.session.phase not in ENDED:
            await asyncio.sleep(0.02)


@pytest.fixture(scope="module")
async def hearing(town: Town) -> str:
    """Six questions: ordered, hidden, private, withdrawn, English with a formula, not reached."""
    session = await town.schedule(live=True)
    ordered = await ask(town, session, 1, name="نسرین بی بی", phone=PHONE, text=f"نلکا بند ہے، فون {PHONE}")
    await ask(town, session, 2, name="Ghulam Rasool", hide_name=True, text=f"My number is {ID_NUMBER}, the pump broke")
    await ask(town, session, 3, name="Shazia", private=True, text="The clerk of the canal office wants money")
    gone = await ask(town, session, 4, name="Second Thoughts", text="I take this back")
    await ask(town, session, 5, name=FORMULA, text=FORMULA, category="other", area="")
    await town.moderate(session, AdmitQuestion(question=ordered))
    note = NoteOutcome(
        question=ordered, outcome="ordered", office="water", due="2030-01-20", note="ٹرانسفارمر بدلا جائے"
    )
    await town.moderate(session, note)
    await town.service.submit(Actor(f"{4:016x}", "citizen"), session, WithdrawQuestion(question=gone), new_key())
    await closed(town, session)
    return session


async def form(phone: Phone, session: str, kind: str, query: str = "") -> httpx.Response:
    async with asyncio.timeout(60):
        while (answer := await phone.client.get(f"/sessions/{session}/register{kind}{query}")).status_code == 202:
            assert answer.headers["refresh"]
            await asyncio.sleep(0.2)
    assert answer.status_code == 200, answer.text
    return answer


def on_no_paper(text: str) -> None:
    for secret in (
        "2345678",
        "1234567",
        "Ghulam Rasool",
        "Shazia",
        "canal office",
        "Second Thoughts",
        "take this back",
    ):
        assert secret not in text, secret


async def test_before_the_close_there_is_no_register(town: Town) -> None:
    session = await town.schedule(live=True)
    phone = await signed_in(town, "clerk")
    for kind in ("", ".pdf", ".csv", ".xlsx"):
        answer = await phone.client.get(f"/sessions/{session}/register{kind}")
        assert answer.status_code == 409 and EN.plain("register.not_yet") in answer.text


@pytest.mark.parametrize("query", ["", "?print=1"])
async def test_the_page_says_everything_in_both_languages(town: Town, hearing: str, query: str) -> None:
    phone = await signed_in(town, "clerk")
    page = (await phone.get(f"/sessions/{hearing}/register{query}")).text
    for words in (UR, EN):
        for key in ("paper.outcome.ordered", "paper.outcome.unheard", "paper.hidden", "paper.private", "paper.balance"):
            assert words.t(key) in page, key
    for sign in ("نسرین بی بی", "ٹرانسفارمر بدلا جائے", "20 January 2030", "20 جنوری 2030", "چک 57", "Chak 57"):
        assert sign in page, sign
    assert page.count("</tbody>") == 5 and page.rstrip().endswith("</html>")  # two offices, private, gone; the outcomes
    on_no_paper(page)


async def test_the_balance_is_that_of_the_session(town: Town, hearing: str) -> None:
    live = await town.service.live(hearing)
    balance = live.session.closing.balance
    assert balance is not None and (balance.raised, balance.tickets, balance.withdrawn) == (5, 4, 1)
    phone = await signed_in(town, "chair")
    rows = list(csv.reader(io.StringIO((await form(phone, hearing, ".csv")).text.removeprefix(BYTE_ORDER_MARK))))
    assert len(rows) == 1 + balance.raised
    assert [row[0] for row in rows[1:]] == [str(n) for n in range(1, 6)]
    assert len({row[1] for row in rows[1:]}) == 5 and len({len(row) for row in rows}) == 1


async def test_a_spreadsheet_reads_urdu_and_runs_nothing(town: Town, hearing: str) -> None:
    phone = await signed_in(town, "moderator")
    answer = await form(phone, hearing, ".csv")
    assert answer.content.startswith(b"\xef\xbb\xbf") and "attachment" in answer.headers["content-disposition"]
    assert "نسرین بی بی" in answer.text and f"'{FORMULA}".replace('"', '""') in answer.text
    on_no_paper(answer.text)
    cells = [cell for row in csv.reader(io.StringIO(answer.text.removeprefix(BYTE_ORDER_MARK))) for cell in row]
    assert not [cell for cell in cells if cell[:1] in "=+-@\t\r" and cell]


async def test_a_workbook_has_a_sheet_for_each_office_from_right_to_left(town: Town, hearing: str) -> None:
    phone = await signed_in(town, "moderator")
    book = zipfile.ZipFile(io.BytesIO((await form(phone, hearing, ".xlsx")).content))
    names = book.read("xl/workbook.xml").decode()
    for name in ("Balance", "Kachehri Desk", "Public Health Engineering", "Private matters", "Withdrawn and refused"):
        assert name in names, name
    sheets = [book.read(name).decode() for name in book.namelist() if name.startswith("xl/worksheets/sheet")]
    assert len(sheets) == 5 and all('rightToLeft="1"' in sheet and "<f>" not in sheet for sheet in sheets)
    everything = "".join(book.read(name).decode(errors="ignore") for name in book.namelist())
    assert "نسرین بی بی" in everything
    on_no_paper(everything)


async def test_the_pdf_brings_its_own_typefaces(town: Town, hearing: str) -> None:
    phone = await signed_in(town, "administrator")
    answer = await form(phone, hearing, ".pdf")
    assert answer.headers["content-type"] == "application/pdf" and answer.headers["cache-control"] == "no-store"
    with contextlib.closing(pypdfium2.PdfDocument(answer.content)) as document:
        text = "".join(page.get_textpage().get_text_range() for page in document)
        assert f"{len(document)} / {len(document)}" in text
        faces = dict(face for page in document for face in faces_of(page))
    # Each name is one that we gave ("K Nastaliq"), so no face of this machine was used, and each is in the file.
    assert all(name.split("+")[-1].startswith("K") for name in faces) and all(faces.values()), faces
    assert any("Nastaliq" in name for name in faces) and any("Latin" in name for name in faces), faces
    with town.service.store.read() as conn:
        row = sessions.get(conn, hearing)
    assert row is not None and row.head_hash.hex() in text.replace("\r\n", "")
    on_no_paper(text)


def faces_of(page: Any) -> Iterator[tuple[str, bool]]:
    """Every typeface of a page and whether the document brings it."""
    raw, name = pypdfium2.raw, ctypes.create_string_buffer(200)
    for piece in page.get_objects(filter=[raw.FPDF_PAGEOBJ_TEXT]):
        font = raw.FPDFTextObj_GetFont(piece.raw)
        raw.FPDFFont_GetBaseFontName(font, name, len(name))
        yield name.value.decode(), bool(raw.FPDFFont_GetIsEmbedded(font))


async def test_one_office_is_given_its_own_questions_and_nothing_private(town: Town, hearing: str) -> None:
    phone = await signed_in(town, "clerk")
    answer = await form(phone, hearing, ".csv", "?office=water")
    rows = list(csv.reader(io.StringIO(answer.text.removeprefix(BYTE_ORDER_MARK))))
    assert len(rows) == 3 and "register-" in answer.headers["content-disposition"]
    assert "water.csv" in answer.headers["content-disposition"]
    assert (await phone.client.get(f"/sessions/{hearing}/register.csv?office=nowhere")).status_code == 404
    page = (await phone.get(f"/sessions/{hearing}/register?office=water")).text
    assert EN.plain("paper.section.private") not in page and EN.t("paper.balance") not in page


async def test_taking_a_register_out_is_on_record(town: Town, hearing: str) -> None:
    phone = await signed_in(town, "chair")
    await form(phone, hearing, ".csv")
    with town.service.store.read() as conn:
        row, who = audit.listing(conn, actions=["register.download"], limit=1)[0]
    assert (row.subject, who, (row.body or {})["form"]) == (hearing, "A chair", "csv")


@pytest.mark.parametrize("role", ["official", "observer", "officer", "interpreter"])
async def test_others_do_not_open_it(town: Town, hearing: str, role: str) -> None:
    phone = await signed_in(town, role)
    for kind in ("", ".pdf", ".csv", ".xlsx"):
        assert (await phone.client.get(f"/sessions/{hearing}/register{kind}")).status_code == 403


async def test_without_the_library_the_page_for_printing_is_offered(
    town: Town, hearing: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    town.house.press.forget(hearing)
    monkeypatch.setattr(press, "COMMAND", (press.COMMAND[0], "-c", "import sys; sys.exit(3)"))
    phone = await signed_in(town, "clerk")
    answer = await phone.get(f"/sessions/{hearing}/register.pdf")
    assert answer.status_code == 503 and "libpango-1.0-0" in answer.text
    assert f"/sessions/{hearing}/register?print=1" in answer.text


@pytest.mark.parametrize(
    "cell",
    [
        "=1+1",
        "+1",
        "-1",
        "@SUM(A1)",
        " =1",
        "\u200f=1",
        "\t=1",
        "＝1",
        "|cmd",
        "\u2066=1",
        "\u061c+1",
        "\u00ad@a",
        "\u2212 1",
    ],
)
def test_what_a_program_would_run_is_written_as_text(cell: str) -> None:
    assert guarded(cell) == f"'{cell}"


def test_what_stands_behind_a_separator_begins_no_cell() -> None:
    """Where programs separate by semicolons or tabs, as in offices whose comma is that of numbers."""
    text = lines([["a;=1+1", 'x";=1+1', "b"]]).decode()
    for separator in ",;\t":
        cells = [cell for row in csv.reader(io.StringIO(text), delimiter=separator) for cell in row]
        assert not [cell for cell in cells if cell.startswith("=")], cells


def test_what_is_no_formula_stays() -> None:
    assert [guarded(cell) for cell in ("26-4071-8822", "پانی", 7, "a=b")] == ["26-4071-8822", "پانی", "7", "a=b"]


@pytest.mark.parametrize(("wanted", "first"), [("", 1), ("51", 51), ("99", 51), ("x", 1), ("9" * 30, 1), ("999", 101)])
def test_a_page_begins_at_a_round_row(wanted: str, first: int) -> None:
    assert register.screen(wanted, 120) == first
