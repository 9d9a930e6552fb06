"""Tickets as anybody may read them, in pages: nothing private, nothing protected, and only released words."""

from collections.abc import Collection
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Select, and_, or_, select, tuple_

from .tables import ApiFiling, Category, Content, Question, Ticket, TicketEvent, table_of
from .tickets import Step

_ticket = table_of(Ticket)
_step = table_of(TicketEvent)
_head = _step.alias("head")
_question = table_of(Question)
_content = table_of(Content)
_category = table_of(Category)
_filing = table_of(ApiFiling)


class PublicTicket(NamedTuple):
    """One ticket. `text` is masked and was released, or is nothing; `moved_at` is the instant of its last step."""

    id: str
    reference: str
    session_id: str | None
    office_id: str
    category: str | None
    area: str | None
    kind: str
    state: str
    outcome: str | None
    closure_basis: str | None
    level: int
    opened_at: int
    due_at: int | None
    proposed_at: int | None
    closed_at: int | None
    head_seq: int
    moved_at: int
    text: str | None
    lat: float | None
    long: float | None


class Wanted(NamedTuple):
    """What a list is narrowed to; nothing given: not narrowed. Instants are milliseconds; ranges hold both their ends.

    Arguments:
        open: whether somebody still owes a step.
        after: `(opened_at, id)` of the last row seen.
    """

    references: Collection[str] | None = None
    categories: Collection[str] | None = None
    opened_from: int | None = None
    opened_to: int | None = None
    moved_from: int | None = None
    moved_to: int | None = None
    open: bool | None = None
    session_id: str | None = None
    after: tuple[int, str] | None = None


#: States in which nobody owes a step; kachehri/tickets/lifecycle.py has the table, and a test compares the two.
CLOSED = ("closed", "closed_final")


def _columns() -> tuple[Any, ...]:
    own = PublicTicket._fields[: PublicTicket._fields.index("moved_at")]
    return (*(_ticket.c[name] for name in own), _head.c.at, _content.c.public, _filing.c.lat, _filing.c.long)


def _visible() -> ColumnElement[bool]:
    protected = select(_category.c.code).where(_category.c.protected)
    return and_(_ticket.c.privacy == "public", or_(_ticket.c.category.is_(None), _ticket.c.category.not_in(protected)))


def _select(released: Collection[str]) -> Select[Any]:
    """Arguments: released: the states of a question in which everybody has read its words."""
    heard = and_(_question.c.state.in_(list(released)), _question.c.privacy == "public")
    words = and_(_content.c.id == _ticket.c.content_id, or_(heard, _filing.c.released_at.is_not(None)))
    joined = (
        _ticket.join(_head, and_(_head.c.ticket_id == _ticket.c.id, _head.c.seq == _ticket.c.head_seq))
        .outerjoin(_question, _question.c.id == _ticket.c.question_id)
        .outerjoin(_filing, _filing.c.ticket_id == _ticket.c.id)
        .outerjoin(_content, words)
    )
    return select(*_columns()).select_from(joined).where(_visible())


def _where(wanted: Wanted) -> list[ColumnElement[bool]]:
    where: list[ColumnElement[bool]] = []
    for column, least, most in (
        (_ticket.c.opened_at, wanted.opened_from, wanted.opened_to),
        (_head.c.at, wanted.moved_from, wanted.moved_to),
    ):
        if least is not None:
            where.append(column >= least)
        if most is not None:
            where.append(column <= most)
    if wanted.references is not None:
        where.append(_ticket.c.reference.in_(list(wanted.references)))
    if wanted.categories is not None:
        where.append(_ticket.c.category.in_(list(wanted.categories)))
    if wanted.open is not None:
        where.append(_ticket.c.state.not_in(CLOSED) if wanted.open else _ticket.c.state.in_(CLOSED))
    if wanted.session_id is not None:
        where.append(_ticket.c.session_id == wanted.session_id)
    if wanted.after is not None:
        where.append(tuple_(_ticket.c.opened_at, _ticket.c.id) < wanted.after)
    return where


def listing(
    conn: Connection, wanted: Wanted, released: Collection[str], *, limit: int = 100, offset: int = 0
) -> list[PublicTicket]:
    """One page, the latest opened first."""
    statement = _select(released).where(*_where(wanted))
    order = (_ticket.c.opened_at.desc(), _ticket.c.id.desc())
    return [PublicTicket(*row) for row in conn.execute(statement.order_by(*order).limit(limit).offset(offset))]


def moved(conn: Connection, since: int, until: int, released: Collection[str], *, limit: int) -> list[PublicTicket]:
    """Tickets whose last step is not before `since` and which existed by `until`, in the order of their last step."""
    statement = _select(released).where(_head.c.at >= since, _ticket.c.opened_at <= until)
    return [PublicTicket(*row) for row in conn.execute(statement.order_by(_head.c.at, _ticket.c.id).limit(limit))]


def one(conn: Connection, reference: str, released: Collection[str]) -> PublicTicket | None:
    """The public ticket with this number of its own; the number of a follower names none."""
    row = conn.execute(_select(released).where(_ticket.c.reference == reference)).one_or_none()
    return PublicTicket(*row) if row is not None else None


def steps(conn: Connection, ids: Collection[str]) -> dict[str, list[Step]]:
    """The whole chains of these tickets, in order."""
    columns = [_step.c[name] for name in Step._fields]
    found: dict[str, list[Step]] = {id: [] for id in ids}
    statement = select(*columns).where(_step.c.ticket_id.in_(list(ids))).order_by(_step.c.ticket_id, _step.c.seq)
    for row in conn.execute(statement):
        found[row[0]].append(Step(*row))
    return found
