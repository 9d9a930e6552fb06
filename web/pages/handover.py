"""The hand-over pack of a complaint: a PDF for a body outside of the house."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from kachehri import audit, calendars, particulars, standing, ticketing
from kachehri.i18n.digits import only_digits
from kachehri.papers.wire import PAGES, Part
from kachehri.particulars import Reached
from kachehri.people import People
from kachehri.store import Connection, content, papers
from kachehri.store import sessions as session_rows
from kachehri.store import tickets as ticket_rows
from kachehri.store.papers import Exhibited
from kachehri.store.tables import Account, Ticket
from kachehri.store.tables import Session as SessionRow
from kachehri.tickets.calendar import WorkingCalendar
from kachehri.tickets.events import Happened, Joined
from kachehri.tickets.life import replay
from web import ticket_story
from web.house import House, house_of
from web.papers import printing
from web.papers.handover import HandoverPage, Head, Pack, Writer
from web.papers.pairs import Both, Pair
from web.staff import guarded
from web.ticket_names import Known, Names
from web.ticket_reading import found_in


@dataclass(frozen=True)
class Read:
    """One reading of the tables."""

    ticket: Ticket
    steps: list[Happened]
    texts: Mapping[str, str]
    known: Known
    references: Mapping[str, str]
    children: tuple[str, ...]
    followers: int
    exhibits: list[Exhibited]
    hearing: SessionRow | None
    calendar: WorkingCalendar
    #: Whether whoever takes it out reads that money was asked for.
    money: bool
    #: How she can be reached; `looked`: whoever takes it out has just seen that, for a reason that is on record.
    reached: Reached
    looked: bool


@guarded("page.handover")
async def pdf(request: Request, account: Account) -> Response:
    """GET /tickets/{reference}/handover.pdf."""
    house = house_of(request)
    reference = only_digits(request.path_params["reference"][:32])
    found = await house.service.read(read, account, reference, house.now(), house.service.people)
    ticket, both = found.ticket, Both.of(house.place.timezone)
    pack = await packed(house, both, found)

    async def parts() -> AsyncIterator[Part]:
        page = HandoverPage(both, pack, pages_mark=PAGES)
        html = await asyncio.to_thread(house.renderer.text, "ur", "papers/handover.html", page)
        yield Part(html=html, rows=1, last=True)

    # The clocks on it are those of this minute; whoever asks twice within it gets the same paper.
    head, told = pack.head, (found.money, pack.reached, sorted(found.texts.items()))
    mark = hashlib.sha256(f"{head.seq}/{head.hash}/{head.made}/{head.house}/{told}".encode()).hexdigest()[:16]
    # Named after the session, so that erasing somebody destroys this paper with those of her hearing.
    key = f"{ticket.session_id or 'no-hearing'}.handover.{ticket.id}.{mark}.pdf"
    title = f"{pack.head.title.en} {both.en.grouped(ticket.reference)}"
    return await printing.handed(
        house,
        request,
        house.press.start(key, "pdf", title, printing.style(), 1, parts),
        f"complaint-{ticket.reference}.pdf",
        back=f"/tickets/{reference}",
        noted=lambda: house.write(noted, ticket, account.id, bool(pack.reached)),
    )


def noted(conn: Connection, now: int, ticket: Ticket, account_id: str, reached: bool) -> None:
    """Who took a complaint out of the house is on record, and whether with it how its asker can be reached."""
    audit.record(
        conn,
        now,
        action="ticket.handover",
        subject=ticket.reference,
        account=account_id,
        session=ticket.session_id,
        facts={"steps": str(ticket.head_seq), **({"reached": "yes"} if reached else {})},
    )


def read(conn: Connection, account: Account, reference: str, now: int, people: People) -> Read:
    ticket = found_in(conn, account, reference, now)
    steps = ticketing.history(conn, ticket.id)
    ids = [*ticket_story.contents(steps), *([ticket.content_id] if ticket.content_id else [])]
    others = {step.body.parent for step in steps if isinstance(step.body, Joined)}
    related = [each for id in sorted(others) if (each := ticket_rows.get(conn, id))]
    _, sides, _ = standing.known(conn, account, replay(ticket.id, steps), now)
    return Read(
        ticket=ticket,
        steps=steps,
        texts=content.texts_of(conn, ids),
        known=Known.read(conn, ticket_story.actors(steps)),
        references={each.id: each.reference for each in related},
        children=tuple(each.reference for each in ticket_rows.children(conn, ticket.id)),
        followers=ticket_rows.follower_count(conn, ticket.id),
        exhibits=papers.exhibits(conn, ticket.id),
        hearing=session_rows.get(conn, ticket.session_id) if ticket.session_id else None,
        calendar=calendars.current(conn),
        money=standing.reads_of_money(sides),
        reached=particulars.reached(conn, people, ticket),
        looked=particulars.looked(conn, account.id, ticket, now),
    )


async def packed(house: House, both: Both, found: Read) -> Pack:
    """Everything that stands on the paper."""
    district = await house.districts.get()
    ticket, now = found.ticket, house.now()
    ur, en = (Names(found.known, district, words) for words in (both.ur, both.en))
    writer = Writer(both, ur, en, ticket, replay(ticket.id, found.steps), found.calendar, now)
    hearing = Pair()
    if found.hearing is not None:
        hearing = Pair(found.hearing.title_ur, found.hearing.title_en)
    other, known = (
        both("pack.other"),
        [(both(f"pack.{name}"), value) for name, value in zip(("phone", "email"), found.reached, strict=True) if value],
    )
    return Pack(
        head=Head(
            house=both.each(lambda words: house.place.name(words.language.code)),
            title=both("pack.title"),
            subject=both.topic(district, ticket.category),
            reference=both.en.grouped(ticket.reference),
            seq=ticket.head_seq,
            hash=ticket.head_hash.hex(),
            made=both.stamp(now),
        ),
        facts=writer.facts(hearing, found.followers),
        text=found.texts.get(ticket.content_id or "", ""),
        clocks=writer.clocks(),
        story=writer.story(found.steps, found.texts, found.references, money=found.money),
        exhibits=writer.exhibits(found.steps, found.exhibits),
        others=tuple((other, both.en.grouped(each)) for each in (*found.references.values(), *found.children)),
        reached=tuple(known) if found.looked else (),
        withheld=() if found.looked else tuple(name for name, _ in known),
    )
