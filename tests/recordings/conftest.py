"""A database with a hearing in it, for what is recorded of it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from kachehri.store import Store, district, migrate, sessions
from kachehri.store.tables import Office, Room
from tests.conftest import ManualClock

SESSION = "aaaabbbb"


@pytest.fixture(scope="session")
def recorded_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("recordings-template") / "house.db"
    url = f"sqlite:///{path}"
    migrate(url)
    store = Store(url)
    with store.write() as conn:
        district.save_offices(conn, [Office(id="o-1", code="triage", name_ur="چ", name_en="Desk", triage=True)])
        district.save_rooms(conn, [Room(id="r-1", office_id="o-1", name_ur="ہال", name_en="Hall", created_at=1)])
        sessions.create(
            conn, id=SESSION, room_id="r-1", title_ur="س", title_en="S", starts_at=1, ends_at=2, created_at=1
        )
    store.close()
    return path


@pytest.fixture
def house(recorded_template: Path, tmp_path: Path, clock: ManualClock) -> Iterator[Store]:
    """The database of a house with one hearing, `SESSION`."""
    shutil.copy(recorded_template, tmp_path / "house.db")
    store = Store(f"sqlite:///{tmp_path / 'house.db'}", clock=clock)
    yield store
    store.close()
