"""What may be the same trouble: beside a ticket, and in groups over weeks; with believable contents."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from kachehri.i18n import Words
from tests.web import samples_routing as routing
from tests.web import samples_ticket as ticket_samples
from tests.web.samples import HOUR, NOW, OFFICE
from tests.web.samples_office import PLACE, TOPIC, ticket
from web.hint_shapes import AgainPage, AgainRow, HintRow, JudgedRow
from web.own_shapes import OwnTicketPage
from web.post_shapes import PostsPage

DAY = 24 * HOUR
TEXTS = (
    "pani nahi aa raha das din se, tanker bhi nahi aata",
    "No water in our street for ten days",
    "दस दिन से पानी नहीं आ रहा है",
)
PLACES = {"ur": ("چک 57 نہر والا", "بستی لال شاہ"), "en": ("Chak 57 Nehr Wala", "Basti Lal Shah")}


def pages(words: Words) -> dict[str, tuple[str, object]]:
    """Name → (template, page)."""
    code = words.language.code
    page = ticket(words)
    rows = (
        hint(words, 0, "assigned", ("pani", "das", "din"), joins=True),
        hint(words, 1, "closed", ("water", "ten", "days"), over=True),
        hint(words, 2, "routed", ("पानी", "दिन"), apart=True),
    )
    weeks = AgainRow(
        topic=TOPIC[code],
        words=("pani", "das", "din", "tanker"),
        tickets=17,
        people=14,
        weeks=(9, 4, 2, 1, 0, 0, 1, 0),
        places=((PLACES[code][0], 12), (PLACES[code][1], 4), (words.plain("again.elsewhere"), 1)),
        samples=tuple((f"264071882{n}", text) for n, text in enumerate(TEXTS)),
    )
    few = replace(weeks, tickets=3, people=2, weeks=(1, 1, 1, 0, 0, 0, 0, 0), places=((PLACES[code][0], 3),), words=())
    judged = (
        JudgedRow("question", 80, 31, 2, 4),
        JudgedRow("question", 35, 12, 19, 8),
        JudgedRow("ticket", 65, 5, 1, 0),
    )
    again = AgainPage((weeks, few), judged, 8, 1_240, NOW, OFFICE[code])
    return {
        "ticket-alike": ("staff/ticket.html", replace(page, hints=rows, flagged=True)),
        "again": ("staff/again.html", again),
        "posts-retired": ("staff/posts.html", retired(words)),
        "own-promise-judged": own(words, stands="said", judges=True),
        "own-promise-kept": own(words, stands="kept", takes_back=True),
        "again-none": ("staff/again.html", replace(again, groups=(), judged=(), looked=1)),
    }


def retired(words: Words) -> PostsPage:
    """The posts right after one was taken out of use."""
    page = routing.pages(words)["posts"][1]
    assert isinstance(page, PostsPage)
    return replace(page, saved="retired", undo="xen.17")


def own(words: Words, **more: Any) -> tuple[str, object]:
    """Her own page with a promise, as it stands."""
    template, page = ticket_samples.pages(words)["own-promised"]
    assert isinstance(page, OwnTicketPage) and page.promise is not None
    return template, replace(page, promise=replace(page.promise, **more))


def hint(words: Words, number: int, state: str, shared: tuple[str, ...], **more: bool) -> HintRow:
    code = words.language.code
    return HintRow(
        id=f"t{number}",
        reference=f"264071883{number}",
        state=state,
        topic=TOPIC[code],
        place=PLACE[code],
        text=TEXTS[number],
        opened_at=NOW - number * 5 * DAY,
        words=shared,
        **more,
    )
