"""The ledger of what was promised aloud: made in a hearing, read back, kept or broken.

Every change is a step of the ticket's chain and comes through its one door; the row of the promise follows from the
steps. Who may say what stands in kachehri/tickets/pledges.py.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Final, Literal
from zoneinfo import ZoneInfo

from rooms.outcomes import Outcome

from . import ticketing
from .codes import end_of_day
from .store import Connection, Store, tickets
from .store import promises as rows
from .store.tables import Commitment
from .tickets.acts import Doer, Pledge
from .tickets.events import Pledged
from .tickets.life import Life
from .tickets.status import TicketRefused

CLOCK: Final = Doer("clock", "clock")
#: Who writes the steps of a close.
SYSTEM: Final = "system"
#: What an office says of its promises in a hearing, and what the person says to whom they were given.
OfficeWord = Literal["said", "moved", "help"]
HerWord = Literal["read_back", "contested", "denied", "kept"]
#: Promises that one look of the clock takes at once.
PAGE: Final = 100


def begin(conn: Connection, now: int, made: Iterable[tuple[Commitment, Outcome]]) -> None:
    """The first steps of promises whose rows and tickets were written just now, with what she said to them.

    Both are the close's own: her answer stands in the log of the session, with who gave it.
    """
    for promise, outcome in made:
        ticket = tickets.get(conn, promise.ticket_id or "")
        assert ticket is not None
        id = promise.id
        bodies = [Pledged(commitment=id, step="made", day=outcome.due, due=promise.due_at, said_at=promise.made_at)]
        if outcome.read:
            what: HerWord = "read_back" if outcome.read == "yes" else "contested"
            bodies.append(Pledged(commitment=id, step=what, said_at=outcome.read_at))
        ticketing.append(conn, now, ticket, bodies, SYSTEM)


def by_her(conn: Connection, now: int, promise: Commitment, what: HerWord, *, key: str = "") -> Life:
    """What the person says to whom it was given; whoever holds her link, or her number and digits, speaks for her.

    Errors: `TicketRefused`.
    """
    return _act(conn, now, promise, Pledge(commitment=promise.id, what=what), Doer("citizen", "citizen"), key)


def by_office(
    conn: Connection,
    now: int,
    promise: Commitment,
    what: OfficeWord,
    doer: Doer,
    *,
    day: str = "",
    zone: ZoneInfo,
    key: str = "",
) -> Life:
    """What the office says of it: done, another day, or that it needs help.

    Arguments:
        day: the new day, ISO 8601, where one is named; it ends in `zone`.

    Errors: `TicketRefused`; `pledge_day` for a day that is none.
    """
    due = None
    if what == "moved":
        try:
            due = end_of_day(date.fromisoformat(day).isoformat(), zone)
        except (ValueError, OverflowError):
            raise TicketRefused("pledge_day") from None
    act = Pledge(commitment=promise.id, what=what, day=day if due is not None else "", due=due)
    return _act(conn, now, promise, act, doer, key)


def due_promises(conn: Connection, now: int) -> int:
    """Note as broken what was promised until a day that has passed; returns how many. Asking again finds nothing.

    One that another process moved meanwhile is left for the next look.
    """
    found, after = 0, (0, "")
    while page := rows.overdue(conn, now, after=after, limit=PAGE):
        for promise in page:
            assert promise.due_at is not None
            after = (promise.due_at, promise.id)
            if promise.ticket_id is None:
                continue
            try:
                _act(conn, now, promise, Pledge(commitment=promise.id, what="broken"), CLOCK, "")
                found += 1
            except TicketRefused:
                continue
    return found


def look(store: Store) -> int:
    """One look of the clock, in a transaction of its own."""
    with store.write() as conn:
        return due_promises(conn, store.now(conn))


def _act(conn: Connection, now: int, promise: Commitment, act: Pledge, doer: Doer, key: str) -> Life:
    if promise.ticket_id is None:
        raise TicketRefused("pledge_unknown")
    return ticketing.act(conn, now, promise.ticket_id, act, doer, key=key)
