"""Messages on their way, and whom they reach."""

import sqlalchemy as sa
from alembic import op


def upgrade() -> None:
    """What is known of each message, how people want to be told, and which programs are."""
    for name, kind, default in (
        ("key", sa.String(), "''"),
        ("created_at", sa.BigInteger(), "0"),
        ("tries", sa.Integer(), "0"),
        ("round", sa.Integer(), "0"),
        ("segments", sa.Integer(), "0"),
        ("cost", sa.BigInteger(), "0"),
        ("body", sa.LargeBinary(), "''"),
    ):
        op.add_column("delivery", sa.Column(name, kind, nullable=False, server_default=sa.text(default)))
    for name in ("ticket_id", "why", "settled_by"):
        op.add_column("delivery", sa.Column(name, sa.String(), nullable=True))
    op.create_index("ix_delivery_key", "delivery", ["key"])
    op.create_index("ix_delivery_ticket_id", "delivery", ["ticket_id"])
    op.create_index("ix_delivery_state_sent_at", "delivery", ["state", "sent_at"])
    op.create_index("ix_outbox_ticket_id", "outbox", ["ticket_id"])
    op.create_table(
        "contact",
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("owner", name="pk_contact"),
    )
    op.create_table(
        "hook",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("created_by", sa.String()),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("why", sa.String()),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_hook"),
        sa.ForeignKeyConstraint(["created_by"], ["account.id"], name="fk_hook_created_by"),
    )
