"""Each thing that can be wrong with a database has one code and one sentence in each language."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import traceback
from pathlib import Path

import pytest
from sqlalchemy import text

from kachehri.store import Conflict, Store, StoreError, district, engine, errors, migrate, savepoint
from kachehri.store.tables import Office
from tests.servers import Postgres


def code_of(caught: pytest.ExceptionInfo[StoreError]) -> str:
    assert caught.value.sentence("ur") != caught.value.sentence("en")
    return caught.value.code


@pytest.mark.parametrize("code", sorted(errors.SENTENCES))
def test_every_code_has_a_sentence_in_both_languages(code: str) -> None:
    error = StoreError(code)
    assert error.sentence("en").endswith((".", "/name."))
    assert any("\u0600" <= letter <= "\u06ff" for letter in error.sentence("ur"))
    assert error.sentence("xx") == error.sentence("en")


@pytest.mark.parametrize("address", ["mysql://a/b", "sqlite://", "sqlite:///:memory:", "what?", ""])
def test_an_address_that_is_none(address: str) -> None:
    with pytest.raises(StoreError) as caught:
        engine.database_url(address)
    assert code_of(caught) == "address"


def test_a_missing_sqlite_file(tmp_path: Path) -> None:
    with pytest.raises(StoreError) as caught:
        Store(f"sqlite:///{tmp_path / 'none.db'}")
    assert code_of(caught) == "missing"


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(StoreError) as caught:
        migrate(f"sqlite:///{tmp_path / 'no' / 'such.db'}")
    assert code_of(caught) == "missing"


def test_a_missing_postgres_database(postgres_server: Postgres) -> None:
    store = Store(postgres_server.url("nobody_made_this"))
    with pytest.raises(StoreError) as caught, store.read():
        pass
    assert code_of(caught) == "missing"
    store.close()


def test_a_postgres_server_that_does_not_answer(port: int) -> None:
    store = Store(f"postgresql://kachehri@127.0.0.1:{port}/kachehri")
    with pytest.raises(StoreError) as caught, store.write():
        pass
    assert code_of(caught) == "unreachable"
    store.close()


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    path = tmp_path / "kachehri.db"
    path.write_bytes(b"a letter to the district officer, not a database" * 100)
    with pytest.raises(StoreError) as caught, Store(f"sqlite:///{path}").write():
        pass
    assert code_of(caught) == "damaged"
    assert caught.value.fatal


def test_a_locked_database(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "BUSY_MS", 50)
    migrate(database_url)
    one, other = Store(database_url), Store(database_url)
    statement = text("UPDATE alembic_version SET version_num = version_num")
    with one.write() as holder:
        holder.execute(statement)
        with pytest.raises(StoreError) as caught, other.write() as conn:
            conn.execute(statement)
    assert code_of(caught) == "locked"
    with other.write() as conn:
        conn.execute(statement)
    one.close()
    other.close()


_READ_ONLY = """
import os, sys
from kachehri.store import Store, StoreError
os.setuid(65534)  # permissions do not bind root
try:
    with Store(sys.argv[1]).write():
        pass
except StoreError as error:
    sys.exit(error.code)
"""


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root, to become somebody who may not write")
def test_a_read_only_sqlite_file() -> None:
    # Not in pytest's own folder, which every run of pytest shuts to others when it begins.
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        file = Path(folder) / "kachehri.db"
        migrate(f"sqlite:///{file}")
        file.chmod(0o444)
        done = subprocess.run(
            [sys.executable, "-c", _READ_ONLY, f"sqlite:///{file}"], capture_output=True, text=True, timeout=60
        )
    assert done.stderr.strip() == "read_only"


def test_a_read_only_postgres(postgres_url: str) -> None:
    migrate(postgres_url)
    store = Store(postgres_url)
    with pytest.raises(StoreError) as caught, store.write() as conn:
        conn.execute(text("SET TRANSACTION READ ONLY"))
        conn.execute(text("UPDATE alembic_version SET version_num = version_num"))
    assert code_of(caught) == "read_only"
    store.close()


def test_nothing_is_written_through_a_reader(store: Store) -> None:
    with pytest.raises(StoreError) as caught, store.read() as conn:
        conn.execute(text("UPDATE office SET code = 'x'"))
    assert code_of(caught) == "read_only"


def test_a_taken_key_is_a_conflict_and_a_savepoint_saves_the_rest(store: Store) -> None:
    with store.write() as conn:
        conn.execute(text("UPDATE office SET name_en = 'Water' WHERE id = 'o-water'"))
        with pytest.raises(Conflict) as caught, savepoint(conn):
            conn.execute(
                text("INSERT INTO office (id, code, name_ur, name_en, triage) VALUES ('x','water','','',false)")
            )
        assert code_of(caught) == "conflict"
    with store.read() as conn:
        assert {office.name_en for office in district.offices(conn)} == {"Water", "Triage desk"}


def test_an_exception_undoes_the_whole_block(store: Store) -> None:
    with pytest.raises(ZeroDivisionError), store.write() as conn:
        district.save_offices(conn, [Office(id="o-3", code="roads", name_ur="سڑکیں", name_en="Roads")])
        raise ZeroDivisionError
    with store.read() as conn:
        assert len(district.offices(conn)) == 2


def test_what_people_wrote_does_not_reach_error_messages(store: Store) -> None:
    secret = "35202-1234567-1"
    with pytest.raises(Conflict) as caught, store.write() as conn:
        office = {"a": secret, "b": "water"}
        conn.execute(text("INSERT INTO office (id, code, name_ur, name_en, triage) VALUES (:a,:b,'','',false)"), office)
    assert secret not in "".join(traceback.format_exception(caught.value))
    with pytest.raises(Conflict) as caught, store.write() as conn:
        conn.execute(text("INSERT INTO office (id, code) VALUES (:a, 'c')"), {"a": secret})
    assert secret not in "".join(traceback.format_exception(caught.value))


def test_postgres_comes_back_after_a_power_cut(postgres_server: Postgres) -> None:
    url = postgres_server.create()
    migrate(url)
    store = Store(url)
    with store.write() as conn:
        assert store.now(conn) > 1_700_000_000_000
    postgres_server.kill()
    with pytest.raises(StoreError) as caught, store.write() as conn:
        conn.execute(text("SELECT 1"))
    assert code_of(caught) == "unreachable"
    postgres_server.start()
    with store.write() as conn:
        assert conn.execute(text("SELECT 1")).scalar() == 1
    store.close()
    postgres_server.drop(url)


def test_sqlite_syncs_every_commit(sqlite_url: str) -> None:
    migrate(sqlite_url)
    store = Store(sqlite_url)
    with store.write() as conn:
        assert conn.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert conn.exec_driver_sql("PRAGMA synchronous").scalar() == 2
        assert conn.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
        assert conn.exec_driver_sql("PRAGMA recursive_triggers").scalar() == 1
    store.close()
