"""Questions: weighed, put in line, moved, joined, and what became of each.

Everybody who asks gets a reference number at once, and that number never changes hands. A question in line stands in
the order in which questions arrived; the only other influence is a manual move with a reason, and both are recorded
facts, so that anyone can recompute every place. Places are never stored: `QueueState.line` is a sorted index over those
facts.
"""

from bisect import bisect_left, insort
from fractions import Fraction
from typing import Literal

import msgspec

from .base import Event, Refused
from .concerns import QuestionConcerned
from .limits import CLAIM_MS
from .outcomes import Outcome, OutcomeNoted, OutcomeReadBack, answered, outcome
from .questions import (
    Channel,
    Kind,
    PolicyDeclared,
    QuestionAdmitted,
    QuestionAnswered,
    QuestionAsked,
    QuestionClaimed,
    QuestionClassified,
    QuestionDeferred,
    QuestionHeld,
    QuestionMerged,
    QuestionMoved,
    QuestionNotTaken,
    QuestionRefused,
    QuestionReleased,
    QuestionReturned,
    QuestionUnmerged,
    QuestionWithdrawn,
    RefusalOverturned,
    RefusalProposed,
    State,
    SupportCounted,
)

Rank = int | Fraction

#: (state, action) → next state; "earlier" goes back to the state before. What is not here is refused.
#: The documentation's diagram is drawn from this table.
QUESTIONS: dict[tuple[State, str], State | Literal["earlier"]] = {
    ("new", "hold"): "held",
    ("new", "admit"): "admitted",
    ("new", "merge"): "merged",
    ("new", "not_take"): "not_taken",
    ("new", "refuse"): "refusing",
    ("new", "withdraw"): "withdrawn",
    ("held", "admit"): "admitted",
    ("held", "merge"): "merged",
    ("held", "not_take"): "not_taken",
    ("held", "refuse"): "refusing",
    ("held", "withdraw"): "withdrawn",
    ("held", "put_back"): "new",
    ("admitted", "hold"): "held",
    ("admitted", "merge"): "merged",
    ("admitted", "not_take"): "not_taken",
    ("admitted", "refuse"): "refusing",
    ("admitted", "withdraw"): "withdrawn",
    ("admitted", "put_back"): "new",
    ("admitted", "answer"): "answered",
    ("admitted", "settle"): "heard",
    ("admitted", "defer"): "deferred",
    ("admitted", "call"): "called",
    ("called", "return"): "earlier",
    ("called", "hear"): "heard",
    ("called", "answer"): "answered",
    ("called", "settle"): "called",
    ("called", "defer"): "deferred",
    ("called", "withdraw"): "withdrawn",
    ("heard", "answer"): "answered",
    ("heard", "settle"): "heard",
    ("heard", "defer"): "deferred",
    ("heard", "call"): "called",
    ("answered", "call"): "called",
    ("answered", "answer"): "answered",
    ("answered", "settle"): "heard",
    ("deferred", "admit"): "admitted",
    ("deferred", "answer"): "answered",
    ("deferred", "settle"): "heard",
    ("deferred", "put_back"): "new",
    ("deferred", "withdraw"): "withdrawn",
    ("merged", "unmerge"): "earlier",
    ("merged", "withdraw"): "withdrawn",
    ("not_taken", "admit"): "admitted",
    ("not_taken", "refuse"): "refusing",
    ("not_taken", "withdraw"): "withdrawn",
    ("not_taken", "put_back"): "new",
    ("refusing", "confirm"): "refused",
    ("refusing", "overturn"): "earlier",
}

#: States in which the asker still waits for something in this session.
OPEN: frozenset[State] = frozenset({"new", "held", "admitted", "called", "refusing"})
#: States in which the session has done with it, on air or in writing.
FINISHED: frozenset[State] = frozenset({"heard", "answered", "deferred"})

#: States in which nobody has anything to decide on it any more.
GONE: frozenset[State] = frozenset({"refused", "withdrawn"})


