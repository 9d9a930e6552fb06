"""Tickets, their chained steps, followers and commitments. What follows from what is decided in kachehri/tickets."""

import hashlib
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from sqlalchemy import Connection, bindparam, func, insert, literal_column, select, update

from .bulk import Bulk
from .event_log import GENESIS, Broken
from .rows import fetch, fetch_one, put, save
from .tables import Commitment, Follower, Ticket, TicketEvent, TicketKey, table_of

_ticket = table_of(Ticket)
_step = table_of(TicketEvent)
_follower = table_of(Follower)
_key = table_of(TicketKey)
_commitment = table_of(Commitment)


class Opened(NamedTuple):
    """A ticket as it is first written. Fields of later life start empty."""

    id: str
    question_id: str | None
    session_id: str | None
    reference: str
    office_id: str
    person_id: str | None
    category: str | None
    area: str | None
    privacy: str
    content_id: str | None
    state: str
    origin: str
    outcome: str | None
    heard_from_ms: int | None
    heard_to_ms: int | None
    opened_at: int
    due_at: int | None
    proposed_at: int | None
    head_seq: int
    head_hash: bytes
    kind: str = "grievance"
    days: int = 15
    post_id: str | None = None
    about_post_id: str | None = None
    calendar_version: int = 0
    next_at: int | None = None
    next_act: str | None = None


class Step(NamedTuple):
    """One step of a ticket."""

    ticket_id: str
    seq: int
    at: int
    type: str
    actor: str
    body: bytes
    prev_hash: bytes
    hash: bytes


class Following(NamedTuple):
    """Somebody who follows another's ticket under a number of their own."""

    id: str
    ticket_id: str
    question_id: str | None
    session_id: str | None
    reference: str
    person_id: str | None
    joined_at: int


class Moved(NamedTuple):
    """What a step changes on its ticket. Written only if the ticket still stands at `from_seq`."""

    id: str
    from_seq: int
    state: str
    office_id: str
    post_id: str | None
    account_id: str | None
    category: str | None
    outcome: str | None
    closure_basis: str | None
    level: int
    due_at: int | None
    proposed_at: int | None
    closed_at: int | None
    kind: str
    days: int
    transfers: int
    disputes: int
    calendar_version: int
    about_post_id: str | None
    accountable_post_id: str | None
    parent_id: str | None
    next_at: int | None
    next_act: str | None
    privacy: str
    head_seq: int
    head_hash: bytes


class UsedKey(NamedTuple):
    """What a form made: the act, and the number of its last step."""

    act: str
    seq: int


def link(prev_hash: bytes, ticket_id: str, seq: int, at: int, type: str, actor: str, body: bytes) -> bytes:
    """SHA-256 over the previous hash, "ticket\\nseq\\nat\\ntype\\nactor\\n" and the body, as in event_log."""
    words = (ticket_id.encode(), seq, at, type.encode(), actor.encode())
    return hashlib.sha256(b"%b%b\n%d\n%d\n%b\n%b\n%b" % (prev_hash, *words, body)).digest()


def step(prev_hash: bytes, ticket_id: str, seq: int, at: int, type: str, actor: str, body: bytes) -> Step:
    """A step chained onto `prev_hash`; the first goes onto GENESIS with seq 1."""
    hash = link(prev_hash, ticket_id, seq, at, type, actor, body)
    return Step(ticket_id, seq, at, type, actor, body, prev_hash, hash)


_OPEN = Bulk(insert(_ticket), Opened._fields)
_STEP = Bulk(insert(_step), Step._fields)
_FOLLOW = Bulk(insert(_follower), Following._fields)
_MOVE = (
    update(_ticket)
    .where(_ticket.c.id == bindparam("of"), _ticket.c.head_seq == bindparam("from_seq"))
    .values({name: bindparam(f"new_{name}") for name in Moved._fields[2:]})
)


def open_many(
    conn: Connection, tickets: Sequence[Opened], steps: Sequence[Step], followers: Sequence[Following]
) -> None:
    """Write a chunk of a close. A ticket that exists already is a Conflict: the log says how far the close had come."""
    _OPEN.run(conn, tickets)
    _STEP.run(conn, steps)
    _FOLLOW.run(conn, followers)


def move(conn: Connection, change: Moved, steps: Sequence[Step]) -> bool:
    """Write steps and what they change; False, and nothing written, when somebody else moved the ticket first."""
    values = {("of" if k == "id" else k if k == "from_seq" else f"new_{k}"): v for k, v in change._asdict().items()}
    if conn.execute(_MOVE, values).rowcount != 1:
        return False
    _STEP.run(conn, steps)
    return True


def used_key(conn: Connection, ticket_id: str, key: str) -> UsedKey | None:
    """What this key made before, if it did."""
    here = (_key.c.ticket_id == ticket_id, _key.c.key == key)
    row = conn.execute(select(_key.c.act, _key.c.seq).where(*here)).one_or_none()
    return UsedKey(*row) if row is not None else None


