"""What whoever holds a receipt's link does with the complaint behind it. Takes a connection.

The link is the key, for the asker as for a follower under a number of her own. The asker acts on the ticket itself;
a follower says how it is at her own place, which is counted as hers and moves nothing, and can go on alone. Everything
comes through kachehri/ticketing.py, and a form sent twice does nothing twice.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, Literal, cast

import msgspec

from rooms.base import ContentRef, Refused

from . import following, parting, ticket_row, ticketing
from .people import People
from .store import Connection, followers, outbox
from .store import questions as question_rows
from .store import tickets as rows
from .store.questions import Asked
from .store.tables import Follower, Ticket
from .tickets import acts as a
from .tickets import windows
from .tickets.acts import Act, Doer
from .tickets.decide import Context, decide
from .tickets.events import Happened, Solved
from .tickets.life import Life, replay
from .tickets.lifecycle import is_open
from .tickets.next_date import NextDate, next_date
from .tickets.offers import Offer, of_follower, offers
from .tickets.opening import ticket_id
from .tickets.status import TicketRefused

ENCODE: Final = msgspec.json.Encoder(order="deterministic").encode
DAY_MS: Final = 86_400_000
#: Everything that a link can do; a page for each is in web/pages/ticket_citizen.py.
ACTS: Final = ("answer", "yes", "partly", "no", "appeal", "escalate", "withdraw", "call_back", "rate", "leave", "alone")
Money = Literal["", "no", "yes"]


@dataclass(frozen=True)
class Holder:
    """Who holds a link: the asker of a question, a follower of somebody else's ticket, or both in one."""

    id: str
    asked: Asked | None
    ticket: Ticket | None
    follower: Follower | None

    @property
    def reference(self) -> str:
        if self.asked is not None:
            return self.asked.reference
        found = self.follower or self.ticket
        return found.reference if found else ""

    @property
    def person(self) -> str | None:
        found = self.follower or self.ticket
        return found.person_id if found else None


@dataclass(frozen=True)
class Seen:
    """A ticket as its holder sees it now."""

    ticket: Ticket
    life: Life
    steps: list[Happened]
    offers: tuple[Offer, ...]
    above: str
    disputable: bool
    next: NextDate | None
    #: Until when she could answer if she read of the proposal now; None where she has read of it, or nothing waits.
    reads_until: int | None


def holder(conn: Connection, id: str) -> Holder | None:
    """Whose link this is, by the id in it; None for an id that was never given."""
    asked = question_rows.by_id(conn, id)
    # A question's ticket is named after it, and so is that of a follower who went on alone under the same number. One
    # that came by another door has no question, and lends its link the beginning of its own name.
    own = rows.get(conn, ticket_id(id)) or (followers.ticket_named(conn, id) if asked is None else None)
    if own is not None:
        return Holder(id, asked, own, None)
    follower = followers.get(conn, id)
    if asked is None and follower is None:
        return None
    return Holder(id, asked, rows.get(conn, follower.ticket_id) if follower else None, follower)


def link_of(ticket: Ticket) -> str:
    """The id that a ticket's own link is made of: its question, or the beginning of its name."""
    return ticket.question_id or ticket.id.replace("-", "")[:16]


def seen(conn: Connection, now: int, held: Holder) -> Seen:
    """The ticket, its steps, and what can be done with it by this holder."""
    assert held.ticket is not None
    steps = ticketing.history(conn, held.ticket.id)
    life = replay(held.ticket.id, steps)
    context = ticketing.context(conn, now, life, a.Confirm())
    refused = trier(life, doer(held), context)
    if held.follower is not None:
        found = of_follower(life, refused, held.id) if held.follower.left_at is None else ()
    else:
        found = offers(life, refused, context.end_of_day)
    disputable = not refused(a.Dispute(words=ContentRef("tried", "")))
    reads = (
        context.end_of_day(now, windows.answer_days(life)) if held.follower is None and waits_for_her(life) else None
    )
    return Seen(
        held.ticket,
        life,
        steps,
        found,
        context.above(min(3, life.level + 1)),
        disputable,
        next_date(life, ticket_row.calendar_of(conn)),
        reads,
    )


def waits_for_her(life: Life) -> bool:
    """Whether a proposal lies with her of which it is not known that it reached her."""
    return life.state == "resolution_proposed" and life.arrived_at is None


def has_read(conn: Connection, now: int, held: Holder) -> None:
    """She has the proposal before her eyes, on the page of her own link: it has reached her, and her time begins.

    Once, and for the asker alone; whoever says it again, or when nothing waits, changes nothing.
    """
    if held.ticket is None or held.follower is not None or not waits_for_her(ticketing.load(conn, held.ticket.id)):
        return
    ticketing.act(conn, now, held.ticket.id, a.NoteArrival(channel="page"), ticketing.CLOCK)


