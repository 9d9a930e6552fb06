"""The extension for updates, as mySociety's FixMyStreet speaks it: what moved since, and what the citizen adds.

What a program posts is never taken for the citizen's yes or no: closing and disputing need her own link or code. It is
her answer where the office waits for one, and else a note to the desk.
"""

from __future__ import annotations

from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response

from kachehri import api_keys, ticketing
from kachehri.store import Connection, doors, public_tickets
from kachehri.store import tickets as ticket_rows
from kachehri.store.tables import ApiKey
from kachehri.tickets.acts import Answer, Doer, Note
from kachehri.tickets.status import TicketRefused
from rooms.base import Refused
from web.house import house_of
from web.open311 import shapes
from web.open311.asking import Parameters, of_form, of_query
from web.open311.door import check_jurisdiction, key_of, opened
from web.open311.errors import Fault, Faulty
from web.open311.reading import SPAN_MS, span
from web.open311.writing import Format, answer
from web.timeline import moments

ROOT: Final = "service_request_updates"
#: Tickets looked through at once; who asks again from the last instant gets the rest.
TICKETS_MOST: Final = 500
STATUSES: Final = frozenset(
    {
        *("OPEN", "INVESTIGATING", "IN_PROGRESS", "ACTION_SCHEDULED", "FIXED", "CLOSED", "DUPLICATE", "CANCELLED"),
        *("NOT_COUNCILS_RESPONSIBILITY", "NO_FURTHER_ACTION", "INTERNAL_REFERRAL", "FOR_TRIAGE", "REOPEN"),
    }
)


@opened
async def listing(request: Request, format: Format) -> Response:
    """GET servicerequestupdates: the public steps of public tickets, oldest first."""
    house = house_of(request)
    asked = of_query(request)
    key = await key_of(house, asked, "updates")
    check_jurisdiction(request, asked)
    now = house.now()
    since, until = span(asked, "start_date", "end_date", now) or (now - SPAN_MS, now)
    asked.checked()
    words = house.words(request)

    def read(conn: Connection) -> list[dict[str, Any]]:
        rows = public_tickets.moved(conn, since, until, limit=TICKETS_MOST)
        chains = public_tickets.steps(conn, [row.id for row in rows])
        found = [
            (moment, row.reference)
            for row in rows
            for moment in moments(row.id, chains[row.id])
            if since <= moment.at <= until
        ]
        found.sort(key=lambda each: (each[0].at, each[1], each[0].seq))
        return [shapes.update(reference, moment, words) for moment, reference in found]

    shown = await house.service.read(read)
    await house.write(api_keys.touch, key)
    return answer(format, ROOT, shown)


@opened
async def post(request: Request, format: Format) -> Response:
    """POST servicerequestupdates: what the citizen adds, on a ticket that this very key filed."""
    house = house_of(request)
    asked = await of_form(request)
    key = await key_of(house, asked, "updates")
    house.doors.paces.take(key)
    check_jurisdiction(request, asked)
    check(asked)
    asked.checked()
    try:
        update_id = await house.write(_take, key, asked)
    except TicketRefused as refused:
        raise Faulty(Fault(400, f"This cannot be added now ({refused.code})")) from None
    except Refused as refused:
        if refused.code == "slow_down":
            raise
        raise Faulty(Fault(400, f"description cannot be taken ({refused.code})")) from None
    return answer(format, ROOT, [{"update_id": update_id}])


def check(asked: Parameters) -> None:
    for name in ("service_request_id", "description"):
        if not asked.get(name):
            asked.wrong(f"{name} was not provided")
    status = asked.get("status")
    if status and status.upper() not in STATUSES:
        asked.wrong("status is none of the extension's")
    asked.instant("updated_datetime")
    if len(asked.get("update_id")) > 64:
        asked.wrong("update_id is too long")


def _take(conn: Connection, now: int, key: ApiKey, asked: Parameters) -> str:
    """Errors: `Faulty` with 404 for a ticket that is not public, and for one of another program alike."""
    found = public_tickets.one(conn, asked.get("service_request_id"))
    filing = doors.filing(conn, found.id) if found else None
    ticket = ticket_rows.get(conn, found.id) if found else None
    if ticket is None or filing is None or filing.key_id != key.id:
        raise Faulty(Fault(404, "service_request_id was not found"))
    api_keys.check_day(conn, now, key)
    api_keys.touch(conn, now, key)
    answers = ticket.state == "awaiting_citizen"
    said = ticketing.words(
        conn, now, asked.get("description"), person=ticket.person_id, kind="answer" if answers else "note"
    )
    act = Answer(answer=said) if answers else Note(note=said)
    # A note comes to the desk that sorts, in the name of the program and not of a person.
    doer = Doer("citizen", ticket.person_id or "") if answers else Doer("triage", f"key/{key.id}")
    own = asked.get("update_id")
    life = ticketing.act(conn, now, ticket.id, act, doer, key=f"{key.id}/{own}" if own else "")
    return f"{ticket.reference}-{life.seq}"
