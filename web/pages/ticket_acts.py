"""What is done with a ticket from its page: an act, a photograph, a look at the phone; and its whole history."""

from __future__ import annotations

from typing import Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from kachehri import audit, particulars, standing, ticketing
from kachehri.i18n import Words
from kachehri.particulars import Reached
from kachehri.store import Connection, content, evidence
from kachehri.store import tickets as ticket_rows
from kachehri.store.event_log import Broken
from kachehri.store.tables import Account, Ticket
from kachehri.tickets import acts
from kachehri.tickets.events import Happened
from kachehri.tickets.life import Life, replay
from kachehri.tickets.reference import parse
from kachehri.tickets.status import TicketRefused, calendar_day
from rooms.base import ContentRef, Refused
from web import forms, ready, ticket_story
from web.act_forms import FIELD_OF, FORMS, LINE_MOST, ActForm, Given, cites, made, outcomes
from web.errors import sentence
from web.house import house_of, see
from web.pages.ticket_page import REVEAL_REASONS, drawn, reference_of
from web.staff import guarded
from web.ticket_cards import Back
from web.ticket_names import Known, Names
from web.ticket_reading import found_in
from web.ticket_shapes import HistoryPage, HistoryRow
from web.topics import District

#: Digits of a hash that people compare.
HASH_SHOWN: Final = 12
#: A day that somebody plans for is not further away than this many years.
YEARS_AHEAD: Final = 2


class Faulty(Exception):
    """A form that is not whole. `errors`: field → sentence."""

    def __init__(self, errors: dict[str, str]) -> None:
        super().__init__()
        self.errors = errors


# Acts


@guarded("ticket.act")
async def act(request: Request, account: Account) -> Response:
    """POST /tickets/{reference}/act."""
    house = house_of(request)
    words = house.words(request)
    sent = await forms.pairs(request, house.origins)
    values = dict(sent)
    name = values.get("do", "")
    form = FORMS.get(name)
    if form is None:
        return see(f"/tickets/{reference_of(request)}")
    chosen = tuple(value[:64] for field, value in sent if field == "picture")
    if "insert" in values:
        values = await ready.inserted(house, request, account, values, [a.name for a in form.asks if a.kind == "words"])
        return await drawn(house, request, account, Back(name, values, chosen))
    district = await house.districts.get()
    today = words.dates.local(house.now()).date().isoformat()

    def write(conn: Connection, now: int) -> Life:
        ticket = found_in(conn, account, reference_of(request), now)
        life = ticketing.load(conn, ticket.id)
        faults = whole(name, form, values, life, district, today, words)
        if faults:
            raise Faulty(faults)
        key = f"{values.get('key', '')[:40]}-{name}"
        return done(conn, now, account, ticket, life, name, values, chosen, district, key)

    try:
        after = await house.write(write)
    except Faulty as faulty:
        back = Back(name, values, chosen, faulty.errors, status=422)
    except TicketRefused as refused:
        field = FIELD_OF.get(refused.code, "")
        field = f"{name}-{field}" if any(ask.name == field for ask in form.asks) else name
        status = 409 if refused.code == "ticket_busy" else 422
        back = Back(name, values, chosen, {field: sentence(words, refused.code)}, status=status)
    except Refused as refused:
        first = next((ask.name for ask in form.asks if ask.kind == "words"), "")
        told = {f"{name}-{first}": sentence(words, refused.code, refused.params)}
        back = Back(name, values, chosen, told, status=422)
    else:
        did = "submitted" if name == "propose" and after.submitted is not None else name
        return see(f"/tickets/{reference_of(request)}?did={did}")
    return await drawn(house, request, account, back)


def whole(
    name: str, form: ActForm, values: dict[str, str], life: Life, district: District, today: str, words: Words
) -> dict[str, str]:
    """Everything that is missing or cannot be, all at once; what the rules must say is left to them."""
    errors: dict[str, str] = {}
    for ask in form.asks:
        value = values.get(ask.name, "").strip()
        key, wrong = f"{name}-{ask.name}", ""
        if ask.needed and not value:
            wrong = f"office.need.{ask.kind}"
        elif value and ask.kind == "outcome" and value not in outcomes(life):
            wrong = "office.need.outcome"
        elif value and ask.kind == "office" and value not in district.offices:
            wrong = "office.need.office"
        elif value and ask.kind == "topic" and value not in district.category_codes():
            wrong = "office.need.topic"
        elif value and ask.kind == "day" and not today <= calendar_day(value) <= _years_later(today):
            wrong = "office.need.day"
        elif value and ask.kind == "reference" and parse(value) is None:
            wrong = "office.need.reference"
        elif ask.name == "rule" and not value and cites(values.get("outcome", "")):
            wrong = "office.need.rule"
        elif ask.kind in ("words", "line") and len(value) > (most := _most(ask.kind)):
            errors[key] = words.plain("field.text_too_long", limit=most, length=len(value))
        if wrong:
            errors[key] = words.plain(wrong)
    return errors


def _most(kind: str) -> int:
    return LINE_MOST if kind == "line" else ticketing.TEXT_MOST


