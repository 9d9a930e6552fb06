"""Tickets, followers, commitments."""

import sqlalchemy as sa
from alembic import op


def ticket_event() -> None:
    op.create_table(
        "ticket_event",
        sa.Column("ticket_id", sa.String(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("prev_hash", sa.LargeBinary(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("ticket_id", "seq", name="pk_ticket_event"),
        sqlite_with_rowid=False,
    )


def commitment() -> None:
    op.create_table(
        "commitment",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("session_id", sa.String(), nullable=False),
        sa.Column("question_id", sa.String()),
        sa.Column("ticket_id", sa.String()),
        sa.Column("turn_id", sa.String()),
        sa.Column("office_id", sa.String()),
        sa.Column("post_id", sa.String()),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("content_id", sa.String(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("due_at", sa.BigInteger()),
        sa.Column("read_back_at", sa.BigInteger()),
        sa.Column("clip_from_ms", sa.BigInteger()),
        sa.Column("clip_to_ms", sa.BigInteger()),
        sa.Column("state", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_commitment"),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name="fk_commitment_office_id"),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name="fk_commitment_post_id"),
        sa.ForeignKeyConstraint(["session_id"], ["session.id"], name="fk_commitment_session_id"),
    )
    op.create_index("ix_commitment_question_id", "commitment", ["question_id"])
    op.create_index("ix_commitment_session_id", "commitment", ["session_id"])
    op.create_index("ix_commitment_state_due_at", "commitment", ["state", "due_at"])
    op.create_index("ix_commitment_ticket_id", "commitment", ["ticket_id"])


def ticket() -> None:
    op.create_table(
        "ticket",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("question_id", sa.String()),
        sa.Column("session_id", sa.String()),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("office_id", sa.String(), nullable=False),
        sa.Column("post_id", sa.String()),
        sa.Column("account_id", sa.String()),
        sa.Column("person_id", sa.String()),
        sa.Column("category", sa.String()),
        sa.Column("area", sa.String()),
        sa.Column("privacy", sa.String(), nullable=False),
        sa.Column("content_id", sa.String()),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("origin", sa.String(), nullable=False),
        sa.Column("outcome", sa.String()),
        sa.Column("closure_basis", sa.String()),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("heard_from_ms", sa.BigInteger()),
        sa.Column("heard_to_ms", sa.BigInteger()),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.Column("due_at", sa.BigInteger()),
        sa.Column("proposed_at", sa.BigInteger()),
        sa.Column("closed_at", sa.BigInteger()),
        sa.Column("head_seq", sa.BigInteger(), nullable=False),
        sa.Column("head_hash", sa.LargeBinary(), nullable=False),
        sa.Column("fence", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_ticket"),
        sa.UniqueConstraint("question_id", name="uq_ticket_question_id"),
        sa.UniqueConstraint("reference", name="uq_ticket_reference"),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_ticket_account_id"),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name="fk_ticket_office_id"),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name="fk_ticket_post_id"),
        sa.ForeignKeyConstraint(["session_id"], ["session.id"], name="fk_ticket_session_id"),
    )
    op.create_index("ix_ticket_account_id", "ticket", ["account_id"])
    op.create_index("ix_ticket_office_id_state_due_at", "ticket", ["office_id", "state", "due_at"])
    op.create_index("ix_ticket_person_id", "ticket", ["person_id"])
    op.create_index("ix_ticket_session_id_state", "ticket", ["session_id", "state"])


def follower() -> None:
    op.create_table(
        "follower",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("ticket_id", sa.String(), nullable=False),
        sa.Column("question_id", sa.String()),
        sa.Column("session_id", sa.String()),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("person_id", sa.String()),
        sa.Column("joined_at", sa.BigInteger(), nullable=False),
        sa.Column("left_at", sa.BigInteger()),
        sa.Column("answer", sa.String()),
        sa.PrimaryKeyConstraint("id", name="pk_follower"),
        sa.UniqueConstraint("question_id", name="uq_follower_question_id"),
        sa.UniqueConstraint("reference", name="uq_follower_reference"),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name="fk_follower_ticket_id"),
    )
    op.create_index("ix_follower_person_id", "follower", ["person_id"])
    op.create_index("ix_follower_session_id", "follower", ["session_id"])
    op.create_index("ix_follower_ticket_id", "follower", ["ticket_id"])
