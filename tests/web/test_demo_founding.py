"""An empty folder becomes the demo's district, with a hearing that takes questions."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from kachehri import districts, posts, routing
from kachehri.settings import Settings, from_mapping
from kachehri.store import Store, accounts, district, event_log, sessions
from rooms.lifecycle import Timing
from rooms.session import decode_event
from web import demo_data
from web.rehearsal import founding

pytestmark = pytest.mark.anyio
NOW = int(time.time() * 1000)  # the writer goes by the real clock, and a hearing is not announced for the past


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return from_mapping(
        {
            "database": {"url": f"sqlite:///{tmp_path / 'state' / 'kachehri.db'}"},
            "secrets": {"key_file": str(tmp_path / "state" / "key")},
            "bus": {"socket": str(tmp_path / "bus.sock")},
            "media": {"socket": str(tmp_path / "media.sock")},
        }
    )


async def test_everything_of_the_file_is_in_the_store_and_the_hearing_takes_questions(settings: Settings) -> None:
    entry = demo_data.district()
    founded = await founding.found(settings, entry, NOW, timing=Timing(), starts_in_ms=60_000)
    store = Store(settings.database.url)
    with store.read() as conn:
        assert {office.id for office in district.offices(conn)} == {office.code for office in entry.offices}
        triage = district.triage(conn)
        assert triage is not None and triage.id == "desk"
        offered = [category.id for category in district.categories(conn)]
        assert offered == [category.code for category in entry.categories]
        tehsils = district.areas(conn, "mehrabad")
        assert {area.path for area in tehsils} >= {"mehrabad/t-noorgarh/"}
        session = sessions.get(conn, founded.session)
        assert session is not None and session.phase == "scheduled" and session.languages == ["ur", "en"]
        assert sessions.unfinished(conn) == [founded.session]
        log = [decode_event(row.body) for row in event_log.after(conn, founded.session, 0)]
        assert [str(event.__struct_config__.tag) for event in log] == ["session.scheduled", "policy.declared"]
        assert len(sessions.seats(conn, founded.session)) == 4
        assert {account.role for account in accounts.listing(conn)} >= {"moderator", "chair", "official", "clerk"}
    store.close()


async def test_posts_and_rules_of_the_file_lead_to_a_person(settings: Settings) -> None:
    await founding.found(settings, demo_data.district(), NOW, timing=Timing(), starts_in_ms=60_000)
    store = Store(settings.database.url)
    with store.write() as conn:
        rules = routing.routing(conn, NOW + 1)
        water = rules.route("water_none", area="uc-110")
        assert (water.office, water.post, water.why) == ("water", "sdo-water-mehrabad", "rule")
        # A place of another map: the lines of the electricity company.
        assert rules.route("power_wires", area="uc-57").post == "sdo-power-rural"
        assert rules.route("water_none", area="uc-110", about="sdo-water-mehrabad").post == "xen-water"
        assert rules.route("waste", area="uc-110").why == "category"
        official, engineer = (accounts.by_login(conn, each) for each in ("official", "engineer"))
        assert official is not None and engineer is not None
        assert posts.holder(conn, "sdo-water-mehrabad", NOW + 1) == official
        assert posts.holder(conn, "sdo-water-noorgarh", NOW + 1) == engineer  # nobody is there
        away = rules.chart.sitter("ac-noorgarh", NOW + 1)
        acting = rules.chart.sitter("sdo-power-rural", NOW + 1)
        assert away is None and acting is not None and acting.kind == "acting"
        # Founding once more changes nothing that the house has decided since.
        before = rules.rules
        districts.write_district(conn, demo_data.district(), NOW + 2)
        assert routing.routing(conn, NOW + 1).rules == before
    store.close()


async def test_each_founding_draws_its_own_passwords(settings: Settings) -> None:
    founded = await founding.found(settings, demo_data.district(), NOW, timing=Timing(), starts_in_ms=60_000)
    passwords = [account.password for account in founded.accounts]
    assert len(set(passwords)) == len(passwords)
    assert all(len(each) == 14 and set(each) <= {*founding.LETTERS, "-"} for each in passwords)
    assert founded.account("stand-in").simulated and not founded.account("moderator").simulated
