"""Tickets as anybody may read them, in pages: nothing private, nothing protected, and only released words."""

from collections.abc import Collection
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, func, or_, select, tuple_

from moderation.release import public_words

from .tables import ApiFiling, Category, Content, ReplayChapter, Ticket, TicketEvent, table_of
from .tickets import Step

_ticket = table_of(Ticket)
_step = table_of(TicketEvent)
_head = _step.alias("head")
_content = table_of(Content)
_category = table_of(Category)
_filing = table_of(ApiFiling)
_chapter = table_of(ReplayChapter)


class PublicTicket(NamedTuple):
    """One ticket. `text` is what moderation/release.py lets everybody read; `moved_at` the instant of its last step."""

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


class Standing(NamedTuple):
    """What a chapter of a hearing says of its ticket."""

    reference: str
    category: str | None
    area: str | None
    office_id: str
    kind: str
    state: str


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


#: The ticket's own columns among those of `PublicTicket`.
_OWN = PublicTicket._fields[: PublicTicket._fields.index("moved_at")]


def _visible() -> ColumnElement[bool]:
    protected = select(_category.c.code).where(_category.c.protected)
    return and_(_ticket.c.privacy == "public", or_(_ticket.c.category.is_(None), _ticket.c.category.not_in(protected)))


def _select() -> Select[Any]:
    joined = (
        _ticket.join(_head, and_(_head.c.ticket_id == _ticket.c.id, _head.c.seq == _ticket.c.head_seq))
        .outerjoin(_filing, _filing.c.ticket_id == _ticket.c.id)
        .outerjoin(_category, _category.c.code == _ticket.c.category)
        .outerjoin(_content, _content.c.id == _ticket.c.content_id)
    )
    own = [_ticket.c[name] for name in _OWN]
    more = (_head.c.at, _filing.c.lat, _filing.c.long, _content.c.public, _ticket.c.privacy)
    # Of a hearing a chapter is released, of which a question may have several; of what a program filed, the filing.
    heard = (
        select(func.min(_chapter.c.decided_at))
        .where(_chapter.c.question_id == _ticket.c.question_id, _chapter.c.state == "released")
        .correlate(_ticket)
        .scalar_subquery()
    )
    columns = (*own, *more, _category.c.protected, func.coalesce(_filing.c.released_at, heard))
    return select(*columns).select_from(joined).where(_visible())


def _row(row: Row[Any]) -> PublicTicket:
    values = tuple(row)
    moved_at, lat, long, masked, privacy, protected, released_at = values[len(_OWN) :]
    text = public_words(masked, privacy=privacy, protected=bool(protected), released_at=released_at)
    return PublicTicket._make((*values[: len(_OWN)], moved_at, text, lat, long))


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


def listing(conn: Connection, wanted: Wanted, *, limit: int = 100, offset: int = 0) -> list[PublicTicket]:
    """One page, the latest opened first."""
    statement = _select().where(*_where(wanted))
    order = (_ticket.c.opened_at.desc(), _ticket.c.id.desc())
    return [_row(row) for row in conn.execute(statement.order_by(*order).limit(limit).offset(offset))]


def moved(conn: Connection, since: int, until: int, *, limit: int) -> list[PublicTicket]:
    """Tickets whose last step is not before `since` and which existed by `until`, in the order of their last step."""
    statement = _select().where(_head.c.at >= since, _ticket.c.opened_at <= until)
    return [_row(row) for row in conn.execute(statement.order_by(_head.c.at, _ticket.c.id).limit(limit))]


def one(conn: Connection, reference: str) -> PublicTicket | None:
    """The public ticket with this number of its own; the number of a follower names none."""
    row = conn.execute(_select().where(_ticket.c.reference == reference)).one_or_none()
    return _row(row) if row is not None else None


def standing(conn: Connection, references: Collection[str]) -> dict[str, Standing]:
    """Where the public tickets among these numbers stand; the number of a follower names none."""
    columns = [_ticket.c[name] for name in Standing._fields]
    statement = select(*columns).where(_visible(), _ticket.c.reference.in_(list(references)))
    return {row[0]: Standing(*row) for row in conn.execute(statement)}


def of_public(question_id: ColumnElement[str | None]) -> ColumnElement[bool]:
    """That the ticket of a question, named by a column of some statement, is a public one."""
    return select(_ticket.c.id).where(_ticket.c.question_id == question_id, _visible()).exists()


def shown(conn: Connection, id: str) -> bool:
    """Whether anybody may know of this ticket at all: neither what was asked privately, nor a protected matter."""
    return conn.execute(select(_ticket.c.id).where(_ticket.c.id == id, _visible())).first() is not None


def steps(conn: Connection, ids: Collection[str]) -> dict[str, list[Step]]:
    """The whole chains of these tickets, in order."""
    columns = [_step.c[name] for name in Step._fields]
    found: dict[str, list[Step]] = {id: [] for id in ids}
    statement = select(*columns).where(_step.c.ticket_id.in_(list(ids))).order_by(_step.c.ticket_id, _step.c.seq)
    for row in conn.execute(statement):
        found[row[0]].append(Step(*row))
    return found
