"""Files of captions that were taken in after a hearing."""

from collections.abc import Sequence
from typing import Final

from sqlalchemy import Connection, update

from . import content
from .rows import fetch, fetch_one, put_new
from .tables import CaptionFile, table_of

_file = table_of(CaptionFile)


#: What the words are, among those beside the log.
KIND: Final = "caption_file"


def add(conn: Connection, row: CaptionFile, words: Sequence[tuple[str, str]]) -> bool:
    """Take a file in; it stands in the place of an earlier one of its language. False for one that is there already.

    Arguments:
        words: the masked words of each line, under their ids.
    """
    if fetch_one(conn, CaptionFile, _file.c.id == row.id) is not None:
        return False
    put_new(conn, [row])
    kept = [content.Kept(id, row.session_id, None, KIND, None, text, b"", row.made_at) for id, text in words]
    content.add(conn, kept)
    return True


def holding(conn: Connection, session_id: str) -> dict[str, CaptionFile]:
    """By language the file that holds now."""
    here = (_file.c.session_id == session_id, _file.c.undone_at.is_(None))
    return {row.language: row for row in fetch(conn, CaptionFile, *here, order=(_file.c.made_at, _file.c.id))}


def undo(conn: Connection, session_id: str, id: str, account: str, now: int) -> bool:
    """Take a file out again: what was there before it holds. Whether there was such a file."""
    if fetch_one(conn, CaptionFile, _file.c.id == id, _file.c.session_id == session_id) is None:
        return False
    here = (_file.c.id == id, _file.c.undone_at.is_(None))
    conn.execute(update(_file).where(*here).values(undone_by=account, undone_at=now))
    return True
