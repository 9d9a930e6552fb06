"""What an office adds to its tickets besides words: pictures, answers that it has ready, and other offices."""

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


class TicketPart(Row, table=True):
    """An office that has a part in another's ticket, so that it finds it in its list. Follows from the chain."""

    __tablename__ = "ticket_part"
    ticket_id: str = Field(primary_key=True, foreign_key="ticket.id")
    office_id: str = Field(primary_key=True, foreign_key="office.id", index=True)
    done_at: int | None = big(default=None)
