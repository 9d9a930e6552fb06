"""What befalls turns and seats that nobody at the desk decided on.

A line breaks or is back, somebody goes away, time runs out, the hearing stops. Each gives the events that follow; none
loses a turn that could still be heard.
"""

from collections.abc import Set

from .base import Event
from .stage import TURNS, Seat, StageState
from .turns import Cause, Outcome, SeatLeft, TurnDropped, TurnEnded, TurnParked, TurnReturned


def dropped(state: StageState, participant: str, cause: Cause, now: int) -> list[Event]:
    """The line of a participant broke. Somebody who was merely called has no line to lose yet."""
    turn = state.on_line(participant)
    if turn is None or (turn.state, "drop") not in TURNS:
        return []
    return [TurnDropped(turn=turn.id, until=now + state.seat_hold_ms, cause=cause)]


def returned(state: StageState, participant: str, now: int) -> list[Event]:
    """The line of a participant is back; what was left of the time to speak or to answer is given back."""
    turn = state.on_line(participant)
    if turn is None or turn.state != "dropped":
        return []
    if turn.earlier == "on_stage":
        return [TurnReturned(turn=turn.id, ends_at=now + turn.left_ms)]
    return [TurnReturned(turn=turn.id, answer_by=now + state.answer_by_ms)]


def end_all(state: StageState, outcome: Outcome, participant: str | None = None) -> list[Event]:
    """End the turns and empty the seats of everyone, or of one participant."""
    over = {turn.id for turn in state.turns.values() if participant in (None, turn.participant)}
    events: list[Event] = [
        TurnEnded(turn=turn, outcome=outcome, heard=state.turns[turn].heard) for turn in state.turns if turn in over
    ]
    for seat in state.seats.values():
        if not seat.participant or participant not in (None, seat.participant):
            continue
        if seat.kind == "hall":
            events += leave(seat, over)
        elif not seat.turn:
            events.append(SeatLeft(seat=seat.id))
    return events


def leave(seat: Seat, over: Set[str] = frozenset()) -> list[Event]:
    """Whoever sits here gets up. The turn that is heard from a hall is kept then, like one whose line broke.

    Arguments:
        over: turns that end with the same command.
    """
    if seat.turn and seat.turn not in over:
        return [TurnParked(turn=seat.turn, cause="media"), SeatLeft(seat=seat.id)]
    return [SeatLeft(seat=seat.id)]


def screens_off(state: StageState, participant: str) -> list[Event]:
    """Nobody looks at the last picture of a screen whose owner is gone."""
    mine = [seat for seat in state.seats.values() if seat.kind == "slides" and seat.participant == participant]
    return [SeatLeft(seat=seat.id) for seat in mine]


def park_all(state: StageState, cause: Cause) -> list[Event]:
    """Set every turn aside that is not parked already."""
    return [TurnParked(turn=turn.id, cause=cause) for turn in state.turns.values() if turn.state != "parked"]


def deadline(state: StageState) -> int | None:
    """When the next turn is parked by the clock."""
    moments = [turn.until for turn in state.turns.values() if turn.state == "dropped"]
    moments += [turn.answer_by for turn in state.turns.values() if turn.state in ("called", "on_deck")]
    return min(moments, default=None)


def due(state: StageState, now: int) -> list[Event]:
    """What the clock alone brings about."""
    events: list[Event] = []
    for turn in state.turns.values():
        if turn.state == "dropped" and turn.until <= now:
            events.append(TurnParked(turn=turn.id, cause="hold_over"))
        elif turn.state in ("called", "on_deck") and turn.answer_by <= now:
            events.append(TurnParked(turn=turn.id, cause="unanswered"))
    return events
