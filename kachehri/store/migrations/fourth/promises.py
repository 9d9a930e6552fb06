"""What was promised aloud, and what became of it."""

import sqlalchemy as sa
from alembic import op


def upgrade() -> None:
    """Add, and change nothing that stands."""
    for name in ("first_due_at", "said_at", "broken_at", "kept_at", "help_at"):
        op.add_column("commitment", sa.Column(name, sa.BigInteger(), nullable=True))
    op.add_column("commitment", sa.Column("read", sa.String(), nullable=False, server_default=""))
    op.add_column("commitment", sa.Column("moves", sa.Integer(), nullable=False, server_default="0"))
    op.create_index("ix_commitment_office_id_state", "commitment", ["office_id", "state"])
    op.create_table(
        "seat_offer",
        sa.Column("session_id", sa.String(), nullable=False),
        sa.Column("commitment_id", sa.String(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("question_id", sa.String(), nullable=True),
        sa.Column("used_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("session_id", "commitment_id", name="pk_seat_offer"),
        sa.ForeignKeyConstraint(["session_id"], ["session.id"], name="fk_seat_offer_session_id"),
        sa.ForeignKeyConstraint(["commitment_id"], ["commitment.id"], name="fk_seat_offer_commitment_id"),
    )
