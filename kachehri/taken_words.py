"""Words that a moderator takes out of a public text after the hearing, and gives back.

The one public text itself is changed, so every page, paper, file and interface reads it without them; what was taken
out is kept beside it, so that it can be put back. A row's id is its place: the text, and where in it the words begin.
Whoever erases her words takes these with them (store/content.py).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from kachehri.store import Connection, content, redactions
from kachehri.store.tables import RedactedWords
from moderation import release
from moderation.release import Hole


class Changed(NamedTuple):
    """A public text as it reads now, and how many places of it changed."""

    text_id: str
    text: str
    places: int


def take_out(
    conn: Connection, session_id: str, text_id: str, quotes: Iterable[str], reason: str, account: str, now: int
) -> Changed | None:
    """Take words out of a text of this session, wherever they stand in it; None where they do not.

    Arguments:
        reason: why; masked.
    """
    public = content.texts_in(conn, session_id, [text_id]).get(text_id)
    if public is None:
        return None
    holes = _holes(conn, session_id, text_id)
    whole = release.whole_of(public, holes)
    fresh: list[Hole] = []
    for quote in quotes:
        fresh += release.found(whole, quote, [*holes, *fresh])
    for hole in fresh:
        redactions.hide_words(
            conn,
            RedactedWords(
                id=_id(text_id, hole),
                session_id=session_id,
                text_id=text_id,
                quote=hole.quote,
                reason=reason,
                made_by=account,
                made_at=now,
            ),
        )
    return _publish(conn, text_id, whole, [*holes, *fresh], len(fresh)) if fresh else None


def give_back(conn: Connection, session_id: str, id: str) -> Changed | None:
    """Put words back where they were; None where they are not out."""
    text_id, _, _ = id.partition(".")
    public = content.texts_in(conn, session_id, [text_id]).get(text_id)
    holes = _holes(conn, session_id, text_id)
    if public is None or not any(_id(text_id, hole) == id for hole in holes) or not redactions.show_words(conn, id):
        return None
    whole = release.whole_of(public, holes)
    return _publish(conn, text_id, whole, [hole for hole in holes if _id(text_id, hole) != id], 1)


def _publish(conn: Connection, text_id: str, whole: str, holes: list[Hole], places: int) -> Changed:
    text = release.without(whole, holes)
    content.republish(conn, text_id, text)
    return Changed(text_id, text, places)


def _holes(conn: Connection, session_id: str, text_id: str) -> list[Hole]:
    return [hole_of(row) for row in redactions.words_of(conn, session_id) if row.text_id == text_id]


def hole_of(row: RedactedWords) -> Hole:
    """Where the words of a row were."""
    return Hole(int(row.id.rpartition(".")[2]), row.quote)


def _id(text_id: str, hole: Hole) -> str:
    return f"{text_id}.{hole.at}"
