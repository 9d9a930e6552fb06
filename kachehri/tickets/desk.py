"""What an office writes on its tickets: status lines, and the undoing of a slip. Takes a connection.

The words are cleaned and masked like everybody's and kept beside the ticket's log, which holds a salted digest of them.
Each step is written only onto the end that was read: of two officers at once, one is told to look again.
"""

from __future__ import annotations

import hashlib
from typing import cast

import msgspec

from kachehri import ticketing
from kachehri.draws import random_bytes
from kachehri.store import Connection, content
from kachehri.store import tickets as rows
from kachehri.store.tables import Ticket
from moderation.masking import mask
from rooms.base import ContentRef, Refused
from rooms.text import clean

from . import status
from .events import Opened
from .lifecycle import State
from .status import Entry, Posted, StatusLine, TicketRefused, Undone


def status_lines(conn: Connection, ticket_id: str) -> list[StatusLine]:
    """What the office has told the citizen so far, oldest first; lines that were undone are left out."""
    return status.shown(_entries(conn, ticket_id), lambda ids: content.texts_of(conn, ids))


def first_words(body: bytes) -> dict[str, str]:
    """What a ticket's first step says: why this office, and what was decided with its words as content ids."""
    try:
        opened = msgspec.json.decode(body, type=Opened)
    except msgspec.ValidationError:
        return {}
    said = {"why": opened.why, "outcome": opened.outcome, "rule": opened.rule, "note": opened.note}
    return {name: value for name, value in said.items() if value}


def post_status(
    conn: Connection,
    now: int,
    ticket: Ticket,
    *,
    actor: str,
    office: str,
    kind: str,
    text: str,
    day: str,
    today: str,
    key: str,
) -> int:
    """Write a status line; returns the number of its step.

    Arguments:
        actor: the account that writes.
        office: the office that speaks, by id.
        day: of a planned visit, ISO 8601.
        today: the day at the district, ISO 8601.
        key: the form's own key: the same form sent twice writes one line.

    Errors: `TicketRefused`; `Refused` with `text_too_long` or `text_unreadable` for the words.
    """
    words = _words(text)
    content_id = hashlib.sha256(f"status/{ticket.id}/{actor}/{key}".encode()).hexdigest()[:16]
    entries = _entries(conn, ticket.id)
    for entry in entries:
        if entry.type == status.POSTED and content_id.encode() in entry.body:
            return entry.seq
    found = status.check(
        kind, words, day, state=cast(State, ticket.state), today=today, lines=len(status.standing(entries))
    )
    salt = random_bytes(16)
    ref = ContentRef(content_id, hashlib.sha256(salt + words.encode()).hexdigest())
    said = Posted(kind=found, office=office, content=ref, day=status.calendar_day(day) if found == "visit" else "")
    seq = ticketing.append(conn, now, ticket, [said], actor).seq
    content.add(conn, [content.Kept(content_id, None, None, "status", None, mask(words).text, salt, now)])
    return seq


def undo_status(conn: Connection, now: int, ticket: Ticket, *, actor: str, seq: int) -> None:
    """Take a slip back: a further step says that the line is void, and its words are destroyed.

    Errors: `TicketRefused` with `status_gone` (no such line, or undone already) or `undo_late`.
    """
    for entry, posted in status.standing(_entries(conn, ticket.id)):
        if entry.seq == seq:
            if not status.may_undo(entry, actor, now):
                raise TicketRefused("undo_late")
            ticketing.append(conn, now, ticket, [Undone(of=seq)], actor)
            if posted.content:
                content.erase(conn, [posted.content.id], now)
            return
    raise TicketRefused("status_gone")


def _words(text: str) -> str:
    try:
        return clean(text, status.TEXT_MOST)
    except Refused as refused:
        if refused.code == "text_empty":
            return ""
        raise


def _entries(conn: Connection, ticket_id: str) -> list[Entry]:
    return [Entry(row.seq, row.at, row.type, row.actor, row.body) for row in rows.steps(conn, ticket_id)]
