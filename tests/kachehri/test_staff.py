"""Staff accounts: no second spelling of one login, no password that is easily guessed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from kachehri import plain, staff
from kachehri.store import Store, accounts
from tests.servers import run

GOOD = "four quiet lamps"


@pytest.fixture
def store(migrated_url: str) -> Iterator[Store]:
    opened = Store(migrated_url)
    yield opened
    opened.close()


def test_an_account_can_be_found_and_its_password_is_only_a_hash(store: Store) -> None:
    made = staff.add(store, " Amina.K ", "Amina Khan", "moderator", GOOD)
    with store.read() as connection:
        kept = accounts.by_login(connection, "amina.k")
    assert kept is not None and (kept.id, kept.name, kept.role) == (made.id, "Amina Khan", "moderator")
    assert kept.password_hash.startswith("$argon2id$") and GOOD not in kept.password_hash
    assert PasswordHasher().verify(kept.password_hash, GOOD)


def test_capitals_make_no_second_account(store: Store) -> None:
    staff.add(store, "amina", "", "chair", GOOD)
    with pytest.raises(staff.StaffRefused, match="taken"):
        staff.add(store, "AMINA", "", "chair", GOOD)


@pytest.mark.parametrize(
    ("login", "role", "password", "code"),
    [
        ("a", "chair", GOOD, "login"),
        ("two words", "chair", GOOD, "login"),
        ("amina", "citizen", GOOD, "role"),
        ("amina", "system", GOOD, "role"),
        ("amina", "chair", "short", "password_short"),
        ("amina", "chair", "x" * 129, "password_long"),
        ("amina", "chair", "abababababababab", "password_plain"),
        ("amina", "chair", "Amina is the chair", "password_plain"),
    ],
)
def test_what_is_refused(migrated_sqlite_url: str, login: str, role: str, password: str, code: str) -> None:
    store = Store(migrated_sqlite_url)
    try:
        with pytest.raises(staff.StaffRefused) as caught:
            staff.add(store, login, "", role, password)
    finally:
        store.close()
    assert caught.value.code == code
    assert f"staff_{code}" in plain.SENTENCES


def test_from_the_command_line(migrated_sqlite_url: str, tmp_path: Path) -> None:
    (tmp_path / "password").write_text(GOOD + "\n")
    command = ("staff", "amina", "--role", "moderator", "--password-file", str(tmp_path / "password"))
    done = run(*command, KACHEHRI_DATABASE_URL=migrated_sqlite_url)
    assert (done.returncode, done.stdout) == (0, "amina may sign in as moderator.\n")
    done = run(*command, KACHEHRI_DATABASE_URL=migrated_sqlite_url)
    assert done.returncode == 2 and "already" in done.stderr
