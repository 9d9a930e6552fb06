"""Days off, versions of the working calendar, and the tickets that the clock has to look at."""

from collections.abc import Collection, Sequence
from typing import NamedTuple

from sqlalchemy import Connection, delete, func, select, update

from .rows import fetch, put, save
from .tables import Calendar, CalendarVersion, Content, Session, Ticket, TicketEvent, table_of

_day = table_of(Calendar)
_version = table_of(CalendarVersion)
_ticket = table_of(Ticket)
_step = table_of(TicketEvent)
_session = table_of(Session)
_content = table_of(Content)
#: As many versions back as any open ticket can have seen.
VERSIONS_MOST = 64


class Waiting(NamedTuple):
    """A ticket that the clock has to look at."""

    id: str
    next_at: int
    next_act: str | None


class Raised(NamedTuple):
    """A ticket that is late beyond all levels; `text` is empty where it is private."""

    reference: str
    category: str | None
    office_id: str
    due_at: int | None
    private: bool
    text: str


class Linked(NamedTuple):
    """A step as a chain is read from."""

    ticket_id: str
    seq: int
    at: int
    actor: str
    type: str
    body: bytes


class Due(NamedTuple):
    """Open tickets that are alike as far as the calendar goes."""

    opened_at: int
    due_at: int
    area: str | None
    days: int
    tickets: int


def days(conn: Connection) -> list[Calendar]:
    """Every entry, by day."""
    return fetch(conn, Calendar, order=(_day.c.day, _day.c.id))


def save_days(conn: Connection, rows: Sequence[Calendar]) -> None:
    """Write entries, over those with the same id."""
    save(conn, rows)


def drop_days(conn: Connection, ids: Collection[str]) -> None:
    """Take entries out; versions of the calendar keep them."""
    if ids:
        conn.execute(delete(_day).where(_day.c.id.in_(list(ids))))


def latest(conn: Connection) -> int:
    """The number of the version in force; 0: nothing was said yet."""
    return int(conn.execute(select(func.max(_version.c.version))).scalar() or 0)


def mark(conn: Connection) -> tuple[int, int]:
    """By which two readings of the versions can be told apart: the latest number and its instant."""
    found = conn.execute(
        select(_version.c.version, _version.c.since).order_by(_version.c.version.desc()).limit(1)
    ).one_or_none()
    return (found[0], found[1]) if found else (0, 0)


def versions(conn: Connection) -> list[CalendarVersion]:
    """The latest versions, oldest first."""
    return fetch(conn, CalendarVersion, order=(_version.c.version.desc(),), limit=VERSIONS_MOST)[::-1]


def add_version(conn: Connection, row: CalendarVersion) -> None:
    """Put a version in force; Conflict when somebody else did so meanwhile."""
    put(conn, [row])


def waiting(
    conn: Connection, now: int, *, after: tuple[int, str] = (-1, ""), limit: int = 100, acts: Collection[str] = ()
) -> list[Waiting]:
    """One page of the tickets whose time has come, the longest overdue first; rows that another worker holds are
    passed over.

    Arguments:
        after: `(next_at, id)` of the last one seen.
    """
    at, id = after
    columns = [_ticket.c[name] for name in Waiting._fields]
    where = [_ticket.c.next_at <= now, _ticket.c.next_at >= at]
    where.append((_ticket.c.next_at > at) | (_ticket.c.id > id))
    if acts:
        where.append(_ticket.c.next_act.in_(list(acts)))
    statement = select(*columns).where(*where).order_by(_ticket.c.next_at, _ticket.c.id).limit(limit)
    return [Waiting(*row) for row in conn.execute(statement.with_for_update(skip_locked=True))]


def chains(conn: Connection, ids: Sequence[str]) -> dict[str, list[Linked]]:
    """The steps of several tickets at once, each in order."""
    found: dict[str, list[Linked]] = {id: [] for id in ids}
    columns = [_step.c[name] for name in Linked._fields]
    statement = select(*columns).where(_step.c.ticket_id.in_(list(ids))).order_by(_step.c.ticket_id, _step.c.seq)
    for row in conn.execute(statement):
        found[row[0]].append(Linked(*row))
    return found


def raised(conn: Connection, room_id: str, level: int, states: Collection[str], limit: int = 20) -> list[Raised]:
    """Open tickets of a room's hearings that are at a level or higher, the longest late first."""
    columns = (
        _ticket.c.reference,
        _ticket.c.category,
        _ticket.c.office_id,
        _ticket.c.due_at,
        _ticket.c.privacy != "public",
        func.coalesce(_content.c.public, ""),
    )
    source = _ticket.join(_session, _session.c.id == _ticket.c.session_id)
    statement = select(*columns).select_from(source.outerjoin(_content, _content.c.id == _ticket.c.content_id))
    statement = statement.where(
        _session.c.room_id == room_id, _ticket.c.state.in_(list(states)), _ticket.c.level >= level
    )
    rows = conn.execute(statement.order_by(_ticket.c.opened_at, _ticket.c.id).limit(limit))
    return [Raised(row[0], row[1], row[2], row[3], bool(row[4]), "" if row[4] else row[5]) for row in rows]


def look_again(conn: Connection, ticket_id: str, head_seq: int, next_at: int | None, next_act: str | None) -> bool:
    """When the clock has to look at a ticket again; False when the ticket was moved meanwhile."""
    here = (_ticket.c.id == ticket_id, _ticket.c.head_seq == head_seq)
    return conn.execute(update(_ticket).where(*here).values(next_at=next_at, next_act=next_act)).rowcount == 1


def put_off(conn: Connection, ticket_id: str, next_at: int) -> None:
    """Leave a ticket alone until then, whatever stands in it."""
    conn.execute(update(_ticket).where(_ticket.c.id == ticket_id).values(next_at=next_at))


def open_after(conn: Connection, after: str, states: Collection[str], *, due_from: int, limit: int) -> list[str]:
    """Ids of open tickets that a change of the calendar may concern, in order.

    Arguments:
        due_from: those that are due at this instant or later, or of which that is not known.
    """
    due = _ticket.c.due_at.is_(None) | (_ticket.c.due_at >= due_from)
    where = (_ticket.c.id > after, _ticket.c.state.in_(list(states)), due)
    return list(conn.execute(select(_ticket.c.id).where(*where).order_by(_ticket.c.id).limit(limit)).scalars())


def open_dues(conn: Connection, states: Collection[str], due_from: int) -> list[Due]:
    """Open tickets by what the calendar needs to know of them, those due at an instant or later."""
    columns = (_ticket.c.opened_at, _ticket.c.due_at, _ticket.c.area, _ticket.c.days)
    where = (_ticket.c.state.in_(list(states)), _ticket.c.due_at >= due_from)
    statement = select(*columns, func.count()).where(*where).group_by(*columns)
    return [Due(*row) for row in conn.execute(statement)]
