"""Entry passes: how a page, which has cookies, hands its rights to a socket, which should not rely on them.

A pass lives 30 s, opens one connection once, and names the session, the participant, the role and the account. It is
signed with HMAC-SHA256 (RFC 2104) under a key of its own; its nonce is burnt on first use, in memory for one process
and in the bus's store for several. It travels as a second subprotocol and never in the URL, which ends up in logs.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import secrets
from collections.abc import Awaitable, Callable, Sequence

import msgspec

from kachehri import keys as master_keys
from rooms.base import Actor, Role

LIFE_MS = 30_000
#: A nonce is remembered longer than any pass lives, also when two machines' clocks differ.
BURNT_S = 90
#: How far the clock of the machine that issued a pass may be ahead, in milliseconds.
SKEW_MS = 5_000
NONCE_BYTES = 18
SIGNATURE_BYTES = 32
#: A pass is about 210 letters; anything much longer is not one.
LENGTH_MOST = 512

#: Takes a nonce and a time to live in seconds; True exactly once for each nonce.
Burn = Callable[[str, int], Awaitable[bool]]


class PassRefused(Exception):
    """`code` is one of missing, wrong, expired, used. To a client they are all one: fetch a new pass."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Bearer(msgspec.Struct, frozen=True, array_like=True):
    """Who holds a connection, and in which session."""

    session: str
    participant: str
    role: Role
    account: str | None = None
    #: The hash of the login that it rests on (kachehri/logins.py): when that ends, so does the connection.
    login: bytes | None = None

    @property
    def actor(self) -> Actor:
        """The same person, as the rules know them."""
        return Actor(participant=self.participant, role=self.role, account=self.account)


class Pass(msgspec.Struct, frozen=True, array_like=True):
    """What is signed: a bearer, when it ends (milliseconds since the epoch), and a number used once."""

    bearer: Bearer
    expires_at: int
    nonce: str

    @property
    def issued_at(self) -> int:
        """When it was given, in milliseconds since the epoch."""
        return self.expires_at - LIFE_MS


class Passes:
    """Issues and reads passes under keys derived from the master key; the first signs, every one is believed."""

    def __init__(self, master: Sequence[bytes]) -> None:
        self._keys = [master_keys.derive(key, "entry pass") for key in master]

    def issue(self, bearer: Bearer, now: int) -> str:
        """A pass for `bearer`, good for 30 s from `now` (milliseconds since the epoch).

        The text uses only letters that a subprotocol may have (RFC 6455 §4.1, RFC 9110 token).
        """
        entry = Pass(bearer=bearer, expires_at=now + LIFE_MS, nonce=secrets.token_urlsafe(NONCE_BYTES))
        body = msgspec.msgpack.encode(entry)
        return f"{_text(body)}.{_text(_sign(self._keys[0], body))}"

    def read(self, text: str, now: int) -> Pass:
        """The content of a pass whose signature and time are right; its nonce is not burnt yet.

        Raises:
            PassRefused: missing, wrong or expired.
        """
        if not text:
            raise PassRefused("missing")
        body, signature = _parts(text)
        if not any(hmac.compare_digest(_sign(key, body), signature) for key in self._keys):
            raise PassRefused("wrong")
        try:
            entry = msgspec.msgpack.decode(body, type=Pass)
        except msgspec.DecodeError:
            raise PassRefused("wrong") from None
        if not now < entry.expires_at <= now + LIFE_MS + SKEW_MS:
            raise PassRefused("expired")
        return entry


async def burn(entry: Pass, store: Burn) -> None:
    """Use a pass up.

    Raises:
        PassRefused: somebody used it before.
    """
    if not await store(entry.nonce, BURNT_S):
        raise PassRefused("used")


def _parts(text: str) -> tuple[bytes, bytes]:
    body, dot, signature = text.partition(".")
    if not dot or len(text) > LENGTH_MOST:
        raise PassRefused("wrong")
    try:
        parts = _bytes(body), _bytes(signature)
    except (binascii.Error, ValueError):
        raise PassRefused("wrong") from None
    # The last letter of base64 may hold bits that mean nothing (RFC 4648 §3.5): one pass has one spelling.
    if (_text(parts[0]), _text(parts[1])) != (body, signature):
        raise PassRefused("wrong")
    return parts


def _sign(key: bytes, body: bytes) -> bytes:
    return hmac.digest(key, body, "sha256")


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _bytes(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
