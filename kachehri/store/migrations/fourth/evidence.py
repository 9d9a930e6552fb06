"""Pictures and ready answers of an office."""

import sqlalchemy as sa
from alembic import op


def upgrade() -> None:
    """Add, and change nothing that stands."""
    op.create_table(
        "picture",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("ticket_id", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("account_id", sa.String(), nullable=False),
        sa.Column("shown", sa.Boolean(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_picture"),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name="fk_picture_ticket_id"),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_picture_account_id"),
    )
    op.create_index("ix_picture_ticket_id", "picture", ["ticket_id"])
    op.create_table(
        "reply",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("office_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("retired_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_reply"),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name="fk_reply_office_id"),
        sa.ForeignKeyConstraint(["made_by"], ["account.id"], name="fk_reply_made_by"),
    )
    op.create_index("ix_reply_office_id_retired_at", "reply", ["office_id", "retired_at"])
    op.create_table(
        "ticket_part",
        sa.Column("ticket_id", sa.String(), nullable=False),
        sa.Column("office_id", sa.String(), nullable=False),
        sa.Column("done_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("ticket_id", "office_id", name="pk_ticket_part"),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name="fk_ticket_part_ticket_id"),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name="fk_ticket_part_office_id"),
    )
    op.create_index("ix_ticket_part_office_id", "ticket_part", ["office_id"])
    # What the list of an office is read from: which tickets, in which order, without looking at a single row.
    columns = ["state", "office_id", "due_at", "id", "privacy", "about_post_id", "opened_at"]
    op.create_index("ix_ticket_state_office_id_due_at", "ticket", columns)
    for name in ("post_id", "accountable_post_id", "category", "area"):
        op.create_index(f"ix_ticket_{name}", "ticket", [name])
