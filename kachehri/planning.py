"""Announces a hearing: its row, and the first event of its log."""

from __future__ import annotations

import asyncio
import base64
import hashlib
from dataclasses import dataclass, field

from kachehri.appointments import standing_in
from kachehri.service import Service
from kachehri.store import Connection, district, sessions
from kachehri.store.tables import Account, Room
from rooms.base import Actor, Refused
from rooms.lifecycle import Codec, RescheduleSession, ScheduleSession, SeatKind, SeatPlan, Timing

SEATS_MOST = 12
#: A choice of place that names an office, which has no room of its own yet.
OFFICE = "office:"


@dataclass(frozen=True)
class Plan:
    """What an organiser decides. Instants are milliseconds since the epoch.

    Arguments:
        place: a room, or "office:" and an office, which then gets a room.
        officials: how many places for officials; `titles` says of the first of them whose they are.
        categories: what may be asked about; none named means: everything.
    """

    place: str
    title_ur: str
    title_en: str
    starts_at: int
    ends_at: int
    officials: int = 2
    citizens: int = 1
    interpreters: int = 0
    languages: tuple[str, ...] = ("ur", "en")
    practice: bool = False
    titles: tuple[dict[str, str], ...] = ()
    #: The name of a hall from which many speak before one camera; none: no hall.
    hall: dict[str, str] = field(default_factory=dict)
    #: Whether officials and clerks may show a screen.
    slides: bool = False
    categories: tuple[str, ...] = ()
    timing: Timing = Timing()
    codec: Codec = "vp8"

    @property
    def title(self) -> dict[str, str]:
        """In the languages that it has; pages fall back from one to the other."""
        return {code: text for code, text in (("ur", self.title_ur), ("en", self.title_en)) if text}


def may_hold(conn: Connection, account: Account, place: str) -> bool:
    """Whether somebody's standing role reaches the office that would hold a hearing in this place."""
    rooms = {room.id: room.office_id for room in district.rooms(conn)}
    office = place.removeprefix(OFFICE) if place.startswith(OFFICE) else rooms.get(place, "")
    return standing_in(conn, account, office) is not None


def seats(plan: Plan) -> tuple[SeatPlan, ...]:
    """The places on the stage, each with a name of its own: `official-1`, `citizen-1`."""
    kinds: tuple[tuple[SeatKind, int], ...] = (
        ("official", plan.officials),
        ("citizen", plan.citizens),
        ("interpreter", plan.interpreters),
    )
    made = []
    for kind, count in kinds:
        titles = plan.titles if kind == "official" else ()
        for n in range(1, count + 1):
            made.append(SeatPlan(seat=f"{kind}-{n}", kind=kind, title=titles[n - 1] if n <= len(titles) else {}))
    if plan.hall:
        made.append(SeatPlan(seat="hall-1", kind="hall", title=plan.hall))
    if plan.slides:
        made.append(SeatPlan(seat="slides-1", kind="slides"))
    return tuple(made)


async def announce(service: Service, actor: Actor, plan: Plan, key: str) -> str:
    """Create the session and schedule it; from then on it takes questions. Returns its id, which follows from actor and
    key: a form that is sent twice announces one hearing.

    The row without its first event is phase `new`, which no list shows: whatever stops half-way leaves no half hearing.
    Errors: `Refused` with `session_times`, `session_seats`, or `malformed` when the place is gone.
    """

    session_id = id_of(actor, key)

    def create() -> None:
        with service.store.write() as conn:
            if sessions.get(conn, session_id) is not None:
                return
            now = service.store.now(conn)
            sessions.create(
                conn,
                id=session_id,
                room_id=room(conn, plan.place, now),
                title_ur=plan.title_ur,
                title_en=plan.title_en,
                starts_at=plan.starts_at,
                ends_at=plan.ends_at,
                created_at=now,
                languages=plan.languages,
                practice=plan.practice,
            )

    await asyncio.to_thread(create)
    command = ScheduleSession(
        title=plan.title,
        starts_at=plan.starts_at,
        ends_at=plan.ends_at,
        seats=seats(plan),
        timing=plan.timing,
        practice=plan.practice,
        categories=plan.categories,
        codec=plan.codec,
    )
    await service.live(session_id)
    await service.submit(actor, session_id, command, key)
    return session_id


def changed(plan: Plan) -> RescheduleSession:
    """The command that gives an announced hearing another plan. Practice stays practice."""
    return RescheduleSession(
        starts_at=plan.starts_at,
        ends_at=plan.ends_at,
        title=plan.title,
        categories=plan.categories,
        seats=seats(plan),
        timing=plan.timing,
        codec=plan.codec,
    )


def room(conn: Connection, place: str, now: int) -> str:
    """The room of a place; an office that holds its first hearing gets one."""
    if not place.startswith(OFFICE):
        return place
    code = place.removeprefix(OFFICE)
    office = next((each for each in district.offices(conn) if each.id == code), None)
    if office is None:
        raise Refused("malformed")
    there = next((each.id for each in district.rooms(conn) if each.office_id == code), None)
    if there is None:
        there = f"room-{code}"
        made = Room(id=there, office_id=code, name_ur=office.name_ur, name_en=office.name_en, created_at=now)
        district.save_rooms(conn, [made])
    return there


def id_of(actor: Actor, key: str) -> str:
    """The id of the session that an organiser announces with a key: 40 bits in 8 letters of a-z and 2-7 (RFC 4648)."""
    digest = hashlib.sha256(f"session/{actor.participant}/{key}".encode()).digest()
    return base64.b32encode(digest[:5]).decode().lower()
