"""The press: parts become one paper with one count of pages; whatever befalls the child, the server goes on."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pypdfium2  # type: ignore[import-untyped]
import pytest
from fontTools.ttLib import TTFont  # type: ignore[import-untyped]

from kachehri import fonts
from kachehri.papers import press
from kachehri.papers.press import Press, Printing
from kachehri.papers.wire import FRAME_MOST, PAGES, TAKEN_PRINTED, Part, Rows
from moderation.release import TAKEN, Hole, without

pytestmark = pytest.mark.anyio
STYLE = '@page{size:A6;@bottom-center{content:"page " counter(page)}} p{break-after:page}'
PAGE = "<!doctype html><html lang=ur dir=rtl><title>t</title><body>{}</body></html>"


@pytest.fixture
async def papers(tmp_path: Path) -> AsyncIterator[Press]:
    opened = Press(tmp_path / "papers")
    yield opened
    await opened.close()


def start(opened: Press, parts: Sequence[Part | Rows], key: str = "abcd2345.x.pdf") -> Printing:
    async def give() -> AsyncIterator[Part | Rows]:
        for part in parts:
            yield part

    kind = "pdf" if isinstance(parts[0], Part) else "xlsx"
    return opened.start(key, kind, "t", STYLE, 9, give)  # type: ignore[arg-type]


def pages(printing: Printing) -> list[str]:
    with contextlib.closing(pypdfium2.PdfDocument(str(printing.path))) as document:
        return [page.get_textpage().get_text_range().replace("\r\n", " ").strip() for page in document]


def part(words: str, last: bool = False) -> Part:
    return Part(html=PAGE.format(words), rows=3, last=last)


async def test_pages_are_counted_through_all_parts(papers: Press) -> None:
    printing = start(papers, [part("<p>a<p>b"), part("<p>c"), part(f"<div>of {PAGES}</div>", last=True)])
    assert await printing.wait(100) == "ready" and printing.done == 9
    found = pages(printing)
    assert len(found) == 4
    for number, text in enumerate(found, 1):
        assert f"page {number}" in text, found
    assert f"of {len(found)}" in found[-1]


async def test_a_paper_that_is_destroyed_while_it_is_printed_is_not_kept(papers: Press) -> None:
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def give() -> AsyncIterator[Part]:
        begun.set()
        await go_on.wait()
        yield part("<p>somebody who is erased meanwhile", last=True)

    printing = papers.start("abcd2345.y.pdf", "pdf", "t", STYLE, 3, give)
    await begun.wait()
    papers.forget("abcd2345")
    go_on.set()
    assert await printing.wait(100) == "failed"
    assert list(printing.path.parent.iterdir()) == []


async def test_a_paper_of_one_part_says_how_many_pages_it_has(papers: Press) -> None:
    printing = start(papers, [part(f"<p>a<div>{PAGES}</div>", last=True)])
    assert await printing.wait(100) == "ready"
    assert [text for text in pages(printing) if "/ 2" in text] and "2" in pages(printing)[-1]


async def test_urdu_is_drawn_with_our_own_face(papers: Press) -> None:
    words = '<div style="font-family:K Nastaliq">کھلی کچہری</div>'
    printing = start(papers, [part(words, last=True)])
    assert await printing.wait(100) == "ready"
    assert b"Nastaliq" in printing.path.read_bytes() or printing.path.stat().st_size > 4_000


@pytest.mark.parametrize("face", ["K Latin", "K Nastaliq", "K Naskh"])
async def test_words_that_were_taken_out_are_printed_in_our_own_face(papers: Press, face: str) -> None:
    cut = without("پانی نہیں آ رہا", [Hole(5, "نہیں")])
    assert cut.count(TAKEN) == 1
    words = f"<div style=\"font-family:'{face}','K Latin'\">{cut} <b>{cut}</b></div>"
    printing = start(papers, [part(words, last=True)])
    assert await printing.wait(100) == "ready"
    found = " ".join(pages(printing))
    assert found.count("———") == 2 and "▒" not in found


@pytest.mark.parametrize("path", [fonts.LATIN, fonts.LATIN_BOLD])
def test_our_faces_have_that_mark(path: Path) -> None:
    with TTFont(path) as face:
        assert set(map(ord, TAKEN_PRINTED)) <= set(face.getBestCmap())


async def test_nothing_is_fetched_from_elsewhere(papers: Press, tmp_path: Path) -> None:
    secret = tmp_path / "secret.png"
    secret.write_bytes(b"not ours")
    for source in ("http://127.0.0.1:9/x.png", secret.as_uri()):
        printing = start(papers, [part(f'<img src="{source}">', last=True)], key=f"{len(source)}.pdf")
        assert await printing.wait(100) == "failed"


async def test_the_same_paper_is_printed_once_and_can_be_fetched_again(papers: Press) -> None:
    first = start(papers, [part("a", last=True)])
    assert start(papers, [part("b", last=True)]) is first
    assert await first.wait(100) == "ready"
    assert start(papers, [part("b", last=True)]) is first
    papers.forget("abcd2345")
    assert not first.path.exists()
    again = start(papers, [part("b", last=True)])
    assert again is not first and await again.wait(100) == "ready"


async def test_another_worker_finds_what_the_first_has_printed(papers: Press) -> None:
    first = start(papers, [part("a", last=True)])
    assert await first.wait(100) == "ready"
    other = Press(first.path.parent)
    assert start(other, [part("b", last=True)]).state == "ready"


async def test_what_is_old_is_destroyed(papers: Press, monkeypatch: pytest.MonkeyPatch) -> None:
    first = start(papers, [part("a", last=True)])
    assert await first.wait(100) == "ready" and oct(first.path.parent.stat().st_mode)[-3:] == "700"
    monkeypatch.setattr(press, "KEEP_S", -1.0)
    second = start(papers, [part("b", last=True)], key="other.pdf")
    assert not first.path.exists()
    assert await second.wait(100) == "ready"


@pytest.mark.parametrize(
    ("program", "state"),
    [
        ("import sys; sys.exit(3)", "no_library"),
        ("import os; os.kill(os.getpid(), 9)", "failed"),
        ("import sys; sys.stdin.buffer.read(4); sys.exit(1)", "failed"),
        ("raise SystemExit(0)", "failed"),
    ],
)
async def test_a_child_that_dies_is_told_and_leaves_nothing(
    papers: Press, monkeypatch: pytest.MonkeyPatch, program: str, state: str
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(press, "COMMAND", (sys.executable, "-c", program))
        printing = start(papers, [part("a", last=True)])
        assert await printing.wait(60) == state
    assert list(printing.path.parent.glob("*")) == []
    assert await start(papers, [part("a", last=True)]).wait(100) == "ready"  # it is tried again


async def test_a_child_that_hangs_is_ended(papers: Press, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(press, "COMMAND", (sys.executable, "-c", "import time; time.sleep(600)"))
    monkeypatch.setattr(press, "PART_S", 0.3)
    assert await start(papers, [part("a", last=True)]).wait(60) == "failed"


async def test_closing_ends_the_child_and_destroys_the_papers(papers: Press, monkeypatch: pytest.MonkeyPatch) -> None:
    done = start(papers, [part("a", last=True)])
    assert await done.wait(100) == "ready"
    monkeypatch.setattr(press, "COMMAND", (sys.executable, "-c", "import time; time.sleep(600)"))
    waiting = start(papers, [part("a", last=True)], key="slow.pdf")
    await asyncio.sleep(0)
    await papers.close()
    assert waiting.state == "failed" and not done.path.exists()


async def test_a_part_that_is_too_long_is_a_fault_of_ours(papers: Press) -> None:
    printing = start(papers, [part("a" * (FRAME_MOST + 1), last=True)])
    assert await printing.wait(100) == "failed"


async def test_sheets_with_odd_names_and_cells(papers: Press) -> None:
    rows: list[list[str | int]] = [["head", "n"], ["=1+1", 7], ["http://example.org", 8]]
    parts = [Rows(sheet="a/b:c" * 20, rows=rows, widths=[10, 5]), Rows(sheet="", rows=[["x"]], last=True)]
    printing = start(papers, parts, key="book.xlsx")
    assert await printing.wait(60) == "ready" and printing.path.suffix == ".xlsx"
