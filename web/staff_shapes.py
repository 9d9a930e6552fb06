"""What the staff's templates are given, the console's own page excepted (web/desk_page.py)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from web.cards import Balance, SessionCard
from web.desk_cards import DeskQuestion, DeskTurn


@dataclass(frozen=True)
class SignInPage:
    login: str = ""
    next: str = ""
    message: str = ""
    tone: str = "ok"
    errors: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class SecondStepPage:
    """`now` is shown, so that a phone with a wrong clock can be set right."""

    now: int
    next: str = ""
    errors: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class MineCard:
    """A hearing and which of its doors the reader may open."""

    session: SessionCard
    raised: int = 0
    waiting: int = 0
    desk: bool = False
    seat: bool = False
    edit: bool = False
    people: bool = False
    register: bool = False
    brief: bool = False
    opening: bool = False
    captions: bool = False
    program: bool = False
    releases: bool = False
    balance: Balance | None = None


@dataclass(frozen=True)
class MinePage:
    name: str
    role: str
    now: tuple[MineCard, ...] = ()
    next: tuple[MineCard, ...] = ()
    past: tuple[MineCard, ...] = ()
    may_plan: bool = False
    #: What else there is for this account: a word of the catalogue, where it leads, its picture.
    ways: tuple[tuple[str, str, str], ...] = ()
    unfinished: bool = False
    #: What is amiss with recordings: words of the catalogue behind "recordings.".
    recordings: tuple[str, ...] = ()


@dataclass(frozen=True)
class OfficialSeat:
    id: str
    index: int
    text: str
    taken: bool
    #: The one that this person was invited to.
    own: bool = False


@dataclass(frozen=True)
class OfficialPage:
    session: SessionCard
    participant: str
    topics: Mapping[str, str]
    seats: tuple[OfficialSeat, ...]
    areas: Mapping[str, str]
    speaker: DeskTurn | None
    place: str
    deck: tuple[DeskTurn, ...]
    line: tuple[DeskQuestion, ...]
    waiting: int
    #: Whether anybody moderates, and whether the reader may take the desk if nobody does.
    staffed: bool
    may_take_desk: bool
    messages: tuple[tuple[str, str], ...]
    #: The seat on which this person may share a screen, where there is one.
    screen: str = ""
    #: Whether complaints are for the reader too: not for a guest of one hearing.
    may_tickets: bool = False
    blank: DeskTurn = DeskTurn()
