"""The interpreters' sound at the program's door, and the choice of it on the live page."""

from __future__ import annotations

import re
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from kachehri.bus.memory import MemoryBus
from kachehri.i18n import words_for
from recordings.announce import Waiting
from recordings.archive import Archive, Track
from rooms.lifecycle import SeatPlan
from tests.web.conftest import Town
from web.broadcasting import Broadcasting, sealing_keys

pytestmark = pytest.mark.anyio
SEATS = (
    SeatPlan("official-1", "official"),
    SeatPlan("citizen-1", "citizen"),
    SeatPlan("interpreter-1", "interpreter"),
    SeatPlan("interpreter-2", "interpreter"),
)


class Air:
    """A program of sounds whose bytes say where they stand."""

    def __init__(self, town: Town, folder: Path) -> None:
        self.town, self.archive = town, Archive(folder)
        waiting = Waiting(MemoryBus(), self.archive.index)
        waiting.start()
        keys = sealing_keys(town.house.masters)
        self.door = Broadcasting(self.archive, waiting, keys, interpreted=("en", "ps"))
        self.began_ms = time.time_ns() // 1_000_000 - 30_000
        self.tracks: dict[str, Track] = {}

    def write(self, session: str, rendition: str, epoch: int, starts: range) -> None:
        """Segments of four seconds that begin at these seconds."""
        key = f"{session}/{rendition}"
        track = self.tracks.get(key) or self.archive.track(session, rendition, 1)
        self.tracks[key] = track
        track.begin(epoch, b"mp4a")
        for at in starts:
            track.part(
                f"{rendition} {at};".encode(), duration_us=4_000_000, independent=True, starts_ms=at * 1_000,
                wall_ms=self.began_ms + at * 1_000, last=True,
            )  # fmt: skip

    def base(self, session: str) -> str:
        return self.door.base(session, "live", self.town.house.now())


@pytest.fixture(scope="module")
async def air(town: Town, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Air]:
    made = Air(town, tmp_path_factory.mktemp("recordings"))
    before = town.app.state.house
    town.app.state.house = replace(before, broadcasting=made.door)
    yield made
    town.app.state.house = before
    made.door.files.close()


async def get(town: Town, path: str) -> httpx.Response:
    if not town.opened:
        town.phone()
    return await town.opened[0].get(path, headers={"accept": "*/*"})


async def test_a_channel_is_fetched_as_the_sound_is(town: Town, air: Air) -> None:
    session = await town.schedule(live=True, seats=SEATS)
    air.write(session, "sound", 1, range(0, 20, 4))
    air.write(session, "sound-1", 1, range(8, 20, 4))
    base = air.base(session) + "/sound-1/"
    found = await get(town, base + "live.m3u8")
    names = [line for line in found.text.splitlines() if line and not line.startswith("#")]
    assert names == ["000000.m4s", "000001.m4s", "000002.m4s"]
    piece = await get(town, base + names[0])
    assert piece.text == "sound-1 8;" and piece.headers["content-type"] == "audio/mp4"
    assert (await get(town, base + "init-1.mp4")).content == b"mp4a"
    for path in ("/sound-2/live.m3u8", "/sound-5/live.m3u8", "/sound-0/live.m3u8", "/sound-x/live.m3u8"):
        assert (await get(town, air.base(session) + path)).status_code == 404, path


async def test_the_master_playlist_has_the_channels_that_are_on(town: Town, air: Air) -> None:
    session = await town.schedule(live=True, seats=SEATS)
    air.write(session, "sound", 1, range(0, 20, 4))
    path = air.base(session) + "/master.m3u8"
    assert "EXT-X-MEDIA" not in (await get(town, path)).text
    air.write(session, "sound-1", 1, range(8, 20, 4))
    air.write(session, "sound-2", 1, range(12, 20, 4))
    text = (await get(town, path)).text
    assert 'NAME="English",LANGUAGE="en",DEFAULT=NO,AUTOSELECT=NO,URI="sound-1/live.m3u8"' in text
    assert 'NAME="پښتو",LANGUAGE="ps",DEFAULT=NO,AUTOSELECT=NO,URI="sound-2/live.m3u8"' in text
    air.write(session, "sound", 2, range(20, 28, 4))
    air.write(session, "sound-2", 2, range(20, 28, 4))
    after = (await get(town, path)).text
    assert "sound-1/" not in after and "sound-2/" in after, "one that was not begun again is over"


