"""What an invitation's link opens. Only the form uses it up: programs in which people send links fetch them as well."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from kachehri.guesses import TooMany
from kachehri.i18n.dates import whole_minutes
from kachehri.invitations import InviteRefused, Opened
from kachehri.passwords import Busy
from kachehri.staff import StaffRefused
from kachehri.store.tables import Account
from web import forms, reading
from web.house import House, house_of, see
from web.logins import account_of, keep_login, visit_of
from web.pages.sign_in import come_in
from web.people_shapes import InvitePage
from web.shapes import Link, MessagePage
from web.staff import door, landing


async def show(request: Request) -> Response:
    """GET /invite/{token}."""
    house = house_of(request)
    visit = visit_of(request, house.visitors.of(request).device)
    try:
        opened = await house.invited.look(request.path_params["token"], visit)
        if opened.state != "open":
            raise InviteRefused(opened.state)
    except (InviteRefused, TooMany) as refused:
        return await dead(house, request, refused)
    return await draw(house, request, opened)


async def use(request: Request) -> Response:
    """POST /invite/{token}."""
    house = house_of(request)
    words = house.words(request)
    fields = await forms.read(request, house.origins)
    token = request.path_params["token"]
    visit = visit_of(request, house.visitors.of(request).device)
    login, password = fields.get("login", "").strip()[:64], fields.get("password", "")
    errors: dict[str, str] = {}
    try:
        opened = await house.invited.look(token, visit)
        if opened.state != "open":
            raise InviteRefused(opened.state)
        session = opened.session
        if session is not None:
            me = await account_of(house.identity, request) if fields.get("as") == "me" else None
            done = await house.invited.come_in(token, visit, me)
            path = door(opened.invitation.role, session.id)
            return keep_login(see(path), done, https=house.place.https) if done else see(path)
        if not password:
            errors["password"] = words.plain("staff.need_password")
        elif opened.account is not None:
            return come_in(house, await house.invited.new_password(token, password, visit), "")
        else:
            made = await house.invited.accept(token, login, password, visit)
            return keep_login(see(landing(made.account)), made, https=house.place.https)
    except StaffRefused as refused:
        at = "login" if refused.code in ("login", "taken") else "password"
        errors[at] = words.plain(f"invite.no.{refused.code}")
    except Busy:
        errors["password"] = words.plain("staff.busy")
    except (InviteRefused, TooMany) as refused:
        return await dead(house, request, refused)
    return await draw(house, request, opened, login, errors)


async def draw(
    house: House, request: Request, opened: Opened, login: str | None = None, errors: dict[str, str] | None = None
) -> Response:
    words = house.words(request)
    district = await house.districts.get()
    row, session = opened.invitation, opened.session
    me = await account_of(house.identity, request)
    if login is None and session is None and opened.account is None:
        login = await house.invited.suggest(row)
    page = InvitePage(
        path=request.url.path,
        name=row.name,
        role=words.plain(f"role.{row.role}"),
        office=district.host(row.office_id, words) if row.office_id else house.place.name(words.language.code),
        inviter=opened.inviter.name if opened.inviter else "",
        expires_at=opened.expires_at,
        session=reading.listed(session, None, district, words) if session else None,
        reset=opened.account is not None,
        me=me.name if me else "",
        login=opened.account.login if opened.account else login or "",
        errors=errors or {},
    )
    return house.show(request, "staff/invite.html", page, status=422 if errors else 200)


async def dead(house: House, request: Request, refused: InviteRefused | TooMany) -> Response:
    """A link that opens nothing any more: why, and whom to ask."""
    words = house.words(request)
    code = refused.code if isinstance(refused, InviteRefused) else "wait"
    lines = [words.plain(f"invite.dead.{code}", n=whole_minutes(getattr(refused, "wait_ms", 0)))]
    inviter = await _inviter(house, request) if code not in ("wait", "unknown") else None
    if inviter is not None:
        lines.append(words.plain("invite.ask", name=inviter.name))
    elif code != "wait":
        lines.append(words.plain("invite.ask_office"))
    page = MessagePage(
        title=words.plain("invite.dead_title"),
        lines=tuple(lines),
        links=(Link(words.plain("staff.signin"), "/staff", "key"), Link(words.plain("error.home"), "/")),
        icon="lock",
    )
    return house.show(request, "message.html", page, status={"unknown": 404, "wait": 429}.get(code, 410))


async def _inviter(house: House, request: Request) -> Account | None:
    visit = visit_of(request, house.visitors.of(request).device)
    try:
        opened: Opened = await house.invited.look(request.path_params["token"], visit)
    except (InviteRefused, TooMany):
        return None
    return opened.inviter
