"""The register as a table for other programs: one heading for both languages, one line for each question."""

from __future__ import annotations

from typing import Final

from web.papers.pairs import Both, Pair
from web.papers.register import Entry, Group, Sums

#: Key of each column's heading, whether it stands twice, in Urdu and in English, and its width in characters.
COLUMNS: Final = (
    ("paper.csv.number", False, 6),
    ("paper.csv.reference", False, 14),
    ("paper.csv.time", False, 17),
    ("paper.csv.topic", True, 24),
    ("paper.csv.place", True, 18),
    ("paper.csv.village", False, 18),
    ("paper.col.name", False, 20),
    ("paper.col.text", False, 60),
    ("paper.col.outcome", True, 26),
    ("paper.csv.words", False, 40),
    ("paper.csv.rule", False, 24),
    ("paper.csv.owner", True, 24),
    ("paper.csv.due", False, 12),
    ("paper.csv.office", True, 24),
    ("paper.col.state", True, 24),
    ("paper.csv.follows", False, 14),
)
WIDTHS: Final = [width for _, twice, width in COLUMNS for _ in range(2 if twice else 1)]
SUM_WIDTHS: Final = [40, 40, 10]


def head(both: Both) -> list[str | int]:
    """The heading: "شکایت نمبر / Reference", and of a column that stands twice each in its own language."""
    cells: list[str | int] = []
    for key, twice, _ in COLUMNS:
        said = both(key)
        cells += [said.ur, said.en] if twice else [f"{said.ur} / {said.en}"]
    return cells


def line(both: Both, entry: Entry) -> list[str | int]:
    """One question."""
    return [
        entry.number,
        both.en.grouped(entry.reference),
        entry.at,
        *entry.topic,
        *entry.place,
        entry.village,
        entry.name or one(entry.unnamed),
        entry.text or one(entry.untold),
        *entry.outcome,
        entry.words,
        entry.rule,
        *entry.owner,
        entry.due_day,
        *entry.office,
        *entry.state,
        both.en.grouped(entry.follows) if entry.follows else "",
    ]


def one(pair: Pair) -> str:
    """Both languages in one cell."""
    return " / ".join(filter(None, dict.fromkeys(pair)))


def sheet_name(number: int, group: Group) -> str:
    """A sheet for each section. The number in front keeps two offices apart whose names begin alike."""
    return f"{number} {group.title.en or group.title.ur}"


def sum_rows(both: Both, sums: Sums) -> list[list[str | int]]:
    """The balance, then the outcomes."""
    found = sums.balance
    rows: list[list[str | int]] = [[*both("paper.balance"), ""]]
    for key, count in (
        ("raised", found.raised),
        ("tickets", found.tickets),
        ("followers", found.followers),
        ("withdrawn", found.withdrawn),
        ("refused", found.refused),
    ):
        rows.append([*both(f"paper.sum.{key}"), count])
    rows += [[*said, count] for said, count in sums.outcomes]
    return rows
