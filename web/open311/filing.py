"""POST: a request is filed; and what a token stands for.

A token is given instead of a number for services of the type blackbox. It says that the request arrived and never
becomes a number: whoever files for somebody else need not know what became of a matter that is nobody's business.
"""

from __future__ import annotations

import re
from typing import Any, Final
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import Response

from kachehri import api_keys
from kachehri.filing import Filed, Filing
from kachehri.i18n import Words
from kachehri.intake import normal_phone
from kachehri.logins import hash_of
from kachehri.store import Connection, doors
from rooms.base import Refused
from rooms.limits import NAME_MAX
from rooms.text import clean
from web.house import house_of
from web.open311 import shapes
from web.open311.asking import Parameters, of_form, of_query
from web.open311.door import check_jurisdiction, key_of, opened
from web.open311.errors import Fault, Faulty
from web.open311.writing import Format, answer
from web.topics import OTHER, District

DESCRIPTION_MOST: Final = 4_000
ADDRESS_MOST: Final = 300
SHORT_MOST: Final = 128
LINK_MOST: Final = 500
ATTRIBUTES_MOST: Final = 20
_MAIL: Final = re.compile(r"[^@\s]{1,64}@[^@\s]{1,190}\.[^@\s.]{2,63}")


@opened
async def post(request: Request, format: Format) -> Response:
    """POST requests: a ticket, or its token."""
    house = house_of(request)
    asked = await of_form(request)
    key = await key_of(house, asked, "file")
    house.doors.paces.take(key)
    check_jurisdiction(request, asked)
    found = await house.districts.get()
    wanted = filing(asked, found)
    asked.checked()
    zone = ZoneInfo(house.place.timezone)

    def write(conn: Connection, now: int) -> Filed:
        api_keys.check_day(conn, now, key)
        api_keys.touch(conn, now, key)
        return house.doors.filer.file(conn, now, key.id, wanted, zone)

    filed = await house.write(write)
    reply = made(filed, wanted, found, house.words(request))
    return answer(format, "service_requests", [reply])


@opened
async def token(request: Request, format: Format) -> Response:
    """GET tokens/{token}."""
    asked = of_query(request)
    check_jurisdiction(request, asked)
    asked.checked()
    shown = request.path_params["token"]
    if await house_of(request).service.read(doors.by_token, hash_of(shown[:SHORT_MOST])) is None:
        raise Faulty(Fault(404, "token was not found"))
    return answer(format, "service_requests", [{"token": shown}])


def made(filed: Filed, wanted: Filing, found: District, words: Words) -> dict[str, Any]:
    days = next((each.sla_days for each in found.categories if each.code == wanted.category), 0)
    key = "open311.filed_private" if filed.private else "open311.filed" if days else "open311.filed_sorting"
    notice = shapes.told(
        words, key, n=days, office=found.office(filed.office, words) or found.host(filed.office, words)
    )
    name = {"token": filed.token} if filed.private else {"service_request_id": filed.reference}
    return {**name, "service_notice": notice, "account_id": None}


def filing(asked: Parameters, found: District) -> Filing:
    """What is filed; everything that is wrong with it is noted in `asked`."""
    code = asked.get("service_code")
    if not code:
        asked.wrong("service_code was not provided")
    elif code not in found.category_codes():
        asked.wrong("service_code was not found", 404)
    lat, long = asked.degrees("lat", 90), asked.degrees("long", 180)
    if bool(asked.get("lat")) != bool(asked.get("long")):
        asked.wrong("lat and long go together")
    if not (asked.get("lat") or asked.get("long") or asked.get("address_string") or asked.get("address_id")):
        asked.wrong("A location was not provided: lat and long, or address_string, or address_id")
    return Filing(
        category=code or OTHER,
        area=_area(asked, found),
        sender=(asked.get("device_id") or asked.get("account_id"))[:SHORT_MOST],
        words=_text(asked, "description", DESCRIPTION_MOST, lines=True),
        lat=lat,
        long=long,
        address=_text(asked, "address_string", ADDRESS_MOST),
        name=_name(asked),
        phone=_phone(asked),
        email=_mail(asked),
        more=_more(asked),
    )


def _area(asked: Parameters, found: District) -> str:
    known = shapes.known_areas(found.areas)
    named = asked.get("address_id")
    if named and named not in known:
        asked.wrong("address_id was not found among the places of services/{service_code}")
    picked = asked.attributes.get(shapes.AREA, [])
    if len(picked) > 1 or set(picked) - known.keys():
        asked.wrong(f"attribute[{shapes.AREA}] is none of its values")
    return known.get(named) or (known.get(picked[0]) if picked else "") or ""


def _text(asked: Parameters, name: str, most: int, *, lines: bool = False) -> str:
    """Words as everybody's are cleaned; without any, nothing."""
    try:
        return clean(asked.get(name), most, one_line=not lines) if asked.get(name) else ""
    except Refused as refused:
        if refused.code == "text_too_long":
            asked.wrong(f"{name} has more than {most} characters")
        elif refused.code != "text_empty":
            asked.wrong(f"{name} cannot be read")
        return ""


def _name(asked: Parameters) -> str:
    return " ".join(filter(None, (_text(asked, name, NAME_MAX) for name in ("first_name", "last_name"))))


def _phone(asked: Parameters) -> str:
    try:
        return normal_phone(asked.get("phone")) if asked.get("phone") else ""
    except Refused:
        asked.wrong("phone is no phone number")
        return ""


def _mail(asked: Parameters) -> str:
    if asked.get("email") and _MAIL.fullmatch(asked.get("email")) is None:
        asked.wrong("email is no e-mail address")
    return asked.get("email")


def _more(asked: Parameters) -> dict[str, str]:
    """What else was said, for the office alone: nothing of it is fetched, and nothing published."""
    found = {}
    link = asked.get("media_url")
    if link and (len(link) > LINK_MOST or urlsplit(link).scheme not in ("http", "https")):
        asked.wrong("media_url is no web address")
    elif link:
        found["media_url"] = link
    if len(asked.attributes) > ATTRIBUTES_MOST:
        asked.wrong(f"There are more than {ATTRIBUTES_MOST} attributes")
    for code, values in asked.attributes.items():
        if code != shapes.AREA:
            found[f"attribute/{code}"] = ", ".join(values)[:LINK_MOST]
    return found
