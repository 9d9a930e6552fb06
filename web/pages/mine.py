"""What is held about a person, for her own eyes and to take away, and the way to have it erased.

The receipt's link opens it. On the phone that asked, it shows everything that this phone asked in the hearing; anywhere
else only the question of the link, and the end of the phone number: families share phones, and links are handed on.
Where a number was left, erasing from another phone takes its last four digits.
"""

from __future__ import annotations

import hmac
from dataclasses import replace
from typing import Final

import msgspec
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from kachehri import audit, erasure, own_ticket
from kachehri.guesses import TooMany, network
from kachehri.holding import Held, held
from kachehri.i18n.digits import only_digits
from kachehri.people import CODE_DIGITS
from kachehri.store import Connection
from kachehri.store import questions as question_rows
from kachehri.store import tickets as ticket_rows
from kachehri.store.questions import Asked
from kachehri.store.tables import Account, Ticket
from rooms.base import Refused
from web import forms, reading
from web.errors import sentence, status_of
from web.house import House, house_of, see
from web.mine_shapes import ErasePage, HeldPage, HeldTopic
from web.pages import track
from web.staff import guarded

ENCODE: Final = msgspec.json.Encoder().encode


async def show(request: Request) -> Response:
    """GET /q/{token}/mine."""
    house = house_of(request)
    return await drawn(house, request, *await opened(house, request))


async def take(request: Request) -> Response:
    """GET /q/{token}/mine.json: the same, for another program."""
    house = house_of(request)
    asked, own = await opened(house, request)
    found = await read(house, asked, own)
    return Response(
        msgspec.json.format(ENCODE(found), indent=2),
        media_type="application/json",
        headers={"content-disposition": f'attachment; filename="kachehri-{asked.reference}.json"'},
    )


async def erase(request: Request) -> Response:
    """POST /q/{token}/erase."""
    house = house_of(request)
    words = house.words(request)
    fields = await forms.read(request, house.origins)
    asked, own = await opened(house, request)
    if fields.get("sure") != "1":
        return await drawn(house, request, asked, own, errors={"sure": words.plain("held.need_sure")}, status=422)
    if not own and not await knows_phone(house, request, asked, only_digits(fields.get("digits", "")[:64])):
        return await drawn(house, request, asked, own, errors={"digits": words.plain("held.digits_wrong")}, status=422)
    try:
        await away(house, asked, account=None)
    except Refused as refused:
        return await drawn(
            house, request, asked, own, told=sentence(words, refused.code), status=status_of(refused.code)
        )
    return see(f"/q/{request.path_params['token']}/mine")


async def opened(house: House, request: Request) -> tuple[Asked, bool]:
    """The question of the link, and whether this is the phone that asked it."""
    question = house.service.people.question_of(request.path_params["token"])
    asked = await house.service.read(question_rows.by_id, question) if question else None
    if asked is None:
        raise HTTPException(404)
    return asked, house.visitors.of(request).participant(asked.session_id) == asked.asker


async def read(house: House, asked: Asked, own: bool) -> Held:
    live = await house.service.live(asked.session_id)
    question = live.session.queue.questions[asked.id]
    only, also = None if own else asked.id, (question.name, question.village)
    return await house.service.read(held, house.service.people, asked.session_id, asked.asker, only, also)


async def drawn(
    house: House,
    request: Request,
    asked: Asked,
    own: bool,
    *,
    errors: dict[str, str] | None = None,
    told: str = "",
    status: int = 200,
) -> Response:
    words = house.words(request)
    found = await read(house, asked, own)
    live = await house.service.live(asked.session_id)
    district = await house.districts.get()
    page = HeldPage(
        token=request.path_params["token"],
        session=reading.head(live, words),
        held=found,
        topics=tuple(
            HeldTopic(district.topic(each.category, words), district.area(each.area, words)) for each in found.questions
        ),
        own=own,
        asks_digits=bool(found.phone) and not own,
        errors=errors or {},
        told=told,
    )
    return house.show(request, "mine.html", page, status=status)


