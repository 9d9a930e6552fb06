"""The reports, each a table of figures by subject. Pure: facts in, tables out; who reads them gives names and words."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import Final, Literal, NamedTuple

from msgspec import Struct

from kachehri.likeness.candidates import burst

from .rates import SMALL, Rate, mean, shrunk

DAY_MS: Final = 86_400_000
WEEK_MS: Final = 7 * DAY_MS
#: Working days since it was opened, up to and including; the last has no end.
AGES: Final = (3, 7, 15, 30, 60)
#: The oldest that are named.
OLDEST: Final = 10
#: Tickets of an office in a year from which it is called large, or middling.
SIZES: Final = (("large", 100), ("middling", 20), ("small", 0))
#: Weeks before this one that a cause is compared with.
WEEKS: Final = 8
#: A cause has at least so many tickets this week, of so many people.
CAUSE_TICKETS, CAUSE_PEOPLE = 5, 3

Name = Literal["ageing", "honesty", "offices", "causes"]
Cell = int | Rate | float | None


class Fact(NamedTuple):
    """What the reports need of one ticket. Instants in milliseconds; `disputes`: how often the citizen said no.

    `reference` is empty for what is counted and not named.
    """

    reference: str
    office: str
    category: str
    area: str
    person: str
    state: str
    basis: str
    opened_at: int
    due_at: int | None
    proposed_at: int | None
    closed_at: int | None
    disputes: int
    level: int

    @property
    def is_open(self) -> bool:
        return self.closed_at is None


class Row(Struct, frozen=True):
    """One line: what it is about (an office's id; a topic and a place with a bar between), its group, its figures."""

    subject: str
    cells: tuple[Cell, ...]
    group: str = ""


class Table(Struct, frozen=True):
    """A report. `columns` name the figures and their definitions in the catalogue, `report.<name>.<column>`."""

    name: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    whole: Row | None = None
    #: The oldest open tickets: reference, office, working days.
    oldest: tuple[tuple[str, str, int], ...] = ()


def ageing(facts: Iterable[Fact], worked: Callable[[Fact], int]) -> Table:
    """Open tickets by how long they are open.

    Arguments:
        worked: working days from the opening of a ticket to now.
    """
    by_office: dict[str, list[int]] = defaultdict(lambda: [0] * (len(AGES) + 1))
    aged: list[tuple[int, str, str]] = []
    for fact in facts:
        if fact.is_open:
            days = worked(fact)
            by_office[fact.office][sum(days > age for age in AGES)] += 1
            if fact.reference:
                aged.append((days, fact.reference, fact.office))
    columns = (*(f"to{age}" for age in AGES), "over", "all")
    rows = [Row(office, (*counts, sum(counts))) for office, counts in by_office.items()]
    rows.sort(key=lambda row: (-_number(row.cells[-1]), row.subject))
    oldest = tuple((reference, office, days) for days, reference, office in sorted(aged, reverse=True)[:OLDEST])
    return Table("ageing", columns, tuple(rows), _sum(rows, len(columns)), oldest)


def honesty(facts: Iterable[Fact]) -> Table:
    """What offices said was done, and what became of that."""
    columns = ("claimed", "confirmed", "silent", "forced", "disputed", "appeal", "waiting", "share")
    by_office: dict[str, list[int]] = defaultdict(lambda: [0] * 7)
    for fact in facts:
        counts = by_office[fact.office]
        said = fact.proposed_at is not None or fact.basis in ("citizen_confirmed", "citizen_silent")
        counts[0] += said
        counts[1] += fact.basis == "citizen_confirmed"
        counts[2] += fact.basis == "citizen_silent"
        counts[3] += fact.basis == "supervisor_forced"
        counts[4] += said and fact.disputes > 0
        counts[5] += fact.basis == "appeal_decided" or fact.state == "in_appeal"
        counts[6] += fact.state == "resolution_proposed"

    def told(office: str, counts: Sequence[int]) -> Row:
        return Row(office, (*counts, Rate(counts[1], counts[0] - counts[6])))

    rows = [told(office, counts) for office, counts in by_office.items()]
    rows.sort(key=lambda row: (-_number(row.cells[0]), row.subject))
    sums = [sum(counts[i] for counts in by_office.values()) for i in range(7)]
    return Table("honesty", columns, tuple(rows), told("", sums) if rows else None)


def offices(facts: Iterable[Fact]) -> Table:
    """Offices among their own size: how much was confirmed, on time, not disputed, not forced.

    The order is by the shares drawn towards the average of all, so that one ticket in four minutes leads no table.
    """
    columns = ("tickets", "confirmed", "on_time", "not_disputed", "not_forced", "score")
    grouped: dict[str, list[Fact]] = defaultdict(list)
    for fact in facts:
        grouped[fact.office].append(fact)
    found = {office: _rates(of) for office, of in grouped.items()}
    averages = [mean(rates[i] for rates in found.values()) for i in range(4)]
    rows = []
    for office, rates in found.items():
        many = len(grouped[office])
        size = next(name for name, least in SIZES if many >= least)
        parts = zip(WEIGHTS, rates, averages, strict=True)
        score = sum(weight * shrunk(rate, average) for weight, rate, average in parts)
        shown = round(100 * score / sum(WEIGHTS)) if rates[0].of >= SMALL else None
        rows.append(Row(office, (many, *rates, shown), size))
    order = [name for name, _ in SIZES]
    rows.sort(key=lambda row: (order.index(row.group), -_number(row.cells[-1], -1), row.subject))
    return Table("offices", columns, tuple(rows))


#: What the score is made of: confirmed, on time, not disputed, not forced. Policy of the house; they need no sum.
WEIGHTS: Final = (35, 25, 15, 10)


def _rates(facts: Sequence[Fact]) -> tuple[Rate, Rate, Rate, Rate]:
    ended = [fact for fact in facts if not fact.is_open]
    said = [fact for fact in facts if fact.proposed_at is not None]
    dated = [fact for fact in said if fact.due_at is not None]
    return (
        Rate(sum(fact.basis == "citizen_confirmed" for fact in ended), len(ended)),
        Rate(sum((fact.proposed_at or 0) <= (fact.due_at or 0) for fact in dated), len(dated)),
        Rate(sum(fact.disputes == 0 for fact in said), len(said)),
        Rate(sum(fact.basis != "supervisor_forced" for fact in ended), len(ended)),
    )


def causes(facts: Iterable[Fact], now: int) -> Table:
    """Topics and places of which there is suddenly more than in the weeks before."""
    columns = ("week", "people", "before", "burst")
    weeks: dict[str, list[int]] = defaultdict(lambda: [0] * (WEEKS + 1))
    people: dict[str, set[str]] = defaultdict(set)
    for fact in facts:
        ago = (now - fact.opened_at) // WEEK_MS
        if 0 <= ago <= WEEKS:
            subject = f"{fact.category}|{fact.area}"
            weeks[subject][ago] += 1
            if ago == 0:
                people[subject].add(fact.person or fact.reference)
    rows = []
    for subject, counts in weeks.items():
        if counts[0] >= CAUSE_TICKETS and len(people[subject]) >= CAUSE_PEOPLE:
            usual = round(sum(counts[1:]) / WEEKS, 1)
            rows.append(Row(subject, (counts[0], len(people[subject]), usual, round(burst(counts[0], counts[1:]), 1))))
    rows.sort(key=lambda row: (-_number(row.cells[-1]), row.subject))
    return Table("causes", columns, tuple(rows))


def _number(cell: Cell, none: float = 0) -> float:
    return cell if isinstance(cell, int | float) else none


def _sum(rows: Sequence[Row], columns: int) -> Row | None:
    if not rows:
        return None
    return Row("", tuple(int(sum(_number(row.cells[i]) for row in rows)) for i in range(columns)))
