"""What events leave behind in the tables that pages ask: a pure translation, written in the events' own transaction."""

from collections.abc import Iterable

from rooms import lifecycle, questions, turns
from rooms.base import Event
from rooms.queue import Question
from rooms.session import Session, next_deadline
from rooms.stage import Turn

from .store.questions import Asked, Changed
from .store.tables import Seat as SeatTable
from .store.tables import Turn as TurnTable


def outer(session: Session) -> tuple[str, int, int, int | None]:
    """What pages list of a session without opening it."""
    life = session.lifecycle
    return life.phase, life.starts_at, life.ends_at, next_deadline(session)


def touched(session: Session, event: Event) -> Iterable[str]:
    """The questions whose row an event changes; asked before the event is carried into the session."""
    match event:
        case questions.QuestionAsked() | questions.QuestionClaimed() | questions.QuestionReleased():
            return ()
        case questions.SupportCounted():
            return event.counts
        case turns.TurnCalled():
            return event.questions
        case turns.TurnEnded():
            return session.stage.turns[event.turn].questions
        case _:
            question = getattr(event, "question", None)
            return (question,) if question else ()


def asked(session_id: str, event: questions.QuestionAsked, seq: int, at: int) -> Asked:
    """The row of a new question."""
    return Asked(
        id=event.question,
        session_id=session_id,
        kind=event.kind,
        asker=event.asker,
        filed_by=None,
        consent_id=None,
        channel=event.channel,
        received_at=at,
        claimed_arrival=event.claimed_arrival,
        category=event.category,
        area=event.area,
        lane=event.lane,
        privacy=_privacy(event),
        content_id=event.content.id if event.content else None,
        reference=event.reference,
        parent_id=None,
        state="new",
        supports=0,
        seq=seq,
    )


def changed(question: Question, seq: int) -> Changed:
    """The row of a question as it now stands."""
    return Changed(
        id=question.id,
        category=question.category,
        area=question.area,
        lane="common",
        privacy=_privacy(question),
        parent_id=question.parent or None,
        state=question.state,
        supports=question.supports,
        seq=seq,
    )


def _privacy(of: questions.QuestionAsked | Question) -> str:
    return "private" if of.private else "hidden_name" if of.hide_name else "public"


def turn_row(session_id: str, turn: Turn, seq: int, ended_at: int | None = None) -> TurnTable:
    """The row of a turn; one that is over says when."""
    return TurnTable(
        id=turn.id,
        session_id=session_id,
        participant_id=turn.participant,
        seat_id=turn.seat or None,
        state="ended" if ended_at else turn.state,
        called_at=turn.called_at,
        on_stage_at=turn.staged_at or None,
        ended_at=ended_at,
        seq=seq,
    )


def seat_rows(session_id: str, event: lifecycle.SessionScheduled | lifecycle.SessionRescheduled) -> list[SeatTable]:
    """The rows of the places on the stage; none when an event leaves them as they are."""
    return [SeatTable(session_id=session_id, id=plan.seat, kind=plan.kind) for plan in event.seats or ()]
