"""The databases of the storage tests, with people in them."""

from __future__ import annotations

import pytest

from kachehri.store import Store
from kachehri.store.tables import Session
from tests.kachehri.notices.town import NoticeTown
from tests.kachehri.store.conftest import session, store

__all__ = ["session", "store"]


@pytest.fixture
def town(store: Store, session: Session) -> NoticeTown:
    return NoticeTown(store, session)
