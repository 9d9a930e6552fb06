"""The settings of a house, and the recording of one of its hearings."""

from __future__ import annotations

from pathlib import Path

import pytest

from kachehri import keys
from kachehri.settings import Settings, from_mapping
from kachehri.store import Store, sessions
from recordings.archive import Archive
from recordings.archive.manifest import Manifest
from tests.conftest import ManualClock
from tests.recordings.edition.filmed import SESSION, WALL_MS, archive, record


@pytest.fixture
def settings(house: Store, tmp_path: Path) -> Settings:
    keys.make(tmp_path / "secrets" / "key")
    (tmp_path / "r").mkdir()
    return from_mapping(
        {
            "database": {"url": f"sqlite:///{tmp_path / 'house.db'}"},
            "recordings": {"folder": str(tmp_path / "r")},
            "secrets": {"key_file": str(tmp_path / "secrets" / "key")},
        }
    )


@pytest.fixture
def made(house: Store, settings: Settings, clock: ManualClock) -> Archive:
    """The recording of a hearing that is closed, entered; nothing of it was released."""
    found = archive(settings.recordings.folder)
    record(found, 8)
    Manifest(house, found).round()
    clock.now = WALL_MS + 60_000
    with house.write() as conn:
        sessions.project(conn, SESSION, phase="closed", starts_at=1, ends_at=2, deadline=None)
    return found
