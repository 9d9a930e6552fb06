"""The staff's door: signing in and out, and the list of hearings with what each person may do there."""

from __future__ import annotations

import asyncio
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from kachehri.appointments import as_in
from kachehri.i18n import Words
from kachehri.i18n.dates import MINUTE_MS, whole_minutes
from kachehri.identity import SignInRefused
from kachehri.store import Connection, sessions
from kachehri.store.tables import Account
from kachehri.store.tables import Session as SessionRow
from web import forms, reading
from web.house import House, house_of, see
from web.logins import LOGIN_COOKIE, account_of
from web.staff import SIGN_IN, guarded, may
from web.staff_shapes import MineCard, MinePage, SignInPage
from web.topics import District

#: Where a sign-in may lead: our own staff pages, never another site (open redirect).
_STAFF_PATHS: Final = ("/desk", "/mod/", "/official/", "/sessions/")


async def form(request: Request) -> Response:
    """GET /staff."""
    house = house_of(request)
    account = await account_of(house.identity, request)
    if account is not None and may(account, "page.staff"):
        return see(onward(request.query_params.get("next", "")))
    words = house.words(request)
    message = words.plain("staff.signed_out") if request.query_params.get("out") else ""
    page = SignInPage(next=request.query_params.get("next", ""), message=message)
    return house.show(request, "staff/sign_in.html", page)


async def enter(request: Request) -> Response:
    """POST /staff."""
    house = house_of(request)
    words = house.words(request)
    fields = await forms.read(request, house.origins)
    login, password = fields.get("login", "").strip()[:64], fields.get("password", "")
    errors = {}
    if not login:
        errors["login"] = words.plain("staff.need_account")
    if not password:
        errors["password"] = words.plain("staff.need_password")
    status = 422
    if not errors:
        address = request.client.host if request.client else ""
        try:
            signed_in = await house.identity.sign_in(
                login,
                password,
                address=address,
                device=house.visitors.of(request).device,
                previous=request.cookies.get(LOGIN_COOKIE),
            )
        except SignInRefused as refused:
            status = 403 if refused.code == "wrong" else 429
            errors["login"] = told(words, refused)
        else:
            listed = may(signed_in.account, "page.staff")
            response = see(onward(fields.get("next", "")) if listed else "/")
            response.set_cookie(
                LOGIN_COOKIE,
                signed_in.cookie,
                max_age=signed_in.lasts_s,
                httponly=True,
                samesite="lax",
                secure=house.renderer.site.https,
                path="/",
            )
            return response
    page = SignInPage(login=login, next=fields.get("next", ""), errors=errors)
    return house.show(request, "staff/sign_in.html", page, status=status)


def told(words: Words, refused: SignInRefused) -> str:
    """Why nobody is signed in; which of name and password was wrong is never said."""
    if refused.code == "wait":
        if refused.wait_ms < MINUTE_MS:
            return words.plain("staff.slow_down_s", n=max(1, -(-refused.wait_ms // 1_000)))
        return words.plain("staff.slow_down", n=whole_minutes(refused.wait_ms))
    return words.plain("staff.busy" if refused.code == "busy" else "staff.wrong")


async def leave(request: Request) -> Response:
    """POST /staff/out."""
    house = house_of(request)
    await forms.read(request, house.origins)
    await house.identity.sign_out(request.cookies.get(LOGIN_COOKIE))
    response = see(f"{SIGN_IN}?out=1")
    response.delete_cookie(LOGIN_COOKIE, path="/", httponly=True, samesite="lax", secure=house.renderer.site.https)
    return response


@guarded("page.staff")
async def mine(request: Request, account: Account) -> Response:
    """GET /desk."""
    house = house_of(request)
    district = await house.districts.get()
    coming, past = await house.service.read(_listing)
    roles = await house.identity.roles_in(account, [row.id for row in (*coming, *past)])
    mine = {id: as_in(account, role) for id, role in roles.items()}
    rows = await asyncio.gather(
        *(card(house, request, mine[row.id], row, district) for row in coming if row.id in mine)
    )
    ended = [await card(house, request, mine[row.id], row, district) for row in past if row.id in mine]
    page = MinePage(
        name=account.name,
        role=account.role,
        now=tuple(each for each in rows if each.session.is_live or each.session.phase == "closing"),
        next=tuple(each for each in rows if not each.session.is_live and each.session.phase != "closing"),
        past=tuple(ended),
        may_plan=may(account, "session.schedule"),
    )
    return house.show(request, "staff/mine.html", page)


def _listing(conn: Connection) -> tuple[list[SessionRow], list[SessionRow]]:
    return (
        sessions.listing(conn, phases=reading.SHOWN_PHASES),
        sessions.listing(conn, phases=reading.ENDED_PHASES, newest_first=True, limit=10),
    )


async def card(house: House, request: Request, account: Account, row: SessionRow, district: District) -> MineCard:
    """One hearing with the doors that the account may open in the role it has there."""
    live = await house.service.live(row.id)
    totals = {state: len(rows) for state, rows in live.session.queue.index.items()}
    shown = reading.listed(row, live, district, house.words(request))
    return MineCard(
        session=shown,
        raised=sum(totals.values()),
        waiting=totals.get("new", 0),
        desk=may(account, "page.desk"),
        seat=may(account, "seat.take") and not shown.is_over,
        edit=may(account, "page.schedule") and shown.phase in ("scheduled", "postponed", "doors_open"),
        balance=reading.balance(live.session),
    )


def onward(path: str) -> str:
    """Where to go after signing in."""
    return path if path.startswith(_STAFF_PATHS) and "//" not in path and "\\" not in path else "/desk"
