"""The figures of one session: what was raised and heard, how long people waited, what was promised and solved."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, and_, case, func, literal_column, select

from .tables import Question, Ticket, Turn, TurnQuestion, table_of

_question = table_of(Question)
_ticket = table_of(Ticket)
_turn = table_of(Turn)
_heard = table_of(TurnQuestion)
_COUNT = func.count(literal_column("*"))
DAY_MS = 86_400_000


class Solved(NamedTuple):
    """Tickets of one office that began in a session.

    Arguments:
        within: how many its citizens confirmed within so many days of the close, for each number of days asked for.
        silent: closed because nobody answered; never counted as solved.
        forced: closed without the citizen's word by a superior.
        claimed: the office says that they are done, closed or not.
    """

    office: str
    tickets: int
    within: tuple[int, ...]
    silent: int
    forced: int
    claimed: int


def states(conn: Connection, session_id: str) -> dict[str, int]:
    """How many questions of a session ended in which state."""
    here = _question.c.session_id == session_id
    statement = select(_question.c.state, _COUNT).where(here).group_by(_question.c.state)
    return {state: int(n) for state, n in conn.execute(statement)}


def opened_at(conn: Connection, session_id: str) -> int | None:
    """When the last ticket of a session began, which is when it was closed."""
    found = conn.execute(select(func.max(_ticket.c.opened_at)).where(_ticket.c.session_id == session_id)).scalar_one()
    return int(found) if found is not None else None


def waits(conn: Connection, session_id: str, started_at: int) -> list[int]:
    """How long everybody waited who was called, in milliseconds, shortest first: from asking, or from the start of the
    hearing for what was asked before it, to the first call.
    """
    source = _turn.join(_heard, _heard.c.turn_id == _turn.c.id).join(_question, _question.c.id == _heard.c.question_id)
    first = func.min(_turn.c.called_at)
    statement = (
        select(first, _question.c.received_at)
        .select_from(source)
        .where(_turn.c.session_id == session_id)
        .group_by(_question.c.id, _question.c.received_at)
    )
    return sorted(max(0, called - max(received, started_at)) for called, received in conn.execute(statement))


def solved(conn: Connection, session_id: str, days: Sequence[int]) -> list[Solved]:
    """What became of a session's tickets, by office."""
    took = _ticket.c.closed_at - _ticket.c.opened_at
    confirmed = _ticket.c.closure_basis == "citizen_confirmed"

    def when(*facts: Any) -> Any:
        return func.sum(case((and_(*facts), 1), else_=0))

    statement = (
        select(
            _ticket.c.office_id,
            _COUNT,
            *(when(confirmed, took <= each * DAY_MS) for each in days),
            when(_ticket.c.closure_basis == "citizen_silent"),
            when(_ticket.c.closure_basis == "supervisor_forced"),
            when(_ticket.c.proposed_at.is_not(None)),
        )
        .where(_ticket.c.session_id == session_id)
        .group_by(_ticket.c.office_id)
    )
    return [
        Solved(office, int(n), tuple(map(int, rest[: len(days)])), *map(int, rest[len(days) :]))
        for office, n, *rest in conn.execute(statement)
    ]
