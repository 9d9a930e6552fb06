"""An office's tickets: the list, many given to a post at once, and the status line that a citizen reads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, cast

from starlette.requests import Request
from starlette.responses import Response

from kachehri import calendars, posts
from kachehri.i18n import Words
from kachehri.i18n.digits import only_digits
from kachehri.store import Connection, actors, ticket_lists
from kachehri.store.tables import Account
from kachehri.store.ticket_lists import NEVER, Listed, Wanted
from kachehri.tickets import desk
from kachehri.tickets.calendar import WorkingCalendar
from kachehri.tickets.lifecycle import STATES, State, is_open
from kachehri.tickets.reach import OFFICE, reach
from kachehri.tickets.slips import slip
from kachehri.tickets.status import TicketRefused
from rooms.base import Refused
from web import clock_words, forms, reading, ready
from web.cards import Choice
from web.errors import sentence
from web.house import House, house_of, see
from web.pages.ticket_page import drawn
from web.papers.register import excerpt
from web.staff import guarded, may
from web.ticket_cards import Back
from web.ticket_names import Known, Names
from web.ticket_reading import found_in
from web.ticket_shapes import StatusValues, Tone
from web.work_shapes import Filters, TicketRow, TicketsPage, Undoable

PAGE: Final = 25
EXCERPT: Final = 160
#: Last digits of a number with which one can look for it.
FIND_LEAST: Final = 4
REFERENCE: Final = 10
OPEN: Final[tuple[str, ...]] = tuple(state for state, about in STATES.items() if about.group == "open")
_WORK: Final = tuple(state for state in OPEN if state != "resolution_proposed")
#: What a list may show, and the states behind it.
SHOWN: Final[dict[str, tuple[str, ...]]] = {
    "open": _WORK,
    "overdue": tuple(state for state in _WORK if state != "in_appeal"),
    "risk": tuple(state for state in _WORK if state != "in_appeal"),
    "proposed": ("resolution_proposed",),
    "disputed": ("disputed",),
    "appeal": ("in_appeal",),
    "closed": tuple(state for state in STATES if state not in OPEN),
}


@dataclass(frozen=True)
class ListRead:
    """What one page of the list needs of the database."""

    rows: list[Listed]
    total: int
    tally: Mapping[str, tuple[int, int]]
    sessions: list[tuple[str, str, str, int]]
    posts: list[tuple[str, str, str, str]]
    known: Known
    mine: tuple[str, ...]
    calendar: WorkingCalendar


@guarded("page.tickets")
async def listing(request: Request, account: Account) -> Response:
    """GET /tickets."""
    return await listed(house_of(request), request, account)


async def listed(
    house: House, request: Request, account: Account, undo: Undoable | None = None, said: str = ""
) -> Response:
    words, now = house.words(request), house.now()
    filters = filters_of(request)
    district = await house.districts.get()
    digits = only_digits(filters.find)
    problem = problem_of(digits, filters.find, words, now)
    after = position(request.query_params.get("after", ""))
    found = await house.service.read(_read, account, filters, "" if problem else digits, after, now)
    if len(digits) == REFERENCE and len(found.rows) == 1 and undo is None:
        return see(f"/tickets/{found.rows[0].reference}")
    names = Names(found.known, district, words)
    last = found.rows[PAGE - 1] if len(found.rows) > PAGE else None
    acting = may(account, "ticket.act")
    page = TicketsPage(
        rows=tuple(row_of(each, names, found.calendar, now, acting) for each in found.rows[:PAGE]),
        total=found.total,
        counts=counts_of(found.tally),
        filters=filters,
        sessions=tuple(
            Choice(id, f"{reading.title({'ur': ur, 'en': en}, words)} ({words.dates.day(at)})")
            for id, ur, en, at in found.sessions
        ),
        topics=tuple(Choice(code, name) for code, name in district.topics(words).items()),
        places=district.places(words),
        offices=district.host(account.office_id, words) if account.office_id else "",
        key=forms.new_key(),
        posts=tuple(Choice(each[0], names.post_of_office(each[0], each[3])) for each in found.posts) if acting else (),
        no_office=account.role in OFFICE and not account.office_id,
        has_post=bool(found.mine),
        later=f"{last.due_at or NEVER}.{last.id}" if last else "",
        begun=after is not None,
        problem=problem,
        undo=undo,
        said=said,
        supervises=may(account, "page.supervise"),
        replies=may(account, "page.replies") and account.office_id is not None,
    )
    return house.show(request, "staff/tickets.html", page)


def filters_of(request: Request) -> Filters:
    """The filters of an address; what nobody knows counts for nothing."""
    asked = request.query_params
    show = asked.get("show", "")
    return Filters(
        show=show if show in SHOWN else "open",
        whose="mine" if asked.get("whose") == "mine" else "",
        session=asked.get("session", "")[:16],
        topic=asked.get("topic", "")[:40],
        area=asked.get("area", "")[:40],
        find=asked.get("find", "").strip()[:40],
    )


def problem_of(digits: str, written: str, words: Words, now: int) -> str:
    """Why a number cannot be looked for; nothing where it can, or where none was written."""
    if not written:
        return ""
    if len(digits) < FIND_LEAST:
        return words.plain("office.find_short")
    if len(digits) > REFERENCE:
        return words.plain("office.find_none")
    wrong = slip(digits, words.dates.local(now).year) if len(digits) == REFERENCE else None
    if wrong is None:
        return ""
    places = words.plain("comma").join(f" {place + 1}" for place in wrong.places).strip()
    return words.plain("office.find_places", places=places) if places else words.plain("office.find_none")


def wanted_of(filters: Filters, digits: str, account: Account, mine: tuple[str, ...], now: int) -> Wanted:
    """A number is looked for everywhere within reach; all else is narrowed as the page says."""
    if digits:
        return Wanted(ending=digits)
    return Wanted(
        SHOWN[filters.show],
        filters.session,
        now if filters.show == "overdue" else None,
        now if filters.show == "risk" else None,
        filters.topic,
        filters.area,
        mine if filters.whose else (),
        account.id if filters.whose else "",
    )


def _read(
    conn: Connection, account: Account, filters: Filters, digits: str, after: tuple[int, str] | None, now: int
) -> ListRead:
    within = reach(conn, account, now)
    mine = posts.posts_of(conn, account.id, now)
    wanted = wanted_of(filters, digits, account, mine, now)
    rows = ticket_lists.listing(conn, within, wanted, after=after, limit=PAGE + 1)
    tally = ticket_lists.tally(conn, within, now)
    plain = wanted == Wanted(SHOWN[filters.show])
    total = sum(tally.get(state, (0, 0))[0] for state in wanted.states) if plain else 0
    offices = {each.office_id for each in rows} if account.office_id is None else {account.office_id}
    return ListRead(
        rows=rows,
        total=total if plain else ticket_lists.count(conn, within, wanted),
        tally=tally,
        sessions=ticket_lists.sessions(conn, within),
        posts=actors.of_offices(conn, offices),
        known=Known.read(conn, ()),
        mine=mine,
        calendar=calendars.current(conn),
    )


def counts_of(tally: Mapping[str, tuple[int, int]]) -> dict[str, int]:
    """How many each list shows, where a number calls for something to be done."""
    return {
        "overdue": sum(tally.get(state, (0, 0))[1] for state in SHOWN["overdue"]),
        "disputed": tally.get("disputed", (0, 0))[0],
        "appeal": tally.get("in_appeal", (0, 0))[0],
    }


def row_of(listed: Listed, names: Names, calendar: WorkingCalendar, now: int, acting: bool = False) -> TicketRow:
    words, district = names.words, names.district
    due, tone = due_of(listed, calendar, words, now)
    accountable = names.post(listed.accountable_post_id)
    return TicketRow(
        reference=listed.reference,
        topic=district.topic(listed.category, words),
        place=district.area(listed.area, words),
        text=excerpt(listed.text, EXCERPT),
        state=listed.state,
        outcome=listed.outcome or "",
        due=due,
        due_tone=tone,
        office=names.post_of_office(listed.post_id, listed.office_id),
        followers=listed.followers,
        private=listed.private,
        id=listed.id,
        level=listed.level,
        answers=accountable,
        assignable=acting and listed.state == "routed",
    )


def due_of(listed: Listed, calendar: WorkingCalendar, words: Words, now: int) -> tuple[str, Tone]:
    """How much time is left, in working days of its place; nothing where it is the citizen's turn or over."""
    if listed.due_at is None or not is_open(cast(State, listed.state)) or listed.state == "resolution_proposed":
        return "", ""
    return clock_words.left(listed.due_at, now, calendar.days(listed.area or ""), words)