async def knows_phone(house: House, request: Request, asked: Asked, digits: str) -> bool:
    """Whether these end the number that was left; where none was left, there is nothing to know. Tries are counted."""
    people = house.service.people

    def look(conn: Connection) -> str:
        person = people.persons(conn, [asked.asker]).get(asked.asker)
        return (people.phone(conn, person) if person else None) or ""

    phone = await house.service.read(look)
    if not phone:
        return True
    place = network(request.client.host if request.client else "")
    try:
        await house.write(track.count_try, house, f"erase {asked.reference}", place)
    except TooMany:
        return False
    same = hmac.compare_digest(phone[-forms.PHONE_DIGITS :].encode(), digits[-forms.PHONE_DIGITS :].encode())
    return same and len(digits) >= forms.PHONE_DIGITS


async def away(house: House, asked: Asked, *, account: str | None, reason: str = "") -> None:
    """Erase, and destroy the papers on which she stands."""
    sessions = await erasure.erase_person(
        house.service, asked.session_id, asked.asker, reference=asked.reference, account=account, reason=reason
    )
    for session in sessions:
        house.press.forget(session)


@guarded("page.erase")
async def by_number(request: Request, account: Account) -> Response:
    """GET /erase."""
    return house_of(request).show(request, "staff/erase.html", ErasePage())


@guarded("page.erase")
async def at_her_wish(request: Request, account: Account) -> Response:
    """POST /erase: an administrator erases somebody who asked for it, by number and code, and says why."""
    house = house_of(request)
    words = house.words(request)
    fields = await forms.read(request, house.origins)
    reference, code = only_digits(fields.get("reference", "")[:64]), only_digits(fields.get("code", "")[:64])
    errors: dict[str, str] = {}
    if len(reference) != forms.REFERENCE_DIGITS:
        errors["reference"] = words.plain("field.reference")
    if len(code) != CODE_DIGITS:
        errors["code"] = words.plain("carry.code_field")
    if not fields.get("reason", "").strip():
        errors["reason"] = words.plain("held.need_reason")
    if fields.get("sure") != "1":
        errors["sure"] = words.plain("held.need_sure")
    page = ErasePage(reference, fields.get("code", "")[:64], fields.get("reason", "")[: audit.REASON_MOST], errors)
    if errors:
        return house.show(request, "staff/erase.html", page, status=422)
    place = network(request.client.host if request.client else "")
    try:
        await house.write(track.count_try, house, f"erase {reference}", place)
    except TooMany:
        told = {"reference": words.plain("track.tries")}
        return house.show(request, "staff/erase.html", replace(page, errors=told), status=429)
    asked = await house.service.read(question_rows.by_reference, reference)
    filed = None if asked else await house.service.read(_filed, reference)
    link = asked.id if asked else own_ticket.link_of(filed) if filed else ""
    if not link or not house.service.people.check(link, code):
        told = {"reference": words.plain("carry.wrong")}
        return house.show(request, "staff/erase.html", replace(page, errors=told), status=404)
    try:
        if asked is not None:
            await away(house, asked, account=account.id, reason=page.reason)
        elif filed is not None and filed.person_id is not None:
            await erasure.erase_outside(
                house.service, filed.person_id, reference=reference, account=account.id, reason=page.reason
            )
    except Refused as refused:
        told = {"reason": sentence(words, refused.code, refused.params)}
        status = status_of(refused.code)
        return house.show(request, "staff/erase.html", replace(page, errors=told), status=status)
    return house.show(request, "staff/erase.html", ErasePage(done=reference))


def _filed(conn: Connection, reference: str) -> Ticket | None:
    """A ticket that came by another door, by a number of its own."""
    found = ticket_rows.by_reference(conn, reference)
    own = found is not None and found.reference == reference and found.session_id is None and found.person_id
    return found if own else None
