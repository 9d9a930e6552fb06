"""The first page and the calendars: what is on, what comes, what was, and how somebody is reminded."""

from __future__ import annotations

import html
import re
from collections.abc import AsyncIterator

import pytest
from icalendar import Calendar, Event

from kachehri.i18n import words_for
from kachehri.store import district, sessions
from kachehri.store.tables import Office, Room
from rooms.lifecycle import CancelSession, CloseSession, PostponeSession
from tests.web.conftest import HOUR_MS, TITLE, Town
from tests.web.town import open_town
from web.pages.home import HANDFUL

pytestmark = pytest.mark.anyio
UR, EN = words_for("ur"), words_for("en")


@pytest.fixture(scope="module")
async def town(tmp_path_factory: pytest.TempPathFactory, anyio_backend: str) -> AsyncIterator[Town]:
    """A town of these tests alone: the first page counts every hearing."""
    async with open_town(tmp_path_factory.mktemp("home")) as found:
        yield found


async def test_1_nothing_is_planned_and_the_calendar_can_be_kept(town: Town) -> None:
    page = html.unescape((await town.phone("en").get("/")).text)
    assert EN.plain("home.empty") in page and 'href="/hearings.ics"' in page
    empty = await town.phone("en").get("/hearings.ics")
    assert empty.headers["content-type"] == "text/calendar; charset=utf-8"
    assert not Calendar.from_ical(empty.content).walk("VEVENT")


async def test_2_live_stands_before_what_comes_and_what_was(town: Town) -> None:
    was = await town.schedule(live=True)
    await town.moderate(was, CloseSession())
    comes, runs = await town.schedule(), await town.schedule(live=True)
    page = (await town.phone("en").get("/")).text
    order = [page.index(f'href="/s/{each}"') for each in (runs, comes)]
    assert order == sorted(order)
    assert page.index('id="h-live"') < page.index('id="h-next"') < page.index('id="h-track"')
    assert f'href="/s/{comes}/hearing.ics"' in page and f'href="/s/{runs}/hearing.ics"' not in page
    assert 'id="h-filter"' not in page, "three are found by looking"
    assert re.search(EN.raw("made_at").format(when="(<bdi>)?<time datetime="), page), "a kept copy tells its age"


async def test_3_an_entry_has_the_way_in_and_follows_the_hearing(town: Town) -> None:
    session = await town.schedule()
    phone = town.phone("ur")

    async def entry() -> dict[str, str]:
        calendar = Calendar.from_ical((await phone.get(f"/s/{session}/hearing.ics")).content)
        (found,) = calendar.walk("VEVENT")
        assert len(found.walk("VALARM")) == (0 if found["status"] == "CANCELLED" else 1)
        assert isinstance(found, Event)
        assert (found.DTEND - found.DTSTART).total_seconds() * 1000 == 2 * HOUR_MS
        return {name: str(found[name]) for name in ("uid", "summary", "description", "status", "sequence", "url")}

    link = f"{town.house.renderer.site.address}/s/{session}"
    first = await entry()
    assert (first["summary"], first["status"], first["url"]) == (TITLE["ur"], "CONFIRMED", link)
    assert link in first["description"], "the way in stands inside the entry"
    await town.moderate(session, PostponeSession(reason="holiday"))
    second = await entry()
    assert second["status"] == "TENTATIVE" and second["uid"] == first["uid"]
    assert int(second["sequence"]) > int(first["sequence"]), "a phone takes the newer of two"
    await town.moderate(session, CancelSession(reason="no_need"))
    assert (await entry())["status"] == "CANCELLED"
    assert (await phone.get("/s/aaaaaaaa/hearing.ics")).status_code == 404


async def test_4_many_hearings_are_narrowed_down_by_office_and_language(town: Town) -> None:
    store = town.service.store
    with store.write() as conn:
        clinic = Office(id="clinic", code="clinic", name_ur="ہسپتال", name_en="Hospital")
        district.save_offices(conn, [clinic])
        district.save_rooms(conn, [Room(id="ward", office_id="clinic", name_ur="وارڈ", name_en="Ward", created_at=1)])
        row = sessions.create(
            conn,
            room_id="ward",
            title_ur="دوائیں",
            title_en="Medicines",
            starts_at=store.now(conn) + HOUR_MS,
            ends_at=store.now(conn) + 2 * HOUR_MS,
            created_at=1,
            languages=("ur", "skr"),
        )
        sessions.project(conn, row.id, phase="scheduled", starts_at=row.starts_at, ends_at=row.ends_at, deadline=None)
    others = [await town.schedule() for _ in range(HANDFUL)]
    town.house.districts._read_at = -1e9  # the office was opened a moment ago
    phone = town.phone("en")
    page = (await phone.get("/")).text
    assert 'id="h-filter"' in page and "Saraiki" in page
    for query in ("office=clinic", "language=skr", "office=clinic&language=skr"):
        page = (await phone.get(f"/?{query}")).text
        assert f'href="/s/{row.id}"' in page and not any(f'href="/s/{each}"' in page for each in others), query
        assert f'value="{query.split("=")[-1]}" selected' in page
    page = html.unescape((await phone.get("/?office=nowhere")).text)
    assert EN.plain("home.filter_none") in page and 'class="btn btn-wide" href="/"' in page
