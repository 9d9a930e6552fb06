"""All numbers of one browser; and those of another phone, for whoever proves that it is hers: with one number and its
code, or, where the house sends short messages, with a code that comes to the phone.

The list is the answer to the form itself: it has no address of its own that could be kept or handed on.
"""

from __future__ import annotations

from dataclasses import replace

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from kachehri import own_numbers, phone_codes
from kachehri.guesses import TooMany, network
from kachehri.i18n import Words
from kachehri.i18n.dates import whole_minutes
from kachehri.i18n.digits import only_digits
from kachehri.intake import normal_phone
from kachehri.own_numbers import Number
from kachehri.people import CODE_DIGITS
from kachehri.phone_codes import Asked, PhoneCodes
from kachehri.store import Connection
from rooms.base import Refused
from web import forms
from web.cards import way
from web.house import House, house_of
from web.own_shapes import NumberRow, NumbersPage
from web.pages.track import count_try, forget_tries, misread
from web.topics import District

_TONES = {"closed": "ok", "closed_final": "ok", "resolution_proposed": "warn", "awaiting_citizen": "warn"}


async def show(request: Request) -> Response:
    """GET /mine."""
    house = house_of(request)
    return house.show(request, "numbers.html", await _page(house, request))


async def find(request: Request) -> Response:
    """POST /mine: one answer for whatever of the three does not go with the others."""
    house = house_of(request)
    words = house.words(request)
    fields = await forms.read(request, house.origins)
    values = {name: fields.get(name, "")[:64] for name in ("reference", "code", "phone")}
    page = replace(await _page(house, request), values=values)
    reference, code = only_digits(values["reference"]), only_digits(values["code"])
    phone, wrong = _checked(reference, code, values["phone"], words, words.dates.local(house.now()).year)
    if wrong:
        return house.show(request, "numbers.html", replace(page, errors=wrong), status=422)
    place = network(request.client.host if request.client else "")
    try:
        await house.write(count_try, house, reference, place)
    except TooMany:
        return house.show(request, "numbers.html", replace(page, message=words.plain("track.tries")), status=429)
    people = house.service.people

    def look(conn: Connection) -> list[Number] | None:
        if not own_numbers.proved(conn, people, reference, code, phone):
            return None
        return own_numbers.of_phone(conn, people, phone)

    found = await house.service.read(look)
    if found is None:
        return house.show(request, "numbers.html", replace(page, message=words.plain("numbers.wrong")), status=404)
    await house.write(forget_tries, house, reference, place)
    district = await house.districts.get()
    return house.show(request, "numbers.html", replace(page, found=_rows(house, found, district, words)))


async def send_code(request: Request) -> Response:
    """POST /mine/code: the same answer, and the same work, for every number."""
    house = house_of(request)
    words = house.words(request)
    fields = await forms.read(request, house.origins)
    page = await _page(house, request)
    if not page.by_phone:
        raise HTTPException(404)
    typed = fields.get("to", "")[:64]
    page = replace(page, values={"to": typed})
    try:
        phone = normal_phone(typed)
    except Refused:
        wrong = {"to": words.plain("field.phone")}
        return house.show(request, "numbers.html", replace(page, errors=wrong), status=422)
    place = network(request.client.host if request.client else "")
    indexes = house.service.people.phone_indexes(phone)
    try:
        asked = await house.write(phone_codes.ask, house.identity.guesses, phone, indexes, words.language.code, place)
    except TooMany as too_many:
        told = words.plain("numbers.code_often", whole_minutes(too_many.wait_ms))
        return house.show(request, "numbers.html", replace(page, message=told), status=429)
    return house.show(request, "numbers.html", _asking(page, PhoneCodes(house.masters).note(asked), asked))


async def open_code(request: Request) -> Response:
    """POST /mine/open: the code that came."""
    house = house_of(request)
    words = house.words(request)
    fields = await forms.read(request, house.origins)
    page = await _page(house, request)
    codes, note = PhoneCodes(house.masters), fields.get("note", "")[:200]
    asked = codes.read(note)
    if not page.by_phone or asked is None:
        raise HTTPException(404)
    page = _asking(page, note, asked)
    code = only_digits(fields.get("code", "")[:64])
    if len(code) != phone_codes.DIGITS:
        wrong = {"code": words.plain("carry.code_field")}
        return house.show(request, "numbers.html", replace(page, errors=wrong), status=422)
    place = network(request.client.host if request.client else "")
    try:
        became = await house.write(phone_codes.attempt, house.identity.guesses, codes, asked, code, place)
    except TooMany as too_many:
        told = words.plain("numbers.code_often", whole_minutes(too_many.wait_ms))
        return house.show(request, "numbers.html", replace(page, message=told), status=429)
    if became == "wrong":
        told = words.plain("numbers.code_wrong")
        return house.show(request, "numbers.html", replace(page, message=told), status=404)
    if became == "old":
        old = replace(page, note="", message=words.plain("numbers.code_old"))
        return house.show(request, "numbers.html", old, status=410)
    found = await house.service.read(own_numbers.of_holder, house.notices.contacts, asked.phone)
    done = replace(page, note="", found=_rows(house, found, await house.districts.get(), words))
    told = "" if found else words.plain("numbers.code_nothing")
    return house.show(request, "numbers.html", replace(done, message=told))


def _asking(page: NumbersPage, note: str, asked: Asked) -> NumbersPage:
    return replace(page, note=note, phone=asked.phone[-forms.PHONE_DIGITS :], values={"to": asked.phone})


async def _page(house: House, request: Request) -> NumbersPage:
    visitor = house.visitors.of(request)
    found = [] if visitor.cookie else await house.service.read(own_numbers.of_device, visitor.device)
    words, district = house.words(request), await house.districts.get()
    return NumbersPage(
        here=_rows(house, found, district, words), made_at=house.now(), by_phone="sms" in house.notices.ways
    )


def _rows(house: House, found: list[Number], district: District, words: Words) -> tuple[NumberRow, ...]:
    return tuple(
        NumberRow(
            reference=each.reference,
            topic=district.topic(each.topic, words),
            at=each.at,
            word=_word(each, words),
            tone=_TONES.get(each.ticket, ""),
            link=f"/q/{house.service.people.receipt(each.id)}",
            followed=each.followed,
        )
        for each in found
    )


def _word(number: Number, words: Words) -> str:
    if number.ticket:
        return words.plain(f"ticket.state.{number.ticket}")
    now = next(step for step in way(number.state) if step.mark == "now")
    return words.plain(f"state.{now.name}")


def _checked(reference: str, code: str, phone: str, words: Words, year: int) -> tuple[str, dict[str, str]]:
    """The phone number in the form E.164, and what is wrong with the form."""
    wrong: dict[str, str] = {}
    number, _ = misread(reference, words, year)
    if number:
        wrong["reference"] = number
    if len(code) != CODE_DIGITS:
        wrong["code"] = words.plain("carry.code_field")
    try:
        return normal_phone(phone), wrong
    except Refused:
        return "", {**wrong, "phone": words.plain("field.phone")}
