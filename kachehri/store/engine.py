"""Opens the database: one engine that writes, one that reads, the same calls for SQLite and PostgreSQL.

SQLite keeps a write-ahead log and syncs it at every commit (WAL, `synchronous=FULL`): what was acknowledged survives a
power cut. Writers say BEGIN IMMEDIATE, so that they wait at the start and never fail half-way. Readers see one
snapshot for as long as their block lasts.
"""

import os
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.pool import QueuePool

from .errors import StoreError, translating
from .turnstile import Turnstile

# How long a statement waits for somebody else's lock before the person is told that the database is busy.
BUSY_MS = 5_000
CONNECT_S = 5
# A line on which the database's machine has been silent for so long is dead, and what waits there is told. Long enough
# for packets that must be sent again a few times, and half of what a program that is on the air goes on without an
# answer. A statement may take longer: the machine answers probes meanwhile. A Unix socket has no such line.
LOST_S = 15
_PROBE_S = 5
# One PostgreSQL statement that takes longer than this is a fault of ours, not work.
STATEMENT_MS = 60_000


def database_url(address: str) -> URL:
    """Read an address as people write it; `postgresql://` means psycopg 3."""
    try:
        url = make_url(address)
    except ArgumentError:
        raise StoreError("address") from None
    backend = url.get_backend_name()
    if backend == "postgresql":
        return url.set(drivername="postgresql+psycopg")
    if backend != "sqlite" or url.database in (None, "", ":memory:"):
        # A database in memory would be a different one for each connection.
        raise StoreError("address")
    return url.set(drivername="sqlite+pysqlite")


class Store:
    """The open database. Safe to use from several threads; a connection belongs to one thread at a time."""

    def __init__(self, address: str, *, readers: int = 4, clock: Callable[[], int] | None = None) -> None:
        url = database_url(address)
        self.sqlite = url.get_backend_name() == "sqlite"
        self.path = url.database if self.sqlite else None
        if self.path is not None and not os.path.exists(self.path):
            raise StoreError("missing", self.path)
        self._clock = clock
        # SQLite has one writer at a time whatever we do; among our own threads it goes in order of arrival.
        self._turnstile = Turnstile() if self.sqlite else None
        self.writer = make_engine(url, size=1 if self.sqlite else 4)
        self.reader = make_engine(url, size=readers, read_only=True)
        self._closed = False

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """One transaction, committed at the end of the block and rolled back on any exception."""
        if self._turnstile is not None and not self._turnstile.enter(BUSY_MS / 1000):
            raise StoreError("locked", "other threads of this process are writing")
        try:
            with translating(), self.writer.begin() as conn:
                yield conn
        finally:
            self._given_back(self.writer)
            if self._turnstile is not None:
                self._turnstile.leave()

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """One snapshot; nothing can be written through it."""
        try:
            with translating(), self.reader.connect() as conn:
                yield conn
        finally:
            self._given_back(self.reader)

    def settle(self) -> None:
        """Move SQLite's write-ahead log into the file and empty it: what was erased is then in neither.

        A reader that is still at an older snapshot keeps the log for a while; the next settling takes the rest.
        """
        if self._turnstile is None or not self._turnstile.enter(BUSY_MS / 1000):
            return
        try:
            with translating():
                raw = self.writer.raw_connection()
                try:
                    raw.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
                finally:
                    raw.close()
        finally:
            self._given_back(self.writer)
            self._turnstile.leave()

    def now(self, conn: Connection) -> int:
        """The database's clock in milliseconds, one for all workers. SQLite lives in this process and has ours."""
        if self._clock is not None:
            return self._clock()
        if self.sqlite:
            return time.time_ns() // 1_000_000
        return int(conn.execute(_POSTGRES_NOW).scalar_one())

    def close(self) -> None:
        """Close every connection, those in use as soon as their block ends.

        SQLite moves its log into the file here, in the thread that calls.
        """
        self._closed = True
        self._given_back(self.reader)
        self._given_back(self.writer)

    def _given_back(self, engine: Engine) -> None:
        # A thread may still be reading when the store closes. Whichever comes second, it or `close`, finds the
        # connection in the pool and closes it; the pool must be the same for that, so `Engine.dispose` will not do.
        if self._closed:
            engine.pool.dispose()


_POSTGRES_NOW = text("SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint")


@contextmanager
def savepoint(conn: Connection) -> Iterator[None]:
    """Undo only this block on an exception, and go on with the transaction."""
    with translating(), conn.begin_nested():
        yield


def make_engine(url: URL, *, size: int, read_only: bool = False) -> Engine:
    """An engine with a bounded pool. A caller who finds it empty waits `BUSY_MS` and is then told."""
    options: dict[str, Any] = {
        "poolclass": QueuePool,
        "pool_size": size,
        "max_overflow": 0,
        "pool_timeout": BUSY_MS / 1000,
        "hide_parameters": True,  # what people wrote must not reach a log by way of an error message
    }
    if url.get_backend_name() == "sqlite":
        connect = {"check_same_thread": False, "timeout": BUSY_MS / 1000, "isolation_level": None}
        engine = create_engine(url, connect_args=connect, **options)
        _prepare_sqlite(engine, read_only)
        return engine
    settings = f"-c timezone=UTC -c lock_timeout={BUSY_MS} -c statement_timeout={STATEMENT_MS}"
    if read_only:
        settings += " -c default_transaction_read_only=on"
        options["isolation_level"] = "REPEATABLE READ"
    session: dict[str, Any] = {
        "connect_timeout": CONNECT_S,
        "tcp_user_timeout": LOST_S * 1_000,
        "keepalives_idle": _PROBE_S,
        "keepalives_interval": _PROBE_S,
        "keepalives_count": LOST_S // _PROBE_S - 1,
        "options": settings,
        "application_name": "kachehri",
    }
    return create_engine(url, connect_args=session, pool_pre_ping=True, **options)


def _prepare_sqlite(engine: Engine, read_only: bool) -> None:
    # Python's own idea of when a transaction begins would let DDL and SELECT run outside it: we say BEGIN ourselves.
    begin = "BEGIN" if read_only else "BEGIN IMMEDIATE"

    @event.listens_for(engine, "connect")
    def configure(connection: sqlite3.Connection, _record: object) -> None:
        pragmas = [f"busy_timeout={BUSY_MS}", "foreign_keys=ON", "temp_store=MEMORY"]
        if read_only:
            pragmas += ["query_only=ON", "cache_size=-16384"]
        else:
            # recursive_triggers: without it INSERT OR REPLACE deletes a row past the trigger that forbids it.
            pragmas += ["journal_mode=WAL", "synchronous=FULL", "recursive_triggers=ON"]
            # The pages of a large hearing stay at hand (KiB), and move from the log into the file every 16 MiB, not 4.
            pragmas += ["cache_size=-65536", "wal_autocheckpoint=4000"]
        for pragma in pragmas:
            connection.execute(f"PRAGMA {pragma}").close()

    @event.listens_for(engine, "begin")
    def start(conn: Connection) -> None:
        conn.exec_driver_sql(begin)
