"""A hearing that is over, with believable contents."""

from __future__ import annotations

from dataclasses import replace

from kachehri.i18n import Words
from recordings.search import Piece, Query
from web.caption_shapes import CaptionPage, CaptionRow
from web.cards import OutcomeCard, SessionCard
from web.channel_shapes import SpokenFile
from web.replay_shapes import (
    FoundChapter,
    FoundSession,
    LineThen,
    ReleasesPage,
    RemovalPage,
    ReplayChapter,
    ReplayLine,
    ReplayPage,
    ReplaysPage,
    WaitingPage,
    WaitingRow,
    Whole,
)
from web.replay_window import PageLink, Window

NOW = 1_767_589_200_000
TITLE = {"ur": "ڈپٹی کمشنر کی کھلی کچہری: پینے کا پانی اور سڑکیں", "en": "Drinking water and roads: open hearing"}
HOUSE = {"ur": "دفتر ڈپٹی کمشنر بہاولنگر", "en": "Deputy Commissioner's office, Bahawalnagar"}
TOPICS = {
    "ur": ("پینے کا پانی نہیں آ رہا", "سڑک ٹوٹی ہوئی ہے", "اسکول کی چھت"),
    "en": ("No drinking water", "Broken road", "School roof"),
}
PLACES = {"ur": ("چک 57", "منڈی صادق گنج", "چشتیاں"), "en": ("Chak 57", "Mandi Sadiq Ganj", "Chishtian")}
OFFICE = {"ur": "پبلک ہیلتھ انجینئرنگ، بہاولنگر", "en": "Public Health Engineering, Bahawalnagar"}
ORDER = {
    "ur": "موٹر سوموار تک بدل دی جائے گی، تب تک روزانہ دو ٹینکر آئیں گے۔",
    "en": "The pump is replaced by Monday; until then two tankers come every day.",
}
ASKED = {
    "ur": "ہمارے محلے میں گیارہ دن سے پانی بند ہے۔ بچے دو کلومیٹر سے بھر کر لاتے ہیں۔",
    "en": "There has been no water in our street for eleven days. Children carry it two kilometres.",
}
OPENING = {
    "ur": (
        "بسم اللہ۔ آج کی کچہری میں پانی اور سڑکوں کے سوال سنے جائیں گے۔",
        "پچھلی کچہری کے سات وعدوں میں سے پانچ پورے ہوئے۔",
    ),
    "en": ("Today we hear questions on water and roads.", "Of seven promises from the last hearing five were kept."),
}
ANSWER = {
    "ur": ("موٹر جل گئی ہے، نئی موٹر لاہور سے آ رہی ہے۔", "میں خود سوموار کو آ کر دیکھوں گا۔"),
    "en": ("The motor burnt out; a new one is on its way.", "I shall come on Monday and look myself."),
}


def pieces(text: str) -> tuple[Piece, ...]:
    return Query("").marked(text)


def lines(words: Words, texts: tuple[str, ...], at: int) -> tuple[ReplayLine, ...]:
    code = words.language.code
    return tuple(
        ReplayLine(at + n * 6_000, f"{(at // 60_000):02}:{(at // 1000 + n * 6) % 60:02}", code, pieces(text), n == 1)
        for n, text in enumerate(texts)
    )


