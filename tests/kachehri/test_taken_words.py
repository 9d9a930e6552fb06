"""Words that are taken out of a public text are out for every reader, and come back where they were."""

from __future__ import annotations

import pytest

from kachehri import taken_words
from kachehri.store import Store, content, redactions
from kachehri.store.tables import Session
from moderation.release import TAKEN
from tests.conftest import MONDAY_MS
from tests.kachehri.store.conftest import session, store

__all__ = ["session", "store"]
TEXT = "Ali told Ali that Aliya knows"


@pytest.fixture
def kept(store: Store, session: Session) -> str:
    with store.write() as conn:
        content.add(conn, [content.Kept("c1", session.id, "p1", "text", b"sealed", TEXT, b"salt", MONDAY_MS)])
    return session.id


def reads(store: Store, session_id: str) -> str:
    with store.read() as conn:
        return content.texts(conn, session_id)["c1"]


def test_are_out_wherever_they_stand_and_come_back_one_by_one(store: Store, kept: str) -> None:
    with store.write() as conn:
        changed = taken_words.take_out(conn, kept, "c1", ["Ali", "knows"], "a name", "acc", MONDAY_MS)
        assert changed is not None and changed.places == 3
        assert taken_words.take_out(conn, kept, "c1", ["Ali"], "a name", "acc", MONDAY_MS) is None, "none is left"
    assert reads(store, kept) == f"{TAKEN} told {TAKEN} that Aliya {TAKEN}" == changed.text
    with store.read() as conn:
        rows = redactions.words_of(conn, kept)
    assert [(row.id, row.quote, row.reason) for row in rows] == [
        ("c1.0", "Ali", "a name"),
        ("c1.24", "knows", "a name"),
        ("c1.9", "Ali", "a name"),
    ]
    with store.write() as conn:
        assert taken_words.give_back(conn, kept, "c1.9") is not None
        assert taken_words.give_back(conn, kept, "c1.9") is None
    assert reads(store, kept) == f"{TAKEN} told Ali that Aliya {TAKEN}"
    with store.write() as conn:
        for id in ("c1.24", "c1.0"):
            assert taken_words.give_back(conn, kept, id) is not None
    assert reads(store, kept) == TEXT


def test_only_texts_of_this_session_change(store: Store, kept: str) -> None:
    with store.write() as conn:
        assert taken_words.take_out(conn, "other", "c1", ["Ali"], "", "acc", MONDAY_MS) is None
        assert taken_words.take_out(conn, kept, "c9", ["Ali"], "", "acc", MONDAY_MS) is None
        assert taken_words.take_out(conn, kept, "c1", ["Alia", ""], "", "acc", MONDAY_MS) is None
        assert taken_words.give_back(conn, kept, "c9.0") is None
    assert reads(store, kept) == TEXT


def test_go_with_whoever_erases_hers(store: Store, kept: str) -> None:
    with store.write() as conn:
        assert taken_words.take_out(conn, kept, "c1", ["Ali"], "", "acc", MONDAY_MS) is not None
        content.erase(conn, ["c1"], MONDAY_MS)
        assert redactions.words_of(conn, kept) == []
        assert taken_words.give_back(conn, kept, "c1.0") is None
