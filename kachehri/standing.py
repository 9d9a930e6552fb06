"""In which capacities an account may act on a ticket: its officer, its office, above it, the desk that sorts, appeals.

Takes a connection.
Reporting lines run between posts. A house that has no posts yet still works: then the larger office answers for the
smaller, and the chair of hearings stands above all.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, NamedTuple

from . import posts, ticketing
from .store import Connection
from .store.tables import Account
from .tickets.acts import Act, Doer, Leave
from .tickets.chart import LEVELS, Chart
from .tickets.decide import Context, decide
from .tickets.life import Life
from .tickets.reach import DESK, OFFICE
from .tickets.status import TicketRefused

#: What an office does that has a part in another's ticket.
PART: Final = frozenset({"finish_part", "note", "add_evidence"})


class Capacity(NamedTuple):
    """One side that the account may take; `only`: for these acts alone."""

    doer: Doer
    only: frozenset[str] | None = None


def capacities(chart: Chart, account: Account, life: Life, now: int) -> tuple[Capacity, ...]:
    """Every side of this account, the nearest to the work first."""
    mine = chart.posts_of(account.id, now)
    own = account.office_id or ""
    level = chart.level_over(account.id, life.post, life.office, now, life.about)
    here = own == life.office or any(chart.chairs[each].office == life.office for each in mine)
    post = next((each for each in mine if each == life.post), "") or next(iter(mine), "")
    found: list[Capacity] = []

    def add(side: str, level: int = 0, office: str = own, only: frozenset[str] | None = None) -> None:
        doer = Doer(side, account.id, office, post, level)  # type: ignore[arg-type]
        found.append(Capacity(doer, only))

    if account.role in OFFICE:
        if account.id == life.account or level == 0 and here or here and chart.sitter(life.post, now) is None:
            add("officer")
        if here:
            add("office", office=life.office)
    above = level or _above(chart, account, life, now)
    if above:
        add("supervisor", above)
    if _sorts(chart, account):
        add("triage")
    if account.role == "chair" and account.office_id is None:
        add("appeal")
    if own in life.parts and own != life.office:
        add("office", only=PART)
    return tuple(found)


def _above(chart: Chart, account: Account, life: Life, now: int) -> int:
    """How far above a ticket an account stands where no post says so: by its office, or as the chair of hearings."""
    if any(chart.above(life.post, life.office, level, now, life.about) for level in LEVELS):
        return 0
    if account.role == "chair" and account.office_id is None:
        return LEVELS[-1]
    office, steps = chart.offices.get(life.office, ""), 1
    while account.role in OFFICE and office and steps <= LEVELS[-1]:
        if office == account.office_id:
            return steps
        office, steps = chart.offices.get(office, ""), steps + 1
    return 0


def _sorts(chart: Chart, account: Account) -> bool:
    """Whether an account belongs to the desk that sorts."""
    if account.office_id == chart.triage:
        return account.role in DESK or account.role in OFFICE
    return account.office_id is None and account.role in DESK


def reads_of_money(sides: Iterable[Capacity]) -> bool:
    """Whether somebody reads that money was asked for: whoever stands above the work, and the desk that sorts. Nobody
    who may be at work on it reads that, or whoever said so would be known to whom she said it of.
    """
    names = {each.doer.side for each in sides if each.only is None}
    return bool(names & {"supervisor", "triage"}) and "officer" not in names


class Offer(NamedTuple):
    """An act that somebody of this account's sides takes from here. `why`: the code of the refusal, if it is not
    possible now.
    """

    act: str
    doer: Doer
    why: str = ""


def offer(life: Life, act: Act, sides: Iterable[Capacity], ctx: Context) -> Offer | None:
    """The side with which an act would go through, or the refusal; None where it is nobody's from here."""
    refused: Offer | None = None
    for each in sides:
        if each.only is not None and act.step not in each.only:
            continue
        try:
            decide(life, act, each.doer, ctx)
        except TicketRefused as no:
            if no.code in ("ticket_step", "ticket_not_you", "ticket_over"):
                continue
            refused = refused or Offer(act.step, each.doer, no.code)
        else:
            return Offer(act.step, each.doer)
    return refused


def known(conn: Connection, account: Account, life: Life, now: int) -> tuple[Chart, tuple[Capacity, ...], Context]:
    """What the rules need to say what this account may do."""
    chart = posts.chart(conn, now)
    return chart, capacities(chart, account, life, now), ticketing.context(conn, now, life, Leave())
