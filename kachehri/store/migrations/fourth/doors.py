"""Keys of programs of others, and what they filed."""

import sqlalchemy as sa
from alembic import op


def upgrade() -> None:
    """Two tables, and an index for lists by the day of opening."""
    op.create_table(
        "api_key",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("key_hash", sa.LargeBinary(), nullable=False),
        sa.Column("scopes", sa.JSON(), nullable=False),
        sa.Column("per_minute", sa.Integer(), nullable=False),
        sa.Column("per_day", sa.Integer(), nullable=False),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("used_at", sa.BigInteger()),
        sa.Column("revoked_at", sa.BigInteger()),
        sa.PrimaryKeyConstraint("id", name="pk_api_key"),
        sa.UniqueConstraint("key_hash", name="uq_api_key_key_hash"),
        sa.ForeignKeyConstraint(["made_by"], ["account.id"], name="fk_api_key_made_by"),
    )
    op.create_table(
        "api_filing",
        sa.Column("ticket_id", sa.String(), nullable=False),
        sa.Column("key_id", sa.String(), nullable=False),
        sa.Column("mark", sa.LargeBinary(), nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary()),
        sa.Column("content_id", sa.String()),
        sa.Column("lat", sa.Float()),
        sa.Column("long", sa.Float()),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("released_at", sa.BigInteger()),
        sa.PrimaryKeyConstraint("ticket_id", name="pk_api_filing"),
        sa.UniqueConstraint("mark", "day", name="uq_api_filing_mark_day"),
        sa.UniqueConstraint("token_hash", name="uq_api_filing_token_hash"),
        sa.ForeignKeyConstraint(["key_id"], ["api_key.id"], name="fk_api_filing_key_id"),
    )
    op.create_index("ix_api_filing_key_id_at", "api_filing", ["key_id", "at"])
    op.create_index("ix_ticket_opened_at", "ticket", ["opened_at"])
