"""Who is it: a browser by its cookie, a member of staff by a login, and what either is in a session.

Signing in takes a name and a password, and where the account has one a second factor. What lies between the two steps
is a signed note in a cookie that opens nothing; the login (kachehri/logins.py) is made when both are right.
"""

import asyncio
import secrets
from collections.abc import Callable, Collection, Iterable, Sequence
from typing import NamedTuple, TypeVar

from rooms.base import Actor, Role

from . import appointments
from .bus import Bus
from .guesses import Guesses, Rule, TooMany, network
from .keys import derive
from .logins import Found, Logins, SignedIn, Visit, signer, unsign, within
from .passwords import Busy, Passwords
from .people import participant_id
from .second_factor import SecondFactor, is_paper
from .staff import fold
from .store import Connection, Store, accounts, people
from .store.tables import Account, Participant

#: Free tries before waiting begins, and the first wait; it doubles with every further try.
FREE_TRIES = 3
FIRST_WAIT_MS = 1_000
#: How long the second step may take after the first.
SECOND_STEP_MS = 10 * 60_000
#: Wrong codes in an hour for one account from anywhere. Only who knows the password can use them up; a million codes
#: cannot be tried at this pace (NIST SP 800-63B-4 §3.2.2).
CODES_PER_HOUR = 50

T = TypeVar("T")


class SignInRefused(Exception):
    """`code` is wrong (name or password, not said which), code (the second factor), late (start again), wait (`wait_ms`
    says how long) or busy.
    """

    def __init__(self, code: str, wait_ms: int = 0) -> None:
        super().__init__(code)
        self.code = code
        self.wait_ms = wait_ms


class SecondStep(NamedTuple):
    """The password was right, and a code is asked for: the cookie that remembers it, and for how many seconds."""

    account: Account
    cookie: str
    lasts_s: int


