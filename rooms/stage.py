"""Turns and seats: who is called, who is ready, who is heard.

A turn is what is called: one question, or several that are heard together. A seat is a place on the stage, apart from
who sits on it. Losing the line never loses the turn: the seat is held for 45 s, then the turn is parked and kept until
the close; on return it is where it was, or is offered again (`rooms.interruptions`).
"""

from typing import Literal

import msgspec

from .base import Event, Refused
from .limits import ANSWER_BY_MS, PACE_TURNS, SEAT_HOLD_MS, TURN_MS
from .turns import (
    FloorGiven,
    SeatLeft,
    SeatMuted,
    SeatTaken,
    ShownNamed,
    Talk,
    TalkSet,
    TurnAccepted,
    TurnCalled,
    TurnDropped,
    TurnEnded,
    TurnExtended,
    TurnOffered,
    TurnParked,
    TurnReadied,
    TurnReadOut,
    TurnReturned,
    TurnStaged,
)

State = Literal["called", "on_deck", "ready", "on_stage", "dropped", "parked", "read_out", "ended"]

#: (state, action) → next state; "earlier" goes back to the state before. What is not here is refused.
#: The documentation's diagram is drawn from this table.
TURNS: dict[tuple[State, str], State | Literal["earlier"]] = {
    ("called", "accept"): "on_deck",
    ("called", "ready"): "ready",
    ("on_deck", "ready"): "ready",
    ("ready", "stage"): "on_stage",
    ("called", "hall"): "on_stage",
    ("on_deck", "hall"): "on_stage",
    ("ready", "hall"): "on_stage",
    ("parked", "hall"): "on_stage",
    ("called", "wait"): "ended",
    ("on_deck", "wait"): "ended",
    ("ready", "wait"): "ended",
    ("called", "read_out"): "read_out",
    ("on_deck", "read_out"): "read_out",
    ("ready", "read_out"): "read_out",
    ("parked", "read_out"): "read_out",
    ("dropped", "read_out"): "read_out",
    ("on_stage", "read_out"): "read_out",
    ("on_stage", "extend"): "on_stage",
    ("on_stage", "finish"): "ended",
    ("read_out", "finish"): "ended",
    ("dropped", "finish"): "ended",
    ("on_deck", "drop"): "dropped",
    ("ready", "drop"): "dropped",
    ("on_stage", "drop"): "dropped",
    ("dropped", "return"): "earlier",
    ("called", "park"): "parked",
    ("on_deck", "park"): "parked",
    ("ready", "park"): "parked",
    ("on_stage", "park"): "parked",
    ("dropped", "park"): "parked",
    ("read_out", "park"): "parked",
    ("parked", "offer"): "called",
    ("called", "cancel"): "ended",
    ("on_deck", "cancel"): "ended",
    ("ready", "cancel"): "ended",
    ("parked", "cancel"): "ended",
    ("dropped", "cancel"): "ended",
    ("read_out", "cancel"): "ended",
}

#: States in which a turn keeps a seat reserved or occupied.
SEATED: frozenset[State] = frozenset({"called", "on_deck", "ready", "on_stage", "dropped"})
#: Called, but not yet heard.
DECK: frozenset[State] = frozenset({"called", "on_deck", "ready"})


class Turn(msgspec.Struct):
    """One call to the stage."""

    id: str
    questions: tuple[str, ...]
    participant: str
    seat: str
    called_at: int
    answer_by: int
    limit_ms: int
    state: State = "called"
    earlier: State = "called"
    staged_at: int = 0
    #: Since when it has been on the stage without a break, and how long it was before that, in milliseconds.
    on_air_at: int = 0
    on_air_ms: int = 0
    ends_at: int = 0
    #: Milliseconds of speaking time that were left when the line broke.
    left_ms: int = 0
    until: int = 0
    cause: str = ""
    #: Whether the question was ever put on the stage.
    heard: bool = False


class Seat(msgspec.Struct):
    """One place on the stage."""

    id: str
    kind: str
    title: dict[str, str] = {}
    participant: str = ""
    turn: str = ""
    #: Two hands on one switch: nobody is put on air against her will, and nobody undoes what the desk did.
    own_muted: bool = False
    desk_muted: bool = False
    talk: Talk = "open"
    #: Where the words are that say what a screen shows.
    shows: str = ""

    @property
    def muted(self) -> bool:
        """Whether the seat's sound is held back."""
        return self.own_muted or self.desk_muted


class StageState(msgspec.Struct):
    """The seats, and every turn that is not over."""

    seats: dict[str, Seat] = {}
    turns: dict[str, Turn] = {}
    #: Lengths of the last turns on the stage, in milliseconds, to estimate a wait.
    pace: list[int] = []
    seat_hold_ms: int = SEAT_HOLD_MS
    answer_by_ms: int = ANSWER_BY_MS
    turn_ms: int = TURN_MS
    #: The seat whose turn it is to speak, if it is anybody's.
    floor: str = ""

    def get(self, turn: str) -> Turn:
        """The turn, or `Refused("turn_unknown")`."""
        found = self.turns.get(turn)
        if found is None:
            raise Refused("turn_unknown")
        return found

    def seat(self, seat: str) -> Seat:
        """The seat, or `Refused("seat_unknown")`."""
        found = self.seats.get(seat)
        if found is None:
            raise Refused("seat_unknown")
        return found

    def turn_of(self, participant: str) -> Turn | None:
        """The turn of a participant that is not over, if there is one."""
        return next((turn for turn in self.turns.values() if turn.participant == participant), None)

    def on_line(self, participant: str) -> Turn | None:
        """The turn that is spoken over a participant's line: her own, or that of who speaks in the hall she runs."""
        for turn in self.turns.values():
            seat = self.seats.get(turn.seat)
            line = seat.participant if seat is not None and seat.kind == "hall" else turn.participant
            if line == participant:
                return turn
        return None

    def heard(self) -> dict[str, str]:
        """Who may be forwarded right now: seat → participant. Everyone else is silent to the others."""
        live = {}
        for seat in self.seats.values():
            turn = self.turns.get(seat.turn)
            if turn is not None and turn.state == "on_stage":
                live[seat.id] = seat.participant
            elif turn is None and seat.participant:
                live[seat.id] = seat.participant
        return live


