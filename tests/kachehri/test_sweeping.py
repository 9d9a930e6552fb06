"""Guesses and ended logins are thrown away after a day, and nothing before."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from kachehri.store import Store, accounts
from kachehri.sweeping import KEPT_MS, Sweeping
from tests.conftest import MONDAY_MS, ManualClock
from tests.databases import new_sqlite

pytestmark = pytest.mark.anyio


@pytest.fixture
def store(tmp_path: Path, clock: ManualClock) -> Iterator[Store]:
    opened = Store(new_sqlite(tmp_path / "sweep.db"), clock=clock)
    yield opened
    opened.close()


def guessed(store: Store, at: int) -> None:
    with store.write() as conn:
        accounts.count_attempt(conn, "track", b"s", "203.0.113.7", at, 3_600_000)


def known(store: Store) -> bool:
    with store.read() as conn:
        return accounts.attempt(conn, "track", b"s", "203.0.113.7") is not None


def test_an_address_is_kept_for_a_day_and_no_longer(store: Store, clock: ManualClock) -> None:
    guessed(store, MONDAY_MS)
    clock.advance(KEPT_MS)
    Sweeping(store).sweep()
    assert known(store)
    clock.advance(1)
    Sweeping(store).sweep()
    assert not known(store)


async def test_it_begins_by_itself_and_ends_when_told(store: Store, clock: ManualClock) -> None:
    guessed(store, MONDAY_MS)
    clock.advance(KEPT_MS + 1)
    sweeping = Sweeping(store)
    sweeping.rounds.start()
    async with asyncio.timeout(30):
        while known(store):
            await asyncio.sleep(0.01)
    await sweeping.rounds.close()
