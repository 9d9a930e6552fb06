"""What follows from a command about the session as a whole: announcing, opening, pausing, putting off, ending."""

from typing import assert_never

from .base import Context, Event, Refused
from .lifecycle import (
    PHASES,
    AdjournSession,
    CancelSession,
    CloseSession,
    DoorsOpened,
    LifecycleCommand,
    LifecycleState,
    OpenDoors,
    Phase,
    PostponeSession,
    RescheduleSession,
    ResumeSession,
    ScheduleSession,
    SeatPlan,
    SessionAdjourned,
    SessionClosing,
    SessionPostponed,
    SessionRescheduled,
    SessionResumed,
    SessionScheduled,
    SessionStarted,
    StartSession,
)


def move(state: LifecycleState, action: str) -> Phase:
    """The phase after `action`, or `Refused("phase")` when the table has no such step."""
    phase = PHASES.get((state.phase, action))
    if phase is None:
        raise Refused("phase", phase=state.phase)
    return phase


def times(starts_at: int, ends_at: int, now: int) -> None:
    """Refuse a session that ends before it starts, or has ended already."""
    if ends_at <= starts_at or ends_at <= now:
        raise Refused("session_times")


def places(seats: tuple[SeatPlan, ...]) -> None:
    """Refuse a stage without seats, or with two of one name."""
    if not seats or len({plan.seat for plan in seats}) != len(seats):
        raise Refused("session_seats")


def decide(
    state: LifecycleState,
    command: LifecycleCommand,
    ctx: Context,
) -> list[Event]:
    """One step of the phase table."""
    note = ctx.kept.get("note")
    match command:
        case ScheduleSession():
            move(state, "schedule")
            times(command.starts_at, command.ends_at, ctx.now)
            places(command.seats)
            return [
                SessionScheduled(
                    title=command.title,
                    starts_at=command.starts_at,
                    ends_at=command.ends_at,
                    seats=command.seats,
                    timing=command.timing,
                    practice=command.practice,
                    categories=command.categories,
                    codec=command.codec,
                )
            ]
        case OpenDoors():
            move(state, "open_doors")
            return [DoorsOpened()]
        case StartSession():
            move(state, "start")
            return [SessionStarted()]
        case AdjournSession():
            move(state, "adjourn")
            return [SessionAdjourned(reason=command.reason, note=note)]
        case ResumeSession():
            move(state, "resume")
            return [SessionResumed()]
        case PostponeSession():
            move(state, "postpone")
            return [SessionPostponed(reason=command.reason, note=note)]
        case RescheduleSession():
            move(state, "reschedule")
            times(command.starts_at, command.ends_at, ctx.now)
            if command.seats is not None:
                places(command.seats)
            return [
                SessionRescheduled(
                    starts_at=command.starts_at,
                    ends_at=command.ends_at,
                    title=command.title,
                    categories=command.categories,
                    seats=command.seats,
                    timing=command.timing,
                    codec=command.codec,
                )
            ]
        case CancelSession():
            move(state, "close")
            return [SessionClosing(by="cancelled", reason=command.reason, note=note)]
        case CloseSession():
            move(state, "close")
            return [SessionClosing(by="moderator")]
        case _:
            assert_never(command)
