"""Payload types and extension ids as a viewer has them who made the offer herself (RFC 3264 §6.1, RFC 8285 §5).

Everyone else gets our own numbers, so that a packet is written once for all; for her each one is written over.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

#: Where a packet of ours has its payload type, and the id of its only extension (forward.py).
_TYPE, _EXTENSION = 1, 16
#: The length of that extension's content less one, beside its id.
_LENGTH: Final = 2


class Labels:
    """One viewer's.

    Arguments:
        types: our payload type → hers.
        send_time: her id of abs-send-time; None where she has none: what is under ours then means nothing to her.
    """

    __slots__ = ("_send_time", "_types")

    def __init__(self, types: Mapping[int, int], send_time: int | None) -> None:
        self._types, self._send_time = dict(types), send_time

    def put(self, data: bytes) -> bytes | None:
        """One packet of ours with her numbers; None for one of a type that she does not have."""
        second = data[_TYPE]
        hers = self._types.get(second & 0x7F)
        if hers is None:
            return None
        made = bytearray(data)
        made[_TYPE] = second & 0x80 | hers
        if self._send_time is not None:
            made[_EXTENSION] = self._send_time << 4 | _LENGTH
        else:
            made[_EXTENSION : _EXTENSION + 4] = bytes(4)  # padding (RFC 8285 §4.1)
        return bytes(made)
