"""Whole rows in and out, for paths where a model's comfort costs nothing that anyone would notice."""

from collections.abc import Sequence
from typing import Any, TypeVar

from sqlalchemy import Connection, Select, Table, insert, select
from sqlalchemy.dialects import postgresql, sqlite

from .tables import Row, table_of

R = TypeVar("R", bound=Row)


def insert_into(conn: Connection, table: Table) -> Any:
    """An INSERT that knows ON CONFLICT; both databases write it alike, SQLAlchemy keeps two classes for it."""
    return postgresql.insert(table) if conn.dialect.name == "postgresql" else sqlite.insert(table)


def put(conn: Connection, rows: Sequence[Row]) -> None:
    """Insert rows of one table; a key that is taken is a Conflict."""
    if rows:
        conn.execute(insert(table_of(type(rows[0]))), [row.model_dump() for row in rows])


def put_new(conn: Connection, rows: Sequence[Row]) -> None:
    """Insert the rows whose keys are free and leave the others as they are."""
    if rows:
        conn.execute(
            insert_into(conn, table_of(type(rows[0]))).on_conflict_do_nothing(), [row.model_dump() for row in rows]
        )


def save(conn: Connection, rows: Sequence[Row]) -> None:
    """Insert rows of one table, or overwrite those with the same primary key."""
    if not rows:
        return
    table = table_of(type(rows[0]))
    statement = insert_into(conn, table)
    fresh = {c.name: statement.excluded[c.name] for c in table.c if not c.primary_key}
    statement = statement.on_conflict_do_update(index_elements=list(table.primary_key.columns), set_=fresh)
    conn.execute(statement, [row.model_dump() for row in rows])


def fetch(
    conn: Connection, model: type[R], *where: Any, order: Sequence[Any] = (), limit: int | None = None
) -> list[R]:
    """Rows of one table as models."""
    statement: Select[Any] = select(table_of(model)).where(*where).order_by(*order)
    if limit is not None:
        statement = statement.limit(limit)
    return [model(**row._mapping) for row in conn.execute(statement)]


def fetch_one(conn: Connection, model: type[R], *where: Any) -> R | None:
    """The only row that fits, or None."""
    row = conn.execute(select(table_of(model)).where(*where)).one_or_none()
    return model(**row._mapping) if row is not None else None
