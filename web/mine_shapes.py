"""What the pages about a person's own data are given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from kachehri.holding import Held
from web.cards import SessionCard


@dataclass(frozen=True)
class HeldTopic:
    """The names of a question's topic and area."""

    topic: str
    area: str


@dataclass(frozen=True)
class HeldPage:
    """`topics` are those of `held.questions`, in their order. `own`: this is the phone that asked."""

    token: str
    session: SessionCard
    held: Held
    topics: tuple[HeldTopic, ...]
    own: bool
    asks_digits: bool = False
    errors: Mapping[str, str] = field(default_factory=dict)
    told: str = ""

    @property
    def erased(self) -> bool:
        """Whether there is nothing left that could be erased."""
        return self.held.erased_at is not None and not any(each.words for each in self.held.questions)


@dataclass(frozen=True)
class ErasePage:
    """The administrator's form, as it was filled in."""

    reference: str = ""
    code: str = ""
    reason: str = ""
    errors: Mapping[str, str] = field(default_factory=dict)
    done: str = ""
