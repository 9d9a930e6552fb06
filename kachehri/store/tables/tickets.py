"""What becomes of what was asked."""

from sqlalchemy import Index
from sqlmodel import Field

from .base import Row, big


class Ticket(Row, table=True):
    """One grievance on its way to an end. Its id is a UUIDv5 (RFC 9562 §5.5) of the question, so it opens once.

    `due_at` is a cache: clocks are functions of the calendar and the ticket's events.
    """

    __table_args__ = (
        Index("ix_ticket_office_id_state_due_at", "office_id", "state", "due_at"),
        Index("ix_ticket_session_id_state", "session_id", "state"),
        Index("ix_ticket_due_at_id", "due_at", "id"),
        Index(
            "ix_ticket_state_office_id_due_at",
            *("state", "office_id", "due_at", "id", "privacy", "about_post_id", "opened_at"),
        ),
    )
    id: str = Field(primary_key=True)
    question_id: str | None = Field(default=None, unique=True)
    session_id: str | None = Field(default=None, foreign_key="session.id")
    reference: str = Field(unique=True)
    office_id: str = Field(foreign_key="office.id")
    post_id: str | None = Field(default=None, foreign_key="post.id", index=True)
    account_id: str | None = Field(default=None, foreign_key="account.id", index=True)
    person_id: str | None = Field(default=None, index=True)
    category: str | None = Field(default=None, index=True)
    area: str | None = Field(default=None, index=True)
    privacy: str
    content_id: str | None = None
    state: str
    origin: str
    outcome: str | None = None
    closure_basis: str | None = None
    level: int = 0
    heard_from_ms: int | None = big(default=None)
    heard_to_ms: int | None = big(default=None)
    opened_at: int = big(index=True)
    due_at: int | None = big(default=None)
    proposed_at: int | None = big(default=None)
    closed_at: int | None = big(default=None)
    head_seq: int = big(default=0)
    head_hash: bytes
    fence: int = big(default=0)
    kind: str = "grievance"
    #: Working days until it should be resolved.
    days: int = 15
    transfers: int = 0
    disputes: int = 0
    calendar_version: int = 0
    #: The post that it complains about, the one that answers since it is late, and the ticket it goes on with.
    about_post_id: str | None = None
    accountable_post_id: str | None = Field(default=None, index=True)
    parent_id: str | None = Field(default=None, index=True)
    #: When the clock has to look at it again, and for what; None when nothing can become due.
    next_at: int | None = big(default=None, index=True)
    next_act: str | None = None


class TicketEvent(Row, table=True):
    """One step of a ticket, chained and unchangeable like the events of a session."""

    __tablename__ = "ticket_event"
    __table_args__ = {"sqlite_with_rowid": False}
    ticket_id: str = Field(primary_key=True)
    seq: int = big(primary_key=True)
    at: int = big()
    type: str
    actor: str
    body: bytes
    prev_hash: bytes
    hash: bytes


class TicketKey(Row, table=True):
    """A form that was taken, by a digest of its key, and the last step that it made: sent again it makes nothing."""

    __tablename__ = "ticket_key"
    __table_args__ = {"sqlite_with_rowid": False}
    ticket_id: str = Field(primary_key=True)
    key: str = Field(primary_key=True)
    act: str
    seq: int = big()


class Follower(Row, table=True):
    """Somebody with the same grievance as a ticket's owner: own number, own notices, own say about its end."""

    id: str = Field(primary_key=True)
    ticket_id: str = Field(foreign_key="ticket.id", index=True)
    question_id: str | None = Field(default=None, unique=True)
    session_id: str | None = Field(default=None, index=True)
    reference: str = Field(unique=True)
    person_id: str | None = Field(default=None, index=True)
    joined_at: int = big()
    left_at: int | None = big(default=None)
    answer: str | None = None


class Commitment(Row, table=True):
    """A promise made aloud: what, by whom, until when, and where in the recording.

    `post_id` is whoever answers for it. From `first_due_at` on the columns are a projection of the steps of its ticket
    (kachehri/tickets/pledges.py).
    """

    __table_args__ = (
        Index("ix_commitment_state_due_at", "state", "due_at"),
        Index("ix_commitment_office_id_state", "office_id", "state"),
    )
    id: str = Field(primary_key=True)
    session_id: str = Field(foreign_key="session.id", index=True)
    question_id: str | None = Field(default=None, index=True)
    ticket_id: str | None = Field(default=None, index=True)
    turn_id: str | None = None
    office_id: str | None = Field(default=None, foreign_key="office.id")
    post_id: str | None = Field(default=None, foreign_key="post.id")
    made_by: str
    content_id: str
    made_at: int = big()
    due_at: int | None = big(default=None)
    read_back_at: int | None = big(default=None)
    clip_from_ms: int | None = big(default=None)
    clip_to_ms: int | None = big(default=None)
    state: str
    first_due_at: int | None = big(default=None)
    #: What she said when it was read back to her: "yes", "no", or nothing.
    read: str = ""
    said_at: int | None = big(default=None)
    broken_at: int | None = big(default=None)
    kept_at: int | None = big(default=None)
    help_at: int | None = big(default=None)
    moves: int = 0


class SeatOffer(Row, table=True):
    """Somebody to whom a promise is open is asked back to the next hearing, and called first if she comes."""

    __tablename__ = "seat_offer"
    session_id: str = Field(primary_key=True, foreign_key="session.id")
    commitment_id: str = Field(primary_key=True, foreign_key="commitment.id")
    made_at: int = big()
    made_by: str
    #: The question that was called first on it.
    question_id: str | None = None
    used_at: int | None = big(default=None)
