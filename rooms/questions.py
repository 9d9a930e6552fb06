"""What can be asked of a question and what can happen to it: the commands and events of the queue.

What was decided on it is in rooms/outcomes.py, whom it complains about in rooms/concerns.py.
"""

from typing import Annotated, Literal

import msgspec

from . import reasons
from .base import Command, ContentRef, Event, Id, Millis, Note, Place, Slug
from .concerns import ConcernQuestion, QuestionConcerned
from .limits import NAME_MAX, QUESTION_MAX, VILLAGE_MAX
from .outcomes import NoteOutcome, OutcomeNoted, OutcomeReadBack, ReadBack

Kind = Literal["grievance", "question", "suggestion", "information", "praise"]
Channel = Literal["web", "live", "kiosk", "phone", "desk"]
Policy = Literal["arrival"]
State = Literal[
    "new",
    "held",
    "admitted",
    "called",
    "heard",
    "answered",
    "deferred",
    "merged",
    "not_taken",
    "refusing",
    "refused",
    "withdrawn",
]


class AskQuestion(Command, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="question.ask"):
    """Put a question to the house. The reply carries its reference number and the secret of its receipt.

    Whoever cannot type says `spoken`: topic and place alone are enough then.
    """

    kind: Kind = "grievance"
    category: Slug = "other"
    area: Place = ""
    village: Annotated[str, msgspec.Meta(max_length=4 * VILLAGE_MAX, description="in the asker's own words")] = ""
    spoken: bool = False
    text: Annotated[str, msgspec.Meta(max_length=4 * QUESTION_MAX)] = ""
    name: Annotated[str, msgspec.Meta(max_length=4 * NAME_MAX)] = ""
    hide_name: bool = False
    private: bool = False
    phone: Annotated[str, msgspec.Meta(max_length=40)] = ""
    channel: Channel = "live"
    claimed_arrival: Millis | None = None
    texts = ("text", "name", "village")


class SupportQuestion(Command, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="question.support"):
    """ "Me too": counted once for each participant, and only counted."""

    question: Id


class ClassifyQuestion(Command, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="question.classify"):
    """Correct what the question is about; this decides which office its ticket goes to. `private` can only be switched
    on, also by the server: for a topic that the district protects.
    """

    question: Id
    category: Slug
    kind: Kind | None = None
    private: bool = False


class ClaimQuestion(Command, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="question.claim"):
    """ "I am on it": for a minute nobody else decides on it. Saying it again renews the minute."""

    question: Id


class ReleaseQuestion(Command, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="question.release"):
    """Let the others at it again."""

    question: Id


class ReturnQuestion(Command, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="question.return"):
    """Back to where it was when it arrived, as if nobody had weighed it: what a whole selection's undo needs."""

    question: Id


class HoldQuestion(Command, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="question.hold"):
    """Put aside until something is clear."""

    question: Id
    reason: reasons.Hold
    note: Note = ""
    texts = ("note",)


class AdmitQuestion(Command, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="question.admit"):
    """Put in line, at the place of its arrival."""

    question: Id


class MergeQuestion(Command, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="question.merge"):
    """Join with another that says the same; the asker keeps an own number and follows the other's ticket."""

    question: Id
    into: Id


class UnmergeQuestion(Command, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="question.unmerge"):
    """Undo a merge."""

    question: Id


class NotTakeQuestion(Command, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="question.not_take"):
    """Not on air, for a reason that the asker reads. It becomes a ticket all the same."""

    question: Id
    reason: reasons.NotTaken
    note: Note = ""
    texts = ("note",)


class RefuseQuestion(Command, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="question.refuse"):
    """Propose to refuse abuse or spam; it counts only once a second person confirms."""

    question: Id
    reason: reasons.Abuse


class ConfirmRefusal(Command, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="question.confirm_refusal"):
    """The second person agrees."""

    question: Id


class OverturnRefusal(Command, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="question.overturn_refusal"):
    """The second person disagrees, or the first thinks again."""

    question: Id


class WithdrawQuestion(Command, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="question.withdraw"):
    """The asker, and nobody else, takes the question back."""

    question: Id


class AnswerQuestion(Command, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="question.answer"):
    """Note that it was answered on air; its ticket opens as proposed solved, which the asker may contest."""

    question: Id
    note: Note = ""
    texts = ("note",)


class DeferQuestion(Command, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="question.defer"):
    """It will be answered in writing."""

    question: Id
    reason: reasons.Defer
    note: Note = ""
    texts = ("note",)


class MoveQuestion(Command, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="question.move"):
    """Change a place by hand: before another in line, or to the end. The reason is public."""

    question: Id
    before: Id | None = None
    reason: reasons.Move
    note: Note = ""
    texts = ("note",)


class DeclarePolicy(Command, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="policy.declare"):
    """Declare the rule by which places are computed."""

    policy: Policy


class QuestionAsked(Event, frozen=True, kw_only=True, omit_defaults=True, tag="question.asked"):
    """A question arrived; its rank in line is this event's number."""

    audience = "desk"
    question: str
    reference: str
    asker: str
    kind: Kind
    category: str
    area: str = ""
    #: Nothing when the asker will say it.
    content: ContentRef | None = None
    village: ContentRef | None = None
    spoken: bool = False
    name: ContentRef | None = None
    hide_name: bool = False
    private: bool = False
    channel: Channel = "live"
    claimed_arrival: int | None = None
    lane: str = "common"


