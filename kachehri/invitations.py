"""Who may invite whom to what, and when an invitation is over: the rules behind inviting.py and invited.py."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from typing import Final, Literal, NamedTuple

from . import staff
from .appointments import standing_in
from .logins import AFTER_MS, DAY_MS
from .store import Connection, accounts
from .store.tables import Account, Invitation, Session

State = Literal["open", "used", "expired", "revoked"]
#: How long a link to an account for good is valid.
WEEK_MS: Final = 7 * DAY_MS
#: How long a link to a new password is valid.
RESET_MS: Final = DAY_MS
NAME_MOST: Final = 80
#: People who can be invited with one form.
ROWS_MOST: Final = 8
#: What a chair and a moderator may give in their own hearing. Nobody makes somebody who may do more than oneself.
_BY_MODERATOR: Final = frozenset({"moderator", "clerk", "official", "interpreter", "observer"})
GIVES: Final[dict[str, frozenset[str]]] = {
    "moderator": _BY_MODERATOR,
    "chair": _BY_MODERATOR | {"chair"},
    "administrator": _BY_MODERATOR | {"chair", "officer"},
}


class InviteRefused(Exception):
    """`code`: for a row of the form name, role, office, session; for a link used, expired, revoked, unknown; for an act
    not_allowed, last_administrator. `row` counts from 0.
    """

    def __init__(self, code: str, row: int = 0) -> None:
        super().__init__(code)
        self.code = code
        self.row = row


class Wanted(NamedTuple):
    """One person who is to be invited; with a session for that hearing alone, else for good."""

    name: str
    role: str
    office_id: str | None = None
    session_id: str | None = None
    seat: str | None = None
    language: str = "ur"


class Made(NamedTuple):
    """An invitation and the token of its link, which nobody can ask for again."""

    invitation: Invitation
    token: str


class Opened(NamedTuple):
    """An invitation as its link shows it."""

    invitation: Invitation
    state: State
    expires_at: int
    session: Session | None
    inviter: Account | None
    #: Whose new password it is.
    account: Account | None


def expiry(row: Invitation, ends_at: int | None) -> int:
    """When an invitation is over; one to a hearing goes with the hearing when that is put off."""
    return row.expires_at if ends_at is None else ends_at + AFTER_MS


def state(row: Invitation, now: int, ends_at: int | None) -> State:
    """What has become of an invitation."""
    if row.used_at is not None:
        return "used"
    if row.revoked_at is not None:
        return "revoked"
    return "expired" if now >= expiry(row, ends_at) else "open"


def may_give(giver: str, role: str, *, session: bool) -> bool:
    """Whether somebody of a role may invite to another."""
    if session:
        return role in GIVES.get(giver, frozenset())
    return giver == "administrator" and role in staff.ROLES


def suggestion(name: str, role: str, taken: Callable[[str], set[str]]) -> str:
    """A login that is free and easy to type: from a name in Latin letters, else from the role."""
    stem = ".".join(re.findall(r"[a-z0-9]+", staff.fold(name)))[:40]
    if len(stem) < 2 or stem.replace(".", "").isdigit():
        stem = role
    there = taken(stem)
    if stem not in there:
        return stem
    return next(name for number in range(2, len(there) + 3) if (name := f"{stem}{number}") not in there)


def guest(row: Invitation, now: int) -> Account:
    """An account for one hearing: no password, and a login that nobody can type."""
    id = secrets.token_hex(8)
    return Account(
        id=id,
        login=f"guest/{id}",
        name=row.name,
        role=row.role,
        password_hash="!",
        language=row.language,
        created_at=now,
        password_set_at=now,
        guest=True,
    )


def administers(conn: Connection, by: Account, office_id: str | None) -> bool:
    """Whether somebody administers an office, or with None the whole house."""
    if by.role != "administrator" or by.guest or by.disabled_at is not None:
        return False
    return by.office_id is None or (office_id is not None and standing_in(conn, by, office_id) is not None)


def check_grant(conn: Connection, by: Account, role: str, office_id: str | None, row: int = 0) -> None:
    """Whether somebody may give a standing role in an office.

    Errors: `InviteRefused`.
    """
    if not may_give(by.role, role, session=False):
        raise InviteRefused("role", row)
    if not administers(conn, by, office_id):
        raise InviteRefused("office", row)


def managed(conn: Connection, by: Account, account_id: str) -> Account:
    """An account that somebody may change.

    Errors: `InviteRefused("not_allowed")`.
    """
    account = accounts.by_id(conn, account_id)
    if account is None or account.guest or not administers(conn, by, account.office_id):
        raise InviteRefused("not_allowed")
    return account
