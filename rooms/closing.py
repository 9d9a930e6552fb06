"""The end of a session: every question that was asked becomes a ticket, a follower, or is accounted for otherwise.

Tickets are opened in chunks, each a transaction of its own, so that a close of any size never blocks the others and
can go on where it stopped. The last step writes the balance; without it no session is closed.
"""

from typing import Literal

import msgspec

from .base import Command, Event

Disposition = Literal["ticket", "follower", "withdrawn", "refused"]


class OpenTickets(Command, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="tickets.open"):
    """Open the next chunk of tickets; given by the server while a session closes."""


class SealSession(Command, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="session.seal"):
    """Write the balance; given by the server when every ticket is open."""


class Balance(msgspec.Struct, frozen=True):
    """What became of everything that was raised: `raised` = `tickets` + `followers` + `withdrawn` + `refused`."""

    raised: int
    tickets: int
    followers: int
    withdrawn: int
    refused: int

    @property
    def balanced(self) -> bool:
        """Whether nothing is missing."""
        return self.raised == self.tickets + self.followers + self.withdrawn + self.refused


class TicketsOpened(Event, frozen=True, kw_only=True, omit_defaults=True, tag="tickets.opened"):
    """These questions are accounted for; their tickets exist."""

    audience = "desk"
    questions: tuple[str, ...]


class SessionClosed(Event, frozen=True, kw_only=True, omit_defaults=True, tag="session.closed"):
    """The balance is public and the session is over."""

    balance: Balance
    cancelled: bool = False


class ClosingState(msgspec.Struct):
    """How far the close has come."""

    #: Every question in the order in which it is accounted for: tickets before the followers that point at them.
    order: list[str] = []
    #: How many of them are accounted for.
    done: int = 0
    balance: Balance | None = None


def disposition(state: str) -> Disposition:
    """What a question in `state` becomes at the close; a refusal that nobody confirmed is no refusal."""
    match state:
        case "merged":
            return "follower"
        case "withdrawn":
            return "withdrawn"
        case "refused":
            return "refused"
        case _:
            return "ticket"


def weigh(counts: dict[str, int]) -> Balance:
    """The balance of a session, from how many questions stand in each state."""
    sums: dict[Disposition, int] = {"ticket": 0, "follower": 0, "withdrawn": 0, "refused": 0}
    for state, count in counts.items():
        sums[disposition(state)] += count
    return Balance(
        raised=sum(counts.values()),
        tickets=sums["ticket"],
        followers=sums["follower"],
        withdrawn=sums["withdrawn"],
        refused=sums["refused"],
    )


def evolve(state: ClosingState, event: Event) -> None:
    """Carry one event of this feature into the state; other events are none of its business."""
    match event:
        case TicketsOpened():
            state.done += len(event.questions)
        case SessionClosed():
            state.balance = event.balance
        case _:
            return
