"""What the captioner's page is given."""

from __future__ import annotations

from dataclasses import dataclass

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

    @property
    def gone(self) -> str:
        """What could not be done to a line that is no longer among those that can be changed."""
        return self.error if self.wrong and all(row.id != self.wrong for row in self.rows) else ""
