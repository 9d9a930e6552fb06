"""Lists of tickets as an office works through them: within somebody's reach, filtered, in pages."""

from collections.abc import Collection
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    and_,
    case,
    false,
    func,
    literal_column,
    or_,
    select,
    true,
)

from .tables import Commitment, Content, Follower, Session, Ticket, TicketEvent, TicketPart, table_of

_ticket = table_of(Ticket)
_session = table_of(Session)
_follower = table_of(Follower)
_content = table_of(Content)
_part = table_of(TicketPart)
_step = table_of(TicketEvent)
_commitment = table_of(Commitment)
#: A promise in one of these is over.
PROMISE_OVER = ("kept", "cancelled")
#: Tickets without a date come last; later than any instant that fits.
NEVER = 2**62


class Reach(NamedTuple):
    """Whose tickets somebody may see.

    Arguments:
        offices: tickets of these offices; None: of all.
        hearings: also tickets from hearings that these offices held; None: of all.
        private: private tickets of these offices alone; None: of all that are within reach.
        posts: also what lies with these posts, or what one of them answers for since it is late, private or not.
        about: none that complain about one of these, whatever else is said.
    """

    offices: Collection[str] | None
    hearings: Collection[str] | None = ()
    private: Collection[str] | None = None
    posts: Collection[str] = ()
    about: Collection[str] = ()


NOTHING = Reach((), (), ())


class Wanted(NamedTuple):
    """What a list is narrowed to.

    Arguments:
        due_before: due, but before this instant.
        at_risk: not late at this instant, and four fifths of the time from opening to the due day are over.
        mine: given to one of these posts, or one of them answers for it since it is late.
        account: given to this account; together with `mine` either is enough.
        answers: one of these posts answers for it since it is late or disputed.
        submitted: an answer waits for a superior's signature.
        ending: the last digits of its number, or all of them.
    """

    states: Collection[str] = ()
    session_id: str = ""
    due_before: int | None = None
    at_risk: int | None = None
    topic: str = ""
    area: str = ""
    mine: Collection[str] = ()
    account: str = ""
    answers: Collection[str] = ()
    submitted: bool = False
    ending: str = ""


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
    head_seq: int
    kind: str
    level: int
    post_id: str | None
    accountable_post_id: str | None
    proposed_at: int | None
    closure_basis: str | None
    closed_at: int | None


_due = func.coalesce(_ticket.c.due_at, NEVER)
_private = _ticket.c.privacy == "private"


def _within(reach: Reach) -> ColumnElement[bool]:
    if reach.offices is None:
        where: ColumnElement[bool] = true()
    else:
        where = _ticket.c.office_id.in_(list(reach.offices)) if reach.offices else false()
        if reach.hearings:
            where = or_(where, _session.c.office_id.in_(list(reach.hearings)))
    if reach.private is not None:
        where = and_(where, or_(~_private, _ticket.c.office_id.in_(list(reach.private))))
    if reach.offices is not None and reach.offices:
        # Whoever asked an office for its part shows it the ticket.
        mine = reach.offices if reach.private is None else reach.private
        where = or_(where, _ticket.c.id.in_(select(_part.c.ticket_id).where(_part.c.office_id.in_(list(mine)))))
    if reach.posts:
        posts = list(reach.posts)
        where = or_(where, _ticket.c.post_id.in_(posts), _ticket.c.accountable_post_id.in_(posts))
    if reach.about:
        where = and_(where, or_(_ticket.c.about_post_id.is_(None), _ticket.c.about_post_id.not_in(list(reach.about))))
    return where


def _where(reach: Reach, wanted: Wanted) -> list[ColumnElement[bool]]:
    where = [_within(reach)]
    if wanted.states:
        where.append(_ticket.c.state.in_(list(wanted.states)))
    if wanted.session_id:
        where.append(_ticket.c.session_id == wanted.session_id)
    if wanted.due_before is not None:
        where.append(_ticket.c.due_at < wanted.due_before)
    if wanted.at_risk is not None:
        left = _ticket.c.due_at - wanted.at_risk
        where += [left >= 0, left * 5 <= _ticket.c.due_at - _ticket.c.opened_at]
    if wanted.topic:
        where.append(_ticket.c.category == wanted.topic)
    if wanted.area:
        where.append(_ticket.c.area == wanted.area)
    if wanted.mine or wanted.account:
        posts = list(wanted.mine)
        mine = [_ticket.c.post_id.in_(posts), _ticket.c.accountable_post_id.in_(posts)] if posts else []
        where.append(or_(*mine, _ticket.c.account_id == wanted.account) if wanted.account else or_(*mine))
    if wanted.answers:
        where.append(_ticket.c.accountable_post_id.in_(list(wanted.answers)))
    if wanted.submitted:
        where.append(_unsigned())
    if wanted.ending:
        where.append(_ticket.c.reference.like(f"%{wanted.ending}"))
    return where


def _unsigned() -> ColumnElement[bool]:
    """The last word on it was an answer that nobody signed yet. Only disputed tickets can have one."""
    of = _ticket.c.id == _step.c.ticket_id
    written = select(func.max(_step.c.seq)).where(of, _step.c.type == "ticket.submitted").scalar_subquery()
    proposed = select(func.max(_step.c.seq)).where(of, _step.c.type == "ticket.proposed").scalar_subquery()
    return and_(_ticket.c.disputes > 0, written > func.coalesce(proposed, 0))


