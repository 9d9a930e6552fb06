"""A hearing with its service, on each database in turn."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from kachehri.service import Service
from tests.bench.house import found, schedule, service_on
from tests.conftest import MONDAY_MS, ManualClock
from tests.databases import Lent
from tests.servers import Postgres


@pytest.fixture(scope="session")
def sqlite_house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Migrating takes half a second, copying nothing."""
    path = tmp_path_factory.mktemp("service") / "house.db"
    found(f"sqlite:///{path}", now=MONDAY_MS)
    return path


@pytest.fixture(scope="session")
def postgres_house(postgres_server: Postgres) -> Lent:
    url = postgres_server.create()
    found(url, now=MONDAY_MS)
    return Lent(postgres_server, url)


@pytest.fixture
def postgres_address(postgres_house: Lent) -> Iterator[str]:
    yield postgres_house.take()
    postgres_house.give_back()


@pytest.fixture
def sqlite_address(tmp_path: Path, sqlite_house: Path) -> str:
    shutil.copy(sqlite_house, tmp_path / "house.db")
    return f"sqlite:///{tmp_path / 'house.db'}"


@pytest.fixture(params=["sqlite", "postgres"])
def address(request: pytest.FixtureRequest) -> str:
    found_at: str = request.getfixturevalue(f"{request.param}_address")
    return found_at


@pytest.fixture
async def service(address: str, clock: ManualClock) -> AsyncIterator[Service]:
    async with service_on(address, clock=clock) as opened:
        await schedule(opened)
        yield opened
