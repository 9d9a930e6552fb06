"""Spans that are taken out of recordings, and words that are taken out of public texts."""

from collections.abc import Sequence
from typing import Final

from sqlalchemy import ColumnElement, Connection, and_, case, delete, func, or_, select, update

from .rows import fetch, fetch_one, put_new, save
from .tables import (
    Content,
    Question,
    RecordedSegment,
    RecordingHold,
    RedactedWords,
    Redaction,
    ReplayChapter,
    Session,
    table_of,
)

_redaction = table_of(Redaction)
_words = table_of(RedactedWords)
_chapter = table_of(ReplayChapter)
_session = table_of(Session)
_hold = table_of(RecordingHold)
_segment = table_of(RecordedSegment)
_question = table_of(Question)
_content = table_of(Content)

#: States of which the files do not say yet what the row says.
OPEN: Final = ("new", "failed")
#: The same, and what is not tried any more because its segments are lost. Nobody gets such a span.
SILENT: Final = (*OPEN, "lost")
#: Each step between states: from which it may be taken, and to which it leads.
STEPS: Final = {
    "carried out": (SILENT, "done"),
    "failed": (OPEN, "failed"),
    "given up": (OPEN, "lost"),
    "again": (("done", "lost"), "new"),  # an old copy was put back, or a segment that was lost has come back
    "undone": ((*SILENT, "done"), "undone"),
}
#: Given up after so many tries, and never before this long after it was asked for, in milliseconds.
TRIES: Final = 24
TRIED_MS: Final = 86_400_000


def add(conn: Connection, row: Redaction) -> None:
    """Note that a span is to be taken out; the same one, sent twice, once."""
    put_new(conn, [row])


def of_session(conn: Connection, session_id: str) -> list[Redaction]:
    """All of a session, in their place, undone ones too."""
    return fetch(
        conn, Redaction, _redaction.c.session_id == session_id, order=(_redaction.c.starts_at, _redaction.c.id)
    )


def one(conn: Connection, id: str) -> Redaction | None:
    """One of them."""
    return fetch_one(conn, Redaction, _redaction.c.id == id)


def undo(conn: Connection, id: str, account: str, now: int) -> bool:
    """Take a redaction back, while the original is kept. Whether it could be."""
    never = and_(_redaction.c.state != "done", _redaction.c.done_at.is_(None))
    here = (_redaction.c.id == id, or_(never, _redaction.c.sealed_until > now))
    return _step(conn, "undone", here, undone_by=account, undone_at=now, tries=0) == 1


def _step(conn: Connection, step: str, here: Sequence[ColumnElement[bool]], **values: object) -> int:
    """Take a step with these redactions; how many could."""
    since, state = STEPS[step]
    where = (*here, _redaction.c.state.in_(since))
    return conn.execute(update(_redaction).where(*where).values(state=state, **values)).rowcount


def due(conn: Connection, session_id: str | None = None, *, failed: bool = True) -> list[Redaction]:
    """Those that the files do not agree with yet, the oldest first.

    Arguments:
        session_id: of this session alone.
        failed: also those that failed before.
    """
    here: list[ColumnElement[bool]] = [_undone_and_there() | _redaction.c.state.in_(OPEN if failed else ("new",))]
    if session_id is not None:
        here.append(_redaction.c.session_id == session_id)
    return fetch(conn, Redaction, *here, order=(_redaction.c.made_at, _redaction.c.id))


def carried_out(conn: Connection, id: str, now: int, sealed_until: int) -> bool:
    """The files agree with a redaction. Whether it was still to be carried out: it may have been undone meanwhile."""
    # One that is carried out once more gives nobody longer to undo it; what was destroyed then is destroyed again.
    until = case((_redaction.c.done_at.is_(None), sealed_until), else_=func.coalesce(_redaction.c.sealed_until, now))
    return _step(conn, "carried out", [_redaction.c.id == id], done_at=now, sealed_until=until) == 1


def taken_back(conn: Connection, id: str, now: int) -> None:
    """The files are as if an undone redaction had never been."""
    here = (_redaction.c.id == id, _redaction.c.state == "undone")
    conn.execute(update(_redaction).where(*here).values(done_at=now, sealed_until=None))


def failed(conn: Connection, id: str, now: int) -> bool:
    """It could not be carried out, or put back. It is tried again, but not for ever: whether it was given up."""
    here = [_redaction.c.id == id]
    conn.execute(
        update(_redaction).where(*here, _redaction.c.state.in_((*OPEN, "undone"))).values(tries=_redaction.c.tries + 1)
    )
    _step(conn, "failed", here)
    late = [*here, _redaction.c.tries >= TRIES, _redaction.c.made_at <= now - TRIED_MS]
    return _step(conn, "given up", late) == 1


def again(conn: Connection, ids: Sequence[str]) -> int:
    """The files have something in them again that was taken out, or may: how many are to be carried out anew."""
    return _step(conn, "again", [_redaction.c.id.in_(list(ids))], tries=0)


def over(conn: Connection, now: int) -> list[Redaction]:
    """Done ones whose originals have been kept long enough; where the recording is held, they are kept as well."""
    free = _redaction.c.session_id.not_in(select(_hold.c.session_id))
    here = (_redaction.c.state == "done", _redaction.c.sealed_until <= now, free)
    return fetch(conn, Redaction, *here, order=(_redaction.c.id,))


