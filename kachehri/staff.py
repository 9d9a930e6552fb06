"""Makes staff accounts from the command line; the first one on every new server.

Passwords are kept as argon2id hashes (RFC 9106) with the costs of kachehri/passwords.py. There is no default account
and no default password.
"""

from __future__ import annotations

import secrets
import unicodedata
from typing import Final, get_args

from kachehri.passwords import HASHER
from kachehri.store import Conflict, Store, accounts
from kachehri.store.tables import Account
from rooms.base import Role

ROLES: Final = tuple(role for role in get_args(Role) if role not in ("citizen", "system"))
PASSWORD_LEAST: Final = 12  # characters; length is what resists guessing (NIST SP 800-63B-4 §3.1.1.2)
PASSWORD_MOST: Final = 128


class StaffRefused(Exception):
    """`code` is one of login, role, password_short, password_long, password_plain, taken."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def fold(login: str) -> str:
    """One spelling for one login: capitals, spaces around and compatible letters make no second account."""
    return unicodedata.normalize("NFKC", login).strip().casefold()


def add(store: Store, login: str, name: str, role: str, password: str) -> Account:
    """A new account.

    Raises:
        StaffRefused: with the first thing that is wrong.
    """
    account = draft(login, name, role, password)
    try:
        with store.write() as connection:
            account.created_at = account.password_set_at = store.now(connection)
            accounts.add(connection, account)
    except Conflict:
        raise StaffRefused("taken") from None
    return account


def draft(login: str, name: str, role: str, password: str) -> Account:
    """An account that is checked and hashed, for whoever writes it in a transaction and at a time of its own.

    Raises:
        StaffRefused: with the first thing that is wrong.
    """
    folded = fold(login)
    if not 2 <= len(folded) <= 64 or not folded.replace(".", "").replace("-", "").replace("_", "").isalnum():
        raise StaffRefused("login")
    if role not in ROLES:
        raise StaffRefused("role")
    check_password(password, folded)
    hashed = HASHER.hash(password)
    return Account(
        id=secrets.token_hex(8),
        login=folded,
        name=name.strip() or folded,
        role=role,
        password_hash=hashed,
        created_at=0,
        password_set_at=0,
    )


def check_password(password: str, login: str) -> None:
    """Long enough, bounded (hashing costs memory), and neither the login nor one character again and again."""
    if len(password) < PASSWORD_LEAST:
        raise StaffRefused("password_short")
    if len(password) > PASSWORD_MOST:
        raise StaffRefused("password_long")
    if len(set(password)) < 5 or login in password.casefold():
        raise StaffRefused("password_plain")
