"""The check digit of a reference number, by H. Michael Damm's totally anti-symmetric quasigroup of order 10.

It finds every single wrong digit and every swap of neighbours, and 97.5 % of thirteen heard as thirty, which is why a
number that is read out over the telephone carries this one rather than Luhn's or Verhoeff's.
"""

# The table of Damm's thesis (Marburg, 2004). The diagonal is zero, so a valid number ends in state zero.
_TABLE = (
    (0, 3, 1, 7, 5, 9, 8, 6, 4, 2),
    (7, 0, 9, 2, 1, 5, 4, 8, 6, 3),
    (4, 2, 0, 6, 8, 7, 1, 3, 5, 9),
    (1, 7, 5, 0, 9, 8, 3, 4, 2, 6),
    (6, 1, 2, 3, 0, 4, 5, 9, 7, 8),
    (3, 6, 7, 4, 2, 0, 9, 5, 8, 1),
    (5, 8, 6, 9, 7, 2, 0, 1, 3, 4),
    (8, 9, 4, 5, 3, 6, 2, 0, 1, 7),
    (9, 4, 3, 8, 6, 1, 7, 2, 0, 5),
    (2, 5, 8, 1, 4, 3, 6, 7, 9, 0),
)


def check_digit(digits: str) -> str:
    """The digit that makes `digits` valid when written behind them."""
    state = 0
    for digit in digits:
        state = _TABLE[state][int(digit)]
    return str(state)


def is_valid(digits: str) -> bool:
    """Whether the last digit is the check digit of the others."""
    return check_digit(digits) == "0"
