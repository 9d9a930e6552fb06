"""What the pages about staff, invitations and one's own account are given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from markupsafe import Markup

from web.cards import Choice, SessionCard


@dataclass(frozen=True)
class InviteRow:
    """One line of the form, exactly as it was typed."""

    n: int
    name: str = ""
    role: str = ""
    office: str = ""
    seat: str = ""
    error: str = ""


@dataclass(frozen=True)
class StaffRow:
    """Somebody who may sign in."""

    id: str
    name: str
    login: str
    role: str
    office: str = ""
    off: bool = False
    second: bool = False
    me: bool = False


@dataclass(frozen=True)
class HereRow:
    """Somebody who has a role in one hearing by appointment."""

    id: str
    name: str
    role: str
    seat: str = ""
    guest: bool = False


@dataclass(frozen=True)
class PendingRow:
    """An invitation that nobody has used."""

    id: str
    name: str
    role: str
    office: str
    session: str
    expires_at: int
    over: bool
    reset: bool
    may: bool


@dataclass(frozen=True)
class PeoplePage:
    """With a `session`, the people of that hearing; else of the house."""

    path: str
    key: str
    rows: tuple[InviteRow, ...]
    roles: tuple[Choice, ...]
    offices: tuple[Choice, ...]
    spans: tuple[Choice, ...]
    seats: tuple[Choice, ...]
    span: str = ""
    language: str = "ur"
    languages: tuple[Choice, ...] = ()
    session: SessionCard | None = None
    staff: tuple[StaffRow, ...] = ()
    here: tuple[HereRow, ...] = ()
    pending: tuple[PendingRow, ...] = ()
    message: str = ""
    setting_up: bool = False
    errors: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class LinkCard:
    """One link to be handed over."""

    n: int
    name: str
    role: str
    what: str
    url: str
    qr: Markup
    expires_at: int
    reset: bool = False


@dataclass(frozen=True)
class LinksPage:
    path: str
    place: str
    cards: tuple[LinkCard, ...]
    setting_up: bool = False


@dataclass(frozen=True)
class PersonPage:
    """One member of the staff, as an administrator sees them."""

    person: StaffRow
    roles: tuple[Choice, ...]
    offices: tuple[Choice, ...]
    office: str
    key: str
    logins: tuple[LoginRow, ...] = ()
    message: str = ""
    errors: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class LoginRow:
    """A browser that is signed in."""

    id: str
    browser: str
    address: str
    since: int
    seen_at: int
    here: bool = False


@dataclass(frozen=True)
class InvitePage:
    """What a link opens: an account for good, one hearing, or a new password."""

    path: str
    name: str
    role: str
    office: str
    inviter: str
    expires_at: int
    session: SessionCard | None = None
    reset: bool = False
    me: str = ""
    login: str = ""
    errors: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class AccountValues:
    name: str = ""
    language: str = "ur"
    title_ur: str = ""
    title_en: str = ""


@dataclass(frozen=True)
class AccountPage:
    login: str
    role: str
    office: str
    values: AccountValues
    languages: tuple[Choice, ...]
    logins: tuple[LoginRow, ...]
    guest: bool = False
    second: bool = False
    codes_left: int = 0
    message: str = ""
    errors: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class SetUpSecondPage:
    """`now` is shown, so that a phone with a wrong clock can be set right."""

    secret: str
    spaced: str
    qr: Markup
    now: int
    errors: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class CodesPage:
    """Recovery codes, shown once."""

    codes: tuple[str, ...]
    place: str
    login: str
