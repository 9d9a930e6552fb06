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
    ticket_id: str | None = Field(default=None, index=True)
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
    """One message to one recipient over one channel. `recipient` is a keyed hash, `key` what the gateway knows it by.

    States: waiting, sending, sent, delivered, failed, unknown. `body` are the values of its text, so that what is sent
    again is the same to the letter. `cost` in hundredths of the house's currency.
    """

    __table_args__ = (
        UniqueConstraint("outbox_id", "channel", "recipient"),
        Index("ix_delivery_state_sent_at", "state", "sent_at"),
    )
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
    key: str = Field(default="", index=True)
    ticket_id: str | None = Field(default=None, index=True)
    created_at: int = big(default=0)
    #: How often it left the house, and how often somebody said that it shall leave once more.
    tries: int = 0
    round: int = 0
    segments: int = 0
    cost: int = big(default=0)
    body: bytes = b""
    why: str | None = None
    settled_by: str | None = None


class Contact(Row, table=True):
    """How somebody wants to be told; `owner` is "person/…" or "account/…", everything else is sealed."""

    owner: str = Field(primary_key=True)
    sealed: bytes
    changed_at: int = big()


class Hook(Row, table=True):
    """An address of another program that is told of steps of tickets. `sealed` are its signing secrets."""

    id: str = Field(primary_key=True)
    url: str
    sealed: bytes
    created_by: str | None = Field(default=None, foreign_key="account.id")
    created_at: int = big()
    state: str = "active"
    why: str | None = None
    changed_at: int = big()


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
