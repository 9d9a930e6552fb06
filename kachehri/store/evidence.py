"""Pictures of tickets: the list without their bytes, and one with them; and offices with a part in a ticket."""

from collections.abc import Mapping
from typing import NamedTuple

from sqlalchemy import Connection, func, literal_column, select

from .rows import fetch_one, put, save
from .tables import Picture, TicketPart, table_of

_picture = table_of(Picture)


class Pictured(NamedTuple):
    """A picture as a page lists it."""

    id: str
    at: int
    account_id: str
    shown: bool
    width: int
    height: int


def add(conn: Connection, row: Picture) -> None:
    """Keep one picture."""
    put(conn, [row])


def of_ticket(conn: Connection, ticket_id: str, *, shown: bool = False) -> list[Pictured]:
    """The pictures of a ticket, oldest first.

    Arguments:
        shown: only those that the citizen may see.
    """
    statement = select(*(_picture.c[name] for name in Pictured._fields)).where(_picture.c.ticket_id == ticket_id)
    if shown:
        statement = statement.where(_picture.c.shown)
    return [Pictured(*row) for row in conn.execute(statement.order_by(_picture.c.at, _picture.c.id))]


def get(conn: Connection, ticket_id: str, picture_id: str) -> Picture | None:
    """One picture of this ticket, bytes and all."""
    return fetch_one(conn, Picture, _picture.c.id == picture_id, _picture.c.ticket_id == ticket_id)


def count(conn: Connection, ticket_id: str) -> int:
    """How many a ticket has."""
    statement = select(func.count(literal_column("*"))).where(_picture.c.ticket_id == ticket_id)
    return int(conn.execute(statement).scalar_one())


def same(conn: Connection, ticket_id: str, sha256: bytes) -> str | None:
    """The picture of this ticket with the same bytes: a form that was sent twice adds nothing."""
    statement = select(_picture.c.id).where(_picture.c.ticket_id == ticket_id, _picture.c.sha256 == sha256)
    found = conn.execute(statement.limit(1)).first()
    return str(found[0]) if found else None


def save_parts(conn: Connection, ticket_id: str, parts: Mapping[str, int | None]) -> None:
    """Which offices have a part in a ticket, as its chain says."""
    save(conn, [TicketPart(ticket_id=ticket_id, office_id=office, done_at=done) for office, done in parts.items()])
