"""Following somebody else's complaint after the close: a number of one's own, counted beside the balance. Takes a
connection.

The balance of a hearing was made at its close and stays as it is: whoever comes later is a follower without a
question and without a session. One browser follows a complaint once, so that nobody makes a crowd by pressing often;
what slows a flood down is the same allowance as for asking (kachehri/allowance.py).
"""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from typing import Final, cast
from zoneinfo import ZoneInfo

from .consents import FOLLOWING, Given, give
from .people import People
from .store import Connection, district, followers
from .store import people as person_rows
from .store import questions as question_rows
from .store.tables import Follower, Ticket
from .tickets.lifecycle import State, is_open
from .tickets.reference import References

#: What can be had by others too; a request for papers, or praise, is one person's own.
SHARED_KINDS: Final = frozenset({"grievance", "question", "suggestion"})


class FollowRefused(Exception):
    """A lawful no. `code` is follow_closed (at its end, private, or nobody else's) or follow_own."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def follower_id(ticket_id: str, participant: str) -> str:
    """Eight bytes like the id of a question, so that the same receipts and codes go with it."""
    return hashlib.sha256(f"follow/{ticket_id}/{participant}".encode()).hexdigest()[:16]


def may_follow(ticket: Ticket) -> bool:
    """Whether it is one that others can have too: public, of a hearing, and not at its end."""
    shared = ticket.privacy == "public" and ticket.session_id is not None and ticket.kind in SHARED_KINDS
    return shared and is_open(cast(State, ticket.state))


def standing(conn: Connection, ticket: Ticket, participant: str) -> Follower | None:
    """As what this participant follows it now; None where she does not."""
    found = followers.get(conn, follower_id(ticket.id, participant))
    return found if found is not None and found.left_at is None else None


def is_own(conn: Connection, ticket: Ticket, participant: str) -> bool:
    """Whether she asked it herself, or had her question joined with it in the hearing."""
    asked = question_rows.by_id(conn, ticket.question_id) if ticket.question_id else None
    if asked is not None and asked.asker == participant:
        return True
    mine = question_rows.of_asker(conn, ticket.session_id, participant) if ticket.session_id else []
    return any(row is not None and row.ticket_id == ticket.id for row in (followers.get(conn, q.id) for q in mine))


def follow(
    conn: Connection,
    now: int,
    ticket: Ticket,
    participant: str,
    *,
    people: People,
    references: References,
    zone: ZoneInfo,
    phone: str | None,
    language: str,
) -> Follower:
    """Count somebody who has this too, and give her a number; the same one however often she asks for it.

    Arguments:
        participant: hers in the ticket's hearing; her row stands already.
        phone: in the form E.164, where she wants to be told.
        language: of the page on which she agreed.

    Errors: `FollowRefused`.
    """
    if not may_follow(ticket) or ticket.session_id is None:
        raise FollowRefused("follow_closed")
    if is_own(conn, ticket, participant):
        raise FollowRefused("follow_own")
    id = follower_id(ticket.id, participant)
    person = people.person_behind(conn, participant, now)
    if phone:
        people.keep_phone(conn, person, phone)
    give(conn, now, [Given(participant, ticket.session_id, language)], FOLLOWING)
    before = followers.get(conn, id)
    if before is None:
        year = datetime.fromtimestamp(now / 1000, UTC).astimezone(zone).year % 100
        (number,) = district.take_numbers(conn, year)
        before = Follower(
            id=id,
            ticket_id=ticket.id,
            reference=references.draw(year, number),
            person_id=person,
            joined_at=now,
        )
        followers.add(conn, before)
    elif before.left_at is not None:
        followers.come_back(conn, id, person, now)
    return before


def leave(conn: Connection, now: int, follower: Follower, people: People) -> None:
    """Follow no more. The number stays hers, and shows that she left; the count of the close is never touched.

    Her phone number was given for this alone: where nothing else of hers needs it, her key is destroyed with it.
    """
    followers.leave(conn, follower.id, now)
    person = follower.person_id
    if person is None or follower.question_id is not None or followers.needed(conn, person):
        return
    person_rows.destroy_key(conn, person, now)
    for _, participant in followers.participants_of_persons(conn, [person]):
        people.drop(participant)
