"""Who may do what only one process may do, by the database's clock. A new holder gets a higher fence."""

from typing import NamedTuple

from sqlalchemy import Connection, select, update

from .rows import insert_into
from .tables import Lease, table_of

_lease = table_of(Lease)


class Held(NamedTuple):
    """A lease as it stands."""

    name: str
    owner: str
    address: str
    fence: int
    expires_at: int


_COLUMNS = [_lease.c[name] for name in Held._fields]


def take(conn: Connection, name: str, owner: str, address: str, now: int, ttl_ms: int) -> Held | None:
    """Take a lease that is free, expired, or our own already; None while somebody else holds it.

    A process that starts again takes what it held under its owner name at once, with a higher fence.
    """
    statement = insert_into(conn, _lease).values(
        name=name, owner=owner, address=address, fence=1, expires_at=now + ttl_ms
    )
    free = (_lease.c.expires_at <= now) | (_lease.c.owner == owner)
    statement = statement.on_conflict_do_update(
        index_elements=[_lease.c.name],
        set_={"owner": owner, "address": address, "fence": _lease.c.fence + 1, "expires_at": now + ttl_ms},
        where=free,
    ).returning(*_COLUMNS)
    row = conn.execute(statement).one_or_none()
    return Held(*row) if row is not None else None


def renew(conn: Connection, held: Held, now: int, ttl_ms: int) -> bool:
    """Hold on. False when the lease was lost: stop at once."""
    here = (_lease.c.name == held.name, _lease.c.fence == held.fence, _lease.c.expires_at > now)
    return conn.execute(update(_lease).where(*here).values(expires_at=now + ttl_ms)).rowcount == 1


def release(conn: Connection, held: Held) -> None:
    """Let go early. The fence stays, so that the next holder's is higher still."""
    conn.execute(update(_lease).where(_lease.c.name == held.name, _lease.c.fence == held.fence).values(expires_at=0))


def holder(conn: Connection, name: str, now: int) -> Held | None:
    """Who holds a lease now."""
    row = conn.execute(select(*_COLUMNS).where(_lease.c.name == name, _lease.c.expires_at > now)).one_or_none()
    return Held(*row) if row is not None else None
