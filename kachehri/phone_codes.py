"""Codes that show that somebody holds a phone: six digits in a short message, good for ten minutes, and once.

A code follows from a key, the number and the instant at which it was asked for, so it stands neither in the database
nor in the queue of messages. What the page keeps meanwhile is a signed note; only codes that were asked for can be
tried at all. Whether the number is known to anybody is found out by whoever sends, after the page has answered.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence
from typing import Final, Literal, NamedTuple

import msgspec

from .guesses import Guesses, Rule, TooMany
from .ids import new_id
from .keys import derive
from .logins import signer, unsign
from .store import Connection, outbox

#: How long a code is good.
LIFE_MS: Final = 10 * 60_000
DIGITS: Final = 6
#: Kind of task that sends one (kachehri/notices/code_sending.py).
CODE: Final = "code"
#: Messages to one number in an hour, and numbers from one network: each costs the house something.
ASKED: Final = Rule("phone code asked", 3, 3)
ASKED_NETWORK: Final = Rule("phone codes asked", 30, 30)
#: Tries in an hour for one number: from one network, and from all together.
TRIED: Final = Rule("phone code tried", 5, 5)
TRIED_EVERYWHERE: Final = Rule("phone code tried everywhere", 15, 15)
USED: Final = Rule("phone code used", 1, 1)
_ENCODE: Final = msgspec.json.Encoder(order="deterministic").encode


#: What became of a try; a code that was used is as old as one whose time is over.
Attempt = Literal["right", "wrong", "old"]


class Asked(NamedTuple):
    """For which number, in the form E.164, and when a code was asked for."""

    phone: str
    at: int


class Wanted(msgspec.Struct, frozen=True):
    """The body of a task: the number as the keyed hashes under which persons are found, never itself."""

    indexes: list[str]
    at: int
    language: str


class PhoneCodes:
    """Makes and knows codes.

    Arguments:
        masters: the keys of the key file, the one in force first.
    """

    def __init__(self, masters: Sequence[bytes]) -> None:
        self._notes = signer(masters, "phone code note")
        self._key = key_of(masters[-1])

    def note(self, asked: Asked) -> str:
        """What the page keeps until the code is typed."""
        return self._notes.sign(f"{asked.phone}/{asked.at}").decode()

    def read(self, note: str) -> Asked | None:
        """What was asked for; None for a note that was not made here."""
        phone, _, at = (unsign(self._notes, note) or "").partition("/")
        return Asked(phone, int(at)) if phone and at.isdigit() else None

    def fits(self, asked: Asked, code: str) -> bool:
        """Whether this is its code."""
        return hmac.compare_digest(code_of(self._key, asked).encode(), code.encode())


def key_of(master: bytes) -> bytes:
    """The key of all codes."""
    return derive(master, "phone codes")


def code_of(key: bytes, asked: Asked) -> str:
    """Six digits: a million codes, of which a few can be tried."""
    digest = hmac.digest(key, f"{asked.phone}/{asked.at}".encode(), hashlib.sha256)
    return f"{int.from_bytes(digest[:8]) % 10**DIGITS:0{DIGITS}}"


def is_old(at: int, now: int) -> bool:
    """Whether a code that was asked for then is good no more."""
    return not at <= now < at + LIFE_MS


def ask(
    conn: Connection, now: int, guesses: Guesses, phone: str, indexes: Sequence[bytes], language: str, place: str
) -> Asked:
    """Have a code sent, if anybody left this number: the same is done here for every number.

    Arguments:
        indexes: the number's keyed hashes.
        place: the network that asks.

    Errors: `TooMany`.
    """
    guesses.count(conn, ASKED_NETWORK, "", place, now)
    guesses.count(conn, ASKED, phone, "*", now)
    id = f"{CODE}/{new_id(now)}"
    body = _ENCODE(Wanted([each.hex() for each in indexes], now, language))
    outbox.add(
        conn,
        [
            outbox.Task(
                id=id,
                unique_key=id,
                kind=CODE,
                session_id=None,
                ticket_id=None,
                body=body,
                created_at=now,
                due_at=now,
            )
        ],
    )
    return Asked(phone, now)


def attempt(
    conn: Connection, now: int, guesses: Guesses, codes: PhoneCodes, asked: Asked, code: str, place: str
) -> Attempt:
    """Try a code. A try is counted before it is looked at.

    Errors: `TooMany`.
    """
    if is_old(asked.at, now):
        return "old"
    guesses.count(conn, TRIED, asked.phone, place, now)
    guesses.count(conn, TRIED_EVERYWHERE, asked.phone, "*", now)
    if not codes.fits(asked, code):
        return "wrong"
    try:
        guesses.count(conn, USED, f"{asked.phone}/{asked.at}", "*", now)
    except TooMany:
        return "old"
    guesses.forget(conn, TRIED, asked.phone, place)
    return "right"
