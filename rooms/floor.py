"""Whose turn it is to speak, how a seat speaks, what a screen shows, and who speaks from a hall.

The floor is one seat or none. Whoever comes on the stage has it, and it ends with the seat; the moderator may give it
to another. It mutes nobody: it says whom the hearing listens to, on every page alike.
"""

from typing import assert_never

from .base import Context, Event, Refused
from .stage import StageState, step
from .turns import FloorGiven, GiveFloor, HallTurn, NameShown, SetTalk, ShownNamed, TalkSet, TurnCalled, TurnStaged


def decide_floor(
    state: StageState, command: GiveFloor | SetTalk | NameShown | HallTurn, ctx: Context, asker: str
) -> list[Event]:
    """What follows from a command about the floor.

    Errors: `Refused` with `seat_unknown`, `seat_empty`, `seat_kind`, `seat_taken`, `already_called`, `turn_state`.
    """
    match command:
        case GiveFloor(seat=None):
            return [FloorGiven()]
        case HallTurn():
            return from_hall(state, command, ctx, asker)
        case _:
            pass
    assert command.seat is not None
    seat = state.seat(command.seat)
    if seat.id not in state.heard():
        raise Refused("seat_empty")
    match command:
        case GiveFloor():
            if seat.kind == "slides":
                raise Refused("seat_kind")
            return [FloorGiven(seat=seat.id)]
        case SetTalk():
            if seat.kind == "slides":
                raise Refused("seat_kind")
            return [TalkSet(seat=seat.id, mode=command.mode)]
        case NameShown():
            if seat.kind != "slides":
                raise Refused("seat_kind")
            return [ShownNamed(seat=seat.id, note=ctx.kept.get("note"))]
        case _:
            assert_never(command)


def from_hall(state: StageState, command: HallTurn, ctx: Context, asker: str) -> list[Event]:
    """A question is heard from a hall at once: nobody there has to get ready. A turn that its asker has goes along."""
    seat = state.seat(command.seat)
    if seat.kind != "hall":
        raise Refused("seat_kind")
    if not seat.participant:
        raise Refused("seat_empty")
    if seat.turn:
        raise Refused("seat_taken", seat=seat.id)
    turn = state.turn_of(asker)
    if turn is not None:
        if turn.questions != (command.question,):
            raise Refused("already_called")
        step(turn, "hall")
        return [TurnStaged(turn=turn.id, seat=seat.id, ends_at=ctx.now + turn.limit_ms)]
    new = ctx.new_id()
    called = TurnCalled(
        turn=new, questions=(command.question,), participant=asker, answer_by=ctx.now, limit_ms=state.turn_ms
    )
    return [called, TurnStaged(turn=new, seat=seat.id, ends_at=ctx.now + state.turn_ms)]