def keep_key(conn: Connection, ticket_id: str, key: str, act: str, seq: int) -> None:
    """Remember what a form made; a key that is taken is a Conflict."""
    conn.execute(insert(_key).values(ticket_id=ticket_id, key=key, act=act, seq=seq))


def children(conn: Connection, ticket_id: str) -> list[Ticket]:
    """The tickets that go on with this one."""
    return fetch(conn, Ticket, _ticket.c.parent_id == ticket_id, order=(_ticket.c.id,))


_GET = select(_ticket).where(_ticket.c.id == bindparam("of"))
_STEPS = (
    select(*(_step.c[name] for name in Step._fields)).where(_step.c.ticket_id == bindparam("of")).order_by(_step.c.seq)
)


def get(conn: Connection, ticket_id: str) -> Ticket | None:
    """One ticket."""
    row = conn.execute(_GET, {"of": ticket_id}).one_or_none()
    return Ticket(**row._mapping) if row is not None else None


def by_reference(conn: Connection, reference: str) -> Ticket | None:
    """The ticket with this number; a follower's number leads to the ticket that is followed."""
    found = fetch_one(conn, Ticket, _ticket.c.reference == reference)
    if found is not None:
        return found
    follower = follower_by_reference(conn, reference)
    return get(conn, follower.ticket_id) if follower else None


def follower_by_reference(conn: Connection, reference: str) -> Follower | None:
    """The follower with this number."""
    return fetch_one(conn, Follower, _follower.c.reference == reference)


def by_question(conn: Connection, question_id: str) -> Ticket | None:
    """The ticket of a question, its own or the one it follows."""
    found = fetch_one(conn, Ticket, _ticket.c.question_id == question_id)
    if found is not None:
        return found
    follower = fetch_one(conn, Follower, _follower.c.question_id == question_id)
    return get(conn, follower.ticket_id) if follower else None


def follower_count(conn: Connection, ticket_id: str) -> int:
    """How many follow a ticket."""
    here = (_follower.c.ticket_id == ticket_id, _follower.c.left_at.is_(None))
    return int(conn.execute(select(func.count(literal_column("*"))).where(*here)).scalar_one())


def steps(conn: Connection, ticket_id: str) -> list[Step]:
    """A ticket's life in order."""
    return [Step(*row) for row in conn.execute(_STEPS, {"of": ticket_id})]


def verify(conn: Connection, ticket_id: str) -> None:
    """Recompute a ticket's chain and compare its end; raises Broken."""
    ticket = get(conn, ticket_id)
    last, seq = GENESIS, 0
    for row in steps(conn, ticket_id):
        seq += 1
        if row.seq != seq or row.prev_hash != last or row.hash != link(last, *row[:6]):
            raise Broken(ticket_id, seq, "its hash is another")
        last = row.hash
    if ticket is None or (ticket.head_seq, ticket.head_hash) != (seq, last):
        raise Broken(ticket_id, seq, "the steps end elsewhere than the ticket says")


def of_session(conn: Connection, session_id: str) -> tuple[int, int]:
    """How many tickets and how many followers a session has."""
    mine = select(func.count(literal_column("*"))).where(_ticket.c.session_id == session_id)
    following = select(func.count(literal_column("*"))).where(_follower.c.session_id == session_id)
    return int(conn.execute(mine).scalar_one()), int(conn.execute(following).scalar_one())


def opened_questions(conn: Connection, session_id: str) -> set[str]:
    """The questions of a session that have their ticket or follow one."""
    mine = select(_ticket.c.question_id).where(_ticket.c.session_id == session_id)
    following = select(_follower.c.question_id).where(_follower.c.session_id == session_id)
    return {*conn.execute(mine).scalars(), *conn.execute(following).scalars()}


def listing(
    conn: Connection,
    office_id: str,
    *,
    states: Iterable[str],
    after: tuple[int, str] | None = None,
    limit: int = 50,
) -> list[Ticket]:
    """One page of an office's tickets, the soonest due first; `after` is `(due_at, id)` of the last row seen."""
    where = [_ticket.c.office_id == office_id, _ticket.c.state.in_(list(states)), _ticket.c.due_at.is_not(None)]
    if after is not None:
        due, id = after
        where.append((_ticket.c.due_at > due) | ((_ticket.c.due_at == due) & (_ticket.c.id > id)))
    return fetch(conn, Ticket, *where, order=(_ticket.c.due_at, _ticket.c.id), limit=limit)


def promise(conn: Connection, rows: Sequence[Commitment]) -> None:
    """Write what was promised aloud."""
    put(conn, rows)


def save_promises(conn: Connection, rows: Sequence[Commitment]) -> None:
    """Write promises as they now stand."""
    save(conn, rows)


def promises(conn: Connection, session_id: str) -> list[Commitment]:
    """What was promised in a session, in order."""
    here = _commitment.c.session_id == session_id
    return fetch(conn, Commitment, here, order=(_commitment.c.made_at, _commitment.c.id))
