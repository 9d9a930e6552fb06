"""The phases of a session, from the announcement to the sealed balance.

A session takes questions as soon as it is scheduled. `postponed` keeps every question and still takes new ones.
A cancelled session goes through `closing` as well, so that nobody who asked leaves without a number to follow.
What follows from a command is in `rooms.conducting`.
"""

from typing import Annotated, Literal

import msgspec

from . import reasons
from .base import Command, ContentRef, Event, Millis, Note, Slug
from .limits import ANSWER_BY_MS, CATEGORIES_MAX, END_GRACE_MS, SEAT_HOLD_MS, STAFF_GONE_MS, TURN_MS

Phase = Literal["new", "scheduled", "postponed", "doors_open", "live", "adjourned", "closing", "closed", "cancelled"]
SeatKind = Literal["citizen", "official", "interpreter", "hall", "signer", "slides"]
#: How pictures are written. Every browser speaks vp8; studio encoders speak h264, and some phones do not.
Codec = Literal["vp8", "h264"]
Categories = Annotated[
    tuple[Slug, ...],
    msgspec.Meta(max_length=CATEGORIES_MAX, description="what is heard; none named: everything in the district"),
]

#: (phase, action) → next phase. What is not here is refused. The documentation's diagram is drawn from this table.
PHASES: dict[tuple[Phase, str], Phase] = {
    ("new", "schedule"): "scheduled",
    ("scheduled", "open_doors"): "doors_open",
    ("scheduled", "start"): "live",
    ("doors_open", "start"): "live",
    ("live", "adjourn"): "adjourned",
    ("adjourned", "resume"): "live",
    ("scheduled", "postpone"): "postponed",
    ("doors_open", "postpone"): "postponed",
    ("postponed", "reschedule"): "scheduled",
    ("scheduled", "reschedule"): "scheduled",
    ("scheduled", "close"): "closing",
    ("postponed", "close"): "closing",
    ("doors_open", "close"): "closing",
    ("live", "close"): "closing",
    ("adjourned", "close"): "closing",
    ("closing", "seal"): "closed",
    ("closing", "seal_cancelled"): "cancelled",
}

TAKES_QUESTIONS: frozenset[Phase] = frozenset({"scheduled", "postponed", "doors_open", "live", "adjourned"})
OPEN: frozenset[Phase] = TAKES_QUESTIONS
ENDED: frozenset[Phase] = frozenset({"closed", "cancelled"})


