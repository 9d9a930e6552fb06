"""The next hearing begins with what was promised in the last one: kept, broken, still due; on a big screen, on paper.

The office says of each how it stands, and the desk offers the seat first to whom something is still owed.
"""

from __future__ import annotations

from typing import Final, cast
from zoneinfo import ZoneInfo

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from kachehri import promises as ledger
from kachehri.live import Live
from kachehri.store import Connection
from kachehri.store import promises as rows
from kachehri.store import sessions as session_rows
from kachehri.store.tables import Account, SeatOffer
from kachehri.store.tables import Session as SessionRow
from kachehri.tickets.acts import Doer
from kachehri.tickets.status import TicketRefused
from rooms.base import Refused
from rooms.lifecycle import OPEN
from rooms.questions import MoveQuestion
from web import forms, opening_page, reading
from web.house import House, house_of, see
from web.opening_shapes import OpeningPage
from web.staff import guarded, may, submit_as

#: What the office says of a promise, and what the desk does about whom it was given to.
MARKS: Final = ("said", "moved", "help")
SEATS: Final = ("offer", "take_back", "first")


@guarded("page.opening")
async def show(request: Request, account: Account) -> Response:
    """GET /sessions/{session}/opening. With `screen`, for everybody's eyes: nothing to press."""
    return await drawn(request, account)


@guarded("page.promises")
async def act(request: Request, account: Account) -> Response:
    """POST /sessions/{session}/opening: one mark, or one seat."""
    house = house_of(request)
    fields = await forms.read(request, house.origins)
    session_id, what = request.path_params["session"], fields.get("do", "")
    live = await house.service.live(session_id)
    row = await _session(house, session_id)
    try:
        if live.session.phase not in OPEN:
            raise Refused("phase", phase=live.session.phase)
        if what in MARKS:
            await house.write(_mark, row, account, fields, ZoneInfo(house.settings.place.timezone))
        elif what in SEATS and may(account, "question.move"):
            if what == "first":
                await put_first(house, request, account, live, fields)
            await house.write(_seat, row, account, fields)
        else:
            raise forms.FormRefused(400)
    except (TicketRefused, Refused) as no:
        return await drawn(request, account, refused=no.code)
    return see(f"/sessions/{session_id}/opening?done={what}#p-{fields.get('promise', '')}")


async def drawn(request: Request, account: Account, *, refused: str = "") -> Response:
    house = house_of(request)
    words = house.words(request)
    live = await house.service.live(request.path_params["session"])
    row = await _session(house, live.session.id)
    now, district = house.now(), await house.districts.get()
    found = await house.service.read(opening_page.read, row, now)
    done = request.query_params.get("done", "")
    open = live.session.phase in OPEN
    screen = "screen" in request.query_params
    # What citizens wrote is read by whoever decides about its release; the big screen has everybody before it.
    unreleased = not screen and may(account, "page.releases")
    page = OpeningPage(
        session=reading.head(live, words),
        last_at=found.last.starts_at if found.last else 0,
        groups=opening_page.groups(found, live, district, words, now),
        may_mark=open and not screen and may(account, "page.promises"),
        may_call=open and not screen and may(account, "question.move"),
        open=open,
        screen=screen,
        key=forms.new_key(),
        today=words.dates.local(now).date().isoformat(),
        told=words.plain(f"opening.done.{done}") if done in (*MARKS, *SEATS) else "",
        refused=words.plain(f"refused.{refused}") if refused else "",
        agenda=await house.service.read(opening_page.agenda, row, district, words, now, unreleased),
    )
    return house.show(request, "staff/opening.html", page, status=409 if refused else 200)


async def put_first(house: House, request: Request, account: Account, live: Live, fields: dict[str, str]) -> None:
    """Move her question before all others, behind those only who were put there for the same reason. The reason is
    public, as for every place that is changed by hand.

    Errors: `Refused`.
    """
    question, queue = fields.get("question", ""), live.session.queue
    comers = await house.service.read(rows.comers, live.session.id, [fields.get("promise", "")])
    if question not in comers.get(fields.get("promise", ""), ()):
        raise Refused("question_unknown")
    ahead = (id for _, id in queue.line if queue.questions[id].moved != "promised")
    before = next(ahead, None)
    if before is not None and before != question:
        command = MoveQuestion(question=question, before=before, reason="promised")
        await submit_as(house, request, account, live.session.id, command, fields.get("key", ""))


def _mark(
    conn: Connection, now: int, row: SessionRow, account: Account, fields: dict[str, str], zone: ZoneInfo
) -> None:
    found = rows.get(conn, fields.get("promise", ""))
    if found is None or not _of_room(conn, row, found.session_id):
        raise TicketRefused("pledge_unknown")
    # At the desk somebody writes down what the official says aloud; the official speaks for the office.
    side = "office" if account.role == "official" else "triage"
    doer = Doer(side, account.id, office=account.office_id or "")  # type: ignore[arg-type]
    what = cast(ledger.OfficeWord, fields["do"])
    ledger.by_office(conn, now, found, what, doer, day=fields.get("day", ""), zone=zone, key=fields.get("key", ""))


def _seat(conn: Connection, now: int, row: SessionRow, account: Account, fields: dict[str, str]) -> None:
    found = rows.get(conn, fields.get("promise", ""))
    if found is None or not _of_room(conn, row, found.session_id):
        raise TicketRefused("pledge_unknown")
    if fields["do"] == "take_back":
        rows.take_back(conn, row.id, found.id)
        return
    rows.offer(conn, SeatOffer(session_id=row.id, commitment_id=found.id, made_at=now, made_by=account.id))
    if fields["do"] == "first":
        rows.used(conn, row.id, found.id, fields.get("question", ""), now)


def _of_room(conn: Connection, row: SessionRow, session_id: str) -> bool:
    """Whether a promise was made in this room, before this hearing."""
    other = session_rows.get(conn, session_id)
    return other is not None and other.room_id == row.room_id and other.starts_at < row.starts_at


async def _session(house: House, session_id: str) -> SessionRow:
    found = await house.service.read(session_rows.get, session_id)
    if found is None:
        raise HTTPException(404)
    return found
