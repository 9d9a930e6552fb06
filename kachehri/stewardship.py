"""What an administrator changes about somebody of the staff: role, office, shut and open, a second factor that is lost.

Each act is one transaction with its line in the audit; the caller then says that the account's logins ended
(kachehri/logins.py). The last account that administers the whole house keeps doing so: without it nobody could let
anybody in again.
"""

from __future__ import annotations

from . import audit
from .invitations import InviteRefused, check_grant, managed
from .store import Connection, accounts, invitations
from .store.tables import Account


def move(conn: Connection, now: int, by: Account, account_id: str, role: str, office_id: str | None) -> None:
    """Give somebody another standing role or office.

    Errors: `InviteRefused`.
    """
    account = managed(conn, by, account_id)
    check_grant(conn, by, role, office_id)
    if (role, office_id) != ("administrator", None):
        _not_the_last(conn, account)
    accounts.place(conn, account.id, role, office_id)
    accounts.revoke_all(conn, account.id, now)
    facts = {"role": role, "office": office_id or ""}
    audit.record(conn, now, action="account.role", subject=account.id, account=by.id, facts=facts)


def shut(conn: Connection, now: int, by: Account, account_id: str) -> None:
    """Let somebody in no more, from this moment on.

    Errors: `InviteRefused`.
    """
    account = managed(conn, by, account_id)
    if account.id == by.id:
        raise InviteRefused("not_allowed")
    _not_the_last(conn, account)
    accounts.disable(conn, account.id, now)
    accounts.revoke_all(conn, account.id, now)
    audit.record(conn, now, action="account.disable", subject=account.id, account=by.id)


def reopen(conn: Connection, now: int, by: Account, account_id: str) -> None:
    """Let somebody in again, with the password they had.

    Errors: `InviteRefused`.
    """
    account = managed(conn, by, account_id)
    accounts.disable(conn, account.id, None)
    audit.record(conn, now, action="account.disable", subject=account.id, account=by.id, facts={"opened": "yes"})


def drop_factor(conn: Connection, now: int, by: Account, account_id: str) -> None:
    """Take away a second factor whose phone and paper are lost.

    Errors: `InviteRefused`.
    """
    account = managed(conn, by, account_id)
    accounts.set_factor(conn, account.id, None, [])
    accounts.revoke_all(conn, account.id, now)
    audit.record(
        conn, now, action="account.role", subject=account.id, account=by.id, facts={"second_factor": "removed"}
    )


def _not_the_last(conn: Connection, account: Account) -> None:
    whole = account.role == "administrator" and account.office_id is None and account.disabled_at is None
    if whole and invitations.administrators(conn) < 2:
        raise InviteRefused("last_administrator")
