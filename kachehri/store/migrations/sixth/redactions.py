"""Redacted spans of recordings, and words that nobody reads any more."""

import sqlalchemy as sa
from alembic import op


def upgrade() -> None:
    """Add, and change nothing that stands."""
    op.create_table(
        "redaction",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("session_id", sa.String(), nullable=False),
        sa.Column("starts_at", sa.BigInteger(), nullable=False),
        sa.Column("ends_at", sa.BigInteger(), nullable=False),
        sa.Column("sound", sa.Boolean(), nullable=False),
        sa.Column("picture", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("done_at", sa.BigInteger()),
        sa.Column("sealed_until", sa.BigInteger()),
        sa.Column("undone_by", sa.String()),
        sa.Column("undone_at", sa.BigInteger()),
        sa.PrimaryKeyConstraint("id", name="pk_redaction"),
        sa.ForeignKeyConstraint(["session_id"], ["session.id"], name="fk_redaction_session_id"),
    )
    op.create_index("ix_redaction_session_id", "redaction", ["session_id"])
    op.create_index("ix_redaction_state", "redaction", ["state"])
    op.create_table(
        "redacted_words",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("session_id", sa.String(), nullable=False),
        sa.Column("text_id", sa.String(), nullable=False),
        sa.Column("quote", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_redacted_words"),
        sa.ForeignKeyConstraint(["session_id"], ["session.id"], name="fk_redacted_words_session_id"),
    )
    op.create_index("ix_redacted_words_session_id", "redacted_words", ["session_id"])
