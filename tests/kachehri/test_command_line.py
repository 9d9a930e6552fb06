"""The command line: what is wrong around the program is one plain sentence in two languages, exit code 2."""

from __future__ import annotations

import fcntl
import os
import re
import socket
import sqlite3
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from kachehri import keys, plain, serving
from kachehri.settings import from_mapping
from kachehri.store import Store, district, migrate
from tests.databases import new_sqlite
from tests.servers import run

ROOT = Path(__file__).parents[2]
URDU = re.compile(r"[\u0600-\u06ff]")


def refused(*arguments: str, **environment: str) -> str:
    """Runs it, insists on the manner of the refusal, and returns the words."""
    done = run(*arguments, **environment)
    assert done.returncode == 2, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    assert URDU.search(done.stderr), done.stderr
    return done.stderr


@pytest.fixture
def house(tmp_path: Path) -> dict[str, str]:
    """A prepared server of our own: key, database, sockets, any port."""
    environment = {
        "KACHEHRI_DATABASE_URL": new_sqlite(tmp_path / "k.db"),
        "KACHEHRI_SECRETS_KEY_FILE": str(tmp_path / "key"),
        "KACHEHRI_BUS_SOCKET": str(tmp_path / "bus"),
        "KACHEHRI_MEDIA_SOCKET": str(tmp_path / "media"),
        "KACHEHRI_SERVER_PORT": "0",
    }
    keys.make(tmp_path / "key")
    return environment


class TestDistrict:
    def test_offices_and_categories_come_from_a_file_and_may_change(
        self, house: dict[str, str], tmp_path: Path
    ) -> None:
        example = (ROOT / "web" / "demo_data" / "district.toml").read_text(encoding="utf-8")
        mine = tmp_path / "district.toml"
        for name in ("Public Health Engineering", "Water Board"):
            mine.write_text(example.replace("Public Health Engineering", name), encoding="utf-8")
            done = run("district", str(mine), **house)
            assert done.returncode == 0 and "14 offices" in done.stdout, done.stderr
            store = Store(house["KACHEHRI_DATABASE_URL"])
            with store.read() as conn:
                assert name in {office.name_en for office in district.offices(conn)}
            store.close()

    def test_everything_that_is_wrong_with_the_file_is_said_at_once(
        self, house: dict[str, str], tmp_path: Path
    ) -> None:
        (tmp_path / "district.toml").write_text("offices = []", encoding="utf-8")
        assert "district.toml" in refused("district", str(tmp_path / "district.toml"), **house)


class TestBeforeTheStart:
    def test_a_port_in_use(self, house: dict[str, str]) -> None:
        with socket.create_server(("127.0.0.1", 0)) as other:
            port = other.getsockname()[1]
            assert f"127.0.0.1:{port}" in refused("serve", "--port", str(port), **house)

    def test_an_address_of_another_machine(self, house: dict[str, str]) -> None:
        assert "192.0.2.1" in refused("serve", "--host", "192.0.2.1", **house)

    def test_two_workers_on_sqlite(self, house: dict[str, str]) -> None:
        assert "SQLite allows exactly one process" in refused("serve", "--workers", "2", **house)

    def test_no_key(self, house: dict[str, str], tmp_path: Path) -> None:
        (tmp_path / "key").unlink()
        assert "python -m kachehri keys" in refused("serve", **house)

    def test_a_weak_key(self, house: dict[str, str], tmp_path: Path) -> None:
        (tmp_path / "key").write_text("A" * 43 + "=\n")
        assert "could be guessed" in refused("serve", **house)

    def test_a_second_key_does_not_replace_the_first(self, house: dict[str, str], tmp_path: Path) -> None:
        before = (tmp_path / "key").read_text()
        assert "It is kept" in refused("keys", **house)
        assert (tmp_path / "key").read_text() == before

    def test_no_database(self, house: dict[str, str], tmp_path: Path) -> None:
        (tmp_path / "k.db").unlink()
        assert "kachehri migrate" in refused("serve", **house)

    def test_a_database_of_a_newer_version(self, house: dict[str, str], tmp_path: Path) -> None:
        connection = sqlite3.connect(tmp_path / "k.db")
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
        connection.commit()
        connection.close()
        assert "newer version" in refused("serve", **house)
        assert "newer version" in refused("migrate", **house)

    def test_a_database_that_another_program_holds(self, house: dict[str, str], tmp_path: Path) -> None:
        connection = sqlite3.connect(tmp_path / "k.db", isolation_level=None)
        connection.execute("BEGIN IMMEDIATE")
        assert "another program holds it" in refused("serve", **house)
        connection.close()

    def test_a_second_server_on_one_sqlite_file(self, house: dict[str, str], tmp_path: Path) -> None:
        with (tmp_path / "k.db.server").open("ab") as claim:
            fcntl.flock(claim, fcntl.LOCK_EX)
            assert "another program holds it" in refused("serve", **house)

    def test_a_database_server_that_does_not_answer(self, house: dict[str, str], port: int) -> None:
        house["KACHEHRI_DATABASE_URL"] = f"postgresql://k@127.0.0.1:{port}/k"
        assert "does not answer" in refused("serve", **house)

    def test_every_mistake_in_the_settings(self) -> None:
        words = refused("check-config", KACHEHRI_SERVER_PORT="x", KACHEHRI_SERVER_HOTS="y")
        assert "server.port" in words and "KACHEHRI_SERVER_HOTS" in words

    def test_a_database_that_cannot_be_written(self) -> None:
        with tempfile.TemporaryDirectory() as name:  # not `tmp_path`: its parents are closed to other accounts
            folder = Path(name)
            keys.make(folder / "key")
            migrate(f"sqlite:///{folder / 'k.db'}")
            for file in (folder / "key", folder / "k.db"):
                os.chown(file, *STRANGER) if os.geteuid() == 0 else None
                file.chmod(0o400)
            folder.chmod(0o555)
            try:
                done = subprocess.run(
                    [sys.executable, "-c", AS_STRANGER, str(folder)], capture_output=True, text=True, timeout=60
                )
            finally:
                folder.chmod(0o755)
        assert done.returncode == 2, done.stderr
        assert "cannot be written" in done.stderr and URDU.search(done.stderr)


