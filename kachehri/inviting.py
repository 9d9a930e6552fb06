"""Invitations: a link that makes one account for good, gives one role in one hearing, or sets a new password, once.

The token is in the link alone; the database has its hash. It follows from the form that made it, so that a form sent
twice on a slow line makes one invitation and shows the same link again. What the link is used for is in invited.py.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
from collections.abc import Callable, Sequence
from typing import Final, TypeVar

from . import audit
from .appointments import role_in
from .invitations import (
    NAME_MOST,
    RESET_MS,
    WEEK_MS,
    InviteRefused,
    Made,
    Wanted,
    administers,
    check_grant,
    managed,
    may_give,
)
from .keys import derive
from .logins import AFTER_MS, hash_of, within
from .store import Connection, Store, accounts, invitations, sessions
from .store.tables import Account, Invitation

TOKEN_BYTES: Final = 16

T = TypeVar("T")


class Invitations:
    """Makes invitations and takes them back.

    Arguments:
        master: the oldest key of the key file; tokens follow from it.
    """

    def __init__(self, store: Store, master: bytes) -> None:
        self._store = store
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

    async def _write(self, work: Callable[[Connection], T]) -> T:
        return await asyncio.to_thread(within, self._store.write, work)
