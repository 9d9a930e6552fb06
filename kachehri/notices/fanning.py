"""One event becomes one task for each who is to be told, in one transaction: none is forgotten and none is told twice.

What is written into a task stays: who it is for, which sentence, which values. So a second attempt says the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final

import msgspec

from kachehri.store import Connection, outbox, public_tickets
from kachehri.store import notices as rows
from kachehri.store import tickets as ticket_rows
from kachehri.store.outbox import Claim, Task
from kachehri.store.tables import Ticket

from .office import PostOffice
from .recipients import OWNER, targets
from .table import TABLE, WITHIN, Tell
from .timing import next_digest

ENCODE: Final[Callable[[object], bytes]] = msgspec.json.Encoder(order="deterministic").encode
NOTICE, TELL, DIGEST, HOOK = "notice", "tell", "digest", "hook"
#: Kinds of tasks that are this package's.
KINDS: Final = (NOTICE, TELL, DIGEST, HOOK)


class Telling(msgspec.Struct, frozen=True, omit_defaults=True):
    """The body of a task with one recipient. `to` is her name for good, `at` when it happened."""

    notice: str
    text: str
    to: str
    at: int
    params: dict[str, Any] = {}


def decode(body: bytes) -> Telling | None:
    """A task's body; None for one that this version does not know."""
    try:
        return msgspec.json.decode(body, type=Telling)
    except msgspec.DecodeError:
        return None


def fan_out(conn: Connection, office: PostOffice, claim: Claim, now: int) -> None:
    """Carry out a task of kind "notice": write a task for each telling, and be done."""
    if not outbox.holds(conn, claim):
        return
    try:
        body = msgspec.json.decode(claim.body, type=dict[str, Any])
    except msgspec.DecodeError:
        body = {}
    event = str(body.get("notice", ""))
    task = rows.task(conn, claim.id)
    ticket = ticket_rows.get(conn, claim.ticket_id or str(body.get("ticket", "")))
    if event not in TABLE or ticket is None or task is None:
        outbox.fail(conn, claim, retry_at=None, error="unknown_notice")
        return
    outbox.add(conn, list(_tasks(conn, office, claim, body, event, ticket, task.created_at, now)))
    outbox.finish(conn, claim, now)


def _tasks(
    conn: Connection,
    office: PostOffice,
    claim: Claim,
    body: dict[str, Any],
    event: str,
    ticket: Ticket,
    created_at: int,
    now: int,
) -> Iterator[Task]:
    params = body.get("params")
    values = {"state": ticket.state, **(params if isinstance(params, dict) else {})}
    named = _named(conn, body, ticket)
    # What she has said yes to in the hearing need not be read back to her again.
    said = event == "promise.read_back" and rows.read_back(conn, str(values.get("commitment", "")))
    for tell in () if said else TABLE[event]:
        for target in [named] if named else targets(conn, ticket, tell, now):
            yield _task(conn, office, claim, Telling(event, tell.text, target, created_at, values), ticket, tell, now)
    if (not named or named == OWNER) and event not in WITHIN and public_tickets.shown(conn, ticket.id):
        for hook in rows.hooks(conn):
            if hook.state == "active":
                telling = Telling(event, HOOK, f"hook:{hook.id}", created_at, {"state": values["state"]})
                yield _task(conn, office, claim, telling, ticket, None, now)


def _named(conn: Connection, body: dict[str, Any], ticket: Ticket) -> str:
    """Whom the event names itself, because each is told by an event of her own; nobody where it is everybody's."""
    follower = str(body.get("follower", "") or "")
    question = str(body.get("question", "") or "")
    if follower:
        return f"follower:{follower}"
    if body.get("notice") != "ticket.opened" or not question:
        return ""
    if question == ticket.question_id:
        return OWNER
    found = rows.follower_of_question(conn, question)
    return f"follower:{found.id}" if found else ""


def _task(
    conn: Connection, office: PostOffice, claim: Claim, telling: Telling, ticket: Ticket, tell: Tell | None, now: int
) -> Task:
    digest = tell is not None and tell.digest
    due = now
    if digest:
        due = next_digest(now, office.zone, office.digest, lambda day: office.working(conn, day))
    id = f"{claim.id}/{telling.text}/{telling.to}"
    return Task(
        id=id,
        unique_key=f"tell/{id}",
        kind=HOOK if tell is None else DIGEST if digest else TELL,
        session_id=claim.session_id,
        ticket_id=ticket.id,
        body=ENCODE(telling),
        created_at=telling.at,
        due_at=due,
    )
