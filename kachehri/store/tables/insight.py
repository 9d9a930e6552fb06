"""Figures as they were, and what people made of what was found alike."""

from sqlmodel import Field

from .base import Row, big


class ReportSnapshot(Row, table=True):
    """One report of one day at the house (ISO 8601)."""

    __tablename__ = "report_snapshot"
    day: str = Field(primary_key=True)
    name: str = Field(primary_key=True)
    at: int = big()
    body: bytes


class Hint(Row, table=True):
    """A likeness that was shown to somebody, and what they said to it. No words stand here: those of people can go.

    Arguments:
        kind: what the ids are: "question" in a hearing, "ticket" after it.
        share: how alike, in thousandths.
        said: "same", "apart", or nothing yet.
    """

    of_id: str = Field(primary_key=True)
    other_id: str = Field(primary_key=True)
    kind: str
    share: int
    shown_at: int = big()
    said: str = ""
    said_at: int | None = big(default=None)
    account_id: str | None = None