def position(text: str) -> tuple[int, str] | None:
    """Where the last page ended; anything else begins anew."""
    due, _, id = text.partition(".")
    known = due.isascii() and due.isdigit() and len(due) < 20 and int(due) <= NEVER
    return (int(due), id[:64]) if known and id else None


# The page of one ticket


@guarded("page.tickets")
async def show(request: Request, account: Account) -> Response:
    """GET /tickets/{reference}."""
    house = house_of(request)
    words = house.words(request)
    said, did = "", request.query_params.get("did", "")[:20]
    if request.query_params.get("posted"):
        said = words.plain("status.posted")
    elif words.has(f"office.did.{did}"):
        said = words.plain(f"office.did.{did}")
    return await drawn(house, request, account, Back(said=said))


@guarded("page.status")
async def post(request: Request, account: Account) -> Response:
    """POST /tickets/{reference}: a status line, or the undoing of one."""
    house = house_of(request)
    words = house.words(request)
    fields = await forms.read(request, house.origins)
    reference = only_digits(request.path_params["reference"][:32])
    if "insert" in fields:
        fields = await ready.inserted(house, request, account, fields, ["text"])
        return await drawn(house, request, account, Back("status", fields))
    values = StatusValues(fields.get("kind", ""), fields.get("day", "").strip()[:10], fields.get("text", ""))
    undo = only_digits(fields.get("undo", "")[:12])
    today = words.dates.local(house.now()).date().isoformat()

    def write(conn: Connection, now: int) -> None:
        found = found_in(conn, account, reference, now)
        if undo:
            desk.undo_status(conn, now, found, actor=account.id, seq=int(undo))
            return
        desk.post_status(
            conn,
            now,
            found,
            actor=account.id,
            office=account.office_id or found.office_id,
            kind=values.kind,
            text=values.text,
            day=values.day,
            today=today,
            key=fields.get("key", ""),
        )

    try:
        await house.write(write)
    except TicketRefused as refused:
        errors = {_FIELD.get(refused.code, "text"): words.plain(f"status.refused.{refused.code}")}
    except Refused as refused:
        errors = {"text": sentence(words, refused.code, refused.params)}
    else:
        return see(f"/tickets/{reference}" + ("" if undo else "?posted=1"))
    return await drawn(house, request, account, Back("status", fields, (), errors, status=422))


_FIELD: Final = {"status_kind": "kind", "status_day": "day"}
