"""What the templates of setting up, of the office's lists and of practice are given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from web.cards import SessionCard


@dataclass(frozen=True)
class AccountPage:
    """The first account, for whoever holds the link. Without a code that fits, the code is asked for."""

    code: str = ""
    fits: bool = False
    name: str = ""
    login: str = ""
    errors: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Task:
    """One step with its state: done, todo, later or waiting (for an earlier one)."""

    name: str
    href: str
    state: str


@dataclass(frozen=True)
class SetupPage:
    tasks: tuple[Task, ...]
    next: Task | None
    fresh: bool = False

    @property
    def done(self) -> int:
        return sum(task.state == "done" for task in self.tasks)


@dataclass(frozen=True)
class StepPage:
    """One step of setting up. `at` and `of` count it; `back` is the step before."""

    name: str
    at: int
    of: int
    back: str
    values: Mapping[str, str]
    errors: Mapping[str, str] = field(default_factory=dict)
    saved: bool = False


@dataclass(frozen=True)
class Verdict:
    """One finding about the address, in words."""

    tone: str
    text: str


@dataclass(frozen=True)
class AddressPage(StepPage):
    findings: tuple[Verdict, ...] = ()
    checked: str = ""
    server_ms: int = 0


@dataclass(frozen=True)
class OfficesStepPage(StepPage):
    offices: int = 0
    categories: int = 0
    usual_offices: int = 0
    usual_categories: int = 0


@dataclass(frozen=True)
class PracticePage:
    key: str
    ready: bool
    sessions: tuple[SessionCard, ...] = ()
