"""Going on from another phone: the number and the code of a question bring its place, turn and seat to this browser.

A wrong number and a wrong code get the same answer; tries are counted like those of tracking.
"""

from __future__ import annotations

from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from kachehri.guesses import Rule, TooMany, network
from kachehri.i18n.digits import only_digits
from kachehri.people import CODE_DIGITS
from kachehri.store import Connection
from kachehri.store import questions as question_rows
from web import forms
from web.house import House, house_of, see
from web.live_shapes import CarryPage
from web.reading import ENDED_PHASES

#: How many times more may be tried for one number from all addresses together.
EVERYWHERE: Final = 6
#: Wrong codes in an hour from one network, for all numbers together: numbers are read out, so one code could be tried
#: at each of them. Right ones are not counted, and a town behind one address mistypes less than this.
WRONG: Final = Rule("carry wrong", 200, 200)


async def form(request: Request) -> Response:
    """What a link brings along is filled in; it still takes a tap, so that no page can move anybody's place."""
    asked = request.query_params
    page = CarryPage(only_digits(asked.get("number", "")[:32]), only_digits(asked.get("code", "")[:16]))
    return house_of(request).show(request, "carry.html", page)


async def post(request: Request) -> Response:
    """Leads to the live page as whoever asked the question, or says one thing about everything that is wrong."""
    house = house_of(request)
    words = house.words(request)
    fields = await forms.read(request, house.origins)
    reference, code = only_digits(fields.get("reference", "")[:64]), only_digits(fields.get("code", "")[:64])
    found = {}
    if len(reference) != forms.REFERENCE_DIGITS:
        found["reference"] = words.plain("field.reference")
    if len(code) != CODE_DIGITS:
        found["code"] = words.plain("carry.code_field")
    shown = CarryPage(fields.get("reference", "")[:64], fields.get("code", "")[:64], found)
    if found:
        return house.show(request, "carry.html", shown, status=422)
    place = network(request.client.host if request.client else "")
    try:
        await house.write(_count, house, reference, place)
    except TooMany:
        return _told(house, request, shown, "carry.tries", 429)
    asked = await house.service.read(question_rows.by_reference, reference)
    if asked is None or not house.service.people.check(asked.id, code):
        await house.write(_wrong, house, place)
        return _told(house, request, shown, "carry.wrong", 404)
    await house.write(_forget, house, reference, place)
    live = await house.service.live(asked.session_id)
    if live.session.phase in ENDED_PHASES:
        return _told(house, request, shown, "carry.over", 409)
    visitor = house.visitors.of(request)
    await house.visitors.carrying.take(asked.session_id, visitor.device, asked.asker)
    turn = live.session.stage.turn_of(asked.asker)
    answer = see(f"/s/{asked.session_id}/{'next' if turn is not None else 'live'}")
    return house.visitors.keep(answer, visitor)


def _told(house: House, request: Request, shown: CarryPage, key: str, status: int) -> Response:
    page = CarryPage(shown.reference, shown.code, {}, house.words(request).plain(key))
    return house.show(request, "carry.html", page, status=status)


def _rules(house: House) -> tuple[Rule, Rule]:
    most = house.settings.limits.track_tries_per_hour
    return Rule("carry", most, most), Rule("carry everywhere", EVERYWHERE * most, EVERYWHERE * most)


def _count(conn: Connection, now: int, house: House, reference: str, place: str) -> None:
    here, everywhere = _rules(house)
    house.identity.guesses.check(conn, WRONG, "", place, now)
    house.identity.guesses.count(conn, here, reference, place, now)
    house.identity.guesses.count(conn, everywhere, reference, "*", now)


def _wrong(conn: Connection, now: int, house: House, place: str) -> None:
    try:
        house.identity.guesses.count(conn, WRONG, "", place, now)
    except TooMany:
        pass  # of several at once the last ones; their answer was no as it is


def _forget(conn: Connection, _now: int, house: House, reference: str, place: str) -> None:
    house.identity.guesses.forget(conn, _rules(house)[0], reference, place)
