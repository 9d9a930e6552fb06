"""Work outside the database: written with its cause, claimed by one worker at a time, done once.

A claim is a lease with a fence. Who comes back after the lease finds that somebody else has a higher fence, and what it
then reports is refused.
"""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import Connection, func, literal_column, select, update

from .rows import insert_into
from .tables import Delivery, Outbox, table_of

_outbox = table_of(Outbox)
_delivery = table_of(Delivery)


class Task(NamedTuple):
    """Something to do. `unique_key` names the effect: a second task with the same key is not written."""

    id: str
    unique_key: str
    kind: str
    session_id: str | None
    ticket_id: str | None
    body: bytes
    created_at: int
    due_at: int


class Claim(NamedTuple):
    """A task in somebody's hands."""

    id: str
    fence: int
    attempts: int
    kind: str
    session_id: str | None
    ticket_id: str | None
    body: bytes


def add(conn: Connection, tasks: Sequence[Task]) -> None:
    """Write tasks; those whose effect is already asked for are left out."""
    if tasks:
        conn.execute(insert_into(conn, _outbox).on_conflict_do_nothing(), [task._asdict() for task in tasks])


def claim(
    conn: Connection, owner: str, now: int, *, lease_ms: int, limit: int = 20, kinds: Sequence[str] = ()
) -> list[Claim]:
    """Take tasks that are due, or whose owner overstayed; rows that another worker is taking are passed over.

    Arguments:
        kinds: of tasks; none named: all.
    """
    free = [_outbox.c.state == "waiting", _outbox.c.due_at <= now, _outbox.c.lease_until <= now]
    if kinds:
        free.append(_outbox.c.kind.in_(kinds))
    wanted = select(_outbox.c.id).where(*free).order_by(_outbox.c.due_at, _outbox.c.id).limit(limit)
    ids = list(conn.execute(wanted.with_for_update(skip_locked=True)).scalars())
    if not ids:
        return []
    taken = update(_outbox).where(_outbox.c.id.in_(ids)).values(owner=owner, lease_until=now + lease_ms)
    taken = taken.values(fence=_outbox.c.fence + 1, attempts=_outbox.c.attempts + 1)
    rows = conn.execute(taken.returning(*(_outbox.c[name] for name in Claim._fields), _outbox.c.due_at)).all()
    return [Claim(*row[:-1]) for row in sorted(rows, key=lambda row: (row.due_at, row.id))]


def any_due(conn: Connection, now: int, kinds: Sequence[str]) -> bool:
    """Whether a claim would find something; asked first because it disturbs nobody."""
    free = (_outbox.c.state == "waiting", _outbox.c.due_at <= now, _outbox.c.lease_until <= now)
    return conn.execute(select(_outbox.c.id).where(*free, _outbox.c.kind.in_(kinds)).limit(1)).first() is not None


def holds(conn: Connection, claim: Claim) -> bool:
    """Whether a claim still stands; until the transaction ends nobody else takes it over."""
    here = (_outbox.c.id == claim.id, _outbox.c.fence == claim.fence, _outbox.c.state == "waiting")
    return conn.execute(select(_outbox.c.id).where(*here).with_for_update()).first() is not None


def finish(conn: Connection, claim: Claim, at: int, *, note: str | None = None) -> bool:
    """The task is done. False when the lease had passed to somebody else.

    Arguments:
        note: why nothing had to be done, in a word.
    """
    return _settle(conn, claim, state="done", done_at=at, owner=None, last_error=note)


def fail(conn: Connection, claim: Claim, *, retry_at: int | None, error: str) -> bool:
    """The task did not work: try again at `retry_at`, or never with None. False when somebody else has it."""
    if retry_at is None:
        return _settle(conn, claim, state="failed", owner=None, last_error=error)
    return _settle(conn, claim, due_at=retry_at, lease_until=0, owner=None, last_error=error)


def _settle(conn: Connection, claim: Claim, **values: object) -> bool:
    here = (_outbox.c.id == claim.id, _outbox.c.fence == claim.fence, _outbox.c.state == "waiting")
    return conn.execute(update(_outbox).where(*here).values(**values)).rowcount == 1


def waiting(conn: Connection) -> int:
    """How many tasks are not done."""
    statement = select(func.count(literal_column("*"))).where(_outbox.c.state == "waiting")
    return int(conn.execute(statement).scalar_one())


def record(conn: Connection, delivery: Delivery) -> bool:
    """Note a message before it is sent; False when the same one is noted already."""
    statement = insert_into(conn, _delivery).values(delivery.model_dump()).on_conflict_do_nothing()
    return conn.execute(statement.returning(_delivery.c.id)).one_or_none() is not None


def settle(conn: Connection, delivery_id: str, state: str, at: int, provider_id: str | None = None) -> None:
    """What became of a message."""
    values: dict[str, object] = {"state": state, "settled_at": at}
    if provider_id is not None:
        values["provider_id"] = provider_id
    conn.execute(update(_delivery).where(_delivery.c.id == delivery_id).values(values))
