"""When a command may be given: the phases that each belongs to, and what is left to whoever was blocked or removed.

Whether a role may give it at all stands in `moderation.roles`.
"""

from typing import get_args

from . import attendance, captions, closing, lifecycle, questions, turns
from .base import Command

LIFECYCLE_COMMANDS = frozenset(get_args(lifecycle.LifecycleCommand))
STAGE_COMMANDS = frozenset(get_args(turns.StageCommand))
QUEUE_COMMANDS = frozenset(get_args(questions.QueueCommand))
ATTENDANCE_COMMANDS = frozenset(get_args(attendance.AttendanceCommand))
CAPTION_COMMANDS = frozenset(get_args(captions.CaptionCommand))

#: In which phases a command may be given; the phase table itself guards the commands of the lifecycle.
LIVE: frozenset[str] = frozenset({"live"})
HALL: frozenset[str] = frozenset({"doors_open", "live", "adjourned"})
PHASES_OF: dict[type[Command], frozenset[str]] = {
    **dict.fromkeys(QUEUE_COMMANDS, frozenset(lifecycle.OPEN)),
    **dict.fromkeys(STAGE_COMMANDS, LIVE),
    **dict.fromkeys((turns.TakeSeat, turns.LeaveSeat, turns.MuteSeat, turns.ClearSeat), HALL),
    **dict.fromkeys((turns.SetTalk, turns.NameShown), HALL),
    **dict.fromkeys((turns.ParkTurn, turns.CancelTurn), HALL),
    **dict.fromkeys(ATTENDANCE_COMMANDS, frozenset(lifecycle.OPEN)),
    **dict.fromkeys(CAPTION_COMMANDS, HALL),
    closing.OpenTickets: frozenset({"closing"}),
    closing.SealSession: frozenset({"closing"}),
}
#: What someone who was blocked or removed may not do.
BARRED = frozenset(
    {
        questions.AskQuestion,
        questions.SupportQuestion,
        turns.AcceptTurn,
        turns.ReadyTurn,
        turns.WaitTurn,
        turns.ReadOutTurn,
    }
)
#: What is left to somebody of the staff who was blocked or removed: to give up what is her own, and to object.
LEFT: tuple[type[Command], ...] = (questions.WithdrawQuestion, turns.LeaveSeat, attendance.ObjectToBar)
