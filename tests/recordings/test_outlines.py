"""An outline is read from the log once, and anew as soon as the log says more."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from kachehri.live import Live
from kachehri.store import Store
from recordings import outlines
from recordings.captions import Cue
from recordings.outlines import Outline, Outlines
from rooms.session import Session
from tests.recordings.conftest import SESSION


@dataclass
class Log:
    """Counts how often it was read."""

    reads: int = 0
    size: int = 3

    def read(self, _conn: object, _live: object) -> Outline:
        self.reads += 1
        line = Cue("c", "ur", "w", 0, 1)
        return Outline((), (line,) * self.size, {}, self.reads)


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch) -> Log:
    found = Log()
    monkeypatch.setattr(outlines, "read", found.read)
    return found


def live(session: str = SESSION, seq: int = 0) -> Live:
    state = Session(id=session)
    state.seq = seq
    return Live(state, "epoch", {})


def test_is_read_once_and_again_when_either_copy_has_gone_on(house: Store, log: Log) -> None:
    kept = Outlines()
    with house.read() as conn:
        first = kept.of(conn, live())
        assert kept.of(conn, live()) is first and log.reads == 1
        assert kept.of(conn, live(seq=1)) is not first and log.reads == 2, "this process knows more"
    with house.write() as conn:
        conn.exec_driver_sql("UPDATE session SET head_seq = head_seq + 1").close()
    with house.read() as conn:
        kept.of(conn, live(seq=1))
        assert log.reads == 3, "another process wrote"
    with house.write() as conn:
        conn.exec_driver_sql("UPDATE session SET epoch = 'restored'").close()
    with house.read() as conn:
        kept.of(conn, live(seq=1))
    assert log.reads == 4, "the database came back from a backup"


def test_no_more_is_kept_than_there_is_room_for_and_what_nobody_asks_for_goes_first(house: Store, log: Log) -> None:
    kept = Outlines(most=7)
    with house.read() as conn:
        for name in ("one", "two", "one", "three"):
            kept.of(conn, live(name))
        assert log.reads == 3
        kept.of(conn, live("one"))
        assert log.reads == 3, "it was asked for after the other"
        kept.of(conn, live("two"))
        assert log.reads == 4
        log.size = 8
        assert kept.of(conn, live("large")).ended_at == 5, "what is too large is told and not kept"
        kept.of(conn, live("large"))
        assert log.reads == 6
