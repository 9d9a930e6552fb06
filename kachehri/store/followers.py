"""Followers: who has the same grievance as a ticket's owner, under a number of their own."""

from collections.abc import Iterable
from typing import NamedTuple

from sqlalchemy import Connection, select, update

from .rows import fetch, fetch_one, put_new
from .tables import Carry, Follower, Participant, Question, Ticket, table_of

_follower = table_of(Follower)
_participant = table_of(Participant)
_carry = table_of(Carry)
_question = table_of(Question)
_ticket = table_of(Ticket)


class Brief(NamedTuple):
    """A question as a list of one's own shows it."""

    id: str
    reference: str
    received_at: int
    category: str | None
    privacy: str
    state: str


def get(conn: Connection, follower_id: str) -> Follower | None:
    """One follower; whoever asked in the hearing has the id of her question."""
    return fetch_one(conn, Follower, _follower.c.id == follower_id)


def by_reference(conn: Connection, reference: str) -> Follower | None:
    """The follower with this number."""
    return fetch_one(conn, Follower, _follower.c.reference == reference)


def ticket_named(conn: Connection, start: str) -> Ticket | None:
    """The ticket without a question whose id (RFC 9562 §4, with hyphens) begins with these sixteen digits."""
    name = f"{start[:8]}-{start[8:12]}-{start[12:16]}-"
    here = (_ticket.c.id.like(f"{name}%"), _ticket.c.question_id.is_(None))
    found = fetch(conn, Ticket, *here, limit=2)
    return found[0] if len(found) == 1 else None


def add(conn: Connection, row: Follower) -> None:
    """Write a follower; one that is there stays as it is."""
    put_new(conn, [row])


def answered(conn: Connection, follower_id: str, answer: str) -> None:
    """What a follower says of the end; the last word counts."""
    conn.execute(update(_follower).where(_follower.c.id == follower_id).values(answer=answer))


def leave(conn: Connection, follower_id: str, at: int) -> bool:
    """Follow no more; False when she had left already."""
    here = (_follower.c.id == follower_id, _follower.c.left_at.is_(None))
    return conn.execute(update(_follower).where(*here).values(left_at=at)).rowcount == 1


def come_back(conn: Connection, follower_id: str, person_id: str, at: int) -> None:
    """Follow again, under the number of before."""
    again = {"left_at": None, "joined_at": at, "person_id": person_id}
    conn.execute(update(_follower).where(_follower.c.id == follower_id).values(again))


def needed(conn: Connection, person_id: str) -> bool:
    """Whether anything stands for which a person's particulars are kept: a question, a ticket, or what she follows."""
    asked = select(_question.c.id).join(
        _participant,
        (_participant.c.id == _question.c.asker) & (_participant.c.session_id == _question.c.session_id),
    )
    found = (
        asked.where(_participant.c.person_id == person_id),
        select(_ticket.c.id).where(_ticket.c.person_id == person_id),
        select(_follower.c.id).where(_follower.c.person_id == person_id, _follower.c.left_at.is_(None)),
    )
    return any(conn.execute(each.limit(1)).first() is not None for each in found)


def participants_of_device(conn: Connection, device_id: str) -> list[tuple[str, str]]:
    """Every `(session, participant)` that a browser speaks for: those it began, and those that were carried to it."""
    begun = select(_participant.c.session_id, _participant.c.id).where(_participant.c.device_id == device_id)
    carried = select(_carry.c.session_id, _carry.c.participant_id).where(_carry.c.device_id == device_id)
    found = {row[0]: row[1] for row in conn.execute(begun)}
    found.update({row[0]: row[1] for row in conn.execute(carried)})
    return list(found.items())


def participants_of_persons(conn: Connection, person_ids: Iterable[str]) -> list[tuple[str, str]]:
    """Every `(session, participant)` of these persons."""
    columns = (_participant.c.session_id, _participant.c.id)
    statement = select(*columns).where(_participant.c.person_id.in_(list(person_ids)))
    return [(row[0], row[1]) for row in conn.execute(statement)]


def questions_of(conn: Connection, pairs: Iterable[tuple[str, str]]) -> list[Brief]:
    """What these `(session, participant)` asked."""
    by_session: dict[str, list[str]] = {}
    for session, participant in pairs:
        by_session.setdefault(session, []).append(participant)
    columns = [_question.c[name] for name in Brief._fields]
    found: list[Brief] = []
    for session, participants in by_session.items():
        here = (_question.c.session_id == session, _question.c.asker.in_(participants))
        found += [Brief(*row) for row in conn.execute(select(*columns).where(*here))]
    return found


def followed_by(conn: Connection, person_ids: Iterable[str]) -> list[tuple[Follower, Ticket]]:
    """What these persons follow without having asked it, with its ticket."""
    here = (
        _follower.c.person_id.in_(list(person_ids)),
        _follower.c.question_id.is_(None),
        _follower.c.left_at.is_(None),
    )
    rows = fetch(conn, Follower, *here, order=(_follower.c.joined_at,))
    tickets = {each.id: each for each in fetch(conn, Ticket, _ticket.c.id.in_([row.ticket_id for row in rows]))}
    return [(row, tickets[row.ticket_id]) for row in rows]


def kept_back(conn: Connection, ids: Iterable[str]) -> set[str]:
    """Which of these questions and followers belong to a ticket that is not for everybody, or is about somebody."""
    wanted = list(ids)
    back = (_ticket.c.privacy != "public") | _ticket.c.about_post_id.is_not(None)
    own = select(_ticket.c.question_id).where(_ticket.c.question_id.in_(wanted), back)
    joined = (
        select(_follower.c.id)
        .join(_ticket, _ticket.c.id == _follower.c.ticket_id)
        .where(_follower.c.id.in_(wanted), back)
    )
    return {str(row[0]) for statement in (own, joined) for row in conn.execute(statement)}


def states(conn: Connection, question_ids: Iterable[str]) -> dict[str, str]:
    """Question → the state of its ticket, its own or the one that it follows."""
    wanted = list(question_ids)
    own = select(_ticket.c.question_id, _ticket.c.state).where(_ticket.c.question_id.in_(wanted))
    joined = (
        select(_follower.c.question_id, _ticket.c.state)
        .join(_ticket, _ticket.c.id == _follower.c.ticket_id)
        .where(_follower.c.question_id.in_(wanted))
    )
    found = {row[0]: row[1] for row in conn.execute(joined)}
    found.update({row[0]: row[1] for row in conn.execute(own)})
    return found
