"""The lists of an office as somebody writes them, by hand or in a file: what may stand in them, and what is wrong.

One rule for both ways. Nothing is written here; a list is either wholly right or not used at all.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Final, Literal

from .spreadsheets import Fault, Row
from .tickets.places import PICKED, TREES

Kind = Literal["offices", "posts", "categories", "areas"]
KINDS: Final[tuple[Kind, ...]] = ("offices", "posts", "categories", "areas")
#: The trees that may lie over the places that people pick; each is a column: where in that tree a place lies.
OVER: Final = tuple(each for each in TREES if each != PICKED)
COLUMNS: Final[dict[Kind, tuple[str, ...]]] = {
    "offices": ("code", "name_ur", "name_en", "parent", "triage"),
    "posts": ("code", "office", "title_ur", "title_en", "reports_to", "holder", "login", "acting", "acting_login"),
    "categories": ("code", "group", "name_ur", "name_en", "office", "days", "protected", "picture", "keywords"),
    "areas": ("code", "kind", "name_ur", "name_en", "parent", "tree", *OVER),
}
#: Without these columns nothing can be read; the others may be left out.
REQUIRED: Final[dict[Kind, tuple[str, ...]]] = {
    "offices": ("name_ur", "name_en"),
    "posts": ("office", "title_ur", "title_en"),
    "categories": ("name_ur", "name_en"),
    "areas": ("name_ur", "name_en"),
}
#: What a column points at.
POINTS: Final[Mapping[tuple[Kind, str], Kind]] = {
    ("offices", "parent"): "offices",
    ("areas", "parent"): "areas",
    **{("areas", each): "areas" for each in OVER},
    ("posts", "reports_to"): "posts",
    ("posts", "office"): "offices",
    ("categories", "office"): "offices",
}
NAME_MAX: Final = 120
DAYS: Final = range(1, 366)
YES: Final = frozenset({"yes", "y", "1", "true", "ہاں", "جی"})
NO: Final = frozenset({"", "no", "n", "0", "false", "نہیں"})
_CODE: Final = re.compile(r"[a-z0-9][a-z0-9_-]{0,31}\Z")


@dataclass(frozen=True)
class Book:
    """What stands already: code → its cells, for each list; what is retired is not in it. `logins`: who may sign in."""

    lists: Mapping[Kind, Mapping[str, Mapping[str, str]]] = field(default_factory=dict)
    logins: frozenset[str] = frozenset()

    def of(self, kind: Kind) -> Mapping[str, Mapping[str, str]]:
        return self.lists.get(kind, {})

    @property
    def triage(self) -> str:
        return next((code for code, cells in self.of("offices").items() if cells["triage"] == "yes"), "")


@dataclass(frozen=True)
class Checked:
    """A list that was looked at: entries in an order in which they can be written, or what is wrong."""

    entries: tuple[Mapping[str, str], ...] = ()
    faults: tuple[Fault, ...] = ()
    new: int = 0
    changed: int = 0
    same: int = 0


def check(kind: Kind, rows: Sequence[Row], book: Book) -> Checked:
    """Look at all rows together: each by itself, against each other, and against what stands."""
    faults: list[Fault] = []
    entries: dict[str, Mapping[str, str]] = {}
    lines: dict[str, int] = {}
    taken = set(book.of(kind))
    for row in rows:
        cells = {column: row.cells.get(column, "") for column in COLUMNS[kind]}
        say = partial(_say, faults, row.line)
        code = _code(kind, cells, taken | set(entries), say)
        if code in entries:
            say("twice", code=code, first=lines[code])
            continue
        entries[code] = _entry(kind, {**cells, "code": code}, say)
        lines[code] = row.line
    for code, entry in entries.items():
        _pointers(kind, code, entry, entries, book, lines[code], faults)
    if kind == "offices":
        _triage(entries, lines, book, faults)
    if kind == "posts":
        _logins(entries, lines, book, faults)
    if kind == "areas":
        _trees(entries, lines, book, faults)
    order = _ordered(kind, entries, lines, book, faults)
    if not rows:
        faults.append(Fault(0, "empty"))
    if faults:
        return Checked(faults=tuple(sorted(faults, key=lambda each: each.line)))
    known = book.of(kind)
    new = sum(code not in known for code in order)
    same = sum(known.get(code) == entries[code] for code in order)
    return Checked(tuple(entries[code] for code in order), (), new, len(order) - new - same, same)


def _say(faults: list[Fault], line: int, fault: str, **values: str | int) -> None:
    faults.append(Fault(line, fault, values))


def _code(kind: Kind, cells: Mapping[str, str], taken: set[str], say: Callable[..., None]) -> str:
    """The entry's own code, or one made from its English name, so that nobody has to invent codes."""
    code = cells["code"].casefold()
    if code:
        if not _CODE.match(code):
            say("code", code=cells["code"])
        return code
    plain = unicodedata.normalize("NFKD", _name(cells, "en")).encode("ascii", "ignore").decode().lower()
    made = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:28].strip("-")
    if not made:
        say("no_code")
        return ""
    n, code = 2, made
    while code in taken:
        code, n = f"{made}-{n}", n + 1
    return code


