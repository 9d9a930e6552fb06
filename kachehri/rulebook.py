"""Draws the tables and diagrams of `rooms/RULES.md` from the tables that the rules themselves run on.

The prose around them is written by hand. A diagram says what a table says and nothing more: an arrow that is missing
there is refused by the code.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import get_args

import msgspec

from kachehri.documents import fill, settle, table
from kachehri.tickets.lifecycle import ENTRY, STATES, STEPS, is_open
from moderation.roles import ROLES
from rooms import limits, reasons
from rooms.lifecycle import OPEN, PHASES, Timing
from rooms.queue import QUESTIONS
from rooms.refusals import REFUSALS
from rooms.session import BY_TAG, HALL, LIVE, PHASES_OF
from rooms.stage import TURNS

ROOT = Path(__file__).resolve().parents[1]
RULES = ROOT / "rooms" / "RULES.md"
#: Drawn in the place of "back to the state before", which is a different state each time.
EARLIER = "earlier"
#: Drawn once instead of an arrow from each open state of a ticket.
ANY_OPEN = "any_open"
#: What the diagrams call these two.
ASIDE = {EARLIER: "the state before", ANY_OPEN: "any open state"}
Arrow = tuple[str, str, str]


def render() -> dict[Path, str]:
    """Every generated file with its content."""
    return {RULES: fill(RULES.read_text(encoding="utf-8"), REGIONS)}


def main(*, write: bool) -> int:
    """Write the files, or say which of them differ. Returns an exit code."""
    return settle(render(), ROOT, write=write)


def diagram(arrows: Iterable[Arrow]) -> str:
    """A Mermaid state diagram of (from, to, action); actions between the same two states share an arrow."""
    joined: dict[tuple[str, str], list[str]] = {}
    for start, end, action in arrows:
        joined.setdefault((start, end), []).append(action)
    lines = ["```mermaid", "stateDiagram-v2"]
    states = dict.fromkeys(state for pair in joined for state in pair)
    lines += [f"    {state} : {words}" for state, words in ASIDE.items() if state in states]
    lines += [f"    {start} --> {end} : {', '.join(actions)}" for (start, end), actions in joined.items()]
    left = {start for start, _ in joined}
    lines += [f"    {state} --> [*]" for state in states if state not in {*left, *ASIDE, "[*]"}]
    return "\n".join([*lines, "```", ""])


def phases() -> str:
    """A session, from the announcement to its balance."""
    return diagram(("[*]" if start == "new" else start, end, action) for (start, action), end in PHASES.items())


def questions() -> str:
    """A question in its session."""
    return diagram([("[*]", "new", "ask"), *((start, end, action) for (start, action), end in QUESTIONS.items())])


def turns() -> str:
    """A turn, from the call to its end."""
    return diagram([("[*]", "called", "call"), *((start, end, action) for (start, action), end in TURNS.items())])


def tickets() -> str:
    """A ticket; in brackets, who may take the step."""
    arrows: list[Arrow] = [("[*]", state, "at the close") for state in ENTRY]
    everywhere = tuple(state for state in STATES if is_open(state))
    for edge in STEPS:
        action = f"{edge.step} ({', '.join(edge.by)})"
        starts: tuple[str, ...] = (ANY_OPEN,) if edge.come_from == everywhere else edge.come_from
        arrows += [(start, edge.to or EARLIER, action) for start in starts]
    return diagram(arrows)


def numbers() -> str:
    """A row for each constant of `rooms.limits`, its reason taken from the comment above it."""
    own = {field.name.upper() for field in msgspec.structs.fields(Timing)}
    rows = []
    for names, reason in commented(Path(limits.__file__).read_text(encoding="utf-8")):
        values = ", ".join(quantity(name, getattr(limits, name)) for name in names)
        declared = ", ".join(f"`timing.{name.lower()}`" for name in names if name in own)
        rows.append((", ".join(f"`{name}`" for name in names), values, declared, reason))
    return table(("number", "value", "declared by each session as", "what it is for"), rows)


def commented(source: str) -> list[tuple[list[str], str]]:
    """The constants of a module with the `#:` comment above them; those right below each other share it."""
    found: list[tuple[list[str], str]] = []
    fresh = False
    for line in source.splitlines():
        if line.startswith("#:"):
            said = line.removeprefix("#:").strip()
            if fresh:
                found[-1] = (found[-1][0], f"{found[-1][1]} {said}")
            else:
                found.append(([], said))
            fresh = True
        elif found and (name := re.match(r"([A-Z_]+) = ", line)):
            found[-1][0].append(name[1])
            fresh = False
    return found


def quantity(name: str, value: int) -> str:
    """A number with the unit that its name ends in."""
    if name.endswith("_BYTES"):
        return f"{value} bytes"
    if name.endswith("_MS"):
        for unit, length in (("h", limits.HOUR_MS), ("min", limits.MINUTE_MS), ("s", limits.SECOND_MS)):
            if value % length == 0:
                return f"{value // length} {unit}"
    return f"{value:,}"


def why() -> str:
    """The closed lists of reasons."""
    lists = [(name, get_args(value)) for name, value in vars(reasons).items() if get_args(value)]
    words = {"NotTaken": "not taken on air", "TakeOff": "take off the stage", "Remove": "remove, block"}
    return table(
        ("for", "reasons"),
        [(words.get(name, name.lower()), ", ".join(f"`{each}`" for each in found)) for name, found in lists],
    )


def refusals() -> str:
    """A row for each code."""
    return table(
        ("code", "means", "carries"),
        [
            (f"`{code}`", meaning, ", ".join(f"`{each}`" for each in params))
            for code, (meaning, params) in sorted(REFUSALS.items())
        ],
    )


def roles() -> str:
    """A row for each action, a column for each role."""
    columns = tuple(role for role in ROLES if role != "system")
    actions = sorted({action for actions in ROLES.values() for action in actions})
    mark = {"any": "●", "own": "own", None: ""}
    rows = []
    for action in actions:
        marks = [mark[ROLES[role].get(action)] for role in columns]
        if any(marks):
            rows.append((f"`{action}`", when(action), *marks))
    return table(("action", "while", *columns), rows)


def when(action: str) -> str:
    """The phases in which a command may be given; for the steps of the session itself its diagram says so."""
    command = BY_TAG.get(action)
    names = {frozenset(OPEN): "open", HALL: "hall", LIVE: "live"}
    return names[PHASES_OF[command]] if command in PHASES_OF else ""


def clock() -> str:
    """What nobody but the server does."""
    return ", ".join(f"`{action}`" for action in ROLES["system"]) + "\n"


REGIONS = {
    "phases": phases,
    "questions": questions,
    "turns": turns,
    "tickets": tickets,
    "limits": numbers,
    "reasons": why,
    "refusals": refusals,
    "roles": roles,
    "clock": clock,
}
