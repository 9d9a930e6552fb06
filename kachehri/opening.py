"""Writes the tickets of a close, chunk by chunk, in the transaction of the event that accounts for them."""

from zoneinfo import ZoneInfo

import msgspec

from rooms.base import ContentRef
from rooms.closing import TicketsOpened
from rooms.outcomes import Outcome
from rooms.queue import Question
from rooms.session import Session

from . import promises, ticket_row
from .codes import end_of_day
from .people import People
from .routing import routing
from .store import Connection, district, outbox
from .store import tickets as rows
from .store.event_log import GENESIS
from .store.tables import Commitment
from .tickets.events import Happened, Opened
from .tickets.life import replay
from .tickets.opening import Decided, NewTicket, QuestionFact, commitment_id, open_tickets

#: Ways on which somebody else writes for her, or lends her a screen: she may have no phone, and has longer to answer.
ASSISTED = frozenset({"kiosk", "phone", "desk"})
#: Whoever was answered in the hearing is asked whether that solves it; her time to say so begins when this arrives.
NOTICES = {"resolution_proposed": "ticket.proposed"}
ENCODE = msgspec.json.Encoder(order="deterministic").encode


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
    opening = open_tickets(facts, routing(conn, now), {each.code: each.sla_days for each in district.categories(conn)})
    persons = people.persons(conn, {each.asker for each in chunk})
    tickets = [ticket for ticket in opening.tickets if ticket.question in wanted]
    clocks = Clocks(conn, now)
    steps, opened = [], []
    for ticket in tickets:
        body = first_step(ticket)
        step = rows.step(GENESIS, ticket.ticket, 1, now, body.type, "system", ENCODE(body))
        steps.append(step)
        opened.append(
            opened_row(
                step,
                body,
                clocks,
                question_id=ticket.question,
                session_id=session.id,
                reference=ticket.reference,
                person_id=persons.get(ticket.asker),
                private=ticket.private,
                content_id=ticket.content,
            )
        )
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
    promised = [promise(ticket, session) for ticket in tickets if kind_of(ticket) == "ordered"]
    rows.promise(conn, promised)
    promises.begin(conn, now, [(each, decided_on(session, each.question_id or "")) for each in promised])
    notices = [(ticket.question, ticket.ticket, NOTICES.get(ticket.state, "ticket.opened")) for ticket in tickets]
    notices += [(row.question, row.ticket, "ticket.opened") for row in opening.followers]
    outbox.add(conn, [notice(question, ticket, name, session.id, now) for question, ticket, name in notices])


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
        about=question.about,
        answered_on_air=question.was_answered,
        assisted=question.channel in ASSISTED,
        received_at=question.asked_at,
        decided=decided,
    )


def kind_of(ticket: NewTicket) -> str:
    """What the hearing decided, or nothing."""
    return ticket.decided.kind if ticket.decided else ""


def first_step(ticket: NewTicket) -> Opened:
    """What the first step says: what it is, why this office, and what was decided, its words as content ids."""
    decided = ticket.decided
    return Opened(
        why=ticket.why,
        outcome=kind_of(ticket),
        rule=decided.rule if decided else "",
        note=decided.note if decided else "",
        kind=ticket.kind,
        category=ticket.category,
        area=ticket.area,
        office=ticket.office,
        post=ticket.post,
        days=ticket.days,
        protected=ticket.protected,
        about=ticket.about,
        due=decided.due_at if decided else None,
        state=ticket.state,
        assisted=ticket.assisted,
    )


def decided_on(session: Session, question: str) -> Outcome:
    """The outcome of a question that has one."""
    found = session.queue.questions[question].outcome
    assert found is not None
    return found


def promise(ticket: NewTicket, session: Session) -> Commitment:
    """What was ordered aloud: the words, by whom, for which office, until when."""
    outcome = decided_on(session, ticket.question)
    assert ticket.decided is not None
    seat = session.stage.seats.get(outcome.seat)
    return Commitment(
        id=commitment_id(ticket.question),
        session_id=session.id,
        question_id=ticket.question,
        ticket_id=ticket.ticket,
        office_id=ticket.office,
        post_id=ticket.post or None,
        # The post as it stands on the seat; without one, the seat's own name.
        made_by=next((title for title in seat.title.values() if title), seat.id) if seat else "",
        content_id=outcome.note,
        made_at=outcome.at,
        due_at=ticket.decided.due_at,
        state="made",
    )


class Clocks:
    """When fresh tickets are due, reckoned once for all that are alike: a close opens thousands in one instant.

    Arguments:
        now: when they open.
    """

    def __init__(self, conn: Connection, now: int) -> None:
        self.calendar = ticket_row.calendar_of(conn)
        self._now = now
        self._known: dict[tuple[object, ...], ticket_row.Due] = {}

    def of(self, body: Opened) -> ticket_row.Due:
        """For a ticket that begins so."""
        alike = (body.kind, body.area, body.post, body.days, body.due, body.state)
        found = self._known.get(alike)
        if found is None:
            life = replay("", [Happened(1, self._now, "system", body)])
            found = self._known[alike] = ticket_row.due_of(life, self.calendar)
        return found


def opened_row(
    step: rows.Step,
    body: Opened,
    clocks: Clocks,
    *,
    reference: str,
    question_id: str | None = None,
    session_id: str | None = None,
    person_id: str | None = None,
    private: bool = False,
    content_id: str | None = None,
    origin: str = "session",
) -> rows.Opened:
    """The row of a new ticket, as it follows from its first step; for whatever door it came through."""
    due = clocks.of(body)
    return rows.Opened(
        id=step.ticket_id,
        question_id=question_id,
        session_id=session_id,
        reference=reference,
        office_id=body.office,
        person_id=person_id,
        category=body.category,
        area=body.area,
        privacy="private" if private else "public",
        content_id=content_id,
        state=body.state,
        origin=origin,
        outcome=body.outcome or None,
        heard_from_ms=None,
        heard_to_ms=None,
        opened_at=step.at,
        due_at=due.due_at,
        proposed_at=step.at if body.state == "resolution_proposed" else None,
        head_seq=step.seq,
        head_hash=step.hash,
        kind=body.kind,
        days=body.days,
        post_id=body.post or None,
        about_post_id=body.about or None,
        next_at=due.next_at,
        next_act=due.next_act,
    )


def notice(question: str, ticket: str, name: str, session_id: str, now: int) -> outbox.Task:
    """What its owner is to be told; the key names the effect, so it is told once."""
    return outbox.Task(
        id=question,
        unique_key=f"ticket.opened/{question}",
        kind="notice",
        session_id=session_id,
        ticket_id=ticket,
        body=ENCODE({"notice": name, "question": question, "ticket": ticket}),
        created_at=now,
        due_at=now,
    )
