"""What must leave the house: written in the same commit as its cause, carried out later, once."""

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field

from .base import Row, big


class Outbox(Row, table=True):
    """Something to do outside the database. A worker that overstays its lease finds a higher fence."""

    __table_args__ = (Index("ix_outbox_state_due_at", "state", "due_at"),)
    id: str = Field(primary_key=True)
    unique_key: str = Field(unique=True)
    kind: str
    session_id: str | None = Field(default=None, index=True)
    ticket_id: str | None = None
    body: bytes
    state: str = "waiting"
    created_at: int = big()
    due_at: int = big()
    owner: str | None = None
    lease_until: int = big(default=0)
    fence: int = big(default=0)
    attempts: int = 0
    done_at: int | None = big(default=None)
    last_error: str | None = None


class Delivery(Row, table=True):
    """One message to one recipient over one channel. `recipient` is a keyed hash."""

    __table_args__ = (UniqueConstraint("outbox_id", "channel", "recipient"),)
    id: str = Field(primary_key=True)
    outbox_id: str = Field(foreign_key="outbox.id", index=True)
    channel: str
    recipient: bytes
    template: str
    language: str
    state: str
    provider_id: str | None = Field(default=None, index=True)
    sent_at: int | None = big(default=None)
    settled_at: int | None = big(default=None)


class PushSubscription(Row, table=True):
    """Where a browser wants to be alerted (RFC 8030). Address and keys are sealed: whoever has them can disturb."""

    __tablename__ = "push_subscription"
    id: str = Field(primary_key=True)
    session_id: str = Field(foreign_key="session.id", index=True)
    participant_id: str = Field(index=True)
    sealed: bytes
    language: str
    created_at: int = big()
    failed_at: int | None = big(default=None)
