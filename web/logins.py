"""Who of the staff is signed in: an opaque token in a cookie, its hash in the database, nothing in the token itself.

Passwords and the making of logins are kachehri/sign_in.py; pages and entry passes only ask here.
"""

from __future__ import annotations

from typing import Final

from starlette.requests import Request

from kachehri.people import participant_id
from kachehri.service import Service
from kachehri.sign_in import token_hash
from kachehri.store import accounts
from kachehri.store.tables import Account
from rooms.base import Role
from signaling.passes import Bearer

LOGIN_COOKIE: Final = "k_login"


async def account_of(service: Service, request: Request, now: int) -> Account | None:
    """The account whose browser this is, if it is signed in."""
    token = request.cookies.get(LOGIN_COOKIE, "")
    if not 16 <= len(token) <= 64:
        return None
    found = await service.read(accounts.signed_in, token_hash(token), now)
    return found[0] if found else None


def staff_participant(session_id: str, account: Account) -> str:
    """The same account is the same participant of a session, on whichever device."""
    return participant_id(session_id, f"account/{account.id}")


def bearer_of(session_id: str, account: Account) -> Bearer:
    role: Role = account.role  # type: ignore[assignment]
    return Bearer(session_id, staff_participant(session_id, account), role, account.id)
