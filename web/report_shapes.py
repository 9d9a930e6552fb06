"""What the page of the reports shows."""

from __future__ import annotations

from dataclasses import dataclass

from kachehri.reports.figures import Cell
from web.cards import Choice


@dataclass(frozen=True)
class ReportRow:
    """One line with its name in words. `bars` are shares of the whole width, in per cent, for the picture beside it."""

    name: str
    cells: tuple[Cell, ...]
    bars: tuple[float, ...] = ()


@dataclass(frozen=True)
class ReportGroup:
    """Lines that are compared with each other; `name` is empty where there is one group."""

    name: str
    rows: tuple[ReportRow, ...]


@dataclass(frozen=True)
class OldestRow:
    reference: str
    office: str
    days: int


@dataclass(frozen=True)
class ReportPage:
    """One report. `day` is that of a past one; `days` are those that were kept."""

    name: str
    columns: tuple[str, ...]
    groups: tuple[ReportGroup, ...]
    whole: ReportRow | None
    oldest: tuple[OldestRow, ...]
    made_at: int
    day: str
    days: tuple[Choice, ...]
    house: str
    #: The columns that the picture is drawn of.
    drawn: tuple[str, ...] = ()
