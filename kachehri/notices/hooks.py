"""Programs of others that are told of steps of tickets: number and state, signed, and nothing of a person.

They hear of what everybody may read of (kachehri/store/public_tickets.py): of what was asked privately, and of a
protected matter, a program is told nothing at all, since already a number and a day say that there is one.

A message is repeated until the program takes it or the last of the agreed times has passed; its id stays the same, so
the program can tell. One that answers 410 (Gone) is not told any more until somebody starts it again.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping, Sequence

import msgspec

from kachehri.ids import new_id
from kachehri.store import Connection, Store
from kachehri.store import notices as rows
from kachehri.store.tables import Hook
from kachehri.vault import Vault

from .doubt import Said
from .gateway import Receipt, Refused, Sent, Uncertain
from .signing import Secret, headers, new_secret, rotated
from .wire import Wire
from .wording import Message


class Hooks:
    """Who they are; every method works within a transaction of the caller's."""

    def __init__(self, vault: Vault, wire: Wire) -> None:
        self._vault, self._wire = vault, wire

    def takes(self, url: str) -> bool:
        """Whether an address that somebody typed is one that we would go to."""
        return self._wire.takes(url)

    def add(self, conn: Connection, url: str, account: str, now: int) -> str:
        """Tell a program from now on; returns its secret, which is shown once."""
        fresh = new_secret()
        row = Hook(id=new_id(now), url=url, sealed=b"", created_by=account, created_at=now, changed_at=now)
        self._keep(conn, row, [Secret(fresh)])
        return fresh

    def rotate(self, conn: Connection, id: str, now: int) -> str | None:
        """A new secret; None for a program that is not known."""
        row = rows.hook(conn, id)
        if row is None:
            return None
        fresh = new_secret()
        row.changed_at = now
        self._keep(conn, row, rotated(self.secrets(row), fresh, now))
        return fresh

    def switch(self, conn: Connection, id: str, state: str, now: int, why: str | None = None) -> None:
        """Tell it no more ("disabled"), or again ("active")."""
        row = rows.hook(conn, id)
        if row is not None:
            row.state, row.why, row.changed_at = state, why, now
            rows.save_hook(conn, row)

    def secrets(self, row: Hook) -> list[Secret]:
        """Its secrets, the one in force first."""
        return msgspec.json.decode(self._vault.open(_place(row.id), row.sealed), type=list[Secret])

    def _keep(self, conn: Connection, row: Hook, secrets: Sequence[Secret]) -> None:
        row.sealed = self._vault.seal(_place(row.id), msgspec.json.encode(list(secrets)))
        rows.save_hook(conn, row)


class HookGateway:
    """Sends to them. A repetition is agreed upon here, so what is uncertain is tried again like what was refused."""

    honours_key = True
    price = 0

    def __init__(self, store: Store, hooks: Hooks, wire: Wire) -> None:
        self._store, self._hooks, self._wire = store, hooks, wire

    async def send(self, to: str, message: Message, key: str) -> Sent:
        """One message; `to` is the program's id."""
        row = await asyncio.to_thread(self._row, to)
        if row is None or row.state != "active":
            raise Refused("gone")
        body = message.text.encode()
        now = time.time_ns() // 1_000_000
        signed = headers(f"msg_{key}", now // 1000, body, self._hooks.secrets(row), now)
        try:
            answer = await self._wire.exchange("POST", row.url, {"Content-Type": "application/json", **signed}, body)
        except Uncertain as error:
            raise Refused("network" if error.code == "cut" else error.code, again=True) from None
        if answer.status == 410:
            await asyncio.to_thread(self._gone, to)
            raise Refused("gone")
        if not 200 <= answer.status < 300:
            raise Refused("refused", again=True)
        return Sent()

    async def status(self, key: str, provider_id: str) -> Said:
        """After a crash it is sent again under the same id."""
        return "silent"

    def parse_receipt(self, fields: Mapping[str, str]) -> Receipt | None:
        """There are none: the answer is the receipt."""
        return None

    def _row(self, id: str) -> Hook | None:
        with self._store.read() as conn:
            return rows.hook(conn, id)

    def _gone(self, id: str) -> None:
        with self._store.write() as conn:
            self._hooks.switch(conn, id, "disabled", self._store.now(conn), "gone")


def _place(id: str) -> str:
    return f"hook/sealed/{id}"
