"""Ready answers of an office: what may stand in them, and how they come into a form."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

from starlette.requests import Request

from kachehri.i18n import Words
from kachehri.i18n.digits import only_digits
from kachehri.store import Connection, replies
from kachehri.store.tables import Account, Reply, Ticket
from web.house import House
from web.ticket_reading import found_in
from web.topics import District

#: What a page fills in, each in braces.
PLACES: Final = ("number", "topic", "place", "office", "day", "today")
_PLACE: Final = re.compile(r"\{([^{}]*)\}")


def unknown(text: str) -> str:
    """The first place that nothing can be filled into, as it was written; empty where all are known."""
    return next((each for each in _PLACE.findall(text) if each.strip() not in PLACES), "")


def filled(text: str, ticket: Ticket, district: District, words: Words, now: int) -> str:
    """A ready answer with what belongs to this ticket. What is not known of it stays a gap to be written into."""
    values = {
        "number": words.grouped(ticket.reference),
        "topic": district.topic(ticket.category, words),
        "place": district.area(ticket.area, words),
        "office": district.host(ticket.office_id, words),
        "day": words.dates.day(ticket.due_at) if ticket.due_at else "",
        "today": words.dates.day(now),
    }
    return _PLACE.sub(lambda found: values.get(found[1].strip(), "") or "…", text)


async def inserted(
    house: House, request: Request, account: Account, values: Mapping[str, str], fields: Sequence[str]
) -> dict[str, str]:
    """What was typed, with the chosen answer behind it in the first field of words; nothing is done yet."""
    words, now = house.words(request), house.now()
    reference = only_digits(request.path_params["reference"][:32])

    def read(conn: Connection) -> tuple[Ticket, Reply | None]:
        ticket = found_in(conn, account, reference, now)
        found = replies.get(conn, values.get("reply", "")[:64])
        mine = found is not None and found.office_id in (account.office_id, ticket.office_id)
        return ticket, found if mine else None

    ticket, reply = await house.service.read(read)
    if reply is None or not fields:
        return dict(values)
    text = filled(reply.text, ticket, await house.districts.get(), words, now)
    before = values.get(fields[0], "").rstrip()
    return {**values, fields[0]: f"{before}\n{text}" if before else text}
