"""Which notices follow from the steps of a ticket. Pure: who gets them, where and in which words says kachehri/notices.

A notice is named after the type of its step, so that its text can be found from the chain and the other way round.
"""

from collections.abc import Iterable
from typing import Any, Final, NamedTuple

from . import events as e
from .events import Happened
from .life import Life

#: Steps that nobody is told of one by one: words among the staff, receipts, pictures, and what tells of itself.
QUIET: Final[frozenset[str]] = frozenset(
    {
        "ticket.opened",  # told by the close
        "ticket.noted",
        "ticket.submitted",
        "ticket.evidence",
        "ticket.arrived",
        "ticket.part_done",
        "ticket.pledge",
        "ticket.classified",
        "ticket.concerned",  # where it goes tells of itself
        "ticket.resumed",
        "ticket.rated",
    }
)
#: Of a promise: that it was made, what its office says of it, and that its day is over or another.
PLEDGES: Final[dict[str, str]] = {
    "made": "promise.read_back",
    "said": "promise.kept",
    "broken": "promise.broken",
    "moved": "ticket.date_moved",
}
DAY_MS: Final = 86_400_000


class Notice(NamedTuple):
    """Something to tell. `seq` is the step it tells of; `params` hold no personal data."""

    name: str
    seq: int
    params: dict[str, Any]


def notices_of(after: Life, steps: Iterable[Happened], due: int | None = None) -> list[Notice]:
    """What is to be told of these steps, in their order.

    Arguments:
        after: the ticket behind them.
        due: until when it was due before them; a shift of less than a day is not worth a message.
    """
    found: list[Notice] = []
    for step in steps:
        body = step.body
        if not isinstance(body, e.Step):
            continue
        params: dict[str, Any] = {"state": after.state, "office": after.office}
        match body:
            case e.Rated(money="yes"):
                found.append(Notice("ticket.flagged", step.seq, params))
            case e.CalendarChanged():
                if due is None or body.due - due >= DAY_MS:
                    found.append(Notice(body.type, step.seq, {**params, "due": body.due}))
            case e.Pledged() if body.step in PLEDGES:
                promised = {**params, "commitment": body.commitment, "due": body.due}
                found.append(Notice(PLEDGES[body.step], step.seq, promised))
            case e.Escalated() | e.Disputed():
                found.append(Notice(body.type, step.seq, {**params, "level": body.level, "post": body.post}))
            case e.Assigned():
                found.append(Notice(body.type, step.seq, {**params, "post": body.post}))
            case e.Started():
                found.append(Notice(body.type, step.seq, {**params, "day": body.day}))
            case e.Proposed() | e.Forced():
                found.append(Notice(body.type, step.seq, {**params, "outcome": body.outcome}))
            case _ if body.type not in QUIET:
                found.append(Notice(body.type, step.seq, params))
    return found
