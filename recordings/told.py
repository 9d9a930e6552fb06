"""What of a closed hearing is told: its chapters, their lines, and what became of each. Shapes alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from kachehri.store.public_tickets import Standing
from recordings.captions import Cue
from recordings.chapters import Chapter
from recordings.cutting import Span
from rooms.queue import Question
from rooms.rows import OutcomeRow

Release = Literal["new", "released", "kept"]
#: Why a chapter tells nothing of its question: taken back, or without a public ticket.
Hidden = Literal["", "withdrawn", "private"]


@dataclass(frozen=True)
class Line:
    """One line that was said; `text` is masked. `held`: it stays with the moderators until the chapter is released."""

    cue: Cue
    text: str
    held: bool = False


@dataclass(frozen=True)
class Cut:
    """A moment of a chapter that was taken out of it, with the masked reason; times are by the log's clock."""

    starts_at: int
    ends_at: int
    reason: str


@dataclass(frozen=True)
class Told:
    """One chapter; times are by the log's clock.

    Arguments:
        ticket: the public ticket behind it, as it stands now.
        words, outcome: as everybody may read them; `outcome` is without words where nobody released them.
    """

    n: int
    chapter: Chapter
    release: Release
    reason: str = ""
    question: Question | None = None
    hidden: Hidden = ""
    ticket: Standing | None = None
    words: str = ""
    outcome: OutcomeRow | None = None
    lines: tuple[Line, ...] = ()
    #: Whether everybody may hear and see it, where it was recorded.
    open: bool = False
    #: Where the answer is in it.
    clip: Span | None = None
    #: What was taken out of it, whether or not the files agree with that yet.
    cuts: tuple[Cut, ...] = ()

    @property
    def shown(self) -> tuple[Line, ...]:
        return tuple(line for line in self.lines if not line.held)

    @property
    def held(self) -> int:
        """How many lines wait for a moderator."""
        return sum(line.held for line in self.lines)


@dataclass(frozen=True)
class Replay:
    """One hearing. `began_at` is what times are counted from; `before` was said before any chapter began.

    Arguments:
        chapters: those that were asked for; `total`: how many there are.
        languages: those in which there are lines that everybody may read.
    """

    began_at: int
    ended_at: int
    chapters: tuple[Told, ...] = ()
    before: tuple[Line, ...] = ()
    languages: tuple[str, ...] = ()
    total: int = 0

    @property
    def public_lines(self) -> tuple[Line, ...]:
        """Every line that everybody may read, in order."""
        return (*self.before, *(line for each in self.chapters for line in each.shown))
