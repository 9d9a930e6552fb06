"""What a short message costs: how many segments its letters need on the air. Pure.

3GPP TS 23.038 §6.2.1: letters of the GSM alphabet take seven bits, those of its extension table two letters' room; any
other letter turns the whole message into UCS-2. TS 23.040 §9.2.3.24.1: a message of several segments gives part of each
to the header that joins them, and neither an escape sequence nor a surrogate pair is torn apart.
"""

from collections.abc import Iterable
from typing import Final, Literal, NamedTuple

Alphabet = Literal["gsm7", "ucs2"]
_BASIC: Final = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED: Final = "\f^{}\\[~]|€"
#: Units of a message that fits into one segment, and of each segment of one that does not.
ALONE: Final[dict[Alphabet, int]] = {"gsm7": 160, "ucs2": 70}
JOINED: Final[dict[Alphabet, int]] = {"gsm7": 153, "ucs2": 67}


class Size(NamedTuple):
    """A text on the air. `units` are septets, or 16-bit units."""

    alphabet: Alphabet
    units: int
    segments: int


def measure(text: str) -> Size:
    """What a text needs; nothing needs no segment."""
    alphabet: Alphabet = "gsm7" if all(each in _BASIC or each in _EXTENDED for each in text) else "ucs2"
    widths = [_width(each, alphabet) for each in text]
    units = sum(widths)
    if units <= ALONE[alphabet]:
        return Size(alphabet, units, 1 if units else 0)
    return Size(alphabet, units, _joined(widths, JOINED[alphabet]))


def _width(letter: str, alphabet: Alphabet) -> int:
    if alphabet == "gsm7":
        return 2 if letter in _EXTENDED else 1
    return 2 if ord(letter) > 0xFFFF else 1


def _joined(widths: Iterable[int], room: int) -> int:
    segments, used = 1, 0
    for width in widths:
        if used + width > room:
            segments, used = segments + 1, 0
        used += width
    return segments
