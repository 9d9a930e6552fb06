"""All numbers of one person, across hearings, for her alone. Takes a connection.

A browser lists what was asked and followed from it. Another phone's are listed for whoever proves that they are hers:
one number with its code, and the phone number that was left with it. A phone may serve a household, so what was asked
privately is in nobody's list but its own browser's.
"""

from __future__ import annotations

from typing import NamedTuple

from .notices.code_sending import reachable
from .notices.contacts import Contacts
from .people import People
from .store import Connection, followers
from .store import people as person_rows
from .store import questions as question_rows
from .store.tables import Follower, Ticket

#: Numbers of one list; whoever has more has the older ones on paper.
LISTED_MOST = 60


class Number(NamedTuple):
    """One number. `id` is what its link is made of; `ticket`, the state of the complaint, empty before the close."""

    id: str
    reference: str
    at: int
    topic: str
    state: str
    ticket: str = ""
    followed: bool = False


def of_device(conn: Connection, device: str) -> list[Number]:
    """What was asked and followed from a browser, newest first."""
    pairs = followers.participants_of_device(conn, device)
    persons = person_rows.persons_of(conn, [participant for _, participant in pairs])
    return _listed(conn, pairs, {person for person in persons.values() if person}, private=True)


def of_phone(conn: Connection, people: People, phone: str) -> list[Number]:
    """What was asked and followed with a phone number, in the form E.164, without what was asked privately."""
    persons = people.with_phone(conn, phone)
    return _listed(conn, followers.participants_of_persons(conn, persons), set(persons), private=False)


def of_holder(conn: Connection, contacts: Contacts, phone: str) -> list[Number]:
    """What whoever holds a phone may see: without those who said that others read it, and without any matter that is
    private, protected, or about somebody.
    """
    persons = [each for each in contacts.people.with_phone(conn, phone) if reachable(conn, contacts, each)]
    found = _listed(conn, followers.participants_of_persons(conn, persons), set(persons), private=False)
    kept = followers.kept_back(conn, [each.id for each in found])
    return [each for each in found if each.id not in kept]


def proved(conn: Connection, people: People, reference: str, code: str, phone: str) -> bool:
    """Whether a number, its code and a phone number belong together.

    All three are looked at whatever the number is, so that the time says nothing about it.
    """
    asked = question_rows.by_reference(conn, reference)
    follower = followers.by_reference(conn, reference) if asked is None else None
    id = asked.id if asked else follower.id if follower else ""
    person = people.persons(conn, [asked.asker]).get(asked.asker) if asked else follower.person_id if follower else None
    left = people.phone(conn, person) if person else None
    right = people.check(id or reference, code)
    return bool(id) and right and left is not None and left == phone


def _listed(conn: Connection, pairs: list[tuple[str, str]], persons: set[str], *, private: bool) -> list[Number]:
    asked = [row for row in followers.questions_of(conn, pairs) if private or row.privacy == "public"]
    states = followers.states(conn, [row.id for row in asked])
    found = [
        Number(row.id, row.reference, row.received_at, row.category or "", row.state, states.get(row.id, ""))
        for row in asked
    ]
    found += [_followed(follower, ticket) for follower, ticket in followers.followed_by(conn, persons)]
    return sorted(found, key=lambda each: -each.at)[:LISTED_MOST]


def _followed(follower: Follower, ticket: Ticket) -> Number:
    return Number(follower.id, follower.reference, follower.joined_at, ticket.category or "", "", ticket.state, True)
