"""The number a person carries home: ten digits, 26-4071-8822.

Two digits of the year, seven of a keyed permutation of the year's counter, one check digit (Damm). Digits alone,
because they are read out, pressed on a keypad, and written in any script. A permutation, because a counter would tell
everyone how many asked before them and let anyone try the next. The number opens a public page only, never a private
one.

The permutation is a balanced Feistel network over the next even number of bits, walked until it lands inside the ten
millions (Black and Rogaway, "Ciphers with Arbitrary Finite Domains", CT-RSA 2002). Its round functions are tables drawn
once from the key by SHAKE-256, so that a number costs about two microseconds.
"""

import hashlib
import re

from moderation.damm import check_digit, is_valid

#: References of one year; a district that needs more than ten million has outgrown ten digits.
PER_YEAR = 10_000_000
#: NIST SP 800-38G asks ten rounds of the same construction (FF1).
ROUNDS = 10
#: Bytes of key below which guessing the numbers of others becomes thinkable.
KEY_MIN = 16

_TEN = re.compile(r"\d{10}")
# What people write before and between the digits: the sign of the house, "number", blanks, dashes, joiners.
_IGNORED = re.compile(r"[\W_\u0640]+")
_PREFIX = re.compile(r"^(?:k|no|ref|reference|ک|نمبر|حوالہ)+", re.IGNORECASE)


class Permutation:
    """Maps 0..size-1 onto itself, one to one, in an order that only the key tells."""

    def __init__(self, key: bytes, tweak: bytes, size: int) -> None:
        """Draw the tables.

        Arguments:
            key: the secret of the installation.
            tweak: what makes one permutation differ from the next under the same key.
            size: how many numbers there are, at least 2.
        """
        self._size = size
        self._half = ((size - 1).bit_length() + 1) // 2
        cells = 1 << self._half
        drawn = hashlib.shake_256(b"%d\n%b\n%b" % (len(tweak), tweak, key)).digest(4 * ROUNDS * cells)
        self._mask = cells - 1
        self._rounds = [
            [
                int.from_bytes(drawn[at : at + 4], "big") & self._mask
                for at in range(turn * 4 * cells, (turn + 1) * 4 * cells, 4)
            ]
            for turn in range(ROUNDS)
        ]

    def forward(self, number: int) -> int:
        """Where `number` stands."""
        while True:
            left, right = number >> self._half, number & self._mask
            for table in self._rounds:
                left, right = right, left ^ table[right]
            number = left << self._half | right
            if number < self._size:
                return number

    def back(self, number: int) -> int:
        """What stands at `number`."""
        while True:
            left, right = number >> self._half, number & self._mask
            for table in reversed(self._rounds):
                left, right = right ^ table[left], left
            number = left << self._half | right
            if number < self._size:
                return number


class References:
    """Draws the references of one installation."""

    def __init__(self, key: bytes) -> None:
        """Take the secret of the installation, which must stay the same for as long as its references are in use."""
        if len(key) < KEY_MIN:
            raise ValueError(f"the reference key has {len(key)} bytes; {KEY_MIN} are the least")
        self._key = key
        self._years: dict[int, Permutation] = {}

    def draw(self, year: int, counter: int) -> str:
        """The ten digits of the `counter`-th question of a year, counted from 0."""
        if not 0 <= counter < PER_YEAR:
            raise ValueError(f"{counter} is beyond the {PER_YEAR} references of a year")
        permutation = self._years.get(year)
        if permutation is None:
            permutation = self._years[year] = Permutation(self._key, b"reference-%d" % year, PER_YEAR)
        digits = f"{year % 100:02}{permutation.forward(counter):07}"
        return digits + check_digit(digits)


def grouped(reference: str) -> str:
    """As it is shown and spoken everywhere: 26-4071-8822."""
    return f"{reference[:2]}-{reference[2:6]}-{reference[6:]}"


def parse(written: str) -> str | None:
    """The ten digits of what a person typed, in any digit script, grouped in any way, with or without a prefix.

    None if it is no reference: a wrong length or a check digit that does not fit, most often a slip of the finger.
    """
    bare = _PREFIX.sub("", _IGNORED.sub("", written))
    if _TEN.fullmatch(bare) is None:
        return None
    digits = "".join([str(int(digit)) for digit in bare])
    return digits if is_valid(digits) else None
