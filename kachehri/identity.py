"""Who is it: a browser by its cookie, a member of staff by a login, and what either is in a session.

Cookies are signed, so that an invented one costs no look into the database. A login is a random token whose hash is in
the database, where it can be revoked: a token that is its own proof could not be (OWASP ASVS 5, 7.2).
"""

import asyncio
import hashlib
import secrets
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple, TypeVar

from itsdangerous import BadSignature, Signer

from rooms.base import Actor, Role

from . import appointments
from .bus import Bus
from .guesses import Guesses, Rule, TooMany, network
from .keys import derive
from .passwords import Busy, Passwords
from .people import participant_id
from .staff import fold
from .store import Connection, Store, accounts, people
from .store.tables import Account, Login, Participant

MINUTE_MS = 60_000
HOUR_MS = 60 * MINUTE_MS
#: A login that is not used for this long is over: longer than any hearing, shorter than a night.
IDLE_MS = 10 * HOUR_MS
#: A login is over after this long, however much it is used.
LONGEST_MS = 7 * 24 * HOUR_MS
#: How often the use of a login is written down.
TOUCH_MS = 5 * MINUTE_MS
#: Free tries before waiting begins, and the first wait; it doubles with every further try.
FREE_TRIES = 3
FIRST_WAIT_MS = 1_000
REVOKED = "account.revoked/"

T = TypeVar("T")


class SignInRefused(Exception):
    """`code` is wrong (name or password, not said which), wait (`wait_ms` says how long) or busy."""

    def __init__(self, code: str, wait_ms: int = 0) -> None:
        super().__init__(code)
        self.code = code
        self.wait_ms = wait_ms


class SignedIn(NamedTuple):
    """A fresh login: the cookie to set, and how long it lasts at most, in seconds."""

    account: Account
    cookie: str
    lasts_s: int


