"""Every page with believable contents, in every state that a citizen can meet, for looking at and for measuring."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from markupsafe import Markup

from kachehri.i18n import Words
from web.cards import (
    AreaGroup,
    Balance,
    Choice,
    LineRow,
    MyQuestion,
    OutcomeCard,
    SeatCard,
    SessionCard,
    TopicGroup,
    way,
)
from web.live_shapes import LivePage, TurnPage
from web.shapes import (
    AskCheckPage,
    AskClosedPage,
    AskPage,
    AskValues,
    EmptyPage,
    HomePage,
    Link,
    MessagePage,
    ReceiptPage,
    SessionPage,
    SlipPage,
    TrackPage,
)

NOW = 1_767_589_200_000
HOUR = 3_600_000
TITLE = {
    "ur": "ڈپٹی کمشنر بہاولنگر کی کھلی کچہری: پینے کا پانی اور سڑکیں",
    "en": "Deputy Commissioner Bahawalnagar: drinking water and roads",
}
OFFICE = {"ur": "دفتر ڈپٹی کمشنر", "en": "Office of the Deputy Commissioner"}
WATER = {"ur": "پینے کا پانی", "en": "Drinking water"}
TEXT = (
    "چک 112 میں دو مہینے سے پینے کا پانی نہیں آ رہا۔ "
    "ٹیوب ویل کا ٹرانسفارمر جل گیا ہے، واپڈا والے کہتے ہیں پرزہ نہیں ہے۔"
)
TOPICS = (
    ("water", "پانی", "Water"),
    ("road", "سڑک", "Roads"),
    ("health", "صحت", "Health"),
    ("school", "سکول", "Schools"),
    ("power", "بجلی", "Power"),
    ("land", "زمین", "Land"),
    ("police", "پولیس", "Police"),
    ("other", "کچھ اور", "Other"),
)


def pages(words: Words) -> dict[str, tuple[str, object]]:
    """Name → (template, page)."""
    code = words.language.code

    def session(phase: str, reason: str = "", at: int = NOW) -> SessionCard:
        return SessionCard("ab2cd3ef", TITLE[code], phase, at, OFFICE[code], reason=reason)

    def mine(state: str, place: int = 0, reason: str = "", wait: int = 0) -> MyQuestion:
        steps = way(state)
        return MyQuestion(
            "00000000000000a1",
            "2640718822",
            TEXT,
            state,
            steps,
            "/q/example",
            WATER[code],
            place,
            wait,
            reason,
            state in ("new", "admitted"),
            "ab2cd3ef",
        )

    topics = tuple(Choice(k, ur if code == "ur" else en, k) for k, ur, en in TOPICS)
    names = {c.id: c.name for c in topics}
    line = tuple(
        LineRow(n, f"{n:016x}", topic, name, "", support, n == 4, text, reason)
        for n, topic, name, support, text, reason in (
            (1, WATER[code], "نسرین بی بی", 12, "پانی کی پائپ لائن ٹوٹی ہوئی ہے", ""),
            (
                2,
                names["road"],
                "",
                0,
                "سڑک پر گڑھے ہیں",
                words.plain("q.moved_row", reason=words.plain("moved.health")),
            ),
            (3, names["school"], "Bashir Ahmad", 3, "School roof leaks since August", ""),
            (4, WATER[code], "", 0, TEXT[:60], ""),
        )
    )
    seats = (
        SeatCard("chair", "official", "ڈپٹی کمشنر" if code == "ur" else "Deputy Commissioner", True),
        SeatCard("citizen", "citizen", "نسرین بی بی", True, topic=WATER[code]),
    )
    values = AskValues("water", "water_none", TEXT, "chishtian", "نسرین", True, "0301 2345678", False)
    kinds = (
        Choice("water_none", "پانی نہیں آ رہا"),
        Choice("water_dirty", "گندا یا کھارا پانی"),
        Choice("other", words.plain("ask.unsure")),
    )
    groups = tuple(TopicGroup(c.id, c.name, c.icon, kinds) for c in topics)
    areas = (AreaGroup("تحصیل چشتیاں", (Choice("chishtian", "چشتیاں شہر"),)),)
    keys = ("a" * 22, "b" * 22, "c" * 22, "d" * 22)
    balance = Balance(52, 41, 6, 3, 2)
    arrival, moved = words.plain("q.by_arrival"), words.plain("q.moved_ahead", 1)
    posts = (
        SeatCard("chair", "official", "ڈپٹی کمشنر بہاولنگر"),
        SeatCard("water", "official", "XEN Public Health Engineering"),
        SeatCard("skr", "interpreter", "سرائیکی"),
    )
    lobby: dict[str, Any] = {"key": "k" * 22, "link": "https://hearing.example.pk/s/ab2cd3ef", "made_at": NOW}
    own: dict[str, Any] = {
        "token": "t" * 22,
        "key": "k" * 22,
        "code": "402817",
        "next": words.plain("next_is.admitted"),
        "share_text": words.plain("receipt.share_text", reference="26-4071-8822"),
        "share_link": "https://hearing.example.pk/track",
        "made_at": NOW,
    }
    slip = SlipPage(
        session("live"),
        "t" * 22,
        "2640718822",
        WATER[code],
        NOW,
        Markup('<svg class="qr" viewBox="0 0 9 9"><path d="M0 0h3v3h-3zM6 0h3v3h-3zM0 6h3v3h-3z"/></svg>'),
        "بہاولنگر",
        "402817",
    )
    receipt = mine("admitted", 4, moved, 720_000)
    return {
        "home": (
            "home.html",
            HomePage(
                "بہاولنگر" if code == "ur" else "Bahawalnagar",
                (session("live"),),
                (mine("admitted"), mine("answered")),
                (session("scheduled", at=NOW + 48 * HOUR), session("postponed", "official_away")),
                (session("closed", at=NOW - 200 * HOUR),),
            ),
        ),
        "home-empty": ("home.html", HomePage("بہاولنگر" if code == "ur" else "Bahawalnagar")),
        "session": (
            "session.html",
            SessionPage(session("scheduled"), 7, 12, posts, (WATER[code], names["road"]), **lobby),
        ),
        "session-live": ("session.html", SessionPage(session("live"), 7, 0, posts, mine=(mine("admitted"),), **lobby)),
        "session-full": ("session.html", SessionPage(session("live"), 7, 0, posts, full=True, **lobby)),
        "session-blocked": (
            "session.html",
            SessionPage(session("live"), 7, barred="blocked", barred_reason="abuse", barred_note=TEXT[:40], **lobby),
        ),
        "session-removed": (
            "session.html",
            SessionPage(session("live"), 7, barred="removed", barred_reason="abuse", objected=True, **lobby),
        ),
        "session-adjourned": ("session.html", SessionPage(session("adjourned", "prayer"), 7, **lobby)),
        "session-postponed": ("session.html", SessionPage(session("postponed", "official_away"), 7, **lobby)),
        "session-cancelled": ("session.html", SessionPage(session("cancelled", "emergency"), balance=balance, **lobby)),
        "session-closed": (
            "session.html",
            SessionPage(session("closed"), balance=balance, mine=(mine("answered"),), **lobby),
        ),
        "ask": ("ask.html", AskPage(session("live"), "k" * 22, groups, areas)),
        "ask-errors": (
            "ask.html",
            AskPage(
                session("live"),
                "k" * 22,
                groups,
                areas,
                values,
                {"text": words.plain("field.text_empty"), "phone": words.plain("field.phone")},
            ),
        ),
        "ask-check": (
            "ask_check.html",
            AskCheckPage(session("live"), "k" * 22, values, WATER[code], areas[0].choices[0].name, masked=True),
        ),
        "ask-spoken": (
            "ask_check.html",
            AskCheckPage(
                session("live"),
                "k" * 22,
                replace(values, text="", spoken=True, village="گلی نمبر 4"),
                WATER[code],
                areas[0].choices[0].name,
            ),
        ),
        "ask-closed": (
            "ask_closed.html",
            AskClosedPage(session("closed"), "k" * 22, values, session("scheduled", at=NOW + 48 * HOUR)),
        ),
        "receipt": ("receipt.html", ReceiptPage(receipt, session=session("live"), fresh=True, **own)),
        "receipt-spoken": (
            "receipt.html",
            ReceiptPage(
                replace(receipt, text="", spoken=True, village="گلی نمبر 4"), session=session("scheduled"), **own
            ),
        ),
        "receipt-called": ("receipt.html", ReceiptPage(mine("called"), session=session("live"), **own)),
        "receipt-refused": (
            "receipt.html",
            ReceiptPage(
                replace(mine("heard"), outcome=OutcomeCard("refused", rule="Land Revenue Act 1967, section 42")),
                session=session("live"),
                **own,
            ),
        ),
        "receipt-erased": (
            "receipt.html",
            ReceiptPage(replace(mine("withdrawn"), text=""), session=session("closed"), erased=True, **own),
        ),
        "slip": ("slip.html", slip),
        "slip-sheet": ("slip.html", replace(slip, paper="sheet")),
        "track": ("track.html", TrackPage(mine=(mine("answered"),))),
        "track-wrong": ("track.html", TrackPage(message=words.plain("track.wrong"))),
        "live": (
            "live.html",
            LivePage(
                session("live"),
                "00000000000000aa",
                names,
                (mine("admitted", 4, arrival, 720_000),),
                line,
                3,
                seats,
                7,
                12,
            ),
        ),
        "live-called": (
            "live.html",
            LivePage(session("live"), "00000000000000aa", names, (mine("called"),), line, 0, seats, 7, 12),
        ),
        "live-empty": ("live.html", LivePage(session("scheduled"), "00000000000000aa", names)),
        "live-removed": (
            "live.html",
            LivePage(session("live"), "00000000000000aa", names, barred="removed", barred_reason="abuse"),
        ),
        "live-ended": (
            "live.html",
            LivePage(session("closed"), "00000000000000aa", names, (mine("deferred"),), balance=balance),
        ),
        "next": (
            "turn.html",
            TurnPage(
                session("live"),
                "00000000000000aa",
                "00000000000000b1",
                "called",
                "",
                NOW + 40_000,
                0,
                180_000,
                NOW,
                TEXT,
                keys,
            ),
        ),
        "next-not": ("turn.html", TurnPage(session("live"), "00000000000000aa")),
        "stage": (
            "turn.html",
            TurnPage(
                session("live"),
                "00000000000000aa",
                "00000000000000b1",
                "on_stage",
                "citizen",
                0,
                NOW + 130_000,
                180_000,
                NOW,
                TEXT,
                keys,
            ),
        ),
        "stage-not": ("turn.html", TurnPage(session("live"), "00000000000000aa", asked_stage=True)),
        "error-404": (
            "message.html",
            MessagePage(
                words.plain("error.404"),
                (words.plain("error.404_more"),),
                (Link(words.plain("error.home"), "/"),),
                "find",
            ),
        ),
        "error-500": (
            "message.html",
            MessagePage(
                words.plain("error.500"),
                (words.plain("error.500_more"),),
                (Link(words.plain("error.try"), "/"), Link(words.plain("error.home"), "/")),
                "alert",
                "7f3a91c2",
            ),
        ),
        "how": ("how.html", EmptyPage()),
        "privacy": ("privacy.html", EmptyPage()),
    }
