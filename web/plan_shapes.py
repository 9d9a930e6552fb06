"""What the templates of planning a hearing are given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from markupsafe import Markup

from web.cards import Choice, SessionCard, TopicGroup

#: Places for officials that the form offers a title for.
TITLED = 6


@dataclass(frozen=True)
class PlanValues:
    """What was typed, exactly as it was typed. `titles`: (Urdu, English) for each official's place."""

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
    titles: tuple[tuple[str, str], ...] = (("", ""),) * TITLED
    hall_ur: str = ""
    hall_en: str = ""
    slides: bool = False
    only: bool = False
    categories: frozenset[str] = frozenset()
    turn: str = "180"
    hold: str = "45"
    grace: str = "7200"
    codec: str = "vp8"


@dataclass(frozen=True)
class Way:
    """Which office answers for a topic."""

    topic: str
    office: str


@dataclass(frozen=True)
class PlanLists:
    """What may be chosen: places, topics by group, and lengths in seconds."""

    rooms: tuple[Choice, ...]
    groups: tuple[TopicGroup, ...]
    turns: tuple[int, ...]
    holds: tuple[int, ...]
    graces: tuple[int, ...]


@dataclass(frozen=True)
class PlanPage:
    key: str
    lists: PlanLists
    ways: tuple[Way, ...]
    values: PlanValues = PlanValues()
    errors: Mapping[str, str] = field(default_factory=dict)
    like: str = ""
    offices: int = 1


@dataclass(frozen=True)
class EditPage:
    session: SessionCard
    keys: tuple[str, str, str]
    lists: PlanLists
    values: PlanValues
    postpone: tuple[str, ...]
    cancel: tuple[str, ...]
    raised: int = 0
    saved: bool = False
    running: int = 0
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
class AnnouncedPage:
    """What to do next with a hearing that is announced."""

    session: SessionCard
    url: str
    qr: Markup
    script_ur: str
    script_en: str
    https: bool
    local: bool
    running: int = 0


@dataclass(frozen=True)
class PosterPage:
    """One sheet of A4 in both languages. `titles` and `whens` by language."""

    session: SessionCard
    titles: Mapping[str, str]
    whens: Mapping[str, str]
    offices: Mapping[str, str]
    dos: Mapping[str, str]
    url: str
    qr: Markup
    helpline: str = ""
