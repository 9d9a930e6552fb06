"""Captions that were made of a hearing afterwards."""

from sqlalchemy import Index
from sqlmodel import Field

from .base import Row, big


class CaptionFile(Row, table=True):
    """One file that was taken in; of each language the newest that was not undone holds.

    `lines` is JSON, when each line stands by the log's clock (recordings/caption_files.py); the words, masked, are
    content of the session. `count` is how many they are.
    """

    __tablename__ = "caption_file"
    __table_args__ = (Index("ix_caption_file_session_id", "session_id"),)
    id: str = Field(primary_key=True)
    session_id: str = Field(foreign_key="session.id")
    language: str
    lines: bytes
    count: int
    made_by: str
    made_at: int = big()
    undone_by: str | None = None
    undone_at: int | None = big(default=None)
