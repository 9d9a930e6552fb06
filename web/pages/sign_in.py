"""The staff's door: name and password, then the second factor where an account has one, and out again."""

from __future__ import annotations

from typing import Final
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response

from kachehri.i18n import Words
from kachehri.i18n.dates import MINUTE_MS, whole_minutes
from kachehri.identity import SecondStep, SignInRefused
from kachehri.logins import SignedIn
from web import forms
from web.house import House, house_of, see
from web.logins import LOGIN_COOKIE, STEP_COOKIE, account_of, drop_cookie, keep_login, visit_of
from web.staff import SIGN_IN, landing
from web.staff_shapes import SecondStepPage, SignInPage

SECOND: Final = "/staff/second"
#: Where a sign-in may lead: our own staff pages, never another site (open redirect).
_STAFF_PATHS: Final = (
    "/desk",
    "/mod/",
    "/official/",
    "/sessions/",
    "/people",
    "/account",
    "/setup",
    "/office",
    "/tickets",
    "/audit",
    "/keys",
    "/erase",
)


async def form(request: Request) -> Response:
    """GET /staff."""
    house = house_of(request)
    account = await account_of(house.identity, request)
    if account is not None:
        return see(onward(request.query_params.get("next", "")) or landing(account))
    words = house.words(request)
    messages = {"out": "staff.signed_out", "late": "second.late", "ended": "staff.ended"}
    message = next((words.plain(key) for name, key in messages.items() if name in request.query_params), "")
    tone = "ok" if "out" in request.query_params else "warn"
    page = SignInPage(next=request.query_params.get("next", ""), message=message, tone=tone)
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
        try:
            done = await house.identity.sign_in(login, password, visit_of(request, house.visitors.of(request).device))
        except SignInRefused as refused:
            status = 403 if refused.code == "wrong" else 429
            errors["login"] = told(words, refused)
        else:
            return come_in(house, done, fields.get("next", ""))
    page = SignInPage(login=login, next=fields.get("next", ""), errors=errors)
    return house.show(request, "staff/sign_in.html", page, status=status)


def come_in(house: House, done: SignedIn | SecondStep, wanted: str) -> Response:
    """On to the page that was wanted, or to the second step on the way there."""
    path = onward(wanted)
    if isinstance(done, SecondStep):
        return keep_login(see(f"{SECOND}?next={quote(path)}" if path else SECOND), done, https=house.place.https)
    return keep_login(see(path or landing(done.account)), done, https=house.place.https)


async def second(request: Request) -> Response:
    """GET /staff/second."""
    house = house_of(request)
    if STEP_COOKIE not in request.cookies:
        return see(SIGN_IN)
    page = SecondStepPage(next=request.query_params.get("next", ""), now=house.now())
    return house.show(request, "staff/second.html", page)


async def confirm(request: Request) -> Response:
    """POST /staff/second."""
    house = house_of(request)
    words = house.words(request)
    fields = await forms.read(request, house.origins)
    code = fields.get("code", "").strip()[:40]
    errors = {} if code else {"code": words.plain("second.need")}
    status = 422
    if not errors:
        visit = visit_of(request, house.visitors.of(request).device)
        try:
            done = await house.identity.second_step(request.cookies.get(STEP_COOKIE), code, visit)
        except SignInRefused as refused:
            if refused.code == "late":
                return drop_cookie(see(f"{SIGN_IN}?late=1"), STEP_COOKIE, https=house.place.https)
            status = 403 if refused.code == "code" else 429
            errors["code"] = told(words, refused)
        else:
            return come_in(house, done, fields.get("next", ""))
    page = SecondStepPage(next=fields.get("next", ""), now=house.now(), errors=errors)
    return house.show(request, "staff/second.html", page, status=status)


def told(words: Words, refused: SignInRefused) -> str:
    """Why nobody is signed in; which of name and password was wrong is never said."""
    if refused.code == "wait":
        if refused.wait_ms < MINUTE_MS:
            return words.plain("staff.slow_down_s", n=max(1, -(-refused.wait_ms // 1_000)))
        return words.plain("staff.slow_down", n=whole_minutes(refused.wait_ms))
    return words.plain({"busy": "staff.busy", "code": "second.wrong"}.get(refused.code, "staff.wrong"))


async def leave(request: Request) -> Response:
    """POST /staff/out."""
    house = house_of(request)
    await forms.read(request, house.origins)
    await house.identity.sign_out(request.cookies.get(LOGIN_COOKIE))
    return drop_cookie(see(f"{SIGN_IN}?out=1"), LOGIN_COOKIE, https=house.place.https)


def onward(path: str) -> str:
    """The page that was wanted before signing in, if it is one of ours."""
    return path if path.startswith(_STAFF_PATHS) and "//" not in path and "\\" not in path else ""
