"""Lists of tickets as an office works through them: within somebody's reach, filtered, in pages."""

from collections.abc import Collection
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, and_, false, func, literal_column, or_, select, true

from .tables import Content, Follower, Session, Ticket, table_of

_ticket = table_of(Ticket)
_session = table_of(Session)
_follower = table_of(Follower)
_content = table_of(Content)
#: Tickets without a date come last; later than any instant that fits.
NEVER = 2**62


class Reach(NamedTuple):
    """Whose tickets somebody may see.

    Arguments:
        offices: tickets of these offices; None: of all.
        hearings: also tickets from hearings that these offices held; None: of all.
        private: private tickets of these offices alone; None: of all that are within reach.
    """

    offices: Collection[str] | None
    hearings: Collection[str] | None = ()
    private: Collection[str] | None = None


NOTHING = Reach((), (), ())


class Wanted(NamedTuple):
    """What a list is narrowed to.

    Arguments:
        due_before: due, but before this instant.
    """

    states: Collection[str] = ()
    session_id: str = ""
    due_before: int | None = None


class Listed(NamedTuple):
    """A ticket in a list, with the public words of its question."""

    id: str
    reference: str
    office_id: str
    session_id: str | None
    category: str | None
    area: str | None
    private: bool
    state: str
    outcome: str | None
    opened_at: int
    due_at: int | None
    text: str
    followers: int


_due = func.coalesce(_ticket.c.due_at, NEVER)
_private = _ticket.c.privacy == "private"


def _within(reach: Reach) -> ColumnElement[bool]:
    if reach.offices is None:
        where: ColumnElement[bool] = true()
    else:
        where = _ticket.c.office_id.in_(list(reach.offices)) if reach.offices else false()
        if reach.hearings:
            where = or_(where, _session.c.office_id.in_(list(reach.hearings)))
    if reach.private is None:
        return where
    return and_(where, or_(~_private, _ticket.c.office_id.in_(list(reach.private))))


def _where(reach: Reach, wanted: Wanted) -> list[ColumnElement[bool]]:
    where = [_within(reach)]
    if wanted.states:
        where.append(_ticket.c.state.in_(list(wanted.states)))
    if wanted.session_id:
        where.append(_ticket.c.session_id == wanted.session_id)
    if wanted.due_before is not None:
        where.append(_ticket.c.due_at < wanted.due_before)
    return where


_from = _ticket.outerjoin(_session, _session.c.id == _ticket.c.session_id)


def listing(
    conn: Connection, reach: Reach, wanted: Wanted, *, after: tuple[int, str] | None = None, limit: int = 25
) -> list[Listed]:
    """One page, the soonest due first; `after` is `(due_at or NEVER, id)` of the last row seen."""
    followers = (
        select(func.count(literal_column("*")))
        .where(_follower.c.ticket_id == _ticket.c.id, _follower.c.left_at.is_(None))
        .scalar_subquery()
    )
    columns: tuple[Any, ...] = (
        _ticket.c.id,
        _ticket.c.reference,
        _ticket.c.office_id,
        _ticket.c.session_id,
        _ticket.c.category,
        _ticket.c.area,
        _private,
        _ticket.c.state,
        _ticket.c.outcome,
        _ticket.c.opened_at,
        _ticket.c.due_at,
        func.coalesce(_content.c.public, ""),
        followers,
    )
    statement = select(*columns).select_from(_from.outerjoin(_content, _content.c.id == _ticket.c.content_id))
    statement = statement.where(*_where(reach, wanted))
    if after is not None:
        due, id = after
        statement = statement.where(or_(_due > due, and_(_due == due, _ticket.c.id > id)))
    rows = conn.execute(statement.order_by(_due, _ticket.c.id).limit(limit))
    return [Listed(*row) for row in rows]


def count(conn: Connection, reach: Reach, wanted: Wanted) -> int:
    """How many there are."""
    statement = select(func.count(literal_column("*"))).select_from(_from).where(*_where(reach, wanted))
    return int(conn.execute(statement).scalar_one())


def sessions(conn: Connection, reach: Reach, limit: int = 50) -> list[tuple[str, str, str, int]]:
    """The hearings from which there are tickets within reach, the latest first: id, both titles, start."""
    columns = (_session.c.id, _session.c.title_ur, _session.c.title_en, _session.c.starts_at)
    statement = select(*columns).select_from(_from).where(_session.c.id.is_not(None), _within(reach)).distinct()
    rows = conn.execute(statement.order_by(_session.c.starts_at.desc(), _session.c.id).limit(limit))
    return [(row[0], row[1], row[2], row[3]) for row in rows]


def within(conn: Connection, reach: Reach, ticket_id: str) -> bool:
    """Whether a ticket is within reach."""
    statement = select(_ticket.c.id).select_from(_from).where(_ticket.c.id == ticket_id, _within(reach))
    return conn.execute(statement).first() is not None
