"""A database that cannot be written, is locked or is lost: it is said, and nothing is lost."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest

from kachehri.service import Service
from kachehri.store import StoreError, engine, event_log
from tests.bench.house import HOUR_MS, SESSION, citizen, schedule, service_on
from tests.conftest import ManualClock
from tests.kachehri.service.commands import ask, asked, key, log_of, refused
from tests.kachehri.service.test_closing import closed
from tests.servers import Postgres

pytestmark = pytest.mark.anyio


async def test_a_file_that_cannot_be_written_says_so_and_loses_nothing(sqlite_address: str, clock: ManualClock) -> None:
    async with service_on(sqlite_address, clock=clock) as service:
        await schedule(service)
        await asked(service, 1)

        def writable(switch: str) -> None:
            raw = service.store.writer.raw_connection()
            raw.cursor().execute(f"PRAGMA query_only={switch}")
            raw.close()

        writable("ON")
        assert await refused(service, citizen(5), ask(), key(5)) == "storage"
        writable("OFF")
        await service.submit(citizen(5), SESSION, ask(), key(5))
        assert [row.type for row in log_of(service)].count("question.asked") == 2


async def test_what_is_due_while_nothing_can_be_written_is_done_later(sqlite_address: str, clock: ManualClock) -> None:
    async with service_on(sqlite_address, clock=clock) as service:
        await schedule(service)
        session = (await service.live(SESSION)).session
        clock.now = session.lifecycle.ends_at + 2 * HOUR_MS
        with pytest.MonkeyPatch.context() as patched:

            def locked(*_: Any) -> Any:
                raise StoreError("locked")

            patched.setattr(event_log, "lock", locked)
            await service.tick(clock.now)
            assert session.phase == "scheduled"
        await service.tick(clock.now)
        assert (await closed(service)).lifecycle.closing_by == "deadline"


async def test_a_server_that_only_reads_or_drops_us_says_so_and_loses_nothing(
    postgres_address: str, postgres_server: Postgres, clock: ManualClock
) -> None:
    name = postgres_address.rsplit("/", 1)[1]

    def administer(setting: str) -> None:
        with psycopg.connect(postgres_server.dsn(), autocommit=True) as connection:
            connection.execute(f'ALTER DATABASE "{name}" SET default_transaction_read_only = {setting}')
            # As a restart does, this cuts every line, also those that the pool holds.
            connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (name,))

    async with service_on(postgres_address, clock=clock) as service:
        await schedule(service)
        await asked(service, 1)
        administer("on")
        assert await refused(service, citizen(5), ask(), key(5)) == "storage"
        administer("off")
        await service.submit(citizen(5), SESSION, ask(), key(5))
        assert [row.type for row in log_of(service)].count("question.asked") == 2


async def test_a_locked_database_says_so_and_loses_nothing(
    address: str, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "BUSY_MS", 100)
    async with service_on(address, clock=clock) as service:
        await schedule(service)
        if service.store.sqlite:
            other = sqlite3.connect(str(service.store.path), isolation_level=None)
            other.execute("BEGIN IMMEDIATE")
        else:
            other = psycopg.connect(address.replace("+psycopg", ""))  # type: ignore[assignment]
            other.execute("SELECT id FROM session FOR UPDATE")
        assert await refused(service, citizen(1), ask(), key(1)) == "storage"
        other.rollback()
        other.close()
        await service.submit(citizen(1), SESSION, ask(), key(1))
        assert [row.type for row in log_of(service)].count("question.asked") == 1


async def test_after_a_failed_sync_nothing_is_written(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any) -> Any:
        raise StoreError("io")

    with monkeypatch.context() as patched:
        patched.setattr(event_log, "lock", broken)
        assert await refused(service, citizen(1), ask(), key(1)) == "storage"
    assert await refused(service, citizen(1), ask(), key(1)) == "storage"
    assert service.broken


async def test_a_commit_that_stood_although_the_line_broke_is_found(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    live = await service.live(SESSION)
    write = service.store.write

    @contextmanager
    def breaking() -> Iterator[Any]:
        with write() as conn:
            yield conn
        raise StoreError("unreachable")

    with monkeypatch.context() as patched:
        patched.setattr(service.store, "write", breaking)
        assert await refused(service, citizen(1), ask(), key(1)) == "storage"
    async with asyncio.timeout(30):
        while not live.session.queue.questions:
            await asyncio.sleep(0.01)
    assert (await service.submit(citizen(1), SESSION, ask(), key(1))).seq == live.seq
