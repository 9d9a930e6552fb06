"""Figures as they were."""

import sqlalchemy as sa
from alembic import op


def upgrade() -> None:
    """Add, and change nothing that stands."""
    op.create_table(
        "report_snapshot",
        sa.Column("day", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("day", "name", name="pk_report_snapshot"),
    )
