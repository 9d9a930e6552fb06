"""Lists of tickets as an office works through them: within somebody's reach, filtered, in pages."""

from collections import Counter
from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Connection,
    and_,
    case,
    exists,
    false,
    func,
    literal_column,
    not_,
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
REFERENCE_DIGITS = 10


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
        submitted: an answer waits for a superior's signature; False: none does.
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
    submitted: bool | None = None
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
_private = _ticket.c.privacy != "public"


def branches(reach: Reach) -> list[ColumnElement[bool]]:
    """What is within reach, as conditions of which each ticket fulfils one at most and each has an index of its own.

    One condition with "or" in it would have the database look at every ticket there is.
    """
    if reach.offices is None:
        return [_open_to(reach, true())]
    ways: list[ColumnElement[bool]] = []
    if reach.offices:
        ways.append(_ticket.c.office_id.in_(list(reach.offices)))
    if reach.hearings:
        held = select(_session.c.id).where(_session.c.office_id.in_(list(reach.hearings)))
        ways.append(func.coalesce(_ticket.c.session_id, "").in_(held) if ways else _ticket.c.session_id.in_(held))
    found = [_open_to(reach, way, ways[:number]) for number, way in enumerate(ways)]
    # Whoever asked an office for its part shows it the ticket, and a post sees what it answers for, private or not.
    shared = reach.offices if reach.private is None else reach.private
    mine: list[ColumnElement[bool]] = []
    if shared:
        mine.append(_ticket.c.id.in_(select(_part.c.ticket_id).where(_part.c.office_id.in_(list(shared)))))
    if reach.posts:
        mine += [_ticket.c.post_id.in_(list(reach.posts)), _ticket.c.accountable_post_id.in_(list(reach.posts))]
    for number, way in enumerate(mine):
        elsewhere = [not_(func.coalesce(each, false())) for each in (*found, *mine[:number])]
        found.append(_clear(reach, and_(way, *elsewhere)))
    return found


def _open_to(reach: Reach, way: ColumnElement[bool], before: Sequence[ColumnElement[bool]] = ()) -> ColumnElement[bool]:
    """Tickets on this way that are not on one before, and private ones only of the offices that may see them."""
    where = [way, *(not_(each) for each in before)]
    if reach.private is not None:
        where.append(or_(~_private, _ticket.c.office_id.in_(list(reach.private))))
    return _clear(reach, and_(*where))


def _clear(reach: Reach, where: ColumnElement[bool]) -> ColumnElement[bool]:
    """None that complain about the reader."""
    if not reach.about:
        return where
    return and_(where, or_(_ticket.c.about_post_id.is_(None), _ticket.c.about_post_id.not_in(list(reach.about))))


def _where(wanted: Wanted) -> list[ColumnElement[bool]]:
    where: list[ColumnElement[bool]] = []
    if wanted.states:
        where.append(_ticket.c.state.in_(list(wanted.states)))
    if wanted.session_id:
        where.append(_ticket.c.session_id == wanted.session_id)
    if wanted.due_before is not None:
        where.append(_ticket.c.due_at < wanted.due_before)
    if wanted.at_risk is not None:
        left = _ticket.c.due_at - wanted.at_risk
        where += [_ticket.c.due_at >= wanted.at_risk, left * 5 <= _ticket.c.due_at - _ticket.c.opened_at]
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
    if wanted.submitted is not None:
        where.append(_unsigned() if wanted.submitted else not_(func.coalesce(_unsigned(), false())))
    if wanted.ending:
        # Looked through in the index of numbers alone, and only then fetched.
        numbers = _ticket.alias()
        ending = select(numbers.c.reference).where(numbers.c.reference.like(f"%{wanted.ending}"))
        whole = len(wanted.ending) == REFERENCE_DIGITS
        where.append(_ticket.c.reference == wanted.ending if whole else _ticket.c.reference.in_(ending))
    return where


def _unsigned() -> ColumnElement[bool]:
    """The last word on it was an answer that nobody signed yet. Only disputed tickets can have one."""
    of = _ticket.c.id == _step.c.ticket_id
    written = select(func.max(_step.c.seq)).where(of, _step.c.type == "ticket.submitted").scalar_subquery()
    proposed = select(func.max(_step.c.seq)).where(of, _step.c.type == "ticket.proposed").scalar_subquery()
    return and_(_ticket.c.disputes > 0, written > func.coalesce(proposed, 0))


def listing(
    conn: Connection, reach: Reach, wanted: Wanted, *, after: tuple[int, str] | None = None, limit: int = 25
) -> list[Listed]:
    """One page, the soonest due first; `after` is `(due_at or NEVER, id)` of the last row seen."""
    # First which, from indexes alone, and only then what is shown of them: an office may have a hundred thousand.
    where = _where(wanted)
    if after is not None:
        due, id = after
        where.append(or_(_due > due, and_(_due == due, _ticket.c.id > id)))
    found: list[tuple[int, str]] = []
    for branch in branches(reach):
        # The same order as `_due`, in words for which there is an index.
        order = (_ticket.c.due_at.asc().nulls_last(), _ticket.c.id)
        first = select(_due, _ticket.c.id).where(branch, *where).order_by(*order).limit(limit)
        found += [(row[0], row[1]) for row in conn.execute(first)]
    ids = [id for _, id in sorted(found)[:limit]]
    if not ids:
        return []
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
    whole = _ticket.outerjoin(_content, _content.c.id == _ticket.c.content_id)
    rows = conn.execute(select(*columns).select_from(whole).where(_ticket.c.id.in_(ids)).order_by(_due, _ticket.c.id))
    return [Listed(*row) for row in rows]


