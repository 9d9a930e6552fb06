"""Puts a page's modules into one file, without a bundler.

A phone on 2G pays a round trip of 0.4 to 0.8 s for each level of imports, so a page may load two modules before its
first interaction. Packing is concatenation: imports first, then the entry, with `import` lines and the word `export`
dropped; the entry keeps its own exports, so that what a page fetches later with `import()` can be packed too. It holds
because our modules keep to a narrow style that this file checks: named imports from `./x.js` without renaming, exports
in front of declarations, and top-level names that are unique across a pack.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

_IMPORT: Final = re.compile(r'^import \{([^}]*)\} from "(\.{1,2}/[\w./-]+\.js)";\n', re.MULTILINE)
_ANY_IMPORT: Final = re.compile(r"^\s*import\b(?!\()", re.MULTILINE)
_EXPORT: Final = re.compile(r"^export (?=(?:async )?(?:function|class|const|let)\b)", re.MULTILINE)
_ANY_EXPORT: Final = re.compile(r"^\s*export\b", re.MULTILINE)
_TOP: Final = re.compile(r"^(?:export )?(?:async )?(?:function\*?|class|const|let) ([\w$]+)", re.MULTILINE)
_COMMENT: Final = re.compile(r"^[ \t]*/\*(?:(?!\*/).)*\*/[ \t]*\n|^[ \t]*//[^\n]*\n", re.DOTALL | re.MULTILINE)


class CannotPack(Exception):
    """A module leaves the narrow style; the message names it and says how."""


def bare(source: str) -> str:
    """A module without the comments that stand on lines of their own."""
    return _COMMENT.sub("", source)


def pack(entry: Path) -> str | None:
    """The entry with everything that it imports; None if it imports nothing and needs no packing."""
    order: list[Path] = []
    _visit(entry.resolve(), order, ())
    if len(order) == 1:
        return None
    owner: dict[str, Path] = {}
    parts = []
    for path in order:
        source = bare(path.read_text("utf-8"))
        for name in _TOP.findall(source):
            if owner.setdefault(name, path) != path:
                raise CannotPack(f"{path.name} and {owner[name].name} both declare {name} at top level")
        own = _IMPORT.sub("", source)
        body = _EXPORT.sub("", own)
        if _ANY_IMPORT.search(body) or _ANY_EXPORT.search(body):
            raise CannotPack(
                f'{path.name}: only `import {{a, b}} from "./x.js";` and exported declarations can be packed'
            )
        parts.append(own if path == order[-1] else body)
    return "".join(parts)


def _visit(path: Path, order: list[Path], above: tuple[Path, ...]) -> None:
    if path in above:
        raise CannotPack(f"{path.name} imports itself in a circle")
    if path in order:
        return
    for names, target in _IMPORT.findall(bare(path.read_text("utf-8"))):
        if " as " in names:
            raise CannotPack(f"{path.name}: an import with `as` cannot be packed")
        _visit((path.parent / target).resolve(), order, (*above, path))
    order.append(path)
