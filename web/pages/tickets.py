"""An office's tickets: the list, one ticket, and the status line that its citizen reads."""

from __future__ import annotations

from typing import Final, cast

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from kachehri.i18n import Words
from kachehri.i18n.digits import only_digits
from kachehri.store import Connection, content, ticket_lists
from kachehri.store import tickets as ticket_rows
from kachehri.store.tables import Account, Ticket
from kachehri.store.ticket_lists import NEVER, Listed, Wanted
from kachehri.tickets import desk, status
from kachehri.tickets.lifecycle import STATES, State, is_open
from kachehri.tickets.reach import OFFICE, reach
from kachehri.tickets.status import StatusLine, TicketRefused
from rooms.base import Refused
from web import forms, reading
from web.cards import Choice
from web.errors import sentence
from web.house import House, house_of, see
from web.papers.pairs import calendar
from web.papers.register import excerpt
from web.staff import guarded, may
from web.ticket_shapes import StatusRow, StatusValues, TicketDeskPage, TicketRow, TicketsPage, Tone
from web.topics import District

PAGE: Final = 25
#: Further away than this a date says more than a number of days.
FAR_DAYS: Final = 30
EXCERPT: Final = 160
OPEN: Final[tuple[str, ...]] = tuple(state for state, about in STATES.items() if about.group == "open")
#: What a list may show, and the states behind it.
SHOWN: Final[dict[str, tuple[str, ...]]] = {
    "open": tuple(state for state in OPEN if state != "resolution_proposed"),
    "overdue": OPEN,
    "proposed": ("resolution_proposed",),
    "closed": tuple(state for state in STATES if state not in OPEN),
}


@guarded("page.tickets")
async def listing(request: Request, account: Account) -> Response:
    """GET /tickets."""
    house = house_of(request)
    words = house.words(request)
    now = house.now()
    show = request.query_params.get("show", "")
    show = show if show in SHOWN else "open"
    session = request.query_params.get("session", "")[:16]
    wanted = Wanted(SHOWN[show], session, now if show == "overdue" else None)
    late = Wanted(OPEN, session, now)
    after = position(request.query_params.get("after", ""))

    def read(conn: Connection) -> tuple[list[Listed], int, int, list[tuple[str, str, str, int]]]:
        mine = reach(conn, account, now)
        rows = ticket_lists.listing(conn, mine, wanted, after=after, limit=PAGE + 1)
        total, overdue = ticket_lists.count(conn, mine, wanted), ticket_lists.count(conn, mine, late)
        return rows, total, overdue, ticket_lists.sessions(conn, mine)

    found, total, overdue, sessions = await house.service.read(read)
    district = await house.districts.get()
    last = found[PAGE - 1] if len(found) > PAGE else None
    page = TicketsPage(
        rows=tuple(row_of(each, district, words, now) for each in found[:PAGE]),
        total=total,
        overdue=overdue,
        show=show,
        session=session,
        sessions=tuple(
            Choice(id, f"{reading.title({'ur': ur, 'en': en}, words)} ({words.dates.day(at)})")
            for id, ur, en, at in sessions
        ),
        offices=district.host(account.office_id, words) if account.office_id else "",
        no_office=account.role in OFFICE and not account.office_id,
        later=f"{last.due_at or NEVER}.{last.id}" if last else "",
        begun=after is not None,
    )
    return house.show(request, "staff/tickets.html", page)


def row_of(listed: Listed, district: District, words: Words, now: int) -> TicketRow:
    due, tone = due_of(listed.due_at, listed.state, words, now)
    return TicketRow(
        reference=listed.reference,
        topic=district.topic(listed.category, words),
        place=district.area(listed.area, words),
        text=excerpt(listed.text, EXCERPT),
        state=listed.state,
        outcome=listed.outcome or "",
        due=due,
        due_tone=tone,
        office=district.host(listed.office_id, words),
        followers=listed.followers,
        private=listed.private,
    )


def due_of(due_at: int | None, state: str, words: Words, now: int) -> tuple[str, Tone]:
    """The date in words that need no counting, and how urgent it is."""
    if due_at is None or not is_open(cast(State, state)):
        return "", ""
    days = (words.dates.local(due_at).date() - words.dates.local(now).date()).days
    if due_at < now:
        return words.plain("tickets.late", max(1, -days)), "error"
    if days == 0:
        return words.plain("tickets.today"), "warn"
    if days > FAR_DAYS:
        return words.dates.day(due_at), ""
    return words.plain("tickets.in_days", days), "warn" if days <= 3 else ""


