"""The log and what is kept beside it."""

from sqlalchemy import Index
from sqlmodel import Field

from .base import Row, big


class Event(Row, table=True):
    """One thing that happened in a session. Triggers refuse every change and deletion.

    `body` holds the bytes as they were encoded once; `hash` is over `prev_hash` and everything else in the row.
    """

    __table_args__ = {"sqlite_with_rowid": False}
    session_id: str = Field(primary_key=True)
    seq: int = big(primary_key=True)
    at: int = big()
    type: str
    body: bytes
    prev_hash: bytes
    hash: bytes


class Command(Row, table=True):
    """An accepted command, remembered by its client's key so that a repeated one changes nothing."""

    session_id: str = Field(primary_key=True)
    key: str = Field(primary_key=True)
    body_hash: bytes
    actor: str
    seq: int = big()
    result: bytes | None = None


class Content(Row, table=True):
    """Words beside the log: the original sealed under its person's key, and the masked text that others may read."""

    # None on `person_id`: it would cost every question something, and erasure is rare enough to look through all rows.
    __table_args__ = (Index("ix_content_session_id", "session_id"),)
    id: str = Field(primary_key=True)
    session_id: str | None = None
    person_id: str | None = None
    kind: str = "text"
    sealed: bytes | None = None
    public: str | None = None
    salt: bytes
    created_at: int = big()
    erased_at: int | None = big(default=None)


class Lease(Row, table=True):
    """Who may do something that only one process may do. Each new owner gets a higher fence."""

    name: str = Field(primary_key=True)
    owner: str
    address: str = ""
    fence: int = big()
    expires_at: int = big()
