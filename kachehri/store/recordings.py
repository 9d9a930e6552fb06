"""Whole segments of recordings: which there are, and which the storage has."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import Connection, delete, func, or_, select, update

from .rows import put_new
from .tables import RecordedSegment, Session, table_of

_segment = table_of(RecordedSegment)
_session = table_of(Session)


class Recorded(NamedTuple):
    """What there is of one rendition of one session."""

    session_id: str
    rendition: str
    segments: int
    bytes: int
    duration_us: int
    wall_ms: int


def known(conn: Connection, session_id: str) -> bool:
    """Whether there is such a session; a folder may be older than the database."""
    return conn.execute(select(_session.c.id).where(_session.c.id == session_id)).first() is not None


def add(conn: Connection, rows: Sequence[RecordedSegment]) -> None:
    """Enter segments; those that are there stay as they are."""
    put_new(conn, rows)


def last_number(conn: Connection, session_id: str, rendition: str) -> int:
    """The highest number that was entered; -1 without any."""
    statement = select(func.max(_segment.c.number)).where(
        _segment.c.session_id == session_id, _segment.c.rendition == rendition
    )
    found = conn.execute(statement).scalar_one()
    return -1 if found is None else int(found)


def of_session(conn: Connection, session_id: str) -> list[RecordedSegment]:
    """All that was recorded of a session, in order."""
    statement = (
        select(_segment).where(_segment.c.session_id == session_id).order_by(_segment.c.rendition, _segment.c.number)
    )
    return [RecordedSegment(**row._mapping) for row in conn.execute(statement)]


def marks_between(conn: Connection, session_id: str, since_ms: int, until_ms: int) -> dict[tuple[str, int], str]:
    """The SHA-256 of segments that began to be said within a span, by rendition and number."""
    here = (_segment.c.session_id == session_id, _segment.c.wall_ms >= since_ms, _segment.c.wall_ms < until_ms)
    statement = select(_segment.c.rendition, _segment.c.number, _segment.c.sha256).where(*here)
    return {(rendition, number): sha256 for rendition, number, sha256 in conn.execute(statement)}


def summary(conn: Connection, session_id: str) -> list[Recorded]:
    """A line for each rendition of a session."""
    statement = (
        select(
            _segment.c.session_id,
            _segment.c.rendition,
            func.count(_segment.c.number),
            func.sum(_segment.c.bytes),
            func.sum(_segment.c.duration_us),
            func.min(_segment.c.wall_ms),
        )
        .where(_segment.c.session_id == session_id)
        .group_by(_segment.c.session_id, _segment.c.rendition)
        .order_by(_segment.c.rendition)
    )
    return [Recorded(row[0], row[1], *map(int, row[2:])) for row in conn.execute(statement)]


def not_stored(conn: Connection, limit: int) -> list[RecordedSegment]:
    """Segments that the storage does not have yet, oldest first."""
    statement = (
        select(_segment)
        .where(_segment.c.stored_at.is_(None))
        .order_by(_segment.c.wall_ms, _segment.c.session_id, _segment.c.rendition, _segment.c.number)
        .limit(limit)
    )
    return [RecordedSegment(**row._mapping) for row in conn.execute(statement)]


def stored(conn: Connection, row: RecordedSegment, at: int) -> None:
    """The storage has this one."""
    here = (
        _segment.c.session_id == row.session_id,
        _segment.c.rendition == row.rendition,
        _segment.c.number == row.number,
    )
    conn.execute(update(_segment).where(*here).values(stored_at=at))


def unstored(conn: Connection, session_id: str) -> None:
    """What the storage has of this session is being removed; what stays in the folder is sent again."""
    conn.execute(update(_segment).where(_segment.c.session_id == session_id).values(stored_at=None))


def replaced(conn: Connection, session_id: str, rendition: str, number: int, size: int, sha256: str) -> None:
    """A segment is another now, of `size` bytes. What the storage has or has not is not changed by it."""
    here = (_segment.c.session_id == session_id, _segment.c.rendition == rendition, _segment.c.number == number)
    conn.execute(update(_segment).where(*here).values(bytes=size, sha256=sha256))


def recorded_before(conn: Connection, before: int, *, practice: bool = False) -> list[str]:
    """Sessions of which nothing was recorded at or after an instant. `practice`: of those that were practice."""
    statement = (
        select(_segment.c.session_id)
        .group_by(_segment.c.session_id)
        .having(func.max(_segment.c.wall_ms) < before)
        .order_by(_segment.c.session_id)
    )
    # Of segments of which nothing says when they were said, the hearing's own end does.
    late = select(_session.c.id).where(_session.c.ends_at >= before)
    timed = select(_segment.c.session_id).where(_segment.c.wall_ms >= 0)
    statement = statement.where(or_(_segment.c.session_id.in_(timed), _segment.c.session_id.not_in(late)))
    if practice:
        practised = select(_session.c.id).where(_session.c.practice.is_(True))
        statement = statement.where(_segment.c.session_id.in_(practised))
    return [str(row[0]) for row in conn.execute(statement)]


def forget(conn: Connection, session_id: str) -> None:
    """Strike out a session's segments; their files are gone."""
    conn.execute(delete(_segment).where(_segment.c.session_id == session_id))