# Root may write to any file, so the look at the database happens in a child that gives up being root.
STRANGER = (65_534, 65_534)
AS_STRANGER = """
import os, sys
from kachehri import plain, serving
from kachehri.settings import from_mapping
folder = sys.argv[1]
if os.geteuid() == 0:
    os.setgroups([])
    os.setgid(65534)
    os.setuid(65534)
with plain.plainly():
    settings = {"database": {"url": f"sqlite:///{folder}/k.db"}, "secrets": {"key_file": f"{folder}/key"}}
    with serving.ready(from_mapping(settings)):
        pass
"""


class TestPrivilegedPort:
    def test_the_sentence_names_the_address(self) -> None:
        stop = plain.cannot_bind(PermissionError(13, "denied"), "0.0.0.0", 80)
        assert isinstance(stop, plain.Stop) and stop.code == "port_denied"

    def test_an_unforeseen_error_stays_itself(self) -> None:
        error = OSError(5, "disk")
        assert plain.cannot_bind(error, "h", 1) is error
        with pytest.raises(OSError, match="disk"), plain.plainly():
            raise error


class TestSentences:
    def test_each_is_said_in_both_languages_with_the_same_blanks(self) -> None:
        for english, urdu in plain.SENTENCES.values():
            assert URDU.search(urdu) and not URDU.search(english)
            assert set(re.findall(r"{\w+}", english)) == set(re.findall(r"{\w+}", urdu))

    def test_each_refusal_of_a_key_has_one(self) -> None:
        for code in ("missing", "exposed", "unreadable", "weak"):
            with pytest.raises(SystemExit) as caught, plain.plainly():
                raise keys.KeyRefused(code, Path("k"))
            assert caught.value.code == plain.EXIT

    def test_a_part_that_is_not_there_is_named(self) -> None:
        with pytest.raises(plain.Stop) as caught:
            serving.resolve("web.nowhere:main")
        assert caught.value.params == {"part": "web.nowhere"}


def test_help_lists_every_command() -> None:
    done = run("--help", COLUMNS="200")
    for command in (
        "serve",
        "migrate",
        "check-config",
        "keys",
        "staff",
        "demo",
        "demo-check",
        "protocol",
        "media",
        "gateway",
    ):
        assert command in done.stdout


def test_the_key_file_is_private_even_under_a_lax_umask(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        keys.make(tmp_path / "key")
    finally:
        os.umask(before)
    assert (tmp_path / "key").stat().st_mode & 0o777 == 0o600


def test_folders_for_our_files_are_closed_to_others(tmp_path: Path) -> None:
    tree = tmp_path / "var"
    settings = from_mapping(
        {
            "database": {"url": f"sqlite:///{tree}/k.db"},
            "secrets": {"key_file": f"{tree}/keys/key"},
            "bus": {"socket": f"{tree}/bus"},
            "media": {"socket": f"{tree}/media"},
        }
    )
    serving.state_folder(settings)
    assert (tree / "keys").stat().st_mode & 0o777 == 0o700
