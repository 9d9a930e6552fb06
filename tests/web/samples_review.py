"""What is looked through after a hearing, and what is made of it for the one who asked."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

from kachehri.i18n import Words
from tests.web import samples_ticket
from tests.web.samples_replay import ASKED, HOUSE, NOW, ORDER, TITLE, chapters
from web import review_reading
from web.cards import SessionCard
from web.own_shapes import OwnTicketPage, PublicTicketPage
from web.replay_shapes import ClipCard
from web.review_shapes import MarkRow, ReviewPage, ReviewText, Sound, TakenRow


def pages(words: Words) -> dict[str, tuple[str, object]]:
    """Name → (template, page)."""
    return {**clips(words), **review(words)}


def clips(words: Words) -> dict[str, tuple[str, object]]:
    """The answer to listen to, on the page of a complaint and on its asker's own."""
    code = words.language.code
    ready = ClipCard("ready", "/s/abcd2345/clip/2", ORDER[code], "00:48", 146, 812)
    others = samples_ticket.pages(words)
    ticket = cast(PublicTicketPage, others["ticket"][1])
    own = next(page for _, page in others.values() if isinstance(page, OwnTicketPage) and page.promise)
    return {
        "ticket-clip": ("ticket.html", replace(ticket, clip=ready)),
        "ticket-clip-waiting": ("ticket.html", replace(ticket, clip=ClipCard("waiting"))),
        "own-clip": ("own_ticket.html", replace(own, clip=replace(ready, sound=1_240))),
        "own-clip-kept": ("own_ticket.html", replace(own, clip=ClipCard("kept", reason=ORDER[code]))),
        "own-clip-none": ("own_ticket.html", replace(own, clip=ClipCard("none"))),
    }


def review(words: Words) -> dict[str, tuple[str, object]]:
    """One chapter on its way to everybody."""
    code, say = words.language.code, words.plain
    session = SessionCard("abcd2345", TITLE[code], "closed", NOW - 7_200_000, HOUSE[code])
    water = replace(chapters(words)[2], length="03:05")
    said = {
        "ur": ("میرا نمبر تین چار دو صفر ایک ہے، لکھ لیں۔", "موٹر جل گئی ہے، نئی موٹر لاہور سے آ رہی ہے۔"),
        "en": ("My number is three four two zero one, write it down.", "The motor burnt out; a new one is coming."),
    }[code]
    texts = (
        ReviewText("a1", "asked", review_reading.parts_of(f"{ASKED[code]} ▒▒▒")),
        ReviewText("a2", "decided", review_reading.parts_of(ORDER[code])),
        *(
            ReviewText(
                f"b{n}", "line", review_reading.parts_of(text), code, f"00:{12 + n * 6}", f"00:{18 + n * 6}", 12_000
            )
            for n, text in enumerate(said)
        ),
    )
    why = {"ur": "شناختی نمبر بولا گیا", "en": "An ID number was said"}[code]
    mark = MarkRow("m1", "00:12", "00:18", "both", "waiting", why, NOW)
    until = NOW + 90 * 86_400_000
    states = ("waiting", "failed", "lost", "sealed", "kept", "gone", "returning", "undone", "stuck")
    marks = tuple(
        replace(mark, id=f"m{n}", state=state, until=until)  # type: ignore[arg-type]
        for n, state in enumerate(states)
    )
    marks += (replace(mark, id="m9", state="sealed", until=until, held=True),)
    page = ReviewPage(
        session=session,
        chapter=water,
        link="/sessions/abcd2345/chapters/3",
        key="k" * 22,
        texts=texts,
        sounds=(Sound("/sessions/abcd2345/chapters/3/raw/1", -1_200, "03:08", 560, 3_040),),
        before=2,
        after=4,
    )
    asked = replace(water, asked=(("report", why), ("removal", "")))
    taken = (TakenRow("a1.40", ASKED[code].split()[0], why),)
    full = replace(page, chapter=asked, marks=marks, taken=taken, said=say("review.marked"))
    tried = {"do": "mark", "from": "01:99", "to": "00:10", "picture": "1", "reason": ""}
    wrong = {"from": say("review.bad_time"), "reason-mark": say("review.need_reason")}
    template = "staff/review.html"
    return {
        "review": (template, page),
        "review-full": (template, full),
        "review-wrong": (template, replace(page, values=tried, errors=wrong)),
        "review-words": (
            template,
            replace(page, picking=review_reading.picking("a2", f"{ORDER[code]} ▒▒▒"), taken=taken),
        ),
        "review-silent": (template, replace(page, sounds=(), texts=texts[:1], chapter=replace(water, length=""))),
    }
