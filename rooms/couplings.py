"""The few places where one feature touches another.

Features do not import each other; what one does to another stands in `couplings` (more events) and in `touch` (what a
turn does to its questions). `decide_stage` is the one decision that must look at questions and people first.
"""

from bisect import bisect_left

from . import attendance, interruptions, lifecycle, questions, queue, stage, staging, turns
from .aggregate import Session
from .base import Actor, Command, Context, Event, Refused, SetFact
from .limits import WAIT_PLACES


def decide_stage(session: Session, command: Command, actor: Actor, ctx: Context) -> list[Event]:
    """Commands of the stage, with what they need to know of questions and of people."""
    asker = ""
    match command:
        case turns.CallTurn() | turns.HallTurn():
            question = session.queue.get(command.question)
            if question.state != "called" or isinstance(command, turns.CallTurn):
                queue.step(question, "call")
            if question.private:
                raise Refused("private_question")
            if session.attendance.bar(question.asker, ctx.now) is not None:
                raise Refused("barred")
            asker = question.asker
        case turns.OfferTurn() | turns.StageTurn():
            if session.attendance.bar(session.stage.get(command.turn).participant, ctx.now) is not None:
                raise Refused("barred")
        case turns.WaitTurn():
            turn = session.stage.get(command.turn)
            if any(session.queue.questions[each].waited for each in turn.questions):
                raise Refused("wait_used")
    return staging.decide(session.stage, command, actor, ctx, asker)  # type: ignore[arg-type]


def couplings(session: Session, event: Event | SetFact) -> list[Event | SetFact]:
    """What one feature's event means for another feature."""
    match event:
        case lifecycle.SessionScheduled():
            return [questions.PolicyDeclared(policy="arrival")]
        case lifecycle.SessionAdjourned():
            return [*interruptions.park_all(session.stage, "adjourned")]
        case lifecycle.SessionPostponed():
            return [*interruptions.end_all(session.stage, "cancelled")]
        case lifecycle.SessionClosing():
            return [*interruptions.end_all(session.stage, "closed")]
        case attendance.ParticipantRemoved():
            gone = interruptions.end_all(session.stage, "removed", event.participant)
            return [*gone, *let_go(session, event.participant)]
        case attendance.StaffLeft():
            return [*let_go(session, event.participant), *interruptions.screens_off(session.stage, event.participant)]
        case turns.TurnEnded(outcome="waited"):
            return [*later(session, session.stage.turns[event.turn])]
        case _:
            return []


def line_of(session: Session, command: attendance.ReportPresence, now: int) -> list[Event]:
    """What the line of someone who has a turn, coming or going, means for the stage."""
    if command.present:
        return interruptions.returned(session.stage, command.participant, now)
    return interruptions.dropped(session.stage, command.participant, command.cause, now)


def let_go(session: Session, participant: str) -> list[Event]:
    """Whoever is not here works on nothing: the others may take what she had claimed."""
    claims = session.queue.claims.items()
    return [questions.QuestionReleased(question=each) for each, claim in claims if claim.by == participant]


def speaker(session: Session) -> str:
    """The seat of whoever speaks for the office: of the officials who sit, the chair, else the first."""
    sitting = [seat for seat in session.stage.seats.values() if seat.kind == "official" and seat.participant]
    sitting.sort(key=lambda seat: session.attendance.staff.get(seat.participant) != "chair")
    return sitting[0].id if sitting else ""


def has_turn(session: Session, question: str) -> bool:
    """Whether a question is on the stage, or on its way there."""
    return any(question in turn.questions for turn in session.stage.turns.values())


def leave_stage(session: Session, question: str) -> list[Event]:
    """End the turn of a question that is taken back."""
    return [
        turns.TurnEnded(turn=turn.id, outcome="withdrawn")
        for turn in session.stage.turns.values()
        if turn.questions == (question,)
    ]


def later(session: Session, turn: stage.Turn) -> list[Event]:
    """Two places back for someone who asked for a little time, unless the question has gone elsewhere meanwhile."""
    line = session.queue.line
    events: list[Event] = []
    for each in turn.questions:
        question = session.queue.questions[each]
        if (question.state, question.earlier) == ("called", "admitted"):
            at = bisect_left(line, (question.rank, question.id)) + WAIT_PLACES
            before = line[at][1] if at < len(line) else None
            events.append(questions.QuestionMoved(question=each, before=before, reason="asked_for_time"))
    return events


def touch(session: Session, event: Event, at: int) -> None:
    """What a turn does to its questions; runs before the turn itself changes, while it can still be looked up."""
    match event:
        case turns.TurnCalled():
            for each in event.questions:
                queue.mark(session.queue, each, "call", at)
        case turns.TurnEnded():
            for each in session.stage.turns[event.turn].questions:
                queue.mark(session.queue, each, "hear" if event.heard else "return", at)
        case _:
            return
