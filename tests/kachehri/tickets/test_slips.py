"""A mistyped number: what is said of it helps, and says nothing of other numbers."""

from __future__ import annotations

import random

from kachehri.tickets.reference import References
from kachehri.tickets.slips import ALIKE, Slip, slip

REFERENCES = References(b"a key of sixteen bytes")
DRAWN = [REFERENCES.draw(2026, counter) for counter in range(2_000)]


def test_a_right_number_has_no_slip() -> None:
    assert [slip(each, 2026) for each in DRAWN] == [None] * len(DRAWN)
    assert slip(DRAWN[0], 2030) is None


def test_its_length_is_told() -> None:
    assert slip("26407188", 2026) == Slip("short") and slip("", 2026) == Slip("short")
    assert slip("26407188221", 2026) == Slip("long")


def test_a_later_or_far_earlier_year_is_looked_at_first() -> None:
    later = REFERENCES.draw(2062, 1)
    assert slip(later, 2026) == Slip("digit", (0, 1))
    assert slip(REFERENCES.draw(1999, 1), 2026) == Slip("digit", (0, 1))


def test_the_place_of_a_common_mistake_is_among_those_named() -> None:
    chance, helped = random.Random(5), 0
    for number in DRAWN:
        place = chance.randrange(10)
        other = chance.choice(sorted(b for a in ALIKE for b in a if number[place] in a and b != number[place]))
        typed = number[:place] + other + number[place + 1 :]
        found = slip(typed, 2026)
        assert found is not None and found.kind == "digit"
        assert place in found.places or not found.places or set(found.places) == {0, 1} and place < 2
        helped += bool(found.places)
    assert helped > len(DRAWN) * 0.7, "most of the time it can be said where to look"


def test_swapped_neighbours_are_named_both() -> None:
    for number in DRAWN[:500]:
        for place in range(2, 9):
            if number[place] == number[place + 1]:
                continue
            typed = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
            found = slip(typed, 2026)
            assert found is not None and (not found.places or {place, place + 1} <= set(found.places))


def test_any_other_mistake_is_still_told_as_one() -> None:
    for number in DRAWN[:200]:
        for place in range(10):
            for digit in "0123456789":
                if digit != number[place]:
                    assert slip(number[:place] + digit + number[place + 1 :], 2026) is not None