_with_session = _ticket.outerjoin(_session, _session.c.id == _ticket.c.session_id)


def _source(reach: Reach) -> FromClause:
    """Hearings are looked up only where they decide about the reach."""
    return _with_session if reach.offices is not None and reach.hearings else _ticket


def listing(
    conn: Connection, reach: Reach, wanted: Wanted, *, after: tuple[int, str] | None = None, limit: int = 25
) -> list[Listed]:
    """One page, the soonest due first; `after` is `(due_at or NEVER, id)` of the last row seen."""
    # First which, from an index alone, and only then what is shown of them: an office may have a hundred thousand.
    first = select(_ticket.c.id.label("id")).select_from(_source(reach)).where(*_where(reach, wanted))
    if after is not None:
        due, id = after
        first = first.where(or_(_due > due, and_(_due == due, _ticket.c.id > id)))
    page = first.order_by(_due, _ticket.c.id).limit(limit).subquery()
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
        _ticket.c.head_seq,
        _ticket.c.kind,
        _ticket.c.level,
        _ticket.c.post_id,
        _ticket.c.accountable_post_id,
        _ticket.c.proposed_at,
        _ticket.c.closure_basis,
        _ticket.c.closed_at,
    )
    whole = page.join(_ticket, _ticket.c.id == page.c.id).outerjoin(_content, _content.c.id == _ticket.c.content_id)
    rows = conn.execute(select(*columns).select_from(whole).order_by(_due, _ticket.c.id))
    return [Listed(*row) for row in rows]


def count(conn: Connection, reach: Reach, wanted: Wanted) -> int:
    """How many there are."""
    statement = select(func.count(literal_column("*"))).select_from(_source(reach)).where(*_where(reach, wanted))
    return int(conn.execute(statement).scalar_one())


def tally(conn: Connection, reach: Reach, now: int) -> dict[str, tuple[int, int]]:
    """For each state how many there are, and how many of them are past their day; read from an index alone."""
    late = func.sum(case((_ticket.c.due_at < now, 1), else_=0))
    statement = select(_ticket.c.state, func.count(literal_column("*")), late).select_from(_source(reach))
    rows = conn.execute(statement.where(*_where(reach, Wanted())).group_by(_ticket.c.state))
    return {row[0]: (int(row[1]), int(row[2] or 0)) for row in rows}


def load(conn: Connection, reach: Reach, now: int, states: Collection[str]) -> list[tuple[str, str, int, int]]:
    """How the open tickets of an office lie: for each office and post (or nothing) how many, and how many are late."""
    late = func.sum(case((_ticket.c.due_at < now, 1), else_=0))
    post = func.coalesce(_ticket.c.post_id, "")
    columns = (_ticket.c.office_id, post.label("post"), func.count(literal_column("*")), late)
    statement = select(*columns).select_from(_source(reach)).where(*_where(reach, Wanted(states)))
    rows = conn.execute(statement.group_by(_ticket.c.office_id, post).order_by(_ticket.c.office_id, post))
    return [(row[0], row[1], int(row[2]), int(row[3] or 0)) for row in rows]


def causes(conn: Connection, reach: Reach, since: int, limit: int = 10) -> list[tuple[str, str, int]]:
    """What came again: topic, place and how often since an instant, where it was more than once."""
    number = func.count(literal_column("*"))
    topic, area = func.coalesce(_ticket.c.category, ""), func.coalesce(_ticket.c.area, "")
    statement = select(topic, area, number).select_from(_source(reach)).where(_within(reach))
    statement = statement.where(_ticket.c.opened_at >= since).group_by(topic, area).having(number > 1)
    rows = conn.execute(statement.order_by(number.desc(), topic, area).limit(limit))
    return [(row[0], row[1], int(row[2])) for row in rows]


def sessions(conn: Connection, reach: Reach, limit: int = 50) -> list[tuple[str, str, str, int]]:
    """The hearings from which there are tickets within reach, the latest first: id, both titles, start."""
    columns = (_session.c.id, _session.c.title_ur, _session.c.title_en, _session.c.starts_at)
    statement = select(*columns).select_from(_with_session).where(_session.c.id.is_not(None), _within(reach)).distinct()
    rows = conn.execute(statement.order_by(_session.c.starts_at.desc(), _session.c.id).limit(limit))
    return [(row[0], row[1], row[2], row[3]) for row in rows]


def within(conn: Connection, reach: Reach, ticket_id: str) -> bool:
    """Whether a ticket is within reach."""
    statement = select(_ticket.c.id).select_from(_source(reach)).where(_ticket.c.id == ticket_id, _within(reach))
    return conn.execute(statement).first() is not None


def promised(conn: Connection, reach: Reach, limit: int = 20) -> list[tuple[Commitment, str]]:
    """Promises on tickets within reach that are not over, the soonest due first, with the number of the ticket."""
    statement = select(_commitment, _ticket.c.reference.label("number"))
    source = _source(reach).join(_commitment, _commitment.c.ticket_id == _ticket.c.id)
    statement = statement.select_from(source).where(_within(reach), _commitment.c.state.not_in(PROMISE_OVER))
    due = func.coalesce(_commitment.c.due_at, NEVER)
    found = []
    for row in conn.execute(statement.order_by(due, _commitment.c.id).limit(limit)):
        values = dict(row._mapping)
        number = str(values.pop("number"))
        found.append((Commitment(**values), number))
    return found
