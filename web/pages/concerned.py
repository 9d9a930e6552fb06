"""Whom a complaint is about: said by the desk that sorts or by a superior, from the ticket's page."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from kachehri import standing, ticketing
from kachehri.concerns import concern
from kachehri.i18n import Words
from kachehri.i18n.digits import only_digits
from kachehri.store import Connection, district
from kachehri.store.tables import Account
from kachehri.tickets.acts import Concern
from kachehri.tickets.life import Life
from kachehri.tickets.status import TicketRefused
from web import forms
from web.errors import sentence
from web.house import house_of, see
from web.routing_shapes import ConcernedPage
from web.routing_words import Names
from web.staff import guarded
from web.ticket_reading import found_in


def reference_of(request: Request) -> str:
    return only_digits(request.path_params["reference"][:32])


def read(conn: Connection, account: Account, reference: str, now: int) -> tuple[Life, bool]:
    """The ticket, and whether this account may say whom it is about."""
    life = ticketing.load(conn, found_in(conn, account, reference, now).id)
    _, sides, ctx = standing.known(conn, account, life, now)
    # Tried with somebody who is nobody, since to say again what stands makes no step.
    found = standing.offer(life, Concern(about="" if life.about else "somebody"), sides, ctx)
    return life, found is not None and not found.why


def names_of(conn: Connection, words: Words) -> Names:
    offices = {each.id: each for each in district.offices(conn)}
    posts = {each.id: each for each in district.posts(conn) if each.office_id in offices}
    return Names(words, offices, posts, {}, ())


@guarded("ticket.act")
async def form(request: Request, account: Account) -> Response:
    """GET /tickets/{reference}/about."""
    return await draw(request, account)


async def draw(request: Request, account: Account, asked: str | None = None, error: str = "") -> Response:
    house = house_of(request)
    words, now, reference = house.words(request), house.now(), reference_of(request)

    def look(conn: Connection) -> tuple[Life, bool, Names]:
        return *read(conn, account, reference, now), names_of(conn, words)

    life, may, names = await house.service.read(look)
    if not may:
        raise HTTPException(404)
    about = life.about if asked is None else asked
    page = ConcernedPage(reference, names.abouts(), about, forms.new_key(), error)
    return house.show(request, "staff/concerned.html", page, status=422 if error else 200)


@guarded("ticket.act")
async def post(request: Request, account: Account) -> Response:
    """POST /tickets/{reference}/about."""
    house = house_of(request)
    fields = await forms.read(request, house.origins)
    about, reference = fields.get("about", "")[:80], reference_of(request)

    def write(conn: Connection, now: int) -> None:
        life, _ = read(conn, account, reference, now)
        act = concern(conn, now, life, about)
        _, sides, ctx = standing.known(conn, account, life, now)
        offer = standing.offer(life, act, sides, ctx)
        if offer is None:
            raise TicketRefused("ticket_not_you")
        ticketing.act(conn, now, life.id, act, offer.doer, key=fields.get("key", "")[:40])

    try:
        await house.write(write)
    except TicketRefused as refused:
        return await draw(request, account, about, sentence(house.words(request), refused.code))
    return see(f"/tickets/{reference}?did=concern")
