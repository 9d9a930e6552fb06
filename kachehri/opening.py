"""Writes the tickets of a close, chunk by chunk, in the transaction of the event that accounts for them."""

from zoneinfo import ZoneInfo

import msgspec

from rooms.base import ContentRef
from rooms.closing import TicketsOpened
from rooms.queue import Question
from rooms.session import Session

from .codes import end_of_day
from .people import People
from .routing import routing
from .store import Connection, district, outbox
from .store import tickets as rows
from .store.event_log import GENESIS
from .store.tables import Commitment
from .tickets.opening import Decided, NewTicket, QuestionFact, commitment_id, open_tickets

ENCODE = msgspec.json.Encoder().encode


def write(conn: Connection, people: People, session: Session, event: TicketsOpened, now: int, zone: ZoneInfo) -> None:
    """Open the tickets and followers of one chunk, each with its first step and a notice to its owner.

    What was ordered is a commitment besides. A practice session is counted like any other and leaves nothing behind.

    Arguments:
        zone: where a promised day ends.
    """
    if session.lifecycle.practice:
        return
    wanted = set(event.questions)
    chunk = [session.queue.questions[each] for each in event.questions]
    # A follower's ticket is named after its parent, which may have been written in an earlier chunk.
    parents = {each.parent for each in chunk if each.state == "merged"} - wanted
    offices = {each.code: each.id for each in district.offices(conn)}
    facts = [fact(each, offices, zone) for each in (*chunk, *(session.queue.questions[each] for each in parents))]
    opening = open_tickets(facts, routing(conn, now))
    persons = people.persons(conn, {each.asker for each in chunk})
    tickets = [ticket for ticket in opening.tickets if ticket.question in wanted]
    steps = [
        rows.step(GENESIS, ticket.ticket, 1, now, "ticket.opened", "system", ENCODE(first_step(ticket)))
        for ticket in tickets
    ]
    opened = [
        opened_row(ticket, session.id, persons.get(ticket.asker), now, step)
        for ticket, step in zip(tickets, steps, strict=True)
    ]
    following = [
        rows.Following(
            id=row.question,
            ticket_id=row.ticket,
            question_id=row.question,
            session_id=session.id,
            reference=row.reference,
            person_id=persons.get(row.asker),
            joined_at=now,
        )
        for row in opening.followers
    ]
    rows.open_many(conn, opened, steps, following)
    rows.promise(conn, [promise(ticket, session) for ticket in tickets if kind_of(ticket) == "ordered"])
    notices = [(ticket.question, ticket.ticket) for ticket in tickets]
    notices += [(row.question, row.ticket) for row in opening.followers]
    outbox.add(conn, [notice(question, ticket, session.id, now) for question, ticket in notices])


def fact(question: Question, offices: dict[str, str], zone: ZoneInfo) -> QuestionFact:
    """What the opening needs to know of a question.

    Arguments:
        offices: the id of each office by its code.
    """
    outcome, decided = question.outcome, None
    if outcome is not None:
        decided = Decided(
            kind=outcome.kind,
            office=offices.get(outcome.office, ""),
            due_at=end_of_day(outcome.due, zone) if outcome.due else None,
            rule=outcome.rule,
            note=outcome.note,
        )
    return QuestionFact(
        question=question.id,
        reference=question.reference,
        state=question.state,
        kind=question.kind,
        category=question.category,
        area=question.area,
        asker=question.asker,
        parent=question.parent or None,
        content=ContentRef(question.content, "") if question.content else None,
        private=question.private,
        answered_on_air=question.was_answered,
        received_at=question.asked_at,
        decided=decided,
    )


def kind_of(ticket: NewTicket) -> str:
    """What the hearing decided, or nothing."""
    return ticket.decided.kind if ticket.decided else ""


def first_step(ticket: NewTicket) -> dict[str, str]:
    """What the first step says: why this office, and what was decided, its words as content ids."""
    decided = ticket.decided
    words = {"rule": decided.rule, "note": decided.note} if decided else {}
    said = {"why": ticket.why, "outcome": kind_of(ticket), **words}
    return {name: value for name, value in said.items() if value}


def promise(ticket: NewTicket, session: Session) -> Commitment:
    """What was ordered aloud: the words, by whom, for which office, until when."""
    outcome = session.queue.questions[ticket.question].outcome
    assert outcome is not None and ticket.decided is not None
    seat = session.stage.seats.get(outcome.seat)
    return Commitment(
        id=commitment_id(ticket.question),
        session_id=session.id,
        question_id=ticket.question,
        ticket_id=ticket.ticket,
        office_id=ticket.office,
        # The post as it stands on the seat; without one, the seat's own name.
        made_by=next((title for title in seat.title.values() if title), seat.id) if seat else "",
        content_id=outcome.note,
        made_at=outcome.at,
        due_at=ticket.decided.due_at,
        state="made",
    )


def opened_row(ticket: NewTicket, session_id: str, person: str | None, now: int, step: rows.Step) -> rows.Opened:
    """The row of a new ticket."""
    return rows.Opened(
        id=ticket.ticket,
        question_id=ticket.question,
        session_id=session_id,
        reference=ticket.reference,
        office_id=ticket.office,
        person_id=person,
        category=ticket.category,
        area=ticket.area,
        privacy="private" if ticket.private else "public",
        content_id=ticket.content,
        state=ticket.state,
        origin="session",
        outcome=kind_of(ticket) or None,
        heard_from_ms=None,
        heard_to_ms=None,
        opened_at=now,
        due_at=ticket.decided.due_at if ticket.decided else None,
        proposed_at=now if ticket.state == "resolution_proposed" else None,
        head_seq=1,
        head_hash=step.hash,
    )


def notice(question: str, ticket: str, session_id: str, now: int) -> outbox.Task:
    """What its owner is to be told; the key names the effect, so it is told once."""
    return outbox.Task(
        id=question,
        unique_key=f"ticket.opened/{question}",
        kind="notice",
        session_id=session_id,
        ticket_id=ticket,
        body=ENCODE({"notice": "ticket.opened", "question": question}),
        created_at=now,
        due_at=now,
    )
