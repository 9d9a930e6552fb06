"""Who of the staff is behind a request: the login's cookie, and the account as a participant of a session.

Passwords, logins and their end are kachehri/identity.py; pages and entry passes only ask here.
"""

from __future__ import annotations

from typing import Final, cast

from starlette.requests import Request
from starlette.responses import Response

from kachehri.identity import Identity, SecondStep
from kachehri.logins import SignedIn, Visit, browser_name
from kachehri.people import participant_id
from kachehri.store.tables import Account
from rooms.base import Role
from signaling.passes import Bearer

LOGIN_COOKIE: Final = "k_login"
#: Between the password and the second factor; it opens nothing.
STEP_COOKIE: Final = "k_step"


async def account_of(identity: Identity, request: Request) -> Account | None:
    """The account whose browser this is, if it is signed in."""
    return await identity.account(request.cookies.get(LOGIN_COOKIE))


def visit_of(request: Request, device: str) -> Visit:
    """Where somebody signs in from."""
    return Visit(
        address=request.client.host if request.client else "",
        device=device,
        browser=browser_name(request.headers.get("user-agent", "")),
        previous=request.cookies.get(LOGIN_COOKIE),
    )


def keep_login(response: Response, signed_in: SignedIn | SecondStep, *, https: bool) -> Response:
    """Give the browser what it is signed in with, or half-way."""
    name, other = (LOGIN_COOKIE, STEP_COOKIE) if isinstance(signed_in, SignedIn) else (STEP_COOKIE, LOGIN_COOKIE)
    response.set_cookie(
        name, signed_in.cookie, max_age=signed_in.lasts_s, httponly=True, samesite="lax", secure=https, path="/"
    )
    return drop_cookie(response, other, https=https)


def drop_cookie(response: Response, name: str, *, https: bool) -> Response:
    response.delete_cookie(name, path="/", httponly=True, samesite="lax", secure=https)
    return response


def staff_participant(session_id: str, account: Account) -> str:
    """The same account is the same participant of a session, on whichever device."""
    return participant_id(session_id, f"account/{account.id}")


def role_of(account: Account) -> Role:
    return cast(Role, account.role)


async def bearer_of(identity: Identity, session_id: str, request: Request) -> Bearer | None:
    """Who is signed in, as a participant of a session; None where nobody is, or has no role there."""
    found = await identity.found(request.cookies.get(LOGIN_COOKIE))
    role = await identity.role_in(found.account, session_id) if found else None
    if found is None or role is None:
        return None
    return Bearer(session_id, staff_participant(session_id, found.account), role, found.account.id, found.login)
