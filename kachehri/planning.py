"""Announces a hearing: its row, and the first event of its log."""

from __future__ import annotations

import asyncio
import base64
import hashlib
from dataclasses import dataclass

from kachehri.service import Service
from kachehri.store import sessions
from rooms.base import Actor
from rooms.lifecycle import ScheduleSession, SeatKind, SeatPlan

SEATS_MOST = 12


@dataclass(frozen=True)
class Plan:
    """What an organiser decides. Instants are milliseconds since the epoch."""

    room_id: str
    title_ur: str
    title_en: str
    starts_at: int
    ends_at: int
    officials: int = 2
    citizens: int = 1
    interpreters: int = 0
    languages: tuple[str, ...] = ("ur", "en")
    practice: bool = False


def seats(plan: Plan) -> tuple[SeatPlan, ...]:
    """The places on the stage, each with a name of its own: `official-1`, `citizen-1`."""
    kinds: tuple[tuple[SeatKind, int], ...] = (
        ("official", plan.officials),
        ("citizen", plan.citizens),
        ("interpreter", plan.interpreters),
    )
    return tuple(SeatPlan(seat=f"{kind}-{n}", kind=kind) for kind, count in kinds for n in range(1, count + 1))


async def announce(service: Service, actor: Actor, plan: Plan, key: str) -> str:
    """Create the session and schedule it; from then on it takes questions. Returns its id, which follows from actor and
    key: a form that is sent twice announces one hearing.

    The row without its first event is phase `new`, which no list shows: whatever stops half-way leaves no half hearing.
    Errors: `Refused` with `session_times` or `session_seats`.
    """

    session_id = id_of(actor, key)

    def create() -> None:
        with service.store.write() as conn:
            if sessions.get(conn, session_id) is not None:
                return
            sessions.create(
                conn,
                id=session_id,
                room_id=plan.room_id,
                title_ur=plan.title_ur,
                title_en=plan.title_en,
                starts_at=plan.starts_at,
                ends_at=plan.ends_at,
                created_at=service.store.now(conn),
                languages=plan.languages,
                practice=plan.practice,
            )

    await asyncio.to_thread(create)
    command = ScheduleSession(
        title={"ur": plan.title_ur, "en": plan.title_en},
        starts_at=plan.starts_at,
        ends_at=plan.ends_at,
        seats=seats(plan),
        practice=plan.practice,
    )
    await service.live(session_id)
    await service.submit(actor, session_id, command, key)
    return session_id


def id_of(actor: Actor, key: str) -> str:
    """The id of the session that an organiser announces with a key: 40 bits in 8 letters of a-z and 2-7 (RFC 4648)."""
    digest = hashlib.sha256(f"session/{actor.participant}/{key}".encode()).digest()
    return base64.b32encode(digest[:5]).decode().lower()
