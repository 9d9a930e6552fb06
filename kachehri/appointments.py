"""Which role an account has in one session: what it was appointed to there, else its standing role where that reaches.

A standing role without an office reaches every session of the house. One with an office reaches the sessions of that
office and of the offices below it, and nothing else: a moderator of one department is nobody in another's hearing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import cast

from rooms.base import Role

from .store import Connection, appointments
from .store.tables import Account

#: A login by its hash, and a session.
Held = tuple[bytes, str]


def effective(account: Account, line: Collection[str], appointed: str | None) -> Role | None:
    """The rule itself.

    Arguments:
        line: the office that holds the session, and every office above it.
        appointed: the role of an appointment to this session that has not ended.
    """
    if account.disabled_at is not None:
        return None
    if appointed is not None:
        return cast(Role, appointed)
    # A guest has no standing: the role in its account only says what it was invited as.
    if account.guest or (account.office_id is not None and account.office_id not in line):
        return None
    return cast(Role, account.role)


def role_in(conn: Connection, account: Account, session_id: str) -> Role | None:
    """The role of an account in a session; None when it has none there, also when there is no such session."""
    return roles_in(conn, account, [session_id]).get(session_id)


def roles_in(conn: Connection, account: Account, session_ids: Iterable[str]) -> dict[str, Role]:
    """The same for several sessions; those in which the account has no role are left out."""
    found: dict[str, Role] = {}
    appointed = appointments.of_account(conn, account.id)
    for session_id, line in appointments.lines(conn, session_ids).items():
        role = effective(account, line, appointed.get(session_id))
        if role is not None:
            found[session_id] = role
    return found


def roles_of_logins(conn: Connection, held: Collection[Held], now: int) -> dict[Held, Role]:
    """The role that each login has now in the session it is connected to; those that have none are left out.

    One SELECT for all of them, and one for offices only where somebody's role reaches along them.
    """
    found: dict[Held, Role] = {}
    lines: dict[str, frozenset[str]] = {}
    known = appointments.of_logins(conn, {login for login, _session in held}, now)
    if any(account.office_id is not None for account, _appointed in known.values()):
        lines = appointments.lines(conn, {session for _login, session in held})
    for login, session_id in held:
        if login in known:
            account, appointed = known[login]
            role = effective(account, lines.get(session_id, frozenset()), appointed.get(session_id))
            if role is not None:
                found[login, session_id] = role
    return found


def standing_in(conn: Connection, account: Account, office_id: str) -> Role | None:
    """The role of an account in an office, before any session: whether it may plan or invite there."""
    return effective(account, appointments.line(conn, office_id), None)


def as_in(account: Account, role: Role) -> Account:
    """The account as one session knows it: the same person, with the role it has there. Never written back."""
    return Account(**{**account.model_dump(), "role": role})
