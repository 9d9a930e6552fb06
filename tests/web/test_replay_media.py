"""The sound of a chapter as a file: once it is released, whole or in pieces, and nothing of its neighbours."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from kachehri.store import replays
from recordings.archive import Archive
from recordings.edition import Edition
from recordings.program import movie
from rooms.lifecycle import SeatPlan
from tests.recordings.archive.made import archive, head
from tests.web.conftest import Town
from tests.web.test_lobby import has
from tests.web.test_replay import Heard, decided, heard, kept
from web.broadcasting import Broadcasting

pytestmark = pytest.mark.anyio


@pytest.fixture(autouse=True)
def no_guard(monkeypatch: pytest.MonkeyPatch) -> None:
    """These chapters last for milliseconds."""
    for name in ("GUARD_MS", "LAG_MS"):
        monkeypatch.setattr(f"recordings.edition.plan.{name}", 0)


def recorded(made: Archive, session: str, starts_at: int, rendition: str = "sound") -> None:
    """Three segments of two milliseconds: one long before the chapter, one in it, one long after it."""
    track = made.track(session, rendition, 1)
    track.begin(made.next_epoch(session), head())
    for number, wall_ms in enumerate((starts_at - 3_600_000, starts_at, starts_at + 3_600_000)):
        sample = movie.Sample(number * 48, 48, b"voice%d" % number, True)
        data = movie.fragment(number + 1, [(1, [sample])])
        track.part(data, duration_us=2_000, independent=True, starts_ms=number * 2, wall_ms=wall_ms, last=True)
    track.close()


async def with_sound(town: Town, folder: Path, *interpreters: SeatPlan) -> Heard:
    found = await heard(town, *interpreters)
    await kept(town, found.session)
    with town.service.store.read() as conn:
        (row,) = replays.of_question(conn, found.question)
    made = archive(folder)
    for rendition in ("sound", "sound-1")[: 1 + len(interpreters)]:
        recorded(made, found.session, row.starts_at, rendition)
    town.app.state.house = replace(town.house, broadcasting=Broadcasting(made, None, (b"k" * 32,), interpreted=("en",)))  # type: ignore[arg-type]
    return found


async def test_is_offered_once_it_is_released_and_no_longer_than_that(town: Town, tmp_path: Path) -> None:
    found = await with_sound(town, tmp_path)
    page, path = f"/s/{found.session}/replay", f"/s/{found.session}/chapter/2.m4a"
    anyone = town.phone("en")
    assert (await anyone.get(path)).status_code == 404 and path not in (await anyone.get(page)).text
    decided(town, found, "released")
    shown = (await anyone.get(page)).text
    assert path in shown and has(shown, "replay.with_sound")
    whole = await anyone.get(path)
    assert whole.headers["content-type"] == "audio/mp4" and whole.content.startswith(head())
    assert b"voice1" in whole.content and b"voice0" not in whole.content and b"voice2" not in whole.content
    decided(town, found, "kept")
    assert (await anyone.get(path)).status_code == 404 and path not in (await anyone.get(page)).text


async def test_is_kept_by_nobody_while_a_border_is_not_made(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = await with_sound(town, tmp_path)
    decided(town, found, "released")
    client, path = town.phone("en").client, f"/s/{found.session}/chapter/2.m4a"
    assert (await client.get(path)).headers["cache-control"] == "private, max-age=60"
    monkeypatch.setattr(Edition, "made", lambda _edition, _segment: False)
    for headers in ({}, {"range": "bytes=10-19"}):
        assert (await client.get(path, headers=headers)).headers["cache-control"] == "no-store"


async def test_is_sent_in_pieces_to_players_that_ask_so(town: Town, tmp_path: Path) -> None:
    found = await with_sound(town, tmp_path)
    decided(town, found, "released")
    client, path = town.phone("en").client, f"/s/{found.session}/chapter/2.m4a"
    whole = (await client.get(path)).content
    some = await client.get(path, headers={"range": "bytes=10-19"})
    assert some.status_code == 206 and some.content == whole[10:20]
    assert some.headers["content-range"] == f"bytes 10-19/{len(whole)}"
    rest = await client.get(path, headers={"range": "bytes=20-"})
    assert rest.status_code == 206 and rest.content == whole[20:]
    beyond = await client.get(path, headers={"range": f"bytes={len(whole)}-"})
    assert beyond.status_code == 416 and beyond.headers["content-range"] == f"bytes */{len(whole)}"
    for odd in ("bytes=-5", "bytes=a-b", "lines=1-2"):
        assert (await client.get(path, headers={"range": odd})).status_code == 200


async def test_there_is_nothing_where_nothing_was_recorded(town: Town, tmp_path: Path) -> None:
    found = await with_sound(town, tmp_path)
    decided(town, found, "released")
    for path in ("chapter/2.mp4", "chapter/1.m4a", "chapter/9.m4a", "chapter/x.m4a"):
        assert (await town.phone("en").get(f"/s/{found.session}/{path}")).status_code == 404, path
    town.app.state.house = town.house
    assert (await town.phone("en").get(f"/s/{found.session}/chapter/2.m4a")).status_code == 404
    assert has((await town.phone("en").get(f"/s/{found.session}/replay")).text, "replay.text_only")


async def test_an_interpreters_channel_is_released_with_its_chapter(town: Town, tmp_path: Path) -> None:
    found = await with_sound(town, tmp_path, SeatPlan("interpreter-1", "interpreter"))
    page, path = f"/s/{found.session}/replay", f"/s/{found.session}/chapter/2.m4a?sound=sound-1"
    anyone = town.phone("en")
    assert (await anyone.get(path)).status_code == 404 and path not in (await anyone.get(page)).text
    decided(town, found, "released")
    shown = (await anyone.get(page)).text
    assert path in shown and has(shown, "channels.file", name="English", mb="0.1")
    whole = await anyone.get(path)
    assert whole.headers["content-type"] == "audio/mp4" and b"voice1" in whole.content
    for other in ("sound-2", "sound-9", "light", "..", ""):
        assert (await anyone.get(f"/s/{found.session}/chapter/2.m4a?sound={other}")).status_code == 404, other
    decided(town, found, "kept")
    assert (await anyone.get(path)).status_code == 404 and path not in (await anyone.get(page)).text
