"""What one hearing came to, in figures that say what they mean; prints on a sheet of A4.

Everybody may read it where the house has not said otherwise, because what was said in public is answered for in public.
"""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from kachehri import scorecard
from kachehri.scorecard import Scorecard
from kachehri.store import Connection
from kachehri.store import sessions as session_rows
from kachehri.store.tables import Account
from kachehri.store.tables import Session as SessionRow
from web import forms, reading
from web.house import House, house_of, see
from web.logins import account_of
from web.papers import printing
from web.score_shapes import OfficeLine, ScorePage
from web.staff import guarded, may, within_reach


async def show(request: Request) -> Response:
    """GET /s/{session}/scorecard.

    Raises:
        HTTPException: 404 where it is for the staff alone and the reader is none of them.
    """
    house = house_of(request)
    words = house.words(request)
    account = await account_of(house.identity, request)
    public = house.place.open_scorecards
    if not public and (account is None or not may(account, "page.staff")):
        raise HTTPException(404)
    found = await house.service.read(_weighed, request.path_params["session"], house.now())
    if found is None:
        raise HTTPException(404)
    row, card = found
    if row.phase != "closed" or card is None:
        return printing.not_yet(house, request)
    district = await house.districts.get()
    page = ScorePage(
        session=reading.listed(row, None, district, words),
        place=house.place.name(words.language.code),
        card=card,
        offices=tuple(OfficeLine(district.host(each.office, words), each) for each in card.offices),
        made_at=house.now(),
        public=public,
        may_switch=account is not None and may(account, "page.setup") and within_reach(account, "page.setup"),
    )
    return house.show(request, "scorecard.html", page)


@guarded("page.setup")
async def switch(request: Request, account: Account) -> Response:
    """POST /s/{session}/scorecard: whether the figures of all hearings are for everybody."""
    house: House = house_of(request)
    fields = await forms.read(request, house.origins)
    await house.own.change(open_scorecards=fields.get("public") == "yes")
    return see(f"/s/{request.path_params['session']}/scorecard")


def _weighed(conn: Connection, session_id: str, now: int) -> tuple[SessionRow, Scorecard | None] | None:
    row = session_rows.get(conn, session_id)
    if row is None:
        return None
    return row, scorecard.weigh(conn, row, now) if row.phase == "closed" else None
