"""Following a question by its number and the end of a phone number, or its code. What was asked on this phone stands
there without any typing; a number that cannot be one says which of its digits to look at.

A wrong number and wrong digits get the same answer, in the same time, so that nobody can try which numbers exist.
Five tries an hour for one number from one address, and thirty for one number from everywhere, leave ten thousand
endings safe.
"""

from __future__ import annotations

import hmac
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from kachehri import own_ticket
from kachehri.guesses import Rule, TooMany, network
from kachehri.i18n import Words
from kachehri.store import Connection
from kachehri.store import questions as question_rows
from kachehri.store import tickets as ticket_rows
from kachehri.tickets.slips import slip
from web import forms
from web.house import House, house_of, see
from web.pages.home import mine_everywhere
from web.shapes import TrackPage, TrackValues

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
    wrong, marked = misread(reference, words, words.dates.local(house.now()).year)
    if wrong:
        found = {"reference": wrong, **{name: each for name, each in found.items() if name != "reference"}}
    if found:
        return house.show(request, "track.html", TrackPage(values, found, misread=marked), status=422)
    place = network(request.client.host if request.client else "")
    try:
        await house.write(count_try, house, reference, place)
    except TooMany:
        return house.show(request, "track.html", TrackPage(values, {}, words.plain("track.tries")), status=429)
    question = await house.service.read(_match, house, reference, digits)
    if question is None:
        return house.show(request, "track.html", TrackPage(values, {}, words.plain("track.wrong")), status=404)
    await house.write(forget_tries, house, reference, place)
    return see(f"/q/{house.service.people.receipt(question)}")


def rules(house: House) -> tuple[Rule, Rule]:
    """How often one number may be tried from one network, and from everywhere together."""
    most = house.settings.limits.track_tries_per_hour
    return Rule("track", most, most), Rule("track everywhere", EVERYWHERE * most, EVERYWHERE * most)


def count_try(conn: Connection, now: int, house: House, reference: str, place: str) -> None:
    here, everywhere = rules(house)
    house.identity.guesses.count(conn, here, reference, place, now)
    house.identity.guesses.count(conn, everywhere, reference, "*", now)


def forget_tries(conn: Connection, _now: int, house: House, reference: str, place: str) -> None:
    house.identity.guesses.forget(conn, rules(house)[0], reference, place)


def _match(conn: Connection, house: House, reference: str, digits: str) -> str | None:
    """What the link of this number is made of, if this is its code, or the end of the phone that was left with it."""
    asked = question_rows.by_reference(conn, reference)
    people = house.service.people
    if asked is not None:
        id, person = asked.id, people.persons(conn, [asked.asker]).get(asked.asker)
    else:
        id, person = _unasked(conn, reference)
    phone = people.phone(conn, person) if person else None
    # Both are looked at whatever the number is, so that the time says nothing about it.
    by_code = people.check(id or reference, digits)
    end = digits[-forms.PHONE_DIGITS :].encode()
    by_phone = hmac.compare_digest((phone or "none").encode()[-forms.PHONE_DIGITS :], end)
    return id if id and (by_code or (phone and by_phone)) else None


def _unasked(conn: Connection, reference: str) -> tuple[str, str | None]:
    """Of a follower who came after the hearing, and of a complaint that came by another door: link and person."""
    follower = ticket_rows.follower_by_reference(conn, reference)
    if follower is not None:
        return follower.id, follower.person_id
    ticket = ticket_rows.by_reference(conn, reference)
    return (own_ticket.link_of(ticket), ticket.person_id) if ticket else ("", None)


def misread(digits: str, words: Words, year: int) -> tuple[str, tuple[tuple[str, bool], ...]]:
    """What is wrong with a number as a sentence, and its digits with those marked that are to be looked at.

    Told from what was typed alone: which numbers exist, and what this one would be, is never said.
    """
    found = slip(digits, year)
    if found is None:
        return "", ()
    if found.kind != "digit":
        if found.kind == "long":
            return words.plain("misread.long", n=len(digits)), ()
        return words.plain("misread.short", len(digits)) if digits else words.plain("misread.none"), ()
    marked = tuple((digit, place in found.places) for place, digit in enumerate(digits))
    if not found.places:
        return words.plain("misread.whole"), marked
    comma = "، " if words.language.code == "ur" else ", "
    places = comma.join(words.plain(f"misread.{place + 1}") for place in found.places)
    return words.plain("misread.places", places=places), marked
