"""A hearing's own page: the lobby."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from kachehri.live import Live
from kachehri.store import sessions as session_rows
from web import reading
from web.house import House, house_of
from web.shapes import SessionPage


async def session(request: Request) -> Response:
    """What it is about, when, who answers; after its end the balance."""
    house = house_of(request)
    live = await house.service.live(request.path_params["session"])
    card = reading.head(live, house.words(request), await host(house, request, live))
    page = SessionPage(
        session=card,
        in_line=reading.public(live).totals.get("admitted", 0),
        minutes_left=reading.minutes_left(card, house.now()),
        balance=reading.balance(live.session),
    )
    return house.show(request, "session.html", page, indexed=True)


async def host(house: House, request: Request, live: Live) -> str:
    """The office that holds the hearing."""
    row = await house.service.read(session_rows.get, live.session.id)
    district = await house.districts.get()
    return district.host(row.office_id, house.words(request)) if row else ""
