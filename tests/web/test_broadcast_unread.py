"""The program goes on for a while without the database: what is on, with what was read last, and nothing else."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from kachehri.store import StoreError, redactions
from kachehri.store.tables import Redaction
from recordings.announce import BusAnnouncements
from recordings.grants import grant
from rooms.lifecycle import CloseSession
from tests.databases import new_sqlite
from tests.web.broadcast_studio import Studio, get, studio_in
from tests.web.conftest import Town
from web.app import create_app
from web.taken_out import FRESH_S, RELIED_S, TakenOut

pytestmark = pytest.mark.anyio


@dataclass
class Database:
    """Goes away and comes back, by a clock that is set by hand."""

    town: Town
    patched: pytest.MonkeyPatch
    now: float = 1_000.0

    def goes(self) -> None:
        def away(*_: object) -> Callable[[], None]:
            raise StoreError("unreachable")

        for name in ("read", "write"):
            self.patched.setattr(self.town.service.store, name, away)
        self.now += 1.1  # what was read just now is as good as new for a second

    def comes_back(self) -> None:
        self.patched.undo()
        self.now += 1.1


@pytest.fixture(scope="module")
def studio(town: Town, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    with studio_in(town, tmp_path_factory.mktemp("recordings")) as made:
        yield made


@pytest.fixture
def database(town: Town, studio: Studio) -> Iterator[Database]:
    with pytest.MonkeyPatch.context() as patched:
        made = Database(town, patched)
        studio.door.last_read = TakenOut(lambda: made.now)
        yield made


async def on_the_air(town: Town, studio: Studio) -> tuple[str, str]:
    """A hearing that is on, and where its small picture is; nobody has fetched anything."""
    session = await town.schedule(live=True)
    await town.service.live(session)  # a page was opened: its phase is known here
    studio.fill(session, "light", 3, 2)
    return session, studio.base(session) + "/light/"


async def statuses(town: Town, base: str) -> list[int]:
    """Of the playlist, a segment and a part."""
    names = ("live.m3u8", "000001.m4s", "000003.1.m4s")
    return [(await get(town, base + name)).status_code for name in names]


async def test_what_is_on_goes_on_for_a_while(town: Town, studio: Studio, database: Database) -> None:
    session, base = await on_the_air(town, studio)
    assert await statuses(town, base) == [200] * 3
    database.goes()
    assert await statuses(town, base) == [200] * 3
    for name in ("init-1.mp4", "../master.m3u8"):
        assert (await get(town, base + name)).status_code == 200, name
    waiting = asyncio.ensure_future(get(town, base + "live.m3u8?_HLS_msn=3&_HLS_part=2"))
    await town.until(lambda: _one_waits(studio))
    BusAnnouncements(studio.bus).part(session, studio.part(session, "light", 3, 2))
    assert '"000003.2.m4s"' in (await waiting).text, "also what was said since"
    database.now = 1_000.0 + RELIED_S
    assert await statuses(town, base) == [200] * 3
    database.now += 0.1
    assert await statuses(town, base) == [503] * 3
    refused = await get(town, base + "live.m3u8")
    assert (refused.headers["retry-after"], refused.headers["cache-control"], refused.content) == ("1", "no-store", b"")
    page = await get(town, base + "live.m3u8", accept="text/html", **{"accept-language": "ur"})
    assert page.status_code == 503 and 'lang="ur"' in page.text
    database.comes_back()
    assert await statuses(town, base) == [200] * 3


async def _one_waits(studio: Studio) -> bool:
    return studio.door.waiters == 1


@asynccontextmanager
async def hanging() -> AsyncIterator[None]:
    """Every thread of the event loop holds a question that the database does not answer, and more of them wait."""
    answers = threading.Event()
    asked = [asyncio.ensure_future(asyncio.to_thread(answers.wait, 60)) for _ in range(64)]
    await asyncio.sleep(0)
    try:
        yield
    finally:
        answers.set()
        await asyncio.gather(*asked)


async def test_a_database_that_hangs_holds_up_no_file(
    town: Town, studio: Studio, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("web.taken_out.PATIENCE_S", 0.01)
    session, base = await on_the_air(town, studio)
    assert await statuses(town, base) == [200] * 3
    async with hanging():
        database.now += FRESH_S + 0.1
        assert await statuses(town, base) == [200] * 3
        for name in ("init-1.mp4", "../master.m3u8"):
            assert (await get(town, base + name)).status_code == 200, name
        waiting = asyncio.ensure_future(get(town, base + "live.m3u8?_HLS_msn=3&_HLS_part=2"))
        await town.until(lambda: _one_waits(studio))
        BusAnnouncements(studio.bus).part(session, studio.part(session, "light", 3, 2))
        assert '"000003.2.m4s"' in (await waiting).text, "also what was said since"


async def test_the_threads_for_files_end_with_the_house(town: Town, tmp_path: Path) -> None:
    plain = town.settings
    settings = replace(
        plain,
        database=replace(plain.database, url=new_sqlite(tmp_path / "house.db")),
        bus=replace(plain.bus, socket=tmp_path / "bus.sock"),
        media=replace(plain.media, socket=tmp_path / "media.sock"),
        program=replace(plain.program, enabled="yes"),
        recordings=replace(plain.recordings, folder=tmp_path / "recordings"),
    )
    app = create_app(settings)
    async with app.router.lifespan_context(app):
        door = app.state.house.broadcasting
        thread = await door.files.run(threading.current_thread)
        assert thread.is_alive()
        assert not (await door.look("00", "light")).segments
    assert not thread.is_alive()


async def test_a_cache_keeps_a_piece_for_so_much_less(town: Town, studio: Studio, database: Database) -> None:
    _, base = await on_the_air(town, studio)
    kept = []
    for name in ("000001.m4s", "000003.1.m4s"):
        kept.append((await get(town, base + name)).headers["cache-control"])
    database.goes()
    database.now = 1_020.0
    for name in ("000001.m4s", "000003.1.m4s", "live.m3u8"):
        kept.append((await get(town, base + name)).headers["cache-control"])
    assert kept == [
        *2 * ["public, max-age=60, immutable"],
        *2 * ["public, max-age=40, immutable"],
        "public, max-age=1",
    ]


async def test_what_was_taken_out_stays_out(town: Town, studio: Studio, database: Database) -> None:
    session, base = await on_the_air(town, studio)
    at = studio.began_ms + 2_500
    row = Redaction(id=session, session_id=session, starts_at=at, ends_at=at + 500, made_by="a", made_at=1)
    with town.service.store.write() as conn:
        redactions.add(conn, row)
    assert await statuses(town, base) == [200, 404, 200]
    database.goes()
    assert await statuses(town, base) == [200, 404, 200]
    assert "#EXT-X-GAP\n#EXTINF:2.000,\n000001.m4s\n" in (await get(town, base + "live.m3u8")).text


async def test_what_was_not_read_here_is_not_sent(town: Town, studio: Studio, database: Database) -> None:
    _, known = await on_the_air(town, studio)
    _, unknown = await on_the_air(town, studio)
    assert await statuses(town, known) == [200] * 3
    database.goes()
    assert await statuses(town, unknown) == [503] * 3


async def test_what_is_over_is_not_sent(town: Town, studio: Studio, database: Database) -> None:
    session, base = await on_the_air(town, studio)
    await town.moderate(session, CloseSession())
    assert await statuses(town, base) == [200] * 3
    database.goes()
    assert await statuses(town, base) == [503] * 3, "from the close on somebody may take it out"


async def test_no_grant_opens_more_than_it_did(town: Town, studio: Studio, database: Database) -> None:
    session, base = await on_the_air(town, studio)
    assert await statuses(town, base) == [200] * 3
    database.goes()
    late = grant(studio.door.keys[0], session, "live", town.house.now() - 48 * 3_600_000)
    assert await statuses(town, f"/b/{late}/{session}/light/") == [403] * 3
    replay = studio.door.base(session, "replay", town.house.now()) + "/light/"
    assert (await get(town, replay + "000001.m4s")).status_code == 503, "what is released has to be asked"


async def test_it_is_logged_once_for_each_change(town: Town, studio: Studio, database: Database) -> None:
    session, base = await on_the_air(town, studio)
    with capture_logs() as told:
        assert await statuses(town, base) == [200] * 3
        database.goes()
        for _ in range(3):
            assert await statuses(town, base) == [200] * 3
        database.now += RELIED_S
        for _ in range(3):
            assert await statuses(town, base) == [503] * 3
        database.comes_back()
        assert await statuses(town, base) == [200] * 3
    ours = [line for line in told if str(line["event"]).startswith("broadcast.")]
    assert [line["event"] for line in ours] == ["broadcast.unread", "broadcast.stopped", "broadcast.read_again"]
    assert {key for line in ours for key in line} == {"event", "session", "code", "way", "log_level"}
    assert {line["session"] for line in ours} == {session}
