"""Draws the tables and diagrams of `kachehri/tickets/LIFE.md` from the tables that the life of tickets runs on.

Like kachehri/rulebook.py for the rules of a hearing: the prose is written by hand, and what is drawn says what a table
says and nothing more.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, get_args

from kachehri.documents import diagram, table
from kachehri.tickets import guards, pledges, windows
from kachehri.tickets.events import CLASSES
from kachehri.tickets.kinds import CITES, KINDS
from kachehri.tickets.lifecycle import DEEDS, ENTRY, STATES, STEPS, By, is_open
from kachehri.tickets.refusals import REFUSALS
from kachehri.tickets.telling import QUIET

#: Drawn in the place of "back to the state before", which is a different state each time.
EARLIER: Final = "earlier"
#: Drawn once instead of an arrow from each open state.
ANY_OPEN: Final = "any_open"
ASIDE: Final = {EARLIER: "the state before", ANY_OPEN: "any open state"}
#: What nobody takes who asks for nothing that could be denied.
CONTESTS: Final = frozenset({"dispute", "appeal", "direct", "uphold"})
_EVERYWHERE: Final = tuple(state for state in STATES if is_open(state))


def arrows(left_out: Iterable[str] = ()) -> list[tuple[str, str, str]]:
    """Every step as (from, to, name and sides)."""
    without = frozenset(left_out)
    found: list[tuple[str, str, str]] = [("[*]", state, "opens") for state in ENTRY]
    for edge in STEPS:
        if edge.step in without:
            continue
        action = f"{edge.step} ({', '.join(edge.by)})"
        starts: tuple[str, ...] = (ANY_OPEN,) if edge.come_from == _EVERYWHERE else edge.come_from
        found += [(start, edge.to or EARLIER, action) for start in starts]
    return found


def life() -> str:
    """A ticket; in brackets, who may take the step."""
    return diagram(arrows(), ASIDE)


def praise() -> str:
    """The same for whatever asks for nothing: without the steps that contest an answer."""
    return diagram(arrows(CONTESTS), ASIDE)


def states() -> str:
    """A row for each state."""
    return table(
        ("state", "group", "whose turn"),
        [(f"`{state}`", about.group, about.next) for state, about in STATES.items()],
    )


def steps() -> str:
    """A row for each step and state, a column for each side."""
    return _sides((f"`{edge.step}`", _states(edge.come_from), f"`{edge.to or EARLIER}`", edge.by) for edge in STEPS)


def deeds() -> str:
    """A row for each deed, a column for each side."""
    return _sides((f"`{row.deed}`", _states(row.come_from), "the same", row.by) for row in DEEDS)


def _states(come_from: tuple[str, ...]) -> str:
    if come_from == tuple(STATES):
        return "any"
    return "any open" if come_from == _EVERYWHERE else ", ".join(come_from)


def _sides(rows: Iterable[tuple[str, str, str, tuple[By, ...]]]) -> str:
    sides: tuple[By, ...] = get_args(By)
    return table(
        ("act", "from", "to", *sides),
        [(act, start, to, *("●" if side in by else "" for side in sides)) for act, start, to, by in rows],
    )


def kinds() -> str:
    """A row for each kind."""
    rows = []
    for kind, rule in KINDS.items():
        ends = ", ".join(f"`{each}`" + ("*" if each in CITES else "") for each in rule.outcomes)
        days = f"{rule.days}, by law" if rule.statutory else f"{rule.days}, or its topic's"
        marks = ["●" if each else "" for each in (rule.contested, rule.escalates)]
        rows.append((kind, days, ends, *marks))
    return table(
        ("kind", "working days", "may end as (* cites a rule)", "disputed, appealed", "goes up when late"), rows
    )


def numbers() -> str:
    """A row for each number that a guard counts with."""
    return table(
        ("number", "value"),
        [
            ("transfers before the triage desk decides", str(guards.TRANSFERS_MOST)),
            ("questions to the citizen", str(guards.ASKS_MOST)),
            ("disputes before an appeal", str(guards.DISPUTES_MOST)),
            ("highest level", str(guards.LEVEL_MOST)),
            ("level that may close without her word", str(guards.FORCE_LEVEL)),
            ("working days between the warning that arrived and that close", str(windows.WARNING_DAYS)),
            ("calendar days to answer a proposal, from the notice that arrived", str(windows.ANSWER_DAYS)),
            ("the same where somebody writes for her", str(windows.ASSISTED_DAYS)),
            ("calendar days to appeal, from the close", str(windows.APPEAL_DAYS)),
        ],
    )


def promises() -> str:
    """A row for each thing that can be said of a promise."""
    return table(
        ("word", "of one that is", "by"),
        [
            (f"`{what}`", ", ".join(rule.come_from) or "not yet there", ", ".join(rule.by))
            for what, rule in pledges.RULES.items()
        ],
    )


def record() -> str:
    """A row for each type of step in the chain."""
    rows = [(f"`{each.type}`", each.audience, "" if each.type in QUIET else "●") for each in CLASSES]
    return table(("type", "who may read it", "is told of"), rows)


def refusals() -> str:
    """A row for each code."""
    return table(("code", "means"), [(f"`{code}`", meaning) for code, meaning in REFUSALS.items()])


REGIONS = {
    "life": life,
    "praise": praise,
    "states": states,
    "steps": steps,
    "deeds": deeds,
    "kinds": kinds,
    "numbers": numbers,
    "promises": promises,
    "record": record,
    "refusals": refusals,
}
