"""People: devices, persons with their sealed particulars, participants, consents, staff accounts."""

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field

from .base import Row, big, json_list


class Device(Row, table=True):
    """A browser that came by. It may be borrowed, so it is never taken for a person."""

    id: str = Field(primary_key=True)
    kiosk: bool = False
    created_at: int = big()
    seen_at: int = big()
    blocked_at: int | None = big(default=None)


class Person(Row, table=True):
    """Somebody's particulars, sealed under a key of their own. `data_key` is that key, wrapped; without it all is
    noise.

    The indexes are keyed hashes (kachehri/vault.py): equal values can be found, none can be read or guessed.
    """

    id: str = Field(primary_key=True)
    data_key: bytes | None = None
    name: bytes | None = None
    phone: bytes | None = None
    id_number: bytes | None = None
    phone_index: bytes | None = Field(default=None, index=True)
    id_number_index: bytes | None = Field(default=None, index=True)
    created_at: int = big()
    erased_at: int | None = big(default=None)


class Participant(Row, table=True):
    """One person in one session. A connection may hold several: a kiosk is many people on one device."""

    id: str = Field(primary_key=True)
    session_id: str = Field(foreign_key="session.id", index=True)
    person_id: str | None = Field(default=None, index=True)
    device_id: str | None = Field(default=None, index=True)
    account_id: str | None = Field(default=None, foreign_key="account.id")
    channel: str = "web"
    role: str = "citizen"
    name_content: str | None = None
    language: str = "ur"
    filed_by: str | None = None
    joined_at: int = big()
    blocked_at: int | None = big(default=None)


class ConsentWording(Row, table=True):
    """The very words that people are asked to agree to. A changed text is a new row."""

    __tablename__ = "consent_wording"
    __table_args__ = (UniqueConstraint("purpose", "language", "version"),)
    id: str = Field(primary_key=True)
    purpose: str
    language: str
    version: int
    text: str
    created_at: int = big()


class Consent(Row, table=True):
    """Who agreed to which words, on whose device, and when; somebody who files for another asks them first."""

    id: str = Field(primary_key=True)
    wording_id: str = Field(foreign_key="consent_wording.id")
    session_id: str | None = None
    participant_id: str = Field(index=True)
    person_id: str | None = Field(default=None, index=True)
    taken_by: str | None = None
    given: bool = True
    given_at: int = big()
    withdrawn_at: int | None = big(default=None)


class Account(Row, table=True):
    """A member of staff. `login` is folded, so that capitals make no second account."""

    id: str = Field(primary_key=True)
    login: str = Field(unique=True)
    name: str
    role: str
    password_hash: str
    language: str = "ur"
    office_id: str | None = Field(default=None, foreign_key="office.id")
    created_at: int = big()
    password_set_at: int = big()
    disabled_at: int | None = big(default=None)
    #: The second factor (RFC 6238), sealed, and the last step that was accepted, so that no code works twice.
    totp: bytes | None = None
    totp_step: int = big(default=0)
    #: Hashes of codes for the day when the phone is lost.
    recovery: list[str] = json_list()
    #: Has no password and lives for one session.
    guest: bool = False
    title_ur: str = ""
    title_en: str = ""


class Login(Row, table=True):
    """A browser that is signed in. The key is the token's hash: a copy of this table opens no door."""

    token_hash: bytes = Field(primary_key=True)
    account_id: str = Field(foreign_key="account.id", index=True)
    device_id: str | None = None
    address: str = ""
    created_at: int = big()
    seen_at: int = big()
    expires_at: int = big()
    revoked_at: int | None = big(default=None)
    #: What the list of one's own logins calls it: "Chrome, Android".
    browser: str = ""


class Carry(Row, table=True):
    """A browser that goes on for a participant of another: a phone was lost, a battery ran out."""

    session_id: str = Field(primary_key=True, foreign_key="session.id")
    device_id: str = Field(primary_key=True)
    participant_id: str = Field(index=True)
    at: int = big()


class SignInAttempt(Row, table=True):
    """Wrong guesses, counted for each pair of what was tried and the address it came from.

    `subject` is a keyed hash: people type passwords into the wrong field. `scope` keeps sign-in apart from tracking.
    """

    __tablename__ = "sign_in_attempt"
    __table_args__ = (Index("ix_sign_in_attempt_last_at", "last_at"),)
    scope: str = Field(primary_key=True)
    subject: bytes = Field(primary_key=True)
    address: str = Field(primary_key=True)
    failures: int = 0
    window_start: int = big()
    last_at: int = big()
