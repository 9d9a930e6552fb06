"""The row of a ticket: what lists and the clock's runner look up, made from the ticket's steps and the calendar.

A cache, never the truth: it is written with the steps, and can be made again from them at any time.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from . import calendars
from .store import Connection
from .store import tickets as rows
from .store.tables import Ticket
from .tickets import clocks
from .tickets.calendar import WorkingCalendar
from .tickets.life import Life

#: A ticket's privacy; the third is "private", of what was asked so.
PUBLIC: Final = "public"
PROTECTED: Final = "protected"


class Due(NamedTuple):
    """What the row keeps of the clocks, so that lists and the runner need not reckon: a cache, never the truth.

    Arguments:
        due_at: until when whoever has it owes the next thing; None while the citizen has it.
        next_at, next_act: when the clock has to look again, and for what.
    """

    due_at: int | None
    next_at: int | None
    next_act: str | None


def calendar_of(conn: Connection) -> WorkingCalendar:
    """Working time as the house has it."""
    return calendars.current(conn)


def due_of(life: Life, calendar: WorkingCalendar) -> Due:
    """When a ticket is due, and when the clock looks at it again.

    A promise of the hearing stands beside the days of the topic, and the earlier one counts. A proposal stops the
    clock; a dispute finds it where it stood.
    """
    found = clocks.dues(life, calendar)
    if life.state == "in_appeal":
        due_at = found.appeal
    elif life.state == "resolution_proposed":
        due_at = None
    else:
        due_at = found.resolve if life.promised is None else min(found.resolve, life.promised)
    ahead = clocks.next_due(life, calendar)
    return Due(due_at, *(ahead or (None, None)))


def projected(life: Life, row: Ticket, head_hash: bytes, calendar: WorkingCalendar) -> rows.Moved:
    """The row that follows from a ticket's steps and the calendar."""
    due = due_of(life, calendar)
    return rows.Moved(
        id=row.id,
        from_seq=row.head_seq,
        state=life.state,
        office_id=life.office or row.office_id,
        post_id=life.post or None,
        account_id=life.account or None,
        category=life.category or row.category,
        outcome=life.outcome or None,
        closure_basis=life.basis or None,
        level=life.level,
        due_at=due.due_at,
        proposed_at=life.proposed_at,
        closed_at=life.closed_at,
        kind=life.kind,
        days=life.days,
        transfers=life.transfers,
        disputes=life.disputes,
        calendar_version=life.calendar,
        about_post_id=life.about or None,
        accountable_post_id=life.accountable or None,
        parent_id=life.parent or None,
        next_at=due.next_at,
        next_act=due.next_act,
        privacy=privacy_of(life, row.privacy),
        head_seq=life.seq,
        head_hash=head_hash,
    )


def privacy_of(life: Life, stands: str) -> str:
    """Who may read of a ticket: what is protected later is kept from everybody like what was asked privately, whichever
    topic it gets afterwards, until the desk that sorts says that it is not.
    """
    if life.protected:
        return PROTECTED if stands == PUBLIC else stands
    return PUBLIC if stands == PROTECTED else stands
