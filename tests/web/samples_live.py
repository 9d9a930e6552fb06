"""States of a hearing that is on that the other samples do not have, with made-up contents."""

from __future__ import annotations

from dataclasses import replace

from kachehri.i18n import Words
from web.caption_shapes import CaptionRow
from web.live_shapes import CarryPage, CheckPage, LivePage, TurnPage

from . import samples

SAID = ("آپ کا نلکا کب سے بند ہے؟", "موٹر جل گئی ہے، نئی موٹر لاہور سے آ رہی ہے۔", "سوموار تک بدل دی جائے گی۔")


def pages(words: Words) -> dict[str, tuple[str, object]]:
    """Name → (template, page)."""
    made = samples.pages(words)
    live, called = made["live"][1], made["next"][1]
    assert isinstance(live, LivePage) and isinstance(called, TurnPage)
    stage = made["stage"][1]
    assert isinstance(stage, TurnPage)
    said = tuple(CaptionRow(f"{n:016x}", "ur", line, n) for n, line in enumerate(SAID))
    [mine] = live.mine
    return {
        "live-text": ("live.html", replace(live, follow="text", present=31)),
        "live-picture": ("live.html", replace(live, follow="picture", present=1_204)),
        "live-wait": ("live.html", replace(live, mine=(replace(mine, wait_from_ms=720_000, wait_ms=1_200_000),))),
        "live-no-wait": ("live.html", replace(live, mine=(replace(mine, wait_from_ms=0, wait_ms=0),))),
        "live-moved": ("live.html", replace(live, mine=(), moved_away=True)),
        "live-blocked": ("live.html", replace(live, barred="blocked", barred_reason="disruption")),
        "next-ready": ("turn.html", replace(called, state="ready")),
        "next-parked": ("turn.html", replace(called, state="parked", answer_by=0)),
        "next-read-out": ("turn.html", replace(called, state="read_out", answer_by=0)),
        "stage-captions": ("turn.html", replace(stage, captions=said)),
        "check": ("check.html", CheckPage(live.session)),
        "continue": ("carry.html", CarryPage()),
        "continue-wrong": ("carry.html", CarryPage("26-4071-8822", "123456", {}, words.plain("carry.wrong"))),
        "continue-errors": (
            "carry.html",
            CarryPage(
                "26", "1", {"reference": words.plain("field.reference"), "code": words.plain("carry.code_field")}
            ),
        ),
    }