def _years_later(day: str) -> str:
    return f"{int(day[:4]) + YEARS_AHEAD}{day[4:]}"


def done(
    conn: Connection,
    now: int,
    account: Account,
    ticket: Ticket,
    life: Life,
    name: str,
    values: dict[str, str],
    chosen: tuple[str, ...],
    district: District,
    key: str,
) -> Life:
    """Do an act in whichever of the account's capacities it goes through.

    Errors: `TicketRefused`; `Refused` for words that cannot be kept.
    """
    chart, sides, ctx = standing.known(conn, account, life, now)

    def keep(text: str, kind: str, most: int) -> ContentRef:
        return ticketing.words(conn, now, text, kind=kind, most=most or ticketing.TEXT_MOST)

    def parent(reference: str) -> str:
        try:
            return found_in(conn, account, reference, now).id
        except HTTPException:
            raise TicketRefused("ticket_unknown") from None

    known = {each.id for each in evidence.of_ticket(conn, ticket.id)}
    own = account.office_id or ""
    given = Given(
        values=values,
        pictures=tuple(each for each in chosen if each in known),
        keep=keep,
        days={each.code: (each.sla_days, each.protected) for each in district.categories},
        parent=parent,
        above=ctx.above,
        account=lambda post: chart.account(post, now, life.about),
        office=own if own in life.parts else next((each for each, at in life.parts.items() if at is None), ""),
    )
    wanted = made(name, life, given)
    around = ticketing.context(conn, now, life, wanted) if isinstance(wanted, acts.Join) else ctx
    for each in sides:
        # A form that comes once more: the door knows it by its key, and by the side that it was done from.
        if before := ticketing.known(conn, ticket.id, wanted, each.doer, key):
            return before
    if FORMS[name].heavy and values.get("seq", "") not in ("", str(life.seq)):
        raise TicketRefused("ticket_busy")
    offer = standing.offer(life, wanted, sides, around)
    if offer is None:
        raise TicketRefused("ticket_step" if sides else "ticket_not_you")
    return ticketing.act(conn, now, ticket.id, wanted, offer.doer, key=key)


# The phone


@guarded("ticket.phone")
async def phone(request: Request, account: Account) -> Response:
    """POST /tickets/{reference}/phone: shown only together with the record of who looked at it, and why;
    and so is the e-mail address that a program sent.
    """
    house = house_of(request)
    words = house.words(request)
    fields = await forms.read(request, house.origins)
    why, more = fields.get("why", ""), fields.get("words", "").strip()
    if why not in REVEAL_REASONS:
        errors = {"phone-why": words.plain("office.need.why")}
        return await drawn(house, request, account, Back("phone", fields, (), errors, status=422))
    reason = words.plain(f"reveal.reason.{why}")

    def reveal(conn: Connection, now: int) -> Reached:
        ticket = found_in(conn, account, reference_of(request), now)
        life = ticketing.load(conn, ticket.id)
        if not standing.known(conn, account, life, now)[1]:
            raise HTTPException(404)
        audit.record(
            conn,
            now,
            action="phone.reveal",
            subject=ticket.reference,
            reason=f"{reason}: {more}" if more else reason,
            account=account.id,
            session=ticket.session_id,
        )
        return particulars.reached(conn, house.service.people, ticket)

    try:
        reached = await house.write(reveal)
    except Refused as refused:
        errors = {"phone-words": sentence(words, refused.code, refused.params)}
        return await drawn(house, request, account, Back("phone", fields, (), errors, status=422))
    return await drawn(house, request, account, Back("phone", reached=reached))


# The history


@guarded("page.tickets")
async def history(request: Request, account: Account) -> Response:
    """GET /tickets/{reference}/history: every step with its place in the chain."""
    house = house_of(request)
    words, now = house.words(request), house.now()

    Read = tuple[Ticket, list[ticket_rows.Step], list[Happened], dict[str, str], Known, bool, bool]

    def read(conn: Connection) -> Read:
        ticket = found_in(conn, account, reference_of(request), now)
        raw, steps = ticket_rows.steps(conn, ticket.id), ticketing.history(conn, ticket.id)
        try:
            ticket_rows.verify(conn, ticket.id)
            sound = True
        except Broken:
            sound = False
        texts = content.texts_of(conn, ticket_story.contents(steps))
        _, sides, _ = standing.known(conn, account, replay(ticket.id, steps), now)
        known = Known.read(conn, ticket_story.actors(steps))
        return ticket, raw, steps, texts, known, sound, standing.reads_of_money(sides)

    ticket, raw, steps, texts, known, sound, money = await house.service.read(read)
    names = Names(known, await house.districts.get(), words)
    rows = {row.seq: row for row in ticket_story.rows(steps, texts, names, {}, "", now, every=True, money=money)}
    page = HistoryPage(
        reference=ticket.reference,
        rows=tuple(
            HistoryRow(rows[step.seq], step.type, step.prev_hash.hex()[:HASH_SHOWN], step.hash.hex()[:HASH_SHOWN])
            for step in raw
        ),
        whole=sound,
        end=ticket.head_hash.hex(),
    )
    return house.show(request, "staff/ticket_history.html", page)
