"""The operations of the program interface, and how each finds its answer."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import Any, Final, get_args

from kachehri import scorecard
from kachehri.i18n import words_for
from kachehri.scorecard import Line, Scorecard
from kachehri.store import Connection, public_sessions, public_tickets
from kachehri.store import sessions as session_rows
from kachehri.store import tickets as ticket_rows
from kachehri.store.public_sessions import PublicSession
from kachehri.store.public_tickets import CLOSED, PublicTicket, Wanted
from kachehri.store.tickets import Step
from web import reading, timeline
from web.api import shapes
from web.api.operations import PREFIX, Given, Operation, Parameter
from web.api.problems import Amiss
from web.house import House
from web.topics import District

USUAL: Final = 50
MOST: Final = 200
PHASES: Final[tuple[str, ...]] = get_args(shapes.Phase)
NO_SESSION: Final = "There is no such public session."
NO_SCORE: Final = "There is no such public session, it is not closed, or its figures are for the staff alone."
NO_TICKET: Final = "There is no such public ticket."

SESSION: Final = Parameter(
    "session", "[a-z0-9]{4,32}", {"type": "string", "pattern": "^[a-z0-9]{4,32}$"}, "the id of a session", path=True
)
REFERENCE: Final = Parameter(
    "reference", "[0-9]{10}", {"type": "string", "pattern": "^[0-9]{10}$"}, "the ten digits of a ticket", path=True
)
#: Every cursor that can be written is a place to go on from, so that none is a mistake.
CURSOR: Final = Parameter(
    "cursor",
    "[0-9]{1,15}_[0-9a-z-]{1,36}",
    {"type": "string", "pattern": "^[0-9]{1,15}_[0-9a-z-]{1,36}$"},
    "the `next` of the page before",
)
LIMIT: Final = Parameter(
    "limit",
    "[1-9][0-9]?|1[0-9][0-9]|200",
    {"type": "integer", "minimum": 1, "maximum": MOST, "default": USUAL},
    f"a number from 1 to {MOST}",
)
OPEN: Final = Parameter(
    "open", "true|false", {"type": "string", "enum": ["true", "false"]}, "true or false: whether somebody owes a step"
)
PHASE: Final = Parameter("phase", "|".join(PHASES), {"type": "string", "enum": list(PHASES)}, "a phase of sessions")


async def sessions(house: House, given: Given) -> shapes.SessionPage:
    size = int(given.get("limit", USUAL))
    after = _position(given)
    phase = given.get("phase", "")

    def look(conn: Connection) -> list[PublicSession]:
        return public_sessions.listing(conn, phase=phase, after=after, limit=size + 1)

    rows = await house.service.read(look)
    found = await house.districts.get()
    heads = [shapes.SessionHead(**_head(row, house, found)) for row in rows[:size]]
    last = rows[size - 1] if len(rows) > size else None
    return shapes.SessionPage(items=heads, next=f"{last.starts_at}_{last.id}" if last else None)


async def session(house: House, given: Given) -> shapes.Session:
    row = await house.service.read(public_sessions.one, given["session"])
    if row is None:
        raise Amiss(404, NO_SESSION)
    live = await house.service.live(row.id)
    sums = reading.balance(live.session)
    states = Counter(each.state for each in await house.service.read(ticket_rows.promises, row.id))
    return shapes.Session(
        **_head(row, house, await house.districts.get()),
        balance=shapes.Balance(
            raised=sums.raised,
            tickets=sums.tickets,
            followers=sums.followers,
            withdrawn=sums.withdrawn,
            refused=sums.refused,
        )
        if sums
        else None,
        promises=shapes.Promises(made=states.total(), kept=states["kept"], broken=states["broken"]),
    )


async def tickets(house: House, given: Given) -> shapes.TicketPage:
    size = int(given.get("limit", USUAL))
    wanted = Wanted(
        open=given["open"] == "true" if "open" in given else None,
        session_id=given.get("session"),
        after=_position(given),
    )

    def look(conn: Connection) -> list[PublicTicket] | None:
        if wanted.session_id and public_sessions.one(conn, wanted.session_id) is None:
            return None
        return public_tickets.listing(conn, wanted, limit=size + 1)

    rows = await house.service.read(look)
    if rows is None:
        raise Amiss(404, NO_SESSION)
    found = await house.districts.get()
    last = rows[size - 1] if len(rows) > size else None
    items = [shapes.Ticket(**_ticket(row, house, found)) for row in rows[:size]]
    return shapes.TicketPage(items=items, next=f"{last.opened_at}_{last.id}" if last else None)


async def ticket(house: House, given: Given) -> shapes.TicketLife:
    def look(conn: Connection) -> tuple[PublicTicket, list[Step]] | None:
        row = public_tickets.one(conn, given["reference"])
        return (row, public_tickets.steps(conn, [row.id])[row.id]) if row else None

    found = await house.service.read(look)
    if found is None:
        raise Amiss(404, NO_TICKET)
    row, steps = found
    moments = [
        shapes.Moment(n=each.seq, at=_at(each.at, house), name=each.name, state=each.state, words=_said(each.name))  # type: ignore[arg-type]
        for each in timeline.moments(row.id, steps)
    ]
    return shapes.TicketLife(**_ticket(row, house, await house.districts.get()), steps=moments)


async def score(house: House, given: Given) -> shapes.Scorecard:
    """The figures of the page, under the same switch."""

    def look(conn: Connection, now: int) -> Scorecard | None:
        row = session_rows.get(conn, given["session"])
        found = row is not None and row.phase == "closed" and public_sessions.one(conn, row.id) is not None
        return scorecard.weigh(conn, row, now) if row is not None and found else None

    card = await house.service.read(look, house.now()) if house.place.open_scorecards else None
    if card is None:
        raise Amiss(404, NO_SCORE)
    found = await house.districts.get()
    return shapes.Scorecard(
        raised=card.raised,
        ends=card.ends,
        called=card.called,
        waited_ms=card.waited,
        waited_longest_ms=card.waited_longest,
        whole=_score(card.whole, None),
        offices=[_score(each, _code(found, each.office)) for each in card.offices],
    )


def _score(line: Line, office: str | None) -> shapes.Score:
    return shapes.Score(
        office=office,
        tickets=line.tickets,
        solved=[shapes.Window(days=each.days, solved=each.solved.n if each.solved else None) for each in line.windows],
        claimed=line.claimed,
        silent=line.silent,
        forced=line.forced,
        promises=line.promises,
    )


async def categories(house: House, given: Given) -> shapes.Categories:
    found = await house.districts.get()
    items = [
        shapes.Category(
            code=each.code,
            group=each.group_code,
            name=_names(each),
            office=_code(found, each.office_id),
            days=each.sla_days,
            private=each.protected,
            keywords=list(each.keywords),
        )
        for each in found.categories
    ]
    return shapes.Categories(items=items)


async def areas(house: House, given: Given) -> shapes.Areas:
    found = await house.districts.get()
    codes = {each.id: each.code for each in found.areas}
    items = [
        shapes.Area(code=each.code, kind=each.kind, parent=codes.get(each.parent_id or ""), name=_names(each))
        for each in found.areas
    ]
    return shapes.Areas(items=items)


async def offices(house: House, given: Given) -> shapes.Offices:
    found = await house.districts.get()
    items = [
        shapes.Office(code=each.code, parent=_code(found, each.parent_id), name=_names(each), sorts=each.triage)
        for each in found.offices.values()
    ]
    return shapes.Offices(items=items)


OPERATIONS: Final[tuple[Operation, ...]] = (
    Operation(f"{PREFIX}/sessions", "sessions", "Hearings", shapes.SessionPage, sessions, (PHASE, LIMIT, CURSOR)),
    Operation(
        f"{PREFIX}/sessions/{{session}}", "session", "One hearing", shapes.Session, session, (SESSION,), NO_SESSION
    ),
    Operation(
        f"{PREFIX}/sessions/{{session}}/tickets",
        "session_tickets",
        "What became of what was raised in a hearing",
        shapes.TicketPage,
        tickets,
        (SESSION, OPEN, LIMIT, CURSOR),
        NO_SESSION,
    ),
    Operation(
        f"{PREFIX}/sessions/{{session}}/scorecard",
        "session_scorecard",
        "What a hearing came to, in figures",
        shapes.Scorecard,
        score,
        (SESSION,),
        NO_SCORE,
    ),
    Operation(f"{PREFIX}/tickets", "tickets", "All public tickets", shapes.TicketPage, tickets, (OPEN, LIMIT, CURSOR)),
    Operation(
        f"{PREFIX}/tickets/{{reference}}",
        "ticket",
        "One public ticket and its steps",
        shapes.TicketLife,
        ticket,
        (REFERENCE,),
        NO_TICKET,
    ),
    Operation(f"{PREFIX}/categories", "categories", "What can be asked about", shapes.Categories, categories),
    Operation(f"{PREFIX}/areas", "areas", "The places of the district", shapes.Areas, areas),
    Operation(f"{PREFIX}/offices", "offices", "The offices that answer", shapes.Offices, offices),
)


def _head(row: PublicSession, house: House, found: District) -> dict[str, Any]:
    return {
        "id": row.id,
        "title": shapes.Names(ur=row.title_ur or row.title_en, en=row.title_en or row.title_ur),
        "phase": row.phase,
        "starts_at": _at(row.starts_at, house),
        "ends_at": _at(row.ends_at, house),
        "office": _code(found, row.office_id) or "",
        "languages": list(row.languages),
    }


def _ticket(row: PublicTicket, house: House, found: District) -> dict[str, Any]:
    office = found.offices.get(row.office_id)
    return {
        "reference": row.reference,
        "session": row.session_id,
        "kind": row.kind,
        "state": row.state,
        "open": row.state not in CLOSED,
        "outcome": row.outcome or None,
        "basis": row.closure_basis or None,
        "category": row.category or None,
        "area": row.area or None,
        "office": office.code if office and not office.triage else None,
        "level": row.level,
        "opened_at": _at(row.opened_at, house),
        "due_at": _at(row.due_at, house) if row.due_at else None,
        "updated_at": _at(row.moved_at, house),
        "closed_at": _at(row.closed_at, house) if row.closed_at else None,
        "words": row.text or None,
    }


def _at(at: int, house: House) -> str:
    zone = words_for("en", house.place.timezone).dates.zone
    return datetime.fromtimestamp(at // 1000, zone).isoformat(timespec="seconds")


def _said(name: str) -> shapes.Names:
    return shapes.Names(ur=words_for("ur").raw(f"moment.{name}"), en=words_for("en").raw(f"moment.{name}"))


def _names(row: Any) -> shapes.Names:
    """Arguments: row: an area, a category or an office."""
    return shapes.Names(ur=row.name_ur or row.name_en, en=row.name_en or row.name_ur)


def _code(found: District, office_id: str | None) -> str | None:
    office = found.offices.get(office_id or "")
    return office.code if office else None


def _position(given: Given) -> tuple[int, str] | None:
    at, _, id = given.get("cursor", "").partition("_")
    return (int(at), id) if id else None
