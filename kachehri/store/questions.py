"""Questions and supports as pages look them up: rows made from the log in the same transaction."""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, Select, bindparam, func, insert, literal_column, select, update
from sqlalchemy.dialects import postgresql, sqlite

from .bulk import Bulk
from .tables import Question, Support, table_of

_question = table_of(Question)
_support = table_of(Support)


class Asked(NamedTuple):
    """A question as it is first written; what may change later is in `Changed`."""

    id: str
    session_id: str
    kind: str
    asker: str
    filed_by: str | None
    consent_id: str | None
    channel: str
    received_at: int
    claimed_arrival: int | None
    category: str | None
    area: str | None
    lane: str
    privacy: str
    content_id: str | None
    reference: str
    parent_id: str | None
    state: str
    supports: int
    seq: int


class Changed(NamedTuple):
    """The fields of a question that events move, after the event numbered `seq`."""

    id: str
    category: str | None
    area: str | None
    lane: str
    privacy: str
    parent_id: str | None
    state: str
    supports: int
    seq: int


class Supported(NamedTuple):
    """One person's "me too"."""

    question_id: str
    participant_id: str
    session_id: str
    at: int


_ADD = Bulk(insert(_question), Asked._fields)
_CHANGE = Bulk(
    update(_question)
    .where(_question.c.id == bindparam("of"))
    .values({name: bindparam(f"new_{name}") for name in Changed._fields[1:]}),
    ("of", *(f"new_{name}" for name in Changed._fields[1:])),
)
_STATE = (
    update(_question)
    .where(_question.c.id == bindparam("of"))
    .values(state=bindparam("new_state"), seq=bindparam("new_seq"))
)
_COLUMNS = [_question.c[name] for name in Asked._fields]
_NEW_SUPPORTS = (_support.c.question_id, _support.c.participant_id)
_SUPPORT_SQLITE = sqlite.insert(_support).on_conflict_do_nothing().returning(*_NEW_SUPPORTS)
# One statement for any number of rows: arrays are a third of the cost of a VALUES list (PostgreSQL manual, 9.19).
_SUPPORT_POSTGRES = (
    postgresql.insert(_support)
    .from_select(
        list(Supported._fields),
        select(
            *(
                func.unnest(bindparam(f"all_{column.name}", type_=postgresql.ARRAY(column.type))).label(column.name)
                for column in _support.c
            )
        ),
    )
    .on_conflict_do_nothing()
    .returning(*_NEW_SUPPORTS)
)


def add(conn: Connection, rows: Sequence[Asked]) -> None:
    """Write questions as they are asked. A reference that was taken is a Conflict."""
    _ADD.run(conn, rows)


def change(conn: Connection, rows: Sequence[Changed]) -> None:
    """Carry what events moved into the rows; several changes of one question in one call are applied in order."""
    _CHANGE.run(conn, rows)


def set_states(conn: Connection, rows: Iterable[tuple[str, str, int]]) -> None:
    """Only the state, as `(question, state, seq)`: what closing does to thousands."""
    values = [{"of": id, "new_state": state, "new_seq": seq} for id, state, seq in rows]
    if values:
        conn.execute(_STATE, values)


def support(conn: Connection, rows: Sequence[Supported]) -> set[tuple[str, str]]:
    """Write supports and return which `(question, participant)` are new; one that was there before stays as it was."""
    if not rows:
        return set()
    if conn.dialect.name == "postgresql":
        arrays = {f"all_{name}": [row[place] for row in rows] for place, name in enumerate(Supported._fields)}
        return {(row[0], row[1]) for row in conn.execute(_SUPPORT_POSTGRES, arrays)}
    return {(row[0], row[1]) for row in conn.execute(_SUPPORT_SQLITE, [row._asdict() for row in rows])}


def unsupport(conn: Connection, rows: Sequence[tuple[str, str]]) -> int:
    """Take supports back, as `(question, participant)`; how many there were."""
    gone = 0
    for question_id, participant_id in rows:
        where = (_support.c.question_id == question_id, _support.c.participant_id == participant_id)
        gone += conn.execute(_support.delete().where(*where)).rowcount
    return gone


def _asked_in(session_id: str) -> Select[Any]:
    return select(_question.c.id).where(_question.c.session_id == session_id)


def tallies(conn: Connection, session_id: str) -> dict[str, int]:
    """How many support each question of a session."""
    statement = (
        select(_support.c.question_id, func.count(literal_column("*")))
        .where(_support.c.question_id.in_(_asked_in(session_id)))
        .group_by(_support.c.question_id)
    )
    return {id: count for id, count in conn.execute(statement)}


def supporters(conn: Connection, session_id: str) -> set[tuple[str, str]]:
    """Every `(question, participant)` of a session, to start a replica from."""
    statement = select(*_NEW_SUPPORTS).where(_support.c.question_id.in_(_asked_in(session_id)))
    return {(row[0], row[1]) for row in conn.execute(statement)}


def by_reference(conn: Connection, reference: str) -> Asked | None:
    """The question with this number."""
    row = conn.execute(select(*_COLUMNS).where(_question.c.reference == reference)).one_or_none()
    return Asked(*row) if row is not None else None


def by_id(conn: Connection, id: str) -> Asked | None:
    """One question."""
    row = conn.execute(select(*_COLUMNS).where(_question.c.id == id)).one_or_none()
    return Asked(*row) if row is not None else None


def of_asker(conn: Connection, session_id: str, participant_id: str) -> list[Asked]:
    """Somebody's own questions in a session, newest first."""
    mine = (_question.c.session_id == session_id, _question.c.asker == participant_id)
    newest = (_question.c.received_at.desc(), _question.c.seq.desc())
    return [Asked(*row) for row in conn.execute(select(*_COLUMNS).where(*mine).order_by(*newest))]


def listing(
    conn: Connection,
    session_id: str,
    *,
    states: Sequence[str] = (),
    after: tuple[int, str] | None = None,
    limit: int = 50,
) -> list[Asked]:
    """One page of a session's questions by arrival; `after` is `(received_at, id)` of the last row seen."""
    statement = select(*_COLUMNS).where(_question.c.session_id == session_id)
    if states:
        statement = statement.where(_question.c.state.in_(states))
    if after is not None:
        at, id = after
        later = (_question.c.received_at > at) | ((_question.c.received_at == at) & (_question.c.id > id))
        statement = statement.where(later)
    statement = statement.order_by(_question.c.received_at, _question.c.id).limit(limit)
    return [Asked(*row) for row in conn.execute(statement)]


def counts(conn: Connection, session_id: str) -> dict[str, int]:
    """How many questions are in each state."""
    statement = (
        select(_question.c.state, func.count(literal_column("*")))
        .where(_question.c.session_id == session_id)
        .group_by(_question.c.state)
    )
    return {state: count for state, count in conn.execute(statement)}
