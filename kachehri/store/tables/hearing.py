"""A hearing as pages ask for it. All but `session` is a projection of the log, and can be made again from it."""

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import Field

from .base import Row, big, json_list


class Session(Row, table=True):
    """One sitting. Its row is the lock under which the log grows.

    `epoch` is drawn anew when a database is restored, so that no client goes on from a number that was taken back.
    """

    __table_args__ = (
        UniqueConstraint("series", "number"),
        Index("ix_session_phase_starts_at", "phase", "starts_at"),
        Index("ix_session_deadline", "deadline"),
    )
    id: str = Field(primary_key=True)
    room_id: str = Field(foreign_key="room.id", index=True)
    office_id: str = Field(foreign_key="office.id")
    series: str
    number: int
    admission: str = "open"
    languages: list[str] = json_list()
    rules_version: int = 1
    practice: bool = False
    title_ur: str
    title_en: str
    starts_at: int = big()
    ends_at: int = big()
    phase: str = "new"
    epoch: str
    head_seq: int = big(default=0)
    head_hash: bytes
    head_at: int = big(default=0)
    deadline: int | None = big(default=None)
    created_at: int = big()


class Question(Row, table=True):
    """What somebody asked. The words are in `content`, found by `content_id`."""

    __table_args__ = (
        # Few on purpose: every further index costs a command as much as its event does.
        Index("ix_question_session_id_received_at", "session_id", "received_at"),
        Index(
            "ix_question_parent_id",
            "parent_id",
            sqlite_where=text("parent_id IS NOT NULL"),
            postgresql_where=text("parent_id IS NOT NULL"),
        ),
    )
    id: str = Field(primary_key=True)
    session_id: str = Field(foreign_key="session.id")
    kind: str
    asker: str
    filed_by: str | None = None
    consent_id: str | None = None
    channel: str
    received_at: int = big()
    claimed_arrival: int | None = big(default=None)
    category: str | None = None
    area: str | None = None
    lane: str
    privacy: str
    content_id: str | None = None
    reference: str = Field(unique=True)
    parent_id: str | None = None
    state: str
    supports: int = 0
    seq: int = big()


class Support(Row, table=True):
    """One "me too" of one participant; only their number enters the log."""

    __table_args__ = {"sqlite_with_rowid": False}
    question_id: str = Field(primary_key=True)
    participant_id: str = Field(primary_key=True)
    session_id: str
    at: int = big()


class Seat(Row, table=True):
    """A place on the stage and what it is wired to, apart from who speaks on it."""

    session_id: str = Field(primary_key=True, foreign_key="session.id")
    id: str = Field(primary_key=True)
    kind: str
    channel: str = "web"
    device_id: str | None = None


class Turn(Row, table=True):
    """What was called, on which seat, and how it went."""

    __table_args__ = (Index("ix_turn_session_id_called_at", "session_id", "called_at"),)
    id: str = Field(primary_key=True)
    session_id: str = Field(foreign_key="session.id")
    participant_id: str
    seat_id: str | None = None
    state: str
    called_at: int = big()
    on_stage_at: int | None = big(default=None)
    ended_at: int | None = big(default=None)
    seq: int = big()


class TurnQuestion(Row, table=True):
    """The questions of a turn: one, or several that are heard together."""

    __tablename__ = "turn_question"
    turn_id: str = Field(primary_key=True, foreign_key="turn.id")
    question_id: str = Field(primary_key=True, index=True)
