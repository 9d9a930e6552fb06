"""Keys for programs of others: a portal of the province, an application of a town.

A key says which program speaks, not which person: with it one may file, and be told what became of it; it never opens
anything of anybody's. It is shown once, kept as a hash, and can be taken back at any moment.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection
from typing import Final, Literal, get_args

from rooms.base import Refused
from rooms.text import clean

from . import audit
from .allowance import Allowance
from .ids import new_id
from .logins import hash_of
from .store import Connection, doors
from .store.tables import ApiKey

#: `file`: file requests. `updates`: read what moved, and answer on what this very key filed.
Scope = Literal["file", "updates"]
SCOPES: Final[tuple[Scope, ...]] = get_args(Scope)
#: 192 bits: beyond guessing, so that a plain hash is enough.
KEY_BYTES: Final = 24
#: Longest key looked at, in characters; ours have 36.
KEY_MOST: Final = 64
#: So that whoever finds one in a file knows what it is.
PREFIX: Final = "kch_"
NAME_MOST: Final = 60
#: Filings a minute and a day: what the form begins with, and the most that it takes.
PER_MINUTE: Final = 30
PER_DAY: Final = 500
PER_MINUTE_MOST: Final = 600
PER_DAY_MOST: Final = 50_000
DAY_MS: Final = 86_400_000
#: How often the use of a key is written down.
TOUCH_MS: Final = 60_000


def make(
    conn: Connection,
    now: int,
    *,
    name: str,
    scopes: Collection[Scope],
    by: str,
    per_minute: int = PER_MINUTE,
    per_day: int = PER_DAY,
) -> str:
    """A fresh key; returns it, for the only time.

    Arguments:
        name: what the program is called, for those who look after keys.
        by: the account that makes it.

    Errors: `Refused` with `text_empty`, `text_too_long` or `text_unreadable` for the name; `ValueError` for a key that
    may nothing, or a limit beyond the most.
    """
    called = clean(name, NAME_MOST, one_line=True)
    if not scopes or not (1 <= per_minute <= PER_MINUTE_MOST and 1 <= per_day <= PER_DAY_MOST):
        raise ValueError("a key needs a scope, and limits within bounds")
    key = PREFIX + secrets.token_urlsafe(KEY_BYTES)
    row = ApiKey(
        id=new_id(now),
        name=called,
        key_hash=hash_of(key),
        scopes=[each for each in SCOPES if each in scopes],
        per_minute=per_minute,
        per_day=per_day,
        made_by=by,
        made_at=now,
    )
    doors.add_key(conn, row)
    audit.record(conn, now, action="api_key.make", subject=row.id, account=by, facts={"name": called})
    return key


def revoke(conn: Connection, now: int, id: str, by: str) -> bool:
    """Take a key back. Whether it was in force."""
    row = doors.key(conn, id)
    if row is None or not doors.revoke(conn, id, now):
        return False
    audit.record(conn, now, action="api_key.revoke", subject=id, account=by, facts={"name": row.name})
    return True


def find(conn: Connection, shown: str) -> ApiKey | None:
    """The key in force that a program shows; equal hashes are looked up, never compared with what was sent."""
    return doors.key_by_hash(conn, hash_of(shown[: KEY_MOST + 1])) if shown else None


def may(key: ApiKey, scope: Scope) -> bool:
    return scope in key.scopes


def touch(conn: Connection, now: int, key: ApiKey) -> None:
    """Write down that it was used, at most once a minute."""
    if key.used_at is None or now - key.used_at >= TOUCH_MS:
        doors.used(conn, key.id, now)


def check_day(conn: Connection, now: int, key: ApiKey) -> None:
    """Refuse a filing beyond the key's day, counted from everywhere.

    Errors: `Refused("slow_down")`.
    """
    if doors.filings_since(conn, key.id, now - DAY_MS) >= key.per_day:
        raise Refused("slow_down", retry_ms=60 * TOUCH_MS)


class Paces:
    """The minutes of all keys, in memory and for each process by itself."""

    def __init__(self) -> None:
        self._paces: dict[int, Allowance] = {}

    def take(self, key: ApiKey) -> None:
        """Use one of the key's filings of this minute.

        Errors: `Refused("slow_down")`.
        """
        pace = self._paces.get(key.per_minute)
        if pace is None:
            pace = self._paces[key.per_minute] = Allowance(key.per_minute)
        pace.take(key.id)
