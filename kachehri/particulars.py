"""How somebody behind a ticket can be reached, and what came along with it: sealed under a key of her own.

Her phone number and her e-mail are opened together with the record of who looked and why (kachehri/audit.py); whoever
did so may take them along on paper for half an hour. What a program sent for the office (a link to a picture, answers
to the topic's own questions) is the office's to read and nobody's to publish; nothing behind a link is ever fetched.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import msgspec

from moderation.masking import mask

from .filing import ORIGIN
from .people import People
from .store import Connection, audit, content, doors
from .store.tables import Ticket

#: How long after a look the same person takes it along.
REVEALED_MS: Final = 30 * 60_000
_ANSWER: Final = "attribute/"


class Reached(NamedTuple):
    """A phone number in the form E.164 and an e-mail address; empty where there is none, or it was erased."""

    phone: str = ""
    email: str = ""


class Sent(NamedTuple):
    """What a program sent along.

    Arguments:
        link: to a picture, as it was sent.
        answers: to the topic's own questions, by their codes; masked.
        mail: whether there is an e-mail address to look at.
    """

    link: str = ""
    answers: tuple[tuple[str, str], ...] = ()
    mail: bool = False


def reached(conn: Connection, people: People, ticket: Ticket) -> Reached:
    """Where she can be reached. Whoever asks has written down why."""
    phone = people.phone(conn, ticket.person_id) if ticket.person_id else None
    return Reached(phone or "", _opened(conn, people, ticket).get("email", ""))


def sent(conn: Connection, people: People, ticket: Ticket) -> Sent:
    """What came along with a filing; nothing for a ticket of a hearing."""
    found = _opened(conn, people, ticket)
    answers = tuple(
        (name.removeprefix(_ANSWER), mask(value).text)
        for name, value in sorted(found.items())
        if name.startswith(_ANSWER)
    )
    return Sent(found.get("media_url", ""), answers, bool(found.get("email")))


def looked(conn: Connection, account: str, ticket: Ticket, now: int) -> bool:
    """Whether this account has just looked at where she can be reached, and said why."""
    acts = audit.of_subject(conn, ticket.reference)
    return any(
        each.action == "phone.reveal" and each.account_id == account and now - REVEALED_MS <= each.at <= now
        for each in acts
    )


def _opened(conn: Connection, people: People, ticket: Ticket) -> dict[str, str]:
    note = doors.filing(conn, ticket.id) if ticket.origin == ORIGIN else None
    kept = content.original(conn, note.content_id) if note and note.content_id else None
    key = people.opened(conn, ticket.person_id) if ticket.person_id else None
    if kept is None or kept.sealed is None or key is None:
        return {}
    return msgspec.json.decode(key.open(f"content/sealed/{kept.id}", kept.sealed), type=dict[str, str])
