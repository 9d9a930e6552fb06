"""`serve` in an empty folder: key, database and a link for the first account; what is there is never touched."""

from __future__ import annotations

import re
import shutil
import signal
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from kachehri import keys, serving, setting_up, staff
from kachehri.settings import Settings, from_mapping
from kachehri.store import Store, StoreError, installation, migrate, schema
from tests.servers import free_port, until

PASSWORD = "tall-grass-by-the-canal"
LINK = re.compile(r"(http://127\.0\.0\.1:\d+)/setup\?code=([a-z2-9-]+)")


def settings_in(folder: Path) -> Settings:
    return from_mapping(
        {
            "server": {"port": 0},
            "database": {"url": f"sqlite:///{folder / 'data' / 'kachehri.db'}"},
            "bus": {"socket": str(folder / "data" / "bus")},
            "media": {"socket": str(folder / "data" / "media")},
            "secrets": {"key_file": str(folder / "data" / "key")},
        }
    )


@contextmanager
def serve(folder: Path) -> Iterator[Path]:
    """The server as somebody starts it: in her own folder, without settings. Yields what it said on the terminal."""
    folder.mkdir(exist_ok=True)
    said = folder / "said"
    port = free_port()
    command = [sys.executable, "-m", "kachehri", "serve", "--port", str(port), "--no-media"]
    environment = {"PATH": "", "PYTHONPATH": str(Path(__file__).parents[2])}
    with said.open("wb") as out, (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, cwd=folder, env=environment, stdout=out, stderr=log)
    try:
        until(lambda: process.poll() is not None or up(port))
        assert process.poll() is None, (folder / "log").read_text()
        yield said
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


