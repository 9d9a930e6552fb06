"""A house to measure: a migrated database with a small district, one session, and the service on top."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from kachehri.bus import Bus
from kachehri.bus.memory import MemoryBus
from kachehri.people import People
from kachehri.references import References
from kachehri.service import Service
from kachehri.store import Store, district, migrate, sessions
from kachehri.store.tables import Category, Office, Room
from kachehri.vault import Vault
from rooms.base import SYSTEM, Actor
from rooms.lifecycle import ScheduleSession, SeatPlan

MASTER = bytes(range(32))
HOUR_MS = 3_600_000
SESSION = "bench234"
MODERATORS = [Actor(f"{number:016x}", "moderator", f"account-{number}") for number in (0xA1, 0xA2)]
CATEGORIES = ("water", "roads", "land", "other")
SENTENCES = (
    "ہماری گلی میں تین ہفتے سے پانی نہیں آ رہا اور ٹینکر والے دو ہزار روپے مانگتے ہیں، دفتر سے کوئی جواب نہیں ملتا۔",
    "The transformer of our street burnt in the storm and nobody has come to change it for eleven days now.",
    "سرکاری پرائمری سکول کی چھت گر گئی ہے، بچے کھلے آسمان کے نیچے بیٹھتے ہیں اور استاد مہینے میں چار دن آتا ہے۔",
    "The drain beside the mosque is open, a child fell in last week, and the contractor says he was never paid.",
    "میری زمین کا انتقال دو سال سے رکا ہوا ہے اور ہر بار کوئی نیا کاغذ مانگا جاتا ہے۔",
)


def citizen(number: int) -> Actor:
    return Actor(f"c{number:015x}", "citizen")


def grievance(rng: random.Random) -> str:
    """About 180 letters, as people write them; one in twenty gives a phone number away."""
    words = " ".join(rng.sample(SENTENCES, 2))[: rng.randint(140, 220)]
    return words + " 0300 1234567" if rng.random() < 0.05 else words


def found(address: str, *, now: int | None = None) -> None:
    """Create the database, a district that routes, and an empty session."""
    migrate(address)
    store = Store(address)
    try:
        with store.write() as conn:
            at = store.now(conn) if now is None else now
            offices = [Office(id="triage", code="triage", name_ur="چھانٹی", name_en="Triage desk", triage=True)]
            offices += [Office(id=code, code=code, name_ur=code, name_en=code) for code in CATEGORIES[:-1]]
            district.save_offices(conn, offices)
            rows = [
                Category(id=code, code=code, name_ur=code, name_en=code, office_id=code) for code in CATEGORIES[:-1]
            ]
            district.save_categories(conn, [*rows, Category(id="other", code="other", name_ur="دیگر", name_en="Other")])
            district.save_rooms(
                conn, [Room(id="hall", office_id="triage", name_ur="ہال", name_en="Hall", created_at=at)]
            )
            sessions.create(
                conn,
                id=SESSION,
                room_id="hall",
                title_ur="کھلی کچہری",
                title_en="Open hearing",
                starts_at=at,
                ends_at=at + 8 * HOUR_MS,
                created_at=at,
            )
    finally:
        store.close()


def add_session(store: Store, session_id: str) -> None:
    """One more empty session in the same hall."""
    with store.write() as conn:
        at = store.now(conn)
        sessions.create(
            conn,
            id=session_id,
            room_id="hall",
            title_ur="کھلی کچہری",
            title_en="Open hearing",
            starts_at=at,
            ends_at=at + 8 * HOUR_MS,
            created_at=at,
        )


@asynccontextmanager
async def service_on(
    address: str, *, bus: Bus | None = None, shared: bool = False, held_ms: int = 0, **store_options: Any
) -> AsyncIterator[Service]:
    """The service as a worker runs it."""
    store = Store(address, **store_options)
    own = bus is None
    used = bus or MemoryBus()
    if own:
        await used.start()
    references = References(MASTER, "Asia/Karachi")
    service = Service(store, People(Vault([MASTER]), MASTER), references, used, shared=shared, held_ms=held_ms)
    await service.start()
    try:
        yield service
    finally:
        await service.stop()
        if own:
            await used.close()
        store.close()


async def schedule(service: Service, session_id: str = SESSION, *, practice: bool = False) -> None:
    """Announce the session, so that it takes questions."""
    now = await service.read(service.store.now)
    await service.submit(
        SYSTEM,
        session_id,
        ScheduleSession(
            title={"ur": "کھلی کچہری", "en": "Open hearing"},
            starts_at=now,
            ends_at=now + 8 * HOUR_MS,
            seats=(
                SeatPlan("official-1", "official"),
                SeatPlan("citizen-1", "citizen"),
                SeatPlan("citizen-2", "citizen"),
            ),
            practice=practice,
        ),
    )
