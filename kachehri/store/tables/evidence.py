"""What an office adds to its tickets besides words: pictures, and answers that it has ready."""

from sqlalchemy import Index
from sqlmodel import Field

from .base import Row, big


class Picture(Row, table=True):
    """One photograph of a ticket, as it was drawn anew here. `content` is a JPEG that nobody else's program made.

    Its id stands in the ticket's chain, and so does whether the citizen sees it.
    """

    id: str = Field(primary_key=True)
    ticket_id: str = Field(foreign_key="ticket.id", index=True)
    at: int = big()
    account_id: str = Field(foreign_key="account.id")
    shown: bool = False
    width: int
    height: int
    sha256: bytes
    content: bytes


class Reply(Row, table=True):
    """A ready answer of an office, with places to be filled in. One that is retired is offered no more."""

    __table_args__ = (Index("ix_reply_office_id_retired_at", "office_id", "retired_at"),)
    id: str = Field(primary_key=True)
    office_id: str = Field(foreign_key="office.id")
    name: str
    text: str
    made_by: str = Field(foreign_key="account.id")
    made_at: int = big()
    retired_at: int | None = big(default=None)
