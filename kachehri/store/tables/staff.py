"""How staff come to be here: invitations, the role in one session, and acts that must be answered for."""

from sqlalchemy import JSON, Index
from sqlmodel import Field

from .base import Row, big


class Invitation(Row, table=True):
    """A link that makes one account, or gives one seat of one session. The key is the token's hash; it opens once."""

    id: str = Field(primary_key=True)
    token_hash: bytes = Field(unique=True)
    name: str
    role: str
    office_id: str | None = Field(default=None, foreign_key="office.id")
    session_id: str | None = Field(default=None, foreign_key="session.id", index=True)
    seat: str | None = None
    language: str = "ur"
    created_by: str | None = Field(default=None, foreign_key="account.id")
    created_at: int = big()
    expires_at: int = big()
    used_at: int | None = big(default=None)
    account_id: str | None = Field(default=None, foreign_key="account.id")
    revoked_at: int | None = big(default=None)


class Appointment(Row, table=True):
    """The role, and perhaps the seat, that an account has in one session; it stands above the standing role."""

    session_id: str = Field(primary_key=True, foreign_key="session.id")
    account_id: str = Field(primary_key=True, foreign_key="account.id", index=True)
    role: str
    seat: str | None = None
    invitation_id: str | None = Field(default=None, foreign_key="invitation.id")
    at: int = big()
    ended_at: int | None = big(default=None)


class EquipmentKey(Row, table=True):
    """With this key studio equipment sends picture and sound for one seat of one session; only its hash is kept."""

    __tablename__ = "equipment_key"
    session_id: str = Field(primary_key=True, foreign_key="session.id")
    seat: str = Field(primary_key=True)
    key_hash: bytes
    made_by: str = Field(foreign_key="account.id")
    made_at: int = big()
    used_at: int | None = big(default=None)


class Audit(Row, table=True):
    """Somebody of the staff did what must be answered for, such as looking at a phone number. Never changed."""

    __table_args__ = (Index("ix_audit_at", "at"), Index("ix_audit_subject", "subject"))
    id: str = Field(primary_key=True)
    at: int = big()
    account_id: str | None = Field(default=None, foreign_key="account.id")
    action: str
    session_id: str | None = None
    subject: str
    reason: str
    body: dict[str, str] | None = Field(default=None, sa_type=JSON)
