"""What can be asked of the stage and what can happen on it: the commands and events of turns and seats."""

from typing import Annotated, Literal

import msgspec

from . import reasons
from .base import Command, ContentRef, Event, Id, Note, Slug
from .limits import EXTENSION_MAX_MS

Cause = Literal["socket", "media", "unanswered", "hold_over", "adjourned", "moderator"]
Talk = Literal["open", "hold"]
Outcome = Literal["finished", "taken_off", "waited", "cancelled", "withdrawn", "removed", "closed", "read_out"]


class CallTurn(Command, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="turn.call"):
    """Call the asker of a question to the stage, on a free seat; without a free one she waits on deck."""

    question: Id
    seat: Slug | None = None


class AcceptTurn(Command, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="turn.accept"):
    """The one who was called has opened the page that checks the microphone."""

    turn: Id


class ReadyTurn(Command, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="turn.ready"):
    """ "I am ready": goes on the stage at once when a seat is reserved, else waits for one."""

    turn: Id


class StageTurn(Command, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="turn.stage"):
    """Give someone who is ready a seat."""

    turn: Id
    seat: Slug | None = None


class WaitTurn(Command, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="turn.wait"):
    """ "Give me a little time": back in line two places later, once."""

    turn: Id


class ReadOutTurn(Command, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="turn.read_out"):
    """ "Read out my written question": heard without a microphone."""

    turn: Id


class FinishTurn(Command, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="turn.finish"):
    """The turn is over; the question was heard."""

    turn: Id


class ExtendTurn(Command, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="turn.extend"):
    """More time for the one who speaks."""

    turn: Id
    extra_ms: Annotated[int, msgspec.Meta(ge=1_000, le=EXTENSION_MAX_MS)]


class OfferTurn(Command, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="turn.offer"):
    """Call someone again whose turn was parked."""

    turn: Id
    seat: Slug | None = None


class ParkTurn(Command, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="turn.park"):
    """Let the next one go first; the turn is kept until the close."""

    turn: Id


class CancelTurn(Command, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="turn.cancel"):
    """Undo a call: back in line at the same place."""

    turn: Id


class TakeSeat(Command, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="seat.take"):
    """An official, interpreter, hall or signer sits down."""

    seat: Slug


class LeaveSeat(Command, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="seat.leave"):
    """The one who sat down gets up."""

    seat: Slug


class MuteSeat(Command, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="seat.mute"):
    """Silence a seat, or let it be heard again."""

    seat: Slug
    muted: bool


class ClearSeat(Command, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="seat.clear"):
    """Take whoever sits there off the stage."""

    seat: Slug
    reason: reasons.TakeOff


class GiveFloor(Command, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="floor.give"):
    """Say whose turn it is to speak: a seat, or nobody's. Whoever comes on the stage has the floor without it."""

    seat: Slug | None = None


class SetTalk(Command, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="seat.talk"):
    """Let a seat speak all the time, or only while a button is held: for a place that is loud."""

    seat: Slug
    mode: Talk


class NameShown(Command, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="seat.show"):
    """Say in words what a screen shows, for those who only listen."""

    seat: Slug
    note: Note
    texts = ("note",)


class HallTurn(Command, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="turn.hall"):
    """Hear a question from a hall: its asker stands there before one camera for all and needs no phone."""

    question: Id
    seat: Slug


class TurnCalled(Event, frozen=True, kw_only=True, omit_defaults=True, tag="turn.called"):
    """Somebody is asked to come to the stage."""

    desk_only = ("participant",)
    turn: str
    questions: tuple[str, ...]
    participant: str = ""
    seat: str | None = None
    answer_by: int
    limit_ms: int


class TurnAccepted(Event, frozen=True, kw_only=True, omit_defaults=True, tag="turn.accepted"):
    """On deck."""

    turn: str


class TurnReadied(Event, frozen=True, kw_only=True, omit_defaults=True, tag="turn.readied"):
    """The microphone works and the person is ready."""

    turn: str


class TurnStaged(Event, frozen=True, kw_only=True, omit_defaults=True, tag="turn.staged"):
    """On the stage, and heard from now on."""

    turn: str
    seat: str
    ends_at: int


class TurnDropped(Event, frozen=True, kw_only=True, omit_defaults=True, tag="turn.dropped"):
    """The line broke; the place is held."""

    turn: str
    until: int
    cause: Cause


class TurnReturned(Event, frozen=True, kw_only=True, omit_defaults=True, tag="turn.returned"):
    """Back before the hold ran out, where it was left."""

    turn: str
    ends_at: int = 0
    answer_by: int = 0


class TurnParked(Event, frozen=True, kw_only=True, omit_defaults=True, tag="turn.parked"):
    """Set aside, kept until the close."""

    turn: str
    cause: Cause


class TurnOffered(Event, frozen=True, kw_only=True, omit_defaults=True, tag="turn.offered"):
    """Called again after having been parked."""

    turn: str
    seat: str | None = None
    answer_by: int


class TurnExtended(Event, frozen=True, kw_only=True, omit_defaults=True, tag="turn.extended"):
    """More time."""

    turn: str
    ends_at: int


class TurnReadOut(Event, frozen=True, kw_only=True, omit_defaults=True, tag="turn.read_aloud"):
    """The written question is being read out for its asker."""

    turn: str


class TurnEnded(Event, frozen=True, kw_only=True, omit_defaults=True, tag="turn.ended"):
    """Over. `heard` says whether the question was put on the stage."""

    turn: str
    outcome: Outcome
    heard: bool = False
    reason: reasons.TakeOff | None = None


class SeatTaken(Event, frozen=True, kw_only=True, omit_defaults=True, tag="seat.taken"):
    """Somebody other than a called citizen sat down."""

    desk_only = ("participant",)
    seat: str
    participant: str = ""


class SeatLeft(Event, frozen=True, kw_only=True, omit_defaults=True, tag="seat.left"):
    """The seat is free again."""

    seat: str


class SeatMuted(Event, frozen=True, kw_only=True, omit_defaults=True, tag="seat.muted"):
    """A seat was silenced or released, by whoever sits there or by the desk; it is heard when neither holds it."""

    seat: str
    muted: bool
    by: Literal["own", "desk"]


class FloorGiven(Event, frozen=True, kw_only=True, omit_defaults=True, tag="floor.given"):
    """It is this seat's turn to speak, or nobody's."""

    seat: str = ""


class TalkSet(Event, frozen=True, kw_only=True, omit_defaults=True, tag="seat.talks"):
    """The seat is heard all the time, or only while a button is held."""

    seat: str
    mode: Talk


class ShownNamed(Event, frozen=True, kw_only=True, omit_defaults=True, tag="seat.shown"):
    """What the screen shows, in words."""

    seat: str
    note: ContentRef | None = None


StageCommand = (
    CallTurn
    | AcceptTurn
    | ReadyTurn
    | StageTurn
    | WaitTurn
    | ReadOutTurn
    | FinishTurn
    | ExtendTurn
    | OfferTurn
    | ParkTurn
    | CancelTurn
    | TakeSeat
    | LeaveSeat
    | MuteSeat
    | ClearSeat
    | GiveFloor
    | SetTalk
    | NameShown
    | HallTurn
)
StageEvent = (
    TurnCalled
    | TurnAccepted
    | TurnReadied
    | TurnStaged
    | TurnDropped
    | TurnReturned
    | TurnParked
    | TurnOffered
    | TurnExtended
    | TurnReadOut
    | TurnEnded
    | SeatTaken
    | SeatLeft
    | SeatMuted
    | FloorGiven
    | TalkSet
    | ShownNamed
)
