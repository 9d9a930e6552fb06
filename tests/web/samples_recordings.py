"""The staff's first page when recordings run out of room, with made-up contents."""

from __future__ import annotations

from dataclasses import replace

from kachehri.i18n import Words
from web.staff_shapes import MinePage


def pages(words: Words) -> dict[str, tuple[str, object]]:
    """Name → (template, page)."""
    name = "ثمینہ اختر" if words.language.code == "ur" else "Samina Akhtar"
    page = MinePage(name, "administrator", may_plan=True)
    return {
        f"mine-recordings-{state}": ("staff/mine.html", replace(page, recordings=told))
        for state, told in (("low", ("low",)), ("full", ("full", "away")))
    }