def position(text: str) -> tuple[int, str] | None:
    """Where the last page ended; anything else begins anew."""
    due, _, id = text.partition(".")
    known = due.isascii() and due.isdigit() and len(due) < 20 and int(due) <= NEVER
    return (int(due), id[:64]) if known and id else None


@guarded("page.tickets")
async def show(request: Request, account: Account) -> Response:
    """GET /tickets/{reference}."""
    house = house_of(request)
    said = house.words(request).plain("status.posted") if request.query_params.get("posted") else ""
    return await drawn(house, request, account, said=said)


@guarded("page.status")
async def post(request: Request, account: Account) -> Response:
    """POST /tickets/{reference}: a status line, or the undoing of one."""
    house = house_of(request)
    words = house.words(request)
    fields = await forms.read(request, house.origins)
    reference = only_digits(request.path_params["reference"][:32])
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
        return await drawn(house, request, account, values=values, errors=errors, status_code=422)
    except Refused as refused:
        told = sentence(words, refused.code, refused.params)
        return await drawn(house, request, account, values=values, errors={"text": told}, status_code=422)
    return see(f"/tickets/{reference}" + ("" if undo else "?posted=1"))


_FIELD: Final = {"status_kind": "kind", "status_day": "day"}


def found_in(conn: Connection, account: Account, reference: str, now: int) -> Ticket:
    """The ticket, if it is within reach; else there is no such ticket, whether there is or not."""
    found = ticket_rows.by_reference(conn, reference)
    if found is None or not ticket_lists.within(conn, reach(conn, account, now), found.id):
        raise HTTPException(404)
    return found


async def drawn(
    house: House,
    request: Request,
    account: Account,
    *,
    values: StatusValues | None = None,
    errors: dict[str, str] | None = None,
    said: str = "",
    status_code: int = 200,
) -> Response:
    words = house.words(request)
    now = house.now()
    reference = only_digits(request.path_params["reference"][:32])

    def read(conn: Connection) -> tuple[Ticket, list[StatusLine], int, dict[str, str], dict[str, str]]:
        ticket = found_in(conn, account, reference, now)
        first = ticket_rows.steps(conn, ticket.id)[0]
        decided = desk.first_words(first.body)
        ids = [each for each in (ticket.content_id, decided.get("rule"), decided.get("note")) if each]
        lines, followers = desk.status_lines(conn, ticket.id), ticket_rows.follower_count(conn, ticket.id)
        return ticket, lines, followers, decided, content.texts_of(conn, ids)

    ticket, lines, followers, decided, texts = await house.service.read(read)
    district = await house.districts.get()
    private = ticket.privacy == "private"
    name, hidden, village, title = "", True, "", ""
    if ticket.session_id and ticket.question_id:
        live = await house.service.live(ticket.session_id)
        question = live.session.queue.questions[ticket.question_id]
        title = reading.title(live.session.lifecycle.title, words)
        hidden = question.hide_name or private
        name = "" if hidden else live.texts.get(question.name, "")
        village = live.texts.get(question.village, "")
    page = TicketDeskPage(
        reference=ticket.reference,
        state=ticket.state,
        topic=district.topic(ticket.category, words),
        place=district.area(ticket.area, words),
        village=village,
        name=name,
        hidden=hidden,
        private=private,
        text=texts.get(ticket.content_id or "", ""),
        office=district.host(ticket.office_id, words),
        opened_at=ticket.opened_at,
        due_at=ticket.due_at or 0,
        overdue=due_of(ticket.due_at, ticket.state, words, now)[1] == "error",
        followers=followers,
        session_title=title,
        outcome=ticket.outcome or "",
        outcome_words=texts.get(decided.get("note", ""), ""),
        outcome_rule=texts.get(decided.get("rule", ""), ""),
        lines=tuple(line_row(line, account, district, words, now) for line in lines),
        may_post=may(account, "page.status") and is_open(cast(State, ticket.state)),
        key=forms.new_key(),
        today=words.dates.local(now).date().isoformat(),
        values=values or StatusValues(),
        errors=errors or {},
        said=said,
    )
    return house.show(request, "staff/ticket.html", page, status=status_code)


def line_row(line: StatusLine, account: Account, district: District, words: Words, now: int) -> StatusRow:
    left = status.UNDO_MS - (now - line.at)
    return StatusRow(
        seq=line.seq,
        kind=line.kind,
        at=line.at,
        text=line.text,
        day=calendar(words.dates, line.day) if line.day else "",
        office=district.host(line.office, words),
        undo_s=max(0, left // 1000) if line.actor == account.id else 0,
    )
