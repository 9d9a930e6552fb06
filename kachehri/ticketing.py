"""The one door through which everything comes that is done with a ticket.

A ticket is the chain of its steps. An act is decided on the whole chain, its steps are written onto the end that was
read, and the row, the notices and the acts that follow on other tickets are written in the same transaction. Whoever
comes second onto the same end is told to look again (`ticket_busy`); whoever sends the same key again gets the same
answer and nothing happens twice.

Does not belong here: what is permitted (kachehri/tickets/decide.py), when something is due
(kachehri/tickets/clocks.py), who is told by which channel (kachehri/notices).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from functools import cache
from typing import Final

import msgspec

from moderation.masking import mask
from rooms.base import ContentRef
from rooms.text import clean

from . import posts, promise_rows
from .draws import random_bytes
from .ids import new_id
from .store import Connection, content, district, evidence, outbox
from .store import tickets as rows
from .store.tables import Ticket
from .ticket_row import calendar_of, due_of, projected
from .tickets import acts, clocks, events
from .tickets.acts import Act, Doer
from .tickets.chart import Chart
from .tickets.decide import Context, decide
from .tickets.events import Happened
from .tickets.life import Life, evolve, replay
from .tickets.status import TicketRefused
from .tickets.telling import notices_of

ENCODE: Final[Callable[[object], bytes]] = msgspec.json.Encoder(order="deterministic").encode
#: Characters of what somebody writes on a ticket.
TEXT_MOST: Final = 1_000
CLOCK: Final = Doer("clock", "clock")


def words(
    conn: Connection, now: int, text: str, *, person: str | None = None, kind: str = "note", most: int = TEXT_MOST
) -> ContentRef:
    """Keep what somebody wrote, cleaned and masked, and say where it is.

    Arguments:
        person: whose words they are, so that they go when she is erased; None for an office.
        kind: of the words, for whoever looks through them: note, plan, dispute, and so on.

    Errors: `Refused` with `text_empty`, `text_too_long` or `text_unreadable`.
    """
    said = clean(text, most)
    salt, id = random_bytes(16), new_id(now)
    content.add(conn, [content.Kept(id, None, person, kind, None, mask(said).text, salt, now)])
    return ContentRef(id, hashlib.sha256(salt + said.encode()).hexdigest())


def history(conn: Connection, ticket_id: str) -> list[Happened]:
    """Every step of a ticket, oldest first; status lines included."""
    return [
        Happened(row.seq, row.at, row.actor, events.decode(row.type, row.body)) for row in rows.steps(conn, ticket_id)
    ]


def load(conn: Connection, ticket_id: str) -> Life:
    """The ticket as its steps have made it; `TicketRefused("ticket_unknown")` when there is none."""
    steps = history(conn, ticket_id)
    if not steps:
        raise TicketRefused("ticket_unknown")
    return replay(ticket_id, steps)


def act(conn: Connection, now: int, ticket_id: str, act: Act, doer: Doer, *, key: str = "") -> Life:
    """Do something with a ticket; returns it as it stands then.

    Arguments:
        key: drawn by whoever sends the form; the same key again gives the same answer.

    Errors: `TicketRefused` with a code of kachehri/tickets/refusals.py.
    """
    row = rows.get(conn, ticket_id)
    if row is None:
        raise TicketRefused("ticket_unknown")
    before = known(conn, ticket_id, act, doer, key)
    if before is not None:
        _forget_words(conn, ticket_id, act)
        return before
    life = load(conn, ticket_id)
    steps = decide(life, act, doer, context(conn, now, life, act))
    if not steps:
        return life
    try:
        after = append(conn, now, row, steps, _actor(act, doer), life=life, key=_stored(doer, key), act=act.step)
    except TicketRefused:
        # The other one may have been the very same form.
        before = known(conn, ticket_id, act, doer, key)
        if before is None:
            raise
        return before
    if isinstance(act, acts.Propose | acts.Countersign) and after.state == "resolution_proposed":
        _propose_children(conn, now, after, steps)
    if not after.is_open:
        _release_children(conn, now, after)
    return after


def append(
    conn: Connection,
    now: int,
    row: Ticket,
    bodies: Sequence[events.Body],
    actor: str,
    *,
    life: Life | None = None,
    key: str = "",
    act: str = "",
) -> Life:
    """Write steps onto the end that `row` has, and everything that follows from them. Decides nothing.

    Arguments:
        life: the ticket as it was read; it is carried on to how it stands then.
        key, act: of the form that asked for it.

    Errors: `TicketRefused("ticket_busy")` when the ticket has another end since.
    """
    after = load(conn, row.id) if life is None else life
    if after.seq != row.head_seq:
        raise TicketRefused("ticket_busy")
    # Time never goes back in a chain, whatever a server's clock does.
    at, parts = max(now, after.at), dict(after.parts)
    steps, happened, last = [], [], row.head_hash
    for seq, body in enumerate(bodies, row.head_seq + 1):
        type, encoded = events.encode(body)
        steps.append(rows.step(last, row.id, seq, at, type, actor, encoded))
        happened.append(Happened(seq, at, actor, body))
        evolve(after, happened[-1])
        last = steps[-1].hash
    if not rows.move(conn, projected(after, row, last, calendar_of(conn)), steps):
        raise TicketRefused("ticket_busy")
    for id in {body.commitment for body in bodies if isinstance(body, events.Pledged)}:
        promise_rows.project(conn, id, after.pledges[id])
    if after.parts != parts:
        evidence.save_parts(conn, row.id, after.parts)
    if key:
        rows.keep_key(conn, row.id, key, act, after.seq)
    outbox.add(
        conn,
        [
            outbox.Task(
                id=f"{row.id}/{each.seq}",
                unique_key=f"{each.name}/{row.id}/{each.seq}",
                kind="notice",
                session_id=row.session_id,
                ticket_id=row.id,
                body=ENCODE(
                    {"notice": each.name, "ticket": row.id, "question": row.question_id, "params": each.params}
                ),
                created_at=at,
                due_at=at,
            )
            for each in notices_of(after, happened, row.due_at)
        ],
    )
    return after


def refresh(conn: Connection, ticket_id: str) -> bool:
    """Make the row again from the chain; False where it said so already."""
    row = rows.get(conn, ticket_id)
    if row is None:
        raise TicketRefused("ticket_unknown")
    again = projected(load(conn, ticket_id), row, row.head_hash, calendar_of(conn))
    stands = all(getattr(row, name) == value for name, value in again._asdict().items() if name != "from_seq")
    return not stands and rows.move(conn, again, [])


def context(conn: Connection, now: int, life: Life, act: Act) -> Context:
    """What the rules must know beside the ticket: the calendar, the posts, and the ticket that it shall go on with.

    A page that tries what is possible asks with `Leave`, which has all but what one proposal or `Join` needs.
    """

    @cache
    def chart() -> Chart:
        return posts.chart(conn, now)

    calendar = calendar_of(conn)
    joins = isinstance(act, acts.Join)
    parent = rows.get(conn, act.parent) if isinstance(act, acts.Join) else None
    return Context(
        now=now,
        after_days=lambda start, days: clocks.working_days(life, calendar, start, days),
        end_of_day=lambda start, days: clocks.end_of_day(life, calendar, start, days),
        conflicts=lambda post, about: chart().answers_to(post, about),
        concerns=lambda office, post, about: chart().concerns(office, post, about),
        # Most acts ask neither for the line of posts nor for this; reading all posts would be most of their work.
        triage=chart().triage if isinstance(act, acts.Transfer | acts.Leave) else "",
        due=due_of(life, calendar).due_at,
        above=lambda level: chart().above(life.post, life.office, level, now, life.about),
        evidence_needed=isinstance(act, acts.Propose) and district.asks_for_picture(conn, life.category),
        parent=load(conn, parent.id) if parent else None,
        children=joins and bool(rows.children(conn, life.id)),
    )


def _actor(act: Act, doer: Doer) -> str:
    """Who did it, for the chain, which may be shown: of a citizen it says that she did, and no more."""
    by_operator = isinstance(act, acts.Confirm) and act.how == "operator"
    return doer.side if doer.side in ("citizen", "clock") and not by_operator else doer.id


def _stored(doer: Doer, key: str) -> str:
    return hashlib.sha256(f"{doer.side}/{doer.id}/{key}".encode()).hexdigest()[:32] if key else ""


def known(conn: Connection, ticket_id: str, act: Act, doer: Doer, key: str) -> Life | None:
    """What this key led to before, or None: who sends a form twice is answered, whatever is possible by then.

    Errors: `TicketRefused("key_reused")` when it led to another act.
    """
    used = rows.used_key(conn, ticket_id, _stored(doer, key)) if key else None
    if used is None:
        return None
    if used.act != act.step:
        raise TicketRefused("key_reused")
    return replay(ticket_id, history(conn, ticket_id)[: used.seq])


def _forget_words(conn: Connection, ticket_id: str, act: Act) -> None:
    """A form that came twice brought its words twice; nothing points to the second ones."""
    brought = [value.id for value in msgspec.structs.astuple(act) if isinstance(value, ContentRef)]
    if brought:
        chain = b"\n".join(step.body for step in rows.steps(conn, ticket_id))
        content.drop(conn, [id for id in brought if id.encode() not in chain])


def _propose_children(conn: Connection, now: int, parent: Life, steps: Sequence[events.Step]) -> None:
    """What is proposed on a ticket is proposed on each that goes on with it; each citizen answers for herself."""
    said = next(step for step in steps if isinstance(step, events.Proposed))
    for child in rows.children(conn, parent.id):
        joined = acts.ProposeJoined(
            parent=parent.id,
            outcome=said.outcome,
            note=said.note,
            rule=said.rule,
            evidence=said.evidence,
            post=said.post,
            wrote=parent.proposed_by,
        )
        life = load(conn, child.id)
        try:
            found = decide(life, joined, CLOCK, context(conn, now, life, joined))
        except TicketRefused:  # it waits for its citizen's answer, or is over
            continue
        append(conn, now, child, found, CLOCK.id)


def _release_children(conn: Connection, now: int, parent: Life) -> None:
    """A close that was not proposed on those that go on with it (withdrawn, forced) ends nothing of theirs: they go on
    alone, and their clocks are heard again.
    """
    for child in rows.children(conn, parent.id):
        if child.state in clocks.RUNS:
            append(conn, now, child, [events.Left()], CLOCK.id)
