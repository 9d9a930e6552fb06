"""The page of a caption file for a closed hearing, made up."""

from __future__ import annotations

from dataclasses import replace

from kachehri.i18n import Words
from tests.web.samples_replay import ANSWER, NOW, OPENING, TITLE
from web.caption_shapes import CaptionFilePage, FileLine, HeldFile
from web.cards import SessionCard


def pages(words: Words) -> dict[str, tuple[str, object]]:
    """Name → (template, page)."""
    code = words.language.code
    session = SessionCard("abcd2345", TITLE[code], "closed", NOW)
    page = CaptionFilePage(session, recorded=True, language=code, key="k" * 22)
    said = (*OPENING[code], *ANSWER[code])
    lines = tuple(FileLine(f"0{n}:0{n}", NOW + n * 61_000, text) for n, text in enumerate(said))
    held = (HeldFile("ur", "f" * 16, 1_204, NOW), HeldFile("en", "e" * 16, 1, NOW))
    errors = {
        "file": words.plain("capfile.at", None, line=6, said=words.plain("capfile.bad.empty_time")),
        "offset": words.plain("capfile.offset_bad"),
    }
    looked = replace(
        page, lines=lines, count=1_204, last_at=NOW + 9_000_000, outside=3, dumped=1, hidden=2, content="V0VCVlRU"
    )
    html = "staff/caption_file.html"
    return {
        "caption-file": (html, page),
        "caption-file-held": (html, replace(page, held=held, recorded=False, said=words.plain("capfile.taken"))),
        "caption-file-bad": (html, replace(page, offset="3x", errors=errors)),
        "caption-file-looked": (html, looked),
    }
