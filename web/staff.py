"""Lets a staff page in: who is signed in, whether the role opens this page, and where to go if not.

A page module wraps its endpoints in `guarded(action)`; the action is the page's row in the role table. Where the path
names a session, the role is the one that the account has in that session (kachehri/appointments.py), and the endpoint
is given the account with that role.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final, cast
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response

from kachehri.appointments import as_in
from kachehri.store.tables import Account
from moderation.roles import allows
from rooms.base import Actor, Command, Refused, Role
from web.house import House, house_of, see
from web.logins import account_of, role_of, staff_participant
from web.shapes import Link, MessagePage

SIGN_IN: Final = "/staff"
Endpoint = Callable[[Request], Awaitable[Response]]
StaffEndpoint = Callable[[Request, Account], Awaitable[Response]]


#: Pages that concern all offices alike; an administrator of one office is not let in.
WHOLE_HOUSE: Final = frozenset(
    {
        "page.calendar",
        "page.setup",
        "page.offices",
        "page.posts",
        "page.routing",
        "page.practice",
        "page.audit",
        "page.notices",
        "page.hooks",
        "page.keys",
        "page.erase",
    }
)
#: What somebody who was invited to one hearing may open outside of it.
GUEST_PAGES: Final = frozenset({"page.staff", "page.account"})


#: Where a role begins that is not for hearings; all others begin with the list of them.
_LANDINGS: Final = {"officer": "/tickets"}


def landing(account: Account) -> str:
    """The first page of somebody who has signed in."""
    return "/desk" if account.guest else _LANDINGS.get(account.role, "/desk")


def door(role: str, session_id: str) -> str:
    """The page of a hearing where a role begins its work."""
    if role in ("official", "chair", "interpreter"):
        return f"/official/{session_id}"
    return f"/mod/{session_id}" if allows(cast(Role, role), "page.desk", own=False) else "/desk"


def guarded(action: str) -> Callable[[StaffEndpoint], Endpoint]:
    """Show a page only to somebody who is signed in and whose role has this row; others are told plainly."""

    def wrap(endpoint: StaffEndpoint) -> Endpoint:
        async def inner(request: Request) -> Response:
            house = house_of(request)
            account = await account_of(house.identity, request)
            if account is None:
                return see(f"{SIGN_IN}?next={quote(request.url.path)}")
            session_id = request.path_params.get("session")
            if session_id is not None:
                role = await house.identity.role_in(account, session_id)
                if role is None:
                    await house.service.live(session_id)  # one that does not exist is told as such
                    return not_for_role(house, request, account, here=False)
                account = as_in(account, role)
            elif not within_reach(account, action):
                return not_for_role(house, request, account)
            if not allows(role_of(account), action, own=False):
                return not_for_role(house, request, account)
            return await endpoint(request, account)

        inner.__name__ = endpoint.__name__
        return inner

    return wrap


def not_for_role(house: House, request: Request, account: Account, *, here: bool = True) -> Response:
    """Why the page stays shut. `here`: the account has a role in the session, but not one that opens this page."""
    words = house.words(request)
    listed = may(account, "page.staff")
    role = words.plain(f"role.{account.role}")
    page = MessagePage(
        title=words.plain("staff.forbidden_title"),
        lines=(words.plain("staff.forbidden", role=role) if here else words.plain("staff.not_yours"),),
        links=(Link(words.plain("staff.to_desk"), "/desk") if listed else Link(words.plain("error.home"), "/"),),
        icon="lock",
    )
    return house.show(request, "message.html", page, status=403)


def within_reach(account: Account, action: str) -> bool:
    """Whether a page that belongs to no hearing is one for this account, whatever its role."""
    if account.guest:
        return action in GUEST_PAGES
    return account.office_id is None or action not in WHOLE_HOUSE


def may(account: Account, action: str) -> bool:
    return allows(role_of(account), action, own=False)


async def submit_as(
    house: House, request: Request, account: Account, session_id: str, command: Command, key: str
) -> None:
    """Give a command of the staff over HTTP, in the role that the account has in that session.

    Errors: `Refused("not_allowed")` when it has none there.
    """
    role = await house.identity.role_in(account, session_id)
    if role is None:
        raise Refused("not_allowed")
    participant = staff_participant(session_id, account)
    language = house.words(request).language.code
    await house.visitors.join(participant, session_id, role, account=account.id, language=language)
    await house.service.submit(Actor(participant, role, account.id), session_id, command, key)
