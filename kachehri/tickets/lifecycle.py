"""The states of a ticket, and every step between them, as two tables.

Rule 1: a proposed resolution is still open; it is the officer's word, not the citizen's.
Rule 2: only the citizen closes: by confirming, by withdrawing, or by not answering a delivered notice, which is counted
apart. There is no step by which an office closes what it was asked.
Rule 3: sending on to another office is a step; closing because "it does not concern us" is not.
"""

from typing import Literal, NamedTuple

State = Literal[
    "registered",
    "routed",
    "assigned",
    "in_progress",
    "awaiting_citizen",
    "awaiting_external",
    "resolution_proposed",
    "disputed",
    "in_appeal",
    "closed",
    "closed_final",
]
Group = Literal["open", "closed"]
#: Whose turn it is: the desk that sorts, the office, one officer, the citizen, the officer's superior, the appeal body.
Turn = Literal["triage", "office", "officer", "citizen", "supervisor", "appeal", "nobody"]
Step = Literal[
    "route",
    "transfer",
    "assign",
    "start",
    "ask_citizen",
    "citizen_answers",
    "wait_outside",
    "resume",
    "propose",
    "confirm",
    "stay_silent",
    "dispute",
    "appeal",
    "direct",
    "uphold",
    "withdraw",
]
By = Literal["triage", "office", "officer", "supervisor", "citizen", "appeal", "clock"]


class About(NamedTuple):
    """What is true of every ticket in a state."""

    group: Group
    #: Name of the plain word that people read, in the catalogue of translations.
    word: str
    next: Turn


class Edge(NamedTuple):
    """One permitted step. `to` is None where the ticket returns to the state it had before it waited."""

    step: Step
    come_from: tuple[State, ...]
    to: State | None
    by: tuple[By, ...]


STATES: dict[State, About] = {
    "registered": About("open", "ticket.state.registered", "triage"),
    "routed": About("open", "ticket.state.routed", "office"),
    "assigned": About("open", "ticket.state.assigned", "officer"),
    "in_progress": About("open", "ticket.state.in_progress", "officer"),
    "awaiting_citizen": About("open", "ticket.state.awaiting_citizen", "citizen"),
    "awaiting_external": About("open", "ticket.state.awaiting_external", "officer"),
    "resolution_proposed": About("open", "ticket.state.resolution_proposed", "citizen"),
    "disputed": About("open", "ticket.state.disputed", "supervisor"),
    "in_appeal": About("open", "ticket.state.in_appeal", "appeal"),
    "closed": About("closed", "ticket.state.closed", "nobody"),
    "closed_final": About("closed", "ticket.state.closed_final", "nobody"),
}

#: The states in which a ticket may begin: as asked, or as answered or refused on air, which the asker can contest.
ENTRY: tuple[State, ...] = ("registered", "resolution_proposed")

_WORKED: tuple[State, ...] = ("assigned", "in_progress")
_OPEN: tuple[State, ...] = tuple(state for state, about in STATES.items() if about.group == "open")

STEPS: tuple[Edge, ...] = (
    Edge("route", ("registered", "routed"), "routed", ("triage", "clock")),
    Edge("transfer", ("routed", *_WORKED), "routed", ("office",)),
    Edge("assign", ("routed", "disputed"), "assigned", ("office", "supervisor", "clock")),
    Edge("start", ("assigned",), "in_progress", ("officer",)),
    Edge("ask_citizen", _WORKED, "awaiting_citizen", ("officer",)),
    Edge("citizen_answers", ("awaiting_citizen",), None, ("citizen",)),
    Edge("wait_outside", _WORKED, "awaiting_external", ("officer",)),
    Edge("resume", ("awaiting_external",), None, ("officer", "clock")),
    Edge("propose", (*_WORKED, "awaiting_external", "disputed"), "resolution_proposed", ("officer", "supervisor")),
    Edge("confirm", ("resolution_proposed",), "closed", ("citizen",)),
    Edge("stay_silent", ("resolution_proposed",), "closed", ("clock",)),
    Edge("dispute", ("resolution_proposed", "closed"), "disputed", ("citizen",)),
    Edge("appeal", ("disputed", "closed"), "in_appeal", ("citizen", "clock")),
    Edge("direct", ("in_appeal",), "assigned", ("appeal",)),
    Edge("uphold", ("in_appeal",), "closed_final", ("appeal",)),
    Edge("withdraw", _OPEN, "closed", ("citizen",)),
)

_EDGES = {(edge.step, state): edge for edge in STEPS for state in edge.come_from}


def is_open(state: State) -> bool:
    """Whether somebody still owes a step."""
    return STATES[state].group == "open"


def is_closed(state: State) -> bool:
    """Whether nobody owes a step any more."""
    return STATES[state].group == "closed"


def entry(answered_on_air: bool, outcome: str = "") -> State:
    """Where a ticket begins. What was ordered or referred is begun by the office like anything that was asked.

    Arguments:
        outcome: what was decided in the hearing: answered, ordered, referred, refused, or nothing.
    """
    done = outcome in ("answered", "refused") if outcome else answered_on_air
    return "resolution_proposed" if done else "registered"


def after(state: State, step: Step, before_waiting: State = "assigned") -> State | None:
    """The state behind a step; None if the step is not possible from here.

    Arguments:
        state: where the ticket stands.
        step: what somebody does.
        before_waiting: where the ticket stood before it waited for somebody.
    """
    edge = _EDGES.get((step, state))
    if edge is None:
        return None
    return before_waiting if edge.to is None else edge.to


def may(by: By, state: State, step: Step) -> bool:
    """Whether this side may take the step from here."""
    edge = _EDGES.get((step, state))
    return edge is not None and by in edge.by
