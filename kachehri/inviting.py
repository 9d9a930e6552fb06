"""Invitations: a link that makes one account for good, gives one role in one hearing, or sets a new password, once.

The token is in the link alone; the database has its hash. To look at an invitation does not use it up: the programs in
which people send links fetch them for a preview. It follows from the form that made it, so that a form sent twice on a
slow line makes one invitation and shows the same link again.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
from collections.abc import Callable, Sequence
from typing import Final, TypeVar

from . import audit, staff
from .appointments import role_in
from .guesses import Rule, network
from .identity import Identity, SecondStep
from .invitations import (
    NAME_MOST,
    RESET_MS,
    WEEK_MS,
    InviteRefused,
    Made,
    Opened,
    Wanted,
    administers,
    check_grant,
    expiry,
    guest,
    managed,
    may_give,
    state,
    suggestion,
)
from .keys import derive
from .logins import AFTER_MS, SignedIn, Visit, hash_of, within
from .store import Conflict, Connection, Store, accounts, appointments, invitations, sessions
from .store.tables import Account, Appointment, Invitation

TOKEN_BYTES: Final = 16
#: Tokens that do not exist, from one network in an hour: hopeless to guess, but whoever tries need not go on for ever.
UNKNOWN: Final = Rule("invitation", 200, 200)

T = TypeVar("T")


class Invitations:
    """Makes, shows and uses invitations.

    Arguments:
        master: the oldest key of the key file; tokens follow from it.
    """

    def __init__(self, store: Store, identity: Identity, master: bytes) -> None:
        self._store = store
        self._identity = identity
        self._key = derive(master, "invitations")

    async def invite(self, by: Account, wanted: Sequence[Wanted], key: str) -> list[Made]:
        """Invite people, all or none.

        Arguments:
            by: who invites; what the account may do is looked up.
            key: of the form; the same form again is the same invitations.
        Errors: `InviteRefused`.
        """

        def write(conn: Connection) -> list[Made]:
            now, by_now = self._store.now(conn), self._standing(conn, by)
            made = [
                self._draft(conn, by_now, each, row, f"{by.id}/{key}/{row}", now) for row, each in enumerate(wanted)
            ]
            for each in made:
                self._keep(conn, by, each.invitation, now)
            return made

        return await self._write(write)

    def _draft(self, conn: Connection, by: Account, wanted: Wanted, row: int, source: str, now: int) -> Made:
        name = " ".join(wanted.name.split())
        if not name or len(name) > NAME_MOST or not name.isprintable():
            raise InviteRefused("name", row)
        ends_at = 0
        if wanted.session_id is not None:
            session = sessions.get(conn, wanted.session_id)
            if session is None:
                raise InviteRefused("session", row)
            if not may_give(role_in(conn, by, session.id) or "", wanted.role, session=True):
                raise InviteRefused("role", row)
            ends_at = session.ends_at
        else:
            check_grant(conn, by, wanted.role, wanted.office_id, row)
        invitation = Invitation(
            id="",
            token_hash=b"",
            name=name,
            role=wanted.role,
            office_id=wanted.office_id,
            session_id=wanted.session_id,
            seat=wanted.seat,
            language=wanted.language,
            created_by=by.id,
            created_at=now,
            expires_at=now + WEEK_MS if wanted.session_id is None else ends_at + AFTER_MS,
        )
        return self._sealed(invitation, f"{source}/{tuple(wanted)!r}")

    def _keep(self, conn: Connection, by: Account, row: Invitation, now: int) -> None:
        """Write an invitation, and once who made it; a form that is sent again changes nothing."""
        if invitations.by_id(conn, row.id) is None:
            invitations.add(conn, [row])
            facts = {"role": row.role, "office": row.office_id or "", "for": row.account_id or ""}
            audit.record(
                conn,
                now,
                action="invitation.create",
                subject=row.id,
                account=by.id,
                session=row.session_id,
                facts={name: value for name, value in facts.items() if value},
            )

    def _sealed(self, invitation: Invitation, source: str) -> Made:
        """The id and the token that follow from where an invitation comes from."""
        raw = hmac.digest(self._key, source.encode(), "sha256")
        token = base64.urlsafe_b64encode(raw[:TOKEN_BYTES]).rstrip(b"=").decode()
        invitation.id = hashlib.sha256(raw[TOKEN_BYTES:]).hexdigest()[:16]
        invitation.token_hash = hash_of(token)
        return Made(invitation, token)

    async def reset(self, by: Account, account_id: str, key: str) -> Made:
        """A link with which somebody sets a new password. The old one stays until it is used.

        Errors: `InviteRefused("not_allowed")`.
        """

        def write(conn: Connection) -> Made:
            now = self._store.now(conn)
            account = managed(conn, self._standing(conn, by), account_id)
            invitation = Invitation(
                id="",
                token_hash=b"",
                name=account.name,
                role=account.role,
                office_id=account.office_id,
                language=account.language,
                created_by=by.id,
                created_at=now,
                expires_at=now + RESET_MS,
                account_id=account.id,
            )
            made = self._sealed(invitation, f"{by.id}/{key}/reset/{account.id}")
            self._keep(conn, by, made.invitation, now)
            return made

        return await self._write(write)

    async def anew(self, by: Account, invitation_id: str) -> Made:
        """Take an invitation back and make the same one with another link.

        Errors: `InviteRefused`.
        """

        def write(conn: Connection) -> Made:
            now, by_now = self._store.now(conn), self._standing(conn, by)
            old = self._own(conn, by_now, invitation_id)
            if old.account_id is not None:
                raise InviteRefused("used" if old.used_at is not None else "not_allowed")
            self._take_back(conn, by, old, now)
            wanted = Wanted(old.name, old.role, old.office_id, old.session_id, old.seat, old.language)
            made = self._draft(conn, by_now, wanted, 0, f"anew/{old.id}", now)
            self._keep(conn, by, made.invitation, now)
            return made

        return await self._write(write)

    async def revoke(self, by: Account, invitation_id: str) -> bool:
        """Take an invitation back. Whether it was still open.

        Errors: `InviteRefused("not_allowed")`.
        """

        def write(conn: Connection) -> bool:
            row = self._own(conn, self._standing(conn, by), invitation_id)
            return self._take_back(conn, by, row, self._store.now(conn))

        return await self._write(write)

    def _take_back(self, conn: Connection, by: Account, row: Invitation, now: int) -> bool:
        revoked = invitations.revoke(conn, row.id, now)
        if revoked:
            audit.record(conn, now, action="invitation.revoke", subject=row.id, account=by.id, session=row.session_id)
        return revoked

    def _standing(self, conn: Connection, by: Account) -> Account:
        """Who acts, as the account stands now: pages know it by its role in one hearing, which reaches no other."""
        found = accounts.by_id(conn, by.id)
        if found is None or found.disabled_at is not None:
            raise InviteRefused("not_allowed")
        return found

    def _vouched(self, conn: Connection, inviter: Account, row: Invitation, account: Account | None) -> bool:
        """Whether who made an invitation could still make it: a link is worth no more than its maker."""
        if row.session_id is not None:
            return may_give(role_in(conn, inviter, row.session_id) or "", row.role, session=True)
        return administers(conn, inviter, row.office_id if account is None else account.office_id)

    def _own(self, conn: Connection, by: Account, invitation_id: str) -> Invitation:
        """An invitation that somebody may deal with: to their hearing, or in their part of the house."""
        row = invitations.by_id(conn, invitation_id)
        if row is None:
            raise InviteRefused("not_allowed")
        if row.session_id is not None:
            allowed = may_give(role_in(conn, by, row.session_id) or "", row.role, session=True)
        else:
            allowed = administers(conn, by, row.office_id)
        if not allowed:
            raise InviteRefused("not_allowed")
        return row

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

    def _unknown(self, conn: Connection, address: str) -> None:
        self._identity.guesses.count(conn, UNKNOWN, "", network(address), self._store.now(conn))

    async def _write(self, work: Callable[[Connection], T]) -> T:
        return await asyncio.to_thread(within, self._store.write, work)