class Question(msgspec.Struct):
    """What is known of one question; its words are beside the log under `content`."""

    id: str
    reference: str
    asker: str
    kind: Kind
    category: str
    area: str
    content: str
    name: str
    hide_name: bool
    private: bool
    channel: Channel
    arrival: int
    asked_at: int
    rank: Rank
    state: State = "new"
    earlier: State = "new"
    reason: str = ""
    note: str = ""
    parent: str = ""
    by: str = ""
    #: Reason and note of the state before a merge or a proposed refusal; back in force when that is undone.
    set_aside: tuple[str, str] = ("", "")
    supports: int = 0
    moved: str = ""
    waited: bool = False
    was_answered: bool = False
    changed_at: int = 0
    #: The village in the asker's own words, in the content table.
    village: str = ""
    #: The asker wrote nothing and will say it.
    spoken: bool = False
    outcome: Outcome | None = None
    #: Whom it complains about: a post, or an office; its ticket goes around them.
    about: str = ""


class Claim(msgspec.Struct, frozen=True):
    """Who is working on a question, and since when."""

    by: str
    at: int


class QueueState(msgspec.Struct):
    """All questions of the session, with sorted indexes over their facts."""

    questions: dict[str, Question] = {}
    #: For each state, the questions in it as (rank, id): for `admitted` this is the line.
    index: dict[str, list[tuple[Rank, str]]] = {}
    #: For each asker, the questions in the order of asking.
    asked_by: dict[str, list[str]] = {}
    #: For each parent, the questions joined with it, in the order of joining.
    followers: dict[str, list[str]] = {}
    #: Questions whose place was ever moved by hand.
    moved: dict[str, Rank] = {}
    #: Questions that somebody is working on.
    claims: dict[str, Claim] = {}
    #: Questions in the order in which they were finished; one may stand here more than once.
    finished: list[str] = []
    policy: str = ""

    def get(self, question: str) -> Question:
        """The question, or `Refused("question_unknown")`."""
        found = self.questions.get(question)
        if found is None:
            raise Refused("question_unknown")
        return found

    def among(self, state: State) -> list[tuple[Rank, str]]:
        """The questions in `state`, in order of rank."""
        return self.index.get(state, [])

    @property
    def line(self) -> list[tuple[Rank, str]]:
        """The questions in line, first to be called first."""
        return self.among("admitted")

    def held_off(self, question: str, actor: str, now: int) -> str:
        """Who keeps `actor` from deciding on a question, or nothing."""
        claim = self.claims.get(question)
        if claim is None or claim.by == actor or claim.at + CLAIM_MS <= now:
            return ""
        return claim.by

    def place(self, question: Question) -> int:
        """Its place in line, counted from 1."""
        return bisect_left(self.line, (question.rank, question.id)) + 1

    def moved_ahead(self, question: Question) -> int:
        """How many in line stand before it by a manual move, though they arrived later."""
        count = 0
        for other_id in self.moved:
            other = self.questions[other_id]
            if other.state == "admitted" and other.rank < question.rank and other.arrival > question.arrival:
                count += 1
        return count


def step(question: Question, action: str) -> State:
    """The state after `action`, or `Refused("question_state")` when the table has no such step."""
    state = QUESTIONS.get((question.state, action))
    if state is None:
        raise Refused("question_state", state=question.state)
    return question.earlier if state == "earlier" else state


def enter(state: QueueState, question: Question, new: State) -> None:
    """Move a question between the indexes."""
    state.claims.pop(question.id, None)
    if question.state != new:
        leave(state, question)
        question.earlier, question.state = question.state, new
        insort(state.index.setdefault(new, []), (question.rank, question.id))
        if new in FINISHED:
            state.finished.append(question.id)


def leave(state: QueueState, question: Question) -> None:
    """Take a question out of the index of its state."""
    row = state.index[question.state]
    del row[bisect_left(row, (question.rank, question.id))]


def rank_before(state: QueueState, question: Question, before: str | None) -> Rank:
    """The rank half-way between the one it is put before and that one's predecessor, `question` itself not counted."""
    line = state.line
    if before is None:
        return max((rank for rank, other in line if other != question.id), default=question.rank) + 1
    target = state.questions[before]
    at = bisect_left(line, (target.rank, before)) - 1
    if at >= 0 and line[at][1] == question.id:
        at -= 1
    low = line[at][0] if at >= 0 else target.rank - 2
    return Fraction(low + target.rank) / 2


def mark(state: QueueState, question_id: str, action: str, at: int) -> None:
    """What a turn does to its question; a step that the table does not have leaves the question as it is."""
    question = state.questions[question_id]
    new = QUESTIONS.get((question.state, action))
    if new is not None:
        enter(state, question, question.earlier if new == "earlier" else new)
        question.changed_at = at


