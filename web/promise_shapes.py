"""What the pages about promises are given."""

from __future__ import annotations

from dataclasses import dataclass

from web.cards import SessionCard
from web.papers.pairs import Both, Pair


@dataclass(frozen=True)
class Invited:
    """A coming hearing at which her seat is offered first."""

    session: str
    title: str
    starts_at: int


@dataclass(frozen=True)
class PromiseCard:
    """A promise as the person reads it to whom it was given. `due_at` is an instant of the promised day.

    Arguments:
        said: what she said to it when it was read back: "yes", "no", or nothing yet.
        words: names the words, so that nobody says yes to others than she read.
        asks: her answer is still taken.
        stands: how it stands, as in kachehri/tickets/pledges.py; nothing before the close.
        late: its day passed once.
        judges: she may say now whether it was kept.
        takes_back: she said that it was, and may still take that back.
    """

    question: str
    reference: str
    text: str
    office: str
    due_at: int
    post: str = ""
    words: str = ""
    said: str = ""
    asks: bool = False
    stands: str = ""
    moved: bool = False
    late: bool = False
    judges: bool = False
    takes_back: bool = False
    has_card: bool = False
    invited: tuple[Invited, ...] = ()


@dataclass(frozen=True)
class PromisesPage:
    """A hearing's promises to one person."""

    session: SessionCard
    promises: tuple[PromiseCard, ...]
    keys: tuple[str, ...] = ()


@dataclass(frozen=True)
class PromisePicture:
    """What stands on the picture of a promise, in both languages; nothing about the person to whom it was given.

    Arguments:
        text: masked words; nothing where they were erased.
    """

    both: Both
    reference: str
    text: str
    post: Pair
    day: Pair
    title: Pair
    place: str
    address: str
    nastaliq: bool = False

    @property
    def runs(self) -> str:
        return self.both.runs(self.text) if self.text else "rtl"

    @property
    def size(self) -> str:
        """Smaller letters for more words: a note has at most 300 characters."""
        return "longest" if len(self.text) > 170 else "long" if len(self.text) > 80 else ""
