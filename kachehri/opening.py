"""Writes the tickets of a close, chunk by chunk, in the transaction of the event that accounts for them."""

import msgspec

from rooms.base import ContentRef
from rooms.closing import TicketsOpened
from rooms.queue import Question
from rooms.session import Session

from .people import People
from .store import Connection, district, outbox
from .store import tickets as rows
from .store.event_log import GENESIS
from .tickets.opening import NewTicket, QuestionFact, open_tickets
from .tickets.routing import Route, Routing

ENCODE = msgspec.json.Encoder().encode


def write(conn: Connection, people: People, session: Session, event: TicketsOpened, now: int) -> None:
    """Open the tickets and followers of one chunk, each with its first step and a notice to its owner.

    A practice session is counted like any other and leaves nothing behind.
    """
    if session.lifecycle.practice:
        return
    wanted = set(event.questions)
    chunk = [session.queue.questions[each] for each in event.questions]
    # A follower's ticket is named after its parent, which may have been written in an earlier chunk.
    parents = {each.parent for each in chunk if each.state == "merged"} - wanted
    facts = [fact(each) for each in (*chunk, *(session.queue.questions[each] for each in parents))]
    opening = open_tickets(facts, routing(conn))
    persons = people.persons(conn, {each.asker for each in chunk})
    tickets = [ticket for ticket in opening.tickets if ticket.question in wanted]
    steps = [
        rows.step(GENESIS, ticket.ticket, 1, now, "ticket.opened", "system", ENCODE({"why": ticket.why}))
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
    notices = [(ticket.question, ticket.ticket) for ticket in tickets]
    notices += [(row.question, row.ticket) for row in opening.followers]
    outbox.add(conn, [notice(question, ticket, session.id, now) for question, ticket in notices])


def fact(question: Question) -> QuestionFact:
    """What the opening needs to know of a question."""
    return QuestionFact(
        question=question.id,
        reference=question.reference,
        state=question.state,
        kind=question.kind,
        category=question.category,
        area=question.area,
        asker=question.asker,
        parent=question.parent or None,
        content=ContentRef(question.content, ""),
        private=question.private,
        answered_on_air=question.was_answered,
        received_at=question.asked_at,
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
        outcome=None,
        heard_from_ms=None,
        heard_to_ms=None,
        opened_at=now,
        due_at=None,
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


def routing(conn: Connection) -> Routing:
    """The rule in force: which office answers for which category.

    Errors: `LookupError` when the district has no triage desk, without which no session may be created.
    """
    triage = district.triage(conn)
    if triage is None:
        raise LookupError("no triage desk")
    routes = {
        each.code: Route(category=each.code, office=each.office_id, protected=each.protected)
        for each in district.categories(conn)
    }
    return Routing(routes=routes, offices={each.id for each in district.offices(conn)}, triage=triage.id)
