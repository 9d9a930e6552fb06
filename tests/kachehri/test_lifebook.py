"""The page of a ticket's life says what the tables say."""

from __future__ import annotations

import re

import pytest

from kachehri import lifebook, rulebook
from kachehri.tickets import kinds
from kachehri.tickets.events import CLASSES
from kachehri.tickets.lifecycle import DEEDS, ENTRY, STEPS
from kachehri.tickets.refusals import REFUSALS

PAGE = rulebook.LIFE.read_text(encoding="utf-8")
ARROW = re.compile(r"^    (\S+) --> (\S+) : (.+)$", re.MULTILINE)


def drawn(text: str) -> int:
    """Arrows of a diagram, each action for itself."""
    return sum(len(re.findall(r"\w+(?: \(|$)", actions)) for _, _, actions in ARROW.findall(text))


def test_every_region_is_on_the_page() -> None:
    assert set(re.findall(r"<!-- generated: (\w+) -->", PAGE)) == set(lifebook.REGIONS)


def test_a_diagram_has_an_arrow_for_every_step_from_every_state_and_no_other() -> None:
    arrows = lifebook.arrows()
    assert len(arrows) == drawn(lifebook.life())
    everywhere = sum(1 for start, _, _ in arrows if start == lifebook.ANY_OPEN)
    assert len(arrows) == len(ENTRY) + everywhere + sum(
        len(edge.come_from) for edge in STEPS if f"{edge.step} (" not in _of_any_open(arrows)
    )


def _of_any_open(arrows: list[tuple[str, str, str]]) -> str:
    return " ".join(action for start, _, action in arrows if start == lifebook.ANY_OPEN)


def test_praise_has_no_way_to_contest_it_and_loses_nothing_else() -> None:
    praise, whole = lifebook.praise(), lifebook.life()
    assert all(f"{step} (" in whole and f"{step} (" not in praise for step in lifebook.CONTESTS)
    assert not kinds.KINDS["praise"].contested
    assert "confirm (citizen)" in praise


@pytest.mark.parametrize(
    ("region", "names"),
    [
        (lifebook.steps, [edge.step for edge in STEPS]),
        (lifebook.deeds, [row.deed for row in DEEDS]),
        (lifebook.record, [each.type for each in CLASSES]),
        (lifebook.refusals, list(REFUSALS)),
    ],
)
def test_a_table_has_a_row_for_each(region: object, names: list[str]) -> None:
    assert callable(region)
    assert re.findall(r"^\| `([\w.]+)`", region(), re.MULTILINE) == names


def test_what_cites_a_rule_is_marked() -> None:
    assert lifebook.kinds().count("*") == 1 + sum(
        len(kinds.CITES.intersection(rule.outcomes)) for rule in kinds.KINDS.values()
    )
