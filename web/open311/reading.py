"""GET: discovery, services and requests."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from typing import Final, NamedTuple

from starlette.requests import Request
from starlette.responses import Response

from kachehri.i18n import words_for
from kachehri.store import Connection, district, public_tickets
from kachehri.store.public_tickets import PublicTicket, Wanted
from web.doors import address_of
from web.house import House, house_of
from web.open311 import shapes
from web.open311.asking import Parameters, of_query
from web.open311.door import check_jurisdiction, opened
from web.open311.errors import Fault, Faulty
from web.open311.writing import Format, answer
from web.timeline import Moment, moments
from web.topics import District

DAY_MS: Final = 86_400_000
#: The longest span of a list, and how many it has at most.
SPAN_MS: Final = 90 * DAY_MS
ROWS_MOST: Final = 1_000
PAGES_MOST: Final = 10_000


@opened
async def discovery(request: Request, format: Format) -> Response:
    """Both forms must be there, and say the same."""
    house = house_of(request)
    words = house.words(request)
    address = address_of(house.place, request)
    name, phone = house.place.name(words.language.code), house.place.helpline
    contact = shapes.told(words, "open311.contact_phone" if phone else "open311.contact", name=name, phone=phone)
    key_service = shapes.told(words, "open311.key_service", name=name, address=f"{address}/developers")
    changed = await _changed(house, await house.districts.get())
    return answer(format, "discovery", shapes.discovery(address, changed, contact, key_service))


@opened
async def services(request: Request, format: Format) -> Response:
    asked = of_query(request)
    check_jurisdiction(request, asked)
    asked.checked()
    house = house_of(request)
    return answer(format, "services", shapes.services(await house.districts.get(), house.words(request)))


@opened
async def definition(request: Request, format: Format) -> Response:
    asked = of_query(request)
    check_jurisdiction(request, asked)
    house = house_of(request)
    found, code = await house.districts.get(), request.path_params["code"]
    if code not in found.category_codes():
        asked.wrong("service_code was not found", 404)
    asked.checked()
    return answer(format, "service_definition", shapes.definition(code, found, house.words(request)))


@opened
async def requests(request: Request, format: Format) -> Response:
    house = house_of(request)
    asked = of_query(request)
    check_jurisdiction(request, asked)
    found = await house.districts.get()
    page, more = paged(asked, found, house.now()), extended(asked)
    asked.checked()
    return answer(format, "service_requests", await _shown(request, page, found, more))


@opened
async def one_request(request: Request, format: Format) -> Response:
    house = house_of(request)
    asked = of_query(request)
    check_jurisdiction(request, asked)
    more = extended(asked)
    asked.checked()
    page = Page(Wanted(references=[request.path_params["id"]]), 1, 0)
    shown = await _shown(request, page, await house.districts.get(), more)
    if not shown:
        raise Faulty(Fault(404, "service_request_id was not found"))
    return answer(format, "service_requests", shown)


class Page(NamedTuple):
    """A list that is asked for."""

    wanted: Wanted
    limit: int
    offset: int


def paged(asked: Parameters, found: District, now: int) -> Page:
    """What is asked for; what is wrong with it is noted in `asked`. Numbers override everything else."""
    references = asked.several("service_request_id")
    size = asked.whole("page_size", ROWS_MOST, ROWS_MOST)
    offset = (asked.whole("page", 1, PAGES_MOST) - 1) * size
    if references:
        return Page(Wanted(references=references), size, offset)
    codes = asked.several("service_code")
    if set(codes) - found.category_codes():
        asked.wrong("service_code was not found", 404)
    states = asked.several("status")
    if set(states) - {"open", "closed"}:
        asked.wrong("status is open, closed, or both with a comma")
    opened = span(asked, "start_date", "end_date", now)
    moved = span(asked, "updated_after", "updated_before", now)
    if opened is None and moved is None:
        opened = (now - SPAN_MS, now)
    wanted = Wanted(
        categories=codes or None,
        open=states == ["open"] if len(states) == 1 else None,
        opened_from=opened and opened[0],
        opened_to=opened and opened[1],
        moved_from=moved and moved[0],
        moved_to=moved and moved[1],
    )
    return Page(wanted, size, offset)


def span(asked: Parameters, first: str, last: str, now: int) -> tuple[int, int] | None:
    """A span of ninety days at most; where one end is open, as many days from the other. None: not asked for."""
    start, end = asked.instant(first), asked.instant(last, end=True)
    if start is None and end is None:
        return None
    begin = end - SPAN_MS if start is None and end is not None else start
    assert begin is not None
    until = begin + SPAN_MS if end is None else end
    if until < begin:
        asked.wrong(f"{last} is before {first}")
    # A last instant includes its second, a last day all of itself.
    if until - begin >= SPAN_MS + (1_000 if "T" in asked.get(last) else DAY_MS):
        asked.wrong(f"{first} and {last} may be 90 days apart")
    return begin, until


def extended(asked: Parameters) -> bool:
    if asked.get("extensions").lower() not in ("", "true", "false"):
        asked.wrong("extensions is true or false")
    return asked.get("extensions").lower() == "true"


async def _shown(request: Request, page: Page, found: District, more: bool) -> list[dict[str, object]]:
    house = house_of(request)
    words = house.words(request)

    def read(conn: Connection) -> tuple[list[PublicTicket], dict[str, list[Moment]]]:
        rows = public_tickets.listing(conn, page.wanted, limit=page.limit, offset=page.offset)
        chains = public_tickets.steps(conn, [row.id for row in rows]) if more else {}
        return rows, {id: moments(id, steps) for id, steps in chains.items()}

    rows, lives = await house.service.read(read)
    return [shapes.request(row, found, words, lives.get(row.id) if more else None) for row in rows]


async def _changed(house: House, found: District) -> str:
    """Since when the services are what they are: the first time that this very list was asked about."""
    lists = [shapes.services(found, words_for(code)) for code in ("ur", "en")]
    areas = [(area.code, area.name_ur, area.name_en, area.parent_id) for area in found.areas]
    name = "open311/" + hashlib.sha256(repr((lists, areas)).encode()).hexdigest()[:16]
    since = await house.service.read(district.fact, name)
    if since is None:
        since = await house.write(lambda conn, now: district.set_fact(conn, name, str(now)))
    return datetime.fromtimestamp(int(since) // 1000, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
