"""Files of captions that were made of a hearing afterwards."""

import sqlalchemy as sa
from alembic import op


def upgrade() -> None:
    """Add, and change nothing that stands."""
    op.create_table(
        "caption_file",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("session_id", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("lines", sa.LargeBinary(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("undone_by", sa.String()),
        sa.Column("undone_at", sa.BigInteger()),
        sa.PrimaryKeyConstraint("id", name="pk_caption_file"),
        sa.ForeignKeyConstraint(["session_id"], ["session.id"], name="fk_caption_file_session_id"),
    )
    op.create_index("ix_caption_file_session_id", "caption_file", ["session_id"])
