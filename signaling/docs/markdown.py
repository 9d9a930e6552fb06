"""The generated regions of PROTOCOL.md; what stands between them is written by hand and kept."""

from __future__ import annotations

import json
from typing import Any

from kachehri import documents
from moderation.roles import ROLES
from rooms.lifecycle import SeatPlan, Timing
from rooms.refusals import REFUSALS
from rooms.views import (
    BalanceRow,
    CaptionRow,
    ObjectionRow,
    OutcomeRow,
    OwnQuestion,
    Personal,
    QuestionRow,
    SeatRow,
    SessionRow,
    TurnRow,
    View,
)
from signaling.codes import CLOSES
from signaling.protocol import MEDIA, SERVER_TYPES, WIRE, AddParticipant, Hello, IceServer, LineHealth

from .schemas import TOLD, components, summary, tag_of
from .sketch import example, words

ENVELOPE = ("type", "ref", "key", "as")


def fill(text: str) -> str:
    """The document with every region made anew."""
    defs = components("#/$defs/{name}")
    regions = {
        "hello": lambda: messages((Hello, AddParticipant), defs),
        "media": lambda: messages(MEDIA, defs),
        "commands": lambda: messages((*WIRE.values(), SeatPlan, Timing), defs),
        "frames": lambda: messages((*SERVER_TYPES, IceServer, LineHealth), defs),
        "views": lambda: messages(
            (
                View,
                SessionRow,
                QuestionRow,
                OutcomeRow,
                TurnRow,
                SeatRow,
                ObjectionRow,
                BalanceRow,
                CaptionRow,
                Personal,
                OwnQuestion,
            ),
            defs,
        ),
        "events": lambda: events(defs),
        "refusals": refusals,
        "closes": closes,
    }
    return documents.fill(text, regions)


def messages(kinds: tuple[type[Any], ...], defs: dict[str, Any]) -> str:
    """A heading, a sentence, a table and an example for each."""
    return "".join(message(kind, defs) for kind in kinds)


def message(kind: type[Any], defs: dict[str, Any]) -> str:
    """One class."""
    schema, command = defs[kind.__name__], kind in WIRE.values()
    tagged = kind.__struct_config__.tag is not None
    lines = [
        f"### {tag_of(kind) if tagged else kind.__name__}",
        f'<a id="{kind.__name__.lower()}"></a>{summary(kind)}',
        "",
    ]
    if command:
        lines += [f"Who: {who(tag_of(kind))}.", ""]
    fields = {
        name: inner
        for name, inner in schema["properties"].items()
        if name != "type" and not (command and name in ENVELOPE)
    }
    if fields:
        lines += ["| field | | |", "|---|---|---|"]
        required = schema.get("required", [])
        lines += [
            f"| `{name}` | {words(inner)} | {default(name in required, inner)} |" for name, inner in fields.items()
        ]
        lines.append("")
    if tagged and (command or kind in (Hello, AddParticipant, *MEDIA)):
        shown = json.dumps(example(schema, defs), ensure_ascii=False)
        lines += ["```json", shown, "```", ""]
    return "\n".join(lines) + "\n"


def default(required: bool, schema: dict[str, Any]) -> str:
    """What absence means."""
    if required:
        return "required"
    value = schema.get("default")
    return "" if value in (None, "", 0, False, [], {}) else f"else `{json.dumps(value)}`"


def who(action: str) -> str:
    """The roles that may do something, from the one table that decides it."""
    found = []
    for role, actions in ROLES.items():
        relation = actions.get(action)
        if relation is not None and role != "system":
            found.append(f"{role} (own)" if relation == "own" else role)
    return ", ".join(found)


def events(defs: dict[str, Any]) -> str:
    """A row for each event."""
    lines = ['<a id="event"></a>', "", "| event | for | fields | |", "|---|---|---|---|"]
    for event in TOLD:
        schema = defs[event.__name__]
        names = []
        for name in schema["properties"]:
            if name in ("type", "seq", "at"):
                continue
            mark = " (desk)" if name in event.desk_only else ""
            names.append(f"`{name}`{'' if name in schema.get('required', []) else '?'}{mark}")
        audience = "everyone" if event.audience == "public" else event.audience
        lines.append(f"| `{tag_of(event)}` | {audience} | {', '.join(names)} | {summary(event)} |")
    return "\n".join(lines) + "\n"


def refusals() -> str:
    """A row for each code."""
    lines = ["| code | means | params |", "|---|---|---|"]
    lines += [
        f"| `{code}` | {meaning} | {', '.join(f'`{each}`' for each in params)} |"
        for code, (meaning, params) in sorted(REFUSALS.items())
    ]
    return "\n".join(lines) + "\n"


def closes() -> str:
    """A row for each close code."""
    lines = ["| code | reason | come back | means |", "|---|---|---|---|"]
    lines += [
        f"| {each.code} | `{each.name}` | {'yes' if each.come_back else 'no'} | {each.words} |" for each in CLOSES
    ]
    return "\n".join(lines) + "\n"
