"""What is looked through after a hearing, and what is made of it for the one who asked."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

from kachehri.i18n import Words
from tests.web import samples_ticket
from tests.web.samples_replay import ORDER
from web.own_shapes import OwnTicketPage, PublicTicketPage
from web.replay_shapes import ClipCard


def pages(words: Words) -> dict[str, tuple[str, object]]:
    """Name → (template, page)."""
    return {**clips(words)}


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
