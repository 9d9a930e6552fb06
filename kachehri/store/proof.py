"""Ends of chains, and the signed lines about them."""

from collections.abc import Iterator
from typing import NamedTuple

from sqlalchemy import Connection, func, select

from .rows import fetch, fetch_one, put
from .tables import Event, Follower, Question, RecordHead, Session, Ticket, TicketEvent, table_of

_head = table_of(RecordHead)
_session = table_of(Session)
_event = table_of(Event)
_ticket = table_of(Ticket)
_question = table_of(Question)
_follower = table_of(Follower)
_step = table_of(TicketEvent)
#: Rows read at a time.
PAGE = 2_000


class ChainEnd(NamedTuple):
    """Where a chain ends. `kind` is "session" or "ticket"."""

    kind: str
    id: str
    seq: int
    hash: bytes


def sessions(conn: Connection, since: int) -> list[ChainEnd]:
    """Sessions whose log went on after `since`, in milliseconds, and where it ends."""
    columns = (_session.c.id, _session.c.head_seq, _session.c.head_hash)
    here = (_session.c.head_at > since, _session.c.head_seq > 0)
    rows = conn.execute(select(*columns).where(*here).order_by(_session.c.id))
    return [ChainEnd("session", *row) for row in rows]


def tickets(conn: Connection, since: int) -> list[ChainEnd]:
    """Tickets that took a step after `since`, and where they stand."""
    moved = select(_step.c.ticket_id).where(_step.c.at > since).distinct()
    columns = (_ticket.c.id, _ticket.c.head_seq, _ticket.c.head_hash)
    rows = conn.execute(select(*columns).where(_ticket.c.id.in_(moved)).order_by(_ticket.c.id))
    return [ChainEnd("ticket", *row) for row in rows]


def hash_at(conn: Connection, kind: str, id: str, seq: int) -> bytes | None:
    """The hash of one step; None where the chain has none of that number."""
    table, name = (_event, _event.c.session_id) if kind == "session" else (_step, _step.c.ticket_id)
    found = conn.execute(select(table.c.hash).where(name == id, table.c.seq == seq)).scalar_one_or_none()
    return bytes(found) if found is not None else None


def session_ids(conn: Connection) -> list[str]:
    """Every session that says that it has a log, and every log, also one whose session is gone or denies it."""
    said = select(_session.c.id).where(_session.c.head_seq > 0)
    return sorted(conn.execute(said.union(select(_event.c.session_id))).scalars())


def numbers(conn: Connection, session_id: str) -> list[tuple[str, str]]:
    """`(question, number)` as the rows of a session have them: of its questions, its tickets and those who follow."""
    found: list[tuple[str, str]] = []
    for id, table in (
        (_question.c.id, _question),
        (_ticket.c.question_id, _ticket),
        (_follower.c.question_id, _follower),
    ):
        here = (table.c.session_id == session_id, id.is_not(None))
        found += [(row[0], row[1]) for row in conn.execute(select(id, table.c.reference).where(*here).order_by(id))]
    return found


def of_type(conn: Connection, session_id: str, type: str) -> Iterator[tuple[int, int, bytes]]:
    """`(seq, at, body)` of the events of one type, in order."""
    here = (_event.c.session_id == session_id, _event.c.type == type)
    for row in conn.execute(select(_event.c.seq, _event.c.at, _event.c.body).where(*here).order_by(_event.c.seq)):
        yield row[0], row[1], bytes(row[2])


def heads_since(conn: Connection, at: int) -> list[RecordHead]:
    """Lines that were signed at an instant or later."""
    return fetch(conn, RecordHead, _head.c.at >= at, order=(_head.c.n,))


def ticket_ids(conn: Connection) -> Iterator[str]:
    """Every ticket, and every chain whose ticket is gone."""
    last = ""
    while True:
        page = select(_ticket.c.id).union(select(_step.c.ticket_id)).subquery()
        rows = list(conn.execute(select(page.c.id).where(page.c.id > last).order_by(page.c.id).limit(PAGE)).scalars())
        yield from rows
        if len(rows) < PAGE:
            return
        last = rows[-1]


def latest(conn: Connection) -> RecordHead | None:
    """The last signed line."""
    last = select(func.max(_head.c.n)).scalar_subquery()
    return fetch_one(conn, RecordHead, _head.c.n == last)


def heads(conn: Connection, after: int = 0, limit: int | None = None) -> list[RecordHead]:
    """Signed lines above a number, in order."""
    return fetch(conn, RecordHead, _head.c.n > after, order=(_head.c.n,), limit=limit)


def add(conn: Connection, row: RecordHead) -> None:
    """Write a signed line; a number that is taken is a Conflict: somebody else was faster."""
    put(conn, [row])
