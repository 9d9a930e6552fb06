"""A ticket's life as anybody may read it: what happened and when, in sentences of ours and nobody's own words."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, NamedTuple

from msgspec import ValidationError

from kachehri.store.tickets import Step
from kachehri.tickets import events as e
from kachehri.tickets.life import Life, evolve
from kachehri.tickets.status import KINDS, Posted, Undone

#: Steps that everybody may know of. The others speak of somebody, or are the office's own.
PUBLIC: Final[tuple[type[e.Step], ...]] = (
    e.Opened,
    e.Routed,
    e.Transferred,
    e.Assigned,
    e.Started,
    e.Asked,
    e.Answered,
    e.Waits,
    e.Resumed,
    e.Proposed,
    e.Confirmed,
    e.Silent,
    e.Disputed,
    e.Appealed,
    e.Directed,
    e.Upheld,
    e.Withdrawn,
    e.Warned,
    e.Forced,
    e.Escalated,
    e.Joined,
    e.Left,
)


class Moment(NamedTuple):
    """One step, and how the ticket stood after it. `name` names its sentence: `moment.<name>` in the catalogue."""

    seq: int
    at: int
    name: str
    state: str
    outcome: str
    basis: str
    office: str
    level: int


def names() -> list[str]:
    """Every name that a moment may have."""
    return [each.type.removeprefix("ticket.") for each in PUBLIC] + [f"line_{kind}" for kind in KINDS]


def moments(ticket_id: str, steps: Iterable[Step]) -> list[Moment]:
    """The public steps of a ticket, oldest first; a line that was taken back is left out."""
    life = Life(ticket_id)
    found: list[Moment] = []
    for row in steps:
        try:
            body = e.decode(row.type, row.body)
        except (KeyError, ValidationError):  # a step of a newer program
            continue
        evolve(life, e.Happened(row.seq, row.at, row.actor, body))
        if isinstance(body, Undone):
            found = [each for each in found if each.seq != body.of]
            continue
        if isinstance(body, Posted):
            name = f"line_{body.kind}"
        elif isinstance(body, PUBLIC):
            name = body.type.removeprefix("ticket.")
        else:
            continue
        found.append(Moment(row.seq, row.at, name, life.state, life.outcome, life.basis, life.office, life.level))
    return found
