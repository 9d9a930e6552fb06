"""The answer to a question is to be heard where the question is: once it is released, and no longer than that."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from recordings import replaying
from recordings.program import movie
from tests.recordings.archive.made import archive, head
from tests.web.conftest import Town
from tests.web.test_lobby import has
from tests.web.test_replay import Heard, decided, heard, kept
from web.broadcasting import Broadcasting
from web.clip_reading import best

pytestmark = pytest.mark.anyio


@pytest.fixture(autouse=True)
def no_guard(monkeypatch: pytest.MonkeyPatch) -> None:
    """These chapters last for milliseconds."""
    monkeypatch.setattr("recordings.edition.plan.GUARD_MS", 0)


async def with_sound(town: Town, folder: Path) -> Heard:
    """A chapter of two segments: before the office had the floor, and from there on."""
    found = await heard(town)
    await kept(town, found.session)
    live = await town.service.live(found.session)
    with town.service.store.read() as conn:
        told = best(replaying.replay(conn, live, folder), found.question)
    assert told is not None and told.clip is not None and told.clip.starts_at > told.chapter.starts_at
    made = archive(folder)
    track = made.track(found.session, "sound", 1)
    track.begin(made.next_epoch(found.session), head())
    borders = (told.chapter.starts_at, told.clip.starts_at, told.chapter.ends_at)
    for number, (since, until) in enumerate(zip(borders, borders[1:], strict=False)):
        data = movie.fragment(number + 1, [(1, [movie.Sample(number * 48, 48, b"voice%d" % number, True)])])
        starts_ms, length = since - borders[0], (until - since) * 1_000
        track.part(data, duration_us=length, independent=True, starts_ms=starts_ms, wall_ms=since, last=True)
    track.close()
    town.app.state.house = replace(town.house, broadcasting=Broadcasting(made, None, (b"k" * 32,)))  # type: ignore[arg-type]
    return found


async def pages(town: Town, found: Heard) -> tuple[str, str]:
    """The complaint's page as anybody and as its asker sees it."""
    anyone = (await town.phone("en").get(f"/t/{found.reference}")).text
    return anyone, (await found.phone.get(found.receipt)).text


async def test_stands_on_both_pages_once_it_is_released(town: Town, tmp_path: Path) -> None:
    found = await with_sound(town, tmp_path)
    path = f"/s/{found.session}/clip/2.m4a"
    for page in await pages(town, found):
        assert has(page, "clip.waiting") and path not in page
    assert (await town.phone("en").get(path)).status_code == 404
    decided(town, found, "released")
    for page in await pages(town, found):
        assert f'src="{path}"' in page and 'preload="none"' in page and "KB" in page
        assert "clip/2.mp4" not in page, "there is no picture of it"
    anyone, _ = await pages(town, found)
    assert "موٹر بدلے گی" in anyone, "what was promised stands beside it in writing"
    file = await town.phone("en").get(path)
    assert file.status_code == 200 and file.headers["content-type"] == "audio/mp4"
    assert b"voice1" in file.content and b"voice0" not in file.content
    decided(town, found, "kept")
    for page in await pages(town, found):
        assert has(page, "clip.kept") and path not in page
    assert (await town.phone("en").get(path)).status_code == 404


async def test_why_it_is_kept_back_is_for_its_asker(town: Town, tmp_path: Path) -> None:
    found = await with_sound(town, tmp_path)
    decided(town, found, "kept")
    with town.service.store.write() as conn:
        conn.exec_driver_sql("UPDATE replay_chapter SET reason = 'a child was named'")
    anyone, own = await pages(town, found)
    assert "a child was named" in own and "a child was named" not in anyone


async def test_says_that_nothing_was_recorded(town: Town, tmp_path: Path) -> None:
    found = await with_sound(town, tmp_path)
    decided(town, found, "released")
    for each in tmp_path.glob("*/sound/*"):
        each.unlink()
    for page in await pages(town, found):
        assert has(page, "clip.none")
    town.app.state.house = town.house
    for page in await pages(town, found):
        assert 'id="clip"' not in page, "a house that records nothing does not speak of it"
    for path in ("clip/2.m4a", "clip/2.mp4", "clip/1.m4a", "clip/x.m4a"):
        assert (await town.phone("en").get(f"/s/{found.session}/{path}")).status_code == 404


async def test_is_the_end_of_its_chapter_alone(town: Town, tmp_path: Path) -> None:
    found = await with_sound(town, tmp_path)
    decided(town, found, "released")
    whole = (await town.phone("en").get(f"/s/{found.session}/chapter/2.m4a")).content
    assert b"voice0" in whole and b"voice1" in whole
    some = await town.phone("en").client.get(f"/s/{found.session}/clip/2.m4a", headers={"range": "bytes=0-9"})
    assert some.status_code == 206 and some.content == whole[:10]