def destroyed(conn: Connection, ids: Sequence[str]) -> None:
    """Their originals are gone: nobody can undo them."""
    conn.execute(update(_redaction).where(_redaction.c.id.in_(list(ids))).values(sealed_until=None))


def hide_words(conn: Connection, row: RedactedWords) -> None:
    """Take words out of a public text."""
    put_new(conn, [row])


def words_of(conn: Connection, session_id: str) -> list[RedactedWords]:
    """All words that were taken out of a session's public texts, the oldest first."""
    here = _words.c.session_id == session_id
    return fetch(conn, RedactedWords, here, order=(_words.c.made_at, _words.c.id))


def show_words(conn: Connection, id: str) -> bool:
    """Give words back. Whether they were taken out."""
    return conn.execute(delete(_words).where(_words.c.id == id)).rowcount == 1


def forget(conn: Connection, session_id: str) -> None:
    """Strike out the spans of a session whose recording is gone; words stay out of its texts."""
    conn.execute(delete(_redaction).where(_redaction.c.session_id == session_id))


def sessions_open(conn: Connection) -> set[str]:
    """Sessions with something that the files do not agree with yet."""
    statement = select(_redaction.c.session_id).where(_undone_and_there() | _redaction.c.state.in_(OPEN)).distinct()
    return {str(id) for (id,) in conn.execute(statement)}


def withdrawn(conn: Connection, session_id: str | None = None) -> list[tuple[str, str]]:
    """Session and key of chapters that were recorded, whose asker had her words destroyed, and which nobody has taken
    out of the recording yet.

    Arguments:
        session_id: of this session alone.
    """
    taken = select(_redaction.c.id).where(
        _redaction.c.session_id == _chapter.c.session_id,
        _redaction.c.state != "undone",
        _redaction.c.sound.is_(True),
        _redaction.c.picture.is_(True),
        _redaction.c.starts_at <= _chapter.c.starts_at,
        _redaction.c.ends_at >= _chapter.c.ends_at,
    )
    recorded = select(_segment.c.number).where(_segment.c.session_id == _chapter.c.session_id)
    statement = (
        select(_chapter.c.session_id, _chapter.c.key)
        .join(_question, _question.c.id == _chapter.c.question_id)
        .join(_content, _content.c.id == _question.c.content_id)
        .where(_content.c.erased_at.is_not(None), _chapter.c.ends_at > _chapter.c.starts_at)
        .where(recorded.exists(), ~taken.exists())
        .order_by(_chapter.c.session_id, _chapter.c.n)
    )
    if session_id is not None:
        statement = statement.where(_chapter.c.session_id == session_id)
    return [(id, key) for id, key in conn.execute(statement)]


def hold(conn: Connection, row: RecordingHold) -> bool:
    """Keep a recording whatever its time is; one that is held gets the new reason and day. Whether it was free."""
    free = held(conn, row.session_id) is None
    save(conn, [row])
    return free


def held(conn: Connection, session_id: str) -> RecordingHold | None:
    """Why a recording is kept whatever its time is."""
    return fetch_one(conn, RecordingHold, _hold.c.session_id == session_id)


def holds(conn: Connection) -> dict[str, RecordingHold]:
    """All that are held, by session."""
    return {row.session_id: row for row in fetch(conn, RecordingHold, order=(_hold.c.session_id,))}


def lift(conn: Connection, session_id: str) -> bool:
    """Let a recording go its way again. Whether it was held."""
    return conn.execute(delete(_hold).where(_hold.c.session_id == session_id)).rowcount == 1


def _undone_and_there() -> ColumnElement[bool]:
    later = or_(_redaction.c.done_at.is_(None), _redaction.c.done_at <= _redaction.c.undone_at)
    return and_(_redaction.c.state == "undone", later, _redaction.c.tries < TRIES)


def marks(conn: Connection, sessions: Sequence[str]) -> dict[str, str]:
    """What tells that the edition of a closed session has to be made anew: it is another string then.

    Arguments:
        sessions: of these; those that are not closed are left out.
    """
    heads = select(_session.c.id, _session.c.head_seq).where(
        _session.c.id.in_(list(sessions)), _session.c.phase == "closed"
    )
    found = {str(id): f"{seq}" for id, seq in conn.execute(heads)}
    released = func.sum(case((_chapter.c.state == "released", 1), else_=0))
    decided = (
        select(_chapter.c.session_id, released, func.max(_chapter.c.decided_at))
        .where(_chapter.c.decided_at.is_not(None))
        .group_by(_chapter.c.session_id)
    )
    taken = select(
        _redaction.c.session_id,
        func.count(_redaction.c.id),
        func.max(_redaction.c.made_at),
        func.max(_redaction.c.undone_at),
    ).group_by(_redaction.c.session_id)
    for letter, statement in (("c", decided), ("r", taken)):
        for id, *said in conn.execute(statement.where(statement.selected_columns[0].in_(list(found)))):
            found[id] += f" {letter}" + ",".join(str(each or 0) for each in said)
    return found
