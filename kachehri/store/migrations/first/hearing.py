"""Sessions and the projections of their logs."""

import sqlalchemy as sa
from alembic import op


def support() -> None:
    op.create_table(
        "support",
        sa.Column("question_id", sa.String(), nullable=False),
        sa.Column("participant_id", sa.String(), nullable=False),
        sa.Column("session_id", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("question_id", "participant_id", name="pk_support"),
        sqlite_with_rowid=False,
    )


def session() -> None:
    op.create_table(
        "session",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("room_id", sa.String(), nullable=False),
        sa.Column("office_id", sa.String(), nullable=False),
        sa.Column("series", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("admission", sa.String(), nullable=False),
        sa.Column("languages", sa.JSON(), nullable=False),
        sa.Column("rules_version", sa.Integer(), nullable=False),
        sa.Column("practice", sa.Boolean(), nullable=False),
        sa.Column("title_ur", sa.String(), nullable=False),
        sa.Column("title_en", sa.String(), nullable=False),
        sa.Column("starts_at", sa.BigInteger(), nullable=False),
        sa.Column("ends_at", sa.BigInteger(), nullable=False),
        sa.Column("phase", sa.String(), nullable=False),
        sa.Column("epoch", sa.String(), nullable=False),
        sa.Column("head_seq", sa.BigInteger(), nullable=False),
        sa.Column("head_hash", sa.LargeBinary(), nullable=False),
        sa.Column("head_at", sa.BigInteger(), nullable=False),
        sa.Column("deadline", sa.BigInteger()),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_session"),
        sa.UniqueConstraint("series", "number", name="uq_session_series_number"),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name="fk_session_office_id"),
        sa.ForeignKeyConstraint(["room_id"], ["room.id"], name="fk_session_room_id"),
    )
    op.create_index("ix_session_deadline", "session", ["deadline"])
    op.create_index("ix_session_phase_starts_at", "session", ["phase", "starts_at"])
    op.create_index("ix_session_room_id", "session", ["room_id"])


def question() -> None:
    op.create_table(
        "question",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("session_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("asker", sa.String(), nullable=False),
        sa.Column("filed_by", sa.String()),
        sa.Column("consent_id", sa.String()),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.Column("claimed_arrival", sa.BigInteger()),
        sa.Column("category", sa.String()),
        sa.Column("area", sa.String()),
        sa.Column("lane", sa.String(), nullable=False),
        sa.Column("privacy", sa.String(), nullable=False),
        sa.Column("content_id", sa.String()),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("parent_id", sa.String()),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("supports", sa.Integer(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_question"),
        sa.UniqueConstraint("reference", name="uq_question_reference"),
        sa.ForeignKeyConstraint(["session_id"], ["session.id"], name="fk_question_session_id"),
    )
    present = sa.text("parent_id IS NOT NULL")
    op.create_index("ix_question_parent_id", "question", ["parent_id"], sqlite_where=present, postgresql_where=present)
    op.create_index("ix_question_session_id_received_at", "question", ["session_id", "received_at"])


def seat() -> None:
    op.create_table(
        "seat",
        sa.Column("session_id", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("device_id", sa.String()),
        sa.PrimaryKeyConstraint("session_id", "id", name="pk_seat"),
        sa.ForeignKeyConstraint(["session_id"], ["session.id"], name="fk_seat_session_id"),
    )


def turn() -> None:
    op.create_table(
        "turn",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("session_id", sa.String(), nullable=False),
        sa.Column("participant_id", sa.String(), nullable=False),
        sa.Column("seat_id", sa.String()),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("called_at", sa.BigInteger(), nullable=False),
        sa.Column("on_stage_at", sa.BigInteger()),
        sa.Column("ended_at", sa.BigInteger()),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_turn"),
        sa.ForeignKeyConstraint(["session_id"], ["session.id"], name="fk_turn_session_id"),
    )
    op.create_index("ix_turn_session_id_called_at", "turn", ["session_id", "called_at"])


def turn_question() -> None:
    op.create_table(
        "turn_question",
        sa.Column("turn_id", sa.String(), nullable=False),
        sa.Column("question_id", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("turn_id", "question_id", name="pk_turn_question"),
        sa.ForeignKeyConstraint(["turn_id"], ["turn.id"], name="fk_turn_question_turn_id"),
    )
    op.create_index("ix_turn_question_question_id", "turn_question", ["question_id"])
