"""What happens to a ticket, recorded one step after another and never changed. Pure.

The type of a step stands beside its body in the chain (kachehri/store/tickets.py), so bodies carry no tag. Words are
kept beside the log, as in a session: a body has their id and a salted digest. Instants are those of the steps.
"""

from collections.abc import Callable
from typing import Any, ClassVar, Final, Literal, NamedTuple

import msgspec
from msgspec import Struct

from rooms.base import ContentRef

from .status import Posted, Undone

#: What a ticket is; each kind has its own allowed outcomes and its own clock (kachehri/tickets/kinds.py).
Kind = Literal["grievance", "question", "suggestion", "information", "praise"]
Outcome = Literal[
    "relief_granted",
    "partial_relief",
    "relief_not_possible",
    "information_given",
    "duplicate",
    "referred_outside",
    "withdrawn",
    "inadmissible",
    "no_information_from_citizen",
    "noted",
]
#: On whose word a ticket was closed; never merged into one figure.
Basis = Literal["citizen_confirmed", "citizen_silent", "supervisor_forced", "appeal_decided", "citizen_withdrew"]
Solved = Literal["yes", "partly", "no"]


class Step(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The body of one step. Who may read it: everyone with the ticket's own page ("citizen"), or the staff alone."""

    type: ClassVar[str] = ""
    audience: ClassVar[Literal["citizen", "staff"]] = "citizen"


class Opened(Step, frozen=True, kw_only=True):
    """The first step. `outcome`, `rule` and `note` say what the hearing decided; the latter two are content ids.

    Arguments:
        days: working days until it should be resolved.
        about: the post that it complains about, by id.
        due: until when, in milliseconds, where a day was promised in the hearing.
        state: where it begins.
        assisted: somebody wrote it for her; she has longer to answer.
    """

    type = "ticket.opened"
    why: str = ""
    outcome: str = ""
    rule: str = ""
    note: str = ""
    kind: Kind = "grievance"
    category: str = ""
    area: str = ""
    office: str = ""
    post: str = ""
    days: int = 15
    protected: bool = False
    about: str = ""
    due: int | None = None
    state: str = "registered"
    assisted: bool = False


class Routed(Step, frozen=True, kw_only=True):
    """Sent to an office, by a rule or by the desk that sorts."""

    type = "ticket.routed"
    office: str
    post: str = ""
    why: str = ""
    rule: str = ""
    reason: ContentRef | None = None


class Transferred(Step, frozen=True, kw_only=True):
    """Sent on by an office that is not the right one; no clock begins anew."""

    type = "ticket.transferred"
    office: str
    post: str = ""
    reason: ContentRef


class Assigned(Step, frozen=True, kw_only=True):
    """Accepted, and given to a post. `account` is who holds it now, for the record."""

    type = "ticket.assigned"
    post: str
    account: str = ""


class Started(Step, frozen=True, kw_only=True):
    """The first action: what will be done, and by which day (ISO 8601)."""

    type = "ticket.started"
    plan: ContentRef
    day: str = ""


class Asked(Step, frozen=True, kw_only=True):
    """Something is needed from the citizen; the clock pauses until she answers."""

    type = "ticket.asked"
    question: ContentRef


class Answered(Step, frozen=True, kw_only=True):
    """She answered, by whatever channel."""

    type = "ticket.answered"
    answer: ContentRef | None = None


class Waits(Step, frozen=True, kw_only=True):
    """Waiting for somebody outside. The clock pauses only where a superior agreed (`paused`)."""

    type = "ticket.waits"
    reason: ContentRef
    paused: bool = False


class Resumed(Step, frozen=True, kw_only=True):
    """The wait is over."""

    type = "ticket.resumed"


class Proposed(Step, frozen=True, kw_only=True):
    """The office says that it is done. Still open.

    Arguments:
        post: of whoever says so.
        wrote: the account that wrote it, where a superior signed it.
        parent: the ticket that this one goes on with, where the proposal was made there.
    """

    type = "ticket.proposed"
    outcome: Outcome
    note: ContentRef
    rule: ContentRef | None = None
    evidence: tuple[str, ...] = ()
    post: str = ""
    wrote: str = ""
    parent: str = ""


class Submitted(Step, frozen=True, kw_only=True):
    """Whoever's word the citizen doubted has written another; it is worth nothing until the superior signs it."""

    type = "ticket.submitted"
    audience = "staff"
    outcome: Outcome
    note: ContentRef
    rule: ContentRef | None = None
    evidence: tuple[str, ...] = ()
    post: str = ""


class Confirmed(Step, frozen=True, kw_only=True):
    """The citizen says so too. `how`: by her link, by number and code, or through an operator with her consent."""

    type = "ticket.confirmed"
    how: Literal["link", "code", "operator"] = "link"
    consent: str = ""


class Silent(Step, frozen=True, kw_only=True):
    """No answer to a notice that arrived, for fifteen days."""

    type = "ticket.silent"


class Disputed(Step, frozen=True, kw_only=True):
    """The citizen says that it is not done, or only in part; goes one level up, to `post`."""

    type = "ticket.disputed"
    solved: Solved = "no"
    words: ContentRef | None = None
    level: int = 0
    post: str = ""


class Appealed(Step, frozen=True, kw_only=True):
    """To the appeal body; `automatic` when nobody had to ask for it."""

    type = "ticket.appealed"
    automatic: bool = False
    words: ContentRef | None = None


class Directed(Step, frozen=True, kw_only=True):
    """The appeal body sends it back with an order."""

    type = "ticket.directed"
    order: ContentRef
    office: str
    post: str = ""


class Upheld(Step, frozen=True, kw_only=True):
    """The appeal body agrees with the office: the end."""

    type = "ticket.upheld"
    order: ContentRef


class Withdrawn(Step, frozen=True, kw_only=True):
    """Her own wish; `called_back` where somebody asked her whether it is."""

    type = "ticket.withdrawn"
    called_back: bool = False


class Warned(Step, frozen=True, kw_only=True):
    """A superior announces that he will close it without her word; she has three working days to object."""

    type = "ticket.warned"
    reason: ContentRef


class Forced(Step, frozen=True, kw_only=True):
    """Closed without her word, after a warning."""

    type = "ticket.forced"
    outcome: Outcome
    reason: ContentRef


class Escalated(Step, frozen=True, kw_only=True):
    """Late: a higher post is accountable from now on; who works on it stays."""

    type = "ticket.escalated"
    level: int
    post: str = ""
    why: str = "late"


class Joined(Step, frozen=True, kw_only=True):
    """Goes on together with another ticket; keeps its number, its notices and its own say."""

    type = "ticket.joined"
    parent: str


class Left(Step, frozen=True, kw_only=True):
    """Goes on alone again."""

    type = "ticket.left"


class Shared(Step, frozen=True, kw_only=True):
    """Another office has a part in it; the lead stays."""

    type = "ticket.shared"
    office: str


class PartDone(Step, frozen=True, kw_only=True):
    """That office did its part."""

    type = "ticket.part_done"
    office: str
    note: ContentRef | None = None


class Noted(Step, frozen=True, kw_only=True):
    """A note among the staff. Changes no state and no clock."""

    type = "ticket.noted"
    audience = "staff"
    note: ContentRef


class Evidence(Step, frozen=True, kw_only=True):
    """A picture was added, by id; shown to the citizen where `shown`."""

    type = "ticket.evidence"
    attachment: str
    shown: bool = False


class Classified(Step, frozen=True, kw_only=True):
    """Another topic, perhaps with other days; what has passed stays passed."""

    type = "ticket.classified"
    category: str
    days: int
    protected: bool = False


class Concerned(Step, frozen=True, kw_only=True):
    """It complains about this post, or about an office (`about_office`), or no longer about anybody."""

    type = "ticket.concerned"
    audience = "staff"
    about: str


class CalendarChanged(Step, frozen=True, kw_only=True):
    """A holiday was added or moved, and the day moved with it, later only."""

    type = "ticket.calendar"
    audience = "staff"
    version: int
    due: int


class Arrived(Step, frozen=True, kw_only=True):
    """A notice reached her. That of a proposed resolution: her fifteen days begin; that of a warning: three days."""

    type = "ticket.arrived"
    channel: str
    of: Literal["proposal", "warning"] = "proposal"


class Rated(Step, frozen=True, kw_only=True):
    """What she, or a follower by id, says of the end."""

    type = "ticket.rated"
    solved: Solved
    stars: int = 0
    money: Literal["", "no", "yes"] = ""
    follower: str = ""


class Pledged(Step, frozen=True, kw_only=True):
    """What became of a promise made aloud, by the commitment's id (kachehri/tickets/pledges.py). `day`, ISO 8601, and
    `due`, its last millisecond, where one was named; `said_at` where it was said before it was recorded here.
    """

    type = "ticket.pledge"
    commitment: str
    step: Literal["made", "read_back", "contested", "said", "denied", "kept", "broken", "moved", "help", "cancelled"]
    day: str = ""
    due: int | None = None
    said_at: int | None = None


CLASSES: Final[tuple[type[Step], ...]] = tuple(Step.__subclasses__())
#: Every type of step in a ticket's chain and the class of its body; status lines are older than the rest.
TYPES: Final[dict[str, type[Struct]]] = {
    **{each.type: each for each in CLASSES},
    "status": Posted,
    "status.undone": Undone,
}

Body = Step | Posted | Undone
_ENCODE: Callable[[object], bytes] = msgspec.json.Encoder(order="deterministic").encode
_DECODERS: Final[dict[str, msgspec.json.Decoder[Any]]] = {
    type: msgspec.json.Decoder(cls) for type, cls in TYPES.items()
}


class Happened(NamedTuple):
    """One step with its place in the ticket's life."""

    seq: int
    at: int
    actor: str
    body: Body


def encode(body: Body) -> tuple[str, bytes]:
    """Type and body as the chain keeps them."""
    type = body.type if isinstance(body, Step) else "status" if isinstance(body, Posted) else "status.undone"
    return type, _ENCODE(body)


def decode(type: str, body: bytes) -> Body:
    """A step as it was recorded.

    Errors: `KeyError` for a type of another program, `msgspec.ValidationError` for a body that is none.
    """
    found: Body = _DECODERS[type].decode(body)
    return found
