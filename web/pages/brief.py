"""What an office takes along to a hearing, on paper: what is open, what was promised, what comes again and again."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from kachehri import calendars
from kachehri.store import Connection, content, ticket_lists
from kachehri.store.tables import Account, Commitment
from kachehri.store.ticket_lists import Listed, Reach, Wanted
from kachehri.tickets.calendar import WorkingCalendar
from kachehri.tickets.reach import reach
from web import clock_words, reading
from web.house import house_of
from web.pages.tickets import SHOWN, row_of
from web.papers.register import excerpt
from web.staff import guarded
from web.ticket_names import Known, Names
from web.work_shapes import BriefPage, PromiseRow

#: Tickets on the paper; more than these nobody reads on the way to a hearing.
ROWS: Final = 40
PROMISES: Final = 20
DAYS: Final = 90
_DAY_MS: Final = 86_400_000
_EXCERPT: Final = 240


@dataclass(frozen=True)
class Read:
    rows: list[Listed]
    total: int
    late: int
    disputed: int
    promises: list[tuple[Commitment, str, str]]
    causes: list[tuple[str, str, int]]
    known: Known
    calendar: WorkingCalendar


@guarded("page.brief")
async def show(request: Request, account: Account) -> Response:
    """GET /brief/{hearing}: of one's own office; whoever has none sees all that is within reach."""
    house = house_of(request)
    words, now = house.words(request), house.now()
    live = await house.service.live(request.path_params["hearing"])
    found = await house.service.read(_read, account, now)
    district = await house.districts.get()
    names = Names(found.known, district, words)
    waiting = Counter(
        each.category for each in live.session.queue.questions.values() if each.state not in ("withdrawn", "refused")
    )
    page = BriefPage(
        session=live.session.id,
        title=reading.title(live.session.lifecycle.title, words),
        starts_at=live.session.lifecycle.starts_at,
        office=district.host(account.office_id, words) if account.office_id else words.plain("team.whole_house"),
        rows=tuple(row_of(each, names, found.calendar, now) for each in found.rows),
        total=found.total,
        late=found.late,
        disputed=found.disputed,
        promises=tuple(promise_row(*each, names, found.calendar, now) for each in found.promises),
        causes=tuple((district.topic(topic, words), district.area(area, words), n) for topic, area, n in found.causes),
        asked=tuple((district.topic(topic, words), n) for topic, n in waiting.most_common(8)),
        made_at=now,
        days=DAYS,
    )
    return house.show(request, "staff/brief.html", page)


def promise_row(
    made: Commitment, text: str, reference: str, names: Names, calendar: WorkingCalendar, now: int
) -> PromiseRow:
    due, tone = clock_words.left(made.due_at, now, calendar.days(), names.words) if made.due_at else ("", "")
    return PromiseRow(excerpt(text, _EXCERPT), made.made_by, due, tone, reference)


def _read(conn: Connection, account: Account, now: int) -> Read:
    within = reach(conn, account, now)
    rows = ticket_lists.listing(conn, within, Wanted(SHOWN["open"]), limit=ROWS)
    tally = ticket_lists.tally(conn, within, now)
    promises = _promises(conn, within)
    return Read(
        rows=rows,
        total=sum(tally.get(state, (0, 0))[0] for state in SHOWN["open"]),
        late=sum(tally.get(state, (0, 0))[1] for state in SHOWN["overdue"]),
        disputed=tally.get("disputed", (0, 0))[0],
        promises=promises,
        causes=ticket_lists.causes(conn, within, now - DAYS * _DAY_MS),
        known=Known.read(conn, ()),
        calendar=calendars.current(conn),
    )


def _promises(conn: Connection, within: Reach) -> list[tuple[Commitment, str, str]]:
    """Promises that are neither kept nor given up, the soonest first, with their words and their ticket's number."""
    found = ticket_lists.promised(conn, within, limit=PROMISES)
    texts = content.texts_of(conn, [each.content_id for each, _ in found])
    return [(each, texts.get(each.content_id, ""), reference) for each, reference in found]
