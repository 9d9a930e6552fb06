"""What the page of a complaint says of alerts on this phone: whether a browser is told, and what a locked phone shows.

A phone may be borrowed, so whoever taps sees first, word for word, what others will read on it.
"""

from __future__ import annotations

import hashlib
import json

from kachehri.i18n import Words
from kachehri.notices import wording
from kachehri.notices.recipients import OWNER, addressee
from kachehri.notices.table import PLAIN
from kachehri.own_ticket import Holder
from kachehri.store import Connection
from web.house import House
from web.own_shapes import AlertBox

#: What stands for all that can come: the longest sentence that asks for something.
SHOWN = "ticket.proposed"


def box(conn: Connection, house: House, held: Holder, words: Words) -> AlertBox | None:
    """None where the house sends no such alerts, or she has no place where they could be kept for her."""
    if "push" not in house.notices.ways or held.ticket is None:
        return None
    target = OWNER if held.follower is None else f"follower:{held.follower.id}"
    who = addressee(conn, house.notices.contacts, held.ticket, target)
    if who is None:
        return None
    place = house.notices.office.place()
    shown = wording.write(
        PLAIN if who.plain else SHOWN,
        "push",
        who.language,
        {"ref": held.reference},
        address=place.address,
        house=place.name(who.language),
        zone=place.timezone,
    )
    return AlertBox(known(who.addresses.get("push", "")), shown.subject, shown.text, who.language)


def known(push: str) -> str:
    """By which a browser finds out that it is the one: its address is nobody else's to read on a page."""
    return hashlib.sha256(str(json.loads(push)[0]).encode()).hexdigest()[:16] if push else ""
