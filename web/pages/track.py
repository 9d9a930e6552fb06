"""Following a question: by its number and the end of a phone number, or by its number alone as the public may.

A wrong number and wrong digits get the same answer, in the same time, so that nobody can try which numbers exist.
Five tries an hour for one number from one address, and thirty for one number from everywhere, leave ten thousand
endings safe.
"""

from __future__ import annotations

import hmac
from hashlib import sha256
from typing import Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from kachehri import keys
from kachehri.i18n import Words
from kachehri.i18n.digits import only_digits
from kachehri.store import Connection, accounts
from kachehri.store import questions as question_rows
from kachehri.store import tickets as ticket_rows
from web import forms
from web.house import House, house_of, see
from web.pages.receipts import facts
from web.shapes import TicketFacts, TicketPage, TrackPage, TrackValues
from web.topics import District

HOUR_MS: Final = 3_600_000
#: How many times more may be tried for one number from all addresses together.
EVERYWHERE: Final = 6
SCOPE: Final = "track"


async def form(request: Request) -> Response:
    return house_of(request).show(request, "track.html", TrackPage())


async def post(request: Request) -> Response:
    """Leads to the question's own page, or says one thing about everything that is wrong."""
    house = house_of(request)
    words = house.words(request)
    fields = await forms.read(request, house.origins)
    values = TrackValues(fields.get("reference", "")[:64], fields.get("digits", "")[:64])
    reference, digits, found = forms.tracked(fields, words)
    if found:
        return house.show(request, "track.html", TrackPage(values, found), status=422)
    subject = hmac.digest(keys.derive(house.masters[-1], "track tries"), reference.encode(), sha256)
    address = request.client.host if request.client else ""
    allowed = await house.write(_count, subject, address, house.settings.limits.track_tries_per_hour)
    if not allowed:
        return house.show(request, "track.html", TrackPage(values, {}, words.plain("track.tries")), status=429)
    question = await house.service.read(_match, house, reference, digits)
    if question is None:
        return house.show(request, "track.html", TrackPage(values, {}, words.plain("track.wrong")), status=404)
    await house.write(_forget, subject, address)
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
    return house.show(request, "ticket.html", TicketPage(reference, found))


def _count(conn: Connection, now: int, subject: bytes, address: str, limit: int) -> bool:
    here = accounts.count_attempt(conn, SCOPE, subject, address, now, HOUR_MS)
    everywhere = accounts.count_attempt(conn, SCOPE, subject, "*", now, HOUR_MS)
    return here.failures <= limit and everywhere.failures <= EVERYWHERE * limit


def _forget(conn: Connection, _now: int, subject: bytes, address: str) -> None:
    accounts.forget_attempts(conn, SCOPE, subject, address)


def _match(conn: Connection, house: House, reference: str, digits: str) -> str | None:
    """The question with this number whose asker gave a phone that ends in these digits."""
    asked = question_rows.by_reference(conn, reference)
    people = house.service.people
    person = people.persons(conn, [asked.asker]).get(asked.asker) if asked else None
    phone = people.phone(conn, person) if person else None
    same = hmac.compare_digest((phone or "none").encode()[-forms.PHONE_DIGITS :], digits.encode())
    return asked.id if asked and phone and same else None


def _public(conn: Connection, reference: str, district: District, words: Words) -> TicketFacts | None:
    found = ticket_rows.by_reference(conn, reference)
    if found is None or found.privacy == "private":
        return None
    return facts(conn, found, reference, district, words)
