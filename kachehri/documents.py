"""Keeps generated documents as the code says: writes them, or tells which of them differ.

A document is written by hand except between `<!-- generated: name -->` and `<!-- end -->`. Whoever generates (the rules
in `kachehri.rulebook`, the live protocol in `signaling.docs`) says what belongs into its regions; this module knows
neither.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

REGION = re.compile(r"(<!-- generated: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)


def fill(text: str, regions: Mapping[str, Callable[[], str]]) -> str:
    """The document with every region made anew; a region that nobody generates is a KeyError."""
    return REGION.sub(lambda found: found[1] + regions[found[2]]() + found[3], text)


def settle(files: Mapping[Path, str], root: Path, *, write: bool) -> int:
    """Write the files, or say which of them differ. Returns an exit code."""
    stale = []
    for path, content in files.items():
        if path.is_file() and path.read_text(encoding="utf-8") == content:
            continue
        if write:
            path.write_text(content, encoding="utf-8")
        else:
            stale.append(str(path.relative_to(root)))
    for name in stale:
        print(f"{name} differs from the code: run `python -m kachehri protocol --write`.")
    return 1 if stale else 0


def table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    """A Markdown table."""
    lines = [head, ("---",) * len(head), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def diagram(arrows: Iterable[tuple[str, str, str]], aside: Mapping[str, str]) -> str:
    """A Mermaid state diagram of (from, to, action); actions between the same two states share an arrow.

    Arguments:
        aside: what stands in the diagram besides states, and how it is called there.
    """
    joined: dict[tuple[str, str], list[str]] = {}
    for start, end, action in arrows:
        joined.setdefault((start, end), []).append(action)
    lines = ["```mermaid", "stateDiagram-v2"]
    states = dict.fromkeys(state for pair in joined for state in pair)
    lines += [f"    {state} : {words}" for state, words in aside.items() if state in states]
    lines += [f"    {start} --> {end} : {', '.join(actions)}" for (start, end), actions in joined.items()]
    left = {start for start, _ in joined}
    lines += [f"    {state} --> [*]" for state in states if state not in {*left, *aside, "[*]"}]
    return "\n".join([*lines, "```", ""])