def _name(cells: Mapping[str, str], language: str) -> str:
    return cells.get(f"name_{language}") or cells.get(f"title_{language}") or ""


def _entry(kind: Kind, cells: dict[str, str], say: Callable[..., None]) -> Mapping[str, str]:
    """One row with its values in their one spelling."""
    if not (_name(cells, "ur") or _name(cells, "en")):
        say("no_name")
    for column, text in cells.items():
        if len(text) > (600 if column == "keywords" else NAME_MAX):
            say("long", column=column, limit=NAME_MAX)
    for column in ("triage", "protected", "picture"):
        if column in cells:
            word = cells[column].casefold()
            if word not in YES | NO:
                say("yes_no", column=column, text=cells[column])
            cells[column] = "yes" if word in YES else "no"
    if kind == "categories":
        days = cells["days"] or "15"
        counts = days.isdecimal() and len(days) < 6
        if not (counts and int(days) in DAYS):
            say("days", text=days)
        cells["days"] = str(int(days)) if counts else days
        cells["keywords"] = "|".join(word.strip() for word in re.split(r"[|؛،;]", cells["keywords"]) if word.strip())
    for column in ("parent", "office", "reports_to", "group", "kind", "tree", "login", "acting_login", *OVER):
        if column in cells:
            cells[column] = cells[column].casefold() if column != "group" else cells[column].casefold() or "other"
    if kind == "areas" and not cells["kind"]:
        cells["kind"] = "area"
    for column in ("group", "kind"):
        if column in cells and not _CODE.match(cells[column]):
            say("code", code=cells[column])
    return cells


def _pointers(
    kind: Kind,
    code: str,
    entry: Mapping[str, str],
    entries: Mapping[str, Mapping[str, str]],
    book: Book,
    line: int,
    faults: list[Fault],
) -> None:
    for (of, column), target in POINTS.items():
        if of != kind:
            continue
        points = entry[column]
        if not points:
            if (kind, column) == ("posts", "office"):
                faults.append(Fault(line, "no_office", {}))
            continue
        if points == code and target == kind:
            faults.append(Fault(line, "own_parent", {"code": code}))
        elif points not in book.of(target) and not (target == kind and points in entries):
            faults.append(Fault(line, "unknown", {"column": column, "code": points}))


def _triage(
    entries: Mapping[str, Mapping[str, str]], lines: Mapping[str, int], book: Book, faults: list[Fault]
) -> None:
    """Exactly one office sorts what no rule can place."""
    marked = [code for code, entry in entries.items() if entry["triage"] == "yes"]
    for code in marked[1:]:
        faults.append(Fault(lines[code], "two_triage", {"first": lines[marked[0]]}))
    before = book.triage
    if not marked and (not before or entries.get(before, {}).get("triage") == "no"):
        faults.append(Fault(lines.get(before, 0), "no_triage", {}))


def _logins(
    entries: Mapping[str, Mapping[str, str]], lines: Mapping[str, int], book: Book, faults: list[Fault]
) -> None:
    """Whoever sits on a post may have an account; if so, it exists."""
    for code, entry in entries.items():
        for column in ("login", "acting_login"):
            if entry[column] and entry[column] not in book.logins:
                faults.append(Fault(lines[code], "unknown", {"column": column, "code": entry[column]}))


def _trees(entries: dict[str, Mapping[str, str]], lines: Mapping[str, int], book: Book, faults: list[Fault]) -> None:
    """A place is in the tree of the one around it, and what lies over it is in the tree of its column."""

    def tree(code: str) -> str:
        seen: set[str] = set()
        while code not in seen:
            seen.add(code)
            cells = entries.get(code) or book.of("areas").get(code) or {}
            if cells.get("tree") or not cells.get("parent"):
                return cells.get("tree") or PICKED
            code = cells["parent"]
        return PICKED

    for code, entry in list(entries.items()):
        entries[code] = {**entry, "tree": tree(code)}
        if entries[code]["tree"] not in TREES:
            faults.append(Fault(lines[code], "tree", {"text": entry["tree"], "trees": ", ".join(TREES)}))
    for code, entry in entries.items():
        if entry["parent"] and tree(entry["parent"]) != entry["tree"]:
            faults.append(Fault(lines[code], "other_tree", {"code": entry["parent"]}))
        for column in OVER:
            if entry[column] and tree(entry[column]) != column:
                faults.append(Fault(lines[code], "not_in_tree", {"column": column, "code": entry[column]}))


def _ordered(
    kind: Kind,
    entries: Mapping[str, Mapping[str, str]],
    lines: Mapping[str, int],
    book: Book,
    faults: list[Fault],
) -> list[str]:
    """What others point at comes first; a circle is a fault."""
    column = {"offices": "parent", "areas": "parent", "posts": "reports_to"}.get(kind)
    if column is None:
        return list(entries)
    order: list[str] = []
    for start in entries:
        way: list[str] = []
        at = start
        while at and at not in order:
            if at in way:
                if at == start and len(way) > 1:
                    faults.append(Fault(lines[start], "circle", {"code": start}))
                way = []
                break
            way.append(at)
            at = (entries.get(at) or book.of(kind).get(at) or {}).get(column, "")
        order += [code for code in reversed(way) if code in entries and code not in order]
    return order