def up(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/readyz", timeout=30).status_code == 200
    except httpx.TransportError:
        return False


@pytest.mark.slow
def test_an_empty_folder_becomes_a_server_with_a_link_that_no_log_has(tmp_path: Path) -> None:
    folder = tmp_path / "office"
    with serve(folder) as said:
        words = said.read_text()
        first = LINK.search(words)
        assert first and words.count(first[0]) == 2 and "نیا" in words
        assert stat.S_IMODE((folder / "var" / "key").stat().st_mode) == 0o600
        assert stat.S_IMODE((folder / "var").stat().st_mode) == 0o700
        assert httpx.get(first[0], timeout=30).status_code == 200
    key = (folder / "var" / "key").read_text()
    with serve(folder) as said:
        second = LINK.search(said.read_text())
        assert second and second[2] != first[2]
        assert httpx.get(f"{second[1]}/setup?code={first[2]}", timeout=30).status_code == 403
    assert (folder / "var" / "key").read_text() == key
    assert first[2] not in (folder / "log").read_text() and second[2] not in (folder / "log").read_text()
    store = Store(f"sqlite:///{folder / 'var' / 'kachehri.db'}")
    staff.add(store, "nasreen", "", "administrator", PASSWORD)
    store.close()
    with serve(folder) as said:
        assert said.read_text() == ""


class TestCode:
    @pytest.fixture
    def store(self, sqlite_url: str) -> Iterator[Store]:
        migrate(sqlite_url)
        store = Store(sqlite_url)
        yield store
        store.close()

    def test_fits_however_it_is_typed_and_opens_once(self, store: Store) -> None:
        code = setting_up.offer(store)
        assert code is not None
        with store.read() as conn:
            assert setting_up.fits(conn, code)
            assert setting_up.fits(conn, f" {code.replace('-', ' ').upper()} ")
            assert not setting_up.fits(conn, code[:-1]) and not setting_up.fits(conn, "")
            assert code not in str(installation.facts(conn, "setup."))
        with store.write() as conn:
            assert setting_up.use_up(conn, code)
            assert not setting_up.use_up(conn, code)

    def test_only_the_newest_counts(self, store: Store) -> None:
        old, new = setting_up.offer(store), setting_up.offer(store)
        assert old and new
        with store.read() as conn:
            assert setting_up.fits(conn, new) and not setting_up.fits(conn, old)

    def test_there_is_none_once_somebody_may_sign_in(self, store: Store) -> None:
        code = setting_up.offer(store)
        staff.add(store, "nasreen", "", "administrator", PASSWORD)
        assert code
        with store.write() as conn:
            assert not setting_up.use_up(conn, code)
        assert setting_up.offer(store) is None
        with store.read() as conn:
            assert not setting_up.fits(conn, code)


class TestBegin:
    def test_what_is_there_is_never_touched(self, tmp_path: Path) -> None:
        settings = settings_in(tmp_path)
        serving.state_folder(settings)
        assert setting_up.begin(settings)
        kept = {path: path.read_bytes() for path in (tmp_path / "data").iterdir() if path.is_file()}
        assert not setting_up.begin(settings)
        settings.secrets.key_file.unlink()
        assert not setting_up.begin(settings), "a database without its key gets no other one"
        assert not settings.secrets.key_file.exists()
        for path, content in kept.items():
            assert path == settings.secrets.key_file or path.read_bytes() == content

    def test_a_folder_that_could_not_be_begun_is_left_as_it_was(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        settings = settings_in(tmp_path)
        serving.state_folder(settings)

        def full(_: str) -> str:
            raise StoreError("full")

        monkeypatch.setattr(setting_up, "migrate", full)
        with pytest.raises(StoreError):
            setting_up.begin(settings)
        assert not settings.secrets.key_file.exists()

    def test_a_database_server_is_left_to_its_keeper(self, tmp_path: Path) -> None:
        settings = from_mapping(
            {"database": {"url": "postgresql://k@127.0.0.1/k"}, "secrets": {"key_file": str(tmp_path / "key")}}
        )
        assert not setting_up.begin(settings) and not (tmp_path / "key").exists()


class TestOlderDatabase:
    @pytest.fixture
    def old(self, tmp_path: Path) -> Settings:
        """A database as the first version made it, with one fact in it."""
        settings = settings_in(tmp_path)
        serving.state_folder(settings)
        keys.make(settings.secrets.key_file)
        schema.migrate(settings.database.url, "0001")
        connection = sqlite3.connect(tmp_path / "data" / "kachehri.db")
        connection.execute("INSERT INTO installation VALUES ('kept', 'yes')")
        connection.commit()
        connection.close()
        return settings

    def test_is_brought_up_to_date_after_a_copy_was_made(
        self, old: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        with serving.ready(old):
            copy = tmp_path / "data" / "kachehri.db.0001"
            assert str(copy) in capsys.readouterr().out
            assert stat.S_IMODE(copy.stat().st_mode) == 0o600
        restored = tmp_path / "restored.db"
        shutil.copy(copy, restored)
        store = Store(f"sqlite:///{restored}")
        with pytest.raises(StoreError, match="older_schema"):
            schema.check(store)
        with store.read() as conn:
            assert installation.facts(conn, "kept") == {"": "yes"}
        store.close()
        with serving.ready(old):
            assert capsys.readouterr().out == ""

    def test_is_not_touched_where_no_copy_can_be_made(self, old: Settings, tmp_path: Path) -> None:
        (tmp_path / "data" / "kachehri.db.0001").mkdir()
        with pytest.raises(StoreError, match="no_copy"), serving.ready(old):
            pass
        store = Store(old.database.url)
        with pytest.raises(StoreError, match="older_schema"):
            schema.check(store)
        store.close()

    @pytest.mark.slow
    def test_of_a_database_server_is_refused(self, postgres_url: str, tmp_path: Path) -> None:
        keys.make(tmp_path / "key")
        schema.migrate(postgres_url, "0001")
        settings = from_mapping({"database": {"url": postgres_url}, "secrets": {"key_file": str(tmp_path / "key")}})
        with pytest.raises(StoreError, match="older_schema"), serving.ready(settings):
            pass
