"""A district with two hearings, its staff, and everything that invites them and lets them in."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator

import pytest
from argon2 import PasswordHasher

from kachehri.bus.memory import MemoryBus
from kachehri.identity import Identity
from kachehri.invitations import InviteRefused, Wanted
from kachehri.invited import Invited
from kachehri.inviting import Invitations
from kachehri.logins import Visit
from kachehri.passwords import Passwords
from kachehri.store import Store, accounts, district, sessions
from kachehri.store.tables import Account, Office, Room
from tests.conftest import ManualClock

CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
MASTER = secrets.token_bytes(32)
HERE = Visit("203.0.113.7", device="d" * 32, browser="Chrome, Android")
GOOD = "four quiet lamps"
HOUR_MS = 3_600_000


class House:
    """A district with two hearings and a member of staff of every kind that invites."""

    def __init__(self, store: Store, clock: ManualClock) -> None:
        self.store, self.clock = store, clock
        self.identity = Identity(store, [MASTER], MemoryBus(), passwords=Passwords(CHEAP))
        self.invitations = Invitations(store, MASTER)
        self.invited = Invited(store, self.identity)
        with store.write() as conn:
            for id, up in (("district", None), ("water", "district"), ("roads", "district")):
                district.save_offices(conn, [Office(id=id, parent_id=up, code=id, name_ur=id, name_en=id)])
                district.save_rooms(conn, [Room(id=id, office_id=id, name_ur="", name_en="", created_at=0)])
            for office in ("water", "roads"):
                sessions.create(
                    conn,
                    id=f"s-{office}",
                    room_id=office,
                    title_ur="",
                    title_en="",
                    starts_at=clock.now + HOUR_MS,
                    ends_at=clock.now + 3 * HOUR_MS,
                    created_at=0,
                )
        self.admin = self.account("admin", "administrator")
        self.water_admin = self.account("water-admin", "administrator", "water")
        self.moderator = self.account("moderator", "moderator", "water")

    def account(self, login: str, role: str, office: str | None = None) -> Account:
        row = Account(id=login, login=login, name=login, role=role, password_hash="!", created_at=0, password_set_at=0)
        row.office_id = office
        with self.store.write() as conn:
            accounts.add(conn, row)
        return row

    async def token(self, wanted: Wanted, by: Account | None = None) -> str:
        made = await self.invitations.invite(by or self.admin, [wanted], secrets.token_hex(8))
        return made[0].token

    async def refused(self, by: Account, *wanted: Wanted) -> tuple[str, int]:
        with pytest.raises(InviteRefused) as caught:
            await self.invitations.invite(by, wanted, "key")
        return caught.value.code, caught.value.row


@pytest.fixture
async def house(migrated_url: str, clock: ManualClock) -> AsyncIterator[House]:
    store = Store(migrated_url, clock=clock)
    made = House(store, clock)
    yield made
    made.identity.close()
    store.close()


FOR_GOOD = Wanted("Nadia Aslam", "moderator", "water")
FOR_A_HEARING = Wanted("راشد محمود", "official", session_id="s-water", seat="chair", language="ur")
