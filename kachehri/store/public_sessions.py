"""Hearings as anybody may read of them: announced ones, and no practice."""

from typing import NamedTuple

from sqlalchemy import Connection, select, tuple_

from .tables import Session, table_of

_session = table_of(Session)


class PublicSession(NamedTuple):
    """One hearing in a list."""

    id: str
    title_ur: str
    title_en: str
    phase: str
    starts_at: int
    ends_at: int
    office_id: str
    languages: list[str]


_COLUMNS = tuple(_session.c[name] for name in PublicSession._fields)
_PUBLIC = (_session.c.practice.is_(False), _session.c.phase != "new")


def listing(
    conn: Connection, *, phase: str = "", after: tuple[int, str] | None = None, limit: int = 50
) -> list[PublicSession]:
    """One page, the latest first; `after` is `(starts_at, id)` of the last row seen."""
    where = [*_PUBLIC]
    if phase:
        where.append(_session.c.phase == phase)
    if after is not None:
        where.append(tuple_(_session.c.starts_at, _session.c.id) < after)
    order = (_session.c.starts_at.desc(), _session.c.id.desc())
    return [PublicSession(*row) for row in conn.execute(select(*_COLUMNS).where(*where).order_by(*order).limit(limit))]


def one(conn: Connection, session_id: str) -> PublicSession | None:
    """One hearing, if anybody may know of it."""
    row = conn.execute(select(*_COLUMNS).where(_session.c.id == session_id, *_PUBLIC)).one_or_none()
    return PublicSession(*row) if row is not None else None
