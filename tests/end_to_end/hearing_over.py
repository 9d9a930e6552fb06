"""A hearing of ten minutes whose close begins now, and what somebody who fetches it has in hand."""

from __future__ import annotations

import asyncio
import io
import re
import shutil
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any

import av
import httpx
import numpy as np
import pytest
from numpy.typing import NDArray

from kachehri import keys
from kachehri.live import Live
from kachehri.store import Connection, Store, content, event_log, sessions
from recordings.archive import Archive
from recordings.edition import Edition
from recordings.edition.basis import basis_of
from recordings.grants import grant
from rooms.session import replay
from signaling.client import LiveClient
from tests.bench import clock, kept
from tests.bench.filmed import TIMING, house
from tests.bench.line_scene import entered
from tests.recordings.edition.filmed import moment, seen
from web import demo_data
from web.broadcasting import sealing_keys
from web.rehearsal import founding
from web.rehearsal.server import Server

MADE_S = 90
RATE = 24_000
#: An AAC frame, in samples.
FRAME = 1_024
#: Silence is decoded as less than this; the voices have twenty times as much.
SILENT = 0.004
Clocks = dict[int, int | None]
Sound = NDArray[np.float32]


@dataclass
class Recorded:
    """One rendition as somebody has it: clocks by the picture's time in ms, or samples from a first one on."""

    clocks: Clocks
    sound: Sound
    first: int


@dataclass
class Over:
    """The hearing, whose close begins now."""

    server: Server
    founded: founding.Founded
    session: str
    began_ms: int
    #: Dumped spans, by the clock on the wall.
    dumped: list[tuple[int, int]]
    original: Archive
    desk: LiveClient
    store: Store

    @property
    def url(self) -> str:
        return self.server.where.url

    @property
    def base(self) -> str:
        sealed = sealing_keys(keys.read(self.server.settings.secrets.key_file))
        return f"/b/{grant(sealed[0], self.session, 'replay', time.time_ns() // 1_000_000)}/{self.session}"


@pytest.fixture(scope="module")
async def over(anyio_backend: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Over]:
    folder = tmp_path_factory.mktemp("over")
    recordings = folder / "recordings"
    program = {"enabled": "yes", "renditions": "light"}
    server = house(folder, {"program": program, "recordings": {"folder": str(recordings)}})
    began = time.time_ns() // 1_000_000 - 1_000 * (kept.LASTS_S + kept.DELAY_S)
    founded = await founding.found(server.settings, demo_data.district(), began, timing=TIMING, starts_in_ms=0)
    session = await kept.hold(server.settings, began, TIMING)
    dumped = kept.record(recordings, server.settings, session, began)
    assert len(dumped) == len(kept.DUMPED_S)
    shutil.copytree(recordings, folder / "original")
    server.session = session
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(server)
        desk = await entered(stack, server, session, "staff", founded.account("moderator"))
        store = Store(server.settings.database.url)
        stack.callback(store.close)
        yield Over(server, founded, session, began, dumped, Archive(folder / "original"), desk, store)


def heard(data: bytes) -> tuple[Sound, int]:
    """The sound of a film, each run at its time, and the time of the first sample; what is missing is silence."""
    with av.open(io.BytesIO(data), "r") as file:
        runs = [(round(moment(run) * RATE), run.to_ndarray()[0]) for run in file.decode(audio=0)]
    first = runs[0][0]
    sound = np.zeros(runs[-1][0] + len(runs[-1][1]) - first, np.float32)
    for at, samples in runs:
        sound[at - first : at - first + len(samples)] = samples
    return sound, first


def of(data: bytes, field_at: Any) -> Recorded:
    """What is in a film. `field_at`: where the clock is in a picture of a time in ms."""
    clocks: Clocks = {}
    if b"avcC" in data:
        for moment, frame in seen(data):
            at = round(moment * 1_000)
            luma = frame.to_ndarray()[: frame.height, : frame.width].astype(np.uint8)
            clocks[at] = clock.read(luma, field_at(at))
    sound, first = heard(data)
    return Recorded(clocks, sound, first)


