"""What the rules leave open, and what other rules would have done to past tickets. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from .places import Place
from .routing import Routing, Why

#: Examples that a page shows.
SHOWN = 5


class Hole(NamedTuple):
    """A topic that only the desk that sorts can place, and the places where that is so.

    Arguments:
        whole: in all places.
    """

    category: str
    why: Why
    areas: tuple[str, ...]
    whole: bool


class Empty(NamedTuple):
    """An office, or a post of it, that rules lead to and where nobody is; `to` is the post that has to act instead."""

    office: str
    post: str
    categories: tuple[str, ...]
    to: str


class Past(NamedTuple):
    """Past tickets that are alike to the rules. `reference`: the number of one that may be shown, or nothing."""

    category: str
    area: str
    about: str
    tickets: int
    reference: str = ""


class Shift(NamedTuple):
    """Past tickets that would go elsewhere: from office and post to office and post."""

    past: Past
    before: tuple[str, str]
    after: tuple[str, str]


class Trial(NamedTuple):
    """What other rules would have done: of how many, how many, and the largest groups of them."""

    total: int
    moved: int
    shifts: tuple[Shift, ...]


def holes(routing: Routing, categories: Sequence[str], leaves: Sequence[Place]) -> list[Hole]:
    """Every topic and place that no rule can place, by topic. Without places, every topic as such."""
    found = []
    order = {each.code: n for n, each in enumerate(leaves)}
    alike = _alike(routing, leaves)
    for category in categories:
        left: dict[Why, list[str]] = {}
        for areas in alike:
            routed = routing.route(category, area=areas[0])
            if not routed.by_rule:
                left.setdefault(routed.why, []).extend(areas)
        for why, places in left.items():
            places.sort(key=lambda code: order.get(code, 0))
            found.append(Hole(category, why, tuple(places), len(places) == max(1, len(leaves))))
    return found


def empty(
    routing: Routing, categories: Sequence[str], leaves: Sequence[Place], manned: Callable[[str], bool]
) -> list[Empty]:
    """Where rules lead and nobody is.

    Arguments:
        manned: whether anybody of an office can sign in, post or not.
    """
    reached: dict[tuple[str, str], dict[str, None]] = {}
    alike = _alike(routing, leaves)
    for category in categories:
        for areas in alike:
            routed = routing.route(category, area=areas[0])
            reached.setdefault((routed.office, routed.post), {})[category] = None
    chart, found = routing.chart, []
    for (office, post), topics in sorted(reached.items()):
        if chart.sitter(post, routing.at) is not None if post else manned(office):
            continue
        start = post or chart.head(office)
        if not post and start and chart.sitter(start, routing.at) is not None:
            continue
        up = chart.line(start)[1:] or ((chart.lead,) if chart.lead and chart.lead != start else ())
        there = next((each for each in up if chart.sitter(each, routing.at) is not None), "")
        found.append(Empty(office, post, tuple(topics), there))
    return found


def _alike(routing: Routing, leaves: Sequence[Place]) -> list[list[str]]:
    """Places by code that no rule tells apart, together; a district has thousands, and its rules name a few of them."""
    named = {rule.area for rule in routing.rules}
    found: dict[tuple[str, ...], list[str]] = {}
    for code in [each.code for each in leaves] or [""]:
        found.setdefault(tuple(each for each in routing.around.get(code, ()) if each in named), []).append(code)
    return list(found.values())


def trial(before: Routing, after: Routing, past: Iterable[Past]) -> Trial:
    """Send past tickets by both rule sets and say which would go elsewhere."""
    total: Counter[bool] = Counter()
    shifts = []
    for each in past:
        old = before.route(each.category, area=each.area, about=each.about)
        new = after.route(each.category, area=each.area, about=each.about)
        moves = (old.office, old.post) != (new.office, new.post)
        total[moves] += each.tickets
        if moves:
            shifts.append(Shift(each, (old.office, old.post), (new.office, new.post)))
    shifts.sort(key=lambda shift: (-shift.past.tickets, shift.past.category, shift.past.area))
    return Trial(total.total(), total[True], tuple(shifts))
