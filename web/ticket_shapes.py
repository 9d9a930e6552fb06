"""What the pages of an office's tickets are given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from web.cards import Choice

Tone = Literal["", "ok", "warn", "error"]


@dataclass(frozen=True)
class TicketRow:
    """One ticket in the list. `due` says it in words: late by so many days, today, in so many."""

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


@dataclass(frozen=True)
class TicketsPage:
    rows: tuple[TicketRow, ...]
    total: int
    overdue: int
    show: str
    session: str
    sessions: tuple[Choice, ...]
    offices: str
    #: The account answers for an office, and has none.
    no_office: bool = False
    later: str = ""
    begun: bool = False

    @property
    def query(self) -> str:
        """The session in an address."""
        return f"&session={self.session}" if self.session else ""


@dataclass(frozen=True)
class StatusRow:
    """A line that the citizen reads. `undo_s`: for how many seconds more the reader may take it back; 0: not."""

    seq: int
    kind: str
    at: int
    text: str
    day: str
    office: str
    undo_s: int = 0


@dataclass(frozen=True)
class StatusValues:
    """What was typed, exactly as it was typed."""

    kind: str = ""
    day: str = ""
    text: str = ""


@dataclass(frozen=True)
class TicketDeskPage:
    """A ticket as its office sees it."""

    reference: str
    state: str
    topic: str
    place: str
    village: str
    name: str
    hidden: bool
    private: bool
    text: str
    office: str
    opened_at: int
    due_at: int
    overdue: bool
    followers: int
    session_title: str
    outcome: str
    outcome_words: str
    outcome_rule: str
    lines: tuple[StatusRow, ...]
    may_post: bool
    key: str
    today: str
    values: StatusValues = StatusValues()
    errors: Mapping[str, str] = field(default_factory=dict)
    said: str = ""
    said_tone: str = "ok"
