"""The same trouble, again: what was said in the last weeks in groups, across languages; suggestions for people."""

from __future__ import annotations

from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from kachehri import hints
from kachehri.hints import Group
from kachehri.store import Connection
from kachehri.store import hints as rows
from kachehri.store.hints import Judged
from kachehri.store.tables import Account
from kachehri.tickets.reach import reach
from web.alike import LIKENESS
from web.hint_shapes import AgainPage, AgainRow, JudgedRow
from web.house import house_of
from web.papers.register import excerpt
from web.staff import guarded
from web.ticket_names import Known, Names

EXCERPT: Final = 160
PLACES_MOST: Final = 4


@guarded("page.reports")
async def show(request: Request, account: Account) -> Response:
    """GET /reports/same."""
    house = house_of(request)
    words, now = house.words(request), house.now()

    def read(conn: Connection) -> tuple[list[Group], int, list[Judged]]:
        since = now - hints.WEEKS * hints.WEEK_MS + 1
        texts = rows.texts(conn, reach(conn, account, now), since, limit=hints.TEXTS_MOST)
        return hints.again(LIKENESS, texts, now), len(texts), rows.judged(conn)

    found, looked, judged = await house.service.read(read)
    names = Names(Known({}, {}, ()), await house.districts.get(), words)
    page = AgainPage(
        groups=tuple(row_of(each, names) for each in found),
        judged=tuple(JudgedRow(x.kind, x.band // 10, x.same, x.apart, x.open) for x in judged),
        weeks=hints.WEEKS,
        looked=looked,
        made_at=now,
        house=house.place.name(words.language.code),
    )
    return house.show(request, "staff/again.html", page)


def row_of(group: Group, names: Names) -> AgainRow:
    district, words = names.district, names.words
    places = [(district.area(code, words) or words.plain("again.nowhere"), n) for code, n in group.places]
    return AgainRow(
        topic=district.topic(group.topics[0][0], words),
        words=group.words,
        tickets=len(group.tickets),
        people=group.people,
        weeks=group.weeks,
        places=(*places[:PLACES_MOST], *_rest(places, words.plain("again.elsewhere"))),
        samples=tuple((each.reference, excerpt(each.text, EXCERPT)) for each in group.tickets[: hints.SAMPLES]),
    )


def _rest(places: list[tuple[str, int]], name: str) -> tuple[tuple[str, int], ...]:
    rest = sum(n for _, n in places[PLACES_MOST:])
    return ((name, rest),) if rest else ()
