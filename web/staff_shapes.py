"""What the staff's templates are given, the console's own page excepted (web/desk_page.py)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from web.cards import Balance, Choice, SessionCard
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
    balance: Balance | None = None


@dataclass(frozen=True)
class MinePage:
    name: str
    role: str
    now: tuple[MineCard, ...] = ()
    next: tuple[MineCard, ...] = ()
    past: tuple[MineCard, ...] = ()
    may_plan: bool = False


@dataclass(frozen=True)
class PlanValues:
    """What was typed, exactly as it was typed."""

    title_ur: str = ""
    title_en: str = ""
    room: str = ""
    day: str = ""
    starts: str = "11:00"
    ends: str = "13:00"
    officials: str = "2"
    citizens: str = "1"
    interpreters: str = "0"
    ur: bool = True
    en: bool = True
    practice: bool = False


@dataclass(frozen=True)
class Way:
    """Which office answers for a topic."""

    topic: str
    office: str


@dataclass(frozen=True)
class PlanPage:
    key: str
    rooms: tuple[Choice, ...]
    ways: tuple[Way, ...]
    values: PlanValues = PlanValues()
    errors: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class EditPage:
    session: SessionCard
    keys: tuple[str, str, str]
    values: PlanValues
    postpone: tuple[str, ...]
    cancel: tuple[str, ...]
    raised: int = 0
    saved: bool = False
    fresh: bool = False
    errors: Mapping[str, str] = field(default_factory=dict)

    @property
    def may_move(self) -> bool:
        return self.session.phase in ("scheduled", "postponed")

    @property
    def may_postpone(self) -> bool:
        return self.session.phase in ("scheduled", "doors_open")

    @property
    def open(self) -> bool:
        return self.session.phase in ("scheduled", "postponed", "doors_open")


@dataclass(frozen=True)
class OfficialSeat:
    id: str
    index: int
    text: str
    taken: bool


@dataclass(frozen=True)
class OfficialPage:
    session: SessionCard
    participant: str
    topics: Mapping[str, str]
    seats: tuple[OfficialSeat, ...]
    speaker: DeskTurn | None
    deck: tuple[DeskTurn, ...]
    line: tuple[DeskQuestion, ...]
    waiting: int
    messages: tuple[tuple[str, str], ...]
    blank: DeskTurn = DeskTurn()