class Identity:
    """Cookies, sign-ins and actors. Lives in one event loop; the database is asked in threads.

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
        self.passwords = passwords or Passwords()
        self.logins = Logins(store, masters, bus)
        self.factor = SecondFactor(masters)
        self.guesses = Guesses(derive(masters[0], "guesses"))
        self._rule = Rule("sign_in", FREE_TRIES, tries_per_hour, FIRST_WAIT_MS)
        # A whole office may stand behind one address, and some of it mistypes.
        self._network_rule = Rule("sign_in_network", 10 * tries_per_hour, 10 * tries_per_hour)
        self._code_rule = Rule("second_factor", FREE_TRIES, tries_per_hour, FIRST_WAIT_MS)
        self._codes_rule = Rule("second_factor_all", CODES_PER_HOUR, CODES_PER_HOUR)
        self._devices = signer(masters, "device cookie")
        self._steps = signer(masters, "second step cookie")

    def close(self) -> None:
        self.passwords.close()

    # Browsers

    def new_device(self) -> tuple[str, str]:
        """An id for a browser that came without one, and its cookie. Nothing is written until it does something."""
        device = secrets.token_hex(16)
        return device, self._devices.sign(device).decode()

    def device(self, cookie: str | None) -> str | None:
        """The browser behind a cookie; None when there is none or it was not made here."""
        return unsign(self._devices, cookie)

    # Staff

    async def sign_in(self, login: str, password: str, visit: Visit) -> SignedIn | SecondStep:
        """Check a password, and open a login unless the account has a second factor.

        Arguments:
            visit: wrong tries are counted for login and network together; a browser that this account signed in from
                before is counted by itself, so that a flood of guesses from the same network does not keep the right
                person out.
        Errors: `SignInRefused`.
        """
        name = fold(login)[:64]

        def prepare(conn: Connection) -> tuple[Account | None, str]:
            now = self._store.now(conn)
            account = accounts.by_login(conn, name)
            place, known = self._place(conn, account, visit)
            if not known:
                self.guesses.count(conn, self._network_rule, "", place, now)
            self.guesses.count(conn, self._rule, name, place, now)
            return account, place

        try:
            account, place = await self._write(prepare)
            right = await self.passwords.verify(account.password_hash if account else None, password)
            if not right or account is None or account.disabled_at is not None or account.guest:
                raise SignInRefused("wrong")
            renewed = await self.passwords.renew(account.password_hash, password)
        except TooMany as too_many:
            raise SignInRefused("wait", too_many.wait_ms) from None
        except Busy:
            raise SignInRefused("busy") from None
        known = account

        def admit(conn: Connection) -> SignedIn | SecondStep:
            self.guesses.forget(conn, self._rule, name, place)
            if renewed is not None:
                accounts.set_password(conn, known.id, renewed)
            return self.admit(conn, known, visit)

        return await self._write(admit)

    def admit(self, conn: Connection, account: Account, visit: Visit) -> SignedIn | SecondStep:
        """Whose password is right is signed in, or asked for the second factor."""
        if account.totp is None:
            return self.logins.open(conn, account, visit)
        now = self._store.now(conn)
        note = "/".join((account.id, str(account.password_set_at), str(now + SECOND_STEP_MS), visit.device or ""))
        return SecondStep(account, self._steps.sign(note).decode(), SECOND_STEP_MS // 1000)

    async def confirm(self, account: Account, password: str, visit: Visit) -> None:
        """Somebody who is signed in says the password once more, before what it guards is changed.

        Errors: `SignInRefused`.
        """

        def count(conn: Connection) -> str:
            place, _known = self._place(conn, account, visit)
            self.guesses.count(conn, self._rule, account.login, place, self._store.now(conn))
            return place

        try:
            place = await self._write(count)
            if not await self.passwords.verify(account.password_hash, password):
                raise SignInRefused("wrong")
        except TooMany as too_many:
            raise SignInRefused("wait", too_many.wait_ms) from None
        except Busy:
            raise SignInRefused("busy") from None
        await self._write(lambda conn: self.guesses.forget(conn, self._rule, account.login, place))

    async def change_password(self, account: Account, password: str, keep: str | None) -> None:
        """Set a new password; every login ends but the one of the cookie to keep."""
        hashed = await self.passwords.hash(password)
        await self._write(lambda conn: accounts.set_password(conn, account.id, hashed, at=self._store.now(conn)))
        await self.sign_out_everywhere(account.id, keep)

    async def second_step(self, cookie: str | None, code: str, visit: Visit) -> SignedIn:
        """Check the code of the second factor, or one from the paper, and open the login.

        Arguments:
            cookie: what the first step gave.
        Errors: `SignInRefused`; "late" when the first step was too long ago, or in another browser.
        """
        note = (unsign(self._steps, cookie) or "").split("/")

        def check(conn: Connection) -> SignedIn | None:
            now = self._store.now(conn)
            account = self._waiting(conn, note, visit, now)
            if account is None or account.totp is None:
                raise SignInRefused("late")
            place, _known = self._place(conn, account, visit)
            self.guesses.count(conn, self._codes_rule, account.id, "", now)
            self.guesses.count(conn, self._code_rule, account.id, place, now)
            if not self._uses_up(conn, account, account.totp, code, now):
                return None
            self.guesses.forget(conn, self._code_rule, account.id, place)
            self.guesses.forget(conn, self._codes_rule, account.id, "")
            return self.logins.open(conn, account, visit)

        try:
            signed_in = await self._write(check)
        except TooMany as too_many:
            raise SignInRefused("wait", too_many.wait_ms) from None
        if signed_in is None:
            # Not raised within the transaction: that would take the count of this try back.
            raise SignInRefused("code")
        return signed_in

    def _waiting(self, conn: Connection, note: list[str], visit: Visit, now: int) -> Account | None:
        if len(note) != 4 or int(note[2]) <= now or note[3] != (visit.device or ""):
            return None
        account = accounts.by_id(conn, note[0])
        if account is None or account.disabled_at is not None or str(account.password_set_at) != note[1]:
            return None
        return account

    def _uses_up(self, conn: Connection, account: Account, sealed: bytes, code: str, now: int) -> bool:
        if is_paper(code):
            left = self.factor.without(accounts.recovery(conn, account.id), code)
            if left is not None:
                accounts.set_recovery(conn, account.id, left)
            return left is not None
        step = self.factor.accepts(account.id, sealed, code, account.totp_step, now)
        return step is not None and accounts.take_step(conn, account.id, step)

    def _place(self, conn: Connection, account: Account | None, visit: Visit) -> tuple[str, bool]:
        """Where tries are counted, and whether that is a browser which the account knows."""
        if account is not None and visit.device and accounts.signed_in_before(conn, account.id, visit.device):
            return f"device/{visit.device}", True
        return network(visit.address), False

    async def account(self, cookie: str | None) -> Account | None:
        """Who is signed in with this cookie; None when nobody is any more."""
        found = await self.logins.find(cookie)
        return found.account if found else None

    async def found(self, cookie: str | None) -> Found | None:
        """The same, with the login."""
        return await self.logins.find(cookie)

    async def sign_out(self, cookie: str | None) -> None:
        """End this login."""
        await self.logins.end(cookie)

    async def sign_out_everywhere(self, account_id: str, keep: str | None = None) -> int:
        """End every login of an account, but the one of the cookie to keep; how many ended."""
        return await self.logins.end_all(account_id, keep)

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
        self.logins.on_revoked(told)

    # In a session

    async def role_in(self, account: Account, session_id: str) -> Role | None:
        """The role of an account in a session (kachehri/appointments.py); None when it has none there."""
        return await self._read(lambda conn: appointments.role_in(conn, account, session_id))

    async def roles_in(self, account: Account, session_ids: Iterable[str]) -> dict[str, Role]:
        """The same for several sessions; those in which the account has no role are left out."""
        wanted = list(session_ids)
        return await self._read(lambda conn: appointments.roles_in(conn, account, wanted))

    async def roles_of_logins(self, held: Collection[appointments.Held]) -> dict[appointments.Held, Role]:
        """The role that each login has now in its session; those that have none are left out."""
        return await self._read(lambda conn: appointments.roles_of_logins(conn, held, self._store.now(conn)))

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
        return await asyncio.to_thread(within, self._store.read, work)

    async def _write(self, work: Callable[[Connection], T]) -> T:
        return await asyncio.to_thread(within, self._store.write, work)
