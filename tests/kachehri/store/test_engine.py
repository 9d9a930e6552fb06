"""The open database: what is left of it when it is closed."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from sqlalchemy import text

from kachehri.store import Connection, Store
from kachehri.store.engine import LOST_S
from tests.conftest import ManualClock

Block = Callable[[Store], AbstractContextManager[Connection]]


@pytest.mark.parametrize("block", [Store.read, Store.write], ids=["reading", "writing"])
@pytest.mark.parametrize("begun", ["before", "after"])
def test_nothing_stays_open_when_somebody_is_still_at_work(
    migrated_url: str, clock: ManualClock, block: Block, begun: str
) -> None:
    """A thread cannot be stopped half-way: one that reads while the house goes down gives its connection back late."""
    store = Store(migrated_url, clock=clock)
    if begun == "after":
        store.close()
    with block(store) as conn:
        store.close()
        conn.execute(text("SELECT 1"))
        raw: Any = conn.connection.driver_connection
    assert is_closed(raw)


def is_closed(raw: Any) -> bool:
    """Whether a driver's connection is closed; SQLite's own says it only by refusing."""
    if hasattr(raw, "closed"):
        return bool(raw.closed)
    with pytest.raises(Exception, match="closed database"):
        raw.execute("SELECT 1")
    return True


@pytest.mark.parametrize("block", [Store.read, Store.write], ids=["reading", "writing"])
def test_a_line_to_the_database_that_is_dead_is_given_up_soon(migrated_postgres_url: str, block: Block) -> None:
    """Else it keeps a thread and a place in the pool for as long as the system would: up to two hours."""
    store = Store(migrated_postgres_url)
    with block(store) as conn:
        raw: Any = conn.connection.driver_connection
        with socket.socket(fileno=os.dup(raw.fileno())) as line:
            sent = line.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT)
            asks = line.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
            idle, every, tries = (
                line.getsockopt(socket.IPPROTO_TCP, each)
                for each in (socket.TCP_KEEPIDLE, socket.TCP_KEEPINTVL, socket.TCP_KEEPCNT)
            )
    store.close()
    assert sent == LOST_S * 1_000
    assert asks and idle + every * tries == LOST_S
