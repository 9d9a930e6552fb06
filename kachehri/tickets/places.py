"""Places and what surrounds them, in several trees over the same ground. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, NamedTuple

#: The tree from which people pick a place, and those that may lie over it.
PICKED: Final = "revenue"
TREES: Final = (PICKED, "police", "electricity", "health")


class Place(NamedTuple):
    """A place by its id; `within`: places of other trees in which it lies."""

    id: str
    code: str
    parent: str = ""
    tree: str = PICKED
    within: tuple[str, ...] = ()


def surrounding(places: Iterable[Place]) -> dict[str, tuple[str, ...]]:
    """For each place, by its code, the ids of itself and of all that surround it.

    The nearest first, one step for each way upwards or across; at the same distance its own tree, then by name. What
    was drawn in a circle by mistake is met once.
    """
    known = {each.id: each for each in places}
    return {each.code: _around(each, known) for each in known.values()}


def leaves(places: Iterable[Place]) -> list[Place]:
    """The smallest places of the tree from which people pick."""
    picked = [each for each in places if each.tree == PICKED]
    parents = {each.parent for each in picked}
    return [each for each in picked if each.id not in parents]


def _around(place: Place, known: dict[str, Place]) -> tuple[str, ...]:
    found = {place.id: None}
    ring = [place]
    while ring:
        nearby = {id for each in ring for id in (each.parent, *each.within) if id in known and id not in found}
        ring = sorted((known[id] for id in nearby), key=lambda each: (each.tree != place.tree, each.tree, each.id))
        found.update((each.id, None) for each in ring)
    return tuple(found)
