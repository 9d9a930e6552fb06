"""Draws the tables and diagrams of `rooms/RULES.md` from the tables that the rules themselves run on, and has those of
the life of tickets drawn (kachehri/lifebook.py).

The prose around them is written by hand. A diagram says what a table says and nothing more: an arrow that is missing
there is refused by the code.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

import msgspec

from kachehri import lifebook
from kachehri.documents import diagram, fill, settle, table
from moderation.roles import ROLES
from rooms import limits, reasons
from rooms.lifecycle import OPEN, PHASES, Timing
from rooms.occasions import HALL, LIVE, PHASES_OF
from rooms.queue import QUESTIONS
from rooms.refusals import REFUSALS
from rooms.session import BY_TAG
from rooms.stage import TURNS

ROOT = Path(__file__).resolve().parents[1]
RULES = ROOT / "rooms" / "RULES.md"
LIFE = ROOT / "kachehri" / "tickets" / "LIFE.md"
#: Drawn in the place of "back to the state before", which is a different state each time; and what it is called.
EARLIER = "earlier"
ASIDE = {EARLIER: "the state before"}


def render() -> dict[Path, str]:
    """Every generated file with its content."""
    pages = ((RULES, REGIONS), (LIFE, lifebook.REGIONS))
    return {page: fill(page.read_text(encoding="utf-8"), regions) for page, regions in pages}


def main(*, write: bool) -> int:
    """Write the files, or say which of them differ. Returns an exit code."""
    return settle(render(), ROOT, write=write)


def phases() -> str:
    """A session, from the announcement to its balance."""
    arrows = [("[*]" if start == "new" else start, end, action) for (start, action), end in PHASES.items()]
    return diagram(arrows, ASIDE)


def questions() -> str:
    """A question in its session."""
    arrows = [("[*]", "new", "ask"), *((start, end, action) for (start, action), end in QUESTIONS.items())]
    return diagram(arrows, ASIDE)


def turns() -> str:
    """A turn, from the call to its end."""
    arrows = [("[*]", "called", "call"), *((start, end, action) for (start, action), end in TURNS.items())]
    return diagram(arrows, ASIDE)


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
    "limits": numbers,
    "reasons": why,
    "refusals": refusals,
    "roles": roles,
    "clock": clock,
}