def chapters(words: Words) -> tuple[ReplayChapter, ...]:
    code = words.language.code
    opening = ReplayChapter(
        1, "opening", "opening", "00:00", "04:10", lines=lines(words, OPENING[code], 12_000), link="?c=1#c1"
    )
    water = ReplayChapter(
        2,
        "t1-1",
        "stage",
        "04:10",
        "05:22",
        pieces(TOPICS[code][0]),
        pieces(PLACES[code][0]),
        pieces(OFFICE[code]),
        "2640718822",
        words.plain("ticket.state.resolution_proposed"),
        "ok",
        OutcomeCard("ordered", OFFICE[code], NOW + 4 * 86_400_000, note=ORDER[code]),
        pieces(ASKED[code]),
        lines(words, ANSWER[code], 290_000),
        release="released",
        spoken=(
            SpokenFile("sound-1", 1, "en", "English", "0.9"),
            SpokenFile("sound-2", 2, "", "", "0.4"),
        ),
        link="?c=2#c2",
        follow="/t/2640718822/follow",
    )
    road = replace(
        water,
        n=3,
        key="t2-1",
        clock="09:32",
        length="03:05",
        topic=pieces(TOPICS[code][1]),
        place=pieces(PLACES[code][1]),
        reference="2640718835",
        status=words.plain("ticket.state.disputed"),
        tone="warn",
        outcome=OutcomeCard("answered"),
        words=(),
        lines=(),
        held=4,
        release="new",
        link="?c=3#c3",
    )
    kept = replace(road, n=4, key="t3-1", clock="12:40", topic=pieces(TOPICS[code][2]), outcome=None, release="kept")
    gone = ReplayChapter(5, "t4-1", "stage", "16:02", "01:10", hidden="withdrawn", link="?c=5#c5")
    written = replace(road, n=6, key="written-a", kind="written", clock="58:14", length="", link="?c=6#c6")
    return (opening, water, road, kept, gone, written)


def pages(words: Words) -> dict[str, tuple[str, object]]:
    """Name → (template, page)."""
    code = words.language.code
    session = SessionCard("abcd2345", TITLE[code], "closed", NOW - 7_200_000, HOUSE[code])
    found = chapters(words)
    whole = ReplayPage(
        session=session,
        chapters=found,
        total=6,
        length="1:12:40",
        languages=("en", "ur"),
        key="k" * 22,
        made_at=NOW,
        share="https://kachehri.example.org/s/abcd2345/replay",
    )
    links = tuple(PageLink(n, n * 25 - 24, n * 25, f"{n * 3 // 2:02}:{n * 7 % 60:02}") for n in range(1, 121))
    taken = (
        *found[1].lines,
        ReplayLine(
            302_000, "05:02", "", pieces({"ur": "شناختی نمبر بولا گیا", "en": "An ID number was said"}[code]), cut=True
        ),
        ReplayLine(308_000, "05:08", code, pieces(f"{ANSWER[code][0]} ▒▒▒")),
    )
    query = Query(TOPICS[code][0])
    hit = replace(found[1], topic=query.marked(TOPICS[code][0]))
    row = FoundSession(
        session,
        (
            FoundChapter(2, hit.topic, hit.place, hit.status, hit.tone, Query(ASKED[code][:20]).marked(ASKED[code])),
            FoundChapter(3, found[2].topic, found[2].place, found[2].status, found[2].tone),
        ),
        2,
    )
    plain = FoundSession(replace(session, id="bbcd2345"))
    return {
        "replay": ("replay.html", whole),
        "replay-long": (
            "replay.html",
            replace(whole, total=3_000, window=Window(2, 26, 50, 3_000, links, more=True)),
        ),
        "replay-here": ("replay.html", replace(whole, chapters=(replace(found[1], here=True), found[2]), here=2)),
        "replay-heard": (
            "replay.html",
            replace(
                whole,
                chapters=(
                    found[0],
                    replace(
                        found[1],
                        sound="0.9",
                        picture="5.1",
                        starts=250_000,
                        jump=250.0,
                        long=322_000,
                        lines=taken,
                        line=LineThen(
                            12, tuple(f"{a} · {b}" for a, b in zip(TOPICS[code], PLACES[code], strict=False))
                        ),
                    ),
                ),
                whole=Whole("/b/x/abcd2345", "sound", (("sound", 15), ("light", 80), ("full", 210)), {2: 250.0}, 250.0),
            ),
        ),
        "replay-search": ("replay.html", replace(whole, chapters=(hit,), query=query.text)),
        "replay-search-none": ("replay.html", replace(whole, chapters=(), query="بجلی")),
        "replay-reported": ("replay.html", replace(whole, said=words.plain("replay.reported"))),
        "replay-report-wrong": (
            "replay.html",
            replace(whole, errors={"text": words.plain("refused.text_empty")}),
        ),
        "replay-empty": ("replay.html", replace(whole, stands="empty", chapters=(), total=0, length="")),
        "replay-not-yet": ("replay.html", ReplayPage(replace(session, phase="live"), "not_yet")),
        "replay-closing": ("replay.html", ReplayPage(replace(session, phase="closing"), "closing")),
        "replay-cancelled": (
            "replay.html",
            ReplayPage(replace(session, phase="cancelled", reason="official_away"), "cancelled"),
        ),
        "replays": ("replays.html", ReplaysPage((plain, replace(plain, session=session)), "", "1.x")),
        "replays-found": ("replays.html", ReplaysPage((row,), query.text, "1.x", began=True)),
        "replays-none": ("replays.html", ReplaysPage((), "بجلی")),
        "replays-empty": ("replays.html", ReplaysPage()),
        **staff(words, session, found),
        **hers(session, found),
    }


