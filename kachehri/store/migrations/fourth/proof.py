"""Heads of the record that were published."""

import sqlalchemy as sa
from alembic import op

from kachehri.store.migrations.first import triggers


def upgrade() -> None:
    """Add, and let nobody change a line."""
    op.create_table(
        "record_head",
        sa.Column("n", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("line", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("n", name="pk_record_head"),
    )
    triggers.forbid("record_head")
