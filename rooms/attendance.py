"""Who is here: staff, whose absence pauses a hearing, and those who were removed or may not ask.

The coming and going of citizens is not recorded: it is counted now and then. What matters of it, the line of someone
who has a turn, is an event of the stage.
"""

from typing import Annotated, Literal, assert_never

import msgspec

from . import reasons
from .base import STAFF, Command, ContentRef, Context, Event, Id, Millis, Note, Refused, Role


class ReportPresence(Command, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="presence.report"):
    """A worker or the media process says that someone's line is there or gone."""

    participant: Id
    role: Role
    present: bool
    cause: Literal["socket", "media"] = "socket"


class CountAttendance(Command, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="attendance.count"):
    """How many people are connected."""

    present: Annotated[int, msgspec.Meta(ge=0)]


class RemoveParticipant(Command, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="participant.remove"):
    """Off the stage and out of the live page, and no more calls; written questions still become tickets."""

    participant: Id
    reason: reasons.Remove
    note: Note = ""
    texts = ("note",)


class BlockParticipant(Command, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="participant.block"):
    """May listen, but not ask, support or be called, until a moment or until the end."""

    participant: Id
    reason: reasons.Remove
    until: Millis | None = None
    note: Note = ""
    texts = ("note",)


class UnblockParticipant(Command, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="participant.unblock"):
    """Undo a block or a removal."""

    participant: Id


class StaffArrived(Event, frozen=True, kw_only=True, omit_defaults=True, tag="staff.arrived"):
    """A moderator or the chair is here."""

    audience = "desk"
    participant: str
    role: Role


class StaffLeft(Event, frozen=True, kw_only=True, omit_defaults=True, tag="staff.left"):
    """A moderator or the chair is gone."""

    audience = "desk"
    participant: str


class AttendanceCounted(Event, frozen=True, kw_only=True, omit_defaults=True, tag="attendance.counted"):
    """How many were connected at this moment."""

    audience = "desk"
    present: int


class ParticipantRemoved(Event, frozen=True, kw_only=True, omit_defaults=True, tag="participant.removed"):
    """Out of the live page."""

    audience = "desk"
    participant: str
    reason: reasons.Remove
    note: ContentRef | None = None


class ParticipantBlocked(Event, frozen=True, kw_only=True, omit_defaults=True, tag="participant.blocked"):
    """May only listen."""

    audience = "desk"
    participant: str
    reason: reasons.Remove
    until: int | None = None
    note: ContentRef | None = None


class ParticipantUnblocked(Event, frozen=True, kw_only=True, omit_defaults=True, tag="participant.unblocked"):
    """Free to take part again."""

    audience = "desk"
    participant: str


AttendanceCommand = ReportPresence | CountAttendance | RemoveParticipant | BlockParticipant | UnblockParticipant
AttendanceEvent = (
    StaffArrived | StaffLeft | AttendanceCounted | ParticipantRemoved | ParticipantBlocked | ParticipantUnblocked
)


class Barred(msgspec.Struct, frozen=True):
    """Why and how long someone may only listen; `removed` also closes the live page."""

    reason: str
    note: str
    until: int | None
    removed: bool


class AttendanceState(msgspec.Struct):
    """Present staff and barred participants."""

    staff: dict[str, str] = {}
    #: Since when no moderator or chair has been here; 0 while one is.
    staff_gone_at: int = 0
    barred: dict[str, Barred] = {}
    present: int = 0
    peak: int = 0

    def bar(self, participant: str, now: int) -> Barred | None:
        """What keeps a participant from taking part at `now`, if anything does."""
        barred = self.barred.get(participant)
        return barred if barred is not None and (barred.until is None or barred.until > now) else None


def decide(state: AttendanceState, command: AttendanceCommand, ctx: Context) -> list[Event]:
    """What follows from a report or a measure. A report that changes nothing that matters is no event."""
    note = ctx.kept.get("note")
    match command:
        case ReportPresence():
            known = command.participant in state.staff
            if command.role not in STAFF or known == command.present or command.cause == "media":
                return []
            if command.present:
                return [StaffArrived(participant=command.participant, role=command.role)]
            return [StaffLeft(participant=command.participant)]
        case CountAttendance():
            return [AttendanceCounted(present=command.present)] if command.present != state.present else []
        case RemoveParticipant() | BlockParticipant() if command.participant in state.staff:
            raise Refused("not_allowed")
        case RemoveParticipant():
            return [ParticipantRemoved(participant=command.participant, reason=command.reason, note=note)]
        case BlockParticipant():
            return [
                ParticipantBlocked(
                    participant=command.participant, reason=command.reason, until=command.until, note=note
                )
            ]
        case UnblockParticipant():
            if command.participant not in state.barred:
                raise Refused("not_blocked")
            return [ParticipantUnblocked(participant=command.participant)]
        case _:
            assert_never(command)


def evolve(state: AttendanceState, event: Event, at: int) -> None:
    """Carry one event of this feature into the state; other events are none of its business."""
    match event:
        case StaffArrived():
            state.staff[event.participant] = event.role
            state.staff_gone_at = 0
        case StaffLeft():
            del state.staff[event.participant]
            state.staff_gone_at = 0 if state.staff else at
        case AttendanceCounted():
            state.present, state.peak = event.present, max(state.peak, event.present)
        case ParticipantRemoved() | ParticipantBlocked():
            state.barred[event.participant] = Barred(
                reason=event.reason,
                note=event.note.id if event.note else "",
                until=event.until if isinstance(event, ParticipantBlocked) else None,
                removed=isinstance(event, ParticipantRemoved),
            )
        case ParticipantUnblocked():
            del state.barred[event.participant]
        case _:
            return


def deadline(state: AttendanceState, live_since: int, staff_gone_ms: int) -> int | None:
    """When a live session without staff adjourns; a session that started without staff counts from its start."""
    if state.staff:
        return None
    return max(state.staff_gone_at, live_since) + staff_gone_ms
