"""What the page is given with which a hearing begins."""

from __future__ import annotations

from dataclasses import dataclass

from web.cards import SessionCard


@dataclass(frozen=True)
class PromiseRow:
    """One promise of an earlier hearing. `text` is empty where the matter is private.

    Arguments:
        stands: as in kachehri/tickets/pledges.py.
        place: her place in this hearing's line, where somebody with her phone is in it; 0: not.
        question: that question.
    """

    id: str
    reference: str
    text: str
    private: bool
    post: str
    office: str
    due_at: int
    first_due_at: int
    session_at: int
    stands: str
    helps: bool
    contested: bool
    offered: bool
    was_first: bool
    question: str = ""
    place: int = 0
    asked: bool = False

    @property
    def open(self) -> bool:
        return self.stands in ("due", "said", "broken")

    @property
    def moved(self) -> bool:
        return bool(self.first_due_at) and self.first_due_at != self.due_at


@dataclass(frozen=True)
class PromiseGroup:
    """Promises that stand alike; `name` is a key below `opening.group.`."""

    name: str
    rows: tuple[PromiseRow, ...]


@dataclass(frozen=True)
class AgendaRow:
    """A ticket that nobody in the line above has brought to an end; `days` that it is late, by the calendar."""

    reference: str
    topic: str
    office: str
    text: str
    private: bool
    days: int


@dataclass(frozen=True)
class OpeningPage:
    """`last_at`: when the hearing before was held; 0 where there was none. `screen`: for everybody's eyes."""

    session: SessionCard
    last_at: int
    groups: tuple[PromiseGroup, ...]
    may_mark: bool
    may_call: bool
    open: bool
    screen: bool
    key: str
    today: str
    told: str = ""
    refused: str = ""
    #: Late beyond all superiors: the hearing itself has to speak of these.
    agenda: tuple[AgendaRow, ...] = ()

    @property
    def invited(self) -> tuple[PromiseRow, ...]:
        """Whom the desk looks out for."""
        return tuple(row for group in self.groups for row in group.rows if row.offered)