def count(conn: Connection, reach: Reach, wanted: Wanted) -> int:
    """How many there are."""
    number, where = func.count(literal_column("*")), _where(wanted)
    return sum(
        int(conn.execute(select(number).select_from(_ticket).where(branch, *where)).scalar_one())
        for branch in branches(reach)
    )


def tally(conn: Connection, reach: Reach, now: int) -> dict[str, tuple[int, int]]:
    """For each state how many there are, and how many of them are past their day; read from an index alone."""
    late = func.sum(case((_ticket.c.due_at < now, 1), else_=0))
    found: dict[str, tuple[int, int]] = {}
    for branch in branches(reach):
        statement = select(_ticket.c.state, func.count(literal_column("*")), late).where(branch)
        for state, number, past in conn.execute(statement.group_by(_ticket.c.state)):
            known = found.get(state, (0, 0))
            found[state] = (known[0] + int(number), known[1] + int(past or 0))
    return found


def load(conn: Connection, reach: Reach, now: int, states: Collection[str]) -> list[tuple[str, str, int, int]]:
    """How the open tickets of an office lie: for each office and post (or nothing) how many, and how many are late."""
    late = func.sum(case((_ticket.c.due_at < now, 1), else_=0))
    post = func.coalesce(_ticket.c.post_id, "")
    columns = (_ticket.c.office_id, post.label("post"), func.count(literal_column("*")), late)
    found: Counter[tuple[str, str]] = Counter()
    past: Counter[tuple[str, str]] = Counter()
    for branch in branches(reach):
        statement = select(*columns).where(branch, *_where(Wanted(states))).group_by(_ticket.c.office_id, post)
        for office, at, number, overdue in conn.execute(statement):
            found[office, at] += int(number)
            past[office, at] += int(overdue or 0)
    return [(office, at, number, past[office, at]) for (office, at), number in sorted(found.items())]


def causes(conn: Connection, reach: Reach, since: int, limit: int = 10) -> list[tuple[str, str, int]]:
    """What came again: topic, place and how often since an instant, where it was more than once."""
    topic, area = func.coalesce(_ticket.c.category, ""), func.coalesce(_ticket.c.area, "")
    found: Counter[tuple[str, str]] = Counter()
    for branch in branches(reach):
        statement = select(topic, area, func.count(literal_column("*"))).where(branch, _ticket.c.opened_at >= since)
        for about, where, number in conn.execute(statement.group_by(topic, area)):
            found[about, where] += int(number)
    often = sorted(((number, *key) for key, number in found.items() if number > 1), key=lambda row: (-row[0], *row[1:]))
    return [(about, where, number) for number, about, where in often[:limit]]


def sessions(conn: Connection, reach: Reach, limit: int = 50) -> list[tuple[str, str, str, int]]:
    """The hearings from which there are tickets within reach, the latest first: id, both titles, start."""
    columns = (_session.c.id, _session.c.title_ur, _session.c.title_en, _session.c.starts_at)
    ways = branches(reach)
    if not ways:
        return []
    # A hearing has some thousand tickets, of which the first within reach is enough.
    here = [exists().where(_ticket.c.session_id == _session.c.id, branch) for branch in ways]
    rows = conn.execute(
        select(*columns).where(or_(*here)).order_by(_session.c.starts_at.desc(), _session.c.id).limit(limit)
    )
    return [(row[0], row[1], row[2], row[3]) for row in rows]


def within(conn: Connection, reach: Reach, ticket_id: str) -> bool:
    """Whether a ticket is within reach."""
    return any(
        conn.execute(select(_ticket.c.id).where(_ticket.c.id == ticket_id, branch)).first() is not None
        for branch in branches(reach)
    )


def promised(conn: Connection, reach: Reach, limit: int = 20) -> list[tuple[Commitment, str]]:
    """Promises on tickets within reach that are not over, the soonest due first, with the number of the ticket."""
    due = func.coalesce(_commitment.c.due_at, NEVER)
    standing = _commitment.c.state.not_in(PROMISE_OVER)
    source = _commitment.join(_ticket, _commitment.c.ticket_id == _ticket.c.id)
    found: list[tuple[Commitment, str]] = []
    for branch in branches(reach):
        statement = select(_commitment, _ticket.c.reference.label("number")).select_from(source).where(branch, standing)
        for row in conn.execute(statement.order_by(due, _commitment.c.id).limit(limit)):
            values = dict(row._mapping)
            number = str(values.pop("number"))
            found.append((Commitment(**values), number))
    return sorted(found, key=lambda each: (each[0].due_at or NEVER, each[0].id))[:limit]
