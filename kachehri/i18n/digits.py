"""Digits as people write them: three scripts in, one script out.

Readers of Urdu type ۰-۹ or ٠-٩ and read 0-9 (CLDR's default numbering for `ur` is Latin, and so are printed bills and
phone numbers), so input is normalised and output never leaves ASCII.
"""

from __future__ import annotations

import unicodedata


def western(text: str) -> str:
    """Replaces every decimal digit of any script by its ASCII form and leaves all else alone."""
    return "".join(str(unicodedata.decimal(c)) if not c.isascii() and c.isdecimal() else c for c in text)


def only_digits(text: str) -> str:
    """The ASCII digits in `text`, whatever people put between them."""
    return "".join(c for c in western(text) if c.isascii() and c.isdigit())


def grouped_reference(reference: str) -> str:
    """`2640718822` as `26-4071-8822`: groups of two, four and four are read out and written down without slips."""
    digits = only_digits(reference)
    return f"{digits[:2]}-{digits[2:6]}-{digits[6:]}" if len(digits) == 10 else reference
