"""The aggregate: one session, its features, and the few places where one feature touches another.

Five verbs are the whole surface towards the outside: `decide`, `evolve`, `next_deadline` here, `view` and `visible` in
`rooms.views`. Features do not import each other; what one does to another stands in `couplings` (more events) and in
`touch` (what a turn does to its question).
"""

from bisect import bisect_left
from typing import Any, get_args

import msgspec

from . import (
    attendance,
    captions,
    closing,
    erasing,
    lifecycle,
    outcomes,
    questions,
    queue,
    stage,
    staging,
    triage,
    turns,
)
from .attendance import AttendanceState
from .base import SYSTEM, Actor, Command, Context, Event, Refused, SetFact
from .captions import CaptionState
from .closing import ClosingState
from .lifecycle import LifecycleState, Phase
from .limits import CLOSE_CHUNK, WAIT_PLACES
from .occasions import (
    ATTENDANCE_COMMANDS,
    BARRED,
    CAPTION_COMMANDS,
    LEFT,
    LIFECYCLE_COMMANDS,
    PHASES_OF,
    QUEUE_COMMANDS,
    STAGE_COMMANDS,
)
from .queue import QueueState
from .stage import StageState


class Tick(Command, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="clock.tick"):
    """Time has passed: do what is due."""


ClockCommand = Tick | closing.OpenTickets | closing.SealSession | erasing.EraseContent
AnyCommand = (
    lifecycle.LifecycleCommand
    | questions.QueueCommand
    | turns.StageCommand
    | attendance.AttendanceCommand
    | captions.CaptionCommand
    | ClockCommand
)
AnyEvent = (
    lifecycle.LifecycleEvent
    | questions.QueueEvent
    | turns.StageEvent
    | attendance.AttendanceEvent
    | captions.CaptionEvent
    | closing.TicketsOpened
    | closing.SessionClosed
    | erasing.ContentErased
)

COMMANDS: tuple[type[Command], ...] = get_args(AnyCommand)
EVENTS: tuple[type[Event], ...] = get_args(AnyEvent)
BY_TAG: dict[str, type[Any]] = {str(kind.__struct_config__.tag): kind for kind in (*COMMANDS, *EVENTS)}


class Session(msgspec.Struct):
    """One sitting. Changed only by `evolve`; two sessions that saw the same events are equal."""

    id: str
    seq: int = 0
    at: int = 0
    lifecycle: LifecycleState = msgspec.field(default_factory=LifecycleState)
    attendance: AttendanceState = msgspec.field(default_factory=AttendanceState)
    queue: QueueState = msgspec.field(default_factory=QueueState)
    stage: StageState = msgspec.field(default_factory=StageState)
    captions: CaptionState = msgspec.field(default_factory=CaptionState)
    closing: ClosingState = msgspec.field(default_factory=ClosingState)

    @property
    def phase(self) -> Phase:
        """Where the session stands."""
        return self.lifecycle.phase


def owner(session: Session, command: Command) -> str | None:
    """The participant whom a command is about, for the relation in the role table; None when it is about nobody."""
    match command:
        case turns.CallTurn() | turns.HallTurn():
            return None
        case turns.MuteSeat() | turns.LeaveSeat() | turns.ClearSeat() | turns.NameShown():
            seat = session.stage.seats.get(command.seat)
            return (seat.participant or None) if seat else None
    turn = session.stage.turns.get(getattr(command, "turn", ""))
    if turn is not None:
        return turn.participant
    question = session.queue.questions.get(getattr(command, "question", ""))
    return question.asker if question else None


