"""Spans that are taken out of recordings, and words that are taken out of public texts."""

from collections.abc import Sequence
from typing import Final

from sqlalchemy import ColumnElement, Connection, and_, case, delete, func, or_, select, update

from .rows import fetch, fetch_one, put_new
from .tables import RedactedWords, Redaction, ReplayChapter, Session, table_of

_redaction = table_of(Redaction)
_words = table_of(RedactedWords)
_chapter = table_of(ReplayChapter)
_session = table_of(Session)

#: States of which the files do not say yet what the row says.
OPEN: Final = ("new", "failed")


def add(conn: Connection, row: Redaction) -> None:
    """Note that a span is to be taken out; the same one, sent twice, once."""
    put_new(conn, [row])


def of_session(conn: Connection, session_id: str) -> list[Redaction]:
    """All of a session, in their place, undone ones too."""
    return fetch(
        conn, Redaction, _redaction.c.session_id == session_id, order=(_redaction.c.starts_at, _redaction.c.id)
    )


def one(conn: Connection, id: str) -> Redaction | None:
    """One of them."""
    return fetch_one(conn, Redaction, _redaction.c.id == id)


def undo(conn: Connection, id: str, account: str, now: int) -> bool:
    """Take a redaction back, while the original is kept. Whether it could be."""
    kept = and_(_redaction.c.state == "done", _redaction.c.sealed_until > now)
    here = (_redaction.c.id == id, or_(_redaction.c.state.in_(OPEN), kept))
    values = {"state": "undone", "undone_by": account, "undone_at": now}
    return conn.execute(update(_redaction).where(*here).values(**values)).rowcount == 1


def due(conn: Connection, session_id: str | None = None, *, failed: bool = True) -> list[Redaction]:
    """Those that the files do not agree with yet, the oldest first.

    Arguments:
        session_id: of this session alone.
        failed: also those that failed before.
    """
    here: list[ColumnElement[bool]] = [_undone_and_there() | _redaction.c.state.in_(OPEN if failed else ("new",))]
    if session_id is not None:
        here.append(_redaction.c.session_id == session_id)
    return fetch(conn, Redaction, *here, order=(_redaction.c.made_at, _redaction.c.id))


def carried_out(conn: Connection, id: str, now: int, sealed_until: int) -> bool:
    """The files agree with a redaction. Whether it was still to be carried out: it may have been undone meanwhile."""
    here = (_redaction.c.id == id, _redaction.c.state.in_(OPEN))
    values = {"state": "done", "done_at": now, "sealed_until": sealed_until}
    return conn.execute(update(_redaction).where(*here).values(**values)).rowcount == 1


def taken_back(conn: Connection, id: str, now: int) -> None:
    """The files are as if an undone redaction had never been."""
    here = (_redaction.c.id == id, _redaction.c.state == "undone")
    conn.execute(update(_redaction).where(*here).values(done_at=now, sealed_until=None))


def failed(conn: Connection, id: str) -> None:
    """It could not be carried out; it is tried again."""
    conn.execute(update(_redaction).where(_redaction.c.id == id, _redaction.c.state == "new").values(state="failed"))


def over(conn: Connection, now: int) -> list[Redaction]:
    """Done ones whose originals have been kept long enough."""
    return fetch(
        conn, Redaction, _redaction.c.state == "done", _redaction.c.sealed_until <= now, order=(_redaction.c.id,)
    )


def destroyed(conn: Connection, ids: Sequence[str]) -> None:
    """Their originals are gone: nobody can undo them."""
    conn.execute(update(_redaction).where(_redaction.c.id.in_(list(ids))).values(sealed_until=None))


def hide_words(conn: Connection, row: RedactedWords) -> None:
    """Take words out of a public text."""
    put_new(conn, [row])


def words_of(conn: Connection, session_id: str) -> list[RedactedWords]:
    """All words that were taken out of a session's public texts, the oldest first."""
    here = _words.c.session_id == session_id
    return fetch(conn, RedactedWords, here, order=(_words.c.made_at, _words.c.id))


def show_words(conn: Connection, id: str) -> bool:
    """Give words back. Whether they were taken out."""
    return conn.execute(delete(_words).where(_words.c.id == id)).rowcount == 1


def forget(conn: Connection, session_id: str) -> None:
    """Strike out the spans of a session whose recording is gone; words stay out of its texts."""
    conn.execute(delete(_redaction).where(_redaction.c.session_id == session_id))


def sessions_open(conn: Connection) -> set[str]:
    """Sessions with something that the files do not agree with yet."""
    statement = select(_redaction.c.session_id).where(_undone_and_there() | _redaction.c.state.in_(OPEN)).distinct()
    return {str(id) for (id,) in conn.execute(statement)}


def _undone_and_there() -> ColumnElement[bool]:
    later = or_(_redaction.c.done_at.is_(None), _redaction.c.done_at <= _redaction.c.undone_at)
    return and_(_redaction.c.state == "undone", later)


def marks(conn: Connection, sessions: Sequence[str]) -> dict[str, str]:
    """What tells that the edition of a closed session has to be made anew: it is another string then.

    Arguments:
        sessions: of these; those that are not closed are left out.
    """
    heads = select(_session.c.id, _session.c.head_seq).where(
        _session.c.id.in_(list(sessions)), _session.c.phase == "closed"
    )
    found = {str(id): f"{seq}" for id, seq in conn.execute(heads)}
    released = func.sum(case((_chapter.c.state == "released", 1), else_=0))
    decided = (
        select(_chapter.c.session_id, released, func.max(_chapter.c.decided_at))
        .where(_chapter.c.decided_at.is_not(None))
        .group_by(_chapter.c.session_id)
    )
    taken = select(
        _redaction.c.session_id,
        func.count(_redaction.c.id),
        func.max(_redaction.c.made_at),
        func.max(_redaction.c.undone_at),
    ).group_by(_redaction.c.session_id)
    for letter, statement in (("c", decided), ("r", taken)):
        for id, *said in conn.execute(statement.where(statement.selected_columns[0].in_(list(found)))):
            found[id] += f" {letter}" + ",".join(str(each or 0) for each in said)
    return found
