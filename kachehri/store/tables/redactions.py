"""What is taken out of a recording, and of the words beside it, after the hearing; and what must not be destroyed."""

from sqlmodel import Field

from .base import Row, big


class Redaction(Row, table=True):
    """A span by the log's clock in which the sound is silence, the picture a slate, or both.

    `state` is new (to be carried out), done, failed (tried again now and then), lost (not tried any more) or undone;
    kachehri/store/redactions.py has the steps between them. `tries` is how often it failed since it was asked for.
    `done_at` is when the files last agreed with it: an undone one is carried out, too, and `done_at` is then later than
    `undone_at`. Until `sealed_until` the originals lie sealed beside the files and it can be undone; None once they
    were destroyed.
    """

    __tablename__ = "redaction"
    id: str = Field(primary_key=True)
    session_id: str = Field(foreign_key="session.id", index=True)
    starts_at: int = big()
    ends_at: int = big()
    sound: bool = True
    picture: bool = True
    reason: str = ""
    made_by: str
    made_at: int = big()
    state: str = Field(default="new", index=True)
    done_at: int | None = big(default=None)
    sealed_until: int | None = big(default=None)
    undone_by: str | None = None
    undone_at: int | None = big(default=None)
    tries: int = Field(default=0, sa_column_kwargs={"server_default": "0"})


class RedactedWords(Row, table=True):
    """Words that stand in no public text any more. `quote`: as they were to be read, masked already; `text_id`: the
    text that they are taken out of.
    """

    __tablename__ = "redacted_words"
    id: str = Field(primary_key=True)
    session_id: str = Field(foreign_key="session.id", index=True)
    text_id: str
    quote: str
    reason: str = ""
    made_by: str
    made_at: int = big()


class RecordingHold(Row, table=True):
    """The recording of a session stays, whatever its time is, for a court or for somebody's right to know.

    `review_on` is the day on which somebody looks whether it is still needed, as 2026-11-22; nothing ends by itself.
    """

    __tablename__ = "recording_hold"
    session_id: str = Field(primary_key=True, foreign_key="session.id")
    reason: str
    review_on: str
    made_by: str
    made_at: int = big()
