"""The states of a ticket, every step between them, and every deed that moves no state, as three tables.

Rule 1: a proposed resolution is still open; it is the officer's word, not the citizen's.
Rule 2: the citizen closes: by confirming, by withdrawing, or by not answering a delivered notice, which is counted
apart. Besides her, a superior of the second level or higher may close after a warning that reached her (`force`), which
is counted apart too. There is no step by which an office closes what it was asked.
Rule 3: sending on to another office is a step; closing because "it does not concern us" is not.
Rule 4: a deed changes no state and gives no clock a new beginning.

The tables say who may do what from where. What else must be true (how often, how late, with what in hand) says
decide.py.
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
    "take_back",
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
    "force",
    "countersign",
    "propose_joined",
]
Deed = Literal[
    "submit",
    "warn",
    "escalate",
    "join",
    "leave",
    "share",
    "finish_part",
    "note",
    "add_evidence",
    "classify",
    "concern",
    "move_due",
    "note_arrival",
    "rate",
    "pledge",
]
By = Literal["triage", "office", "officer", "supervisor", "citizen", "appeal", "clock"]


class About(NamedTuple):
    """What is true of every ticket in a state."""

    group: Group
    #: Name of the plain word that people read, in the catalogue of translations.
    word: str
    next: Turn


class Edge(NamedTuple):
    """One permitted step. `to` is None where the ticket returns to the state it had before it waited.

    A step has a second row where other sides may take it from other states.
    """

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

#: The states in which a ticket may begin: where only people can say whose it is, with an office that the hearing or a
#: rule named, or as answered or refused on air, which the asker can contest.
ENTRY: tuple[State, ...] = ("registered", "routed", "resolution_proposed")

_WORKED: tuple[State, ...] = ("assigned", "in_progress")
_OPEN: tuple[State, ...] = tuple(state for state, about in STATES.items() if about.group == "open")
_CLOSED: tuple[State, ...] = tuple(state for state, about in STATES.items() if about.group == "closed")
_ALL: tuple[State, ...] = tuple(STATES)
#: States in which the office owes something and its clock counts or is paused.
_OWED: tuple[State, ...] = (
    "registered",
    "routed",
    "assigned",
    "in_progress",
    "awaiting_citizen",
    "awaiting_external",
    "disputed",
)
#: The same without those in which the clock is paused.
_COUNTS: tuple[State, ...] = tuple(state for state in _OWED if state != "awaiting_citizen")
_STAFF: tuple[By, ...] = ("triage", "office", "officer", "supervisor", "appeal")

STEPS: tuple[Edge, ...] = (
    Edge("route", ("registered", "routed"), "routed", ("triage", "clock")),
    Edge("transfer", ("routed", *_WORKED), "routed", ("office",)),
    Edge("assign", ("routed",), "assigned", ("office", "supervisor", "clock")),
    Edge("assign", (*_WORKED, "disputed"), "assigned", ("supervisor",)),
    Edge("take_back", ("assigned",), "routed", ("office", "supervisor")),
    Edge("start", ("assigned",), "in_progress", ("officer",)),
    Edge("ask_citizen", _WORKED, "awaiting_citizen", ("officer",)),
    Edge("citizen_answers", ("awaiting_citizen",), None, ("citizen",)),
    Edge("wait_outside", _WORKED, "awaiting_external", ("officer", "supervisor")),
    Edge("resume", ("awaiting_external",), None, ("officer", "supervisor", "clock")),
    Edge("resume", ("awaiting_citizen",), None, ("clock",)),
    Edge("propose", (*_WORKED, "awaiting_external"), "resolution_proposed", ("officer", "supervisor")),
    Edge("propose", ("disputed",), "resolution_proposed", ("supervisor",)),
    Edge("confirm", ("resolution_proposed",), "closed", ("citizen",)),
    Edge("stay_silent", ("resolution_proposed",), "closed", ("clock",)),
    Edge("dispute", ("resolution_proposed", "closed"), "disputed", ("citizen",)),
    Edge("appeal", ("resolution_proposed", "closed"), "in_appeal", ("citizen",)),
    Edge("appeal", ("disputed",), "in_appeal", ("citizen", "clock")),
    Edge("appeal", tuple(state for state in _COUNTS if state != "disputed"), "in_appeal", ("clock",)),
    Edge("direct", ("in_appeal",), "assigned", ("appeal",)),
    Edge("uphold", ("in_appeal",), "closed_final", ("appeal",)),
    Edge("withdraw", _OPEN, "closed", ("citizen",)),
    Edge("force", tuple(state for state in _OPEN if state != "in_appeal"), "closed", ("supervisor",)),
    Edge("countersign", (*_WORKED, "awaiting_external", "disputed"), "resolution_proposed", ("supervisor",)),
    Edge("propose_joined", _OWED, "resolution_proposed", ("clock",)),
)


class Beside(NamedTuple):
    """One permitted deed: from which states, and by whom. The ticket stays in the state that it has."""

    deed: Deed
    come_from: tuple[State, ...]
    by: tuple[By, ...]


DEEDS: tuple[Beside, ...] = (
    Beside("submit", (*_WORKED, "awaiting_external", "disputed"), ("officer", "supervisor")),
    Beside("warn", tuple(state for state in _OPEN if state != "in_appeal"), ("supervisor",)),
    Beside("escalate", _COUNTS, ("clock", "supervisor", "citizen")),
    Beside("join", _OWED, ("triage", "supervisor")),
    Beside("leave", _ALL, ("triage", "supervisor", "citizen", "clock")),
    Beside("share", _OWED, ("triage", "office", "supervisor")),
    Beside("finish_part", _OWED, ("office", "officer", "supervisor")),
    Beside("note", _ALL, _STAFF),
    Beside("add_evidence", _OPEN, (*_STAFF, "citizen")),
    Beside("classify", _OPEN, ("triage", "office", "supervisor")),
    Beside("concern", _OPEN, ("triage", "supervisor")),
    Beside("move_due", _OPEN, ("clock",)),
    Beside("note_arrival", _OPEN, ("clock",)),
    Beside("rate", ("resolution_proposed", *_CLOSED), ("citizen",)),
    Beside("pledge", _ALL, ("triage", "office", "officer", "supervisor", "citizen", "clock")),
)

_EDGES: dict[tuple[str, State], dict[By, Edge]] = {}
for _edge in STEPS:
    for _state in _edge.come_from:
        _EDGES.setdefault((_edge.step, _state), {}).update(dict.fromkeys(_edge.by, _edge))
_BESIDE: dict[tuple[str, State], Beside] = {(row.deed, state): row for row in DEEDS for state in row.come_from}


def is_open(state: State) -> bool:
    """Whether somebody still owes a step."""
    return STATES[state].group == "open"


def is_closed(state: State) -> bool:
    """Whether nobody owes a step any more."""
    return STATES[state].group == "closed"


def entry(answered_on_air: bool, outcome: str = "", *, placed: bool = False) -> State:
    """Where a ticket begins. What was ordered or referred is begun by the office like anything that was asked.

    Arguments:
        outcome: what was decided in the hearing: answered, ordered, referred, refused, or nothing.
        placed: the hearing or a rule says which office answers; otherwise the desk that sorts has to.
    """
    done = outcome in ("answered", "refused") if outcome else answered_on_air
    return "resolution_proposed" if done else "routed" if placed else "registered"


def after(state: State, step: Step, before_waiting: State = "assigned") -> State | None:
    """The state behind a step; None if the step is not possible from here.

    Arguments:
        state: where the ticket stands.
        step: what somebody does.
        before_waiting: where the ticket stood before it waited for somebody.
    """
    found = _EDGES.get((step, state))
    if not found:
        return None
    # Whoever takes a step from a state comes to the same one: the second rows of a step are for other sides.
    edge = next(iter(found.values()))
    return before_waiting if edge.to is None else edge.to


def exists(state: State, act: str) -> bool:
    """Whether anybody may take this step, or do this deed, from here."""
    return (act, state) in _EDGES or (act, state) in _BESIDE


def may(by: By, state: State, act: str) -> bool:
    """Whether this side may take the step, or do the deed, from here."""
    beside = _BESIDE.get((act, state))
    return by in _EDGES.get((act, state), {}) or (beside is not None and by in beside.by)


def possible(by: By, state: State) -> tuple[str, ...]:
    """Every step and deed that this side has from here, in the order of the tables; guards are decide.py's."""
    acts = dict.fromkeys([*(edge.step for edge in STEPS), *(row.deed for row in DEEDS)])
    return tuple(act for act in acts if may(by, state, act))
