"""A clock on the wall that is set during a hearing, and one that is another than the log's."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from kachehri.bus.local import LocalHub
from kachehri.settings import load
from kachehri.store import Store, migrate
from recordings.archive.archive import Archive
from recordings.program import process
from recordings.program.clocks import Look
from recordings.program.process import ahead_ms
from recordings.program.studio import Studio
from recordings.withheld import note_withheld
from tests.bench.house import SESSION, found, schedule, service_on
from tests.recordings.program.test_program import LIVE
from tests.signaling.media.people import until

pytestmark = pytest.mark.anyio
HOUR_MS = 3_600_000


def _some(parts: list[object]) -> bool:
    return len(parts) > 2


async def test_one_that_is_set_begins_an_epoch_with_the_new_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive, before, moved = Archive(tmp_path), time.time_ns, [0]
    monkeypatch.setattr(time, "time_ns", lambda: before() + moved[0] * 1_000_000)
    ends = []
    for fence, by_ms in enumerate((-HOUR_MS, HOUR_MS), 1):
        parts: list[object] = []
        made = Studio(tmp_path / "none", "hearing1", archive, fence, {}, parts.append, renditions=())
        made.facts(LIVE)
        running = asyncio.create_task(made.run(asyncio.Event()))
        await until(partial(_some, parts))
        moved[0] += by_ms
        assert await asyncio.wait_for(running, 30) == "clock"
        ends.append(archive.index("hearing1", "sound").segments[-1])
    note_withheld(tmp_path / "hearing1", 0, time.time_ns() // 1_000_000 + HOUR_MS)
    made = Studio(tmp_path / "none", "hearing1", archive, 3, {}, lambda part: None, renditions=())
    await asyncio.to_thread(made.outlet.close)
    assert made.program.dumped_until <= time.monotonic() * 1_000, "no interpreter is silent for an hour"
    first, second = ends
    assert first.epoch != second.epoch
    assert second.starts_ms >= first.starts_ms + first.duration_us // 1_000, "program time never goes back"
    assert abs(second.wall_ms - (first.wall_ms - HOUR_MS)) < HOUR_MS / 10, "and stands at the new time"


async def test_what_is_said_stands_in_the_time_of_the_log(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'house.db'}"
    migrate(url)
    store = Store(url, clock=lambda: time.time_ns() // 1_000_000 + 90_000)
    ahead = ahead_ms(store)
    store.close()
    assert 89_000 < ahead < 91_000
    parts: list[object] = []
    archive, ending = Archive(tmp_path / "r"), asyncio.Event()
    made = Studio(tmp_path / "none", "hearing1", archive, 1, {}, parts.append, renditions=(), ahead_ms=ahead)
    running = asyncio.create_task(made.run(ending))
    await until(lambda: parts)
    ending.set()
    assert await asyncio.wait_for(running, 30) == "told"
    first = archive.index("hearing1", "sound").segments[0]
    assert 80_000 < first.wall_ms - time.time_ns() // 1_000_000 < 91_000


async def test_a_process_goes_on_with_the_next_epoch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    given = {
        "DATABASE_URL": f"sqlite:///{tmp_path / 'house.db'}",
        "BUS_SOCKET": tmp_path / "bus.sock",
        "RECORDINGS_FOLDER": tmp_path / "recordings",
        "SECRETS_KEY_FILE": tmp_path / "key",
    }
    for name, value in given.items():
        monkeypatch.setenv(f"KACHEHRI_{name}", str(value))
    settings = load()
    found(settings.database.url)
    ends, made = ["clock", "clock", "told"], []
    seen: list[Look] = []

    class Brief(Studio):
        async def run(self, ending: asyncio.Event, over: Callable[[], bool] = lambda: True) -> str:
            made.append(self.epoch)
            monkeypatch.setattr(self, "looked", seen.append)
            self._doubts()
            await until(lambda: seen)
            await asyncio.to_thread(self.outlet.close)
            return ends[len(made) - 1]

    monkeypatch.setattr(process, "Studio", Brief)
    hub = LocalHub(settings.bus.socket)
    await hub.start()
    try:
        async with service_on(settings.database.url, bus=hub, shared=True) as service:
            await schedule(service)
            assert await process.run(settings, SESSION, 1) == 0
    finally:
        await hub.close()
    assert made == [1, 2, 3]