def step(turn: Turn, action: str) -> State:
    """The state after `action`, or `Refused("turn_state")` when the table has no such step."""
    state = TURNS.get((turn.state, action))
    if state is None:
        raise Refused("turn_state", state=turn.state)
    return turn.earlier if state == "earlier" else state


def evolve(state: StageState, event: Event, at: int) -> None:
    """Carry one event of this feature into the state; other events are none of its business."""
    match event:
        case TurnCalled():
            turn = Turn(
                id=event.turn,
                questions=event.questions,
                participant=event.participant,
                seat=event.seat or "",
                called_at=at,
                answer_by=event.answer_by,
                limit_ms=event.limit_ms,
            )
            state.turns[turn.id] = turn
            reserve(state, turn, event.seat)
        case TurnAccepted():
            enter(state.turns[event.turn], "on_deck")
        case TurnReadied():
            enter(state.turns[event.turn], "ready")
        case TurnStaged():
            turn = state.turns[event.turn]
            enter(turn, "on_stage")
            if turn.seat != event.seat:
                release(state, turn)
            reserve(state, turn, event.seat)
            seat = state.seats[event.seat]
            if seat.kind != "hall":  # there somebody of the staff sits for all who speak
                seat.participant = turn.participant
            state.floor = seat.id
            turn.staged_at, turn.ends_at, turn.heard = turn.staged_at or at, event.ends_at, True
            turn.on_air_at = at
        case TurnDropped():
            turn = state.turns[event.turn]
            turn.left_ms = max(0, turn.ends_at - at) if turn.state == "on_stage" else 0
            off_air(turn, at)
            enter(turn, "dropped")
            turn.until, turn.cause = event.until, event.cause
        case TurnReturned():
            turn = state.turns[event.turn]
            enter(turn, turn.earlier)
            turn.ends_at, turn.until, turn.cause = event.ends_at, 0, ""
            turn.answer_by = event.answer_by or turn.answer_by
            turn.on_air_at = at if turn.state == "on_stage" else 0
        case TurnParked():
            turn = state.turns[event.turn]
            off_air(turn, at)
            enter(turn, "parked")
            turn.until, turn.cause = 0, event.cause
            release(state, turn)
        case TurnOffered():
            turn = state.turns[event.turn]
            enter(turn, "called")
            turn.answer_by, turn.cause = event.answer_by, ""
            reserve(state, turn, event.seat)
        case TurnExtended():
            state.turns[event.turn].ends_at = event.ends_at
        case TurnReadOut():
            turn = state.turns[event.turn]
            off_air(turn, at)
            enter(turn, "read_out")
            turn.heard, turn.until, turn.cause = True, 0, ""
            release(state, turn)
        case TurnEnded():
            turn = state.turns.pop(event.turn)
            off_air(turn, at)
            if turn.on_air_ms:
                state.pace = [*state.pace, turn.on_air_ms][-PACE_TURNS:]
            release(state, turn)
        case SeatTaken():
            state.seats[event.seat].participant = event.participant
        case SeatLeft():
            empty(state, state.seats[event.seat])
        case FloorGiven():
            state.floor = event.seat
        case TalkSet():
            state.seats[event.seat].talk = event.mode
        case ShownNamed():
            state.seats[event.seat].shows = event.note.id if event.note else ""
        case SeatMuted():
            if event.by == "own":
                state.seats[event.seat].own_muted = event.muted
            else:
                state.seats[event.seat].desk_muted = event.muted
        case _:
            return


def enter(turn: Turn, new: State) -> None:
    """Change the state of a turn and remember the one before."""
    turn.earlier, turn.state = turn.state, new


def off_air(turn: Turn, at: int) -> None:
    """Add up the time on the stage; what passes while the line is gone or the turn is parked does not count."""
    if turn.on_air_at:
        turn.on_air_ms, turn.on_air_at = turn.on_air_ms + at - turn.on_air_at, 0


def reserve(state: StageState, turn: Turn, seat: str | None) -> None:
    """Keep a seat for a turn."""
    turn.seat = seat or ""
    if seat:
        state.seats[seat].turn = turn.id


def release(state: StageState, turn: Turn) -> None:
    """Give the seat of a turn back."""
    if turn.seat:
        seat = state.seats[turn.seat]
        whose = seat.participant
        empty(state, seat)
        if seat.kind == "hall":
            seat.participant = whose
        turn.seat = ""


def empty(state: StageState, seat: Seat) -> None:
    """Nobody sits here, and nobody is muted here or has the floor."""
    seat.participant, seat.turn, seat.own_muted, seat.desk_muted = "", "", False, False
    seat.talk, seat.shows = "open", ""
    if state.floor == seat.id:
        state.floor = ""
