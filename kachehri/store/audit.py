"""Acts that somebody must answer for: written once, read newest first."""

from collections.abc import Sequence

from sqlalchemy import Connection, select, tuple_

from .rows import fetch, put
from .tables import Account, Audit, table_of

_audit = table_of(Audit)
_account = table_of(Account)


def add(conn: Connection, row: Audit) -> None:
    """Write one act. The database refuses to change or drop it."""
    put(conn, [row])


def listing(
    conn: Connection, *, actions: Sequence[str] = (), before: tuple[int, str] | None = None, limit: int = 50
) -> list[tuple[Audit, str]]:
    """One page of acts with the name of whoever acted, newest first; `before` is `(at, id)` of the last row seen."""
    statement = select(_audit, _account.c.name.label("who")).outerjoin(_account, _account.c.id == _audit.c.account_id)
    if actions:
        statement = statement.where(_audit.c.action.in_(actions))
    if before is not None:
        statement = statement.where(tuple_(_audit.c.at, _audit.c.id) < before)
    rows = conn.execute(statement.order_by(_audit.c.at.desc(), _audit.c.id.desc()).limit(limit))
    found = []
    for row in rows:
        values = dict(row._mapping)
        who = values.pop("who") or ""
        found.append((Audit(**values), who))
    return found


def of_subject(conn: Connection, subject: str) -> list[Audit]:
    """What was done to one matter, in order."""
    return fetch(conn, Audit, _audit.c.subject == subject, order=(_audit.c.at, _audit.c.id))
