"""Files of captions: the newest of a language holds, and what was before it is there again when it is undone."""

from __future__ import annotations

from kachehri.store import Store, caption_files, content
from kachehri.store.tables import CaptionFile, Session


def test_the_newest_holds_until_it_is_undone(store: Store, session: Session) -> None:
    def file(id: str, language: str, at: int) -> CaptionFile:
        return CaptionFile(
            id=id, session_id=session.id, language=language, lines=b"[[1,2]]", count=1, made_by="a", made_at=at
        )

    with store.write() as conn:
        caption_files.add(conn, file("f1", "ur", 1), [("f1-0", "پانی")])
        caption_files.add(conn, file("f1", "ur", 9), [("f1-0", "twice")])
        caption_files.add(conn, file("f2", "ur", 2), [("f2-0", "نلکا")])
        caption_files.add(conn, file("f3", "en", 1), [("f3-0", "water")])
    with store.write() as conn:
        assert {tag: row.id for tag, row in caption_files.holding(conn, session.id).items()} == {"ur": "f2", "en": "f3"}
        assert content.texts(conn, session.id) == {"f1-0": "پانی", "f2-0": "نلکا", "f3-0": "water"}
        assert caption_files.undo(conn, session.id, "f2", "b", 5)
        assert not caption_files.undo(conn, "other", "f3", "b", 5)
    with store.write() as conn:
        assert caption_files.undo(conn, session.id, "f2", "c", 6), "undone twice"
        found = caption_files.holding(conn, session.id)
        assert found["ur"].id == "f1" and found["ur"].lines == b"[[1,2]]"
