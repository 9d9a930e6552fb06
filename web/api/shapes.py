"""The answers of the program interface. Instants are RFC 3339 with the district's offset; names come in both languages.

Whoever adds a field adds its description: it is what other people build on.
"""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

from kachehri.tickets.events import Basis
from kachehri.tickets.lifecycle import State

Instant = Annotated[str, Meta(extra_json_schema={"format": "date-time"})]
Reference = Annotated[str, Meta(pattern="^[0-9]{10}$", description="the ten digits of a ticket")]
Cursor = Annotated[str, Meta(description="send it as `cursor` for the next page")]
Phase = Literal["scheduled", "postponed", "doors_open", "live", "adjourned", "closing", "closed", "cancelled"]
Kind = Literal["grievance", "question", "suggestion", "information", "praise"]


class Answer(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The base of every answer."""


class Names(Answer, frozen=True, kw_only=True):
    """In both languages; where there is only one, it stands in both."""

    ur: str
    en: str


class Balance(Answer, frozen=True, kw_only=True):
    """What became of all that was raised in a session: raised = tickets + followers + withdrawn + refused."""

    raised: int
    tickets: int
    followers: Annotated[int, Meta(description="joined with another's question; each keeps a number of its own")]
    withdrawn: Annotated[int, Meta(description="taken back by whoever asked")]
    refused: Annotated[int, Meta(description="refused by two people")]


class Promises(Answer, frozen=True, kw_only=True):
    """What was promised aloud in a session, and what became of it so far."""

    made: int
    kept: int
    broken: int


class SessionHead(Answer, frozen=True, kw_only=True):
    """One public hearing."""

    id: str
    title: Names
    phase: Phase
    starts_at: Instant
    ends_at: Instant
    office: Annotated[str, Meta(description="code of the office that holds it")]
    languages: list[str]


class Session(SessionHead, frozen=True, kw_only=True):
    """One public hearing with its sums. Practice sessions are not listed and not found."""

    balance: Annotated[Balance | None, Meta(description="stands once the session is closed")]
    promises: Promises


class Window(Answer, frozen=True, kw_only=True):
    """Tickets that their citizens confirmed as solved, so many days after the close."""

    days: int
    solved: Annotated[int | None, Meta(description="nothing until these days are over")]


class Score(Answer, frozen=True, kw_only=True):
    """What became of the tickets of one office, or of all. Claimed, silent and forced are never added to solved."""

    office: Annotated[str | None, Meta(description="code of the office; none: all together")]
    tickets: int
    solved: list[Window]
    claimed: Annotated[int, Meta(description="the office says that they are done")]
    silent: Annotated[int, Meta(description="closed because nobody answered a delivered notice")]
    forced: Annotated[int, Meta(description="closed by a superior without the citizen's word")]
    promises: Annotated[dict[str, int], Meta(description="made aloud, by how they stand")]


class Scorecard(Answer, frozen=True, kw_only=True):
    """What one hearing came to: every question that was raised stands in exactly one of `ends`."""

    raised: int
    ends: dict[str, int]
    called: int
    waited_ms: Annotated[int | None, Meta(description="the median wait of those who were called")]
    waited_longest_ms: int | None
    whole: Score
    offices: list[Score]


class Ticket(Answer, frozen=True, kw_only=True):
    """One public ticket: no name, no number, and words only where a moderator has released them."""

    reference: Reference
    session: Annotated[str | None, Meta(description="the hearing that it comes from")]
    kind: Kind
    state: State
    open: Annotated[bool, Meta(description="whether somebody still owes a step; a proposed resolution is open")]
    outcome: str | None
    basis: Annotated[Basis | None, Meta(description="on whose word it was closed")]
    category: Annotated[str | None, Meta(description="code of the topic")]
    area: Annotated[str | None, Meta(description="code of the place")]
    office: Annotated[str | None, Meta(description="code of the office that answers; none while it is being sorted")]
    level: Annotated[int, Meta(ge=0, le=3, description="how far it went up because it was late")]
    opened_at: Instant
    due_at: Instant | None
    updated_at: Instant
    closed_at: Instant | None
    words: Annotated[str | None, Meta(description="masked, and released by a moderator")]


class Moment(Answer, frozen=True, kw_only=True):
    """One public step of a ticket."""

    n: Annotated[int, Meta(ge=1, description="its number in the ticket's chain; private steps leave gaps")]
    at: Instant
    name: str
    state: Annotated[State, Meta(description="how the ticket stood after it")]
    words: Names


class TicketLife(Ticket, frozen=True, kw_only=True):
    """One public ticket with its public steps, oldest first."""

    steps: list[Moment]


class Category(Answer, frozen=True, kw_only=True):
    """A topic that can be asked about."""

    code: str
    group: str
    name: Names
    office: Annotated[str | None, Meta(description="code of the office that answers for it")]
    days: Annotated[int, Meta(ge=0, description="working days until it should be resolved")]
    private: Annotated[bool, Meta(description="never published")]
    keywords: list[str]


class Area(Answer, frozen=True, kw_only=True):
    """A place in the tree of the district."""

    code: str
    kind: str
    parent: Annotated[str | None, Meta(description="code of the place that it lies in")]
    name: Names


class Office(Answer, frozen=True, kw_only=True):
    """An office."""

    code: str
    parent: Annotated[str | None, Meta(description="code of the office above")]
    name: Names
    sorts: Annotated[bool, Meta(description="the desk that sorts what no rule can place")]


class SessionPage(Answer, frozen=True, kw_only=True):
    """Sessions, the latest first."""

    items: list[SessionHead]
    next: Cursor | None


class TicketPage(Answer, frozen=True, kw_only=True):
    """Tickets, the latest opened first."""

    items: list[Ticket]
    next: Cursor | None


class Categories(Answer, frozen=True, kw_only=True):
    """Every topic, in the order in which they are offered."""

    items: list[Category]


class Areas(Answer, frozen=True, kw_only=True):
    """Every place, the larger before the smaller."""

    items: list[Area]


class Offices(Answer, frozen=True, kw_only=True):
    """Every office."""

    items: list[Office]


class Wrong(Answer, frozen=True, kw_only=True):
    """One parameter that cannot be read."""

    parameter: str
    detail: str


class Problem(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Why there is no answer (RFC 9457)."""

    title: str
    status: int
    type: str = "about:blank"
    detail: str = ""
    errors: list[Wrong] = []
