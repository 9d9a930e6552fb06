"""JSDoc types for the browser's checked modules, and the two tables that a page needs at run time."""

from __future__ import annotations

from typing import Any

from signaling.codes import CLOSES
from signaling.protocol import CLIENT_TYPES, SERVER_TYPES

from .schemas import components
from .sketch import script

HEAD = """/**
 * The live protocol, for type checks: written by `python -m kachehri protocol --write`, not by hand.
 * What the messages mean stands in signaling/PROTOCOL.md.
 */

"""


def module() -> str:
    """web/static/js/protocol.js."""
    parts = [typedef(name, schema) for name, schema in components("#/$defs/{name}").items()]
    says = " | ".join(kind.__name__ for kind in CLIENT_TYPES)
    hears = " | ".join(kind.__name__ for kind in SERVER_TYPES)
    parts += [f"/** @typedef {{{says}}} FromClient */\n", f"/** @typedef {{{hears}}} ToClient */\n"]
    names = "".join(f"  {each.name}: {each.code},\n" for each in CLOSES)
    parts.append(
        "/** Close codes; 4500 to 4599 mean: do not come back. */\n"
        f"export const CLOSE = Object.freeze({{\n{names}}});\n"
    )
    return HEAD + "\n".join(parts)


def typedef(name: str, schema: dict[str, Any]) -> str:
    """One type."""
    if "properties" not in schema:
        return f"/** @typedef {{{script(schema)}}} {name} */\n"
    lines = ["/**", f" * @typedef {{Object}} {name}"]
    required = schema.get("required", [])
    for field, inner in schema["properties"].items():
        shown = field if field in required else f"[{field}]"
        lines.append(f" * @property {{{script(inner)}}} {shown}")
    return "\n".join([*lines, " */"]) + "\n"
