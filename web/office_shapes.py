"""What the templates of the office's lists are given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from web.cards import Choice


@dataclass(frozen=True)
class Line:
    """One entry of a list. `more`: what else is worth seeing, as (name of the column, words)."""

    code: str
    name: str
    more: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class ListPage:
    kind: str
    counts: Mapping[str, int]
    lines: tuple[Line, ...]
    columns: tuple[str, ...]
    saved: str = ""


@dataclass(frozen=True)
class Column:
    """A field of the form by hand. `choices`: one of these, an empty one being possible; `more`: seldom needed."""

    name: str
    value: str
    choices: tuple[Choice, ...] = ()
    tick: bool = False
    fixed: bool = False
    more: bool = False


@dataclass(frozen=True)
class EntryPage:
    kind: str
    code: str
    columns: tuple[Column, ...]
    may_retire: bool = False
    errors: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Told:
    """What is wrong at a line of a file; line 0 is the file as a whole."""

    line: int
    text: str


@dataclass(frozen=True)
class ImportPage:
    """A file to be sent, one that has mistakes, or one that is about to be taken over."""

    kind: str
    columns: tuple[str, ...]
    required: tuple[str, ...]
    faults: tuple[Told, ...] = ()
    more_faults: int = 0
    ready: bool = False
    encoding: str = ""
    guessed: bool = False
    new: int = 0
    changed: int = 0
    same: int = 0
    sample: tuple[tuple[str, ...], ...] = ()
    sample_of: int = 0
    content: str = ""
