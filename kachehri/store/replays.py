"""Chapters of closed hearings with what was decided on them, and requests to look at them again."""

from collections.abc import Collection
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, and_, func, literal_column, or_, select, update

from .public_tickets import of_public
from .rows import fetch, fetch_one, put_new
from .tables import ReplayChapter, ReplayRequest, Session, table_of

_chapter = table_of(ReplayChapter)
_request = table_of(ReplayRequest)
_session = table_of(Session)
_COUNT = func.count(literal_column("*"))


class Waiting(NamedTuple):
    """A hearing with chapters that nobody has decided on, or that somebody wants looked at again."""

    session_id: str
    title_ur: str
    title_en: str
    office_id: str
    starts_at: int
    #: Undecided chapters, and the end of the oldest of them; requests that are open.
    new: int
    oldest_at: int
    requests: int


class Decided(NamedTuple):
    """What was decided on one chapter."""

    state: str
    reason: str
    decided_at: int | None


def keep(conn: Connection, rows: Collection[ReplayChapter]) -> None:
    """Write the chapters of a hearing; those that stand are left as they are, decided or not."""
    put_new(conn, list(rows))


def of_session(conn: Connection, session_id: str) -> list[ReplayChapter]:
    """The chapters in their order."""
    return fetch(conn, ReplayChapter, _chapter.c.session_id == session_id, order=(_chapter.c.n,))


def decided(conn: Connection, session_id: str, keys: Collection[str] | None = None) -> dict[str, Decided]:
    """What was decided on a hearing's chapters, by their keys; None: on all of them."""
    columns = (_chapter.c.key, _chapter.c.state, _chapter.c.reason, _chapter.c.decided_at)
    statement = select(*columns).where(_chapter.c.session_id == session_id)
    if keys is not None:
        statement = statement.where(_chapter.c.key.in_(list(keys)))
    return {row[0]: Decided(*row[1:]) for row in conn.execute(statement)}


def undecided(conn: Connection, session_id: str) -> set[str]:
    """The keys of a hearing's chapters that wait for a decision."""
    return {key for (key,) in conn.execute(select(_chapter.c.key).where(_chapter.c.session_id == session_id, _waits()))}


def _waits() -> ColumnElement[bool]:
    # What has no public ticket is nobody's to release, so it waits for nobody. A practice opens no tickets.
    practice = select(_session.c.id).where(_session.c.id == _chapter.c.session_id, _session.c.practice).exists()
    asked = (_chapter.c.kind != "opening", _chapter.c.question_id.is_not(None))
    return and_(_chapter.c.state == "new", *asked, or_(of_public(_chapter.c.question_id), practice))


def of_question(conn: Connection, question_id: str) -> list[ReplayChapter]:
    """The chapters of one question, in their order."""
    return fetch(conn, ReplayChapter, _chapter.c.question_id == question_id, order=(_chapter.c.n,))


def one(conn: Connection, session_id: str, key: str) -> ReplayChapter | None:
    """One chapter."""
    return fetch_one(conn, ReplayChapter, _chapter.c.session_id == session_id, _chapter.c.key == key)


def decide(conn: Connection, session_id: str, key: str, state: str, reason: str, account: str, now: int) -> bool:
    """Release a chapter or keep it back, which also answers what people asked. Whether there is such a chapter."""
    here = (_chapter.c.session_id == session_id, _chapter.c.key == key)
    values = {"state": state, "reason": reason, "decided_by": account, "decided_at": now}
    if conn.execute(update(_chapter).where(*here).values(**values)).rowcount != 1:
        return False
    asked = (_request.c.session_id == session_id, _request.c.key == key, _request.c.closed_at.is_(None))
    conn.execute(update(_request).where(*asked).values(closed_at=now))
    return True


def hide(conn: Connection, session_id: str, key: str, reason: str, now: int) -> bool:
    """Take a released chapter out of public until a moderator has looked at it again. Whether it was public."""
    here = (_chapter.c.session_id == session_id, _chapter.c.key == key, _chapter.c.state == "released")
    values = {"state": "new", "reason": reason, "decided_by": None, "decided_at": now}
    return conn.execute(update(_chapter).where(*here).values(**values)).rowcount == 1


def ask(conn: Connection, row: ReplayRequest) -> None:
    """Note a request; the same one, sent twice, once."""
    put_new(conn, [row])


def requests(conn: Connection, session_id: str) -> list[ReplayRequest]:
    """What is asked of a hearing's chapters and not decided, oldest first."""
    open_here = (_request.c.session_id == session_id, _request.c.closed_at.is_(None))
    return fetch(conn, ReplayRequest, *open_here, order=(_request.c.at, _request.c.id))


def wishes(conn: Connection, question_id: str) -> list[ReplayRequest]:
    """What the asker of a question wanted of its chapters, oldest first; `closed_at` says when it was answered."""
    keys = select(_chapter.c.key).where(
        _chapter.c.session_id == _request.c.session_id, _chapter.c.question_id == question_id
    )
    here = (_request.c.kind == "removal", _request.c.key.in_(keys))
    return fetch(conn, ReplayRequest, *here, order=(_request.c.at, _request.c.id))


def untold(conn: Connection, limit: int) -> list[str]:
    """Closed hearings whose chapters were not written down yet, the latest first."""
    told = select(_chapter.c.session_id).where(_chapter.c.session_id == _session.c.id).exists()
    here = (_session.c.phase == "closed", _session.c.practice.is_(False), ~told)
    statement = select(_session.c.id).where(*here).order_by(_session.c.starts_at.desc()).limit(limit)
    return [id for (id,) in conn.execute(statement)]


def waiting(conn: Connection, offices: Collection[str] | None, limit: int = 100) -> list[Waiting]:
    """Hearings that wait for a decision, the one that waits longest first.

    Arguments:
        offices: whose hearings; None for all.
    """
    new = (
        select(_chapter.c.session_id, _COUNT.label("n"), func.min(_chapter.c.ends_at).label("oldest"))
        .where(_waits())
        .group_by(_chapter.c.session_id)
        .subquery()
    )
    asked = (
        select(_request.c.session_id, _COUNT.label("n"), func.min(_request.c.at).label("oldest"))
        .where(_request.c.closed_at.is_(None))
        .group_by(_request.c.session_id)
        .subquery()
    )
    oldest = func.coalesce(new.c.oldest, asked.c.oldest)
    told = [_session.c[name] for name in Waiting._fields[1:5]]
    columns: tuple[Any, ...] = (*told, func.coalesce(new.c.n, 0), oldest, func.coalesce(asked.c.n, 0))
    statement = (
        select(_session.c.id, *columns)
        .outerjoin(new, new.c.session_id == _session.c.id)
        .outerjoin(asked, asked.c.session_id == _session.c.id)
        .where(oldest.is_not(None))
    )
    if offices is not None:
        statement = statement.where(_session.c.office_id.in_(list(offices)))
    return [Waiting(*row) for row in conn.execute(statement.order_by(oldest, _session.c.id).limit(limit))]
