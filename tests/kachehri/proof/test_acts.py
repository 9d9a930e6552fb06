"""What the staff must answer for is signed by the day: an act that is changed, taken out or put in later is found."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import text

from kachehri import audit
from kachehri.proof import heads, keeping
from kachehri.proof.auditing import verify
from kachehri.proof.keeping import DAY_MS, OVERLAP_MS
from kachehri.proof.signing import Signer
from kachehri.store import Connection, Store

NOON = 20_000 * DAY_MS + DAY_MS // 2
OVER = 20_001 * DAY_MS + OVERLAP_MS


@pytest.fixture
def store(migrated_url: str) -> Iterator[Store]:
    opened = Store(migrated_url)
    with opened.write() as conn:
        for at in (NOON - DAY_MS, NOON, NOON + 1, NOON + DAY_MS):
            audit.record(conn, at, action="words.hide", subject="2640718822", facts={"b": "2", "a": "1"})
    yield opened
    opened.close()


def signed(conn: Connection, now: int, signer: Signer) -> list[tuple[str, str, int]]:
    line = keeping.sign(conn, now, signer)
    return [(each.kind, each.id, each.seq) for each in heads.parsed(line).ends] if line else []


def test_a_day_is_signed_once_when_it_is_over(store: Store, signer: Signer) -> None:
    with store.write() as conn:
        assert signed(conn, NOON, signer) == [("audit", "19999", 1)]
        assert signed(conn, OVER - 1, signer) == []
        assert signed(conn, OVER, signer) == [("audit", "20000", 2)]
        assert signed(conn, OVER + 1, signer) == []
        assert signed(conn, OVER + 9 * DAY_MS, signer) == [("audit", "20001", 1)]
        assert verify(conn, signer.public).findings == []


WAYS: dict[str, str] = {
    "edit": "UPDATE audit SET reason = 'other' WHERE at = :at",
    "who": "UPDATE audit SET subject = '2600000000' WHERE at = :at",
    "delete": "DELETE FROM audit WHERE at = :at",
    "move": "UPDATE audit SET at = at + 5 WHERE at = :at",
    "insert": "INSERT INTO audit (id, at, action, subject, reason) VALUES ('x', :at, 'words.hide', 's', '')",
}


@pytest.mark.parametrize("way", WAYS)
def test_what_is_done_to_an_act_later_is_found(store: Store, signer: Signer, way: str) -> None:
    with store.write() as conn:
        signed(conn, OVER, signer)
        unguarded(conn)
        conn.execute(text(WAYS[way]), {"at": NOON})
        assert [(each.kind, each.id) for each in verify(conn, signer.public).findings] == [("audit", "20000")]


def unguarded(conn: Connection) -> None:
    """Whoever has the database to himself takes its guards away first."""
    if conn.dialect.name == "sqlite":
        for name in conn.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).scalars().all():
            conn.execute(text(f"DROP TRIGGER {name}"))
    else:
        conn.execute(text("ALTER TABLE audit DISABLE TRIGGER USER"))
