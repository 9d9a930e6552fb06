"""Ends of chains, and the signed lines about them."""

import hashlib
from collections.abc import Callable, Iterator
from typing import NamedTuple

import msgspec
from sqlalchemy import Connection, func, select

from .rows import fetch, fetch_one, put
from .tables import Audit, Event, Follower, Question, RecordHead, Session, Ticket, TicketEvent, table_of

_head = table_of(RecordHead)
_session = table_of(Session)
_event = table_of(Event)
_ticket = table_of(Ticket)
_question = table_of(Question)
_follower = table_of(Follower)
_audit = table_of(Audit)
_ENCODE: Callable[[object], bytes] = msgspec.json.Encoder(order="deterministic").encode
DAY_MS = 86_400_000
_step = table_of(TicketEvent)
#: Rows read at a time.
PAGE = 2_000


class ChainEnd(NamedTuple):
    """Where a chain ends. `kind` is "session" or "ticket"; or "audit", for the acts of the day `id` since the epoch."""

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


def audited(conn: Connection, since: int, until: int) -> list[ChainEnd]:
    """Each day (UTC) of acts that began at `since` or later and was over by `until`: how many, and their digest."""
    first, end = -(-since // DAY_MS), until // DAY_MS
    here = (_audit.c.at >= first * DAY_MS, _audit.c.at < end * DAY_MS)
    day = (_audit.c.at // DAY_MS).label("day")
    days = conn.execute(select(day).where(*here).distinct().order_by(day)).scalars()
    return [_day(conn, int(each)) for each in days]


def _day(conn: Connection, day: int) -> ChainEnd:
    """The acts of one day in their order. A table that nobody may change needs no hash in each row."""
    here = (_audit.c.at >= day * DAY_MS, _audit.c.at < (day + 1) * DAY_MS)
    digest, count = hashlib.sha256(), 0
    for row in conn.execute(select(*_audit.c).where(*here).order_by(_audit.c.at, _audit.c.id)):
        digest.update(hashlib.sha256(_ENCODE([*row])).digest())
        count += 1
    return ChainEnd("audit", str(day), count, digest.digest())


def hash_at(conn: Connection, kind: str, id: str, seq: int) -> bytes | None:
    """The hash of one step, or of a day of acts; None where the chain has none of that number."""
    if kind == "audit":
        day = _day(conn, int(id)) if id.isdecimal() else None
        return day.hash if day and day.seq >= seq else None
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
