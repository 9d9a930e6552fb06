"""The list of hearings, with what each member of the staff may do there."""

from __future__ import annotations

import asyncio
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from kachehri.appointments import as_in
from kachehri.store import Connection, sessions
from kachehri.store.tables import Account
from kachehri.store.tables import Session as SessionRow
from recordings.keeper import Keeper
from rooms.session import Session
from rooms.staging import SITS
from web import reading
from web.house import House, house_of
from web.staff import guarded, may, within_reach
from web.staff_shapes import MineCard, MinePage
from web.topics import District

#: Word, address, picture, and the row of the role table.
WAYS: Final = (
    ("tickets", "/tickets", "papers", "page.tickets"),
    ("supervise", "/supervise", "eye", "page.supervise"),
    ("reports", "/reports", "signal", "page.reports"),
    ("releases", "/releases", "eye", "page.releases"),
    ("people", "/people", "people", "page.accounts"),
    ("offices", "/offices", "office", "page.offices"),
    ("calendar", "/calendar", "day", "page.calendar"),
    ("practice", "/practice", "practice", "page.practice"),
    ("setup", "/setup", "gear", "page.setup"),
    ("notices", "/notices", "send", "page.notices"),
    ("keys", "/keys", "key", "page.keys"),
    ("audit", "/audit", "lock", "page.audit"),
    ("erase", "/erase", "person", "page.erase"),
)


@guarded("page.staff")
async def mine(request: Request, account: Account) -> Response:
    """GET /desk."""
    house = house_of(request)
    district = await house.districts.get()
    coming, past = await house.service.read(_listing)
    roles = await house.identity.roles_in(account, [row.id for row in (*coming, *past)])
    mine = {id: as_in(account, role) for id, role in roles.items()}
    rows = await asyncio.gather(
        *(card(house, request, mine[row.id], row, district) for row in coming if row.id in mine)
    )
    ended = [await card(house, request, mine[row.id], row, district) for row in past if row.id in mine]
    page = MinePage(
        name=account.name,
        role=account.role,
        now=tuple(each for each in rows if each.session.is_live or each.session.phase == "closing"),
        next=tuple(each for each in rows if not each.session.is_live and each.session.phase != "closing"),
        past=tuple(ended),
        may_plan=may(account, "session.schedule"),
        ways=ways(account),
        unfinished=not house.place.set_up_at and may(account, "page.setup") and within_reach(account, "page.setup"),
        recordings=troubles(request.app.state.keeper) if may(account, "session.schedule") else (),
    )
    return house.show(request, "staff/mine.html", page)


def troubles(keeper: Keeper | None) -> tuple[str, ...]:
    """What somebody should see to before recordings suffer."""
    if keeper is None:
        return ()
    room = () if keeper.space == "enough" else (keeper.space,)
    return (*room, "away") if keeper.trouble else room


def ways(account: Account) -> tuple[tuple[str, str, str], ...]:
    """The other pages of the house; somebody who is here for one hearing has none of them."""
    return tuple(
        (name, href, icon)
        for name, href, icon, action in WAYS
        if within_reach(account, action) and may(account, action)
    )


def _listing(conn: Connection) -> tuple[list[SessionRow], list[SessionRow]]:
    return (
        sessions.listing(conn, phases=reading.SHOWN_PHASES),
        sessions.listing(conn, phases=reading.ENDED_PHASES, newest_first=True, limit=10),
    )


def has_seat(session: Session, role: str) -> bool:
    """Whether the stage has a place for this role: a clerk's is a hall or a screen, and few hearings have one."""
    return any(role in SITS[seat.kind] for seat in session.stage.seats.values())


async def card(house: House, request: Request, account: Account, row: SessionRow, district: District) -> MineCard:
    """One hearing with the doors that the account may open in the role it has there."""
    live = await house.service.live(row.id)
    totals = {state: len(rows) for state, rows in live.session.queue.index.items()}
    shown = reading.listed(row, live, district, house.words(request))
    return MineCard(
        session=shown,
        raised=sum(totals.values()),
        waiting=totals.get("new", 0),
        desk=may(account, "page.desk"),
        seat=may(account, "seat.take") and not shown.is_over and has_seat(live.session, account.role),
        edit=may(account, "page.schedule") and shown.phase in ("scheduled", "postponed", "doors_open"),
        people=may(account, "page.invite") and not shown.is_over,
        register=may(account, "page.register") and shown.phase == "closed",
        brief=may(account, "page.brief") and not shown.is_over,
        opening=may(account, "page.opening") and not shown.is_over,
        captions=may(account, "page.captions") and (shown.is_live or shown.phase == "closed"),
        program=may(account, "page.program") and shown.is_live and house.program is not None,
        releases=may(account, "page.releases") and shown.phase == "closed" and not shown.practice,
        balance=reading.balance(live.session),
    )
