"""What the office says of itself: begins with the settings file, changes on a page, and every worker follows."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from kachehri.bus.memory import MemoryBus
from kachehri.house_settings import HouseSettings, Place, from_file
from kachehri.i18n import negotiate
from kachehri.settings import Settings, from_mapping
from kachehri.store import Store, district, installation, sessions
from kachehri.store.tables import Office, Room

pytestmark = pytest.mark.anyio
PLAIN = Settings()
SETTINGS = replace(PLAIN, place=replace(PLAIN.place, name="Noorgarh", helpline="1991"))


@pytest.fixture
def store(migrated_sqlite_url: str) -> Store:
    return Store(migrated_sqlite_url)


async def test_a_new_house_says_what_the_file_says(store: Store) -> None:
    house = HouseSettings(SETTINGS, store, MemoryBus())
    await house.start()
    assert house.place == from_file(SETTINGS)
    assert (house.place.name("ur"), house.place.name("en"), house.place.helpline) == ("Noorgarh", "Noorgarh", "1991")
    assert house.place.origins == frozenset() and not house.place.https
    house.close()
    store.close()


async def test_a_change_is_kept_and_heard_by_every_worker(store: Store) -> None:
    bus = MemoryBus()
    here, there = HouseSettings(SETTINGS, store, bus), HouseSettings(SETTINGS, store, bus)
    await here.start()
    await there.start()
    told: list[Place] = []
    heard = asyncio.Event()

    def hear(place: Place) -> None:
        told.append(place)
        heard.set()

    there.follow(hear)
    heard.clear()
    await here.change(name_ur="ضلع نور گڑھ", address="https://hearing.example.pk", announced=True)
    await asyncio.wait_for(heard.wait(), 30)
    assert told[-1] == here.place
    assert told[-1].name("ur") == "ضلع نور گڑھ" and told[-1].name("en") == "Noorgarh"
    assert told[-1].origins == {"https://hearing.example.pk"} and told[-1].https
    for each in (here, there):
        each.close()
    later = HouseSettings(SETTINGS, store, MemoryBus())
    await later.start()
    assert later.place == told[-1]
    later.close()
    store.close()


async def test_whoever_has_announced_a_hearing_is_set_up(store: Store) -> None:
    house = HouseSettings(SETTINGS, store, MemoryBus())
    await house.start()
    assert house.place.set_up_at == 0
    with store.write() as conn:
        desk = Office(id="desk", code="desk", name_ur="ڈیسک", name_en="Desk", triage=True)
        district.save_offices(conn, [desk])
        district.save_rooms(conn, [Room(id="hall", office_id="desk", name_ur="ہال", name_en="Hall", created_at=1)])
        for at, practice in ((7, True), (8, False)):
            row = sessions.create(
                conn,
                room_id="hall",
                title_ur="",
                title_en="Roads",
                starts_at=10,
                ends_at=20,
                created_at=at,
                practice=practice,
            )
            sessions.project(conn, row.id, phase="scheduled", starts_at=10, ends_at=20, deadline=None)
    assert (await house.reload()).set_up_at == 8
    house.close()
    store.close()


async def test_a_fact_of_a_newer_version_is_left_alone(store: Store) -> None:
    with store.write() as conn:
        installation.keep(conn, "house.", {"helpline": '"1234"', "colour": '"green"'})
    house = HouseSettings(SETTINGS, store, MemoryBus())
    await house.start()
    assert house.place.helpline == "1234"
    house.close()
    store.close()


def test_an_address_in_the_file_is_announced() -> None:
    place = from_file(from_mapping({"server": {"public_url": "https://h.example.pk/"}}))
    assert place.origins == {"https://h.example.pk"}


@pytest.mark.parametrize(
    ("accepted", "code"),
    [(None, "en"), ("fr", "en"), ("ur", "ur"), ("en, ur", "ur"), ("en", "en")],
)
def test_the_offices_language_is_for_readers_who_asked_for_none(accepted: str | None, code: str) -> None:
    assert negotiate(None, accepted, "en").code == code
