"""Lets a staff page in: who is signed in, whether the role opens this page, and where to go if not.

A page module wraps its endpoints in `guarded(action)`; the action is the page's row in the role table.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response

from kachehri.store.tables import Account
from moderation.roles import allows
from rooms.base import Actor, Command
from web.house import House, house_of, see
from web.logins import account_of, role_of, staff_participant
from web.shapes import Link, MessagePage

SIGN_IN: Final = "/staff"
Endpoint = Callable[[Request], Awaitable[Response]]
StaffEndpoint = Callable[[Request, Account], Awaitable[Response]]


def guarded(action: str) -> Callable[[StaffEndpoint], Endpoint]:
    """Show a page only to somebody who is signed in and whose role has this row; others are told plainly."""

    def wrap(endpoint: StaffEndpoint) -> Endpoint:
        async def inner(request: Request) -> Response:
            house = house_of(request)
            account = await account_of(house.identity, request)
            if account is None:
                return see(f"{SIGN_IN}?next={quote(request.url.path)}")
            if not allows(role_of(account), action, own=False):
                return not_for_role(house, request, account)
            return await endpoint(request, account)

        inner.__name__ = endpoint.__name__
        return inner

    return wrap


def not_for_role(house: House, request: Request, account: Account) -> Response:
    words = house.words(request)
    listed = may(account, "page.staff")
    page = MessagePage(
        title=words.plain("staff.forbidden_title"),
        lines=(words.plain("staff.forbidden", role=words.plain(f"role.{account.role}")),),
        links=(Link(words.plain("staff.to_desk"), "/desk") if listed else Link(words.plain("error.home"), "/"),),
        icon="lock",
    )
    return house.show(request, "message.html", page, status=403)


def may(account: Account, action: str) -> bool:
    return allows(role_of(account), action, own=False)


async def submit_as(
    house: House, request: Request, account: Account, session_id: str, command: Command, key: str
) -> None:
    """Give a command of the staff over HTTP."""
    participant = staff_participant(session_id, account)
    language = house.words(request).language.code
    await house.visitors.join(participant, session_id, role_of(account), account=account.id, language=language)
    await house.service.submit(Actor(participant, role_of(account), account.id), session_id, command, key)
