"""An encoder on an official's seat: the desk makes a key, FFmpeg sends with it, a phone sees and hears."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import expect

from kachehri.store import Store
from rooms.lifecycle import Timing
from tests.bench import filmed
from tests.encoder import Encoder
from tests.end_to_end.people import Door, House, Moderator
from web import demo_data
from web.rehearsal import founding

pytestmark = [pytest.mark.anyio, pytest.mark.browser, pytest.mark.slow]
SEAT = "official-1"


@pytest.fixture(scope="module")
async def house(anyio_backend: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    """A server of its own, with one hearing that is planned for studio equipment."""
    state = tmp_path_factory.mktemp("studio")
    server = filmed.house(state, {"program": {"enabled": "no"}})
    district, now = demo_data.district(), time.time_ns() // 1_000_000
    founded = await founding.found(server.settings, district, now, timing=Timing(), starts_in_ms=0)
    store = Store(server.settings.database.url)
    studio = await founding.announce(
        store, server.settings, district, now, timing=Timing(), starts_in_ms=0, codec="h264"
    )
    store.close()
    server.session = founded.session
    async with server:
        yield House(server.where.url, founded, {"studio": studio}, Path(state / "kachehri.db"))


async def make_key(desk: Moderator, session: str) -> str:
    await desk.page.goto(f"/sessions/{session}/equipment")
    row = desk.page.locator(".people-list li").first
    again = row.locator("details.confirm")
    if await again.count():
        await again.locator("summary").click()
    await row.locator("button[value=make]").click()
    return await desk.page.locator("#key").input_value()


async def test_ffmpeg_is_seen_and_heard_on_the_seat_of_its_key(house: House, visit: Door) -> None:
    session = house.sessions["studio"]
    desk = await visit.moderator(session, "en")
    await desk.begin()
    key = await make_key(desk, session)
    encoder = await Encoder.start(f"{house.url}/whip/{session}/{SEAT}", key)
    try:
        viewer = await visit.citizen("en")
        await viewer.listen(session)
        await viewer.hears()
        await viewer.page.locator("#picture").click()
        await viewer.receives(lambda got: got["pictures"] > 15)
        await desk.page.goto(f"/sessions/{session}/equipment")
        await expect(desk.page.locator(".people-list li").first).to_contain_text(desk.says("equipment.sending"))
        # The key is on no page any more.
        assert key not in await desk.page.content()
        await encoder.stop()
        await viewer.hears_nothing_more()
        await desk.page.reload()
        await expect(desk.page.locator(".people-list li").first).not_to_contain_text(desk.says("equipment.sending"))
    except BaseException:
        print(encoder.said)
        raise
    finally:
        await encoder.stop()
