"""What the papers of a closed session are made from: its questions with their tickets, by office."""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, and_, case, func, literal_column, or_, select

from .event_log import Logged
from .tables import Event, Follower, Office, Picture, Question, Ticket, table_of

_question = table_of(Question)
_follower = table_of(Follower)
_own = table_of(Ticket)
_led = table_of(Ticket).alias("led")
_office = table_of(Office)
_event = table_of(Event)
_picture = table_of(Picture)

#: The sections of a register, in their order: by office (none in a practice session, which opens no tickets), then what
#: is private, then what was withdrawn or refused and became no ticket.
OFFICE, PRIVATE, GONE = 0, 1, 2


class Registered(NamedTuple):
    """One question with the ticket that it became or follows."""

    question: str
    reference: str
    at: int
    category: str | None
    area: str | None
    section: int
    office_id: str | None
    ticket_state: str | None
    due_at: int | None
    #: The number of the ticket that it follows, if it has none of its own.
    follows: str | None


class Section(NamedTuple):
    """How many questions one office answers for, or how many are private, or became no ticket."""

    section: int
    office_id: str | None
    questions: int


_office_id = func.coalesce(_own.c.office_id, _led.c.office_id)
_section: ColumnElement[int] = case(
    (or_(_question.c.privacy == "private", func.coalesce(_own.c.privacy, _led.c.privacy) != "public"), PRIVATE),
    (_question.c.state.in_(("withdrawn", "refused")), GONE),
    else_=OFFICE,
)
#: What is private is not listed by office: the office alone would tell what it is about.
_listed_office: ColumnElement[str | None] = case((_section == OFFICE, _office_id))
_joined = (
    _question.outerjoin(_own, _own.c.question_id == _question.c.id)
    .outerjoin(_follower, _follower.c.question_id == _question.c.id)
    .outerjoin(_led, _led.c.id == _follower.c.ticket_id)
    .outerjoin(_office, _office.c.id == _listed_office)
)


def register(conn: Connection, session_id: str) -> list[Registered]:
    """Every question of a session, by section, office and arrival."""
    columns = (
        _question.c.id,
        _question.c.reference,
        _question.c.received_at,
        _question.c.category,
        _question.c.area,
        _section.label("section"),
        _listed_office.label("listed_office"),
        func.coalesce(_own.c.state, _led.c.state),
        func.coalesce(_own.c.due_at, _led.c.due_at),
        case((_own.c.id.is_(None), _led.c.reference)),
    )
    statement = select(*columns).select_from(_joined).where(_question.c.session_id == session_id)
    order: tuple[Any, ...] = (literal_column("section"), _office.c.code, _question.c.received_at, _question.c.id)
    return [Registered(*row) for row in conn.execute(statement.order_by(*order))]


def sections(rows: Iterable[Registered]) -> list[Section]:
    """The sections of a register and how many questions stand in each."""
    counts: dict[tuple[int, str | None], int] = {}
    for row in rows:
        key = (row.section, row.office_id)
        counts[key] = counts.get(key, 0) + 1
    return [Section(*key, count) for key, count in counts.items()]


def stamp(conn: Connection, session_id: str) -> int:
    """Grows with every step of a session's tickets: a paper with another stamp is another paper."""
    statement = select(func.coalesce(func.sum(_own.c.head_seq), 0)).where(_own.c.session_id == session_id)
    return int(conn.execute(statement).scalar_one())


def events(conn: Connection, session_id: str, types: Sequence[str]) -> list[Logged]:
    """The events of these types, in order: a large log is not read whole for a few of its rows."""
    columns = [_event.c[name] for name in Logged._fields]
    here = and_(_event.c.session_id == session_id, _event.c.type.in_(list(types)))
    return [Logged(*row) for row in conn.execute(select(*columns).where(here).order_by(_event.c.seq))]


class Exhibited(NamedTuple):
    """A picture by what identifies its file."""

    id: str
    at: int
    shown: bool
    sha256: bytes


def exhibits(conn: Connection, ticket_id: str) -> list[Exhibited]:
    """The pictures of a ticket in order, without their bytes."""
    columns = [_picture.c[name] for name in Exhibited._fields]
    statement = select(*columns).where(_picture.c.ticket_id == ticket_id).order_by(_picture.c.at, _picture.c.id)
    return [Exhibited(*row) for row in conn.execute(statement)]
