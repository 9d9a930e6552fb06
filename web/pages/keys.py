"""Keys for programs of others: made, shown once, and taken back.

A key is shown in the answer to the form that made it and nowhere again; the database knows only its hash.
"""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from kachehri import api_keys
from kachehri.api_keys import NAME_MOST, PER_DAY, PER_DAY_MOST, PER_MINUTE, PER_MINUTE_MOST, SCOPES
from kachehri.i18n import Words
from kachehri.i18n.digits import only_digits
from kachehri.store import doors
from kachehri.store.tables import Account, ApiKey
from rooms.base import Refused
from rooms.text import clean
from web import forms
from web.doors import address_of
from web.house import house_of
from web.keys_shapes import FreshApiKey, KeyRow, KeysPage, KeyValues
from web.staff import guarded


@guarded("page.keys")
async def show(request: Request, account: Account) -> Response:
    """GET /keys."""
    return await draw(request, usual())


@guarded("page.keys")
async def act(request: Request, account: Account) -> Response:
    """POST /keys: make a key, or take one back."""
    house = house_of(request)
    words = house.words(request)
    fields = await forms.read(request, house.origins)
    match fields.get("do"):
        case "revoke":
            id = fields.get("id", "")[:16]
            await house.write(lambda conn, now: api_keys.revoke(conn, now, id, account.id))
            return await draw(request, usual(), message=words.plain("programs.revoked"))
        case "make":
            return await make(request, account, fields)
    raise forms.FormRefused(400)


async def make(request: Request, account: Account, fields: dict[str, str]) -> Response:
    house = house_of(request)
    values = KeyValues(
        name=fields.get("name", "")[:200],
        scopes=tuple(each for each in SCOPES if fields.get(each) == "1"),
        per_minute=fields.get("per_minute", "")[:12],
        per_day=fields.get("per_day", "")[:12],
    )
    errors = faults(values, house.words(request))
    if errors:
        return await draw(request, values, errors=errors, status=422)
    scopes = [each for each in SCOPES if each in values.scopes]
    minute, day = int(only_digits(values.per_minute)), int(only_digits(values.per_day))
    name = clean(values.name, NAME_MOST, one_line=True)
    key = await house.write(
        lambda conn, now: api_keys.make(
            conn, now, name=name, scopes=scopes, by=account.id, per_minute=minute, per_day=day
        )
    )
    address = f"{address_of(house.place, request)}/open311/v2"
    return await draw(request, usual(), fresh=FreshApiKey(name, key, address))


def usual() -> KeyValues:
    """What the empty form begins with."""
    return KeyValues(per_minute=str(PER_MINUTE), per_day=str(PER_DAY))


def faults(values: KeyValues, words: Words) -> dict[str, str]:
    """Field → sentence for everything that is wrong, in the order of the form."""
    found: dict[str, str] = {}
    try:
        clean(values.name, NAME_MOST, one_line=True)
    except Refused as refused:
        long = refused.code == "text_too_long"
        found["name"] = words.plain("programs.long_name" if long else "programs.need_name", limit=NAME_MOST)
    if not values.scopes:
        found["scopes"] = words.plain("programs.need_scope")
    for name, most in (("per_minute", PER_MINUTE_MOST), ("per_day", PER_DAY_MOST)):
        digits = only_digits(getattr(values, name))
        if not digits or not 1 <= int(digits) <= most:
            found[name] = words.plain("programs.number", most=most)
    return found


async def draw(
    request: Request,
    values: KeyValues,
    *,
    errors: dict[str, str] | None = None,
    fresh: FreshApiKey | None = None,
    message: str = "",
    status: int = 200,
) -> Response:
    house = house_of(request)
    rows = [_row(*each) for each in await house.service.read(doors.keys)]
    page = KeysPage(
        rows=tuple(row for row in rows if not row.revoked_at),
        gone=tuple(row for row in rows if row.revoked_at),
        values=values,
        scopes=SCOPES,
        errors=errors or {},
        fresh=fresh,
        message=message,
    )
    return house.show(request, "staff/keys.html", page, status=status)


def _row(key: ApiKey, made_by: str, filed: int) -> KeyRow:
    return KeyRow(
        id=key.id,
        name=key.name,
        scopes=tuple(key.scopes),
        made_at=key.made_at,
        made_by=made_by,
        filed=filed,
        per_minute=key.per_minute,
        per_day=key.per_day,
        used_at=key.used_at or 0,
        revoked_at=key.revoked_at or 0,
    )
