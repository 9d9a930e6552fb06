"""A recording that is kept for a court, and one with somebody in it who withdrew her words."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

from kachehri.i18n import Words
from tests.web import samples_replay
from tests.web.samples_replay import HOUSE, NOW, TITLE
from web.cards import SessionCard
from web.hold_shapes import Held, HoldPage
from web.replay_shapes import ReleasesPage, WaitingPage

WHY = {"ur": "ہائی کورٹ بہاولپور، رٹ درخواست 1234/2026", "en": "High Court, Bahawalpur: writ petition 1234 of 2026"}


def pages(words: Words) -> dict[str, tuple[str, object]]:
    """Name → (template, page)."""
    code, say = words.language.code, words.plain
    session = SessionCard("abcd2345", TITLE[code], "closed", NOW - 7_200_000, HOUSE[code])
    held = Held("abcd2345", TITLE[code], WHY[code], NOW + 90 * 86_400_000, NOW)
    free = HoldPage(session, today="2026-01-05")
    errors = {"reason-hold": say("review.need_reason"), "day": say("hold.bad_day")}
    template = "staff/hold.html"
    whole = cast(ReleasesPage, samples_replay.pages(words)["chapters"][1])
    first, *others = whole.chapters
    withdrawn = replace(whole, held=True, chapters=(replace(first, withdrawn=True, words=(), lines=()), *others))
    waits = WaitingPage(held=(held._replace(due=True), held), withdrawn=(("abcd2345", TITLE[code]),))
    return {
        "hold": (template, free),
        "hold-wrong": (template, replace(free, values={"do": "hold", "day": "2025-01-01"}, errors=errors)),
        "hold-held": (template, replace(free, held=held, said=say("hold.said.hold"))),
        "hold-due": (template, replace(free, held=held._replace(due=True))),
        "releases-held": ("staff/releases.html", waits),
        "chapters-withdrawn": ("staff/chapters.html", withdrawn),
    }
