"""The databases of the storage tests, with people in them."""

from __future__ import annotations

import pytest

from kachehri.store import Store
from kachehri.store.tables import Session
from tests.kachehri.notices.town import NoticeTown
from tests.kachehri.store.conftest import migrated_url, postgres_template, session, sqlite_template, store

__all__ = ["migrated_url", "postgres_template", "session", "sqlite_template", "store"]


@pytest.fixture
def town(store: Store, session: Session) -> NoticeTown:
    return NoticeTown(store, session)
