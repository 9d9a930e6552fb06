"""A real server on a random port: uvicorn, the endpoint, the service and SQLite; only the pages are missing."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from kachehri.bus import Bus
from kachehri.bus.memory import MemoryBus
from kachehri.people import People
from kachehri.references import References
from kachehri.service import Service
from kachehri.store import Store, migrate, sessions
from kachehri.store import district as rows
from kachehri.store.tables import Category, Office, Room
from kachehri.vault import Vault
from rooms.base import SYSTEM, Role
from rooms.lifecycle import ScheduleSession, SeatPlan
from signaling.client import LiveClient
from signaling.clock import LoopClock
from signaling.connection import Rate
from signaling.door import Door
from signaling.endpoint import LiveProtocol
from signaling.hub import Hub
from signaling.media_signalling import MediaSignalling
from signaling.passes import Bearer, Passes
from tests.databases import new_sqlite
from tests.servers import free_port

MASTER = bytes(range(32))
SEATS = (
    SeatPlan(seat="chair", kind="official"),
    SeatPlan(seat="s1", kind="citizen"),
    SeatPlan(seat="s2", kind="citizen"),
)
HOUR_MS = 3_600_000


def person(number: int) -> str:
    return f"{number:016x}"


class Town:
    """The running server and what a test may ask of it."""

    def __init__(self, store: Store, service: Service, door: Door, port: int, session: str) -> None:
        self.store, self.service, self.door, self.port, self.session = store, service, door, port, session
        self.origin = f"http://127.0.0.1:{port}"
        self.url = f"ws://127.0.0.1:{port}/live"

    def pass_for(self, participant: str, role: Role = "citizen", session: str | None = None) -> str:
        account = None if role == "citizen" else f"acc-{participant}"
        bearer = Bearer(session or self.session, participant, role, account)
        return self.door.passes.issue(bearer, self.door.hub.clock.now())

    def client(self, number: int, role: Role = "citizen", **options: Any) -> LiveClient:
        return LiveClient(TownEntrance(self, person(number), role), **options)


class TownEntrance:
    """Comes in without pages."""

    def __init__(self, town: Town, participant: str, role: Role) -> None:
        self.session, self.origin, self.url = town.session, town.origin, town.url
        self._town, self._participant, self._role = town, participant, role

    async def entry_pass(self) -> str:
        return self._town.pass_for(self._participant, self._role)


async def hello(_: Any) -> PlainTextResponse:
    return PlainTextResponse("pages live here")


def found(store: Store, now: int) -> str:
    """The least that a session needs; returns its id."""
    with store.write() as conn:
        rows.save_offices(conn, [Office(id="triage", code="triage", name_ur="x", name_en="Triage", triage=True)])
        rows.save_rooms(conn, [Room(id="hall", office_id="triage", name_ur="x", name_en="Hall", created_at=now)])
        rows.save_categories(
            conn,
            [Category(id="other", code="other", name_ur="x", name_en="Other")],
        )
        session = sessions.create(
            conn,
            room_id="hall",
            title_ur="x",
            title_en="Hearing",
            starts_at=now,
            ends_at=now + 8 * HOUR_MS,
            created_at=now,
        )
    return session.id


@asynccontextmanager
async def town_at(
    path: Path | None = None,
    *,
    rate: Rate | None = None,
    tick_ms: int = 50,
    plane: Any = None,
    address: str = "",
    bus: Bus | None = None,
    session: str = "",
    **door_options: Any,
) -> AsyncIterator[Town]:
    """One worker with a session announced.

    Arguments:
        address, bus: shared with other workers, for a test of several; `session` is then the first one's.
    """
    shared = bus is not None
    if path and not address:
        address = new_sqlite(path / "town.db")
    else:
        address = address or "sqlite:///"
        migrate(address)
    store = Store(address)
    bus = bus or MemoryBus()
    await bus.start()
    service = Service(store, People(Vault([MASTER]), MASTER), References(MASTER, "Asia/Karachi"), bus, shared=shared)
    await service.start()
    clock = LoopClock()
    now = clock.now()
    if not session:
        session = found(store, now)
        await service.submit(
            SYSTEM,
            session,
            ScheduleSession(title={"en": "Hearing"}, starts_at=now, ends_at=now + 8 * HOUR_MS, seats=SEATS),
        )
    await service.live(session)
    hub = Hub(service, clock, tick_ms=tick_ms, bus=bus if shared else None)
    hub.start()
    media = MediaSignalling(hub, plane) if plane is not None else None
    if media is not None:
        media.start()
    door = Door(hub, Passes([MASTER]), bus.burn, rate=rate, media=media, **door_options)

    @asynccontextmanager
    async def lifespan(_: Any) -> AsyncIterator[dict[str, Any]]:
        yield {"live": door}

    port = free_port()
    config = uvicorn.Config(
        Starlette(routes=[Route("/", hello)], lifespan=lifespan),
        host="127.0.0.1",
        port=port,
        ws=LiveProtocol,
        http="h11",
        loop="asyncio",
        lifespan="on",
        log_config=None,
        timeout_graceful_shutdown=3,
    )
    server = uvicorn.Server(config)
    server.install_signal_handlers = lambda: None  # type: ignore[attr-defined]
    serving = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    town = Town(store, service, door, port, session)
    try:
        yield town
    finally:
        server.should_exit = True
        await serving
        if media is not None:
            media.stop()
        await hub.stop()
        await service.stop()
        await bus.close()
        store.close()
