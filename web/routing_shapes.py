"""What the pages about rules of routing are given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from markupsafe import Markup

from web.cards import AreaGroup

#: Whether a rule is in force today, only later, or no more.
When = Literal["now", "later", "over"]


@dataclass(frozen=True)
class RuleRow:
    """A rule, or with no `id` what holds for its topic everywhere else. `place`: empty for everywhere."""

    to: str
    place: str = ""
    id: str = ""
    when: When = "now"
    since: int = 0
    until: int = 0


@dataclass(frozen=True)
class TopicRules:
    """A topic and what stands for it, the closest first; `whole`: of a group, for all of its topics."""

    name: str
    rows: tuple[RuleRow, ...]
    private: bool = False
    whole: bool = False


@dataclass(frozen=True)
class GroupRules:
    code: str
    name: str
    picture: str
    rules: int
    topics: tuple[TopicRules, ...]


@dataclass(frozen=True)
class Found:
    """Who gets it today. `steps`: why, one sentence after another, with whether it decided."""

    to: str
    person: str
    steps: tuple[tuple[bool, Markup], ...]
    decided: bool = True


@dataclass(frozen=True)
class TryValues:
    topic: str = ""
    place: str = ""
    about: str = ""


@dataclass(frozen=True)
class RoutingPage:
    groups: tuple[GroupRules, ...]
    topics: tuple[AreaGroup, ...]
    places: tuple[AreaGroup, ...]
    abouts: tuple[AreaGroup, ...]
    values: TryValues
    found: Found | None = None
    rules: int = 0
    open: int = 0
    empty: int = 0
    saved: str = ""
    undo: int = 0


@dataclass(frozen=True)
class HoleRow:
    """A topic that nobody answers for: why, and where; `more` places beyond those that are named."""

    topic: str
    code: str
    why: str
    whole: bool
    places: tuple[str, ...] = ()
    more: int = 0


@dataclass(frozen=True)
class EmptyRow:
    """Where rules lead and nobody is. `href`: where somebody can be written down."""

    where: str
    topics: int
    href: str
    to: str = ""


@dataclass(frozen=True)
class HolesPage:
    holes: tuple[HoleRow, ...]
    empty: tuple[EmptyRow, ...]


@dataclass(frozen=True)
class RuleValues:
    """The form as it was typed: `what` is "c.code" or "g.code", `to` is "o.id" or "p.id", days are ISO 8601."""

    what: str = ""
    where: str = ""
    to: str = ""
    since: str = ""
    until: str = ""
    why: str = ""


@dataclass(frozen=True)
class ShiftRow:
    what: str
    before: str
    after: str
    tickets: int
    reference: str = ""


@dataclass(frozen=True)
class TrialView:
    """What the rule would have changed, before it is saved. `says`: the rule as a sentence."""

    says: str
    total: int
    moved: int
    shifts: tuple[ShiftRow, ...] = ()
    more: int = 0


@dataclass(frozen=True)
class RulePage:
    """The form; with a `trial` the look before saving."""

    values: RuleValues
    what: tuple[AreaGroup, ...]
    where: tuple[AreaGroup, ...]
    to: tuple[AreaGroup, ...]
    id: str = ""
    trial: TrialView | None = None
    errors: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class ConcernedPage:
    """Whom a ticket complains about, or during the hearing a question. `about`: a post or an office, as the rules write
    it.

    Arguments:
        path, back: of a question; a ticket has its own.
    """

    reference: str
    abouts: tuple[AreaGroup, ...]
    about: str
    key: str
    error: str = ""
    path: str = ""
    back: str = ""
