"""Who of the staff is behind a request: the login's cookie, and the account as a participant of a session.

Passwords, logins and their end are kachehri/identity.py; pages and entry passes only ask here.
"""

from __future__ import annotations

from typing import Final, cast

from starlette.requests import Request

from kachehri.identity import Identity
from kachehri.people import participant_id
from kachehri.store.tables import Account
from rooms.base import Role
from signaling.passes import Bearer

LOGIN_COOKIE: Final = "k_login"


async def account_of(identity: Identity, request: Request) -> Account | None:
    """The account whose browser this is, if it is signed in."""
    return await identity.account(request.cookies.get(LOGIN_COOKIE))


def staff_participant(session_id: str, account: Account) -> str:
    """The same account is the same participant of a session, on whichever device."""
    return participant_id(session_id, f"account/{account.id}")


def role_of(account: Account) -> Role:
    return cast(Role, account.role)


async def bearer_of(identity: Identity, session_id: str, account: Account) -> Bearer | None:
    """The account as a participant of a session; None where it has no role."""
    role = await identity.role_in(account, session_id)
    return Bearer(session_id, staff_participant(session_id, account), role, account.id) if role else None
