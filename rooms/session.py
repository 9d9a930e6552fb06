"""One session decides and changes here: each command and event finds its feature.

Five verbs are the whole surface towards the outside: `decide`, `evolve`, `next_deadline` here, `view` and `visible` in
`rooms.views`. The state is in `rooms.aggregate`, what one feature does to another in `rooms.couplings`, the list of all
commands and events in `rooms.kinds`; what others need of them is named here once more.
"""

from typing import Any, get_args

from . import (
    attendance,
    captions,
    closing,
    conducting,
    erasing,
    interruptions,
    lifecycle,
    outcomes,
    questions,
    queue,
    stage,
    triage,
    turns,
)
from .aggregate import Session, owner
from .base import SYSTEM, Actor, Command, Context, Event, Refused, SetFact
from .couplings import couplings, decide_stage, has_turn, leave_stage, line_of, speaker, touch
from .kinds import BY_TAG, COMMANDS, EVENTS, AnyCommand, AnyEvent, Tick, decode_event, encode_event
from .limits import CLOSE_CHUNK
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
            case questions.ClassifyQuestion(private=True) if has_turn(session, command.question):
                raise Refused("private_question")  # it is before everybody: to be corrected once its turn is over
            case questions.AskQuestion(category=category) if not session.lifecycle.hears(category):
                raise Refused("category_unknown", category=category)
            case outcomes.NoteOutcome():
                seat = speaker(session)
        events += triage.decide(session.queue, command, actor.participant, ctx, seat)  # type: ignore[arg-type]
    elif kind in STAGE_COMMANDS:
        events += decide_stage(session, command, actor, ctx)
    elif kind in LIFECYCLE_COMMANDS:
        events += conducting.decide(session.lifecycle, command, ctx)  # type: ignore[arg-type]
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
            return [*interruptions.due(session.stage, ctx.now), *captions.due(session.captions, ctx.now)]
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
        interruptions.deadline(session.stage),
        captions.deadline(session.captions),
    )
    return min((moment for moment in moments if moment is not None), default=None)


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
    "BY_TAG",
    "COMMANDS",
    "EVENTS",
    "Session",
    "Tick",
    "decide",
    "decode_event",
    "encode_event",
    "evolve",
    "next_deadline",
    "owner",
    "replay",
]
