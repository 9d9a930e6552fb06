"""An empty machine becomes a district: key, database, offices, staff, and one hearing that takes questions.

Codes of the district's file become ids, so that what a person reads in the file is what stands in the log.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass

from kachehri import keys, serving, staff
from kachehri.bus.memory import MemoryBus
from kachehri.district import District
from kachehri.districts import write_district
from kachehri.people import People
from kachehri.references import References
from kachehri.service import Service
from kachehri.settings import Settings
from kachehri.store import Store, migrate, sessions
from kachehri.vault import Vault
from rooms.base import SYSTEM
from rooms.lifecycle import Codec, ScheduleSession, SeatPlan, Timing

MINUTE_MS = 60_000
#: Two places for officials, one of them for whoever tries out the official's page, and two for those who are called.
SEATS = (
    SeatPlan(seat="official-1", kind="official", title={"ur": "ڈپٹی کمشنر", "en": "Deputy Commissioner"}),
    SeatPlan(seat="official-2", kind="official", title={"ur": "ایکسین پبلک ہیلتھ", "en": "XEN, Public Health"}),
    SeatPlan(seat="citizen-1", kind="citizen"),
    SeatPlan(seat="citizen-2", kind="citizen"),
)
#: Without those that are mistaken for each other: i, l, o, 0, 1.
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


@dataclass(frozen=True)
class Account:
    """A member of staff and the password that was drawn for this demo; nobody else knows it."""

    login: str
    role: str
    name: str
    password: str
    simulated: bool = False


@dataclass(frozen=True)
class Founded:
    """What stands after founding."""

    session: str
    accounts: tuple[Account, ...]

    def account(self, login: str) -> Account:
        return next(account for account in self.accounts if account.login == login)


#: For people first; the simulated ones have accounts of their own, so that a person at the desk is seen to be another.
STAFF: tuple[tuple[str, str, str, bool], ...] = (
    ("moderator", "moderator", "ماڈریٹر · Moderator", False),
    ("chair", "chair", "ڈپٹی کمشنر · Deputy Commissioner", False),
    ("official", "official", "سرکاری افسر · Official", False),
    ("clerk", "clerk", "کچہری کلرک · Clerk", False),
    ("admin", "administrator", "منتظم · Administrator", False),
    ("stand-in", "moderator", "خودکار ماڈریٹر · Stand-in moderator", True),
    ("engineer", "official", "ایگزیکٹو انجینئر · Executive Engineer", True),
)


def password() -> str:
    """Twelve of 31 letters in three groups: 59 bits, and short enough to type on a phone."""
    return "-".join("".join(secrets.choice(LETTERS) for _ in range(4)) for _ in range(3))


async def found(settings: Settings, district: District, now: int, *, timing: Timing, starts_in_ms: int) -> Founded:
    """Make everything, in a folder where nothing is yet, before the server starts.

    Arguments:
        now: milliseconds since the epoch.
        starts_in_ms: how long after `now` the hearing is announced for.
    """
    serving.state_folder(settings)
    keys.make(settings.secrets.key_file)
    migrate(settings.database.url)
    store = Store(settings.database.url)
    try:
        accounts = tuple(_accounts(store))
        with store.write() as conn:
            write_district(conn, district, now)
        session = await announce(store, settings, district, now, timing=timing, starts_in_ms=starts_in_ms)
    finally:
        store.close()
    return Founded(session, accounts)


def _accounts(store: Store) -> Iterable[Account]:
    for login, role, name, simulated in STAFF:
        account = Account(login, role, name, password(), simulated)
        staff.add(store, login, name, role, account.password)
        yield account


async def announce(
    store: Store,
    settings: Settings,
    district: District,
    now: int,
    *,
    timing: Timing,
    starts_in_ms: int,
    codec: Codec = "vp8",
    seats: tuple[SeatPlan, ...] = SEATS,
) -> str:
    """Announce the hearing of the district's file; from here on it takes questions. Returns its id."""
    hearing = district.session
    if hearing is None:
        raise LookupError("the district announces no hearing")
    starts_at = now + starts_in_ms
    ends_at = starts_at + hearing.minutes * MINUTE_MS
    with store.write() as conn:
        session = sessions.create(
            conn,
            room_id=hearing.room,
            title_ur=hearing.title_ur,
            title_en=hearing.title_en,
            starts_at=starts_at,
            ends_at=ends_at,
            created_at=now,
            languages=hearing.languages,
        )
    # Announcing needs no sealed words and draws no number: these keys are never used.
    people = People(Vault(keys.read(settings.secrets.key_file)), b"")
    bus = MemoryBus()
    service = Service(store, people, References(b"\0" * 32, settings.place.timezone), bus, shared=False)
    await bus.start()
    await service.start()
    try:
        command = ScheduleSession(
            title={"ur": hearing.title_ur, "en": hearing.title_en},
            starts_at=starts_at,
            ends_at=ends_at,
            seats=seats,
            timing=timing,
            codec=codec,
        )
        await service.submit(SYSTEM, session.id, command)
    finally:
        await service.stop()
        await bus.close()
    return session.id
