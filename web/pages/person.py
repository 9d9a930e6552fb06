"""One member of the staff, for the administrator: role and office, logins, a new password, shut and open."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from kachehri import stewardship
from kachehri.invitations import InviteRefused, managed
from kachehri.logins import name_of
from kachehri.staff import ROLES
from kachehri.store import Connection, accounts
from kachehri.store.tables import Account, Login
from web import forms
from web.cards import Choice
from web.house import house_of
from web.pages.people import links, offices, staff_row
from web.people_shapes import LoginRow, PersonPage
from web.staff import guarded

Act = Callable[[Connection, int, Account, str], None]
#: What is done by one button, and what the page says then.
ACTS: Final[dict[str, Act]] = {
    "shut": stewardship.shut,
    "reopen": stewardship.reopen,
    "drop": stewardship.drop_factor,
}


@guarded("page.accounts")
async def show(request: Request, account: Account) -> Response:
    """GET /people/{account}."""
    return await draw(request, account)


@guarded("page.accounts")
async def act(request: Request, account: Account) -> Response:
    """POST /people/{account}."""
    house = house_of(request)
    words = house.words(request)
    fields = await forms.read(request, house.origins)
    id, do = request.path_params["account"], fields.get("do", "")
    try:
        if do == "reset":
            return await links(request, [await house.invitations.reset(account, id, fields.get("key", ""))])
        if do == "move":
            await house.write(stewardship.move, account, id, fields.get("role", ""), fields.get("office") or None)
        elif do == "logins":
            await house.service.read(managed, account, id)
            await house.identity.sign_out_everywhere(id)
        elif do in ACTS:
            await house.write(ACTS[do], account, id)
        else:
            raise forms.FormRefused(400)
    except InviteRefused as refused:
        at = refused.code if refused.code in ("role", "office") else "person"
        return await draw(request, account, error={at: words.plain(f"team.no.{refused.code}")})
    house.identity.logins.tell(id)
    return await draw(request, account, message=words.plain(f"person.done.{do}"))


async def draw(request: Request, by: Account, *, message: str = "", error: dict[str, str] | None = None) -> Response:
    house = house_of(request)
    words = house.words(request)
    district = await house.districts.get()
    try:
        person, logins = await house.service.read(_read, by, request.path_params["account"], house.now())
    except InviteRefused:
        raise HTTPException(404) from None
    page = PersonPage(
        person=staff_row(person, by, district, words),
        roles=tuple(Choice(role, words.plain(f"role.{role}")) for role in ROLES),
        offices=offices(by, district, words),
        office=person.office_id or "",
        key=forms.new_key(),
        logins=login_rows(logins),
        message=message,
        errors=error or {},
    )
    return house.show(request, "staff/person.html", page, status=422 if error else 200)


def _read(conn: Connection, by: Account, account_id: str, now: int) -> tuple[Account, list[Login]]:
    person = managed(conn, by, account_id)
    return person, accounts.logins(conn, person.id, now)


def login_rows(logins: list[Login], here: bytes = b"") -> tuple[LoginRow, ...]:
    """The browsers that are signed in; `here` is the one that asks."""
    return tuple(
        LoginRow(name_of(each), each.browser, each.address, each.created_at, each.seen_at, each.token_hash == here)
        for each in logins
    )
