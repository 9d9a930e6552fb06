"""Following a question: by its number and the end of a phone number or its code, or by its number alone as the public
may. What was asked on this phone stands there without any typing.

A wrong number and wrong digits get the same answer, in the same time, so that nobody can try which numbers exist.
Five tries an hour for one number from one address, and thirty for one number from everywhere, leave ten thousand
endings safe.
"""

from __future__ import annotations

import hmac
from typing import Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from kachehri.guesses import Rule, TooMany, network
from kachehri.i18n import Words
from kachehri.i18n.digits import only_digits
from kachehri.store import Connection
from kachehri.store import questions as question_rows
from kachehri.store import tickets as ticket_rows
from kachehri.tickets.desk import status_lines
from web import forms, reading
from web.house import House, house_of, see
from web.pages.home import mine_everywhere
from web.pages.receipts import facts
from web.shapes import OfficeLine, TicketFacts, TicketPage, TrackPage, TrackValues
from web.topics import District

#: How many times more may be tried for one number from all addresses together.
EVERYWHERE: Final = 6


async def form(request: Request) -> Response:
    house = house_of(request)
    return house.show(request, "track.html", TrackPage(mine=await mine_everywhere(house, request), made_at=house.now()))


async def post(request: Request) -> Response:
    """Leads to the question's own page, or says one thing about everything that is wrong."""
    house = house_of(request)
    words = house.words(request)
    fields = await forms.read(request, house.origins)
    values = TrackValues(fields.get("reference", "")[:64], fields.get("digits", "")[:64])
    reference, digits, found = forms.tracked(fields, words)
    if found:
        return house.show(request, "track.html", TrackPage(values, found), status=422)
    place = network(request.client.host if request.client else "")
    try:
        await house.write(_count, house, reference, place)
    except TooMany:
        return house.show(request, "track.html", TrackPage(values, {}, words.plain("track.tries")), status=429)
    question = await house.service.read(_match, house, reference, digits)
    if question is None:
        return house.show(request, "track.html", TrackPage(values, {}, words.plain("track.wrong")), status=404)
    await house.write(_forget, house, reference, place)
    return see(f"/q/{house.service.people.receipt(question)}")


async def ticket(request: Request) -> Response:
    """What the public may know of a ticket: no name, no number, nobody's words."""
    house = house_of(request)
    words = house.words(request)
    reference = only_digits(request.path_params["reference"][:32])
    district = await house.districts.get()
    found = await house.service.read(_public, reference, district, words)
    if found is None:
        raise HTTPException(404)
    return house.show(request, "ticket.html", TicketPage(reference, *found))


def rules(house: House) -> tuple[Rule, Rule]:
    """How often one number may be tried from one network, and from everywhere together."""
    most = house.settings.limits.track_tries_per_hour
    return Rule("track", most, most), Rule("track everywhere", EVERYWHERE * most, EVERYWHERE * most)


def _count(conn: Connection, now: int, house: House, reference: str, place: str) -> None:
    here, everywhere = rules(house)
    house.identity.guesses.count(conn, here, reference, place, now)
    house.identity.guesses.count(conn, everywhere, reference, "*", now)


def _forget(conn: Connection, _now: int, house: House, reference: str, place: str) -> None:
    house.identity.guesses.forget(conn, rules(house)[0], reference, place)


def _match(conn: Connection, house: House, reference: str, digits: str) -> str | None:
    """The question with this number whose code this is, or whose asker gave a phone that ends in these digits."""
    asked = question_rows.by_reference(conn, reference)
    people = house.service.people
    person = people.persons(conn, [asked.asker]).get(asked.asker) if asked else None
    phone = people.phone(conn, person) if person else None
    # Both are looked at whatever the number is, so that the time says nothing about it.
    by_code = people.check(asked.id if asked else reference, digits)
    end = digits[-forms.PHONE_DIGITS :].encode()
    by_phone = hmac.compare_digest((phone or "none").encode()[-forms.PHONE_DIGITS :], end)
    return asked.id if asked and (by_code or (phone and by_phone)) else None


def _public(
    conn: Connection, reference: str, district: District, words: Words
) -> tuple[TicketFacts, tuple[OfficeLine, ...]] | None:
    found = ticket_rows.by_reference(conn, reference)
    if found is None or found.privacy == "private":
        return None
    lines = reversed(status_lines(conn, found.id))
    told = tuple(OfficeLine(line.kind, line.at, "", reading.noon(line.day, words)) for line in lines)
    return facts(conn, found, reference, district, words), told
