"""The shapes that several pages show: a hearing in a list, a row in the line, my question with its steps.

Frozen and plain: a template gets nothing that it could ask for more. Titles and reasons are already in the reader's
language.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Mark = Literal["done", "now", "next"]


@dataclass(frozen=True)
class SessionCard:
    """One hearing as a list or a page's head shows it. Times are milliseconds since the epoch."""

    id: str
    title: str
    phase: str
    starts_at: int
    office: str = ""
    practice: bool = False
    reason: str = ""
    note: str = ""
    ends_at: int = 0
    #: Language tags (BCP 47) that are spoken.
    languages: tuple[str, ...] = ()
    #: Grows with whatever happens to it; what a calendar compares two copies by.
    revision: int = 0

    @property
    def is_live(self) -> bool:
        return self.phase in ("live", "adjourned", "doors_open")

    @property
    def takes_questions(self) -> bool:
        return self.phase in ("scheduled", "postponed", "doors_open", "live", "adjourned")

    @property
    def is_over(self) -> bool:
        return self.phase in ("closing", "closed", "cancelled")


@dataclass(frozen=True)
class Balance:
    """What became of every question: `raised = tickets + followers + withdrawn + refused`."""

    raised: int
    tickets: int
    followers: int
    withdrawn: int
    refused: int
    answered: int = 0


@dataclass(frozen=True)
class LineRow:
    """One place in the line as everybody may see it."""

    n: int
    question: str
    topic: str
    name: str = ""
    area: str = ""
    support: int = 0
    mine: bool = False
    text: str = ""
    reason: str = ""


@dataclass(frozen=True)
class Step:
    """One step of a question's way; `name` is a message key below `state.`."""

    name: str
    mark: Mark
    detail: str = ""


@dataclass(frozen=True)
class OutcomeCard:
    """What was decided in the hearing, in the reader's language; `due_at` is the end of the promised day."""

    kind: str
    office: str = ""
    due_at: int = 0
    rule: str = ""
    note: str = ""
    #: Of an order: the id of its words, where the reader may say whether it was promised so, and what was said.
    words: str = ""
    read: str = ""


@dataclass(frozen=True)
class MyQuestion:
    """A question of the person who reads the page: place *and* reason, never a place alone."""

    id: str
    reference: str
    text: str
    state: str
    steps: tuple[Step, ...]
    link: str
    topic: str = ""
    place: int = 0
    wait_ms: int = 0
    reason: str = ""
    may_withdraw: bool = False
    session_id: str = ""
    #: From where the range of the wait begins; `wait_ms` is where it ends, and 0 says that nobody can tell yet.
    wait_from_ms: int = 0
    #: Nothing is written; it will be said.
    spoken: bool = False
    #: Where, as the district names it, and in the asker's own words.
    area: str = ""
    village: str = ""
    outcome: OutcomeCard | None = None

    @property
    def asks(self) -> bool:
        """Whether a promise waits for the reader's yes."""
        return bool(self.outcome and self.outcome.words and not self.outcome.read)

    @property
    def steps_now(self) -> Step:
        return next(step for step in self.steps if step.mark == "now")

    @property
    def tone(self) -> str:
        """The badge's colour; its word says the same."""
        return _TONES.get(self.state, "")


@dataclass(frozen=True)
class SeatCard:
    """One place on the stage and who sits there, if anybody."""

    id: str
    kind: str
    name: str = ""
    taken: bool = False
    muted: bool = False
    topic: str = ""
    #: Whose turn it is to speak.
    floor: bool = False
    #: What a shared screen shows, in words.
    shows: str = ""


@dataclass(frozen=True)
class Choice:
    """One entry of a select, a radio list or the topic grid."""

    id: str
    name: str
    icon: str = "other"


@dataclass(frozen=True)
class TopicGroup:
    """Categories behind one picture."""

    id: str
    name: str
    icon: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True)
class AreaGroup:
    """Places inside a larger one; an empty name for those that stand alone."""

    name: str
    choices: tuple[Choice, ...]


_TONES = {"called": "live", "answered": "ok", "heard": "ok", "not_taken": "warn", "refused": "error", "held": "warn"}
_WAY = ("received", "checking", "in_line", "next")
#: state of a question → how many steps of the way lie behind it, the step it stands at, whether a good end is still
#: ahead.
_STANDS: dict[str, tuple[int, str, bool]] = {
    "new": (1, "checking", True),
    "refusing": (1, "checking", True),
    "held": (1, "held", True),
    "admitted": (2, "in_line", True),
    "parked": (2, "parked", True),
    "called": (3, "next", True),
    "heard": (4, "heard", True),
    "answered": (4, "answered", False),
    "deferred": (3, "written", False),
    "unheard": (1, "written", False),
    "merged": (2, "merged", False),
    "not_taken": (2, "not_taken", False),
    "refused": (2, "refused", False),
    "withdrawn": (1, "withdrawn", False),
}


def trodden(state: str, decided: bool = False) -> tuple[Step, ...]:
    """The same once the hearing is over: nothing of it is still to come, and whatever came of it is its last step.

    Arguments:
        decided: it was ordered, referred or refused, which is an answer too.
    """
    steps = [Step(each.name, "done", each.detail) for each in way(state) if each.mark != "next"]
    return (*steps, Step("decided", "done")) if decided and state == "heard" else tuple(steps)


def way(state: str, detail: str = "") -> tuple[Step, ...]:
    """The line of steps that a citizen sees: done, now, and what still comes."""
    behind, here, ahead = _STANDS[state]
    steps = [Step(name, "done") for name in _WAY[:behind] if name != here]
    steps.append(Step(here, "now", detail))
    if ahead:
        steps += [Step(name, "next") for name in (*_WAY[behind + 1 :], "answered") if name != here]
    return tuple(steps)