class SeatPlan(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One place on the stage, apart from who sits on it. `title` names the post it belongs to, for each language."""

    seat: Slug
    kind: SeatKind
    title: dict[str, str] = {}


class Timing(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """How long things last in this session; declared when it is announced, so that nobody can bend them later."""

    seat_hold_ms: Millis = SEAT_HOLD_MS
    answer_by_ms: Millis = ANSWER_BY_MS
    turn_ms: Millis = TURN_MS
    staff_gone_ms: Millis = STAFF_GONE_MS
    end_grace_ms: Millis = END_GRACE_MS


class ScheduleSession(Command, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="session.schedule"):
    """Announce a session; from now on it takes questions."""

    title: dict[str, str]
    starts_at: Millis
    ends_at: Millis
    seats: tuple[SeatPlan, ...]
    timing: Timing = Timing()
    practice: bool = False
    categories: Categories = ()
    codec: Codec = "vp8"


class OpenDoors(Command, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="session.open_doors"):
    """Let people in to wait and check their phones."""


class StartSession(Command, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="session.start"):
    """Go live."""


class AdjournSession(Command, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="session.adjourn"):
    """Pause the hearing; everybody keeps their place."""

    reason: reasons.Adjourn
    note: Note = ""
    texts = ("note",)


class ResumeSession(Command, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="session.resume"):
    """Go on after an adjournment."""


class PostponeSession(Command, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="session.postpone"):
    """Put the session off; questions stay, and new ones are taken."""

    reason: reasons.Postpone
    note: Note = ""
    texts = ("note",)


class RescheduleSession(Command, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="session.reschedule"):
    """Give the session a new time, and with it, before anybody has come in, whatever else was announced.

    What is not named stays as it is. Practice stays practice, and a hearing stays a hearing.
    """

    starts_at: Millis
    ends_at: Millis
    title: dict[str, str] | None = None
    categories: Categories | None = None
    seats: tuple[SeatPlan, ...] | None = None
    timing: Timing | None = None
    codec: Codec | None = None


class CancelSession(Command, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="session.cancel"):
    """The hearing will not be held; it closes with a balance like any other."""

    reason: reasons.Cancel
    note: Note = ""
    texts = ("note",)


class CloseSession(Command, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="session.close"):
    """End the hearing: intake stops, and every question becomes a ticket."""


class SessionScheduled(Event, frozen=True, kw_only=True, omit_defaults=True, tag="session.scheduled"):
    """The first event of every log."""

    title: dict[str, str]
    starts_at: int
    ends_at: int
    seats: tuple[SeatPlan, ...]
    timing: Timing = Timing()
    practice: bool = False
    categories: tuple[str, ...] = ()
    codec: Codec = "vp8"


class DoorsOpened(Event, frozen=True, kw_only=True, omit_defaults=True, tag="session.doors_opened"):
    """People may come in."""


class SessionStarted(Event, frozen=True, kw_only=True, omit_defaults=True, tag="session.started"):
    """The hearing is live."""


class SessionAdjourned(Event, frozen=True, kw_only=True, omit_defaults=True, tag="session.adjourned"):
    """The hearing pauses."""

    reason: reasons.Adjourn
    note: ContentRef | None = None


class SessionResumed(Event, frozen=True, kw_only=True, omit_defaults=True, tag="session.resumed"):
    """The hearing goes on."""


class SessionPostponed(Event, frozen=True, kw_only=True, omit_defaults=True, tag="session.postponed"):
    """The hearing is put off, the questions are kept."""

    reason: reasons.Postpone
    note: ContentRef | None = None


class SessionRescheduled(Event, frozen=True, kw_only=True, omit_defaults=True, tag="session.rescheduled"):
    """The hearing has a new time, and perhaps more that is new; what is None stays as it was."""

    starts_at: int
    ends_at: int
    title: dict[str, str] | None = None
    categories: tuple[str, ...] | None = None
    seats: tuple[SeatPlan, ...] | None = None
    timing: Timing | None = None
    codec: Codec | None = None


class SessionClosing(Event, frozen=True, kw_only=True, omit_defaults=True, tag="session.closing"):
    """Intake is frozen at this event's number; tickets are opened from here."""

    by: Literal["moderator", "deadline", "cancelled"]
    reason: reasons.Cancel | None = None
    note: ContentRef | None = None


LifecycleCommand = (
    ScheduleSession
    | OpenDoors
    | StartSession
    | AdjournSession
    | ResumeSession
    | PostponeSession
    | RescheduleSession
    | CancelSession
    | CloseSession
)
LifecycleEvent = (
    SessionScheduled
    | DoorsOpened
    | SessionStarted
    | SessionAdjourned
    | SessionResumed
    | SessionPostponed
    | SessionRescheduled
    | SessionClosing
)


class LifecycleState(msgspec.Struct):
    """Where the session stands."""

    phase: Phase = "new"
    title: dict[str, str] = {}
    starts_at: int = 0
    ends_at: int = 0
    timing: Timing = Timing()
    practice: bool = False
    #: What is heard; none named: everything in the district.
    categories: tuple[str, ...] = ()
    codec: Codec = "vp8"
    reason: str = ""
    note: str = ""
    live_since: int = 0
    closing_by: str = ""
    closing_at: int = 0

    def hears(self, category: str) -> bool:
        """Whether this session takes questions of a category. "other" is for whoever finds no fitting one."""
        return not self.categories or category == "other" or category in self.categories


def evolve(state: LifecycleState, event: Event, at: int) -> None:
    """Carry one event of this feature into the state; other events are none of its business."""
    match event:
        case SessionScheduled():
            state.phase = "scheduled"
            state.title, state.practice, state.timing = event.title, event.practice, event.timing
            state.starts_at, state.ends_at = event.starts_at, event.ends_at
            state.categories, state.codec = event.categories, event.codec
        case DoorsOpened():
            state.phase = "doors_open"
        case SessionStarted():
            state.phase, state.live_since = "live", at
        case SessionAdjourned():
            state.phase = "adjourned"
            because(state, event.reason, event.note)
        case SessionResumed():
            state.phase, state.live_since = "live", at
            because(state, "", None)
        case SessionPostponed():
            state.phase = "postponed"
            because(state, event.reason, event.note)
        case SessionRescheduled():
            state.phase, state.starts_at, state.ends_at = "scheduled", event.starts_at, event.ends_at
            state.title = state.title if event.title is None else event.title
            state.categories = state.categories if event.categories is None else event.categories
            state.timing, state.codec = event.timing or state.timing, event.codec or state.codec
            because(state, "", None)
        case SessionClosing():
            state.phase, state.closing_by, state.closing_at = "closing", event.by, at
            because(state, event.reason or "", event.note)
        case _:
            return


def because(state: LifecycleState, reason: str, note: ContentRef | None) -> None:
    """Remember why the session is where it is."""
    state.reason, state.note = reason, note.id if note else ""


def deadline(state: LifecycleState) -> int | None:
    """When a session that nobody closes is closed by the clock; a postponed one has no date to miss."""
    if state.phase in OPEN and state.phase != "postponed":
        return state.ends_at + state.timing.end_grace_ms
    return None


def due(state: LifecycleState, now: int) -> list[Event]:
    """What the clock alone brings about."""
    at = deadline(state)
    return [SessionClosing(by="deadline")] if at is not None and at <= now else []
