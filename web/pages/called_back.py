"""Taking back a protected matter at its asker's wish, after somebody who is not of its office has called her and asked.

Only with her number's code, which she reads out: so nobody does it for her, and what was done stands in the audit.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from kachehri import own_ticket, ticketing
from kachehri.audit import REASON_MOST, record
from kachehri.guesses import TooMany, network
from kachehri.i18n.digits import only_digits
from kachehri.people import CODE_DIGITS
from kachehri.store import Connection
from kachehri.store.tables import Account, Ticket
from kachehri.tickets import acts
from kachehri.tickets.acts import Doer
from kachehri.tickets.lifecycle import is_open
from kachehri.tickets.status import TicketRefused
from rooms.base import Refused
from web import forms
from web.errors import sentence
from web.house import house_of, see
from web.own_shapes import CalledBackPage
from web.pages.track import count_try, forget_tries
from web.staff import guarded
from web.ticket_reading import found_in

ACTION: Final = "ticket.call_back"


@guarded(ACTION)
async def show(request: Request, account: Account) -> Response:
    """GET /tickets/{reference}/called."""
    house = house_of(request)
    ticket = await house.service.read(protected, account, _reference(request), house.now())
    return house.show(request, "staff/called_back.html", CalledBackPage(ticket.reference, forms.new_key()))


@guarded(ACTION)
async def take_back(request: Request, account: Account) -> Response:
    """POST /tickets/{reference}/called."""
    house = house_of(request)
    words = house.words(request)
    fields = await forms.read(request, house.origins)
    ticket = await house.service.read(protected, account, _reference(request), house.now())
    code, reason = only_digits(fields.get("code", "")[:64]), fields.get("reason", "").strip()
    errors: dict[str, str] = {}
    if len(code) != CODE_DIGITS:
        errors["code"] = words.plain("carry.code_field")
    if not reason:
        errors["reason"] = words.plain("held.need_reason")
    if fields.get("sure") != "1":
        errors["sure"] = words.plain("called.need_sure")
    page = CalledBackPage(ticket.reference, forms.new_key(), fields.get("code", "")[:64], reason[:REASON_MOST], errors)
    if errors:
        return house.show(request, "staff/called_back.html", page, status=422)
    place = network(request.client.host if request.client else "")
    try:
        await house.write(count_try, house, ticket.reference, place)
    except TooMany:
        told = replace(page, errors={"code": words.plain("track.tries")})
        return house.show(request, "staff/called_back.html", told, status=429)
    link = own_ticket.link_of(ticket)
    if not house.service.people.check(link, code):
        told = replace(page, errors={"code": words.plain("called.wrong")})
        return house.show(request, "staff/called_back.html", told, status=404)
    await house.write(forget_tries, house, ticket.reference, place)

    def write(conn: Connection, now: int) -> None:
        doer, key = Doer("citizen", f"called/{link}"), fields.get("key", "")[:64]
        ticketing.act(conn, now, ticket.id, acts.Withdraw(called_back=True), doer, key=key)
        record(conn, now, action=ACTION, subject=ticket.reference, reason=reason, account=account.id)

    try:
        await house.write(write)
    except TicketRefused as no:
        told = replace(page, errors={"sure": sentence(words, no.code)})
        return house.show(request, "staff/called_back.html", told, status=409)
    except Refused as no:
        told = replace(page, errors={"reason": sentence(words, no.code, no.params)})
        return house.show(request, "staff/called_back.html", told, status=422)
    return see(f"/tickets/{ticket.reference}")


def protected(conn: Connection, account: Account, reference: str, now: int) -> Ticket:
    """An open, protected ticket within reach, and not of the account's own office; else there is none."""
    ticket = found_in(conn, account, reference, now)
    life = ticketing.load(conn, ticket.id)
    if not (life.protected and is_open(life.state)) or account.office_id == (life.office or ticket.office_id):
        raise HTTPException(404)
    return ticket


def _reference(request: Request) -> str:
    return only_digits(request.path_params["reference"][:32])
