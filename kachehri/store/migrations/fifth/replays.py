"""Chapters of closed hearings, and what people say against them."""

import sqlalchemy as sa
from alembic import op


def upgrade() -> None:
    """Add, and change nothing that stands."""
    op.create_table(
        "replay_chapter",
        sa.Column("session_id", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("question_id", sa.String()),
        sa.Column("starts_at", sa.BigInteger(), nullable=False),
        sa.Column("ends_at", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("decided_by", sa.String()),
        sa.Column("decided_at", sa.BigInteger()),
        sa.PrimaryKeyConstraint("session_id", "key", name="pk_replay_chapter"),
        sa.ForeignKeyConstraint(["session_id"], ["session.id"], name="fk_replay_chapter_session_id"),
    )
    op.create_index("ix_replay_chapter_state_ends_at", "replay_chapter", ["state", "ends_at"])
    op.create_index("ix_replay_chapter_question_id", "replay_chapter", ["question_id"])
    op.create_table(
        "replay_request",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("session_id", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("closed_at", sa.BigInteger()),
        sa.PrimaryKeyConstraint("id", name="pk_replay_request"),
        sa.ForeignKeyConstraint(["session_id"], ["session.id"], name="fk_replay_request_session_id"),
    )
    op.create_index("ix_replay_request_session_id", "replay_request", ["session_id"])
    op.create_index("ix_replay_request_closed_at_at", "replay_request", ["closed_at", "at"])
