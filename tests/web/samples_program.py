"""The moderator's page of the program, with believable contents."""

from __future__ import annotations

from dataclasses import replace

from kachehri.i18n import Words
from web.cards import SessionCard
from web.program_shapes import ProgramPage, ProgramSeat

NOW = 1_767_589_200_000
TITLE = {"ur": "ڈپٹی کمشنر کی کھلی کچہری: پینے کا پانی اور سڑکیں", "en": "Drinking water and roads: open hearing"}
NAMES = {
    "ur": ("ڈپٹی کمشنر بہاولنگر", "عائشہ بی بی", "ایکسین پبلک ہیلتھ انجینئرنگ"),
    "en": ("Deputy Commissioner, Bahawalnagar", "Ayesha Bibi", "Executive Engineer, Public Health Engineering"),
}


def pages(words: Words) -> dict[str, tuple[str, object]]:
    """Name → (template, page)."""
    code = words.language.code
    names = NAMES[code]
    seats = (
        ProgramSeat("official-1", names[0], "official"),
        ProgramSeat("citizen-1", names[1], "citizen"),
        ProgramSeat("official-2", names[2], "official"),
        ProgramSeat("hall", "", "hall"),
    )
    page = ProgramPage(
        SessionCard("abcd2345", TITLE[code], "live", NOW - 7_200_000),
        made=True, step="all", delay_s=8, withheld=1, seats=seats, preview_rate=215,
    )  # fmt: skip
    large = (replace(seats[0], large=True), *seats[1:])
    return {
        "program": ("staff/program.html", page),
        "program-cut": ("staff/program.html", replace(page, seats=large, follows=False, step="large_only", done="cut")),
        "program-dumped": ("staff/program.html", replace(page, slate="withheld", withheld=2, done="dumped")),
        "program-nobody": ("staff/program.html", replace(page, seats=(), slate="waiting", delay_s=0)),
        "program-away": ("staff/program.html", replace(page, made=False)),
        "program-off": ("staff/program.html", replace(page, made=False, enabled=False)),
    }
