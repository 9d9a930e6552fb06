"""H.264 pictures as RTP payloads (RFC 6184). Sound needs none of it: one Opus packet is one payload (RFC 7587 §4.2)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

#: Longest payload, in bytes: with all headers and SRTP's tag it fits networks that carry 1,280 (RFC 8200 §5).
MOST: Final = 1_160
#: Types of the packets that hold several units, or a piece of one (RFC 6184 table 1).
_STAP_A: Final = 24
_FU_A: Final = 28


def payloads(units: Sequence[bytes], most: int = MOST) -> list[bytes]:
    """The payloads of one picture, in their order; small units that follow each other share one.

    Arguments:
        units: its NAL units without start codes, none of them empty; parameter sets come first.
    """
    found: list[bytes] = []
    together: list[bytes] = []
    size = 1
    for unit in units:
        if together and size + 2 + len(unit) > most:
            found.append(_joined(together))
            together, size = [], 1
        if len(unit) > most:
            found += _pieces(unit, most)
        else:
            together.append(unit)
            size += 2 + len(unit)
    if together:
        found.append(_joined(together))
    return found


def _joined(units: list[bytes]) -> bytes:
    """One unit as it is, or several in one packet (RFC 6184 §5.7.1)."""
    if len(units) == 1:
        return units[0]
    reference = max(unit[0] & 0x60 for unit in units)
    return bytes((reference | _STAP_A,)) + b"".join(len(unit).to_bytes(2, "big") + unit for unit in units)


def _pieces(unit: bytes, most: int) -> Iterator[bytes]:
    """One unit over several packets (RFC 6184 §5.8); its first byte is spread over the two at their beginning."""
    indicator, kind = unit[0] & 0xE0 | _FU_A, unit[0] & 0x1F
    step = most - 2
    for at in range(1, len(unit), step):
        first, last = 0x80 * (at == 1), 0x40 * (at + step >= len(unit))
        yield bytes((indicator, first | last | kind)) + unit[at : at + step]