def staff(words: Words, session: SessionCard, found: tuple[ReplayChapter, ...]) -> dict[str, tuple[str, object]]:
    """For those who decide, and for the captioner."""
    code = words.language.code
    held = tuple(replace(line, held=True) for line in lines(words, ANSWER[code], 575_000))
    asked = replace(found[2], words=pieces(ASKED[code]), lines=held, asked=(("report", ORDER[code]), ("removal", "")))
    chapters = (found[1], asked, replace(found[3], reason=ORDER[code]), found[4])
    whole = ReleasesPage(session, chapters)
    row = WaitingRow("abcd2345", TITLE[code], HOUSE[code], NOW, 6, 0, 1, False, "")
    post = "اے ڈی سی جی" if code == "ur" else "Additional Deputy Commissioner"
    rows = tuple(
        CaptionRow(f"{n:016x}", code, text, NOW + n * 6_000, n == 0)
        for n, text in enumerate((*ANSWER[code], *OPENING[code]))
    )
    typing = CaptionPage(replace(session, phase="live"), code, rows, "k" * 22)
    return {
        "chapters": ("staff/chapters.html", whole),
        "chapters-wrong": (
            "staff/chapters.html",
            replace(whole, wrong=asked.key, error=words.plain("releases.need_reason")),
        ),
        "chapters-not-yet": ("staff/chapters.html", ReleasesPage(replace(session, phase="live"), ready=False)),
        "releases": (
            "staff/releases.html",
            WaitingPage((replace(row, late=True, days=5, requests=2, post=post), replace(row, late=True, days=4), row)),
        ),
        "releases-none": ("staff/releases.html", WaitingPage()),
        "captions": ("staff/captions.html", typing),
        "captions-held": ("staff/captions.html", replace(typing, delay_s=5)),
        "captions-wrong": (
            "staff/captions.html",
            replace(typing, typed="", error=words.plain("refused.text_empty")),
        ),
        "captions-shut": (
            "staff/captions.html",
            replace(typing, open=False, rows=(), session=replace(session, phase="cancelled")),
        ),
    }


def hers(session: SessionCard, found: tuple[ReplayChapter, ...]) -> dict[str, tuple[str, object]]:
    """Her own part of it, by the receipt's link."""
    whole = RemovalPage("t" * 22, session, "2640718822", found[1:3])
    return {
        "removal": ("removal.html", whole),
        "removal-asked": ("removal.html", replace(whole, asked=True, asked_at=NOW, by=NOW + 3 * 86_400_000)),
        "removal-answered": (
            "removal.html",
            replace(
                whole,
                asked_at=NOW,
                answered_at=NOW + 86_400_000,
                chapters=(replace(found[1], cuts=2, taken=1), replace(found[3], reason="—")),
            ),
        ),
        "removal-none": ("removal.html", replace(whole, chapters=())),
        "removal-not-yet": ("removal.html", replace(whole, chapters=(), over=False)),
    }
