"""The one date that comes next for a citizen, and what it is. Pure.

Several clocks of a ticket end on some day; a page that listed them would leave her to find out which one counts. What
the office promised aloud and what it owes by the rules are compared by their days, and the earlier is told; on one day
the promise is, since she knows it.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

from .calendar import WorkingCalendar
from .clocks import RUNS, STANDING, dues
from .life import Life

What = Literal["promise", "reply", "appeal"]


class NextDate(NamedTuple):
    """Until when, in milliseconds since the epoch, and what is to happen until then."""

    at: int
    what: What


def next_date(life: Life, calendar: WorkingCalendar) -> NextDate | None:
    """What somebody owes her next; None at its end, and while it is she who is asked."""
    found = dues(life, calendar)
    if life.state == "in_appeal":
        return None if found.appeal is None else NextDate(found.appeal, "appeal")
    if life.state not in RUNS:
        return None
    local = calendar.days(life.area).local
    ahead = [NextDate(found.resolve, "reply")]
    ahead += [
        NextDate(at, "promise") for id, at in found.commitments.items() if not id or life.pledges[id].state in STANDING
    ]
    return min(ahead, key=lambda each: (local(each.at).date(), each.what != "promise", each.at))
