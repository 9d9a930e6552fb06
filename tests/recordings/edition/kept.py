"""Runs of an edition's process in the test's own, and what rows and files say behind them."""

from __future__ import annotations

import hashlib
import sys

import pytest

from kachehri.settings import Settings
from kachehri.store import Store, recordings, redactions
from kachehri.store.tables import Redaction
from recordings.archive import Archive
from recordings.edition import making
from recordings.edition.keeping import Editions
from recordings.edition.making import run
from recordings.storage import LocalStorage
from tests.recordings.edition.filmed import SESSION, WALL_MS

DAYS = 90


class Here(Editions):
    """Each run is made in this process, and its report kept for a child that says it."""

    settings: Settings
    runs: int = 0

    def _begin(self, session: str, mark: str, now: float) -> None:
        said: list[str] = []
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(making, "print", lambda text, **_: said.append(text), raising=False)
            patch.setattr(making, "Store", lambda url: Store(url, clock=self._store._clock))
            status = run(self.settings, session, mark)
        self.runs += 1
        self.say("".join(said), status)
        super()._begin(session, mark, now)

    def say(self, text: str, status: int = 0) -> None:
        self.COMMAND = (sys.executable, "-c", f"print({text!r}); raise SystemExit({status})")


def here(house: Store, made: Archive, settings: Settings, storage: LocalStorage | None = None) -> Here:
    found = Here(house, made, storage, DAYS)
    found.settings = settings
    return found


def settled(found: Editions, now: float = 0.0) -> list[tuple[str, str, int]]:
    """One run from its beginning to its end, where there is any to be made."""
    found.round(now)
    if found._child is not None:
        found._child.process.wait()
    return found.round(now)


def taken(house: Store, id: str, since_ms: int = 2_500, until_ms: int = 3_000) -> None:
    row = Redaction(
        id=id, session_id=SESSION, starts_at=WALL_MS + since_ms, ends_at=WALL_MS + until_ms, made_by="a", made_at=1
    )
    with house.write() as conn:
        redactions.add(conn, row)


def state(house: Store, id: str) -> Redaction:
    with house.read() as conn:
        found = redactions.one(conn, id)
    assert found is not None
    return found


def entered(house: Store, made: Archive) -> None:
    """What the rows say is what the files are."""
    with house.read() as conn:
        rows = recordings.of_session(conn, SESSION)
    assert rows
    for row in rows:
        data = made.read(SESSION, row.rendition, row.number)
        assert (row.bytes, row.sha256) == (len(data), hashlib.sha256(data).hexdigest())
