"""What becomes of a promise that was made aloud, and who may say so. Pure.

Rule 1: a promise is kept when the person says so to whom it was given, or confirms that her matter is solved. An office
can say that it has done it; that is "said", and stands in no figure as kept. She may take her word back for a day, and
with a dispute of the end of her matter as long as she may dispute it. While her "not solved" is being looked at,
nothing is kept: two answers of hers would contradict each other.
Rule 2: it is broken when the promised day has passed without either. Whatever comes later, that stays on record: a
new day is a new day and mends nothing, and what is kept after it is kept late.
Rule 3: a day moves later only, and by the mouth of the office.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final, Literal, NamedTuple

from . import events as e
from .lifecycle import By
from .status import TicketRefused

What = Literal["made", "read_back", "contested", "said", "denied", "kept", "broken", "moved", "help", "cancelled"]
State = Literal["made", "moved", "said", "kept", "broken", "cancelled"]
#: Neither kept nor given up.
OPEN: Final[frozenset[str]] = frozenset({"made", "moved", "said", "broken"})
#: How long she can take back "it was kept", in milliseconds: a finger slips, and a day is slept over.
TAKE_BACK_MS: Final = 86_400_000
_OFFICE: Final[tuple[By, ...]] = ("office", "officer", "supervisor", "triage")


class Rule(NamedTuple):
    """Who may say it, and of a promise in which states."""

    come_from: tuple[State, ...]
    by: tuple[By, ...]


#: The documentation's table is written from this one. What is not here is refused.
RULES: Final[Mapping[What, Rule]] = {
    "made": Rule((), ("clock",)),
    "read_back": Rule(("made", "moved", "said", "broken"), ("citizen",)),
    "contested": Rule(("made", "moved", "said", "broken"), ("citizen",)),
    "said": Rule(("made", "moved", "broken"), _OFFICE),
    "denied": Rule(("said", "kept"), ("citizen",)),
    "kept": Rule(("made", "moved", "said", "broken"), ("citizen",)),
    "broken": Rule(("made", "moved"), ("clock",)),
    "moved": Rule(("made", "moved", "said", "broken"), _OFFICE),
    "help": Rule(("made", "moved", "said", "broken"), _OFFICE),
    "cancelled": Rule(("made", "moved", "said", "broken"), ("citizen", "clock")),
}


@dataclass(slots=True)
class Pledge:
    """A promise as its steps have made it. Instants are milliseconds since the epoch; None where it did not happen.

    Arguments:
        due: the end of the day that is promised now; `first_due` of the day that was promised in the hearing.
        read: what she said when it was read back to her: "yes", "no", or nothing.
        broken_at: once it was broken, for good.
    """

    state: str
    due: int | None
    first_due: int | None = None
    read: str = ""
    read_at: int | None = None
    said_at: int | None = None
    broken_at: int | None = None
    kept_at: int | None = None
    help_at: int | None = None
    moves: int = 0


def evolve(known: Pledge | None, body: e.Pledged, at: int) -> Pledge:
    """Carry one step into a promise; the first that is known of it makes it."""
    due = body.due if body.due is not None else known.due if known else None
    now = replace(known, due=due) if known else Pledge("made", due, first_due=due)
    match body.step:
        case "read_back" | "contested":
            now.read, now.read_at = "yes" if body.step == "read_back" else "no", body.said_at or at
        case "said":
            now.state, now.said_at = "said", at
        case "denied":
            now.state, now.said_at = ("broken" if _gone(now, at) else "made"), None
            now.kept_at = None
            now.broken_at = now.broken_at or (at if now.state == "broken" else None)
        case "kept":
            now.state, now.kept_at = "kept", at
        case "broken":
            now.state, now.broken_at = "broken", now.broken_at or at
        case "moved":
            now.state, now.said_at = ("broken" if now.broken_at else "moved"), None
            now.moves += 1
        case "help":
            now.help_at = at
        case "cancelled":
            now.state = "cancelled"
        case _:  # made
            pass
    return now


def _gone(pledge: Pledge, at: int) -> bool:
    return pledge.broken_at is not None or (pledge.due is not None and pledge.due < at)


def judgeable(state: str, ticket: str) -> bool:
    """Whether she can be asked if a promise was kept. `ticket`: the state of its ticket."""
    return state in RULES["kept"].come_from and ticket != "disputed"


def takes_back(state: str, kept_at: int | None, now: int) -> bool:
    """Whether she can still take back that it was kept."""
    return state == "kept" and kept_at is not None and now <= kept_at + TAKE_BACK_MS


def decide(known: Pledge | None, step: e.Pledged, side: By, now: int, ticket: str = "") -> list[e.Step]:
    """The step, or nothing where it is so already. `ticket`: the state of its ticket.

    Errors: `TicketRefused` with `pledge_unknown`, `pledge_not_you`, `pledge_step`, `pledge_day`, `pledge_early`,
    `pledge_disputed` or `pledge_late`.
    """
    rule = RULES[step.step]
    if not step.commitment or (known is None) != (step.step == "made"):
        raise TicketRefused("pledge_unknown")
    if side not in rule.by:
        raise TicketRefused("pledge_not_you")
    if known is None:
        return [step]
    if known.state == step.step or (step.step, known.read) in (("read_back", "yes"), ("contested", "no")):
        if step.step != "moved":
            return []
    if known.state not in rule.come_from:
        raise TicketRefused("pledge_step")
    if step.step == "moved" and (step.due is None or step.due <= max(now, known.due or 0)):
        raise TicketRefused("pledge_day")
    if step.step == "broken" and (known.due is None or known.due > now):
        raise TicketRefused("pledge_early")
    if step.step == "kept" and not judgeable(known.state, ticket):
        raise TicketRefused("pledge_disputed")
    if step.step == "denied" and known.state == "kept" and not takes_back(known.state, known.kept_at, now):
        raise TicketRefused("pledge_late")
    return [step]


def follow(pledges: Mapping[str, Pledge], steps: list[e.Step]) -> list[e.Step]:
    """What the end of a ticket, or a proposal of it, means for what was promised on it."""
    found = list(steps)
    for step in steps:
        for kind, what, states in _MEANS:
            if isinstance(step, kind):
                ids = (id for id, each in pledges.items() if each.state in states)
                found += [e.Pledged(commitment=id, step=what) for id in ids]
    return found


_MEANS: Final[Iterable[tuple[type[e.Step], What, frozenset[str]]]] = (
    (e.Confirmed, "kept", OPEN),
    (e.Disputed, "denied", frozenset({"said", "kept"})),
    (e.Withdrawn, "cancelled", OPEN),
    (e.Proposed, "said", OPEN - {"said"}),
)

Standing = Literal["kept", "late", "said", "due", "broken", "cancelled"]


def standing(state: str, broken_at: int | None, due: int | None, now: int) -> Standing:
    """How a promise is counted; each stands in exactly one figure.

    "due" is neither kept nor broken yet; one whose day passed a moment ago is broken although the clock has not come.
    """
    if state == "kept":
        return "late" if broken_at is not None else "kept"
    if state in ("said", "cancelled"):
        return "said" if state == "said" else "cancelled"
    return "broken" if state == "broken" or (due is not None and due < now) else "due"
