"""Each kind has its own ends and days, and none ends because it is somebody else's."""

from typing import get_args

import pytest

from kachehri.tickets.events import Kind, Outcome
from kachehri.tickets.kinds import CITES, KINDS, days_of, kind_of


def test_every_kind_has_its_rule() -> None:
    assert set(KINDS) == set(get_args(Kind))


def test_not_our_business_is_no_outcome() -> None:
    offered = {outcome for rule in KINDS.values() for outcome in rule.outcomes}
    assert offered == set(get_args(Outcome)) - {"withdrawn"}, "to withdraw is hers, not the office's"
    assert not [each for each in get_args(Outcome) if "pertain" in each or "ours" in each or "concern" in each]


@pytest.mark.parametrize("kind", ["grievance", "information"])
def test_what_denies_cites_its_rule(kind: Kind) -> None:
    denied = {each for each in KINDS[kind].outcomes if each in ("relief_not_possible", "inadmissible")}
    assert denied and denied <= CITES


def test_the_days_of_the_law_stand_above_those_of_a_topic() -> None:
    assert days_of("information", 60) == KINDS["information"].days == 10
    assert (days_of("grievance", 7), days_of("grievance", None)) == (7, 15)


def test_what_nobody_knows_is_a_grievance() -> None:
    assert (kind_of("praise"), kind_of("something else")) == ("praise", "grievance")
