"""One word for one thing, and nothing in the tree that belongs to one machine or breaks for one reader.

The glossary's words are used in code as well as in speech; these are the words it replaced, where they could
only mean the replaced thing.
"""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("rooms", "moderation", "kachehri", "signaling", "recordings", "web", "tests")

# Parts of identifiers, with the word to use instead. Words that are right elsewhere (event, state, track, user_agent,
# post, message, client) are not listed: a rule with exceptions everywhere teaches nobody.
AVOID = {
    "attendee": "participant",
    "upvote": "support",
    "downvote": "support",
    "complaint": "question of kind grievance",
    "complainant": "asker",
    "webinar": "session",
    "panelist": "official",
    "greenroom": "deck",
    "shadowban": "block",
    "subtitle": "captions",
    "blacklist": "blocked",
    "whitelist": "allowed",
    "docket": "ticket",
    "assignee": "officer",
    "simulcast": "(not used: one layer)",
    "backlog": "queue",
}
ALLOWED = {"backlog": "listen(2) names its argument so"}

# Built from pieces so that this file passes its own test.
MACHINE = [
    re.compile(pattern)
    for pattern in (
        "/" + r"tmp/",
        "/" + r"home/\w",
        "/" + r"root\b",
        "/" + r"work\b",
        "--" + r"(extra-)?index-url",
        "--" + r"find-links",
        r"pypi\." + r"org",
        r"pythonhosted\." + r"org",
        r"registry\." + r"npmjs",
        r"(unpkg|jsdelivr|cdnjs|googleapis)\." + r"com",
    )
]


def tracked(*endings: str) -> Iterator[tuple[str, str]]:
    """Files that git knows, and new ones that it does not ignore."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split("\0")
    for name in sorted(set(filter(None, listed))):
        path = ROOT / name
        if name.endswith(endings) and path.is_file():
            yield name, path.read_text(encoding="utf-8", errors="replace")


def identifiers(tree: ast.Module) -> Iterator[tuple[str, int]]:
    for node in ast.walk(tree):
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                yield node.name, node.lineno
            case ast.arg():
                yield node.arg, node.lineno
            case ast.Name(ctx=ast.Store()):
                yield node.id, node.lineno
            case ast.Attribute(ctx=ast.Store()):
                yield node.attr, node.lineno


def test_words_of_the_glossary() -> None:
    wrong = []
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            for name, line in identifiers(ast.parse(path.read_text(encoding="utf-8"))):
                flat = name.replace("_", "").lower()
                for word, instead in AVOID.items():
                    if word in flat and name not in ALLOWED:
                        wrong.append(f"{path.relative_to(ROOT)}:{line} {name}: say {instead}")
    assert not wrong, "\n".join(wrong)


def test_nothing_belongs_to_one_machine() -> None:
    wrong = [
        f"{name}: {found.group()}"
        for name, text in tracked(
            ".py", ".md", ".toml", ".txt", ".html", ".css", ".js", ".json", ".yml", ".po", "run", "Makefile"
        )
        for pattern in MACHINE
        for found in pattern.finditer(text)
    ]
    assert not wrong, "\n".join(wrong)


PHYSICAL = re.compile(
    r"(?<![\w-])(?:(?:margin|padding|border|scroll-margin|scroll-padding)-(?:left|right)|(?:left|right)\s*:"
    r"|(?:text-align|float|clear)\s*:\s*(?:left|right)|border-(?:top|bottom)-(?:left|right)-radius)"
)


def without_comments(css: str) -> str:
    return re.sub(r"/\*.*?\*/", lambda found: "\n" * found.group().count("\n"), css, flags=re.DOTALL)


def test_styles_have_a_start_and_an_end_but_no_left_and_right() -> None:
    """Urdu runs from right to left; a physical side is wrong in one of the two languages."""
    wrong = [
        f"{name}:{number} {line.strip()}"
        for name, text in tracked(".css", ".html")
        if "/vendor/" not in name
        for number, line in enumerate(without_comments(text).splitlines(), 1)
        if (name.endswith(".css") or "style" in line) and PHYSICAL.search(line)
    ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(
    "line", ["margin-left: 1px", "a{left:0}", "text-align: right", "float:left", "border-right: 0"]
)
def test_a_physical_side_is_noticed(line: str) -> None:
    assert PHYSICAL.search(line)


@pytest.mark.parametrize(
    "line", ["margin-inline-start: 1px", "inset-inline-end: 0", "text-align: start", "--left: 1px"]
)
def test_a_logical_side_is_fine(line: str) -> None:
    assert not PHYSICAL.search(line)


def test_only_the_announcer_speaks_through_live_regions() -> None:
    """Two live regions that talk at once are heard as noise, so one template holds both and one module fills them."""
    found: dict[str, set[str]] = {".html": set(), ".js": set()}
    for name, text in tracked(".html", ".js"):
        if "/vendor/" not in name and re.search(r"aria-live(?!=.off\b)|role=.(?:status|alert|log)\b|ariaLive", text):
            found[Path(name).suffix].add(name)
    assert len(found[".html"]) <= 1, found
    assert all("announce" in name for name in found[".js"]), found
