"""Where every chain ended, signed, a line each time: what a rewritten database cannot have agreed to. Pure.

A line names the chains that moved since the line before, with the number and hash of their last step, and carries the
digest of that line, so that none can be left out. The file is kept outside the database and copied elsewhere by whoever
runs the house; the digests and signatures alone may be published, since they say nothing of what is in the chains.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from typing import Final, Literal, NamedTuple

import msgspec
from msgspec import Struct

from .signing import Signer, genuine

#: "audit" is a whole day of what the staff must answer for, which has no chain of its own: `id` is the day since the
#: epoch (UTC), `seq` how many acts it had, `hash` the digest of them all.
Kind = Literal["session", "ticket", "audit"]
BEGIN: Final = "0" * 64
_ENCODE: Callable[[object], bytes] = msgspec.json.Encoder().encode


class End(NamedTuple):
    """Where one chain ends; `hash` in hex."""

    kind: Kind
    id: str
    seq: int
    hash: str


class Line(Struct, frozen=True):
    """One line. `before` is the digest of the line before; `at` in milliseconds."""

    n: int
    at: int
    before: str
    ends: tuple[End, ...]
    signature: str = ""


class BrokenHeads(Exception):
    """The file of heads itself does not hold at line `n`."""

    def __init__(self, n: int, why: str) -> None:
        super().__init__(f"line {n}: {why}")
        self.n, self.why = n, why


def digest(line: bytes) -> str:
    """What the next line says of this one, without its line end."""
    return hashlib.sha256(line.rstrip(b"\n")).hexdigest()


class Place(Struct, frozen=True):
    """Where a line stands, without what it says."""

    n: int
    before: str


def place(line: bytes) -> Place:
    """Errors: `BrokenHeads` for what is no line."""
    try:
        return msgspec.json.decode(line, type=Place)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise BrokenHeads(0, "form") from None


def parsed(line: bytes) -> Line:
    """A line of our own."""
    return msgspec.json.decode(line, type=Line)


def made(n: int, at: int, before: str, ends: Iterable[End], signer: Signer) -> bytes:
    """A signed line with its line end."""
    plain = Line(n, at, before, tuple(ends))
    return _ENCODE(Line(n, at, before, plain.ends, signer.sign(unsigned(plain)))) + b"\n"


def unsigned(line: Line) -> bytes:
    """What the signature of a line is over."""
    return _ENCODE(Line(line.n, line.at, line.before, line.ends))


def read(lines: Iterable[bytes], public: str) -> Iterator[Line]:
    """The lines of a file, each proven to be signed by the house and to follow the one before.

    Errors: `BrokenHeads` at the first that is not.
    """
    before, n = BEGIN, 0
    for raw in lines:
        n += 1
        try:
            line = msgspec.json.decode(raw, type=Line)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            raise BrokenHeads(n, "form") from None
        if line.n != n or line.before != before:
            raise BrokenHeads(n, "order")
        if not genuine(public, unsigned(line), line.signature):
            raise BrokenHeads(n, "signature")
        before = digest(raw)
        yield line