async def test_a_break_of_the_program_has_the_same_number_in_a_channel_that_began_later(town: Town, air: Air) -> None:
    session = await town.schedule(live=True, seats=SEATS)
    air.write(session, "sound", 1, range(0, 8, 4))
    air.write(session, "sound", 2, range(8, 20, 4))
    air.write(session, "sound-1", 2, range(12, 20, 4))
    floor = (await get(town, air.base(session) + "/sound/live.m3u8")).text
    channel = (await get(town, air.base(session) + "/sound-1/live.m3u8")).text
    assert "DISCONTINUITY-SEQUENCE" not in floor and floor.count("#EXT-X-DISCONTINUITY\n") == 1
    assert "#EXT-X-DISCONTINUITY-SEQUENCE:1\n" in channel and "#EXT-X-DISCONTINUITY\n" not in channel


async def page_of(town: Town, session: str, language: str, query: str = "") -> str:
    answer = await town.phone(language).get(f"/s/{session}/live{query}")
    assert answer.status_code == 200
    return str(answer.text)


@pytest.mark.parametrize("language", ["ur", "en"])
async def test_the_page_lets_choose_an_interpreter_who_can_be_heard(town: Town, air: Air, language: str) -> None:
    words = words_for(language)
    session = await town.schedule(live=True, seats=SEATS)
    air.write(session, "sound", 1, range(0, 20, 4))
    before = await page_of(town, session, language)
    assert re.search(r'id="sounds" hidden', before), "somebody may sit down while the page is open"
    air.write(session, "sound-2", 1, range(8, 20, 4))
    page = await page_of(town, session, language)
    assert words.plain("channels.title") in page and words.plain("channels.alone") in page
    choices = re.findall(r'<a class="mode" href="([^"]*)" data-sound="([^"]*)"([^>]*)>', page)
    assert [(href, sound, " hidden" in rest) for href, sound, rest in choices] == [
        ("?follow=sound#watch", "sound", False),
        ("?follow=sound&amp;sound=sound-1#watch", "sound-1", True),
        ("?follow=sound&amp;sound=sound-2#watch", "sound-2", False),
    ]
    assert '<bdi lang="ps">پښتو</bdi><small>' in page
    assert "aria-current" in choices[0][2] and "/sound/live.m3u8" in page
    chosen = await page_of(town, session, language, "?follow=sound&sound=sound-2")
    assert "/sound-2/live.m3u8" in chosen and 'data-sound="sound-2" data-near' in chosen
    marked = re.findall(r'data-sound="([^"]*)"[^>]* aria-current="true"', chosen)
    assert marked == ["sound-2"]


@pytest.mark.parametrize(
    "query", ["?follow=sound&sound=sound-1", "?follow=light&sound=sound-2", "?follow=sound&sound=../x"]
)
async def test_what_cannot_be_heard_or_goes_with_a_picture_is_the_original(town: Town, air: Air, query: str) -> None:
    session = await town.schedule(live=True, seats=SEATS)
    air.write(session, "sound", 1, range(0, 20, 4))
    air.write(session, "sound-2", 1, range(8, 20, 4))
    page = await page_of(town, session, "en", query)
    assert 'data-sound="sound" data-near' in page and "/../x/live" not in page


async def test_a_hearing_without_interpreters_has_no_choice(town: Town, air: Air) -> None:
    session = await town.schedule(live=True)
    air.write(session, "sound", 1, range(0, 20, 4))
    assert 'id="sounds"' not in await page_of(town, session, "en")
