"""Words beside the log. An event points here by id; destroying the words leaves the log whole."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from sqlalchemy import Connection, bindparam, insert, select, update

from .bulk import Bulk
from .tables import Content, table_of

_content = table_of(Content)


class Kept(NamedTuple):
    """Words to keep: `sealed` is the original under its person's key, `public` the masked text that readers get."""

    id: str
    session_id: str | None
    person_id: str | None
    kind: str
    sealed: bytes | None
    public: str | None
    salt: bytes
    created_at: int


class Erased(NamedTuple):
    """Words that are gone, and the session whose log must say so."""

    id: str
    session_id: str | None


_ADD = Bulk(insert(_content), Kept._fields)
_TEXTS = select(_content.c.id, _content.c.public).where(
    _content.c.session_id == bindparam("of"), _content.c.public.is_not(None)
)
_SOME = select(_content.c.id, _content.c.public).where(
    _content.c.id.in_(bindparam("ids", expanding=True)), _content.c.public.is_not(None)
)


def add(conn: Connection, rows: Sequence[Kept]) -> None:
    """Keep words, in the transaction of the events that point to them."""
    _ADD.run(conn, rows)


def texts(conn: Connection, session_id: str) -> dict[str, str]:
    """The public text of everything said in a session, by content id. Erased words are absent."""
    return {id: public for id, public in conn.execute(_TEXTS, {"of": session_id})}


def texts_of(conn: Connection, ids: Iterable[str]) -> dict[str, str]:
    """The public text behind these ids, for events fetched to fill a gap."""
    wanted = list(ids)
    return {id: public for id, public in conn.execute(_SOME, {"ids": wanted})} if wanted else {}


def original(conn: Connection, id: str) -> Kept | None:
    """The whole row, for somebody who may open what is sealed."""
    columns = [_content.c[name] for name in Kept._fields]
    row = conn.execute(select(*columns).where(_content.c.id == id)).one_or_none()
    return Kept(*row) if row is not None else None


def republish(conn: Connection, id: str, public: str) -> bool:
    """Replace the public text (a moderator masked more); the original and the digest in the log stay."""
    statement = update(_content).where(_content.c.id == id, _content.c.erased_at.is_(None)).values(public=public)
    return conn.execute(statement).rowcount == 1


def of_person(conn: Connection, person_id: str) -> list[Erased]:
    """What a person's erasure would take away. Looks through every row: call it before the transaction that erases."""
    statement = (
        select(_content.c.id, _content.c.session_id)
        .where(_content.c.person_id == person_id, _content.c.erased_at.is_(None))
        .order_by(_content.c.session_id, _content.c.id)
    )
    return [Erased(*row) for row in conn.execute(statement)]


def erase(conn: Connection, ids: Sequence[str], at: int) -> None:
    """Remove the words, sealed and public. The row stays, so that the log's pointer still leads somewhere."""
    if ids:
        statement = update(_content).where(_content.c.id.in_(ids))
        conn.execute(statement.values(sealed=None, public=None, erased_at=at))