def evolve(state: QueueState, event: Event, seq: int, at: int) -> None:
    """Carry one event of this feature into the state; other events are none of its business."""
    match event:
        case QuestionAsked():
            question = Question(
                id=event.question,
                reference=event.reference,
                asker=event.asker,
                kind=event.kind,
                category=event.category,
                area=event.area,
                content=event.content.id if event.content else "",
                name=event.name.id if event.name else "",
                hide_name=event.hide_name,
                private=event.private,
                channel=event.channel,
                arrival=seq,
                asked_at=at,
                rank=seq,
                changed_at=at,
                village=event.village.id if event.village else "",
                spoken=event.spoken,
            )
            state.questions[question.id] = question
            insort(state.index.setdefault("new", []), (question.rank, question.id))
            state.asked_by.setdefault(event.asker, []).append(question.id)
        case SupportCounted():
            for key, count in event.counts.items():
                state.questions[key].supports = count
        case QuestionClassified():
            question = state.questions[event.question]
            question.category, question.kind = event.category, event.kind
            question.private = question.private or event.private
        case QuestionConcerned():
            state.questions[event.question].about = event.about
        case QuestionClaimed():
            state.claims[event.question] = Claim(event.by, at)
        case QuestionReleased():
            del state.claims[event.question]
        case QuestionReturned():
            settle(state, event.question, "new", at)
        case QuestionHeld():
            settle(state, event.question, "held", at, event.reason, event.note.id if event.note else "")
        case QuestionAdmitted():
            settle(state, event.question, "admitted", at)
        case QuestionMerged():
            question = state.questions[event.question]
            question.parent, question.set_aside = event.into, (question.reason, question.note)
            state.followers.setdefault(event.into, []).append(event.question)
            settle(state, event.question, "merged", at)
        case QuestionUnmerged():
            question = state.questions[event.question]
            state.followers[question.parent].remove(question.id)
            question.parent = ""
            settle(state, question.id, question.earlier, at, *question.set_aside)
        case QuestionNotTaken():
            settle(state, event.question, "not_taken", at, event.reason, event.note.id if event.note else "")
        case RefusalProposed():
            question = state.questions[event.question]
            question.set_aside = (question.reason, question.note)
            settle(state, event.question, "refusing", at, event.reason)
            question.by = event.by
        case RefusalOverturned():
            question = state.questions[event.question]
            settle(state, event.question, question.earlier, at, *question.set_aside)
        case QuestionRefused():
            settle(state, event.question, "refused", at, state.questions[event.question].reason)
        case QuestionWithdrawn():
            question = state.questions[event.question]
            if question.parent:
                state.followers[question.parent].remove(question.id)
                question.parent = ""
            settle(state, event.question, "withdrawn", at)
        case QuestionAnswered():
            question = state.questions[event.question]
            question.was_answered = True
            settle(state, question.id, "answered", at, "", event.note.id if event.note else "")
            question.outcome = Outcome("answered", at=at)  # its note is for the desk and the asker
        case OutcomeNoted():
            question = state.questions[event.question]
            question.outcome = outcome(event, at)
            if event.outcome != "answered":
                question.was_answered = False
                settle(state, question.id, step(question, "settle"), at)
        case OutcomeReadBack():
            question = state.questions[event.question]
            assert question.outcome is not None
            question.outcome = answered(question.outcome, event, at)
        case QuestionDeferred():
            settle(state, event.question, "deferred", at, event.reason, event.note.id if event.note else "")
        case QuestionMoved():
            question = state.questions[event.question]
            rank = rank_before(state, question, event.before)
            leave(state, question)
            question.rank, question.moved = rank, event.reason
            state.moved[question.id] = rank
            insort(state.index["admitted"], (rank, question.id))
            question.waited = question.waited or event.reason == "asked_for_time"
        case PolicyDeclared():
            state.policy = event.policy
        case _:
            return


def settle(state: QueueState, question_id: str, new: State, at: int, reason: str = "", note: str = "") -> None:
    """Enter a new state with the reason that goes with it."""
    question = state.questions[question_id]
    enter(state, question, new)
    question.reason, question.note, question.by, question.changed_at = reason, note, "", at
