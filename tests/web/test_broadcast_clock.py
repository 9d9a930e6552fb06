"""When a hearing that is over ends on the phones: by the database's clock, which its parts have, not this machine's."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from rooms.lifecycle import CloseSession
from tests.web.broadcast_studio import Studio, get, studio_in
from tests.web.conftest import Town
from web.broadcasting import ahead

pytestmark = pytest.mark.anyio
#: So long nothing was added when the playlist ends: a delay of a minute, and 6 s.
DELAY_MS = 60_000


@pytest.fixture
def studio(town: Town, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    """A process that has not asked anything yet."""
    with studio_in(town, tmp_path_factory.mktemp("recordings")) as made:
        made.door.delay_ms = DELAY_MS
        yield made


@pytest.mark.parametrize("ahead_ms", [-200_000, -100_000, 0, 100_000, 200_000])
@pytest.mark.parametrize("ago_ms, status, ended", [(5_000, 200, False), (90_000, 200, True), (180_000, 404, False)])
async def test_it_ends_when_nothing_was_added_for_a_while(
    town: Town,
    studio: Studio,
    monkeypatch: pytest.MonkeyPatch,
    ahead_ms: int,
    ago_ms: int,
    status: int,
    ended: bool,
) -> None:
    session = await town.schedule(live=True)
    await town.moderate(session, CloseSession())

    def there(_conn: object) -> int:
        return time.time_ns() // 1_000_000 + ahead_ms

    monkeypatch.setattr(town.service.store, "now", there)
    studio.began_ms = there(None) - ago_ms - 4_333
    studio.fill(session, "light", 2, 1)
    base = studio.base(session) + "/light/"
    # The first question of this process decides already: a player that read an end comes no more.
    playlist = await get(town, base + "live.m3u8")
    assert (playlist.status_code, "#EXT-X-ENDLIST\n" in playlist.text) == (status, ended)
    for name in ("000001.m4s", "000001.0.m4s"):
        assert (await get(town, base + name)).status_code == status, name


def test_what_was_known_is_moved_no_further_than_an_answer_proves() -> None:
    assert ahead(0, 1_000, 1_003, 1_005) == 0, "one clock, whatever the way takes"
    assert ahead(0, 1_000, 6_003, 1_005) == 4_998 and ahead(0, 6_000, 1_003, 6_005) == -4_997
    assert ahead(5_000, 1_000, 6_003, 1_005) == 5_000
    assert ahead(5_000, 1_000, 26_000, 21_010) == 5_000, "it hung for twenty seconds"
    assert ahead(5_000, 1_000, 1_003, 1_005) == 3, "a clock was set"
