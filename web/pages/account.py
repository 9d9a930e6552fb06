"""One's own account: how one is called, the password, the second factor, and where one is signed in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from kachehri import second_factor, staff
from kachehri.i18n import LANGUAGES
from kachehri.identity import SignInRefused
from kachehri.invitations import NAME_MOST
from kachehri.passwords import Busy
from kachehri.store import accounts
from kachehri.store.tables import Account
from web import forms
from web.cards import Choice
from web.house import house_of, see
from web.logins import LOGIN_COOKIE, visit_of
from web.pages.person import login_rows
from web.pages.receipts import square
from web.pages.sign_in import told
from web.people_shapes import AccountPage, AccountValues, CodesPage, SetUpSecondPage
from web.render import LANGUAGE_COOKIE
from web.staff import guarded

YEAR_S: Final = 31_536_000
#: Acts that whoever has no password of their own has no use for.
_OWN: Final = frozenset({"password", "off", "codes"})


@guarded("page.account")
async def show(request: Request, account: Account) -> Response:
    """GET /account."""
    saved = "saved" in request.query_params
    words = house_of(request).words(request)
    return await draw(request, account, message=words.plain("account.saved") if saved else "")


@guarded("page.account")
async def act(request: Request, account: Account) -> Response:
    """POST /account."""
    house = house_of(request)
    words = house.words(request)
    fields = await forms.read(request, house.origins)
    cookie = request.cookies.get(LOGIN_COOKIE)
    do = fields.get("do", "")
    if account.guest and do in _OWN:
        raise forms.FormRefused(400)
    match do:
        case "save":
            return await save(request, account, fields)
        case "password":
            return await new_password(request, account, fields)
        case "off" | "codes":
            return await factor(request, account, fields)
        case "end":
            await house.identity.logins.end_one(account.id, fields.get("id", ""))
        case "others":
            await house.identity.sign_out_everywhere(account.id, cookie)
        case _:
            raise forms.FormRefused(400)
    return await draw(request, account, message=words.plain("account.ended"))


async def save(request: Request, account: Account, fields: Mapping[str, str]) -> Response:
    house = house_of(request)
    words = house.words(request)
    name = " ".join(fields.get("name", "").split())
    titles = {each: " ".join(fields.get(each, "").split())[:NAME_MOST] for each in ("title_ur", "title_en")}
    language = fields.get("language", "")
    values = AccountValues(name, language, **titles)
    unseen = not all(each.isprintable() for each in (name, *titles.values()))
    if not name or len(name) > NAME_MOST or unseen or language not in LANGUAGES:
        error = {"name": words.plain("team.no.name", most=NAME_MOST)}
        return await draw(request, account, errors=error, values=values)
    await house.write(lambda conn, _now: accounts.describe(conn, account.id, name=name, language=language, **titles))
    response = see("/account?saved=1")
    secure = house.place.https
    response.set_cookie(
        LANGUAGE_COOKIE, language, max_age=YEAR_S, httponly=True, samesite="lax", secure=secure, path="/"
    )
    return response


async def new_password(request: Request, account: Account, fields: Mapping[str, str]) -> Response:
    """The old one, then the new one once: it can be shown while it is typed."""
    house = house_of(request)
    words = house.words(request)
    password = fields.get("password", "")
    try:
        staff.check_password(password, account.login)
        await house.identity.confirm(
            account, fields.get("old", ""), visit_of(request, house.visitors.of(request).device)
        )
        await house.identity.change_password(account, password, request.cookies.get(LOGIN_COOKIE))
    except staff.StaffRefused as refused:
        return await draw(request, account, errors={"password": words.plain(f"invite.no.{refused.code}")})
    except SignInRefused as refused:
        error = words.plain("account.old_wrong") if refused.code == "wrong" else told(words, refused)
        return await draw(request, account, errors={"old": error})
    except Busy:
        return await draw(request, account, errors={"old": words.plain("staff.busy")})
    return await draw(request, account, message=words.plain("account.password_changed"))


async def factor(request: Request, account: Account, fields: Mapping[str, str]) -> Response:
    """Take the second factor away, or print new codes; both only with the password."""
    house = house_of(request)
    words = house.words(request)
    do = fields["do"]
    try:
        visit = visit_of(request, house.visitors.of(request).device)
        await house.identity.confirm(account, fields.get("confirm", ""), visit)
    except SignInRefused as refused:
        error = words.plain("account.old_wrong") if refused.code == "wrong" else told(words, refused)
        return await draw(request, account, errors={"confirm": error})
    if do == "off":
        await house.write(lambda conn, _now: accounts.set_factor(conn, account.id, None, []))
        return await draw(request, account, message=words.plain("account.second_off"))
    if account.totp is None:
        raise forms.FormRefused(400)
    fresh = second_factor.new_codes()
    hashes = house.identity.factor.hashes(fresh)
    await house.write(lambda conn, _now: accounts.set_recovery(conn, account.id, hashes))
    return codes(request, account, fresh)


def codes(request: Request, account: Account, fresh: list[str]) -> Response:
    house = house_of(request)
    place = house.place.name(house.words(request).language.code)
    return house.show(request, "staff/codes.html", CodesPage(tuple(fresh), place, account.login))


@guarded("page.account")
async def second(request: Request, account: Account) -> Response:
    """GET /account/second: a new secret, which counts for nothing until a code of it comes back."""
    if account.totp is not None:  # taking the old one away asks for the password
        return see("/account")
    return set_up(request, account, second_factor.new_secret(), {})


@guarded("page.account")
async def confirm(request: Request, account: Account) -> Response:
    """POST /account/second."""
    house = house_of(request)
    words = house.words(request)
    fields = await forms.read(request, house.origins)
    secret, code = fields.get("secret", ""), fields.get("code", "")
    if (
        account.guest
        or account.totp is not None
        or len(secret) != 32
        or not set(secret) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")
    ):
        raise forms.FormRefused(400)
    now = house.now()
    step = second_factor.step_of(secret, code, now)
    if step is None:
        off = second_factor.drift_ms(secret, code, now)
        error = words.plain("second.wrong_setup")
        if off is not None:
            ahead = "ahead" if off > 0 else "behind"
            minutes = max(1, abs(off) // 60_000)
            error = (
                words.plain(f"second.{ahead}", minutes)
                if minutes < 120
                else words.plain(f"second.{ahead}_h", minutes // 60)
            )
        return set_up(request, account, secret, {"code": error})
    fresh = second_factor.new_codes()
    sealed, hashes = house.identity.factor.seal(account.id, secret), house.identity.factor.hashes(fresh)
    if not await house.write(lambda conn, _now: accounts.begin_factor(conn, account.id, sealed, hashes, step)):
        raise forms.FormRefused(400)
    return codes(request, account, fresh)


def set_up(request: Request, account: Account, secret: str, errors: dict[str, str]) -> Response:
    house = house_of(request)
    if account.guest:
        raise forms.FormRefused(400)
    issuer = house.place.name("en") or house.words(request).plain("site.name")
    page = SetUpSecondPage(
        secret=secret,
        spaced=" ".join(secret[at : at + 4] for at in range(0, len(secret), 4)),
        qr=square(second_factor.uri(secret, account.login, issuer)),
        now=house.now(),
        errors=errors,
    )
    return house.show(request, "staff/second_setup.html", page, status=422 if errors else 200)


async def draw(
    request: Request,
    account: Account,
    *,
    message: str = "",
    errors: Mapping[str, str] | None = None,
    values: AccountValues | None = None,
) -> Response:
    house = house_of(request)
    words = house.words(request)
    district = await house.districts.get()
    found = await house.identity.found(request.cookies.get(LOGIN_COOKIE))
    if found is None:
        return see("/staff?ended=1")
    account = found.account
    page = AccountPage(
        login="" if account.guest else account.login,
        role=words.plain(f"role.{account.role}"),
        office=district.host(account.office_id, words) if account.office_id else "",
        values=values or AccountValues(account.name, account.language, account.title_ur, account.title_en),
        languages=tuple(Choice(code, each.name) for code, each in LANGUAGES.items()),
        logins=login_rows(await house.identity.logins.listing(account.id), found.login),
        guest=account.guest,
        second=account.totp is not None,
        codes_left=len(account.recovery),
        message=message,
        errors=errors or {},
    )
    return house.show(request, "staff/account.html", page, status=422 if errors else 200)