def decide(session: Session, command: Command, actor: Actor, ctx: Context) -> list[Event | SetFact]:
    """What follows from a command, without changing anything.

    Arguments:
        session: the state under the lock, after every event so far.
        actor: who gives the command; whether the role may do so was decided before (`moderation.roles`).
        ctx: the instant, fresh ids, and where the command's words were put.
    Returns: the events to record, and facts that are rows of their own.
    Errors: `Refused`, with a code of `rooms.refusals`.
    """
    kind = type(command)
    phases = PHASES_OF.get(kind)
    if phases is not None and session.phase not in phases:
        if isinstance(command, attendance.ReportPresence):
            return []
        raise Refused("phase", phase=session.phase)
    barred = kind in BARRED if actor.role == "citizen" else kind not in LEFT
    if barred and session.attendance.bar(actor.participant, ctx.now) is not None:
        raise Refused("barred")
    events: list[Event | SetFact] = []
    if kind in QUEUE_COMMANDS:
        seat = ""
        match command:
            case questions.WithdrawQuestion():
                events += leave_stage(session, command.question)
            case questions.AskQuestion(category=category) if not session.lifecycle.hears(category):
                raise Refused("category_unknown", category=category)
            case outcomes.NoteOutcome():
                seat = speaker(session)
        events += triage.decide(session.queue, command, actor.participant, ctx, seat)  # type: ignore[arg-type]
    elif kind in STAGE_COMMANDS:
        events += decide_stage(session, command, actor, ctx)
    elif kind in LIFECYCLE_COMMANDS:
        events += lifecycle.decide(session.lifecycle, command, ctx)  # type: ignore[arg-type]
    elif kind in ATTENDANCE_COMMANDS:
        events += attendance.decide(session.attendance, command, actor.participant, ctx)  # type: ignore[arg-type]
    elif kind in CAPTION_COMMANDS:
        floor = session.stage.floor
        events += captions.decide(session.captions, command, actor.participant, ctx, floor)  # type: ignore[arg-type]
    else:
        events += decide_clock(session, command, ctx)
    for event in list(events):
        events += couplings(session, event)
    if isinstance(command, attendance.ReportPresence):
        events += line_of(session, command, ctx.now)
    return events


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


def decide_clock(session: Session, command: Command, ctx: Context) -> list[Event]:
    """Commands that only the server gives."""
    match command:
        case Tick():
            if session.phase not in lifecycle.OPEN:
                return []
            closed = lifecycle.due(session.lifecycle, ctx.now)
            if closed:
                return closed
            gone = staff_gone_at(session)
            if gone is not None and gone <= ctx.now:
                return [lifecycle.SessionAdjourned(reason="staff_gone")]
            return [*stage.due(session.stage, ctx.now), *captions.due(session.captions, ctx.now)]
        case closing.OpenTickets():
            chunk = tuple(session.closing.order[session.closing.done : session.closing.done + CLOSE_CHUNK])
            return [closing.TicketsOpened(questions=chunk)] if chunk else []
        case closing.SealSession():
            balance = closing.weigh({state: len(rows) for state, rows in session.queue.index.items()})
            if session.closing.done != balance.raised:
                raise Refused("tickets_missing", missing=balance.raised - session.closing.done)
            return [closing.SessionClosed(balance=balance, cancelled=session.lifecycle.closing_by == "cancelled")]
        case erasing.EraseContent():
            turn = session.stage.turn_of(command.participant)
            if turn is not None and turn.state != "parked":
                raise Refused("turn_live")
            return [erasing.erase(command)]
    raise AssertionError(f"no rule for {type(command).__name__}")


def couplings(session: Session, event: Event | SetFact) -> list[Event | SetFact]:
    """What one feature's event means for another feature."""
    match event:
        case lifecycle.SessionScheduled():
            return [questions.PolicyDeclared(policy="arrival")]
        case lifecycle.SessionAdjourned():
            return [*stage.park_all(session.stage, "adjourned")]
        case lifecycle.SessionPostponed():
            return [*stage.end_all(session.stage, "cancelled")]
        case lifecycle.SessionClosing():
            return [*stage.end_all(session.stage, "closed")]
        case attendance.ParticipantRemoved():
            gone = stage.end_all(session.stage, "removed", event.participant)
            return [*gone, *let_go(session, event.participant)]
        case attendance.StaffLeft():
            return [*let_go(session, event.participant), *stage.screens_off(session.stage, event.participant)]
        case turns.TurnEnded(outcome="waited"):
            return [*later(session, session.stage.turns[event.turn])]
        case _:
            return []


def line_of(session: Session, command: attendance.ReportPresence, now: int) -> list[Event]:
    """What the line of someone who has a turn, coming or going, means for the stage."""
    if command.present:
        return stage.returned(session.stage, command.participant, now)
    return stage.dropped(session.stage, command.participant, command.cause, now)


def let_go(session: Session, participant: str) -> list[Event]:
    """Whoever is not here works on nothing: the others may take what she had claimed."""
    claims = session.queue.claims.items()
    return [questions.QuestionReleased(question=each) for each, claim in claims if claim.by == participant]


def speaker(session: Session) -> str:
    """The seat of whoever speaks for the office: of the officials who sit, the chair, else the first."""
    sitting = [seat for seat in session.stage.seats.values() if seat.kind == "official" and seat.participant]
    sitting.sort(key=lambda seat: session.attendance.staff.get(seat.participant) != "chair")
    return sitting[0].id if sitting else ""


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


