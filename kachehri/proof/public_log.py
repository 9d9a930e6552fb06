"""A session's log as anybody may have it, in lines that can be checked with a few lines of code.

The first line says what follows. Then a line for each event, in order and without gaps:

    {"seq":7,"at":1767589200000,"type":"turn.ended",…,"hash":"…"}

Events for the desk alone, and typed lines that were held, keep their place and say nothing (`"type":"kept"`). A
question that was asked shows its item: the SHA-256 of its reference and the proof code on its slip, which nobody can
know who does not have the slip. The hash of a line is the SHA-256 (FIPS 180-4) of the hash before it, as 64 hex digits,
and the line without its own hash. The last line says where the session's own log ends, and is signed.

Why not the rows of the log as they are: what is in them for the desk could be guessed from their hashes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from typing import Any, Final

import msgspec

from kachehri.store.event_log import GENESIS, Broken, Logged, link
from rooms.questions import QuestionAsked
from rooms.session import decode_event
from rooms.views import visible

from .signing import Signer

FORMAT: Final = "kachehri public log 1"
#: Hex digits of a proof code: 64 bits of a digest with a random salt in it.
PROOF_DIGITS: Final = 16
BEGIN: Final = "0" * 64
_ENCODE: Callable[[object], bytes] = msgspec.json.Encoder(order="deterministic").encode
ASKED: Final = "question.asked"


def proof_of(body: bytes) -> str:
    """The proof code of a question: from the event by which it was accepted, with the digest of its words."""
    return hashlib.sha256(b"kachehri proof\n" + body).hexdigest()[:PROOF_DIGITS]


def spoken(proof: str) -> str:
    """A proof code as it is printed: four groups of four."""
    return "-".join(proof[at : at + 4] for at in range(0, PROOF_DIGITS, 4))


def item_of(reference: str, proof: str) -> str:
    """What the log shows of it."""
    return hashlib.sha256(f"kachehri item\n{reference}\n{proof}".encode()).hexdigest()


def chained(before: str, content: dict[str, Any]) -> str:
    """The hash of a line, over the hash before it and the line without its hash."""
    return hashlib.sha256(before.encode() + _ENCODE(content)).hexdigest()


class Writing:
    """The file of one session, a piece at a time: `begin`, any number of `more`, `end`."""

    def __init__(self, session_id: str, signer: Signer) -> None:
        self._session, self._signer = session_id, signer
        self._last, self._record, self._before = BEGIN, "", GENESIS
        #: Events written so far.
        self.count = 0

    def begin(self) -> bytes:
        return _ENCODE({"format": FORMAT, "session": self._session, "key": self._signer.public}) + b"\n"

    def more(self, rows: Iterable[Logged]) -> bytes:
        """The lines of the next events of the session's log.

        Errors: `Broken` where its own chain does not hold: what was tampered with gets no signature of ours.
        """
        found = []
        for row in rows:
            made = link(self._before, self._session, row.seq, row.at, row.type, row.body)
            if (row.seq, row.prev_hash, row.hash) != (self.count + 1, self._before, made):
                raise Broken(self._session, row.seq, "its hash is another")
            self._before = row.hash
            content = line_of(row)
            self._last, self._record, self.count = chained(self._last, content), row.hash.hex(), row.seq
            found.append(_ENCODE({**content, "hash": self._last}) + b"\n")
        return b"".join(found)

    def end(self, at: int) -> bytes:
        """The signed end; `at` is the present, in milliseconds."""
        end = {
            "session": self._session,
            "events": self.count,
            "head": self._last,
            "record": self._record,
            "at": at,
        }
        return _ENCODE({**end, "signature": self._signer.sign(_ENCODE(end))}) + b"\n"


def line_of(row: Logged) -> dict[str, Any]:
    """One event as anybody may read it, without its hash."""
    event = decode_event(row.body)
    place: dict[str, Any] = {"seq": row.seq, "at": row.at}
    if isinstance(event, QuestionAsked):
        return {**place, "type": ASKED, "item": item_of(event.reference, proof_of(row.body))}
    shown = visible(event, "public")
    return {**place, **shown} if shown is not None else {**place, "type": "kept"}


def signed_end(end: dict[str, Any]) -> bytes:
    """What the signature of a last line is over."""
    return _ENCODE({name: value for name, value in end.items() if name != "signature"})
