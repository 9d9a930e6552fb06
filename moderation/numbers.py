"""Finds identity and telephone numbers among digits, however they are grouped and whatever stands between them.

A run of digits is cut into groups; neighbouring groups are read together as a window, and each window is asked what it
could be. Start reading at `numbers`, then `_number_at`.
"""

import re
from collections.abc import Callable, Iterator

import phonenumbers
from msgspec import Struct

from .damm import is_valid

# Characters that can stand inside one number without being seen: zero-width and bidi controls, soft hyphen, tatweel,
# combining marks, variation selectors and the keycap of emoji digits.
GLUE = "\u00ad\u0300-\u036f\u0610-\u061a\u061c\u0640\u064b-\u065f\u0670\u180e\u200b-\u200f\u202a-\u202e"
GLUE += "\u2060-\u2069\u20d0-\u20f0\ufe00-\ufe0f\ufeff"
# Characters with which people group the digits of one number.
SOFT = " \t\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000" + r"\-" + "\u058a\u2010-\u2015\u2043\u2212\ufe58\ufe63\uff0d"
SOFT += ".\u00b7\u2022\u2024\u06d4\u0964\u3002\uff0e\u2026_*~=|" + r"()\[\]{}" + "\uff08\uff09"
# Characters that rather stand between two numbers; only a number of an unmistakable shape is seen across them.
_HARD = r",/:;'\\" + '"\u060c\u061b\u066b\u066c\uff0c\uff0f\n\r\u2028\u2029'

RUN = re.compile(rf"\d(?:[{GLUE}{SOFT}{_HARD}]*+\d){{8,}}")
_PLUS = re.compile(rf"[+\uff0b][{GLUE}{SOFT}]{{0,4}}\Z")
# The two numbers that people write most, in their usual shape, standing alone: no need to look closer.
_USUAL = re.compile(r"(\d{5}[ \-]?\d{7}[ \-]?\d)|[0\u0660\u06f0\u0966][3\u0663\u06f3\u0969]\d\d[ \-]?\d{7}")
_GROUP = re.compile(rf"\d(?:[{GLUE}]*+\d)*")
_NOT_DIGIT = re.compile(r"\D+")
_HAS_HARD = re.compile(rf"[{_HARD}]")

# The widest number looked for across separators: E.164 allows 15 digits.
_WIDEST = 15
# How people group a telephone number that they write without its leading zero.
_MOBILE_SHAPES = frozenset({(10,), (3, 7), (3, 3, 4), (5, 5)})
# How a number is grouped that is seen even across a comma or a slash: 34201/1234567/8, 0300/1234567, 062,2250100.
_CLEAR_SHAPES = frozenset({(5, 7, 1), (4, 7), (4, 3, 4), (3, 8), (3, 7), (4, 6), (2, 3, 7)})
_REFERENCE_SHAPES = frozenset({(10,), (2, 4, 4), (2, 8), (6, 4)})


class _Digits(Struct):
    """Digits that stand together, as ASCII, and where."""

    start: int
    end: int
    digits: str
    hard_before: bool
    gap_before: str


class _Window(Struct, frozen=True):
    """Neighbouring groups read as one number."""

    upto: int
    digits: str
    shape: tuple[int, ...]
    soft: bool


def numbers(text: str, start: int, end: int) -> Iterator[tuple[int, int, str]]:
    """Identity and telephone numbers in one run of digits and what stands between them."""
    plus = _PLUS.search(text, max(0, start - 5), start)
    usual = None if plus else _USUAL.fullmatch(text, start, end)
    if usual:
        yield start, end, "id_number" if usual[1] else "phone"
        return
    groups = _grouped(text, start, end)
    at = 0
    while at < len(groups):
        upto, kind = _number_at(groups, at, plus is not None and at == 0)
        if kind:
            yield (plus.start() if plus and at == 0 else groups[at].start), groups[upto - 1].end, kind
        at = upto


def _grouped(text: str, start: int, end: int) -> list[_Digits]:
    groups: list[_Digits] = []
    before = start
    for found in _GROUP.finditer(text, start, end):
        raw = found.group()
        gap = text[before : found.start()]
        before = found.end()
        groups.append(_Digits(found.start(), before, _ascii(raw), _HAS_HARD.search(gap) is not None, gap))
    return _spelled(groups)


def _ascii(raw: str) -> str:
    if raw.isascii():
        return raw
    raw = _NOT_DIGIT.sub("", raw)
    return raw if raw.isascii() else "".join([str(int(digit)) for digit in raw])


def _spelled(groups: list[_Digits]) -> list[_Digits]:
    """Read four or more single digits in a row, "3 4 2 0 1" or "3/4/2/0/1", as the one number that was spelled out."""
    joined: list[_Digits] = []
    at = 0
    while at < len(groups):
        upto = at
        while upto < len(groups) and len(groups[upto].digits) == 1:
            upto += 1
        if upto - at >= 4:
            first = groups[at]
            digits = "".join([group.digits for group in groups[at:upto]])
            joined.append(_Digits(first.start, groups[upto - 1].end, digits, first.hard_before, first.gap_before))
            at = upto
        else:
            joined.append(groups[at])
            at += 1
    return joined


