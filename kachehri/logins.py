"""Logins: which browsers are signed in as which account, since when, and how each of them ends.

A login is a random token in a signed cookie; its hash is in the database, where it can be revoked at any moment: a
token that is its own proof could not be (OWASP ASVS 5, 7.2). An invented cookie costs no look into the database.
"""

import asyncio
import hashlib
import re
import secrets
from collections.abc import Callable, Sequence
from typing import Any, Final, NamedTuple, TypeVar

from itsdangerous import BadSignature, Signer

from .bus import Bus
from .keys import derive
from .store import Connection, Store, accounts, appointments
from .store.tables import Account, Login

MINUTE_MS: Final = 60_000
HOUR_MS: Final = 60 * MINUTE_MS
DAY_MS: Final = 24 * HOUR_MS
#: A login that is not used for this long is over: longer than any hearing, shorter than a night.
IDLE_MS: Final = 10 * HOUR_MS
#: A login is over after this long, however much it is used.
LONGEST_MS: Final = 7 * DAY_MS
#: How long after the planned end of a hearing somebody who was invited to it alone is still let in.
AFTER_MS: Final = DAY_MS
#: How often the use of a login is written down.
TOUCH_MS: Final = 5 * MINUTE_MS
REVOKED: Final = "account.revoked/"
#: Browsers by a word of their own, the more particular first: each also names those it descends from.
_BROWSERS: Final = (
    ("EdgA?", "Edge"),
    ("SamsungBrowser", "Samsung Internet"),
    ("OPR", "Opera"),
    ("UCBrowser", "UC Browser"),
    ("MiuiBrowser", "Mi Browser"),
    ("(?:Firefox|FxiOS)", "Firefox"),
    ("(?:Chrome|CriOS)", "Chrome"),
    ("Version/[0-9.]+.* Safari", "Safari"),
)
_SYSTEMS: Final = (
    ("Android", "Android"),
    ("iPhone|iPad", "iPhone"),
    ("Windows", "Windows"),
    ("Mac OS X", "Mac"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)

T = TypeVar("T")


class SignedIn(NamedTuple):
    """A fresh login: the cookie to set, and how long it lasts at most, in seconds."""

    account: Account
    cookie: str
    lasts_s: int


class Found(NamedTuple):
    """Whose login a cookie is; `login` is the hash under which it stands in the database."""

    account: Account
    login: bytes


class Visit(NamedTuple):
    """Where somebody signs in from.

    Arguments:
        address: of the client.
        device: the browser's id.
        browser: what the list of one's own logins calls it.
        previous: the login cookie that the browser sent; that login ends, so that no cookie outlives a sign-in.
    """

    address: str
    device: str | None = None
    browser: str = ""
    previous: str | None = None


class Logins:
    """The logins of one installation, as one process sees them.

    Arguments:
        bus: tells the other processes that somebody's logins ended.
    """

    def __init__(self, store: Store, masters: Sequence[bytes], bus: Bus) -> None:
        self._store = store
        self._bus = bus
        self._signer = signer(masters, "login cookie")

    def open(self, conn: Connection, account: Account, visit: Visit, *, until: int | None = None) -> SignedIn:
        """Write a login, in the transaction of whatever it rests on.

        Arguments:
            until: when the login of a guest ends, in milliseconds since the epoch; others end when they are idle.
        """
        now = self._store.now(conn)
        token = secrets.token_urlsafe(32)
        if (old := unsign(self._signer, visit.previous)) is not None:
            accounts.revoke(conn, hash_of(old), now)
        row = Login(
            token_hash=hash_of(token),
            account_id=account.id,
            device_id=visit.device,
            address=visit.address,
            created_at=now,
            seen_at=now,
            expires_at=now + IDLE_MS if until is None else until,
            browser=visit.browser,
        )
        accounts.add_login(conn, row)
        lasts_ms = LONGEST_MS if until is None else until - now
        return SignedIn(account, self._signer.sign(token).decode(), max(1, lasts_ms // 1000))

    async def find(self, cookie: str | None) -> Found | None:
        """Who is signed in with this cookie; None when nobody is any more."""
        token = unsign(self._signer, cookie)
        if token is None:
            return None
        hashed = hash_of(token)

        def look(conn: Connection) -> tuple[tuple[Account, int] | None, int]:
            now = self._store.now(conn)
            return accounts.signed_in(conn, hashed, now), now

        found, now = await self._read(look)
        if found is None:
            return None
        account, seen_at = found
        if now - seen_at >= TOUCH_MS:
            await self._write(lambda conn: self._touch(conn, account, hashed, now))
        return Found(account, hashed)

    def _touch(self, conn: Connection, account: Account, hashed: bytes, now: int) -> None:
        if account.guest:
            # A hearing may have been put off since: whoever was invited to it stays for as long as it lasts.
            ends_at = appointments.last_end(conn, account.id)
            accounts.touch(conn, hashed, now, (ends_at or now) + AFTER_MS)
        else:
            accounts.touch(conn, hashed, now, now + IDLE_MS, LONGEST_MS)

    async def listing(self, account_id: str) -> list[Login]:
        """The browsers that are signed in as an account, the one used last first."""
        return await self._read(lambda conn: accounts.logins(conn, account_id, self._store.now(conn)))

    async def end(self, cookie: str | None) -> None:
        """End the login of this cookie."""
        token = unsign(self._signer, cookie)
        if token is None:
            return

        def end(conn: Connection) -> str | None:
            now = self._store.now(conn)
            found = accounts.signed_in(conn, hash_of(token), now)
            accounts.revoke(conn, hash_of(token), now)
            return found[0].id if found else None

        account_id = await self._write(end)
        if account_id is not None:
            self.tell(account_id)

    async def end_one(self, account_id: str, name: str) -> bool:
        """End the login with this name (`name_of`), if it is one of this account's."""

        def end(conn: Connection) -> bool:
            now = self._store.now(conn)
            named = [each for each in accounts.logins(conn, account_id, now) if name_of(each) == name]
            return any(accounts.revoke(conn, each.token_hash, now) for each in named)

        ended = await self._write(end)
        if ended:
            self.tell(account_id)
        return ended

    async def end_all(self, account_id: str, keep: str | None = None) -> int:
        """End every login of an account, but the one of the cookie to keep; how many ended."""
        token = unsign(self._signer, keep)
        kept = hash_of(token) if token else None
        ended = await self._write(lambda conn: accounts.revoke_all(conn, account_id, self._store.now(conn), kept))
        self.tell(account_id)
        return ended

    def tell(self, account_id: str) -> None:
        """Say in every process, after the commit, that an account may be less than it was."""
        self._bus.publish(REVOKED + account_id, b"")

    def on_revoked(self, told: Callable[[str], None]) -> None:
        """Be told whose logins or roles ended: look again whether their open connections may stay."""
        self._bus.subscribe(REVOKED, lambda topic, _payload: told(topic.removeprefix(REVOKED)))

    async def _read(self, work: Callable[[Connection], T]) -> T:
        return await asyncio.to_thread(within, self._store.read, work)

    async def _write(self, work: Callable[[Connection], T]) -> T:
        return await asyncio.to_thread(within, self._store.write, work)


def name_of(login: Login) -> str:
    """What a form calls a login: enough of its hash to tell it from the account's others, of no use elsewhere."""
    return login.token_hash.hex()[:16]


def browser_name(user_agent: str) -> str:
    """A browser in two words that its owner knows it by, such as "Chrome, Android"; empty when it says nothing."""
    browser = next((name for word, name in _BROWSERS if re.search(rf"\b{word}\b", user_agent)), "")
    system = next((name for word, name in _SYSTEMS if re.search(word, user_agent)), "")
    return ", ".join(each for each in (browser, system) if each)


def within(transaction: Any, work: Callable[[Connection], T]) -> T:
    with transaction() as conn:
        return work(conn)


def signer(masters: Sequence[bytes], purpose: str) -> Signer:
    # itsdangerous signs with the last key and accepts all.
    keys = [derive(master, purpose) for master in reversed(masters)]
    return Signer(keys, salt=purpose, key_derivation="hmac", digest_method=hashlib.sha256)


def unsign(signer: Signer, cookie: str | None) -> str | None:
    if not cookie or len(cookie) > 200:
        return None
    try:
        return signer.unsign(cookie).decode()
    except (BadSignature, UnicodeError):
        return None


def hash_of(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
