"""How somebody wants to be told: sealed, a citizen's under her own key, so that it goes when she is erased.

A citizen's phone is the one that she gave when she asked; whether it gets short messages, she says. What is not said is
as in `Contact()`.
"""

from __future__ import annotations

import re
from typing import Final, Literal, Protocol

import msgspec

from kachehri.people import People
from kachehri.store import Connection
from kachehri.store import notices as rows
from kachehri.store.tables import Contact as Row
from kachehri.vault import Vault, VaultError
from kachehri.webpush import Target, pack

from .timing import Hours

#: What we take for an address: RFC 5321's own grammar allows far more than any mail server in use does.
_EMAIL: Final = re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63})+")
EMAIL_MOST: Final = 254


class Contact(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What somebody said.

    Arguments:
        sms: short messages to the phone that was given; False also where others hold that phone.
        plain: say only that there is news.
        opens, closes: hours of the day at which it is safe to reach her; equal ones mean that none were named.
        first: the way to try first.
        push: endpoint, public key and secret of a browser (RFC 8291).
    """

    sms: bool = True
    plain: bool = False
    email: str = ""
    push: tuple[str, str, str] | None = None
    language: Literal["", "ur", "en"] = ""
    first: Literal["", "sms", "push", "email"] = ""
    opens: int = 0
    closes: int = 0

    @property
    def hours(self) -> Hours | None:
        """Her own hours, where she named any."""
        return Hours(self.opens, self.closes) if self.opens != self.closes else None


def email(text: str) -> str | None:
    """An address as it is kept; None for what is none."""
    found = text.strip()
    return found if len(found) <= EMAIL_MOST and _EMAIL.fullmatch(found) else None


def with_push(contact: Contact, to: Target) -> Contact:
    """News goes to this browser first: it costs nobody anything, and whoever asks for it wants it there."""
    return msgspec.structs.replace(contact, push=(to.endpoint, pack(to.p256dh), pack(to.auth)), first="push")


def without_push(contact: Contact) -> Contact:
    """No browser is told any more."""
    first = "" if contact.first == "push" else contact.first
    return msgspec.structs.replace(contact, push=None, first=first)


def of_person(person_id: str) -> str:
    """Whose contact it is: a citizen's."""
    return f"person/{person_id}"


def of_account(account_id: str) -> str:
    """Whose contact it is: somebody of the staff's."""
    return f"account/{account_id}"


class Sealer(Protocol):
    """A vault, or the key of one person."""

    def seal(self, place: str, words: bytes) -> bytes: ...

    def open(self, place: str, sealed: bytes) -> bytes: ...


class Contacts:
    """Seals and opens them; every method works within a transaction of the caller's."""

    def __init__(self, vault: Vault, people: People) -> None:
        self._vault = vault
        self.people = people

    def read(self, conn: Connection, owner: str) -> Contact | None:
        """What somebody said, or what goes without saying; None for a person who was erased."""
        key = self._key(conn, owner)
        if key is None:
            return None
        row = rows.contact(conn, owner)
        if row is None:
            return Contact()
        try:
            return msgspec.json.decode(key.open(_place(owner), row.sealed), type=Contact)
        except (VaultError, msgspec.DecodeError):
            # Sealed under a key that she had before: it is not hers any more.
            return Contact()

    def write(self, conn: Connection, owner: str, contact: Contact, now: int) -> bool:
        """Keep what somebody says; False for a person who was erased."""
        key = self._key(conn, owner)
        if key is None:
            return False
        sealed = key.seal(_place(owner), msgspec.json.encode(contact))
        rows.save_contact(conn, Row(owner=owner, sealed=sealed, changed_at=now))
        return True

    def add_push(self, conn: Connection, owner: str, to: Target, now: int) -> bool:
        """A browser that wants to be told, in place of the one before; False for a person who was erased."""
        known = self.read(conn, owner)
        return known is not None and self.write(conn, owner, with_push(known, to), now)

    def forget_push(self, conn: Connection, owner: str, endpoint: str, now: int) -> None:
        """This browser is not to be told any more, or is gone, as its service says; another one stays."""
        known = self.read(conn, owner)
        if known is not None and known.push is not None and known.push[0] == endpoint:
            self.write(conn, owner, without_push(known), now)

    def _key(self, conn: Connection, owner: str) -> Sealer | None:
        kind, _, id = owner.partition("/")
        return self._vault if kind == "account" else self.people.opened(conn, id)


def _place(owner: str) -> str:
    return f"contact/sealed/{owner}"
