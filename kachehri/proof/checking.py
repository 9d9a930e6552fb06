"""Checks a downloaded log: is it whole, is it signed, and is what a slip says in it? Needs nothing but the file."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import Any, Final, NamedTuple

import msgspec

from kachehri.i18n.digits import only_digits, western

from .public_log import ASKED, BEGIN, FORMAT, PROOF_DIGITS, chained, item_of, signed_end
from .signing import genuine

#: An instant beyond the year 9000, in milliseconds, is none.
LATEST: Final = 222_000_000_000_000
_DECODE = msgspec.json.Decoder(dict[str, Any]).decode


#: What is wrong with a line, in plain English and Urdu.
WHYS: Final[dict[str, tuple[str, str]]] = {
    "form": ("this is no line of such a log", "یہ ایسے ریکارڈ کی سطر نہیں"),
    "order": (
        "a line before it is missing, doubled or in another place",
        "اس سے پہلے کوئی سطر کم، زائد یا آگے پیچھے ہے",
    ),
    "hash": ("this line, or one before it, was changed", "یہ سطر یا اس سے پہلے کی کوئی سطر بدلی گئی ہے"),
    "end": ("the end was cut off, changed or added to", "آخر کاٹا، بدلا یا بڑھایا گیا ہے"),
    "key": ("it was signed with another key than the one given", "دستخط دی گئی کلید کے نہیں، کسی اور کلید کے ہیں"),
    "signature": ("the signature does not fit: it was not signed like this", "دستخط اس ریکارڈ کے نہیں ہیں"),
}


class Tampered(Exception):
    """The file is not what was published. `line` counts from 1; `why` is one of `WHYS`."""

    def __init__(self, line: int, why: str) -> None:
        super().__init__(f"line {line}: {why}")
        self.line, self.why = line, why


class Checked(NamedTuple):
    """A log that holds. `items` are those of its questions, with the number of their event."""

    session: str
    key: str
    events: int
    head: str
    record: str
    at: int
    items: dict[str, int]


def check(lines: Iterable[bytes], key: str = "") -> Checked:
    """Go through a log from its first line to its last.

    Arguments:
        key: the house's public key, got in another way than the file itself; without it the file's own counts.
    Errors: `Tampered`.
    """
    number, last, items, seq, at = 0, BEGIN, {}, 0, 0
    head: dict[str, Any] = {}
    end: dict[str, Any] | None = None
    for number, line in enumerate(lines, 1):
        content = _read(number, line)
        if number == 1:
            head = content
            if head.get("format") != FORMAT or not isinstance(head.get("session"), str):
                raise Tampered(1, "form")
            continue
        if end is not None:
            raise Tampered(number, "end")
        if "signature" in content:
            end = content
            continue
        seq += 1
        said = content.pop("hash", "")
        if content.get("seq") != seq or not isinstance(content.get("at"), int) or content["at"] < at:
            raise Tampered(number, "order")
        try:
            last, at = chained(last, content), content["at"]
        except (OverflowError, ValueError, RecursionError):  # a number that no log of ours has
            raise Tampered(number, "form") from None
        if said != last:
            raise Tampered(number, "hash")
        if content.get("type") == ASKED:
            items[str(content.get("item"))] = seq
    if end is None:
        raise Tampered(number, "end")
    if (end.get("session"), end.get("events"), end.get("head")) != (head["session"], seq, last):
        raise Tampered(number, "end")
    trusted = key or str(head.get("key", ""))
    if key and head.get("key") != key:
        raise Tampered(1, "key")
    made = end.get("at")
    if type(made) is not int or not 0 <= made < LATEST or not isinstance(end.get("record"), str):
        raise Tampered(number, "form")
    if not genuine(trusted, signed_end(end), str(end["signature"])):
        raise Tampered(number, "signature")
    return Checked(head["session"], trusted, seq, last, end["record"], made, items)


def _read(number: int, line: bytes) -> dict[str, Any]:
    try:
        return _DECODE(line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise Tampered(number, "form") from None


def holds(checked: Checked, reference: str, proof: str) -> int | None:
    """The number of the event by which the slip's question was accepted; None where the log has no such question.

    Arguments:
        reference: its ten digits, in any grouping.
        proof: the code on the slip, in any grouping.
    """
    return checked.items.get(item_of(only_digits(reference), bare(proof)))


#: What a camera or a reader takes for digits. There is no o, l and i among the letters of a code.
_MISREAD: Final = str.maketrans("oli", "011")


def bare(proof: str) -> str:
    """A proof code as it was made: digits of any script as western ones, and without what stands between its signs,
    seen or unseen.
    """
    folded = western(unicodedata.normalize("NFKC", proof)).lower()
    return "".join(c for c in folded if c.isalnum()).translate(_MISREAD)


def is_code(proof: str) -> bool:
    """Whether it could be a proof code."""
    return re.fullmatch(rf"[0-9a-f]{{{PROOF_DIGITS}}}", bare(proof)) is not None
