"""What a superior looks at: what is late below, what waits for a word from above, and who has how much."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from kachehri import calendars, posts
from kachehri.store import Connection, ticket_lists
from kachehri.store.tables import Account
from kachehri.store.ticket_lists import Listed, Wanted
from kachehri.tickets.calendar import WorkingCalendar
from kachehri.tickets.reach import reach
from web.house import house_of
from web.pages.tickets import SHOWN, row_of
from web.staff import guarded
from web.ticket_names import Known, Names
from web.work_shapes import Filters, LoadRow, SupervisorPage, Watched

#: Rows of each list; the rest is a press away.
ROWS: Final = 5
#: Posts of which the load is shown.
LOAD_MOST: Final = 60


@dataclass(frozen=True)
class Read:
    lists: dict[str, tuple[list[Listed], int]]
    load: list[tuple[str, str, int, int]]
    known: Known
    mine: tuple[str, ...]
    calendar: WorkingCalendar


@guarded("page.supervise")
async def show(request: Request, account: Account) -> Response:
    """GET /supervise."""
    house = house_of(request)
    words, now = house.words(request), house.now()
    found = await house.service.read(_read, account, now)
    district = await house.districts.get()
    names = Names(found.known, district, words)
    page = SupervisorPage(
        lists=tuple(
            Watched(name, tuple(row_of(each, names, found.calendar, now) for each in rows), total, _LINKS[name])
            for name, (rows, total) in found.lists.items()
        ),
        load=tuple(
            LoadRow(names.post(post), names.office(office), open, late)
            for office, post, open, late in sorted(found.load, key=lambda row: (-row[3], -row[2]))[:LOAD_MOST]
        ),
        post=names.post(found.mine[0]) if found.mine else "",
        offices=district.host(account.office_id, words) if account.office_id else "",
    )
    return house.show(request, "staff/supervise.html", page)


_LINKS: Final = {
    "mine": Filters(whose="mine").address(),
    "disputed": Filters(show="disputed").address(),
    "signature": "",
    "appeal": Filters(show="appeal").address(),
    "late": Filters(show="overdue").address(),
    "risk": Filters(show="risk").address(),
}


def _read(conn: Connection, account: Account, now: int) -> Read:
    within = reach(conn, account, now)
    mine = posts.posts_of(conn, account.id, now)
    # What was disputed waits for a word, or for a signature, and stands in that list alone.
    others = {name: tuple(x for x in SHOWN[name] if x != "disputed") for name in ("open", "overdue", "risk")}
    wanted = {
        "mine": Wanted(others["open"], answers=mine, submitted=False) if mine else None,
        "disputed": Wanted(SHOWN["disputed"], submitted=False),
        "signature": Wanted(SHOWN["open"], submitted=True),
        "appeal": Wanted(SHOWN["appeal"]),
        "late": Wanted(others["overdue"], due_before=now, submitted=False),
        "risk": Wanted(others["risk"], at_risk=now, submitted=False),
    }
    lists = {
        name: (ticket_lists.listing(conn, within, each, limit=ROWS), ticket_lists.count(conn, within, each))
        for name, each in wanted.items()
        if each is not None
    }
    load = ticket_lists.load(conn, within, now, SHOWN["open"])
    return Read(lists, load, Known.read(conn, ()), mine, calendars.current(conn))
