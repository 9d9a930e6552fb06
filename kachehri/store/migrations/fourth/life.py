"""Columns of a ticket that follow from its steps, and the forms that were taken."""

import sqlalchemy as sa
from alembic import op


def upgrade() -> None:
    """Add, and change nothing that stands."""
    for name, kind, default in (
        ("kind", sa.String(), "grievance"),
        ("days", sa.Integer(), "15"),
        ("transfers", sa.Integer(), "0"),
        ("disputes", sa.Integer(), "0"),
        ("calendar_version", sa.Integer(), "0"),
    ):
        op.add_column("ticket", sa.Column(name, kind, nullable=False, server_default=default))
    for name in ("about_post_id", "accountable_post_id", "parent_id", "next_act"):
        op.add_column("ticket", sa.Column(name, sa.String(), nullable=True))
    op.add_column("ticket", sa.Column("next_at", sa.BigInteger(), nullable=True))
    op.add_column("category", sa.Column("picture", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_index("ix_ticket_next_at", "ticket", ["next_at"])
    op.create_index("ix_ticket_due_at_id", "ticket", ["due_at", "id"])
    op.create_table(
        "ticket_key",
        sa.Column("ticket_id", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("act", sa.String(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("ticket_id", "key"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_ticket_parent_id", "ticket", ["parent_id"])
