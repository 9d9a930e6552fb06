"""The one strict reader of what comes in.

msgspec alone would take duplicate keys (the last one wins), so a second reader looks at the structure first; it also
finds the `ref`, so that a client learns which of its messages was wrong. RFC 8259 leaves duplicate keys and the size of
numbers to each reader; readers that disagree are how a check is walked around, hence one, and strict.
"""

from __future__ import annotations

import json
import math
import re
from typing import Any, Final, NoReturn

import msgspec

from .protocol import FROM_CLIENT, SAFE_INTEGER, TAGS

SIZE_MOST: Final = 16 * 1024
#: The one long message: a browser writes close to 1 KiB for each of the two lines that every seat has.
ANSWER_MOST: Final = 48 * 1024
DEPTH_MOST: Final = 16
DETAIL_MOST: Final = 200

_STRINGS = re.compile(r'"(?:[^"\\]|\\.)*"')
_SURROGATE = re.compile("[\ud800-\udfff]")
_decode = msgspec.json.Decoder(FROM_CLIENT).decode


class Malformed(Exception):
    """A message that cannot be taken. `ref` is its own number, where at least that could be read."""

    def __init__(self, detail: str, ref: int | None = None) -> None:
        super().__init__(detail)
        self.detail = detail[:DETAIL_MOST]
        self.ref = ref


class _Faults:
    """What the structural reader noticed; it goes on to the end to find the `ref`."""

    def __init__(self) -> None:
        self.first = ""

    def note(self, fault: str) -> None:
        self.first = self.first or fault

    def members(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) != len(pairs):
            self.note("duplicate key")
        return found

    def integer(self, digits: str) -> int:
        if len(digits) > 17 or abs(int(digits)) > SAFE_INTEGER:
            self.note("integer beyond 2^53 - 1")
            return -1
        return int(digits)

    def number(self, digits: str) -> float:
        value = float(digits)
        if not math.isfinite(value):
            self.note("number out of range")
        return value

    def constant(self, name: str) -> float:
        self.note(f"{name} is not JSON")
        return 0.0


def depth_of(text: str) -> int:
    """How deeply objects and lists are nested; brackets within strings do not count."""
    depth = deepest = 0
    for letter in _STRINGS.sub("", text):
        if letter in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif letter in "]}":
            depth -= 1
    return deepest


def read(data: bytes) -> Any:
    """One message of a client: an instance of a class of `protocol.CLIENT_TYPES`.

    Raises:
        UnicodeDecodeError: not UTF-8; the connection fails with 1007 (RFC 6455 §8.1).
        Malformed: anything else; with a `ref` it is answered, without one the connection ends.
    """
    text = data.decode()
    if text.count("{") + text.count("[") > DEPTH_MOST and depth_of(text) > DEPTH_MOST:
        raise Malformed("nested too deeply")
    faults = _Faults()
    reader = json.JSONDecoder(
        object_pairs_hook=faults.members,
        parse_int=faults.integer,
        parse_float=faults.number,
        parse_constant=faults.constant,
    )
    try:
        found = reader.decode(text)
    except (ValueError, RecursionError):
        raise Malformed("not JSON") from None
    if not isinstance(found, dict):
        raise Malformed("not an object")
    ref = found.get("ref")
    ref = ref if type(ref) is int and 0 <= ref <= SAFE_INTEGER else None
    if faults.first:
        raise Malformed(faults.first, ref)
    tag = found.get("type")
    if not isinstance(tag, str) or tag not in TAGS:
        raise Malformed("unknown type", ref)
    try:
        return _decode(data)
    except msgspec.DecodeError as error:
        _explain(error, ref)


def _explain(error: msgspec.DecodeError, ref: int | None) -> NoReturn:
    raise Malformed(_SURROGATE.sub("", str(error)), ref) from None
