"""What the captioner's page is given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from web.cards import SessionCard


@dataclass(frozen=True)
class CaptionRow:
    """One of the last lines, the newest first."""

    id: str
    language: str
    text: str
    at: int
    corrected: bool = False


@dataclass(frozen=True)
class CaptionPage:
    """`wrong` is the line that could not be changed, or nothing where the new one could not be taken."""

    session: SessionCard
    language: str
    rows: tuple[CaptionRow, ...] = ()
    key: str = ""
    typed: str = ""
    error: str = ""
    wrong: str = ""
    limit: int = 160
    open: bool = True
    #: The safety delay in seconds: so much later everybody reads a line.
    delay_s: int = 0

    @property
    def gone(self) -> str:
        """What could not be done to a line that is no longer among those that can be changed."""
        return self.error if self.wrong and all(row.id != self.wrong for row in self.rows) else ""


@dataclass(frozen=True)
class HeldFile:
    """The lines of one language as they are now: how many, and when they were taken in; `id` is of the file."""

    language: str
    id: str
    count: int
    made_at: int


@dataclass(frozen=True)
class FileLine:
    """A line of a file: how far into the hearing, the clock on the wall, what is said."""

    place: str
    at: int
    text: str


@dataclass(frozen=True)
class CaptionFilePage:
    """Captions that were made of a closed hearing. With `lines` the file was read and nothing is taken in yet.

    `recorded`: times can be counted from the begin of the recording. `content` is the file itself, in base64.
    """

    session: SessionCard
    held: tuple[HeldFile, ...] = ()
    recorded: bool = False
    language: str = "ur"
    zero: str = "hearing"
    offset: str = ""
    key: str = ""
    said: str = ""
    errors: Mapping[str, str] = field(default_factory=dict)
    lines: tuple[FileLine, ...] = ()
    count: int = 0
    last_at: int = 0
    outside: int = 0
    dumped: int = 0
    hidden: int = 0
    content: str = ""
