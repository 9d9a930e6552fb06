"""Who is here: staff with their times, whose absence may pause a hearing, and those who were removed or may not ask.

The coming and going of citizens is not recorded: it is counted now and then. What matters of it, the line of someone
who has a turn, is an event of the stage. Who was barred may object, once, in her own words; the desk answers by
freeing her, or the objection stands in the log.
"""

from typing import Annotated, Literal, assert_never

import msgspec

from . import reasons
from .base import PRESIDING, STAFF, Command, ContentRef, Context, Event, Id, Millis, Note, Refused, Role


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


class ObjectToBar(Command, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="participant.object"):
    """Whoever was removed or blocked says, once, why that is wrong; the desk reads it."""

    note: Note
    texts = ("note",)


class StaffArrived(Event, frozen=True, kw_only=True, omit_defaults=True, tag="staff.arrived"):
    """Somebody of the staff is here, or is here in another role."""

    audience = "desk"
    participant: str
    role: Role


class StaffLeft(Event, frozen=True, kw_only=True, omit_defaults=True, tag="staff.left"):
    """Somebody of the staff is gone."""

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


class ParticipantObjected(Event, frozen=True, kw_only=True, omit_defaults=True, tag="participant.objected"):
    """Somebody who is barred says why that is wrong."""

    audience = "desk"
    participant: str
    note: ContentRef


AttendanceCommand = (
    ReportPresence | CountAttendance | RemoveParticipant | BlockParticipant | UnblockParticipant | ObjectToBar
)
AttendanceEvent = (
    StaffArrived
    | StaffLeft
    | AttendanceCounted
    | ParticipantRemoved
    | ParticipantBlocked
    | ParticipantUnblocked
    | ParticipantObjected
)


class Barred(msgspec.Struct, frozen=True):
    """Why and how long someone may only listen; `removed` also closes the live page."""

    reason: str
    note: str
    until: int | None
    removed: bool
    #: What she says against it, in the content table, and when she said it; empty and 0 until then.
    objection: str = ""
    objected_at: int = 0


class Sitting(msgspec.Struct, frozen=True):
    """The times of somebody of the staff, for the minutes: instants and a duration in milliseconds."""

    role: str
    first_seen: int
    #: The last moment at which she was known to be here; while she is, the moment at which she came.
    last_seen: int
    #: How long she was here altogether, up to `last_seen`.
    total_ms: int = 0

    def until(self, at: int) -> "Sitting":
        """The same, of somebody who has been here from `last_seen` to `at`."""
        spent = max(0, at - self.last_seen)
        return msgspec.structs.replace(self, last_seen=self.last_seen + spent, total_ms=self.total_ms + spent)


class AttendanceState(msgspec.Struct):
    """Present staff and barred participants."""

    #: The staff that is here, with their roles.
    staff: dict[str, str] = {}
    #: Everybody of the staff who ever was here.
    sittings: dict[str, Sitting] = {}
    #: Since when no moderator or chair has been here; 0 while one is.
    staff_gone_at: int = 0
    barred: dict[str, Barred] = {}
    present: int = 0
    peak: int = 0

    def bar(self, participant: str, now: int) -> Barred | None:
        """What keeps a participant from taking part at `now`, if anything does."""
        barred = self.barred.get(participant)
        return barred if barred is not None and (barred.until is None or barred.until > now) else None

    @property
    def presided(self) -> bool:
        """Whether anybody is here who can call and close."""
        return any(role in PRESIDING for role in self.staff.values())

    def times(self, now: int) -> dict[str, Sitting]:
        """The times of everybody of the staff, those who are here counted up to `now`."""
        return {who: each.until(now) if who in self.staff else each for who, each in self.sittings.items()}


def decide(state: AttendanceState, command: AttendanceCommand, actor: str, ctx: Context) -> list[Event]:
    """What follows from a report or a measure. A report that changes nothing that matters is no event.

    Arguments:
        actor: the participant who gives the command.
    Errors: `Refused` with `not_allowed`, `not_blocked`, `objected`, `text_empty`.
    """
    note = ctx.kept.get("note")
    match command:
        case ReportPresence():
            known = state.staff.get(command.participant)
            same = known == command.role if command.present else known is None
            if command.role not in STAFF or same or command.cause == "media":
                return []
            if command.present:
                return [StaffArrived(participant=command.participant, role=command.role)]
            return [StaffLeft(participant=command.participant)]
        case CountAttendance():
            return [AttendanceCounted(present=command.present)] if command.present != state.present else []
        case RemoveParticipant() | BlockParticipant() if state.staff.get(command.participant) in PRESIDING:
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
        case ObjectToBar():
            barred = state.bar(actor, ctx.now)
            if barred is None:
                raise Refused("not_blocked")
            if barred.objection:
                raise Refused("objected")
            if note is None:
                raise Refused("text_empty", field="note")
            return [ParticipantObjected(participant=actor, note=note)]
        case _:
            assert_never(command)


def evolve(state: AttendanceState, event: Event, at: int) -> None:
    """Carry one event of this feature into the state; other events are none of its business."""
    match event:
        case StaffArrived():
            before = state.sittings.get(event.participant, Sitting(event.role, at, at))
            spent = before.until(at) if event.participant in state.staff else before
            presence(state, event.participant, event.role, at)
            state.sittings[event.participant] = msgspec.structs.replace(spent, role=event.role, last_seen=at)
        case StaffLeft():
            presence(state, event.participant, "", at)
            state.sittings[event.participant] = state.sittings[event.participant].until(at)
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
        case ParticipantObjected():
            barred = state.barred[event.participant]
            state.barred[event.participant] = msgspec.structs.replace(barred, objection=event.note.id, objected_at=at)
        case _:
            return


def presence(state: AttendanceState, participant: str, role: str, at: int) -> None:
    """Note who is here, in no role when she is not, and since when nobody presides."""
    presided = state.presided
    if role:
        state.staff[participant] = role
    else:
        del state.staff[participant]
    if state.presided:
        state.staff_gone_at = 0
    elif presided:
        state.staff_gone_at = at


def finish(state: AttendanceState, at: int) -> None:
    """The hearing is over: nobody's time runs on."""
    state.sittings, state.staff = state.times(at), {}


def deadline(state: AttendanceState, live_since: int, staff_gone_ms: int) -> int | None:
    """When a live session without staff adjourns; a session that started without staff counts from its start."""
    if state.presided:
        return None
    return max(state.staff_gone_at, live_since) + staff_gone_ms
