"""The migration makes what the tables say, on both databases, all or nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import UniqueConstraint, inspect, text

from kachehri.store import Store, StoreError, accounts, appointments, check, migrate
from kachehri.store.migrations.first import triggers
from kachehri.store.tables import metadata

HEAD = "0008"


def test_from_empty_the_migration_makes_exactly_the_tables(database_url: str) -> None:
    assert migrate(database_url) == HEAD
    store = Store(database_url)
    check(store)
    with store.read() as conn:
        context = MigrationContext.configure(conn, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []
    store.close()


def test_migrating_twice_changes_nothing(database_url: str) -> None:
    migrate(database_url)
    assert migrate(database_url) == HEAD


def test_every_table_keeps_its_constraints(database_url: str) -> None:
    """compare_metadata does not look at primary keys and is lenient with unique ones: look ourselves."""
    migrate(database_url)
    store = Store(database_url)
    with store.read() as conn:
        found = inspect(conn)
        for table in metadata.sorted_tables:
            keys = found.get_pk_constraint(table.name)
            assert keys["constrained_columns"] == [column.name for column in table.primary_key]
            unique = {tuple(each["column_names"]) for each in found.get_unique_constraints(table.name)}
            wanted = {
                tuple(column.name for column in each.columns)
                for each in table.constraints
                if isinstance(each, UniqueConstraint)
            }
            assert wanted <= unique, table.name
            assert len(found.get_foreign_keys(table.name)) == len(table.foreign_key_constraints)
    store.close()


def test_a_newer_schema_is_refused_and_left_alone(database_url: str) -> None:
    migrate(database_url)
    store = Store(database_url)
    with store.write() as conn:
        conn.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StoreError) as caught:
        check(store)
    assert caught.value.code == "newer_schema"
    with pytest.raises(StoreError) as caught:
        migrate(database_url)
    assert caught.value.code == "newer_schema"
    store.close()


def test_a_database_that_was_never_migrated_is_refused(database_url: str, tmp_path: Path) -> None:
    (tmp_path / "kachehri.db").touch()
    store = Store(database_url)
    with pytest.raises(StoreError) as caught:
        check(store)
    assert caught.value.code == "older_schema"
    store.close()


def test_a_migration_that_fails_leaves_nothing_behind(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_tables: str) -> None:
        raise RuntimeError("the last statement of the step")

    with monkeypatch.context() as patch:
        patch.setattr(triggers, "forbid_changes", fail)
        with pytest.raises(RuntimeError):
            migrate(database_url)
    store = Store(database_url)
    with store.read() as conn:
        assert inspect(conn).get_table_names() == []
    store.close()
    assert migrate(database_url) == HEAD


def test_what_the_first_version_wrote_is_there_after_the_second(database_url: str) -> None:
    """Somebody who was signed in stays so, and has no second factor and no appointment that nobody gave."""
    migrate(database_url, "0001")
    store = Store(database_url)
    with store.write() as conn:
        conn.execute(
            text(
                "INSERT INTO account (id, login, name, role, password_hash, language, created_at, password_set_at)"
                " VALUES ('a1', 'nadia', 'Nadia', 'moderator', '!', 'ur', 1, 1)"
            )
        )
        conn.execute(
            text(
                "INSERT INTO login (token_hash, account_id, address, created_at, seen_at, expires_at)"
                " VALUES (:hash, 'a1', '203.0.113.7', 1, 1, 9)"
            ),
            {"hash": b"h" * 32},
        )
    store.close()
    assert migrate(database_url) == HEAD
    store = Store(database_url)
    with store.read() as conn:
        found = accounts.signed_in(conn, b"h" * 32, 5)
        assert found is not None
        assert (found[0].login, found[0].totp, found[0].recovery, found[0].guest) == ("nadia", None, [], False)
        assert [each.browser for each in accounts.logins(conn, "a1", 5)] == [""]
        assert appointments.of_account(conn, "a1") == {}
    store.close()
