"""A migrated database of each kind, with a district small enough to read."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from kachehri.store import Store, district, sessions
from kachehri.store.tables import Category, Office, Room, Session
from tests.conftest import ManualClock

HOUR_MS = 3_600_000


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
