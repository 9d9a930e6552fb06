"""A migrated database of each kind, with a district small enough to read."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest

from kachehri.store import Store, district, migrate, sessions
from kachehri.store.tables import Category, Office, Room, Session
from tests.conftest import ManualClock
from tests.servers import Postgres

HOUR_MS = 3_600_000


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Migrating takes 0.4 s, copying nothing."""
    path = tmp_path_factory.mktemp("template") / "kachehri.db"
    migrate(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def postgres_template(postgres_server: Postgres) -> str:
    url = postgres_server.create()
    migrate(url)
    return url.rsplit("/", 1)[1]


@pytest.fixture(params=["sqlite", "postgres"])
def migrated_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A migrated database of each kind, for this test alone."""
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("sqlite_template"), tmp_path / "store.db")
        yield f"sqlite:///{tmp_path / 'store.db'}"
        return
    template, server = request.getfixturevalue("postgres_template"), request.getfixturevalue("postgres_server")
    name = f"t{uuid4().hex[:16]}"
    with psycopg.connect(server.dsn(), autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    yield server.url(name)
    server.drop(server.url(name))


@pytest.fixture
def store(migrated_url: str, clock: ManualClock) -> Iterator[Store]:
    opened = Store(migrated_url, clock=clock)
    with opened.write() as conn:
        district.save_offices(
            conn,
            [
                Office(id="o-triage", code="triage", name_ur="چھانٹی", name_en="Triage desk", triage=True),
                Office(id="o-water", code="water", name_ur="پانی", name_en="Water supply"),
            ],
        )
        district.save_categories(
            conn, [Category(id="c-water", code="water", name_ur="پانی", name_en="Water", office_id="o-water")]
        )
        district.save_rooms(
            conn, [Room(id="r-1", office_id="o-water", name_ur="ہال", name_en="Hall", created_at=clock())]
        )
    yield opened
    opened.close()


@pytest.fixture
def session(store: Store, clock: ManualClock) -> Session:
    with store.write() as conn:
        return sessions.create(
            conn,
            room_id="r-1",
            title_ur="کھلی کچہری",
            title_en="Open hearing",
            starts_at=clock() + HOUR_MS,
            ends_at=clock() + 2 * HOUR_MS,
            created_at=clock(),
        )
