"""Finds international bank account numbers (ISO 13616), in every digit script and in fullwidth letters."""

import re
from collections.abc import Iterator

from .numbers import GLUE, SOFT

# Digits first, looking back for the letter: a search that begins with letters would stop at each of them.
HINT = re.compile(r"\d(?:(?<=[A-Za-z\uff21-\uff5a]\d)|(?<=[A-Za-z\uff21-\uff5a].\d))")
_HEAD = re.compile(rf"(?<![A-Za-z0-9])[A-Za-z]{{2}}[{GLUE}{SOFT}]{{0,4}}\d[{GLUE}{SOFT}]{{0,4}}\d")
_FULLWIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
# ISO 13616: the length of an IBAN is fixed by its country (registry of SWIFT, release 101).
_LENGTHS = {
    country: length
    for length, countries in {
        15: "NO", 16: "BE", 18: "DK FI FK FO GL NL SD", 19: "MK SI", 20: "AT BA EE KZ LT LU MN XK", 21: "CH HR LI LV",
        22: "BG BH CR DE GB GE IE ME RS VA", 23: "AE GI IL IQ OM SO TL", 24: "AD CZ ES MD PK RO SA SE SK TN VG",
        25: "LY PT ST", 26: "IS TR", 27: "BI DJ FR GR IT MC MR SM", 28: "AL AZ BY CY DO GT HN HU LB NI PL SV",
        29: "BR EG PS QA UA", 30: "JO KW MU YE", 31: "MT SC", 32: "LC", 33: "RU",
    }.items()
    for country in countries.split()
}  # fmt: skip
_PAKISTAN = re.compile(r"PK\d\d[A-Z]{4}[A-Z0-9]{16}")


def ibans(text: str) -> Iterator[tuple[int, int, str]]:
    """Where each begins and ends, and its kind; right in length for its country, and right in its check digits."""
    folded = text if text.isascii() else text.translate(_FULLWIDTH)
    for head in _HEAD.finditer(folded):
        length = _LENGTHS.get(head.group()[:2].upper())
        if length is None:
            continue
        letters: list[str] = []
        at = head.start()
        gap = 0
        while at < len(folded) and len(letters) < length and gap <= 4:
            letter = folded[at]
            if letter.isdecimal():
                letters.append(str(int(letter)))
                gap = 0
            elif letter.isascii() and letter.isalpha():
                letters.append(letter.upper())
                gap = 0
            else:
                gap += 1
            at += 1
        number = "".join(letters)
        if len(number) == length and (_checks(number) or _PAKISTAN.fullmatch(number)):
            yield head.start(), at, "iban"


def _checks(number: str) -> bool:
    """ISO 7064 mod 97-10; eight digits at least, or one English sentence in a hundred would pass."""
    if sum(letter.isdigit() for letter in number) < 8:
        return False
    return int("".join(str(int(letter, 36)) for letter in number[4:] + number[:4])) % 97 == 1