class Identity:
    """Cookies, logins and actors. Lives in one event loop; the database is asked in threads.

    Arguments:
        masters: the keys of the key file, the one in force first.
        tries_per_hour: wrong passwords for one login from one network.
        bus: tells the other processes that somebody's logins ended.
    """

    def __init__(
        self,
        store: Store,
        masters: Sequence[bytes],
        bus: Bus,
        *,
        tries_per_hour: int = 10,
        passwords: Passwords | None = None,
    ) -> None:
        self._store = store
        self._bus = bus
        self._passwords = passwords or Passwords()
        self.guesses = Guesses(derive(masters[0], "guesses"))
        self._rule = Rule("sign_in", FREE_TRIES, tries_per_hour, FIRST_WAIT_MS)
        # A whole office may stand behind one address, and some of it mistypes.
        self._network_rule = Rule("sign_in_network", 10 * tries_per_hour, 10 * tries_per_hour)
        self._devices = _signer(masters, "device cookie")
        self._logins = _signer(masters, "login cookie")

    def close(self) -> None:
        self._passwords.close()

    # Browsers

    def new_device(self) -> tuple[str, str]:
        """An id for a browser that came without one, and its cookie. Nothing is written until it does something."""
        device = secrets.token_hex(16)
        return device, self._devices.sign(device).decode()

    def device(self, cookie: str | None) -> str | None:
        """The browser behind a cookie; None when there is none or it was not made here."""
        return _unsign(self._devices, cookie)

    # Staff

    async def sign_in(
        self, login: str, password: str, *, address: str, device: str | None = None, previous: str | None = None
    ) -> SignedIn:
        """Check a password and open a login.

        Arguments:
            address: of the client; wrong tries are counted for login and network together.
            device: the browser's id. One that this account signed in from before is counted by itself, so that a
                flood of guesses from the same network does not keep the right person out.
            previous: the login cookie that the browser sent; that login ends, so that no cookie outlives a sign-in.
        Errors: `SignInRefused`.
        """
        name = fold(login)[:64]

        def prepare(conn: Connection) -> tuple[Account | None, str]:
            now = self._store.now(conn)
            account = accounts.by_login(conn, name)
            place = network(address)
            if account is not None and device is not None and accounts.signed_in_before(conn, account.id, device):
                place = f"device/{device}"
            else:
                self.guesses.count(conn, self._network_rule, "", place, now)
            self.guesses.count(conn, self._rule, name, place, now)
            return account, place

        try:
            account, place = await self._write(prepare)
            right = await self._passwords.verify(account.password_hash if account else None, password)
            if not right or account is None or account.disabled_at is not None:
                raise SignInRefused("wrong")
            renewed = await self._passwords.renew(account.password_hash, password)
        except TooMany as too_many:
            raise SignInRefused("wait", too_many.wait_ms) from None
        except Busy:
            raise SignInRefused("busy") from None
        token = secrets.token_urlsafe(32)
        known = account

        def open_login(conn: Connection) -> None:
            now = self._store.now(conn)
            self.guesses.forget(conn, self._rule, name, place)
            if renewed is not None:
                accounts.set_password(conn, known.id, renewed)
            if (old := _unsign(self._logins, previous)) is not None:
                accounts.revoke(conn, _hash(old), now)
            row = Login(
                token_hash=_hash(token),
                account_id=known.id,
                device_id=device,
                address=address,
                created_at=now,
                seen_at=now,
                expires_at=now + IDLE_MS,
            )
            accounts.add_login(conn, row)

        await self._write(open_login)
        return SignedIn(account, self._logins.sign(token).decode(), LONGEST_MS // 1000)

    async def account(self, cookie: str | None) -> Account | None:
        """Who is signed in with this cookie; None when nobody is any more."""
        token = _unsign(self._logins, cookie)
        if token is None:
            return None
        hashed = _hash(token)

        def look(conn: Connection) -> tuple[tuple[Account, int] | None, int]:
            now = self._store.now(conn)
            return accounts.signed_in(conn, hashed, now), now

        found, now = await self._read(look)
        if found is None:
            return None
        account, seen_at = found
        if now - seen_at >= TOUCH_MS:
            await self._write(lambda conn: accounts.touch(conn, hashed, now, now + IDLE_MS, LONGEST_MS))
        return account

    async def sign_out(self, cookie: str | None) -> None:
        """End this login."""
        token = _unsign(self._logins, cookie)
        if token is None:
            return

        def end(conn: Connection) -> str | None:
            now = self._store.now(conn)
            found = accounts.signed_in(conn, _hash(token), now)
            accounts.revoke(conn, _hash(token), now)
            return found[0].id if found else None

        account_id = await self._write(end)
        if account_id is not None:
            self._bus.publish(REVOKED + account_id, b"")

    async def sign_out_everywhere(self, account_id: str, keep: str | None = None) -> int:
        """End every login of an account, but the one of the cookie to keep; how many ended."""
        token = _unsign(self._logins, keep)
        ended = await self._write(
            lambda conn: accounts.revoke_all(conn, account_id, self._store.now(conn), _hash(token) if token else None)
        )
        self._bus.publish(REVOKED + account_id, b"")
        return ended

    async def change_role(self, account_id: str, role: Role) -> None:
        """Give an account another role; whoever is signed in signs in anew, with what the new role allows."""
        await self._write(lambda conn: accounts.set_role(conn, account_id, role))
        await self.sign_out_everywhere(account_id)

    async def disable(self, account_id: str) -> None:
        """Shut an account, at once and everywhere."""
        await self._write(lambda conn: accounts.disable(conn, account_id, self._store.now(conn)))
        await self.sign_out_everywhere(account_id)

    def on_revoked(self, told: Callable[[str], None]) -> None:
        """Be told, in every process, whose logins ended: look again whether their open connections may stay."""
        self._bus.subscribe(REVOKED, lambda topic, _payload: told(topic.removeprefix(REVOKED)))

    # In a session

    async def role_in(self, account: Account, session_id: str) -> Role | None:
        """The role of an account in a session (kachehri/appointments.py); None when it has none there."""
        return await self._read(lambda conn: appointments.role_in(conn, account, session_id))

    async def roles_in(self, account: Account, session_ids: Iterable[str]) -> dict[str, Role]:
        """The same for several sessions; those in which the account has no role are left out."""
        wanted = list(session_ids)
        return await self._read(lambda conn: appointments.roles_in(conn, account, wanted))

    async def actor(self, session_id: str, *, device: str, account: Account | None) -> Actor:
        """What somebody is in a session: staff by account on any browser, everybody else by browser. Whoever is signed
        in and has no role there takes part like anybody else.
        """
        role = await self.role_in(account, session_id) if account is not None else None
        if account is not None and role is not None:
            return Actor(participant_id(session_id, f"account/{account.id}"), role, account.id)
        return Actor(participant_id(session_id, f"device/{device}"), "citizen")

    async def person_at(self, session_id: str, device: str, participant: str) -> Actor | None:
        """One of several people on one browser (a family's phone, a kiosk), if it is really on this one."""

        def look(conn: Connection) -> Participant | None:
            found = people.participant(conn, participant)
            return found if found and (found.session_id, found.device_id) == (session_id, device) else None

        found = await self._read(look)
        if found is None or found.role != "citizen":
            return None
        return Actor(found.id, "citizen")

    async def _read(self, work: Callable[[Connection], T]) -> T:
        return await asyncio.to_thread(_within, self._store.read, work)

    async def _write(self, work: Callable[[Connection], T]) -> T:
        return await asyncio.to_thread(_within, self._store.write, work)


def _within(transaction: Any, work: Callable[[Connection], T]) -> T:
    with transaction() as conn:
        return work(conn)


def _signer(masters: Sequence[bytes], purpose: str) -> Signer:
    # itsdangerous signs with the last key and accepts all.
    keys = [derive(master, purpose) for master in reversed(masters)]
    return Signer(keys, salt=purpose, key_derivation="hmac", digest_method=hashlib.sha256)


def _unsign(signer: Signer, cookie: str | None) -> str | None:
    if not cookie or len(cookie) > 200:
        return None
    try:
        return signer.unsign(cookie).decode()
    except (BadSignature, UnicodeError):
        return None


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
