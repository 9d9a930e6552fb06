"""Words beside the log. An event points here by id; destroying the words leaves the log whole."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from .bulk import Bulk
from .tables import Content, Participant, Person, RedactedWords, table_of

_content = table_of(Content)
_participant = table_of(Participant)
_person = table_of(Person)
_taken = table_of(RedactedWords)


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


def texts_in(conn: Connection, session_id: str, ids: Iterable[str]) -> dict[str, str]:
    """The public text behind those of these ids that belong to this session."""
    here = (_content.c.session_id == session_id, _content.c.id.in_(list(ids)), _content.c.public.is_not(None))
    return {id: public for id, public in conn.execute(select(_content.c.id, _content.c.public).where(*here))}


def original(conn: Connection, id: str) -> Kept | None:
    """The whole row, for somebody who may open what is sealed."""
    columns = [_content.c[name] for name in Kept._fields]
    row = conn.execute(select(*columns).where(_content.c.id == id)).one_or_none()
    return Kept(*row) if row is not None else None


def republish(conn: Connection, id: str, public: str) -> bool:
    """Replace the public text (a moderator masked more); the original and the digest in the log stay."""
    statement = update(_content).where(_content.c.id == id, _content.c.erased_at.is_(None)).values(public=public)
    return conn.execute(statement).rowcount == 1


def said_by(conn: Connection, person_id: str) -> list[Kept]:
    """Everything that a person said and that was not erased, in order. Looks through every row."""
    columns = [_content.c[name] for name in Kept._fields]
    here = (_content.c.person_id == person_id, _content.c.erased_at.is_(None))
    return [Kept(*row) for row in conn.execute(select(*columns).where(*here).order_by(_content.c.created_at))]


def left_over(conn: Connection) -> list[tuple[str, str]]:
    """Each `(session, participant)` of somebody erased of whom words are still there, because a crash came between."""
    statement = (
        select(_content.c.session_id, _participant.c.id)
        .join(_participant, _participant.c.person_id == _content.c.person_id)
        .join(_person, _person.c.id == _content.c.person_id)
        .where(
            _content.c.erased_at.is_(None),
            _person.c.erased_at.is_not(None),
            _participant.c.session_id == _content.c.session_id,
        )
        .distinct()
    )
    return [(row[0], row[1]) for row in conn.execute(statement)]


def of_person(conn: Connection, person_id: str) -> list[Erased]:
    """What a person's erasure would take away. Looks through every row: call it before the transaction that erases."""
    statement = (
        select(_content.c.id, _content.c.session_id)
        .where(_content.c.person_id == person_id, _content.c.erased_at.is_(None))
        .order_by(_content.c.session_id, _content.c.id)
    )
    return [Erased(*row) for row in conn.execute(statement)]


def drop(conn: Connection, ids: Sequence[str]) -> None:
    """Take away words that nothing ever pointed to, such as those of a form that came twice."""
    if ids:
        conn.execute(delete(_content).where(_content.c.id.in_(ids)))


def erase(conn: Connection, ids: Sequence[str], at: int) -> None:
    """Remove the words, sealed and public, and those that were taken out of them. The row stays, so that the log's
    pointer still leads somewhere.

    SQLite would leave the bytes where they were until something else is written there; it is told to wipe them.
    """
    if ids:
        if conn.dialect.name == "sqlite":
            conn.exec_driver_sql("PRAGMA secure_delete=ON").close()
        statement = update(_content).where(_content.c.id.in_(ids))
        conn.execute(statement.values(sealed=None, public=None, erased_at=at))
        conn.execute(delete(_taken).where(_taken.c.text_id.in_(ids)))
