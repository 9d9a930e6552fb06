"""Segments of recordings."""

import sqlalchemy as sa
from alembic import op


def upgrade() -> None:
    """Add, and change nothing that stands."""
    op.create_table(
        "recorded_segment",
        sa.Column("session_id", sa.String(), nullable=False),
        sa.Column("rendition", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("fence", sa.BigInteger(), nullable=False),
        sa.Column("starts_ms", sa.BigInteger(), nullable=False),
        sa.Column("wall_ms", sa.BigInteger(), nullable=False),
        sa.Column("duration_us", sa.BigInteger(), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("stored_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("session_id", "rendition", "number", name="pk_recorded_segment"),
        sa.ForeignKeyConstraint(["session_id"], ["session.id"], name="fk_recorded_segment_session_id"),
    )
    op.create_index("ix_recorded_segment_stored_at", "recorded_segment", ["stored_at"])
