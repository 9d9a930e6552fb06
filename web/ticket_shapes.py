"""What the page of one ticket is given, and that of its chain."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from kachehri.particulars import Reached, Sent
from web.cards import Choice
from web.hint_shapes import HintRow

Tone = Literal["", "ok", "warn", "error"]


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
