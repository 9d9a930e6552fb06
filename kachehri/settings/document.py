"""Writes `kachehri/SETTINGS.md` from the tree, so that the reference cannot fall behind."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from typing import Any, Literal, get_args, get_origin, get_type_hints

from kachehri.settings.reading import environment_name
from kachehri.settings.tree import Settings

PATH = Path(__file__).resolve().parents[1] / "SETTINGS.md"
HEAD = """# Settings

Written by `python -m kachehri check-config --write-reference` from `kachehri/settings/tree.py`; change it there.

The server reads one TOML file (`--config`, or the variable `KACHEHRI_CONFIG`) and then the environment, which wins:
`[server] port = 8080` in the file is `KACHEHRI_SERVER_PORT=8080` in the environment,
where commas separate lists.
Names that do not exist are refused, and every mistake is reported at once: `python -m kachehri check-config`.
"""


def render() -> str:
    parts = [HEAD]
    for section, kind in get_type_hints(Settings).items():
        hints = get_type_hints(kind)
        parts.append(f"\n## [{section}]\n\n{kind.__doc__}\n\n| setting | default | what it does |\n|---|---|---|\n")
        for each in fields(kind):
            help = " ".join(part for part in (each.metadata["help"], _range(hints[each.name], each.metadata)) if part)
            parts.append(f"| `{each.name}` | {_default(each.default)} | {help} |\n")
        example = fields(kind)[0].name
        parts.append(f"\nIn the environment: `{environment_name(section, example)}` and so on.\n")
    return "".join(parts)


def _default(value: object) -> str:
    match value:
        case None | "" | ():
            return "none"
        case tuple():
            return f"`{', '.join(value)}`"
        case _:
            return f"`{value}`"


def _range(kind: Any, metadata: Any) -> str:
    if get_origin(kind) is Literal:
        return f"One of {', '.join(f'`{choice}`' for choice in get_args(kind))}."
    if kind is int:
        unit = f" {metadata['unit']}" if metadata["unit"] else ""
        return f"{metadata['least']} to {metadata['most']}{unit}."
    return ""