def trier(life: Life, doer: Doer, context: Context) -> Callable[[Act], str]:
    """Tries acts on the rules: the code of the refusal, or nothing."""

    def refused(act: Act) -> str:
        try:
            decide(life, act, doer, context)
        except TicketRefused as no:
            return no.code
        return ""

    return refused


def doer(held: Holder) -> Doer:
    """The citizen; the id keeps the keys of two holders apart and is not written into the chain."""
    return Doer("citizen", held.id)


def do(conn: Connection, now: int, held: Holder, act: str, fields: Mapping[str, str], key: str, people: People) -> None:
    """Do one of ACTS.

    Arguments:
        fields: text, stars and money, as they came from a form.

    Errors: `TicketRefused`; `Refused` for words that cannot be taken.
    """
    if held.ticket is None:
        raise TicketRefused("ticket_unknown")
    if held.follower is not None:
        _follows(conn, now, held, held.follower, act, fields, key, people)
        return
    ticket, text = held.ticket.id, fields.get("text", "").strip()

    def keep(kind: str) -> ContentRef:
        return ticketing.words(conn, now, text, person=held.person, kind=kind)

    def take(what: Act, part: str = "") -> Life:
        return ticketing.act(conn, now, ticket, what, doer(held), key=key and f"{key}{part}")

    match act:
        case "answer":
            if not text:
                raise Refused("text_empty", field="text")
            take(a.Answer(answer=keep("answer")))
        case "yes" | "partly" | "no":
            _judged(act, fields, take, keep if text else None)
        case "appeal":
            take(a.Appeal(words=keep("appeal") if text else None))
        case "escalate":
            take(a.Escalate(level=ticketing.load(conn, ticket).level + 1))
        case "withdraw":
            take(a.Withdraw())
        case "call_back":
            outbox.add(conn, [call_back(held.ticket, now)])
        case "rate":
            life = ticketing.load(conn, ticket)
            if is_open(life.state):  # a proposal is judged first, with the same questions
                raise TicketRefused("rate_early")
            take(_rating(cast(Solved, life.solved or "yes"), fields))
        case "leave":
            take(a.Leave())
        case _:
            raise TicketRefused("ticket_step")


def _judged(
    solved: Solved,
    fields: Mapping[str, str],
    take: Callable[..., Life],
    keep: Callable[[str], ContentRef] | None,
) -> None:
    """Her answer to a proposal, or to a close. What she says beside it goes first: later there is no end to judge."""
    rating = _rating(solved, fields)
    if rating.stars or rating.money:
        take(rating, "/rate")
    if solved == "yes":
        take(a.Confirm())
    else:
        take(a.Dispute(solved=solved, words=keep("dispute") if keep else None))


def _rating(solved: Solved, fields: Mapping[str, str]) -> a.Rate:
    stars, money = fields.get("stars", ""), fields.get("money", "")
    return a.Rate(
        solved=solved,
        stars=int(stars) if stars in ("1", "2", "3", "4", "5") else 0,
        money=cast(Money, money) if money in ("no", "yes") else "",
    )


def _follows(
    conn: Connection,
    now: int,
    held: Holder,
    follower: Follower,
    act: str,
    fields: Mapping[str, str],
    key: str,
    people: People,
) -> None:
    if act in ("yes", "partly", "no"):
        said = msgspec.structs.replace(_rating(cast(Solved, act), fields), follower=held.id)
        ticketing.act(conn, now, follower.ticket_id, said, doer(held), key=key)
        followers.answered(conn, held.id, act)
    elif act == "leave":
        following.leave(conn, now, follower, people)
    elif act == "alone":
        parting.go_alone(conn, now, follower, held.asked)
    else:
        raise TicketRefused("ticket_not_you")


def call_back(ticket: Ticket, now: int) -> outbox.Task:
    """Somebody who is not of that office shall call her; asked for once a day at most."""
    day = now // DAY_MS
    name = hashlib.sha256(f"ticket.call_back/{ticket.id}/{day}".encode()).hexdigest()[:16]
    body: dict[str, object] = {
        "notice": "ticket.call_back",
        "ticket": ticket.id,
        "question": ticket.question_id,
        "params": {},
    }
    return outbox.Task(
        id=name,
        unique_key=f"ticket.call_back/{ticket.id}/{day}",
        kind="notice",
        session_id=ticket.session_id,
        ticket_id=ticket.id,
        body=ENCODE(body),
        created_at=now,
        due_at=now,
    )
