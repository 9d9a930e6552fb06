"""What somebody asks of a ticket, and who asks. Pure.

Words come as they were cleaned and put beside the chain already (`ContentRef`): the rules see only where they are.
"""

from typing import ClassVar, Literal, NamedTuple

from msgspec import Struct

from rooms.base import ContentRef

from .events import Outcome, Solved
from .lifecycle import By


class Doer(NamedTuple):
    """Who asks.

    Arguments:
        side: in what capacity; decided by whoever lets people in, never by the person.
        id: account, person or "clock".
        office, post: where a member of staff stands, by id.
        level: 0 an officer, 1 to 3 a superior of that level, as the chain of posts says for this very ticket.
    """

    side: By
    id: str
    office: str = ""
    post: str = ""
    level: int = 0


class Act(Struct, frozen=True, kw_only=True):
    """One thing that is asked. `step` is its row in the table of lifecycle.py."""

    step: ClassVar[str]


class Route(Act, frozen=True, kw_only=True):
    """Send to an office: by rule, or by the desk that sorts, which says why."""

    step = "route"
    office: str
    post: str = ""
    why: str = ""
    rule: str = ""
    reason: ContentRef | None = None


class Transfer(Act, frozen=True, kw_only=True):
    """Send on, because another office answers for it; at most twice, then the desk that sorts decides."""

    step = "transfer"
    office: str
    post: str = ""
    reason: ContentRef


class Assign(Act, frozen=True, kw_only=True):
    """Accept and give to a post."""

    step = "assign"
    post: str
    account: str = ""


class TakeBack(Act, frozen=True, kw_only=True):
    """Give it back to the whole office, as long as nobody has begun: one that was given to a post by a slip."""

    step = "take_back"


class Start(Act, frozen=True, kw_only=True):
    """Begin: what will be done, and by which day."""

    step = "start"
    plan: ContentRef
    day: str = ""


class AskCitizen(Act, frozen=True, kw_only=True):
    """Ask her something; twice at most."""

    step = "ask_citizen"
    question: ContentRef


class Answer(Act, frozen=True, kw_only=True):
    """Her answer."""

    step = "citizen_answers"
    answer: ContentRef | None = None


class WaitOutside(Act, frozen=True, kw_only=True):
    """Wait for a court or another body; `paused` needs a superior."""

    step = "wait_outside"
    reason: ContentRef
    paused: bool = False


class Resume(Act, frozen=True, kw_only=True):
    """The wait is over."""

    step = "resume"


class Propose(Act, frozen=True, kw_only=True):
    """Say that it is done, with what came of it; `rule` where relief was not possible."""

    step = "propose"
    outcome: Outcome
    note: ContentRef
    rule: ContentRef | None = None
    evidence: tuple[str, ...] = ()


class Countersign(Act, frozen=True, kw_only=True):
    """A superior signs what was submitted; it becomes a proposal."""

    step = "countersign"


class ProposeJoined(Act, frozen=True, kw_only=True):
    """What was proposed on the ticket that this one goes on with; the citizen of this one answers for herself."""

    step = "propose_joined"
    parent: str
    outcome: Outcome
    note: ContentRef
    rule: ContentRef | None = None
    evidence: tuple[str, ...] = ()
    post: str = ""
    wrote: str = ""


class Confirm(Act, frozen=True, kw_only=True):
    """Her yes; by an operator only with the id of her recorded consent."""

    step = "confirm"
    how: Literal["link", "code", "operator"] = "link"
    consent: str = ""


class StaySilent(Act, frozen=True, kw_only=True):
    """The clock: fifteen days since the notice arrived."""

    step = "stay_silent"


class Dispute(Act, frozen=True, kw_only=True):
    """Her no, or her "partly"."""

    step = "dispute"
    solved: Solved = "no"
    words: ContentRef | None = None


class Appeal(Act, frozen=True, kw_only=True):
    """To the appeal body."""

    step = "appeal"
    automatic: bool = False
    words: ContentRef | None = None


class Direct(Act, frozen=True, kw_only=True):
    """The appeal body sends it back with an order."""

    step = "direct"
    order: ContentRef
    office: str
    post: str = ""


class Uphold(Act, frozen=True, kw_only=True):
    """The appeal body ends it."""

    step = "uphold"
    order: ContentRef


class Withdraw(Act, frozen=True, kw_only=True):
    """Her own wish; a protected matter needs that somebody called back and asked whether it is."""

    step = "withdraw"
    called_back: bool = False


class Warn(Act, frozen=True, kw_only=True):
    """A superior announces a close without her word."""

    step = "warn"
    reason: ContentRef


class Force(Act, frozen=True, kw_only=True):
    """... and does it, three working days later."""

    step = "force"
    outcome: Outcome
    reason: ContentRef


class Escalate(Act, frozen=True, kw_only=True):
    """The clock, or the citizen once it is late: one level up."""

    step = "escalate"
    level: int
    post: str = ""
    why: str = "late"


class Join(Act, frozen=True, kw_only=True):
    """Go on together with another ticket."""

    step = "join"
    parent: str


class Leave(Act, frozen=True, kw_only=True):
    """Go on alone."""

    step = "leave"


class Share(Act, frozen=True, kw_only=True):
    """Give another office a part."""

    step = "share"
    office: str


class FinishPart(Act, frozen=True, kw_only=True):
    """That office did its part."""

    step = "finish_part"
    office: str
    note: ContentRef | None = None


class Note(Act, frozen=True, kw_only=True):
    """A note among the staff."""

    step = "note"
    note: ContentRef


class AddEvidence(Act, frozen=True, kw_only=True):
    """Add a picture."""

    step = "add_evidence"
    attachment: str
    shown: bool = False


class Classify(Act, frozen=True, kw_only=True):
    """Another topic."""

    step = "classify"
    category: str
    days: int
    protected: bool = False


class Concern(Act, frozen=True, kw_only=True):
    """Say whom it complains about. `office`, `post`: where it goes when it lies with them now; empty: it cannot."""

    step = "concern"
    about: str
    office: str = ""
    post: str = ""
    why: str = ""
    rule: str = ""


class MoveDue(Act, frozen=True, kw_only=True):
    """The calendar changed; later only."""

    step = "move_due"
    version: int
    due: int


class NoteArrival(Act, frozen=True, kw_only=True):
    """The notice of a proposal, or of a warning, reached her."""

    step = "note_arrival"
    channel: str
    of: Literal["proposal", "warning"] = "proposal"


class Rate(Act, frozen=True, kw_only=True):
    """What she, or a follower, says of the end."""

    step = "rate"
    solved: Solved
    stars: int = 0
    money: Literal["", "no", "yes"] = ""
    follower: str = ""


class Pledge(Act, frozen=True, kw_only=True):
    """What became of a promise made aloud."""

    step = "pledge"
    commitment: str
    what: Literal["made", "read_back", "contested", "said", "denied", "kept", "broken", "moved", "help", "cancelled"]
    day: str = ""
    due: int | None = None
    said_at: int | None = None
