"""The chapters of a closed hearing: who may hear them, and what people say against them."""

from sqlalchemy import Index
from sqlmodel import Field

from .base import Row, big


class ReplayChapter(Row, table=True):
    """One chapter (recordings/chapters.py), as it was told from the log after the close, and what a moderator decided.

    `state` is new, released or kept; only a released one gives anybody the words, the sound or the picture of it.
    `question_id` names the question, where the chapter is one's.
    """

    __tablename__ = "replay_chapter"
    __table_args__ = (
        Index("ix_replay_chapter_state_ends_at", "state", "ends_at"),
        Index("ix_replay_chapter_question_id", "question_id"),
    )
    session_id: str = Field(primary_key=True, foreign_key="session.id")
    key: str = Field(primary_key=True)
    n: int
    kind: str
    question_id: str | None = None
    starts_at: int = big()
    ends_at: int = big()
    state: str = "new"
    reason: str = ""
    decided_by: str | None = None
    decided_at: int | None = big(default=None)


class ReplayRequest(Row, table=True):
    """That somebody wants a chapter looked at again: a viewer who reports it, or its asker who wants it taken out.

    `text` is masked. `closed_at` is when a moderator decided on the chapter afterwards.
    """

    __tablename__ = "replay_request"
    __table_args__ = (Index("ix_replay_request_closed_at_at", "closed_at", "at"),)
    id: str = Field(primary_key=True)
    session_id: str = Field(foreign_key="session.id", index=True)
    key: str
    kind: str
    text: str = ""
    at: int = big()
    closed_at: int | None = big(default=None)
