"""The official's page: the question in large letters, the time, who is next, and a seat with camera and sound."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from kachehri.store import Connection, appointments
from kachehri.store.tables import Account
from web import reading
from web.desk_cards import names_of
from web.house import house_of
from web.logins import staff_participant
from web.official_page import build
from web.staff import guarded, may, within_reach


@guarded("page.official")
async def show(request: Request, account: Account) -> Response:
    """GET /official/{session}."""
    house = house_of(request)
    words = house.words(request)
    live = await house.service.live(request.path_params["session"])
    session_id = live.session.id

    def invited(conn: Connection) -> str:
        found = appointments.get(conn, session_id, account.id)
        return (found.seat or "") if found is not None and found.ended_at is None else ""

    page = build(
        live.session,
        live.texts,
        words,
        names_of(await house.districts.get(), words),
        reading.head(live, words),
        now=house.now(),
        me=staff_participant(live.session.id, account),
        role=account.role,
        own_seat=await house.service.read(invited),
        may_take_desk=may(account, "page.desk") and may(account, "turn.call"),
        may_tickets=may(account, "page.tickets") and within_reach(account, "page.tickets"),
    )
    return house.show(request, "staff/official.html", page)
