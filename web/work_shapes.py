"""What the pages of an office's work are given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import urlencode

from kachehri.particulars import Reached, Sent
from web.cards import AreaGroup, Choice
from web.hint_shapes import HintRow

Tone = Literal["", "ok", "warn", "error"]


@dataclass(frozen=True)
class TicketRow:
    """One ticket in the list. `due` says it in words: late by so many days, today, in so many.

    Arguments:
        answers: the post that answers for it: since it is late, or the one that it lies with.
    """

    reference: str
    topic: str
    place: str
    text: str
    state: str
    outcome: str
    due: str
    due_tone: Tone
    office: str
    followers: int
    private: bool
    id: str = ""
    level: int = 0
    answers: str = ""
    assignable: bool = False


@dataclass(frozen=True)
class Filters:
    """What a list is narrowed to, as it stands in the address."""

    show: str = "open"
    whose: str = ""
    session: str = ""
    topic: str = ""
    area: str = ""
    find: str = ""

    def address(self, **changed: str) -> str:
        """The list with these filters, some of them changed; what is empty is left out."""
        kept = {"show": self.show, "whose": self.whose, "session": self.session, "topic": self.topic}
        kept |= {"area": self.area, "find": self.find, **changed}
        return f"/tickets?{urlencode({name: value for name, value in kept.items() if value})}"


@dataclass(frozen=True)
class Undoable:
    """What was just given to a post, by number, and can be taken back; what could not be, as (number, why)."""

    done: tuple[str, ...]
    post: str
    failed: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class TicketsPage:
    rows: tuple[TicketRow, ...]
    total: int
    counts: Mapping[str, int]
    filters: Filters
    sessions: tuple[Choice, ...]
    topics: tuple[Choice, ...]
    places: tuple[AreaGroup, ...]
    offices: str
    key: str = ""
    #: Posts to which many can be given at once.
    posts: tuple[Choice, ...] = ()
    #: The account answers for an office, and has none.
    no_office: bool = False
    #: The account has a post, so that "mine" says something.
    has_post: bool = False
    later: str = ""
    begun: bool = False
    #: What was looked for cannot be a number, and what to look at again.
    problem: str = ""
    undo: Undoable | None = None
    said: str = ""
    supervises: bool = False
    replies: bool = False

    @property
    def narrowed(self) -> bool:
        each = self.filters
        return bool(each.session or each.topic or each.area or each.find)


@dataclass(frozen=True)
class StoryRow:
    """A step in the timeline.

    Arguments:
        words: what was written with it, as (heading or nothing, text).
        staff: only the staff reads it.
        undo_s: for how many seconds more the reader may take it back; 0: not.
    """

    seq: int
    icon: str
    text: str
    at: int
    who: str
    words: tuple[tuple[str, str], ...] = ()
    staff: bool = False
    tone: str = ""
    undo_s: int = 0


@dataclass(frozen=True)
class ClockRow:
    """One clock of a ticket: its name in the catalogue below `office.clock.`, when it ends, and how it stands."""

    name: str
    at: int
    left: str
    tone: Tone = ""


@dataclass(frozen=True)
class FieldRow:
    """A field of an act's form, with what was typed in it."""

    id: str
    name: str
    kind: str
    needed: bool
    value: str = ""
    error: str = ""
    options: tuple[Choice, ...] = ()


@dataclass(frozen=True)
class ActCard:
    """An act that is offered. `open`: it was sent and came back."""

    name: str
    icon: str
    heavy: bool
    danger: bool
    fields: tuple[FieldRow, ...]
    #: What follows, in words; more than one where it depends on the ticket.
    leads: tuple[str, ...]
    open: bool = False
    error: str = ""
    words: bool = False


@dataclass(frozen=True)
class PictureRow:
    """A photograph. `ticked`: chosen as what a proposal rests on."""

    id: str
    at: int
    shown: bool
    width: int
    height: int
    number: int
    ticked: bool = False


@dataclass(frozen=True)
class StatusValues:
    """What was typed, exactly as it was typed."""

    kind: str = ""
    day: str = ""
    text: str = ""


