"""The replay over its door: the whole hearing from the first request on, and never more than what is released now."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from recordings.edition.making import make
from tests.recordings.edition.filmed import archive, heard, level, record, renderer
from tests.web.conftest import Town
from tests.web.test_following import close
from tests.web.test_replay import Heard, decided, kept
from tests.web.test_replay import heard as hearing
from web.broadcasting import Broadcasting

pytestmark = pytest.mark.anyio
SECONDS = 8


@pytest.fixture
def door(town: Town, tmp_path: Path) -> Iterator[Broadcasting]:
    made = Broadcasting(archive(tmp_path), None, (b"k" * 32,))  # type: ignore[arg-type]
    before, town.app.state.house = town.house, replace(town.house, broadcasting=made)
    yield made
    town.app.state.house = before
    made.files.close()


async def get(town: Town, door: Broadcasting, session: str, name: str) -> tuple[int, bytes]:
    base = door.base(session, "replay", town.house.now())
    answer = await town.phone().client.get(f"{base}/{name}")
    return answer.status_code, answer.content


async def recorded(town: Town, door: Broadcasting, found: Heard) -> None:
    """The tone begins three seconds before the hearing did."""
    await kept(town, found.session)
    live = await town.service.live(found.session)
    began = live.session.lifecycle.live_since
    assert began is not None
    record(door.archive, SECONDS, session=found.session, wall_ms=began - 3_000)


async def test_is_the_whole_hearing_and_silent_where_nothing_is_released(town: Town, door: Broadcasting) -> None:
    found = await hearing(town)
    await recorded(town, door, found)
    decided(town, found, "released")
    live = await town.service.live(found.session)
    edition = await door.edition(town.service, live)
    assert await door.edition(town.service, live) is edition, "asked once for all who come within a second"
    assert edition.basis.released, "the opening, and what was released"
    # The chapters of this hearing last for milliseconds, which their guards take: here everything is open instead.
    began = edition.index("sound").segments[0].wall_ms
    shown = type(edition)(
        door.archive, found.session, replace(edition.basis, released=((began + 2_500, began + 5_500),))
    )
    make(shown, door.archive, renderer())

    async def as_shown(*_: object) -> object:
        return shown

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Broadcasting, "edition", as_shown)
        status, text = await get(town, door, found.session, "sound/replay.m3u8")
        names = [line for line in text.decode().splitlines() if line.endswith("m4s")]
        assert status == 200 and names == ["000000.m4s", "000001.m4s"]
        film = (await get(town, door, found.session, "sound/init-1.mp4"))[1]
        for name in names:
            status, data = await get(town, door, found.session, f"sound/{name}")
            assert status == 200
            film += data
    sound, first = heard(film)
    assert level(sound, first, 2.8, 5.2) > 0.2
    assert max(level(sound, first, 0.1, 2.5), level(sound, first, 5.5, SECONDS - 0.1)) < 1e-3


async def test_there_is_none_before_the_close_or_where_nothing_is_released(town: Town, door: Broadcasting) -> None:
    session = await town.schedule(live=True)
    record(door.archive, 4, session=session, wall_ms=town.house.now())
    for name in ("sound/replay.m3u8", "sound/000000.m4s", "light/000000.m4s"):
        assert (await get(town, door, session, name))[0] == 404, name
    await close(town, session)
    for name in ("sound/replay.m3u8", "sound/000000.m4s"):
        assert (await get(town, door, session, name))[0] == 404, name
    assert (await get(town, door, "nothing", "sound/replay.m3u8"))[0] == 404