def _number_at(groups: list[_Digits], at: int, plus: bool) -> tuple[int, str]:
    """The first group behind what begins at `at`, and what it is: "" for something that stays."""
    first = groups[at].digits
    if len(first) > _WIDEST or (len(first) >= 13 and not plus and not _is_prefixed(first)):
        return at + 1, "id_number"  # nothing ordinary is that long: identity, account or meter number
    if first == "0" and at + 1 < len(groups) and groups[at + 1].gap_before == ".":
        return at + 2, ""  # 0.25 acres
    windows = _windows(groups, at)
    # A date that goes on to thirteen digits without a word between is in doubt, and hidden.
    if not plus and _is_date(groups, at) and not any(map(_is_cnic, windows)):
        return at + 3, ""
    if not windows:
        return at + 1, ""
    if plus:
        found = _international(windows, "")
        return (found, "phone") if found else (at + 1, "")
    for window in windows:
        if _is_reference(window):
            return window.upto, ""
    if first.startswith("00"):
        found = _international(windows, "00")
        if found:
            return found, "phone"
    for is_kind, kind in _KINDS:
        for window in windows:
            if is_kind(window):
                return window.upto, kind
    return at + 1, ""


def _is_prefixed(digits: str) -> bool:
    """Written as one, but a telephone number with the country in front."""
    return digits.startswith("00") or (len(digits) == 13 and digits.startswith("920"))


def _windows(groups: list[_Digits], at: int) -> list[_Window]:
    windows = []
    digits = ""
    shape: tuple[int, ...] = ()
    soft = True
    for upto in range(at, len(groups)):
        group = groups[upto]
        digits += group.digits
        if len(digits) > _WIDEST:
            break
        soft = soft and (upto == at or not group.hard_before)
        shape += (len(group.digits),)
        if len(digits) >= 8:
            windows.append(_Window(upto + 1, digits, shape, soft))
    return windows


def _is_date(groups: list[_Digits], at: int) -> bool:
    """Day, month and year, either way round, with the same sign between them."""
    if at + 2 >= len(groups) or groups[at + 1].gap_before != groups[at + 2].gap_before:
        return False
    first, month, last = (int(group.digits) for group in groups[at : at + 3])
    return 1 <= month <= 12 and ((1 <= first <= 31 and _is_year(last)) or (_is_year(first) and 1 <= last <= 31))


def _is_year(number: int) -> bool:
    return 1900 <= number <= 2100


def _is_reference(window: _Window) -> bool:
    """A reference of this house begins with its year: unmistakable up to 2029; later years must be grouped 2-4-4,
    because a Pakistani mobile number without its zero begins with 30 to 39."""
    if len(window.digits) != 10 or window.shape not in _REFERENCE_SHAPES or not window.soft:
        return False
    early = "25" <= window.digits[:2] <= "29"
    return (early or (window.digits[0] > "2" and window.shape == (2, 4, 4))) and is_valid(window.digits)


def _international(windows: list[_Window], prefix: str) -> int:
    """Where a number with a country code ends; 0 if there is none."""
    pakistani = prefix + "92"
    for window in windows:
        national = window.digits.removeprefix(pakistani)
        if len(national) == (11 if national[:1] == "0" else 10) and national != window.digits:
            return window.upto
    whole = [window.upto for window in windows if window.soft and len(window.digits) >= 8 + len(prefix)]
    return whole[-1] if whole else 0


def _is_cnic(window: _Window) -> bool:
    """NADRA's 13 digits; one that begins with 92 0 is a telephone number with its country in front."""
    digits = window.digits
    if len(digits) != 13:
        return False
    return window.shape == (5, 7, 1) or (
        window.soft and digits[0] != "0" and digits[:3] != "920" and not _is_list(window)
    )


def _is_aadhaar(window: _Window) -> bool:
    """UIDAI's 12 digits, the first never 0 or 1. The check digit is not asked: a number with a slip still tells."""
    digits = window.digits
    if len(digits) != 12 or not window.soft or digits[0] < "2":
        return False
    return not (_is_round(digits) if len(window.shape) == 1 else _is_list(window))


def _is_list(window: _Window) -> bool:
    """Years side by side, or one sum in groups of thousands."""
    ends = 0
    years = 0
    for size in window.shape:
        if size == 4 and _is_year(int(window.digits[ends : ends + 4])):
            years += 1
        ends += size
    return years > 1 or (window.digits.endswith("000") and set(window.shape[1:]) == {3})


def _is_round(digits: str) -> bool:
    """Ends in a hundred thousand: a sum of money, not a number that was given out."""
    return digits.endswith("00000")


def _is_phone(window: _Window) -> bool:
    digits, shape = window.digits, window.shape
    if not window.soft and shape not in _CLEAR_SHAPES:
        return False
    match len(digits):
        case 13:
            return digits.startswith("920")
        case 12:
            return digits.startswith("923")
        case 11 if digits.startswith("03") or (shape == (7, 4) and digits[7:9] == "03"):
            return True  # the second: written as it looks from the other side, 1234567-0300
        case 10 | 11 if digits[0] == "0":
            return _has_line(digits, "PK") or _has_line(digits, "IN")
        case 10 if shape in _MOBILE_SHAPES and (window.soft or digits[0] == "3") and not _is_round(digits):
            return _has_line(digits, "PK" if digits[0] < "6" else "IN")
        case 10 if shape == (2, 8):
            return _has_line(digits, "PK")
    return False


#: In this order: a telephone number can hide in the first digits of an identity number, not the other way round.
_KINDS: tuple[tuple[Callable[[_Window], bool], str], ...] = (
    (_is_cnic, "id_number"),
    (_is_phone, "phone"),
    (_is_aadhaar, "id_number"),
)


def _has_line(digits: str, country: str) -> bool:
    # Ten or eleven digits always parse; whether such a line can exist is the question.
    return phonenumbers.is_valid_number(phonenumbers.parse(digits, country))


# The tables of a country are read on first use; asked here, no text ever waits for a file.
for _country in ("PK", "IN"):
    _has_line("3001234567", _country)
