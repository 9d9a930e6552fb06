"""What each template is given: one frozen `…Page` a template, and nothing else.

The classes are filled by web/pages and, with made-up contents, by the tests that look at every page in both languages.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from markupsafe import Markup

from web.cards import AreaGroup, Balance, LineRow, MyQuestion, SeatCard, SessionCard, TopicGroup, way


@dataclass(frozen=True)
class HomePage:
    place: str
    live: tuple[SessionCard, ...] = ()
    mine: tuple[MyQuestion, ...] = ()
    next: tuple[SessionCard, ...] = ()
    past: tuple[SessionCard, ...] = ()


@dataclass(frozen=True)
class SessionPage:
    session: SessionCard
    in_line: int = 0
    minutes_left: int = 0
    officials: tuple[str, ...] = ()
    balance: Balance | None = None


@dataclass(frozen=True)
class AskValues:
    """What was typed, exactly as it was typed."""

    group: str = ""
    category: str = ""
    text: str = ""
    area: str = ""
    name: str = ""
    hide_name: bool = False
    phone: str = ""
    private: bool = False


@dataclass(frozen=True)
class AskPage:
    session: SessionCard
    key: str
    groups: tuple[TopicGroup, ...]
    areas: tuple[AreaGroup, ...] = ()
    values: AskValues = AskValues()
    errors: Mapping[str, str] = field(default_factory=dict)
    limit: int = 2_000


@dataclass(frozen=True)
class AskCheckPage:
    session: SessionCard
    key: str
    values: AskValues
    topic: str
    area: str = ""

    @property
    def carried(self) -> tuple[tuple[str, str], ...]:
        """The values as hidden fields: without JavaScript the form is its own memory."""
        rows = (
            ("group", self.values.group),
            ("category", self.values.category),
            ("text", self.values.text),
            ("area", self.values.area),
            ("name", self.values.name),
            ("hide_name", "1" if self.values.hide_name else ""),
            ("phone", self.values.phone),
            ("private", "1" if self.values.private else ""),
        )
        return tuple((name, value) for name, value in rows if value)


@dataclass(frozen=True)
class TicketFacts:
    """What the public may know of a ticket: no name, no number, nobody's words."""

    state: str
    topic: str
    opened_at: int
    office: str = ""
    area: str = ""
    due_at: int = 0
    followers: int = 0
    follows: str = ""


@dataclass(frozen=True)
class ReceiptPage:
    question: MyQuestion
    token: str
    key: str
    session: SessionCard
    fresh: bool = False
    ticket: TicketFacts | None = None

    @property
    def live(self) -> bool:
        return not self.session.is_over


@dataclass(frozen=True)
class SlipPage:
    session: SessionCard
    token: str
    reference: str
    topic: str
    asked_at: int
    qr: Markup
    place: str


@dataclass(frozen=True)
class TrackValues:
    reference: str = ""
    digits: str = ""


@dataclass(frozen=True)
class TrackPage:
    values: TrackValues = TrackValues()
    errors: Mapping[str, str] = field(default_factory=dict)
    message: str = ""
    mine: tuple[MyQuestion, ...] = ()


@dataclass(frozen=True)
class TicketPage:
    reference: str
    ticket: TicketFacts


@dataclass(frozen=True)
class LivePage:
    session: SessionCard
    participant: str
    topic_names: Mapping[str, str]
    mine: tuple[MyQuestion, ...] = ()
    line: tuple[LineRow, ...] = ()
    more: int = 0
    seats: tuple[SeatCard, ...] = ()
    waiting: int = 0
    heard: int = 0
    barred: str = ""
    barred_reason: str = ""
    balance: Balance | None = None
    key: str = ""

    blank_row = LineRow(n=0, question="", topic="")

    @property
    def blank_question(self) -> MyQuestion:
        """For the `<template>` of a card."""
        return MyQuestion("", "", "", "new", way("new"), "", session_id=self.session.id)

    phases = ("scheduled", "doors_open", "live", "adjourned", "postponed", "closing", "closed", "cancelled")

    @property
    def may_support(self) -> bool:
        """While the line stands, and only for those who may take part."""
        return self.session.takes_questions and not self.barred

    @property
    def speaking(self) -> bool:
        return any(seat.taken for seat in self.seats)


@dataclass(frozen=True)
class TurnPage:
    """Every instant is the server's, and so is `now`: phones have wrong clocks, so a script counts the difference."""

    session: SessionCard
    participant: str
    turn: str = ""
    state: str = ""
    seat: str = ""
    answer_by: int = 0
    ends_at: int = 0
    limit_ms: int = 0
    now: int = 0
    text: str = ""
    keys: tuple[str, str, str, str] = ("", "", "", "")
    asked_stage: bool = False

    @property
    def on_stage(self) -> bool:
        return self.state == "on_stage"

    @property
    def seconds_left(self) -> int:
        return max(0, (self.answer_by - self.now) // 1000)

    @property
    def left_text(self) -> str:
        seconds = max(0, (self.ends_at - self.now) // 1000)
        return f"{seconds // 60}:{seconds % 60:02d}"


@dataclass(frozen=True)
class Link:
    text: str
    href: str
    icon: str = "arch"


@dataclass(frozen=True)
class MessagePage:
    title: str
    lines: tuple[str, ...]
    links: tuple[Link, ...]
    icon: str = "alert"
    detail: str = ""


@dataclass(frozen=True)
class EmptyPage:
    """For pages whose every word is in the catalogue."""
