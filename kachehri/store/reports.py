"""Facts for the reports, in one reading, and the reports of past days."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import Connection, case, func, or_, select

from .rows import fetch_one, put_new
from .tables import ReportSnapshot, Ticket, table_of

_ticket = table_of(Ticket)
_snapshot = table_of(ReportSnapshot)
#: Closed tickets older than this are history.
YEAR_MS = 365 * 86_400_000


def facts(conn: Connection, now: int, offices: Collection[str] | None = None) -> list[tuple[Any, ...]]:
    """Every open ticket, and those of the last year; columns as in kachehri/reports/figures.py `Fact`.

    What is not public is counted and not named: figures are read by the offices above, which its page is not for.
    """
    columns = (
        case((_ticket.c.privacy == "public", _ticket.c.reference), else_=""),
        _ticket.c.office_id,
        func.coalesce(_ticket.c.category, ""),
        func.coalesce(_ticket.c.area, ""),
        func.coalesce(_ticket.c.person_id, ""),
        _ticket.c.state,
        func.coalesce(_ticket.c.closure_basis, ""),
        _ticket.c.opened_at,
        _ticket.c.due_at,
        _ticket.c.proposed_at,
        _ticket.c.closed_at,
        _ticket.c.disputes,
        _ticket.c.level,
    )
    where = [or_(_ticket.c.closed_at.is_(None), _ticket.c.opened_at > now - YEAR_MS)]
    if offices is not None:
        where.append(_ticket.c.office_id.in_(list(offices)))
    return [tuple(row) for row in conn.execute(select(*columns).where(*where))]


def add(conn: Connection, rows: list[ReportSnapshot]) -> None:
    """Keep a day's reports; what is there stays."""
    put_new(conn, rows)


def get(conn: Connection, day: str, name: str) -> ReportSnapshot | None:
    """One report of a day."""
    return fetch_one(conn, ReportSnapshot, _snapshot.c.day == day, _snapshot.c.name == name)


def days(conn: Connection, most: int = 400) -> list[str]:
    """The days that were kept, the latest first."""
    statement = select(_snapshot.c.day).distinct().order_by(_snapshot.c.day.desc()).limit(most)
    return list(conn.execute(statement).scalars())
