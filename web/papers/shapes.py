"""What the templates of papers are given."""

from __future__ import annotations

from dataclasses import dataclass

from web.cards import Choice
from web.papers.minutes import Minutes
from web.papers.pairs import Both
from web.papers.register import Group, Letterhead, Sums


@dataclass(frozen=True)
class RegisterPart:
    """Some rows on paper. `pages_mark` stands for the number of pages until it is known."""

    both: Both
    head: Letterhead
    groups: tuple[Group, ...] = ()
    first: bool = False
    last: bool = False
    sums: Sums | None = None
    pages_mark: str = ""


@dataclass(frozen=True)
class RegisterPage:
    """The register on screen: rows `first` to `last` of `total`, or with `whole` all of them, for paper."""

    both: Both
    head: Letterhead
    groups: tuple[Group, ...]
    sums: Sums | None
    first: int
    last: int
    total: int
    step: int
    office: str = ""
    offices: tuple[Choice, ...] = ()
    whole: bool = False

    @property
    def query(self) -> str:
        """The office in an address."""
        return f"office={self.office}" if self.office else ""

    @property
    def earlier(self) -> int:
        return self.first - self.step if self.first > self.step else 0

    @property
    def later(self) -> int:
        return self.last + 1 if self.last < self.total else 0


@dataclass(frozen=True)
class MakingPage:
    """A paper on its way."""

    done: int
    total: int
    back: str
    again: str


@dataclass(frozen=True)
class MinutesPage:
    """The minutes, on screen and on paper."""

    both: Both
    minutes: Minutes
    pages_mark: str = ""
