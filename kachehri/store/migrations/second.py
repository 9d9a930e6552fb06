"""Staff by invitation, second factors, accountable acts, browsers that go on for another, and alerts."""

import sqlalchemy as sa
from alembic import op


def _big(name: str, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=nullable)


def _text(name: str, nullable: bool = False, default: str | None = None) -> sa.Column[str]:
    return sa.Column(name, sa.String(), nullable=nullable, server_default=default)


def invitation() -> None:
    op.create_table(
        "invitation",
        _text("id"),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        _text("name"),
        _text("role"),
        _text("office_id", True),
        _text("session_id", True),
        _text("seat", True),
        _text("language"),
        _text("created_by", True),
        _big("created_at"),
        _big("expires_at"),
        _big("used_at", True),
        _text("account_id", True),
        _big("revoked_at", True),
        sa.PrimaryKeyConstraint("id", name="pk_invitation"),
        sa.UniqueConstraint("token_hash", name="uq_invitation_token_hash"),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name="fk_invitation_office_id"),
        sa.ForeignKeyConstraint(["session_id"], ["session.id"], name="fk_invitation_session_id"),
        sa.ForeignKeyConstraint(["created_by"], ["account.id"], name="fk_invitation_created_by"),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_invitation_account_id"),
    )
    op.create_index("ix_invitation_session_id", "invitation", ["session_id"])


def appointment() -> None:
    op.create_table(
        "appointment",
        _text("session_id"),
        _text("account_id"),
        _text("role"),
        _text("seat", True),
        _text("invitation_id", True),
        _big("at"),
        _big("ended_at", True),
        sa.PrimaryKeyConstraint("session_id", "account_id", name="pk_appointment"),
        sa.ForeignKeyConstraint(["session_id"], ["session.id"], name="fk_appointment_session_id"),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_appointment_account_id"),
        sa.ForeignKeyConstraint(["invitation_id"], ["invitation.id"], name="fk_appointment_invitation_id"),
    )
    op.create_index("ix_appointment_account_id", "appointment", ["account_id"])


def audit() -> None:
    op.create_table(
        "audit",
        _text("id"),
        _big("at"),
        _text("account_id", True),
        _text("action"),
        _text("session_id", True),
        _text("subject"),
        _text("reason"),
        sa.Column("body", sa.JSON()),
        sa.PrimaryKeyConstraint("id", name="pk_audit"),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_audit_account_id"),
    )
    op.create_index("ix_audit_at", "audit", ["at"])
    op.create_index("ix_audit_subject", "audit", ["subject"])


def account() -> None:
    """What an account may have besides a password. `guest` has none and lives for one session."""
    for column in (
        sa.Column("totp", sa.LargeBinary()),
        sa.Column("totp_step", sa.BigInteger(), nullable=False, server_default="0"),
        sa.Column("recovery", sa.JSON(), nullable=False, server_default="[]"),
        sa.Column("guest", sa.Boolean(), nullable=False, server_default=sa.false()),
        _text("title_ur", default=""),
        _text("title_en", default=""),
    ):
        op.add_column("account", column)
    op.add_column("login", _text("browser", default=""))


def push_subscription() -> None:
    op.create_table(
        "push_subscription",
        _text("id"),
        _text("session_id"),
        _text("participant_id"),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        _text("language"),
        _big("created_at"),
        _big("failed_at", True),
        sa.PrimaryKeyConstraint("id", name="pk_push_subscription"),
        sa.ForeignKeyConstraint(["session_id"], ["session.id"], name="fk_push_subscription_session_id"),
    )
    op.create_index("ix_push_subscription_participant_id", "push_subscription", ["participant_id"])
    op.create_index("ix_push_subscription_session_id", "push_subscription", ["session_id"])


def carry() -> None:
    op.create_table(
        "carry",
        _text("session_id"),
        _text("device_id"),
        _text("participant_id"),
        _big("at"),
        sa.PrimaryKeyConstraint("session_id", "device_id", name="pk_carry"),
        sa.ForeignKeyConstraint(["session_id"], ["session.id"], name="fk_carry_session_id"),
    )
    op.create_index("ix_carry_participant_id", "carry", ["participant_id"])
