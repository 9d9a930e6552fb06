"""Which post answers where, and on which days."""

import sqlalchemy as sa
from alembic import op


def upgrade() -> None:
    """Add, and change nothing that stands."""
    posts()
    trees()
    rules()
    calendar()


def posts() -> None:
    op.add_column("post", sa.Column("retired_at", sa.BigInteger(), nullable=True))
    op.add_column("posting", sa.Column("kind", sa.String(), nullable=False, server_default="holds"))


def trees() -> None:
    op.add_column("area", sa.Column("tree", sa.String(), nullable=False, server_default="revenue"))
    op.create_table(
        "area_within",
        sa.Column("area_id", sa.String(), nullable=False),
        sa.Column("within_id", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("area_id", "within_id", name="pk_area_within"),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name="fk_area_within_area_id"),
        sa.ForeignKeyConstraint(["within_id"], ["area.id"], name="fk_area_within_within_id"),
    )
    op.create_index("ix_area_within_within_id", "area_within", ["within_id"])


def rules() -> None:
    op.create_table(
        "routing_rule",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("category", sa.String(), nullable=False),
        sa.Column("group_code", sa.String(), nullable=False),
        sa.Column("area_id", sa.String()),
        sa.Column("office_id", sa.String(), nullable=False),
        sa.Column("post_id", sa.String()),
        sa.Column("from_at", sa.BigInteger()),
        sa.Column("to_at", sa.BigInteger()),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("gone_version", sa.Integer()),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("gone_at", sa.BigInteger()),
        sa.Column("gone_by", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_routing_rule"),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name="fk_routing_rule_area_id"),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name="fk_routing_rule_office_id"),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name="fk_routing_rule_post_id"),
    )


def calendar() -> None:
    op.add_column("calendar", sa.Column("estimated", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("calendar", sa.Column("source", sa.String(), nullable=False, server_default="hand"))
    op.add_column("calendar", sa.Column("made_at", sa.BigInteger(), nullable=False, server_default="0"))
    op.create_table(
        "calendar_version",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("version", name="pk_calendar_version"),
    )
