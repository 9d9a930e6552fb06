"""What was recorded: a row for each whole segment. Follows from the files, which say the same without it."""

from sqlalchemy import Index
from sqlmodel import Field

from .base import Row, big


class RecordedSegment(Row, table=True):
    """One whole segment of one rendition (recordings/RECORDING.md).

    `fence` is that of the process that wrote it; `starts_ms` is program time; `stored_at` is when the storage had it
    whole, and None while it has not.
    """

    __tablename__ = "recorded_segment"
    __table_args__ = (Index("ix_recorded_segment_stored_at", "stored_at"),)
    session_id: str = Field(primary_key=True, foreign_key="session.id")
    rendition: str = Field(primary_key=True)
    number: int = Field(primary_key=True)
    epoch: int
    fence: int = big()
    starts_ms: int = big()
    wall_ms: int = big()
    duration_us: int = big()
    bytes: int = big()
    sha256: str
    stored_at: int | None = big(default=None)
