"""Brings a database to the shape that this program expects, and refuses one of another shape."""

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


def migrate(address: str) -> str:
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
            command.upgrade(config, "head")
            return _revision(conn) or ""
    finally:
        engine.dispose()


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
