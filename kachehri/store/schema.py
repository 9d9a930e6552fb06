"""Brings a database to the shape that this program expects, and refuses one of another shape."""

import contextlib
import os
import sqlite3
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from .engine import Store, database_url, make_engine
from .errors import StoreError, translating

# Any number, as long as no other program takes the same advisory lock in this database.
_LOCK = 0x6B6163686572


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    return config


def migrate(address: str, to: str = "head") -> str:
    """Apply every missing step in one transaction and return the revision. Makes a SQLite file if needed."""
    url = database_url(address)
    config = _config()
    engine = make_engine(url, size=1)
    try:
        with translating(), engine.begin() as conn:
            if conn.dialect.name == "postgresql":
                # Two servers that start together: the second waits and then finds nothing to do.
                conn.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
            _refuse_newer(conn, config)
            config.attributes["connection"] = conn
            command.upgrade(config, to)
            return _revision(conn) or ""
    finally:
        engine.dispose()


def sqlite_path(address: str) -> str | None:
    """The file of a SQLite database; None for a database server."""
    url = database_url(address)
    return url.database if url.get_backend_name() == "sqlite" else None


def file_exists(address: str) -> bool:
    """Whether there is a file of a SQLite database."""
    path = sqlite_path(address)
    return path is not None and os.path.exists(path)


def bring_up(address: str) -> str | None:
    """Bring an older SQLite file up to date, after a copy of it was made beside it. Returns the copy's path.

    For whoever has the sole use of the file. None where there was nothing to do; a database server is left alone.
    """
    path = sqlite_path(address)
    if path is None:
        return None
    store = Store(address)
    try:
        check(store)
        return None
    except StoreError as error:
        if error.code != "older_schema":
            raise
        with store.read() as conn:
            revision = _revision(conn)
    finally:
        store.close()
    copy = f"{path}.{revision or 'empty'}"
    _copy(path, copy)
    migrate(address)
    return copy


def _copy(path: str, to: str) -> None:
    """One whole copy under its name, or none: made beside it, synced, then renamed (rename(2) replaces at once)."""
    made = f"{to}.part"
    with contextlib.suppress(FileNotFoundError):
        os.unlink(made)
    try:
        os.close(os.open(made, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        with contextlib.closing(sqlite3.connect(path)) as source, contextlib.closing(sqlite3.connect(made)) as target:
            source.backup(target)
        with open(made, "rb") as file:
            os.fsync(file.fileno())
        os.replace(made, to)
    except (OSError, sqlite3.Error) as error:
        raise StoreError("no_copy", str(error)) from None


def check(store: Store) -> None:
    """Raise StoreError unless the database has exactly the shape of this program."""
    config = _config()
    with store.read() as conn:
        _refuse_newer(conn, config)
        if _revision(conn) != ScriptDirectory.from_config(config).get_current_head():
            raise StoreError("older_schema")


def _revision(conn: Connection) -> str | None:
    return MigrationContext.configure(conn).get_current_revision()


def _refuse_newer(conn: Connection, config: Config) -> None:
    revision = _revision(conn)
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if revision is not None and revision not in known:
        raise StoreError("newer_schema", revision)
