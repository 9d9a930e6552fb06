"""One account in a database, and the identity that knows it; hashes that cost little."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator

import pytest
from argon2 import PasswordHasher

from kachehri.bus.memory import MemoryBus
from kachehri.identity import Identity, SignInRefused
from kachehri.logins import Visit
from kachehri.passwords import Passwords
from kachehri.store import Store, accounts
from kachehri.store.tables import Account
from tests.conftest import ManualClock

CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
OLDER = PasswordHasher(time_cost=2, memory_cost=8, parallelism=1)
GOOD = "four quiet lamps"
HOME, AWAY = "203.0.113.7", "198.51.100.9"
MASTER = secrets.token_bytes(32)


class Counting(Passwords):
    """Counts how many passwords were really looked at."""

    looked = 0

    async def verify(self, stored: str | None, password: str) -> bool:
        self.looked += 1
        return await super().verify(stored, password)


@pytest.fixture
def store(migrated_url: str, clock: ManualClock) -> Store:
    store = Store(migrated_url, clock=clock)
    with store.write() as conn:
        row = Account(
            id="acc",
            login="asma",
            name="Asma",
            role="moderator",
            password_hash=OLDER.hash(GOOD),
            created_at=0,
            password_set_at=0,
        )
        accounts.add(conn, row)
    return store


@pytest.fixture
async def who(store: Store) -> AsyncIterator[Identity]:
    passwords = Counting(CHEAP)
    made = Identity(store, [MASTER], MemoryBus(), passwords=passwords)
    yield made
    made.close()
    store.close()


async def refused(who: Identity, login: str, password: str, address: str = HOME, device: str | None = None) -> str:
    with pytest.raises(SignInRefused) as caught:
        await who.sign_in(login, password, Visit(address, device=device))
    return caught.value.code
