"""All numbers of one browser; and those of another phone, for whoever proves that it is hers.

The list is the answer to the form itself: it has no address of its own that could be kept or handed on.
"""

from __future__ import annotations

from dataclasses import replace

from starlette.requests import Request
from starlette.responses import Response

from kachehri import own_numbers
from kachehri.guesses import TooMany, network
from kachehri.i18n import Words
from kachehri.i18n.digits import only_digits
from kachehri.intake import normal_phone
from kachehri.own_numbers import Number
from kachehri.people import CODE_DIGITS
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


async def _page(house: House, request: Request) -> NumbersPage:
    visitor = house.visitors.of(request)
    found = [] if visitor.cookie else await house.service.read(own_numbers.of_device, visitor.device)
    words, district = house.words(request), await house.districts.get()
    return NumbersPage(here=_rows(house, found, district, words), made_at=house.now())


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
