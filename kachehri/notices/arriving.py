"""What it means for a ticket that a message arrived. Takes a connection.

A citizen has fifteen days from the notice of a proposal that reached her, and three working days from a warning. That
it reached her is a step of the ticket, written in the transaction of the receipt.
"""

from __future__ import annotations

from typing import Final

from kachehri import ticketing
from kachehri.store import Connection
from kachehri.tickets.acts import NoteArrival
from kachehri.tickets.status import TicketRefused

from .fanning import Telling
from .recipients import OWNER
from .table import telling as telling_of

#: Somebody else may move the ticket at the same time.
TRIES: Final = 5


def arrived(conn: Connection, now: int, ticket_id: str | None, told: Telling, channel: str) -> None:
    """Write the step, where the message is one that starts a time and its ticket still waits for it."""
    tell = telling_of(told.notice, told.text)
    if tell is None or not tell.arrival or told.to != OWNER or ticket_id is None:
        return
    for _ in range(TRIES):
        try:
            ticketing.act(conn, now, ticket_id, NoteArrival(channel=channel, of=tell.arrival), ticketing.CLOCK)
        except TicketRefused as refused:
            if refused.code == "ticket_busy":
                continue
        return