def field_at(at: int) -> clock.Field:
    """Where the official's clock is at a time of the hearing in ms: she gives way while somebody is beside her."""
    beside = any(1_000 * since <= at < 1_000 * until for since, until in (kept.FIRST, kept.SECOND))
    return clock.IN_COMPANY if beside else clock.IN_PROGRAM


def original(over: Over, rendition: str) -> Recorded:
    index = over.original.index(over.session, rendition)
    data = over.original.read_init(over.session, rendition, 1)
    data += b"".join(over.original.read(over.session, rendition, each.number) for each in index.segments)
    return of(data, field_at)


async def published(over: Over, client: httpx.AsyncClient, rendition: str) -> Recorded:
    """The first epoch of a rendition as the replay's playlist gives it to everybody."""
    playlist = await client.get(f"{over.base}/{rendition}/replay.m3u8")
    assert playlist.status_code == 200, playlist.text
    epoch = playlist.text.split("#EXT-X-DISCONTINUITY\n")[0]
    names = re.findall(r"^\d+\.m4s$", epoch, re.MULTILINE)
    assert len(names) == len(over.original.index(over.session, rendition).segments)
    data = b""
    for name in ("init-1.mp4", *names):
        piece = await client.get(f"{over.base}/{rendition}/{name}")
        assert piece.status_code == 200, name
        data += piece.content
    return of(data, field_at)


def live_of(conn: Connection, session: str) -> Live:
    """The hearing as the database has it."""
    row = sessions.get(conn, session)
    assert row is not None
    log = [(event.seq, event.at, event.body) for event in event_log.after(conn, session, 0)]
    return Live(replay(session, log), row.epoch, content.texts(conn, session))


async def made(over: Over) -> None:
    """Waits until all that everybody gets is made, as it was decided until now."""
    folder = over.server.settings.recordings.folder
    async with asyncio.timeout(MADE_S):
        while True:
            with over.store.read() as conn:
                basis = basis_of(conn, live_of(conn, over.session), folder)
            if Edition(Archive(folder), over.session, basis).state().state == "ready":
                return
            await asyncio.sleep(0.5)


async def until_heard(client: httpx.AsyncClient, path: str) -> bytes:
    """Waits until a chapter is there and has sound in it: what is not made yet is silence."""
    async with asyncio.timeout(MADE_S):
        while True:
            answer = await client.get(path)
            if answer.status_code == 200 and float(np.abs(heard(answer.content)[0]).max()) > 20 * SILENT:
                return answer.content
            await asyncio.sleep(0.5)


def same_around(taken: list[tuple[int, int]], before: Recorded, after: Recorded) -> None:
    """Within these spans nothing, and on both sides everything where it was. In ms of the hearing's program time."""
    assert before.first == after.first and len(before.sound) == len(after.sound)
    assert list(before.clocks) == list(after.clocks)
    for since, until in taken:
        inside = [at for at in after.clocks if since <= at < until]
        assert all(after.clocks[at] is None for at in inside), "no picture"
        assert np.abs(part_of(after, since, until)).max() < SILENT, "no energy"
        for edge in (since - 1_500, until + 500):
            if edge < 0 or edge + 1_000 > kept.LASTS_S * 1_000:
                continue
            was, now = part_of(before, edge, edge + 1_000), part_of(after, edge - 100, edge + 1_100)
            assert np.abs(was).max() > 20 * SILENT and np.abs(now).max() > 20 * SILENT, edge
            lag = int(np.argmax(np.correlate(now, was, "valid"))) - RATE // 10
            assert abs(lag) < FRAME, (edge, lag)
        # Behind a dump there is no picture until the camera has sent one that needs no other.
        for start, end in ((since - 3_000, since - 300), (until + 300, until + 5_000)) if after.clocks else ():
            pairs = [(found, after.clocks[at]) for at, found in before.clocks.items() if start <= at < end]
            assert all(one == two for one, two in pairs), (since, until, pairs)
            assert sum(one is not None for one, _ in pairs) > 24, pairs


def part_of(recorded: Recorded, since_ms: int, until_ms: int) -> Sound:
    start = round(since_ms * RATE / 1_000) - recorded.first
    return recorded.sound[start : start + round((until_ms - since_ms) * RATE / 1_000)]
