"""The whole program as an office runs it: `serve` with its media process, and a browser for each person.

Nobody in here looks inside the server. What a test knows, it has read on a page or in a frame, or heard.
"""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, async_playwright

from kachehri.store import Store
from rooms.lifecycle import SeatPlan, Timing
from tests.bench import filmed
from tests.end_to_end.people import Door, House
from tests.servers import CHROMIUM_FLAGS, require
from tests.signaling.media.conftest import tone
from web import demo_data
from web.rehearsal import founding

#: What each test needs of its hearing; one server holds them all, as one office's server does.
HEARINGS = {
    "hearing": Timing(),
    "without_script": Timing(),
    "tries": Timing(),
    "back_in_time": Timing(),
    "too_late": Timing(seat_hold_ms=1_500),
    "small_phone": Timing(),
    "bad_input": Timing(),
    "closes": Timing(),
    "microphone": Timing(),
    "every_page": Timing(),
    "keyboard": Timing(),
    "whole": Timing(),
    "handed_over": Timing(),
    "deck": Timing(),
    "green_room": Timing(),
    "promised": Timing(),
}

#: Beside the demo's: a hall of many speakers, and a screen.
MORE_SEATS = (
    SeatPlan(seat="hall-1", kind="hall", title={"ur": "یونین کونسل 57", "en": "Union council 57"}),
    SeatPlan(seat="slides-1", kind="slides"),
)


@pytest.fixture(scope="session")
async def house(anyio_backend: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    """The server, with its database in a folder of this run."""
    state = tmp_path_factory.mktemp("house")
    # Followed from the stage itself; what is different where a program is made stands in test_program*.py.
    server = filmed.house(state, {"program": {"enabled": "no"}})
    district = demo_data.district()
    now = time.time_ns() // 1_000_000
    sessions: dict[str, str] = {}
    founded = await founding.found(server.settings, district, now, timing=Timing(), starts_in_ms=0)
    store = Store(server.settings.database.url)
    for name, timing in HEARINGS.items():
        sessions[name] = await founding.announce(store, server.settings, district, now, timing=timing, starts_in_ms=0)
    sessions["floor"] = await founding.announce(
        store, server.settings, district, now, timing=Timing(), starts_in_ms=0, seats=(*founding.SEATS, *MORE_SEATS)
    )
    sessions["after_promised"] = await founding.announce(
        store, server.settings, district, now, timing=Timing(), starts_in_ms=3_600_000
    )
    # The later the hearing, the fewer promises of others on the page with which the next one begins.
    for number, name in enumerate(("story", "after_story"), 2):
        sessions[name] = await founding.announce(
            store, server.settings, district, now, timing=Timing(), starts_in_ms=number * 3_600_000
        )
    store.close()
    server.session = founded.session
    async with server:
        yield House(server.where.url, founded, sessions, Path(state / "kachehri.db"))


@pytest.fixture(scope="module")
async def browser(anyio_backend: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Browser]:
    """Chromium whose imaginary microphone hears a tone, so that "she is heard" can be measured."""
    sound = tone(tmp_path_factory.mktemp("tone") / "tone.wav")
    flags = [*CHROMIUM_FLAGS, f"--use-file-for-fake-audio-capture={sound}"]
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(executable_path=require("chromium"), args=flags)
        try:
            yield chromium
        finally:
            await chromium.close()


@pytest.fixture(scope="module")
async def still_browser(anyio_backend: str) -> AsyncIterator[Browser]:
    """Chromium that only looks at pages."""
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(executable_path=require("chromium"), args=CHROMIUM_FLAGS)
        try:
            yield chromium
        finally:
            await chromium.close()


@pytest.fixture
async def visit(house: House, browser: Browser) -> AsyncIterator[Door]:
    """Somebody comes in with a browser of her own. When the test is over, no console may have shown an error."""
    door = Door(house, browser)
    try:
        yield door
    finally:
        for visitor in door.visitors:
            await visitor.context.close()
    assert [fault for visitor in door.visitors for fault in visitor.faults] == []
