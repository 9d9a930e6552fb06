"""A small sample of `make bench NAME=kill`, and proof that its witnesses would notice."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from tests.bench import kill, oracle, storage_calls, sync_order
from tests.bench.house import SESSION

SEED = 20260105

IN_ORDER = [
    r'7 pwrite64(10</k/house.db-wal>, "\r..mark 5: x..", 4096, 32) = 4096',
    r"7 fdatasync(10</k/house.db-wal> <unfinished ...>",
    r'6 sendto(15<socket:[1]>, "\201\36{\"type\":\"tick\",\"seq\":3}", 32, 0, NULL, 0) = 32',
    r"7 <... fdatasync resumed>)               = 0",
    r'6 sendto(15<socket:[1]>, "\201\36{\"type\":\"reply\",\"at\":1,\"ref\":6,\"seq\":4}", 44, 0, NULL, 0) = 44',
]


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_nothing_is_lost_doubled_or_missing_after_kills(tmp_path: Path) -> None:
    result = kill.run(tmp_path, 2, 260, 12, 60, SEED)
    assert (result["kills"], result["lost"], result["doubled"], result["gaps"]) == (2, 0, 0, 0), (SEED, result)
    assert result["points_killed"] == result["points_expected"] >= 12, result
    assert (result["acks_before_sync"], result["acks_examined"]) == (0, 60), result
    assert result["acknowledged"] > 20, result  # how many there are in the time is the machine's pace


def test_a_reply_after_its_sync_is_in_order() -> None:
    assert sync_order.early(IN_ORDER, {6: 5}) == (0, 1)


@pytest.mark.parametrize("place", [0, 1, 2, 3])
def test_a_reply_before_its_sync_has_returned_is_noticed(place: int) -> None:
    trace = [*IN_ORDER[:place], IN_ORDER[4], *IN_ORDER[place:4]]
    assert sync_order.early(trace, {6: 5}) == (1, 1)


def test_a_sync_that_began_before_the_write_does_not_cover_it() -> None:
    trace = [IN_ORDER[1], IN_ORDER[0], IN_ORDER[3], IN_ORDER[4]]
    assert sync_order.early(trace, {6: 5}) == (1, 1)


def test_calls_are_counted_for_each_thread_apart() -> None:
    trace = ["7 pwrite64(1, ...) = 1", "8 pwrite64(1, ...) = 1", "8 pwrite64(1, ...) = 1", "7 fdatasync(1)   = ?"]
    assert storage_calls.calls(trace) == [
        (0, "pwrite64", 1),
        (1, "pwrite64", 1),
        (1, "pwrite64", 2),
        (0, "fdatasync", 1),
    ]


def test_the_witness_notices_what_is_lost_doubled_or_missing(tmp_path: Path) -> None:
    path = tmp_path / "house.db"
    storage_calls.prepare(path)
    there = oracle.Acknowledged("ready-" + "0" * 18, 3, "question.asked", "ready 0")
    assert oracle.examine(path, SESSION, [there], {"ready 0", "ready 1"}) == oracle.Findings()
    lost = oracle.Acknowledged("never-" + "0" * 18, 3, "question.asked", "never 0")
    assert oracle.examine(path, SESSION, [lost], set()).lost == 1
    assert oracle.closed_once(path, SESSION).lost > 0
    with sqlite3.connect(path) as conn:
        conn.execute("UPDATE content SET public = 'ready 1: x' WHERE public = 'ready 0: x'")
    assert oracle.examine(path, SESSION, [], {"ready 1"}).doubled == 1
    with sqlite3.connect(path) as conn:
        conn.execute("DROP TRIGGER event_no_delete")
        conn.execute("DELETE FROM event WHERE seq = 5")
    conn.close()
    assert oracle.examine(path, SESSION, [], set()).gaps == 2
