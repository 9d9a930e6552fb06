"""From an order of the hearing, and from the ledger after it, to what a page shows of a promise."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

from kachehri.i18n import Words
from kachehri.live import Live
from kachehri.store import Connection, actors, tickets
from kachehri.store import promises as rows
from kachehri.store.tables import Commitment, SeatOffer
from kachehri.store.tables import Session as SessionRow
from kachehri.tickets.pledges import judgeable, standing, takes_back
from rooms.lifecycle import OPEN
from rooms.queue import Question
from web import reading
from web.house import House
from web.promise_shapes import Invited, PromiseCard
from web.topics import District


class Found(NamedTuple):
    """What the ledger has of the promise on a question.

    Arguments:
        offers: hearings to which she is asked back because of it.
        ticket: the state of its ticket.
        post: the title, in both languages, of the post that answers for it.
    """

    promise: Commitment | None
    offers: list[tuple[SeatOffer, SessionRow]]
    ticket: str = ""
    post: tuple[str, str] = ("", "")


async def shown(house: House, live: Live, question: Question, district: District, words: Words) -> PromiseCard | None:
    """What was promised on a question, and what became of it; None where nothing was."""
    card = noted(live, question, district, words)
    if card is None:
        return None
    now = house.now()
    read = await house.service.read(look, question.id, now)
    found = read.promise
    if found is None:
        return card
    stands = standing(found.state, found.broken_at, found.due_at, now)
    return replace(
        card,
        said=found.read,
        asks=not found.read,
        due_at=found.due_at or card.due_at,
        stands=stands,
        moved=found.moves > 0,
        late=found.broken_at is not None,
        judges=judgeable(found.state, read.ticket),
        takes_back=takes_back(found.state, found.kept_at, now),
        post=card.post or reading.title({"ur": read.post[0], "en": read.post[1]}, words),
        has_card=True,
        invited=tuple(invited(row, words) for _, row in read.offers),
    )


def invited(row: SessionRow, words: Words) -> Invited:
    """A coming hearing at which her seat is offered first."""
    return Invited(row.id, reading.title({"ur": row.title_ur, "en": row.title_en}, words), row.starts_at)


def look(conn: Connection, question_id: str, now: int) -> Found:
    """The promise on a question, with what stands beside it."""
    found = rows.of_question(conn, question_id)
    if found is None:
        return Found(None, [])
    ticket = tickets.get(conn, found.ticket_id) if found.ticket_id else None
    return Found(
        found,
        rows.offer_to(conn, [found.id], now),
        ticket.state if ticket else "",
        actors.titles(conn, [found.post_id]).get(found.post_id, ("", "")) if found.post_id else ("", ""),
    )


def noted(live: Live, question: Question, district: District, words: Words) -> PromiseCard | None:
    """What was ordered on a question in the hearing; None where nothing was."""
    found = question.outcome
    if found is None or found.kind != "ordered":
        return None
    open = live.session.phase in OPEN
    office = next((each.id for each in district.offices.values() if each.code == found.office), "")
    return PromiseCard(
        question=question.id,
        reference=question.reference,
        text=live.texts.get(found.note, ""),
        office=district.host(office, words),
        due_at=reading.noon(found.due, words),
        post=post(live, found.seat, words),
        words=found.note,
        said=found.read,
        asks=open and not found.read,
        has_card=True,
    )


def post(live: Live, seat: str, words: Words) -> str:
    """The post that stands on a seat."""
    found = live.session.stage.seats.get(seat)
    return reading.title(found.title, words) if found else ""
