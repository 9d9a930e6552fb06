"""What the pages of the working calendar are given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from web.cards import Choice
from web.office_shapes import Told


@dataclass(frozen=True)
class DayRow:
    """A day that is not as the week has it. `place` is empty where it counts everywhere; `past`: it is over."""

    id: str
    number: int
    weekday: str
    name: str
    place: str = ""
    opened: bool = False
    estimated: bool = False
    past: bool = False
    #: It falls on a day on which nobody works anyway.
    idle: bool = False


@dataclass(frozen=True)
class Month:
    name: str
    days: tuple[DayRow, ...]


@dataclass(frozen=True)
class CalendarPage:
    """One year. `week` says the hours in sentences, `moved` how many complaints the last change has moved."""

    year: int
    before: int
    after: int
    months: tuple[Month, ...]
    week: tuple[str, ...]
    estimated: int = 0
    count: int = 0
    saved: str = ""
    moved: int = 0


@dataclass(frozen=True)
class Sure:
    """What a change would do, before it is made. `fields` are those of the form, sent again with the answer."""

    says: str
    count: int
    of: int
    furthest: int
    fields: tuple[tuple[str, str], ...]
    action: str
    back: str


@dataclass(frozen=True)
class DayPage:
    """The form of a day. `id` is empty for a new one."""

    id: str
    day: str
    values: Mapping[str, str]
    areas: tuple[Choice, ...]
    year: int
    errors: Mapping[str, str] = field(default_factory=dict)
    sure: Sure | None = None


@dataclass(frozen=True)
class StretchRow:
    """Hours of a while. `number` names it in the list of the house."""

    number: int
    says: str
    hours: tuple[str, ...]


@dataclass(frozen=True)
class WeekPage:
    values: Mapping[str, str]
    off: tuple[tuple[str, str, str, bool], ...]
    weekdays: tuple[Choice, ...]
    stretches: tuple[StretchRow, ...]
    errors: Mapping[str, str] = field(default_factory=dict)
    sure: Sure | None = None
    saved: bool = False


@dataclass(frozen=True)
class CalendarFilePage:
    """A list to be sent, one with mistakes, or one that is about to be taken over."""

    columns: tuple[str, ...]
    required: tuple[str, ...]
    faults: tuple[Told, ...] = ()
    more_faults: int = 0
    ready: bool = False
    new: int = 0
    same: int = 0
    gone: int = 0
    sample: tuple[tuple[str, str, str], ...] = ()
    sample_of: int = 0
    content: str = ""
    sure: Sure | None = None
