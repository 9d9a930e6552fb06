"""What follows from a command about the stage: calling, getting ready, sitting down, taking off."""

from typing import assert_never

from . import floor
from .base import Actor, Context, Event, Refused
from .interruptions import leave
from .limits import DECK_MAX
from .stage import DECK, Seat, StageState, Turn, step
from .turns import (
    AcceptTurn,
    CallTurn,
    CancelTurn,
    ClearSeat,
    ExtendTurn,
    FinishTurn,
    GiveFloor,
    HallTurn,
    LeaveSeat,
    MuteSeat,
    NameShown,
    OfferTurn,
    Outcome,
    ParkTurn,
    ReadOutTurn,
    ReadyTurn,
    SeatLeft,
    SeatMuted,
    SeatTaken,
    SetTalk,
    StageCommand,
    StageTurn,
    TakeSeat,
    TurnAccepted,
    TurnCalled,
    TurnEnded,
    TurnExtended,
    TurnOffered,
    TurnParked,
    TurnReadied,
    TurnReadOut,
    TurnStaged,
    WaitTurn,
)

#: Who sits where. A citizen's seat belongs to whoever has a turn, so nobody just takes it.
SITS: dict[str, frozenset[str]] = {
    "citizen": frozenset(),
    "official": frozenset({"chair", "official"}),
    "interpreter": frozenset({"interpreter"}),
    "signer": frozenset({"interpreter"}),
    "hall": frozenset({"chair", "official", "interpreter", "clerk"}),
    "slides": frozenset({"chair", "official", "clerk"}),
}


def free_seat(state: StageState, wanted: str | None) -> str | None:
    """A citizen's seat that nobody has; `Refused("seat_taken")` when a named one is not free."""
    if wanted is not None:
        seat = state.seat(wanted)
        if seat.kind != "citizen":
            raise Refused("seat_kind")
        if seat.turn or seat.participant:
            raise Refused("seat_taken", seat=wanted)
        return wanted
    return next(
        (seat.id for seat in state.seats.values() if seat.kind == "citizen" and not seat.turn and not seat.participant),
        None,
    )


def decide(state: StageState, command: StageCommand, actor: Actor, ctx: Context, asker: str = "") -> list[Event]:
    """What follows from a command about the stage.

    Arguments:
        actor: who gives the command.
        asker: for `turn.call` and `turn.hall`, whom the question belongs to.
    Errors: `Refused` with `turn_unknown`, `turn_state`, `already_called`, `deck_full`, `stage_full`, `seat_unknown`,
        `seat_taken`, `seat_kind`.
    """
    match command:
        case CallTurn():
            if state.turn_of(asker) is not None:
                raise Refused("already_called")
            seat = free_seat(state, command.seat)
            room_on_deck(state)
            return [
                TurnCalled(
                    turn=ctx.new_id(),
                    questions=(command.question,),
                    participant=asker,
                    seat=seat,
                    answer_by=ctx.now + state.answer_by_ms,
                    limit_ms=state.turn_ms,
                )
            ]
        case TakeSeat() | LeaveSeat() | MuteSeat() | ClearSeat():
            return decide_seat(state, command, actor)
        case GiveFloor() | SetTalk() | NameShown() | HallTurn():
            return floor.decide_floor(state, command, ctx, asker)
        case _:
            turn = state.get(command.turn)
    match command:
        case AcceptTurn():
            step(turn, "accept")
            return [TurnAccepted(turn=turn.id)]
        case ReadyTurn():
            step(turn, "ready")
            events: list[Event] = [TurnReadied(turn=turn.id)]
            if turn.seat:
                events += rise(state, turn)
                events.append(TurnStaged(turn=turn.id, seat=turn.seat, ends_at=ctx.now + turn.limit_ms))
            return events
        case StageTurn():
            step(turn, "stage")
            seat = turn.seat or free_seat(state, command.seat)
            if not seat:
                raise Refused("stage_full")
            return [*rise(state, turn), TurnStaged(turn=turn.id, seat=seat, ends_at=ctx.now + turn.limit_ms)]
        case WaitTurn():
            step(turn, "wait")
            return [TurnEnded(turn=turn.id, outcome="waited")]
        case ReadOutTurn():
            step(turn, "read_out")
            return [TurnReadOut(turn=turn.id)]
        case FinishTurn():
            step(turn, "finish")
            outcome: Outcome = "read_out" if turn.state == "read_out" else "finished"
            return [TurnEnded(turn=turn.id, outcome=outcome, heard=turn.heard)]
        case ExtendTurn():
            step(turn, "extend")
            return [TurnExtended(turn=turn.id, ends_at=max(turn.ends_at, ctx.now) + command.extra_ms)]
        case OfferTurn():
            step(turn, "offer")
            room_on_deck(state)
            return [
                TurnOffered(turn=turn.id, seat=free_seat(state, command.seat), answer_by=ctx.now + state.answer_by_ms)
            ]
        case ParkTurn():
            step(turn, "park")
            return [TurnParked(turn=turn.id, cause="moderator")]
        case CancelTurn():
            step(turn, "cancel")
            return [TurnEnded(turn=turn.id, outcome="cancelled", heard=turn.heard)]
        case _:
            assert_never(command)


def rise(state: StageState, turn: Turn) -> list[Event]:
    """Somebody of the staff whose own question is called leaves her usual seat for it: nobody sits twice."""
    theirs = [seat for seat in state.seats.values() if seat.participant == turn.participant and seat.kind != "slides"]
    return [event for seat in theirs for event in leave(seat)]


def room_on_deck(state: StageState) -> None:
    """Refuse one more on deck than `DECK_MAX`."""
    if sum(1 for turn in state.turns.values() if turn.state in DECK) >= DECK_MAX:
        raise Refused("deck_full", limit=DECK_MAX)


def decide_seat(state: StageState, command: TakeSeat | LeaveSeat | MuteSeat | ClearSeat, by: Actor) -> list[Event]:
    """What follows from a command about one seat."""
    seat, actor = state.seat(command.seat), by.participant
    match command:
        case TakeSeat():
            if by.role not in SITS[seat.kind]:
                raise Refused("seat_kind")
            if seat.participant:
                raise Refused("seat_taken", seat=seat.id)
            events: list[Event] = []
            for other in alike(state, seat):
                if other.participant == actor and (not other.turn or other.kind == "hall"):
                    events += leave(other)
                # She is heard herself just now; or there would be two screens at once, and nobody reads either.
                elif other.participant and (other.participant == actor or seat.kind == "slides"):
                    raise Refused("seat_taken", seat=other.id)
            return [*events, SeatTaken(seat=seat.id, participant=actor)]
        case LeaveSeat():
            if not seat.participant or (seat.turn and seat.kind != "hall"):
                raise Refused("seat_empty")
            return leave(seat)
        case MuteSeat():
            if not seat.participant:
                raise Refused("seat_empty")
            return [SeatMuted(seat=seat.id, muted=command.muted, by="own" if seat.participant == actor else "desk")]
        case ClearSeat():
            turn = state.turns.get(seat.turn)
            if turn is not None:
                return [TurnEnded(turn=turn.id, outcome="taken_off", heard=turn.heard, reason=command.reason)]
            if not seat.participant:
                raise Refused("seat_empty")
            return [SeatLeft(seat=seat.id)]
        case _:
            assert_never(command)


def alike(state: StageState, seat: Seat) -> list[Seat]:
    """Seats of which one person has one: a screen is shared from beside her own."""
    return [other for other in state.seats.values() if (other.kind == "slides") == (seat.kind == "slides")]
