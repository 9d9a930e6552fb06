"""What the pages of an office's work are given: lists of tickets, supervision, the brief, and wordings kept at hand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode

from web.cards import AreaGroup, Choice
from web.ticket_shapes import Tone


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
