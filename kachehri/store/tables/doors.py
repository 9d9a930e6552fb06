"""Programs of others: the keys that they show, and what each has filed."""

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field

from .base import Row, big, json_list


class ApiKey(Row, table=True):
    """With this key a program of somebody else files and follows tickets; only its hash is kept.

    `scopes` names what it may do (kachehri/api_keys.py). Both limits count filings.
    """

    __tablename__ = "api_key"
    id: str = Field(primary_key=True)
    name: str
    key_hash: bytes = Field(unique=True)
    scopes: list[str] = json_list()
    per_minute: int = 30
    per_day: int = 500
    made_by: str = Field(foreign_key="account.id")
    made_at: int = big()
    used_at: int | None = big(default=None)
    revoked_at: int | None = big(default=None)


class ApiFiling(Row, table=True):
    """A ticket that came by a key.

    `mark` is a keyed hash of all that was sent: whoever repeats it within a day gets the same ticket. `lat` and `long`
    are rounded (WGS 84, degrees); the exact place is among the sealed words of `content_id`.
    """

    __tablename__ = "api_filing"
    __table_args__ = (
        UniqueConstraint("mark", "day"),
        Index("ix_api_filing_key_id_at", "key_id", "at"),
    )
    ticket_id: str = Field(primary_key=True)
    key_id: str = Field(foreign_key="api_key.id")
    mark: bytes
    #: Whole days since the epoch.
    day: int
    token_hash: bytes | None = Field(default=None, unique=True)
    content_id: str | None = None
    lat: float | None = None
    long: float | None = None
    at: int = big()
    #: Since when everybody may read the masked words.
    released_at: int | None = big(default=None)
