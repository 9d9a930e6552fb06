"""The log grows without gaps under its lock, never changes, and proves itself."""

from __future__ import annotations

import hashlib
import threading

import pytest
from sqlalchemy import text

from kachehri.store import Conflict, Store, StoreError, event_log, sessions
from kachehri.store.event_log import GENESIS, Broken, Remembered
from kachehri.store.tables import Session
from tests.conftest import MONDAY_MS


def grow(store: Store, session_id: str, count: int, at: int = MONDAY_MS) -> None:
    with store.write() as conn:
        head = event_log.lock(conn, [session_id])[session_id]
        entries = [(at + each, "attendance.counted", b'{"n":%d}' % each) for each in range(count)]
        event_log.append(conn, event_log.chain(head, entries))


def test_the_hash_is_what_the_documentation_says() -> None:
    by_hand = hashlib.sha256(bytes(32) + b"abcdefgh\n7\n1767589200000\nquestion.asked\n" + b"{}").digest()
    assert event_log.link(GENESIS, "abcdefgh", 7, MONDAY_MS, "question.asked", b"{}") == by_hand


def test_events_are_numbered_and_chained_from_the_head(store: Store, session: Session) -> None:
    grow(store, session.id, 3)
    grow(store, session.id, 2, MONDAY_MS + 10)
    with store.read() as conn:
        rows = event_log.after(conn, session.id, 0)
        head = event_log.verify(conn, session.id)
    assert [row.seq for row in rows] == [1, 2, 3, 4, 5]
    assert rows[0].prev_hash == GENESIS
    assert all(later.prev_hash == earlier.hash for earlier, later in zip(rows, rows[1:], strict=False))
    assert (head.seq, head.hash, head.at) == (5, rows[-1].hash, MONDAY_MS + 11)


def test_reading_from_a_number_on(store: Store, session: Session) -> None:
    grow(store, session.id, 9)
    with store.read() as conn:
        assert [row.seq for row in event_log.after(conn, session.id, 6)] == [7, 8, 9]
        assert [row.seq for row in event_log.after(conn, session.id, 2, limit=2)] == [3, 4]
        assert event_log.after(conn, session.id, 9) == []
        assert event_log.after(conn, "nothere2", 0) == []


def test_several_sessions_in_one_transaction(store: Store, session: Session) -> None:
    with store.write() as conn:
        other = sessions.create(
            conn, room_id="r-1", title_ur="ب", title_en="B", starts_at=1, ends_at=2, created_at=0, id="bbbbbbbb"
        )
        heads = event_log.lock(conn, [session.id, other.id, "nothere2", other.id])
        assert list(heads) == sorted([session.id, other.id])
        rows = [row for head in heads.values() for row in event_log.chain(head, [(5, "session.started", b"{}")])]
        event_log.append(conn, rows)
    with store.read() as conn:
        assert event_log.verify(conn, session.id).seq == 1
        assert event_log.verify(conn, other.id).seq == 1


def test_a_number_is_used_once(store: Store, session: Session) -> None:
    grow(store, session.id, 1)
    with pytest.raises(Conflict), store.write() as conn:
        stale = event_log.Head(session.id, session.epoch, 0, GENESIS, 0, "new")
        event_log.append(conn, event_log.chain(stale, [(1, "session.started", b"{}")]))


def test_the_database_refuses_to_rewrite_the_log(store: Store, session: Session) -> None:
    replace = "INSERT OR REPLACE INTO event SELECT session_id, seq, at, type, 'x', prev_hash, hash FROM event"
    statements = ["UPDATE event SET body = body", "DELETE FROM event", "DELETE FROM event WHERE seq = 2"]
    grow(store, session.id, 3)
    for statement in (*statements, replace if store.sqlite else "TRUNCATE event"):
        with pytest.raises(StoreError) as caught, store.write() as conn:
            conn.execute(text(statement))
        assert caught.value.code == "append_only"
    with store.read() as conn:
        event_log.verify(conn, session.id)


FORGERIES = {
    "change": "UPDATE event SET body = '{}' WHERE seq = 3",
    "another time": "UPDATE event SET at = at + 1 WHERE seq = 3",
    "another type": "UPDATE event SET type = 'x' WHERE seq = 3",
    "delete": "DELETE FROM event WHERE seq = 3",
    "cut off": "DELETE FROM event WHERE seq = 5",
    "cut off all": "DELETE FROM event",
    "swap": "UPDATE event SET seq = CASE seq WHEN 2 THEN 99 ELSE 2 END WHERE seq IN (2, 3)",
    "another head": "UPDATE session SET head_hash = prev_hash FROM event WHERE event.seq = 5",
}


@pytest.mark.parametrize("forgery", sorted(FORGERIES))
def test_a_forged_log_is_found_out(store: Store, session: Session, forgery: str) -> None:
    """Somebody with the database's password removes the triggers first; the chain still tells."""
    grow(store, session.id, 5)
    with store.write() as conn:
        if store.sqlite:
            conn.execute(text("DROP TRIGGER event_no_update"))
            conn.execute(text("DROP TRIGGER event_no_delete"))
        else:
            conn.execute(text("ALTER TABLE event DISABLE TRIGGER ALL"))
        conn.execute(text(FORGERIES[forgery]))
    with store.read() as conn, pytest.raises(Broken):
        event_log.verify(conn, session.id)


def test_time_never_runs_backwards_in_a_log(store: Store, session: Session) -> None:
    grow(store, session.id, 2)
    grow(store, session.id, 1, MONDAY_MS - 1)
    with store.read() as conn, pytest.raises(Broken) as caught:
        event_log.verify(conn, session.id)
    assert caught.value.seq == 3


def test_a_session_that_is_not_there_proves_nothing(store: Store) -> None:
    with store.read() as conn, pytest.raises(Broken):
        event_log.verify(conn, "nothere2")


def test_a_command_is_remembered_by_its_key(store: Store, session: Session) -> None:
    row = Remembered(session.id, "k" * 22, b"h" * 32, "a" * 16, 4, b'{"reference":"2640718822"}')
    with store.write() as conn:
        event_log.remember(conn, [row, row._replace(key="other", result=None)])
        event_log.remember(conn, [])
        seen = event_log.keys_seen(conn, session.id, ["k" * 22, "new"])
        assert list(seen) == ["k" * 22]
        assert tuple(seen["k" * 22]) == tuple(row)[2:]
        assert event_log.keys_seen(conn, "nothere2", ["k" * 22]) == {}
        assert event_log.keys_seen(conn, session.id, []) == {}
    with pytest.raises(Conflict), store.write() as conn:
        event_log.remember(conn, [row])


def test_the_lock_sequences_writers(store: Store, session: Session) -> None:
    """Four threads append at once: every number once, none missing, the chain whole."""

    def work() -> None:
        for _ in range(10):
            grow(store, session.id, 2)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with store.read() as conn:
        assert [row.seq for row in event_log.after(conn, session.id, 0)] == list(range(1, 81))
        # Each thread counts its own milliseconds, so only the links are of interest here.
        rows = event_log.after(conn, session.id, 0)
        assert all(b.prev_hash == a.hash for a, b in zip(rows, rows[1:], strict=False))
