"""Acts that must be answered for are kept as they were, with a reason, and without what they guard."""

from __future__ import annotations

from pathlib import Path

import pytest

from kachehri import audit, staff
from kachehri.store import Connection, Store, StoreError
from kachehri.store import audit as rows
from kachehri.store.tables import Audit
from rooms.base import Refused
from tests.conftest import ManualClock
from tests.databases import new_sqlite


@pytest.fixture
def store(tmp_path: Path, clock: ManualClock) -> Store:
    return Store(new_sqlite(tmp_path / "audit.db"), clock=clock)


def acts(conn: Connection) -> list[Audit]:
    return [row for row, _ in rows.listing(conn)]


def test_an_act_is_kept_with_who_and_why(store: Store) -> None:
    clerk = staff.add(store, "naila", "Naila Akhtar", "clerk", "tall-grass-by-the-canal")
    with store.write() as conn:
        audit.record(
            conn, 5, action="phone.reveal", subject="2640718822", reason=" She asked to be called ", account=clerk.id
        )
    with store.read() as conn:
        ((row, who),) = rows.listing(conn)
    assert (row.action, row.subject, row.reason, row.at) == ("phone.reveal", "2640718822", "She asked to be called", 5)
    assert who == "Naila Akhtar"


def test_what_opens_a_secret_needs_a_reason(store: Store) -> None:
    clerk = staff.add(store, "naila", "Naila Akhtar", "clerk", "tall-grass-by-the-canal")
    for reason in ("", "  ", "\u200b\u200b"):
        with store.write() as conn, pytest.raises(Refused) as caught:
            audit.record(conn, 5, action="phone.reveal", subject="2640718822", reason=reason, account=clerk.id)
        assert caught.value.code == "text_empty"
    with store.write() as conn:
        audit.record(conn, 5, action="person.erase", subject="2640718822")  # her own, by her receipt
        assert [row.reason for row in acts(conn)] == [""]


def test_a_reason_does_not_keep_the_number_that_it_explains(store: Store) -> None:
    with store.write() as conn:
        audit.record(conn, 5, action="person.erase", subject="2640718822", reason="She rang from 0300 1234567")
        (row,) = acts(conn)
    assert "1234567" not in row.reason and row.reason.startswith("She rang from")


def test_nobody_changes_an_act(store: Store) -> None:
    with store.write() as conn:
        audit.record(conn, 5, action="person.erase", subject="2640718822")
    for change in ("UPDATE audit SET reason = 'x'", "DELETE FROM audit"):
        with pytest.raises(StoreError), store.write() as conn:
            conn.exec_driver_sql(change)


def test_pages_go_on_where_the_last_ended(store: Store) -> None:
    with store.write() as conn:
        for at in (1, 2, 2, 3):
            audit.record(conn, at, action="person.erase", subject=str(at))
    with store.read() as conn:
        first = [row for row, _ in rows.listing(conn, limit=2)]
        rest = [row for row, _ in rows.listing(conn, limit=9, before=(first[-1].at, first[-1].id))]
        assert [row.at for row in (*first, *rest)] == [3, 2, 2, 1]
        assert len({row.id for row in (*first, *rest)}) == 4
        assert rows.listing(conn, actions=["phone.reveal"]) == []
