"""Sessions, their seats and their turns: what the first page lists and what start-up resumes."""

import secrets
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, bindparam, delete, func, select, update

from .event_log import GENESIS
from .rows import fetch, fetch_one, insert_into, put, put_new, save
from .tables import Room, Seat, Session, Turn, TurnQuestion, table_of

_session = table_of(Session)
_turn = table_of(Turn)
_seat = table_of(Seat)
# RFC 4648 base32 alphabet in lower case: no 0, 1, 8, 9 to be misread on a poster.
_LETTERS = "abcdefghijklmnopqrstuvwxyz234567"
ENDED = ("closed", "cancelled")


def new_id() -> str:
    """A session's id, eight letters that fit on a poster: 40 bits."""
    return "".join(secrets.choice(_LETTERS) for _ in range(8))


def new_epoch() -> str:
    """Names one life of the log; drawn anew after a restore."""
    return secrets.token_hex(8)


def create(
    conn: Connection,
    *,
    room_id: str,
    title_ur: str,
    title_en: str,
    starts_at: int,
    ends_at: int,
    created_at: int,
    id: str | None = None,
    series: str | None = None,
    admission: str = "open",
    languages: Sequence[str] = ("ur", "en"),
    practice: bool = False,
) -> Session:
    """Write an empty session, numbered next in its series (a room is a series unless told otherwise)."""
    room = fetch_one(conn, Room, table_of(Room).c.id == room_id)
    if room is None:
        raise LookupError(room_id)
    series = series or room_id
    last = conn.execute(select(func.max(_session.c.number)).where(_session.c.series == series)).scalar()
    session = Session(
        id=id or new_id(),
        room_id=room_id,
        office_id=room.office_id,
        series=series,
        number=(last or 0) + 1,
        admission=admission,
        languages=list(languages),
        practice=practice,
        title_ur=title_ur,
        title_en=title_en,
        starts_at=starts_at,
        ends_at=ends_at,
        epoch=new_epoch(),
        head_hash=GENESIS,
        created_at=created_at,
    )
    put(conn, [session])
    return session


_PROJECT = (
    update(_session)
    .where(_session.c.id == bindparam("of"))
    .values({name: bindparam(f"new_{name}") for name in ("phase", "starts_at", "ends_at", "deadline")})
)


def project(
    conn: Connection, session_id: str, *, phase: str, starts_at: int, ends_at: int, deadline: int | None
) -> None:
    """What the log made of the session's outer facts. `deadline` is when the clock alone would move it next."""
    values = {"new_phase": phase, "new_starts_at": starts_at, "new_ends_at": ends_at, "new_deadline": deadline}
    conn.execute(_PROJECT, {"of": session_id, **values})


def rename(
    conn: Connection, session_id: str, *, title_ur: str, title_en: str, languages: Sequence[str] | None = None
) -> None:
    """Correct what a session is called, and perhaps what it is spoken in."""
    spoken = {} if languages is None else {"languages": list(languages)}
    statement = update(_session).where(_session.c.id == session_id)
    conn.execute(statement.values(title_ur=title_ur, title_en=title_en, **spoken))


def get(conn: Connection, session_id: str) -> Session | None:
    """One session."""
    return fetch_one(conn, Session, _session.c.id == session_id)


def unfinished(conn: Connection) -> list[str]:
    """The sessions that start-up resumes, also those that were closing, in id order."""
    statement = select(_session.c.id).where(_session.c.phase.not_in((*ENDED, "new"))).order_by(_session.c.id)
    return list(conn.execute(statement).scalars())


def due(conn: Connection, now: int) -> list[str]:
    """Sessions that the clock alone would move."""
    statement = select(_session.c.id).where(_session.c.deadline <= now).order_by(_session.c.deadline)
    return list(conn.execute(statement).scalars())


def listing(conn: Connection, *, phases: Sequence[str], newest_first: bool = False, limit: int = 50) -> list[Session]:
    """Sessions in these phases by their start."""
    start = _session.c.starts_at.desc() if newest_first else _session.c.starts_at
    return fetch(conn, Session, _session.c.phase.in_(phases), order=(start, _session.c.id), limit=limit)


def last_announced(conn: Connection) -> str | None:
    """The hearing that was announced last, to plan the next one like it; practice is none."""
    real = (_session.c.practice.is_(False), _session.c.phase != "new")
    statement = select(_session.c.id).where(*real).order_by(_session.c.created_at.desc(), _session.c.id).limit(1)
    return conn.execute(statement).scalar_one_or_none()


def practices(conn: Connection) -> list[Session]:
    """Practice hearings that are not over, newest first."""
    here = (_session.c.practice.is_(True), _session.c.phase.not_in((*ENDED, "new")))
    return fetch(conn, Session, *here, order=(_session.c.created_at.desc(),), limit=10)


def set_seats(conn: Connection, rows: Sequence[Seat]) -> None:
    """The stage's places, and no others; a place that exists keeps its device."""
    put_new(conn, rows)
    for session_id in {row.session_id for row in rows}:
        kept = [row.id for row in rows if row.session_id == session_id]
        conn.execute(delete(_seat).where(_seat.c.session_id == session_id, _seat.c.id.not_in(kept)))


def seats(conn: Connection, session_id: str) -> list[Seat]:
    """The stage's places."""
    return fetch(conn, Seat, _seat.c.session_id == session_id, order=(_seat.c.id,))


def save_turns(conn: Connection, rows: Sequence[Turn], questions: Sequence[tuple[str, str]]) -> None:
    """Write turns as they now stand, and which `(turn, question)` belong together."""
    save(conn, rows)
    if questions:
        statement: Any = insert_into(conn, table_of(TurnQuestion)).on_conflict_do_nothing()
        conn.execute(statement, [{"turn_id": turn, "question_id": question} for turn, question in questions])


def turns(conn: Connection, session_id: str) -> list[Turn]:
    """Every turn of a session in the order of the calls."""
    return fetch(conn, Turn, _turn.c.session_id == session_id, order=(_turn.c.called_at, _turn.c.id))