@dataclass(frozen=True)
class Facts:
    """What a ticket is about, whose it is now, and how it stands.

    Arguments:
        turn: one sentence: whose turn it is.
        with_whom: the post or office that works on it; `answers`: who is accountable since it is late.
    """

    reference: str
    kind: str
    state: str
    topic: str
    place: str
    village: str
    name: str
    hidden: bool
    private: bool
    text: str
    with_whom: str
    turn: str
    opened_at: int
    due: str
    due_tone: Tone
    followers: int
    session_title: str
    session: str = ""
    answers: str = ""
    level: int = 0
    #: What the hearing decided, with its words and its rule.
    outcome: str = ""
    outcome_words: str = ""
    outcome_rule: str = ""
    #: How it ended, or would end.
    end: str = ""
    basis: str = ""
    parent: str = ""
    children: tuple[str, ...] = ()
    parts: tuple[tuple[str, int], ...] = ()
    #: A proposal that waits for a superior's signature: its outcome and words.
    draft: tuple[str, str] | None = None


@dataclass(frozen=True)
class TicketDeskPage:
    """A ticket as its office sees it."""

    facts: Facts
    clocks: tuple[ClockRow, ...]
    story: tuple[StoryRow, ...]
    acts: tuple[ActCard, ...]
    #: What somebody of this side would do from here, and why it is not possible now.
    cannot: tuple[tuple[str, str], ...]
    pictures: tuple[PictureRow, ...]
    #: The last step that the page knows of: a heavy act is not done onto another.
    seq: int
    may_post: bool
    may_act: bool
    may_picture: bool
    may_reveal: bool
    key: str
    today: str
    may_concern: bool = False
    may_explain: bool = False
    may_call_back: bool = False
    #: Others that may be about the same.
    hints: tuple[HintRow, ...] = ()
    #: Money was asked for, and the reader is somebody who is told.
    flagged: bool = False
    #: Words of a program's filing: whether everybody may read them, and whether the reader decides that.
    released: bool = False
    may_release: bool = False
    replies: tuple[Choice, ...] = ()
    values: StatusValues = StatusValues()
    errors: Mapping[str, str] = field(default_factory=dict)
    said: str = ""
    said_tone: str = "ok"
    #: Where she can be reached, once somebody looked; and what a program sent along for the office.
    reached: Reached | None = None
    sent: Sent = Sent()
    reveal_reason: str = ""
    reveal_words: str = ""
    reveal_reasons: tuple[str, ...] = ()
    #: Which of the forms beside the acts came back: status, picture, phone.
    came_back: str = ""

    @property
    def reference(self) -> str:
        return self.facts.reference


@dataclass(frozen=True)
class HistoryRow:
    """A step with its place in the chain; the hashes are shown by their first digits."""

    row: StoryRow
    type: str
    before: str
    hash: str


@dataclass(frozen=True)
class HistoryPage:
    reference: str
    rows: tuple[HistoryRow, ...]
    whole: bool
    end: str


@dataclass(frozen=True)
class LoadRow:
    """How much lies with a post or an office, and how much of it is late."""

    name: str
    office: str
    open: int
    late: int


@dataclass(frozen=True)
class Watched:
    """A list of the supervisor's page: its name below `office.watch.`, its first rows, how many there are."""

    name: str
    rows: tuple[TicketRow, ...]
    total: int
    link: str = ""


@dataclass(frozen=True)
class SupervisorPage:
    lists: tuple[Watched, ...]
    load: tuple[LoadRow, ...]
    post: str = ""
    offices: str = ""


@dataclass(frozen=True)
class PromiseRow:
    text: str
    made_by: str
    due: str
    tone: Tone
    reference: str = ""
    state: str = ""


@dataclass(frozen=True)
class BriefPage:
    """What an office takes along to a hearing."""

    session: str
    title: str
    starts_at: int
    office: str
    rows: tuple[TicketRow, ...]
    total: int
    late: int
    disputed: int
    promises: tuple[PromiseRow, ...]
    #: Topic, place, how often.
    causes: tuple[tuple[str, str, int], ...]
    asked: tuple[tuple[str, int], ...]
    made_at: int
    days: int = 90


@dataclass(frozen=True)
class ReplyRow:
    id: str
    name: str
    text: str


@dataclass(frozen=True)
class RepliesPage:
    rows: tuple[ReplyRow, ...]
    office: str
    places: tuple[str, ...]
    key: str
    id: str = ""
    name: str = ""
    text: str = ""
    errors: Mapping[str, str] = field(default_factory=dict)
    said: str = ""