class SupportCounted(Event, frozen=True, kw_only=True, omit_defaults=True, tag="support.counted"):
    """New totals of support, one event for many voices; the public reads them in the rows that it may see."""

    audience = "desk"
    counts: dict[str, int]


class QuestionClassified(Event, frozen=True, kw_only=True, omit_defaults=True, tag="question.classified"):
    """What the question is about was corrected; `private`: from here on nobody but the asker and the desk reads it."""

    audience = "desk"
    question: str
    category: str
    kind: Kind
    private: bool = False


class QuestionClaimed(Event, frozen=True, kw_only=True, omit_defaults=True, tag="question.claimed"):
    """Somebody of the desk is on it."""

    audience = "desk"
    question: str
    by: str


class QuestionReleased(Event, frozen=True, kw_only=True, omit_defaults=True, tag="question.released"):
    """Nobody is on it any more."""

    audience = "desk"
    question: str


class QuestionReturned(Event, frozen=True, kw_only=True, omit_defaults=True, tag="question.returned"):
    """New again."""

    audience = "desk"
    question: str


class QuestionHeld(Event, frozen=True, kw_only=True, omit_defaults=True, tag="question.held"):
    """Put aside."""

    audience = "desk"
    question: str
    reason: reasons.Hold
    note: ContentRef | None = None


class QuestionAdmitted(Event, frozen=True, kw_only=True, omit_defaults=True, tag="question.admitted"):
    """In line."""

    question: str


class QuestionMerged(Event, frozen=True, kw_only=True, omit_defaults=True, tag="question.merged"):
    """Joined with another."""

    question: str
    into: str


class QuestionUnmerged(Event, frozen=True, kw_only=True, omit_defaults=True, tag="question.unmerged"):
    """Stands alone again."""

    question: str


class QuestionNotTaken(Event, frozen=True, kw_only=True, omit_defaults=True, tag="question.not_taken"):
    """Not on air; the asker reads the reason."""

    audience = "desk"
    question: str
    reason: reasons.NotTaken
    note: ContentRef | None = None


class RefusalProposed(Event, frozen=True, kw_only=True, omit_defaults=True, tag="refusal.proposed"):
    """One person thinks it is abuse."""

    audience = "desk"
    question: str
    reason: reasons.Abuse
    by: str


class RefusalOverturned(Event, frozen=True, kw_only=True, omit_defaults=True, tag="refusal.overturned"):
    """It is not abuse; back to where it was."""

    audience = "desk"
    question: str


class QuestionRefused(Event, frozen=True, kw_only=True, omit_defaults=True, tag="question.refused"):
    """Two people agreed that it is abuse or spam."""

    audience = "desk"
    question: str
    by: str


class QuestionWithdrawn(Event, frozen=True, kw_only=True, omit_defaults=True, tag="question.withdrawn"):
    """Taken back by its asker."""

    question: str


class QuestionAnswered(Event, frozen=True, kw_only=True, omit_defaults=True, tag="question.answered"):
    """Answered on air."""

    question: str
    note: ContentRef | None = None


class QuestionDeferred(Event, frozen=True, kw_only=True, omit_defaults=True, tag="question.deferred"):
    """To be answered in writing."""

    question: str
    reason: reasons.Defer
    note: ContentRef | None = None


class QuestionMoved(Event, frozen=True, kw_only=True, omit_defaults=True, tag="question.moved"):
    """A place changed by hand."""

    question: str
    before: str | None = None
    reason: reasons.Move
    note: ContentRef | None = None


class PolicyDeclared(Event, frozen=True, kw_only=True, omit_defaults=True, tag="policy.declared"):
    """Places are computed by this rule from here on."""

    policy: Policy


QueueCommand = (
    AskQuestion
    | SupportQuestion
    | ClassifyQuestion
    | ConcernQuestion
    | ClaimQuestion
    | ReleaseQuestion
    | ReturnQuestion
    | HoldQuestion
    | AdmitQuestion
    | MergeQuestion
    | UnmergeQuestion
    | NotTakeQuestion
    | RefuseQuestion
    | ConfirmRefusal
    | OverturnRefusal
    | WithdrawQuestion
    | AnswerQuestion
    | DeferQuestion
    | MoveQuestion
    | DeclarePolicy
    | NoteOutcome
    | ReadBack
)

QueueEvent = (
    QuestionAsked
    | SupportCounted
    | QuestionClassified
    | QuestionConcerned
    | QuestionClaimed
    | QuestionReleased
    | QuestionReturned
    | QuestionHeld
    | QuestionAdmitted
    | QuestionMerged
    | QuestionUnmerged
    | QuestionNotTaken
    | RefusalProposed
    | RefusalOverturned
    | QuestionRefused
    | QuestionWithdrawn
    | QuestionAnswered
    | QuestionDeferred
    | QuestionMoved
    | PolicyDeclared
    | OutcomeNoted
    | OutcomeReadBack
)
