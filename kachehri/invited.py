"""What somebody does with the link of an invitation: look at it, make an account, come in to a hearing, set a password.

To look at an invitation does not use it up: the programs in which people send links fetch them for a preview. It is
used once, and only while whoever made it could still make it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final, TypeVar

from . import staff
from .appointments import role_in
from .guesses import Rule, network
from .identity import Identity, SecondStep
from .invitations import InviteRefused, Opened, administers, expiry, guest, may_give, state, suggestion
from .logins import SignedIn, Visit, hash_of, within
from .store import Conflict, Connection, Store, accounts, appointments, invitations, sessions
from .store.tables import Account, Appointment, Invitation

#: Tokens that do not exist, from one network in an hour: hopeless to guess, but whoever tries need not go on for ever.
UNKNOWN: Final = Rule("invitation", 200, 200)

T = TypeVar("T")


class Invited:
    """Shows and uses invitations."""

    def __init__(self, store: Store, identity: Identity) -> None:
        self._store, self._identity = store, identity

    async def look(self, token: str, visit: Visit) -> Opened:
        """What a link is for. Nothing is used up.

        Errors: `InviteRefused("unknown")`, `TooMany` after very many of those.
        """

        def read(conn: Connection) -> Opened | None:
            row = invitations.by_hash(conn, hash_of(token))
            return self._opened(conn, row) if row is not None else None

        opened = await asyncio.to_thread(within, self._store.read, read)
        if opened is None:
            await self._write(lambda conn: self._unknown(conn, visit.address))
            raise InviteRefused("unknown")
        return opened

    async def suggest(self, row: Invitation) -> str:
        """A login for somebody who is invited for good."""

        def read(conn: Connection) -> str:
            return suggestion(row.name, row.role, lambda stem: invitations.logins_like(conn, stem))

        return await asyncio.to_thread(within, self._store.read, read)

    async def accept(self, token: str, login: str, password: str, visit: Visit) -> SignedIn:
        """Make the account for good that an invitation offers, and sign it in.

        Errors: `InviteRefused`, `StaffRefused` for the login and the password.
        """
        opened = await self.look(token, visit)
        if opened.state != "open":
            raise InviteRefused(opened.state)
        offered = opened.invitation
        account = await asyncio.to_thread(staff.draft, login, offered.name, offered.role, password)

        def write(conn: Connection) -> SignedIn:
            now = self._store.now(conn)
            row = self._take(conn, token).invitation
            if row.session_id is not None or row.account_id is not None:
                raise InviteRefused("unknown")
            account.created_at = account.password_set_at = now
            account.office_id, account.language = row.office_id, row.language
            accounts.add(conn, account)
            self._use(conn, row, account.id, now)
            return self._identity.logins.open(conn, account, visit)

        try:
            return await self._write(write)
        except Conflict:
            raise staff.StaffRefused("taken") from None

    async def come_in(self, token: str, visit: Visit, account: Account | None = None) -> SignedIn | None:
        """Take the role in one hearing: as a guest who is signed in here until a day after it, or with the account
        that is signed in already (then nothing is returned).

        Errors: `InviteRefused`.
        """

        def write(conn: Connection) -> SignedIn | None:
            now = self._store.now(conn)
            opened = self._take(conn, token)
            row, session = opened.invitation, opened.session
            if session is None:
                raise InviteRefused("unknown")
            who = account or guest(row, now)
            if account is None:
                accounts.add(conn, who)
            self._use(conn, row, who.id, now)
            appointment = Appointment(
                session_id=session.id, account_id=who.id, role=row.role, seat=row.seat, invitation_id=row.id, at=now
            )
            appointments.appoint(conn, appointment)
            return None if account else self._identity.logins.open(conn, who, visit, until=opened.expires_at)

        return await self._write(write)

    async def new_password(self, token: str, password: str, visit: Visit) -> SignedIn | SecondStep:
        """Set the password that a link is for; every other login of the account ends.

        Errors: `InviteRefused`, `StaffRefused` for the password.
        """
        opened = await self.look(token, visit)
        if opened.account is None:
            raise InviteRefused("unknown")
        staff.check_password(password, opened.account.login)
        hashed = await self._identity.passwords.hash(password)

        def write(conn: Connection) -> SignedIn | SecondStep:
            now = self._store.now(conn)
            row = self._take(conn, token).invitation
            account = accounts.by_id(conn, row.account_id or "")
            if account is None or account.disabled_at is not None:
                raise InviteRefused("revoked")
            self._use(conn, row, account.id, now)
            accounts.set_password(conn, account.id, hashed, at=now)
            accounts.revoke_all(conn, account.id, now)
            account.password_set_at = now
            return self._identity.admit(conn, account, visit)

        done = await self._write(write)
        self._identity.logins.tell(opened.account.id)
        return done

    def _opened(self, conn: Connection, row: Invitation) -> Opened:
        session = sessions.get(conn, row.session_id) if row.session_id else None
        ends_at = session.ends_at if session else None
        now = self._store.now(conn)
        inviter = accounts.by_id(conn, row.created_by) if row.created_by else None
        account = accounts.by_id(conn, row.account_id) if row.account_id else None
        became = state(row, now, ends_at)
        if became == "open" and inviter is not None and not self._vouched(conn, inviter, row, account):
            became = "revoked"
        return Opened(row, became, expiry(row, ends_at), session, inviter, account)

    def _take(self, conn: Connection, token: str) -> Opened:
        row = invitations.by_hash(conn, hash_of(token))
        if row is None:
            raise InviteRefused("unknown")
        opened = self._opened(conn, row)
        if opened.state != "open":
            raise InviteRefused(opened.state)
        return opened

    def _use(self, conn: Connection, row: Invitation, account_id: str, now: int) -> None:
        if not invitations.use(conn, row.id, account_id, now):
            raise InviteRefused("used")

    def _vouched(self, conn: Connection, inviter: Account, row: Invitation, account: Account | None) -> bool:
        """Whether who made an invitation could still make it: a link is worth no more than its maker."""
        if row.session_id is not None:
            return may_give(role_in(conn, inviter, row.session_id) or "", row.role, session=True)
        return administers(conn, inviter, row.office_id if account is None else account.office_id)

    def _unknown(self, conn: Connection, address: str) -> None:
        self._identity.guesses.count(conn, UNKNOWN, "", network(address), self._store.now(conn))

    async def _write(self, work: Callable[[Connection], T]) -> T:
        return await asyncio.to_thread(within, self._store.write, work)
