"""The pairs are what they say."""

from __future__ import annotations

from tests.kachehri.likeness.pairs import FORMS, auc, cases, pairs


def test_there_are_two_hundred_half_of_them_traps() -> None:
    found = pairs()
    assert len(found) >= 200 and sum(pair.same for pair in found) * 2 == len(found)
    assert len({(pair.first, pair.second) for pair in found}) == len(found)


def test_every_case_stands_in_every_form() -> None:
    assert all(len(case) == len(FORMS) and all(case) for case in cases())
    assert {form for pair in pairs() for form in pair.forms} == set(FORMS)


def test_the_area_is_a_half_for_who_knows_nothing() -> None:
    assert auc([(1.0, True), (1.0, False)]) == 0.5
    assert auc([(1.0, True), (0.0, False)]) == 1.0
