"""Where a mistyped number may be wrong, told from what was typed alone. Pure.

The check digit finds every single wrong digit and every swap of neighbours but cannot say which: at each place one
other digit would make it right. People mistake digits that look or sound alike far oftener than others, so the places
are named at which such a mistake would explain what was typed. Nothing is looked up, and what the number would then be
is never said: it may be somebody else's.
"""

from typing import Final, Literal, NamedTuple

from moderation.damm import is_valid

DIGITS: Final = 10
#: A number of a year before this many years ago is a misread year.
YEARS: Final = 20
#: Digits that are taken for each other, in Latin and Urdu figures, by hand, by eye and by ear.
ALIKE: Final = frozenset(
    frozenset(pair)
    for pair in ("17", "38", "56", "06", "08", "68", "49", "27", "23", "78", "05", "69", "46", "19", "12")
)
#: More places than this are no help; the whole number is to be read again.
PLACES_MOST: Final = 5

Kind = Literal["short", "long", "digit"]


class Slip(NamedTuple):
    """What is wrong with a number. `places` are counted from 0; none of them means the whole number."""

    kind: Kind
    places: tuple[int, ...] = ()


def slip(digits: str, year: int) -> Slip | None:
    """What to look at again; None where the number can be one.

    Arguments:
        digits: what was typed, as digits of ours.
        year: the present one; no number is of a later year.
    """
    if len(digits) != DIGITS:
        return Slip("short" if len(digits) < DIGITS else "long")
    if is_valid(digits):
        return None if _year(digits, year) else Slip("digit", (0, 1))
    found = {place for swapped in _swaps(digits) if _year(_swap(digits, swapped), year) for place in swapped}
    for place, digit in enumerate(digits):
        found.update(
            place
            for other in "0123456789"
            if frozenset((digit, other)) in ALIKE and _fits(digits[:place] + other + digits[place + 1 :], year)
        )
    if not _year(digits, year):
        found = {place for place in found if place < 2} or {0, 1}
    return Slip("digit", tuple(sorted(found)) if len(found) <= PLACES_MOST else ())


def _swaps(digits: str) -> list[tuple[int, int]]:
    pairs = [(place, place + 1) for place in range(DIGITS - 1)]
    return [pair for pair in pairs if is_valid(_swap(digits, pair))]


def _swap(digits: str, pair: tuple[int, int]) -> str:
    first, second = pair
    return digits[:first] + digits[second] + digits[first] + digits[second + 1 :]


def _fits(digits: str, year: int) -> bool:
    return is_valid(digits) and _year(digits, year)


def _year(digits: str, year: int) -> bool:
    return (year - int(digits[:2])) % 100 < YEARS
