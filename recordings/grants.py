"""Who may fetch the program: a signed piece of its address, the same for everybody who asks within a while.

Players fetch playlists and segments without our cookies, and a cache in front must see one address for a thousand
phones. So an address begins with a grant that names nobody: until when, and a seal (HMAC-SHA-256, RFC 2104) over the
session, what it is for, and that time. It is made with the page; who has an address can follow what the page shows for
as long as it holds, and nothing else.
"""

from __future__ import annotations

import base64
import hmac
import re
from collections.abc import Sequence
from hashlib import sha256
from typing import Final, Literal

#: live: what is on now. replay: what has been released.
Scope = Literal["live", "replay"]

#: How long addresses stay the same, in seconds: each change empties the caches for those who come.
BUCKET_S: Final = 3_600
#: A grant holds for at least this long after it was made: the longest hearing and its waiting room.
HOLDS_S: Final = 12 * 3_600
_SEAL_BYTES: Final = 12  # 96 bits: at a thousand guesses a second, longer than anybody waits
_LETTER: Final[dict[Scope, str]] = {"live": "l", "replay": "r"}
_GRANT: Final = re.compile(r"([lr])([0-9a-z]{1,7})-([A-Za-z0-9_-]{16})\Z")


class GrantRefused(Exception):
    """`code` is one of foreign (not ours, or of another session) and expired."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def grant(key: bytes, session: str, scope: Scope, now_ms: int) -> str:
    """The piece of an address that opens a session's program."""
    bucket = (now_ms // 1_000 + HOLDS_S) // BUCKET_S + 1
    return f"{_LETTER[scope]}{_written(bucket)}-{_seal(key, session, scope, bucket)}"


def check(keys: Sequence[bytes], session: str, given: str, now_ms: int) -> Scope:
    """What the grant opens.

    Arguments:
        keys: every key that may have sealed it, so that a new one can be put in front during a hearing.

    Raises:
        GrantRefused: see its codes.
    """
    found = _GRANT.match(given)
    if found is None:
        raise GrantRefused("foreign")
    scope: Scope = "live" if found[1] == "l" else "replay"
    bucket = int(found[2], 36)
    if not any(hmac.compare_digest(found[3], _seal(key, session, scope, bucket)) for key in keys):
        raise GrantRefused("foreign")
    if now_ms >= bucket * BUCKET_S * 1_000:
        raise GrantRefused("expired")
    return scope


def _seal(key: bytes, session: str, scope: Scope, bucket: int) -> str:
    sealed = hmac.digest(key, f"{scope}\n{bucket}\n{session}".encode(), sha256)
    return base64.urlsafe_b64encode(sealed[:_SEAL_BYTES]).decode()


def _written(number: int) -> str:
    digits = "0123456789abcdefghijklmnopqrstuvwxyz"
    text = ""
    while number:
        number, digit = divmod(number, 36)
        text = digits[digit] + text
    return text
