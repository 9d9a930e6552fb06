"""Inviting staff, to the house or to one hearing, and what has become of the invitations.

The links are shown in the answer to the form and nowhere again: the database knows only their hashes. The form sent
twice shows the same links (kachehri/inviting.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from kachehri.appointments import role_in
from kachehri.i18n import LANGUAGES, Words
from kachehri.invitations import NAME_MOST, InviteRefused, Made, Wanted, administers, expiry, may_give
from kachehri.staff import ROLES
from kachehri.store import Connection, accounts, appointments, invitations, sessions
from kachehri.store.tables import Account, Appointment, Invitation
from kachehri.store.tables import Session as SessionRow
from web import forms, reading
from web.cards import Choice
from web.house import House, house_of
from web.official_page import seat_name
from web.pages.receipts import square
from web.people_shapes import HereRow, InviteRow, LinkCard, LinksPage, PendingRow, PeoplePage, StaffRow
from web.staff import guarded
from web.topics import District

#: Who is usually missing on a new server, in the order in which the form offers them.
USUAL: Final = ("chair", "moderator", "officer", "officer")
USUAL_HERE: Final = ("moderator", "official", "interpreter", "observer")
GOOD: Final = "good"
KEY_LEAST: Final = 22


@guarded("page.accounts")
async def show(request: Request, account: Account) -> Response:
    """GET /people."""
    return await draw(request, account)


@guarded("page.accounts")
async def act(request: Request, account: Account) -> Response:
    """POST /people."""
    return await step(request, account)


@guarded("page.invite")
async def show_here(request: Request, account: Account) -> Response:
    """GET /sessions/{session}/people."""
    return await draw(request, account)


@guarded("page.invite")
async def act_here(request: Request, account: Account) -> Response:
    """POST /sessions/{session}/people."""
    return await step(request, account)


async def step(request: Request, account: Account) -> Response:
    """Invite, take back, make anew, or end an appointment."""
    house = house_of(request)
    words = house.words(request)
    fields = await forms.read(request, house.origins)
    session_id = request.path_params.get("session")
    id = fields.get("id", "")
    try:
        match fields.get("do"):
            case "invite":
                return await invite(request, account, fields)
            case "anew":
                return await links(request, [await house.invitations.anew(account, id)])
            case "revoke":
                await house.invitations.revoke(account, id)
                return await draw(request, account, message=words.plain("team.revoked"))
            case "end" if session_id is not None:
                await house.write(_end, account, session_id, id)
                house.identity.logins.tell(id)
                return await draw(request, account, message=words.plain("team.ended"))
    except InviteRefused as refused:
        key = f"team.no.{refused.code}"
        return await draw(
            request, account, errors={"people": words.plain(key if words.has(key) else "team.no.not_allowed")}
        )
    raise forms.FormRefused(400)


def _end(conn: Connection, now: int, by: Account, session_id: str, account_id: str) -> None:
    row = appointments.get(conn, session_id, account_id)
    if row is None or not may_give(by.role, row.role, session=True):
        raise InviteRefused("not_allowed")
    appointments.end(conn, session_id, account_id, now)


async def invite(request: Request, account: Account, fields: Mapping[str, str]) -> Response:
    """Everybody whose name was filled in, or nobody."""
    house = house_of(request)
    words = house.words(request)
    session_id = request.path_params.get("session") or (fields.get("span", GOOD).removeprefix(GOOD) or None)
    rows = typed(fields)
    named = [row for row in rows if row.name]
    if not named:
        return await draw(request, account, fields, {"name0": words.plain("team.no.nobody")})
    if len(fields.get("key", "")) < KEY_LEAST:
        return await draw(request, account, fields, {"name0": words.plain("staff.form_old")})
    wanted = [
        Wanted(
            name=row.name,
            role=row.role,
            office_id=None if session_id else row.office or account.office_id,
            session_id=session_id,
            seat=row.seat or None,
            language=fields.get("language", "") if fields.get("language") in LANGUAGES else house.place.language,
        )
        for row in named
    ]
    try:
        made = await house.invitations.invite(account, wanted, fields["key"])
    except InviteRefused as refused:
        row = named[refused.row]
        at = {"role": "role", "office": "office"}.get(refused.code, "name")
        error = {f"{at}{row.n}": words.plain(f"team.no.{refused.code}", most=NAME_MOST)}
        return await draw(request, account, fields, error)
    return await links(request, made)


def typed(fields: Mapping[str, str]) -> list[InviteRow]:
    """The lines of the form."""
    return [
        InviteRow(n, *(fields.get(f"{field}{n}", "").strip()[:200] for field in ("name", "role", "office", "seat")))
        for n in range(len(USUAL))
    ]


async def links(request: Request, made: list[Made]) -> Response:
    """The links, to be copied, photographed or printed."""
    house = house_of(request)
    words = house.words(request)
    district = await house.districts.get()
    page = LinksPage(
        path=request.url.path,
        place=house.place.name(words.language.code),
        cards=tuple([await link(house, words, district, n, each) for n, each in enumerate(made)]),
        setting_up=not house.place.set_up_at,
    )
    return house.show(request, "staff/links.html", page)


async def link(house: House, words: Words, district: District, n: int, made: Made) -> LinkCard:
    row = made.invitation
    session = await house.service.read(sessions.get, row.session_id) if row.session_id else None
    url = f"{house.place.address}/invite/{made.token}"
    return LinkCard(
        n=n,
        name=row.name,
        role=words.plain(f"role.{row.role}"),
        what=reading.listed(session, None, district, words).title if session else district.office(row.office_id, words),
        url=url,
        qr=square(url),
        expires_at=expiry(row, session.ends_at if session else None),
        reset=row.account_id is not None,
    )


async def draw(
    request: Request,
    account: Account,
    fields: Mapping[str, str] | None = None,
    errors: Mapping[str, str] | None = None,
    message: str = "",
) -> Response:
    """The page, with what was typed and what is wrong with it."""
    house = house_of(request)
    words = house.words(request)
    district = await house.districts.get()
    session_id = request.path_params.get("session")
    known, here, open_ones, coming = await house.service.read(_read, account, session_id)
    usual = USUAL_HERE if session_id else USUAL
    values = fields or {}
    given = [role for role in ROLES if may_give(account.role, role, session=session_id is not None)]
    page = PeoplePage(
        path=request.url.path,
        key=forms.new_key(),
        rows=tuple(
            row if fields else replace(row, role=usual[row.n] if usual[row.n] in given else given[0])
            for row in typed(values)
        ),
        roles=tuple(Choice(role, words.plain(f"role.{role}")) for role in given),
        offices=offices(account, district, words),
        spans=spans(coming, account, district, words) if session_id is None else (),
        seats=(),
        span=values.get("span", GOOD),
        language=values.get("language", house.place.language),
        languages=tuple(Choice(code, each.name) for code, each in LANGUAGES.items()),
        staff=tuple(staff_row(each, account, district, words) for each in known),
        here=tuple(HereRow(who.id, who.name, row.role, row.seat or "", who.guest) for row, who in here),
        pending=tuple(
            pending(row, ends_at, title, house.now(), district, words, may) for row, ends_at, title, may in open_ones
        ),
        message=message,
        setting_up=not house.place.set_up_at,
        errors=errors or {},
    )
    if session_id is not None:
        live = await house.service.live(session_id)
        seen = reading.public(live).seats
        named = tuple(Choice(id, seat_name(id, row, words)) for id, row in seen.items() if row.kind != "citizen")
        page = replace(page, session=reading.head(live, words), seats=named)
    return house.show(request, "staff/people.html", page, status=422 if errors else 200)


Open = tuple[Invitation, int | None, dict[str, str], bool]


def _read(
    conn: Connection, by: Account, session_id: str | None
) -> tuple[list[Account], list[tuple[Appointment, Account]], list[Open], list[SessionRow]]:
    here = appointments.of_session(conn, session_id) if session_id else []
    known = [] if session_id else [each for each in accounts.listing(conn) if not each.guest]
    known = [each for each in known if administers(conn, by, each.office_id)]
    open_ones: list[Open] = []
    for row in invitations.open_ones(conn, session_id):
        session = sessions.get(conn, row.session_id) if row.session_id else None
        titles = {"ur": session.title_ur, "en": session.title_en} if session else {}
        if row.session_id is not None:
            may = may_give(role_in(conn, by, row.session_id) or "", row.role, session=True)
        else:
            may = administers(conn, by, row.office_id)
        if session_id is not None or may:
            open_ones.append((row, session.ends_at if session else None, titles, may))
    coming = sessions.listing(conn, phases=reading.SHOWN_PHASES)
    return known, here, open_ones, coming


def offices(account: Account, district: District, words: Words) -> tuple[Choice, ...]:
    """Where somebody may belong: everywhere, or one office."""
    named = tuple(Choice(id, district.host(id, words)) for id in district.offices)
    return named if account.office_id else (Choice("", words.plain("team.whole_house")), *named)


def spans(coming: list[SessionRow], account: Account, district: District, words: Words) -> tuple[Choice, ...]:
    """For good, or for one of the coming hearings."""
    hearings = (reading.listed(row, None, district, words) for row in coming)
    named = (
        Choice(GOOD + each.id, words.plain("team.only", title=each.title, when=words.dates.when(each.starts_at)))
        for each in hearings
    )
    return (Choice(GOOD, words.plain("team.for_good")), *named)


def staff_row(each: Account, me: Account, district: District, words: Words) -> StaffRow:
    return StaffRow(
        id=each.id,
        name=each.name,
        login=each.login,
        role=each.role,
        office=district.host(each.office_id, words) if each.office_id else "",
        off=each.disabled_at is not None,
        second=each.totp is not None,
        me=each.id == me.id,
    )


def pending(
    row: Invitation,
    ends_at: int | None,
    titles: Mapping[str, str],
    now: int,
    district: District,
    words: Words,
    may: bool,
) -> PendingRow:
    end = expiry(row, ends_at)
    return PendingRow(
        id=row.id,
        name=row.name,
        role=row.role,
        office=district.host(row.office_id, words) if row.office_id else "",
        session=reading.title(titles, words),
        expires_at=end,
        over=now >= end,
        reset=row.account_id is not None,
        may=may,
    )
