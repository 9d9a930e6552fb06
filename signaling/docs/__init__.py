"""Writes what others read of the live protocol: a JSON Schema, an AsyncAPI document, PROTOCOL.md and JavaScript types.

Everything follows from the classes of `signaling.protocol`, `rooms` and the tables beside them; the prose of
PROTOCOL.md is written by hand around marked regions. `make check` fails when a file differs from what would be written.
May import: signaling and below. Does not belong here: facts about the protocol.
Start reading: main below, then schemas.py.
"""

from __future__ import annotations

from pathlib import Path

from kachehri.documents import settle

from . import javascript, markdown, schemas

ROOT = Path(__file__).resolve().parents[2]
PROSE = ROOT / "signaling" / "PROTOCOL.md"


def render() -> dict[Path, str]:
    """Every generated file with its content."""
    return {
        ROOT / "signaling" / "schema.json": schemas.json_schema(),
        ROOT / "signaling" / "asyncapi.json": schemas.asyncapi(),
        PROSE: markdown.fill(PROSE.read_text(encoding="utf-8")),
        ROOT / "web" / "static" / "js" / "protocol.js": javascript.module(),
    }


def main(*, write: bool) -> int:
    """Write the files, or say which of them differ. Returns an exit code."""
    return settle(render(), ROOT, write=write)
