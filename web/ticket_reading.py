"""One ticket as the database has it, for whoever may see it: to anybody else there is no such ticket."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from starlette.exceptions import HTTPException

from kachehri import calendars, filing, standing, ticketing
from kachehri.standing import Capacity, Offer
from kachehri.store import Connection, actors, content, evidence, replies, ticket_lists
from kachehri.store import tickets as ticket_rows
from kachehri.store.evidence import Pictured
from kachehri.store.tables import Account, Reply, Ticket
from kachehri.tickets import events
from kachehri.tickets.calendar import WorkingCalendar
from kachehri.tickets.decide import Context
from kachehri.tickets.events import Happened
from kachehri.tickets.life import Life, replay
from kachehri.tickets.reach import reach
from web import ticket_story
from web.act_forms import FORMS, tried
from web.ticket_names import Known


@dataclass(frozen=True)
class Read:
    """All that the page needs of the database."""

    ticket: Ticket
    life: Life
    steps: list[Happened]
    texts: Mapping[str, str]
    known: Known
    followers: int
    references: Mapping[str, str]
    children: tuple[str, ...]
    pictures: list[Pictured]
    replies: list[Reply]
    offers: tuple[Offer, ...]
    sides: tuple[Capacity, ...]
    posts: list[tuple[str, str, str, str]]
    ctx: Context
    calendar: WorkingCalendar
    #: Where it is, of a ticket that came by a program.
    place: str = ""
    released: bool = False


def found_in(conn: Connection, account: Account, reference: str, now: int) -> Ticket:
    """The ticket, if it is within reach; else there is no such ticket, whether there is or not."""
    found = ticket_rows.by_reference(conn, reference)
    if found is None or not ticket_lists.within(conn, reach(conn, account, now), found.id):
        raise HTTPException(404)
    return found


def read(conn: Connection, account: Account, reference: str, now: int) -> Read:
    ticket = found_in(conn, account, reference, now)
    steps = ticketing.history(conn, ticket.id)
    life = replay(ticket.id, steps)
    chart, sides, ctx = standing.known(conn, account, life, now)
    offers = tuple(found for name in FORMS if (found := offered(name, life, sides, ctx)))
    ids = [*ticket_story.contents(steps), *([ticket.content_id] if ticket.content_id else [])]
    if life.submitted:
        ids.append(life.submitted.note.id)
    others = {step.body.parent for step in steps if isinstance(step.body, events.Joined)}
    children = ticket_rows.children(conn, ticket.id)
    related = [each for id in others if (each := ticket_rows.get(conn, id))]
    offices = {life.office or ticket.office_id, account.office_id or ""}
    return Read(
        ticket=ticket,
        life=life,
        steps=steps,
        texts=content.texts_of(conn, ids),
        known=Known.read(conn, ticket_story.actors(steps)),
        followers=ticket_rows.follower_count(conn, ticket.id),
        references={each.id: each.reference for each in related},
        children=tuple(each.reference for each in children),
        pictures=evidence.of_ticket(conn, ticket.id),
        replies=replies.of_offices(conn, {account.office_id} - {None} or {life.office}),  # type: ignore[arg-type]
        offers=offers,
        sides=sides,
        posts=actors.of_offices(conn, [each for each in offices if each]),
        ctx=ctx,
        calendar=calendars.current(conn),
        place=filing.place_of(conn, ticket.id) if ticket.origin == filing.ORIGIN else "",
        released=filing.is_released(conn, ticket),
    )


def offered(name: str, life: Life, sides: tuple[Capacity, ...], ctx: Context) -> Offer | None:
    act, around = tried(name, life, ctx)
    return standing.offer(life, act, sides, around)


def releasable(found: Read) -> bool:
    """Whether there are words of a program's filing that everybody might read."""
    ticket = found.ticket
    return (
        ticket.origin == filing.ORIGIN and ticket.privacy == "public" and bool(found.texts.get(ticket.content_id or ""))
    )
