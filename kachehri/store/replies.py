"""Ready answers of an office."""

from collections.abc import Collection

from sqlalchemy import Connection, update

from .rows import fetch, fetch_one, save
from .tables import Reply, table_of

_reply = table_of(Reply)


def keep(conn: Connection, row: Reply) -> None:
    """Write a ready answer, new or changed."""
    save(conn, [row])


def of_offices(conn: Connection, offices: Collection[str]) -> list[Reply]:
    """What these offices have ready, by name."""
    here = (_reply.c.office_id.in_(list(offices)), _reply.c.retired_at.is_(None))
    return fetch(conn, Reply, *here, order=(_reply.c.name, _reply.c.id))


def get(conn: Connection, reply_id: str) -> Reply | None:
    """One that is offered."""
    return fetch_one(conn, Reply, _reply.c.id == reply_id, _reply.c.retired_at.is_(None))


def retire(conn: Connection, reply_id: str, now: int) -> None:
    """Offer it no more; what was written with it stays."""
    conn.execute(update(_reply).where(_reply.c.id == reply_id).values(retired_at=now))