def evolve(session: Session, event: Event, seq: int, at: int) -> None:
    """Carry one recorded event into the session.

    Arguments:
        seq: the event's number, without gaps from 1.
        at: its instant, in milliseconds.
    """
    touch(session, event, at)
    match event:
        case lifecycle.SessionScheduled():
            lifecycle.evolve(session.lifecycle, event, at)
            set_stage(session, event.seats, event.timing)
        case lifecycle.SessionRescheduled():
            lifecycle.evolve(session.lifecycle, event, at)
            set_stage(session, event.seats, event.timing)
        case lifecycle.SessionClosing():
            lifecycle.evolve(session.lifecycle, event, at)
            attendance.finish(session.attendance, at)
            everyone = session.queue.questions.values()
            session.closing.order = [each.id for each in everyone if each.state != "merged"]
            session.closing.order += [each.id for each in everyone if each.state == "merged"]
        case closing.SessionClosed():
            session.lifecycle.phase = "cancelled" if event.cancelled else "closed"
            closing.evolve(session.closing, event)
        case closing.TicketsOpened():
            closing.evolve(session.closing, event)
        case erasing.ContentErased():
            pass  # words are beside the log: nothing here knows them
        case _:
            EVOLVE[type(event)](session, event, seq, at)
    session.seq, session.at = seq, at


def set_stage(session: Session, seats: tuple[lifecycle.SeatPlan, ...] | None, timing: lifecycle.Timing | None) -> None:
    """Put up the seats and set the times, both as announced; nobody sits before the doors are open."""
    if seats is not None:
        session.stage.seats = {plan.seat: stage.Seat(id=plan.seat, kind=plan.kind, title=plan.title) for plan in seats}
    if timing is not None:
        session.stage.seat_hold_ms = timing.seat_hold_ms
        session.stage.answer_by_ms = timing.answer_by_ms
        session.stage.turn_ms = timing.turn_ms


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


EVOLVE: dict[type[Event], Any] = {
    **dict.fromkeys(
        get_args(lifecycle.LifecycleEvent), lambda s, event, seq, at: lifecycle.evolve(s.lifecycle, event, at)
    ),
    **dict.fromkeys(get_args(questions.QueueEvent), lambda s, event, seq, at: queue.evolve(s.queue, event, seq, at)),
    **dict.fromkeys(get_args(turns.StageEvent), lambda s, event, seq, at: stage.evolve(s.stage, event, at)),
    **dict.fromkeys(
        get_args(attendance.AttendanceEvent), lambda s, event, seq, at: attendance.evolve(s.attendance, event, at)
    ),
    **dict.fromkeys(get_args(captions.CaptionEvent), lambda s, event, seq, at: captions.evolve(s.captions, event, at)),
}


def staff_gone_at(session: Session) -> int | None:
    """When a live session without staff adjourns by itself."""
    if session.phase != "live":
        return None
    return attendance.deadline(session.attendance, session.lifecycle.live_since, session.lifecycle.timing.staff_gone_ms)


def next_deadline(session: Session) -> int | None:
    """The next instant at which a `Tick` would do something; None when only people move things."""
    if session.phase not in lifecycle.OPEN:
        return None
    moments = (
        lifecycle.deadline(session.lifecycle),
        staff_gone_at(session),
        stage.deadline(session.stage),
        captions.deadline(session.captions),
    )
    return min((moment for moment in moments if moment is not None), default=None)


EVENT_ENCODER = msgspec.json.Encoder()
EVENT_DECODER: msgspec.json.Decoder[Any] = msgspec.json.Decoder(AnyEvent)


def encode_event(event: Event) -> bytes:
    """The bytes of an event, written once into the log."""
    return EVENT_ENCODER.encode(event)


def decode_event(body: bytes) -> Event:
    """The event in recorded bytes."""
    event: Event = EVENT_DECODER.decode(body)
    return event


def replay(session_id: str, log: list[tuple[int, int, bytes]]) -> Session:
    """A session from its log of (seq, at, body)."""
    session = Session(id=session_id)
    for seq, at, body in log:
        evolve(session, decode_event(body), seq, at)
    return session


__all__ = [
    "SYSTEM",
    "AnyCommand",
    "AnyEvent",
    "Session",
    "Tick",
    "decide",
    "evolve",
    "next_deadline",
    "owner",
    "replay",
]
