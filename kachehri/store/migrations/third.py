"""Keys with which studio equipment sends an official's picture and sound."""

import sqlalchemy as sa
from alembic import op


def equipment_key() -> None:
    op.create_table(
        "equipment_key",
        sa.Column("session_id", sa.String(), nullable=False),
        sa.Column("seat", sa.String(), nullable=False),
        sa.Column("key_hash", sa.LargeBinary(), nullable=False),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("used_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("session_id", "seat", name="pk_equipment_key"),
        sa.ForeignKeyConstraint(["session_id"], ["session.id"], name="fk_equipment_key_session_id"),
        sa.ForeignKeyConstraint(["made_by"], ["account.id"], name="fk_equipment_key_made_by"),
    )
