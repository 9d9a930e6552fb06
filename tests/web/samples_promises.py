"""Promises as the asker reads them, as the wall shows them, and a hearing's figures; with believable contents."""

from __future__ import annotations

from kachehri.i18n import Words
from kachehri.scorecard import ENDS, WINDOWS, Line, Scorecard, Share, Window
from tests.web.samples import HOUR, NOW, OFFICE, TEXT, TITLE
from web.cards import SessionCard
from web.opening_page import GROUPS
from web.opening_shapes import OpeningPage, PromiseGroup, PromiseRow
from web.promise_shapes import PromiseCard, PromisesPage
from web.score_shapes import OfficeLine, ScorePage

DAY = 24 * HOUR
SAID = {
    "ur": "چک 57 کے پمپ کی موٹر پیر تک بدل دی جائے گی، اور تب تک روز صبح ایک ٹینکر آئے گا۔",
    "en": "The motor of the pump at Chak 57 is replaced by Monday; until then a tanker comes every morning.",
}
POST = {"ur": "ایگزیکٹو انجینئر پبلک ہیلتھ", "en": "Executive Engineer Public Health"}
ROADS = {"ur": "محکمہ شاہرات", "en": "Highways Department"}
MAYOR = {"ur": "اسسٹنٹ کمشنر، چشتیاں", "en": "Assistant Commissioner, Chishtian"}


def pages(words: Words) -> dict[str, tuple[str, object]]:
    """Name → (template, page)."""
    code = words.language.code
    hearing = session(words, "live")
    asks = PromiseCard(
        question="00000000000000a1",
        reference="2640718822",
        text=SAID[code],
        office=OFFICE[code],
        due_at=NOW + 8 * DAY,
        post=POST[code],
        words="00000000000000c1",
        asks=True,
    )
    said = PromiseCard("00000000000000a2", "2640718830", TEXT, ROADS[code], NOW + 9 * DAY, words="c" * 16, said="no")
    return {
        "promise": ("promise.html", PromisesPage(hearing, (asks, said), ("k" * 22, "l" * 22))),
        "scorecard": ("scorecard.html", score(words)),
        "scorecard_young": ("scorecard.html", score(words, few=True)),
        "opening": ("staff/opening.html", opening(words)),
        "opening_wall": ("staff/opening.html", opening(words, screen=True)),
        "opening_none": (
            "staff/opening.html",
            OpeningPage(hearing, 0, (), True, True, True, False, "k" * 22, "2026-03-02"),
        ),
    }


def session(words: Words, phase: str) -> SessionCard:
    """The hearing."""
    code = words.language.code
    return SessionCard("ab2cd3ef", TITLE[code], phase, NOW, OFFICE[code])


def score(words: Words, *, few: bool = False) -> ScorePage:
    """A hearing two months ago; or one of the day before yesterday, with hardly anybody."""
    code = words.language.code
    names = (OFFICE, ROADS, MAYOR)
    size = (3, 1, 0) if few else (412, 87, 4)
    lines = tuple(line(f"o-{at}", n, few) for at, n in enumerate(size))
    whole = line("", sum(size), few)
    ends = dict(zip((*ENDS, "not_reached"), (2, 0, 0, 1, 0, 0, 1) if few else (38, 11, 96, 21, 9, 2, 441), strict=True))
    card = Scorecard(
        raised=sum(ends.values()),
        ends=ends,
        waited=None if few else 24 * 60_000,
        waited_longest=None if few else 131 * 60_000,
        called=0 if few else 49,
        promises=whole.promises,
        read_back=Share(0, 0) if few else Share(21, 24),
        contested=0 if few else 2,
        whole=whole,
        offices=lines,
    )
    return ScorePage(
        session=session(words, "closed"),
        place="ضلع نور گڑھ" if code == "ur" else "District Noorgarh",
        card=card,
        offices=tuple(OfficeLine(name[code], each) for name, each in zip(names, lines, strict=True)),
        made_at=NOW,
        public=not few,
        may_switch=True,
    )


def line(office: str, tickets: int, few: bool) -> Line:
    """One row of the figures."""
    over = 1 if few else 3
    windows = tuple(
        Window(days, Share(tickets * (at + 1) // 6, tickets) if at < over and not few else None, NOW + days * DAY)
        for at, days in enumerate(WINDOWS)
    )
    names = ("kept", "late", "said", "due", "broken", "cancelled")
    counts = (0,) * 6 if few or tickets < 100 else (9, 2, 4, 3, 5, 1)
    return Line(
        office, tickets, windows, tickets // 3, tickets // 9, tickets // 90, dict(zip(names, counts, strict=True))
    )


def opening(words: Words, *, screen: bool = False) -> OpeningPage:
    """Every group, with everything that may stand beside a promise."""
    code = words.language.code

    def row(number: int, stands: str, **more: object) -> PromiseRow:
        facts: dict[str, object] = {
            "text": SAID[code],
            "private": False,
            "post": POST[code],
            "office": OFFICE[code],
            "due_at": NOW + number * DAY,
            "first_due_at": NOW + number * DAY,
            "session_at": 0,
            "helps": False,
            "contested": False,
            "offered": False,
            "was_first": False,
        }
        return PromiseRow(id=f"c{number}", reference=f"26407188{number:02d}", stands=stands, **{**facts, **more})  # type: ignore[arg-type]

    broken = (
        row(10, "broken", offered=True, question="00000000000000a1", place=7, helps=True),
        row(11, "broken", text="", private=True, session_at=NOW - 60 * DAY, first_due_at=NOW - 9 * DAY),
    )
    due = (row(12, "due", asked=True, contested=True), row(13, "due", text=TEXT, post="", office=ROADS[code]))
    said = (row(14, "said", first_due_at=NOW + 3 * DAY, offered=True, was_first=True),)
    kept = (row(15, "kept"), row(16, "late", post=MAYOR[code], office=""))
    found = dict(zip((name for name, _ in GROUPS), (broken, due, said, kept, ()), strict=True))
    return OpeningPage(
        session=session(words, "doors_open"),
        last_at=NOW - 30 * DAY,
        groups=tuple(PromiseGroup(name, rows) for name, rows in found.items() if rows),
        may_mark=not screen,
        may_call=not screen,
        open=True,
        screen=screen,
        key="k" * 22,
        today="2026-03-02",
        told="" if screen else words.plain("opening.done.said"),
    )
