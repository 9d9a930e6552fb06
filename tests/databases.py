"""Migrated databases for tests, quicker than by migrating: a file is copied, and a PostgreSQL database is emptied.

Making a database of PostgreSQL's takes as long as most of the tests that ask for one. So a test gets the one that the
test before it had, under another name: nothing that was left running can reach it any more, all rows are gone, counters
begin anew. Where a test changed more than rows, the next one gets a new database.
"""

from __future__ import annotations

import shutil
import tempfile
from functools import cache
from pathlib import Path
from uuid import uuid4

import psycopg
from psycopg import sql

from kachehri.store import migrate
from tests.servers import Postgres

#: What a test may have changed beside rows: tables, rules of theirs, functions, and what the planner was told.
_SHAPE = """
SELECT md5(string_agg(line, ';' ORDER BY line)) FROM (
  SELECT format('r %s %s', oid, relname) FROM pg_class WHERE relnamespace = 'public'::regnamespace
  UNION ALL SELECT format('a %s %s %s %s', attrelid, attname, atttypid, attnotnull) FROM pg_attribute
    JOIN pg_class ON pg_class.oid = attrelid WHERE relnamespace = 'public'::regnamespace AND attnum > 0
  UNION ALL SELECT format('t %s %s %s', tgrelid, tgname, tgenabled) FROM pg_trigger WHERE NOT tgisinternal
  UNION ALL SELECT format('c %s %s', conrelid, conname) FROM pg_constraint
    WHERE connamespace = 'public'::regnamespace
  UNION ALL SELECT format('f %s %s', proname, md5(prosrc)) FROM pg_proc WHERE pronamespace = 'public'::regnamespace
  UNION ALL SELECT format('s %s', starelid) FROM pg_statistic WHERE starelid >= 16384
) AS shape (line)
"""
_TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename"
_COUNTERS = "SELECT sequencename FROM pg_sequences WHERE schemaname = 'public' AND last_value IS NOT NULL"
_OTHERS = "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = %s AND pid <> pg_backend_pid()"


@cache
def sqlite_template() -> Path:
    folder = tempfile.TemporaryDirectory(prefix="kachehri-")
    _kept.append(folder)
    migrate(f"sqlite:///{Path(folder.name) / 'template.db'}")
    return Path(folder.name) / "template.db"


_kept: list[tempfile.TemporaryDirectory[str]] = []  # removed when the process ends


def new_sqlite(path: Path) -> str:
    """A migrated database where there is no file yet; returns its address."""
    shutil.copy(sqlite_template(), path)
    return f"sqlite:///{path}"


class Lent:
    """One migrated database of a server, which tests have one after the other.

    Arguments:
        url: of a database that nobody uses any more, as every test shall find its own.
    """

    def __init__(self, server: Postgres, url: str) -> None:
        self._server = server
        self._template = url.rsplit("/", 1)[1]
        self._name = ""
        with psycopg.connect(server.dsn(self._template)) as connection:
            tables = [row[0] for row in connection.execute(_TABLES)]
            #: What the migrations wrote stays.
            self._written = {each: rows for each in tables if (rows := _rows(connection, each))}
            filled = [
                sql.SQL("SELECT {} WHERE EXISTS (SELECT FROM {})").format(sql.Literal(each), sql.Identifier(each))
                for each in tables
            ]
            self._filled = sql.SQL(" UNION ALL ").join(filled)

    def take(self) -> str:
        """The address of a database for one test."""
        if not self._name:
            self._name = f"t{uuid4().hex[:16]}"
            names = {"fresh": sql.Identifier(self._name), "template": sql.Identifier(self._template)}
            with psycopg.connect(self._server.dsn(), autocommit=True) as connection:
                connection.execute(sql.SQL("CREATE DATABASE {fresh} TEMPLATE {template}").format(**names))
            with psycopg.connect(self._server.dsn(self._name)) as connection:
                self._shape = _shape(connection)
        return self._server.url(self._name)

    def give_back(self) -> None:
        """Empty it, or drop it if it is not the same as before even when it is empty."""
        last, fresh = self._name, f"t{uuid4().hex[:16]}"
        try:
            with psycopg.connect(self._server.dsn(), autocommit=True) as connection:
                connection.execute(_OTHERS, (last,))
                names = {"last": sql.Identifier(last), "fresh": sql.Identifier(fresh)}
                connection.execute(sql.SQL("ALTER DATABASE {last} RENAME TO {fresh}").format(**names))
            self._name = fresh
            with psycopg.connect(self._server.dsn(fresh), autocommit=True) as connection:
                same = self._emptied(connection)
        except psycopg.Error:  # the test stopped its server, or left something running that comes back at once
            same = False
        if not same:
            self._server.drop(self._server.url(self._name))
            self._name = ""

    def _emptied(self, connection: psycopg.Connection) -> bool:
        if _shape(connection) != self._shape:
            return False
        connection.execute("SET session_replication_role = replica")  # neither triggers nor foreign keys
        filled = {row[0] for row in connection.execute(self._filled)}
        touched = [
            each
            for each in sorted(filled | self._written.keys())
            if each not in self._written or _rows(connection, each) != self._written[each]
        ]
        for each in touched:
            connection.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(each)))
            if each in self._written:
                into = sql.SQL("COPY {} FROM STDIN").format(sql.Identifier(each))
                with connection.cursor() as cursor, cursor.copy(into) as copy:
                    copy.write(self._written[each])
        if touched:  # and their pages go, or the next test would read through the leavings of all before it
            connection.execute(sql.SQL("VACUUM {}").format(sql.SQL(", ").join(map(sql.Identifier, touched))))
        for (counter,) in connection.execute(_COUNTERS).fetchall():
            connection.execute(sql.SQL("ALTER SEQUENCE {} RESTART").format(sql.Identifier(counter)))
        return True


def _shape(connection: psycopg.Connection) -> str:
    row = connection.execute(_SHAPE).fetchone()
    assert row is not None
    return str(row[0])


def _rows(connection: psycopg.Connection, table: str) -> bytes:
    with connection.cursor() as cursor:
        with cursor.copy(sql.SQL("COPY {} TO STDOUT").format(sql.Identifier(table))) as copy:
            return b"".join(bytes(each) for each in copy)
