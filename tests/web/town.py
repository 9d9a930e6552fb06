"""A whole HTTP process with a district and a hearing, run by uvicorn on loopback, and clients that behave like
browsers.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import httpx
import uvicorn
from starlette.applications import Starlette

from kachehri import keys
from kachehri.service import Service
from kachehri.serving import bind
from kachehri.settings import Settings
from kachehri.store import Store, district
from kachehri.store import sessions as session_rows
from kachehri.store.tables import Area, Category, Office, Room
from rooms.base import SYSTEM, Actor, Command
from rooms.lifecycle import OpenDoors, ScheduleSession, SeatPlan, StartSession
from signaling.endpoint import LiveProtocol
from tests.databases import new_sqlite
from web.app import create_app
from web.forms import new_key
from web.house import House
from web.lan import Papers

HOUR_MS = 3_600_000
MODERATOR = Actor("00000000000000ff", "moderator", "acc")
SEATS = (SeatPlan(seat="chair", kind="official"), SeatPlan(seat="citizen", kind="citizen"))
TITLE = {"ur": "پینے کا پانی", "en": "Drinking water"}


@dataclass
class Town:
    """The running server."""

    url: str
    house: House
    settings: Settings
    app: Starlette
    opened: list[httpx.AsyncClient] = field(default_factory=list)

    @property
    def service(self) -> Service:
        return self.house.service

    async def schedule(self, *, live: bool = False, seats: tuple[SeatPlan, ...] = SEATS, practice: bool = False) -> str:
        """Announce a hearing; a live one has started."""
        store = self.service.store
        with store.write() as conn:
            now = store.now(conn)
            row = session_rows.create(
                conn,
                room_id="hall",
                title_ur=TITLE["ur"],
                title_en=TITLE["en"],
                starts_at=now + HOUR_MS,
                ends_at=now + 3 * HOUR_MS,
                created_at=now,
                practice=practice,
            )
        until = now + 3 * HOUR_MS
        schedule = ScheduleSession(title=TITLE, starts_at=now + HOUR_MS, ends_at=until, seats=seats, practice=practice)
        await self.service.submit(SYSTEM, row.id, schedule)
        if live:
            await self.moderate(row.id, OpenDoors())
            await self.moderate(row.id, StartSession())
        return row.id

    async def moderate(self, session_id: str, command: Command) -> dict[str, str]:
        return (await self.service.submit(MODERATOR, session_id, command, new_key())).result or {}

    async def until(self, what: Callable[[], Awaitable[bool]]) -> None:
        """Wait for something that follows from a commit without anybody being told."""
        async with asyncio.timeout(30):
            while not await what():
                await asyncio.sleep(0.02)

    def phone(self, language: str = "ur") -> Phone:
        """A browser of its own, with its own cookies."""
        client = httpx.AsyncClient(
            verify=False, timeout=30, base_url=self.url, follow_redirects=True, headers={"accept-language": language}
        )
        self.opened.append(client)
        return Phone(client)


@dataclass
class Phone:
    """A browser without JavaScript: fetches pages, keeps cookies, sends the forms that it was given."""

    client: httpx.AsyncClient
    page: str = ""

    async def get(self, path: str) -> httpx.Response:
        response = await self.client.get(path)
        self.page = response.text
        return response

    def fields(self, action: str | None = None) -> dict[str, str]:
        """The hidden fields of the page's form with this action, or of its last form."""
        forms = re.findall(r'<form[^>]*action="([^"]*)"[^>]*>(.*?)</form>', self.page, re.DOTALL)
        inner = next((body for target, body in reversed(forms) if action is None or target == action), "")
        return dict(re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', inner))

    async def post(self, path: str, **fields: str) -> httpx.Response:
        response = await self.client.post(path, data={**self.fields(path), **fields}, headers={"origin": self.origin})
        self.page = response.text
        return response

    @property
    def origin(self) -> str:
        return str(self.client.base_url).rstrip("/")

    async def ask(self, session_id: str, text: str, **fields: str) -> str:
        """Both steps; returns the receipt's path."""
        path = f"/s/{session_id}/ask"
        await self.get(path)
        first = await self.post(path, **{"category": "water_none", "group": "water", "text": text, **fields})
        assert first.status_code == 200, first.text
        carried = self.fields(path)
        second = await self.post(path, **{**carried, "step": "send"})
        assert second.status_code == 200, second.text
        return second.url.path


def founded(store: Store) -> None:
    """A small district."""
    with store.write() as conn:
        now = store.now(conn)
        desk = Office(id="desk", code="desk", name_ur="کچہری ڈیسک", name_en="Kachehri Desk", triage=True)
        water = Office(id="water", code="water", name_ur="پبلک ہیلتھ", name_en="Public Health Engineering")
        district.save_offices(conn, [desk, water])
        city = Area(id="t1", code="t1", kind="tehsil", name_ur="تحصیل نور گڑھ", name_en="Noorgarh", path="t1/")
        chak = Area(id="uc1", parent_id="t1", code="uc1", kind="uc", name_ur="چک 57", name_en="Chak 57", path="t1/uc1/")
        district.save_areas(conn, [city, chak])
        dry = ("water_none", "پانی نہیں آ رہا", "No water")
        row = Category(
            id=dry[0], code=dry[0], group_code="water", name_ur=dry[1], name_en=dry[2], office_id="water", sla_days=7
        )
        district.save_categories(conn, [row])
        district.save_rooms(conn, [Room(id="hall", office_id="desk", name_ur="ہال", name_en="Hall", created_at=now)])


@asynccontextmanager
async def open_town(
    folder: Path, *, papers: Papers | None = None, http: str = "h11", empty: bool = False
) -> AsyncIterator[Town]:
    """The server with a district and nothing announced.

    Arguments:
        papers: serves over TLS with this certificate.
        http: uvicorn's reader of requests.
        empty: without a district: the server is as new as can be.
    """
    url = new_sqlite(folder / "town.db")
    store = Store(url)
    if not empty:
        founded(store)
    store.close()
    keys.make(folder / "key")
    plain = Settings()
    settings = replace(
        plain,
        database=replace(plain.database, url=url),
        secrets=replace(plain.secrets, key_file=folder / "key"),
        bus=replace(plain.bus, socket=folder / "bus.sock"),
        media=replace(plain.media, socket=folder / "media.sock"),
        server=replace(plain.server, port=0),
        place=replace(plain.place, name="Noorgarh", helpline="1991"),
    )
    app = create_app(settings)
    config = uvicorn.Config(
        app,
        ws=LiveProtocol,
        http=http,
        log_config=None,
        lifespan="on",
        ssl_certfile=papers.certificate if papers else None,
        ssl_keyfile=papers.key if papers else None,
    )
    server = uvicorn.Server(config)
    listener = bind(settings)
    task = asyncio.create_task(server.serve([listener]))
    while not server.started and not task.done():
        await asyncio.sleep(0.01)
    if task.done():
        listener.close()
        task.result()
    scheme = "https" if papers else "http"
    found = Town(f"{scheme}://127.0.0.1:{listener.getsockname()[1]}", app.state.house, settings, app)
    try:
        yield found
    finally:
        for client in found.opened:
            await client.aclose()
        server.should_exit = True
        await task
        listener.close()
