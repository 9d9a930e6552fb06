"""Recordings that must not be destroyed, and how often a redaction was tried."""

import sqlalchemy as sa
from alembic import op


def upgrade() -> None:
    """Add, and change nothing that stands."""
    op.add_column("redaction", sa.Column("tries", sa.Integer(), nullable=False, server_default="0"))
    op.create_table(
        "recording_hold",
        sa.Column("session_id", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("review_on", sa.String(), nullable=False),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("session_id", name="pk_recording_hold"),
        sa.ForeignKeyConstraint(["session_id"], ["session.id"], name="fk_recording_hold_session_id"),
    )
