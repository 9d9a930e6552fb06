"""The state of one session: the states of its features side by side, and what can be said of them together."""

import msgspec

from . import turns
from .attendance import AttendanceState
from .base import Command
from .captions import CaptionState
from .closing import ClosingState
from .lifecycle import LifecycleState, Phase
from .queue import QueueState
from .stage import StageState


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
