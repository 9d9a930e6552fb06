"""`kachehri audit verify`: everything holds, or it says which chain does not, and where."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from kachehri import keys
from kachehri.proof.keeping import Keeping
from kachehri.proof.signing import Signer
from kachehri.store import Store, migrate
from tests.kachehri.proof.conftest import QUESTIONS, SESSION, furnish
from tests.servers import run


@pytest.fixture
def house(tmp_path: Path) -> dict[str, str]:
    environment = {
        "KACHEHRI_DATABASE_URL": f"sqlite:///{tmp_path / 'k.db'}",
        "KACHEHRI_SECRETS_KEY_FILE": str(tmp_path / "key"),
    }
    keys.make(tmp_path / "key")
    migrate(environment["KACHEHRI_DATABASE_URL"])
    return environment


def test_what_was_cut_off_is_found_with_the_copy_of_the_heads(house: dict[str, str], tmp_path: Path) -> None:
    store = Store(house["KACHEHRI_DATABASE_URL"])
    furnish(store)
    assert Keeping(store, Signer(keys.read(tmp_path / "key")), tmp_path / "heads.jsonl").keep()
    store.close()
    copy = tmp_path / "elsewhere.jsonl"
    copy.write_bytes((tmp_path / "heads.jsonl").read_bytes())
    done = run("audit", "verify", **house)
    assert done.returncode == 0 and "everything holds" in done.stdout, done.stdout + done.stderr
    with sqlite3.connect(tmp_path / "k.db") as conn:
        for name in [row[0] for row in conn.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")]:
            conn.execute(f"DROP TRIGGER {name}")
        conn.execute("DELETE FROM event WHERE seq > ?", (QUESTIONS - 1,))
        conn.execute(
            "UPDATE session SET head_seq = ?, head_hash = (SELECT hash FROM event WHERE seq = ?)",
            (QUESTIONS - 1, QUESTIONS - 1),
        )
        conn.execute("DELETE FROM record_head")
    (tmp_path / "heads.jsonl").unlink()
    assert run("audit", "verify", **house).returncode == 0, "without the copy nobody could tell"
    found = run("audit", "verify", "--heads", str(copy), **house)
    assert found.returncode == 1 and f"session {SESSION} at {QUESTIONS}: a signed step is gone" in found.stdout
