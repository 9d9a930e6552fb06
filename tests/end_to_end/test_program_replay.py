"""After a hearing of ten minutes: the replay stands within a minute, and what is not for everybody is nowhere in it.

The hearing's time is simulated, its recording is not (tests/bench/kept.py); from the close on everything is the house
that people use, with its processes. What everybody gets is decoded from the very bytes that the door sends, and
compared with the recording as it was before.
"""

from __future__ import annotations

import asyncio
import io
import re
import shutil
import subprocess
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import av
import httpx
import numpy as np
import pytest
from numpy.typing import NDArray
from playwright.async_api import Browser, Page, expect

from kachehri import keys
from kachehri.i18n import words_for
from kachehri.ids import new_id
from kachehri.live import Live
from kachehri.store import Connection, Store, content, event_log, redactions, replays, sessions
from kachehri.store.tables import Redaction
from recordings import webvtt
from recordings.archive import Archive
from recordings.edition import Edition
from recordings.edition.basis import basis_of
from recordings.edition.plan import GUARD_MS
from recordings.grants import grant
from rooms.session import replay
from signaling.client import LiveClient
from tests.bench import clock, kept
from tests.bench.filmed import TIMING, house
from tests.bench.line_scene import entered
from tests.recordings.edition.filmed import moment, seen
from tests.servers import require
from web import demo_data
from web.broadcasting import sealing_keys
from web.rehearsal import founding
from web.rehearsal.browser import Browser as Visitor
from web.rehearsal.server import Server

pytestmark = [pytest.mark.anyio, pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(400)]
STANDS_S = 60
MADE_S = 90
REDACTED = (240_000, 250_000)
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
        assert np.abs(_piece(after, since, until)).max() < SILENT, "no energy"
        for edge in (since - 1_500, until + 500):
            if edge < 0 or edge + 1_000 > kept.LASTS_S * 1_000:
                continue
            was, now = _piece(before, edge, edge + 1_000), _piece(after, edge - 100, edge + 1_100)
            assert np.abs(was).max() > 20 * SILENT and np.abs(now).max() > 20 * SILENT, edge
            lag = int(np.argmax(np.correlate(now, was, "valid"))) - RATE // 10
            assert abs(lag) < FRAME, (edge, lag)
        # Behind a dump there is no picture until the camera has sent one that needs no other.
        for start, end in ((since - 3_000, since - 300), (until + 300, until + 5_000)) if after.clocks else ():
            pairs = [(found, after.clocks[at]) for at, found in before.clocks.items() if start <= at < end]
            assert all(one == two for one, two in pairs), (since, until, pairs)
            assert sum(one is not None for one, _ in pairs) > 24, pairs


def _piece(recorded: Recorded, since_ms: int, until_ms: int) -> Sound:
    start = round(since_ms * RATE / 1_000) - recorded.first
    return recorded.sound[start : start + round((until_ms - since_ms) * RATE / 1_000)]


async def test_the_replay_stands_and_nothing_is_in_it_that_is_not_for_everybody(over: Over, browser: Browser) -> None:
    context = await browser.new_context(viewport={"width": 1280, "height": 800}, locale="en-GB", base_url=over.url)
    page = await context.new_page()
    page.set_default_timeout(1_000 * MADE_S)
    closed = time.monotonic()
    await over.desk.send("session.close")
    await over.desk.until(lambda: over.desk.view["session"]["phase"] == "closed", STANDS_S)
    await _chapters_stand(over, page)
    print(f"the replay stands {time.monotonic() - closed:.1f} s after the close")
    async with httpx.AsyncClient(base_url=over.url, timeout=30) as client:
        await until_heard(client, f"/s/{over.session}/chapter/1.m4a")
        await page.locator("#c1 audio").evaluate("(element) => element.play()")
        await page.wait_for_function("() => document.querySelector('#c1 audio').currentTime > 1")
        took = time.monotonic() - closed
        print(f"the opening is heard {took:.1f} s after the close")
        assert took < STANDS_S
        assert (await client.get(f"/s/{over.session}/chapter/2.m4a")).status_code == 404
        # The clock on the wall of program time 0.
        zero = over.original.index(over.session, "light").segments[0].wall_ms
        dumped = [(since - zero, until - zero) for since, until in over.dumped]
        await made(over)
        print(f"all of it is made {time.monotonic() - closed:.1f} s after the close")
        sound, first = heard((await client.get(f"/s/{over.session}/chapter/1.m4a")).content)
        quiet = sound[round(dumped[0][0] * RATE / 1_000) - first : round(dumped[0][1] * RATE / 1_000) - first]
        assert len(quiet) > RATE and np.abs(quiet).max() < SILENT

        await _released(over)
        await until_heard(client, f"/s/{over.session}/chapter/2.m4a")
        redacted = await _redacted(over)
        await made(over)
        taken = [*dumped, (redacted[0] - zero, redacted[1] - zero)]
        hidden = (1_000 * kept.FIRST[1] + 1_000, 1_000 * kept.LASTS_S - 1_000)
        for rendition in ("light", "sound"):
            before, after = original(over, rendition), await published(over, client, rendition)
            same_around(taken, before, after)
            assert np.abs(_piece(after, *hidden)).max() < SILENT, "nobody released what follows"
            assert not any(found for at, found in after.clocks.items() if hidden[0] <= at < hidden[1])
            if rendition == "light":
                _chapter_is_in_place(
                    of((await client.get(f"/s/{over.session}/chapter/2.mp4")).content, lambda _: clock.IN_COMPANY),
                    over,
                    taken[1:],
                    zero,
                )
        await _played(over, page, taken, zero)
    await context.close()


def faultless(data: bytes, path: Path) -> None:
    """ffprobe reads all of it, decoding every frame, without a word."""
    path.write_bytes(data)
    entries = ("-show_entries", "stream=nb_read_frames", str(path))
    command = [str(require("ffprobe")), "-v", "warning", "-count_frames", *entries]
    told = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert (told.returncode, told.stderr) == (0, ""), (path, told.stderr)


async def test_ffprobe_reads_every_piece_and_captions_validate(over: Over, browser: Browser, tmp_path: Path) -> None:
    if over.desk.view["session"]["phase"] != "closed":
        await over.desk.send("session.close")
        await over.desk.until(lambda: over.desk.view["session"]["phase"] == "closed", STANDS_S)
    await made(over)
    archive = Archive(over.server.settings.recordings.folder)
    with over.store.read() as conn:
        edition = Edition(archive, over.session, basis_of(conn, live_of(conn, over.session), archive.folder))
    rendered = 0
    for rendition in archive.renditions(over.session):
        index = archive.index(over.session, rendition)
        for epoch in sorted({each.epoch for each in index.segments}):
            segments = [each for each in index.segments if each.epoch == epoch and each.whole]
            head = archive.read_init(over.session, rendition, epoch)
            for kind, read in (("kept", edition.source), ("shown", edition.read)):
                pieces = [read(each) for each in segments]
                faultless(head + b"".join(pieces), tmp_path / f"{kind}.mp4")
                for number, (segment, piece) in enumerate(zip(segments, pieces, strict=True)):
                    anew = edition.plan(segment).action == "render"
                    rendered += anew and kind == "shown"
                    if anew or number % 25 == 0:
                        faultless(head + piece, tmp_path / "piece.mp4")
    assert rendered > 4, "also what was made anew"

    page = await browser.new_page(base_url=over.url)
    path = f"/s/{over.session}/captions/ur.vtt"
    await page.goto(f"/s/{over.session}/replay")
    cues = webvtt.read(await (await page.request.get(path)).body())
    assert [each.text for each in cues][0] == kept.OPENING
    assert await page.evaluate(TRACK, path) == [each.text for each in cues]
    await page.close()


#: What the browser's own reader finds in a file of captions.
TRACK = """async (path) => {
  const video = document.createElement("video"), track = document.createElement("track");
  Object.assign(track, { kind: "captions", src: path, default: true });
  const read = new Promise((done, fail) => { track.onload = done; track.onerror = () => fail(new Error("unread")); });
  video.append(track);
  document.body.append(video);
  track.track.mode = "hidden";
  await read;
  return Array.from(track.track.cues, (cue) => cue.text);
}"""


async def _chapters_stand(over: Over, page: Page) -> None:
    """What became of each question, where it is from, and who answers for it."""
    await page.goto(f"/s/{over.session}/replay")
    await expect(page.locator(".chapters > li")).to_have_count(3)
    await expect(page.locator("#c1 h3")).to_have_text(words_for("en").plain("replay.opening"))
    for number, place in ((2, "Chak 57 Fateh"), (3, "Chak 63 Fateh")):
        chapter = page.locator(f"#c{number}")
        await expect(chapter.locator("h3")).to_have_text("No water")
        await expect(chapter.locator(".chapter-where")).to_contain_text(place)
        await expect(chapter.locator(".chapter-where")).to_contain_text("Public Health Engineering")
        await expect(chapter.locator("a.lone[href^='/t/']")).to_have_text(re.compile(r"\d\d-\d{4}-\d{4}"))
        await expect(chapter.locator(".badge").first).to_be_visible()
        await expect(chapter).not_to_contain_text("پانی")


async def _released(over: Over) -> None:
    """A moderator opens the page of chapters, and the first citizen's is released."""
    moderator = Visitor(over.url, over.session, "staff")
    account = over.founded.account("moderator")
    await moderator.sign_in(account.login, account.password)
    assert (await moderator.get(f"/sessions/{over.session}/chapters")).status == 200
    with over.store.write() as conn:
        rows = [each for each in replays.of_session(conn, over.session) if each.kind == "stage"]
        first = min(rows, key=lambda each: each.starts_at)
        assert replays.decide(conn, over.session, first.key, "released", "", "acc", over.store.now(conn))


async def _redacted(over: Over) -> tuple[int, int]:
    """A span is taken out; returns it by the clock of the log, when it is done."""
    span = (over.began_ms + REDACTED[0], over.began_ms + REDACTED[1])
    with over.store.write() as conn:
        now = over.store.now(conn)
        row = Redaction(
            id=new_id(now), session_id=over.session, starts_at=span[0], ends_at=span[1], reason="number", made_by="acc",
            made_at=now,
        )  # fmt: skip
        redactions.add(conn, row)
    async with asyncio.timeout(MADE_S):
        while True:
            with over.store.read() as conn:
                [found] = redactions.of_session(conn, over.session)
            assert found.state in ("new", "done"), found.state
            if found.state == "done":
                return span
            await asyncio.sleep(0.25)


def _chapter_is_in_place(chapter: Recorded, over: Over, taken: list[tuple[int, int]], zero: int) -> None:
    """In the chapter's own file pictures and sound stand together, and what was taken out is not there either."""
    shown = {at: found for at, found in chapter.clocks.items() if found is not None}
    assert len(shown) > 1_000
    # Time of the hearing at the file's time 0, told by each clock: the same for all within two pictures of the camera.
    starts = [(found - zero) % 2**24 - at for at, found in shown.items()]
    assert max(starts) - min(starts) <= 2 * 1_000 // kept.CAMERA_RATE, (min(starts), max(starts))
    start = max(starts)
    for since, until in taken:
        assert not any(since <= start + at < until for at in shown)
        first = round((since - start) * RATE / 1_000) - chapter.first
        quiet = chapter.sound[first : first + round((until - since) * RATE / 1_000)]
        assert len(quiet) > RATE and np.abs(quiet).max() < SILENT


#: Plays the replay from a time on; the clock that is seen, and how loud it is, half a second later.
PLAYED = """async ([url, at, company]) => {
  const video = document.querySelector("#proof") ?? Object.assign(document.createElement("video"), { id: "proof" });
  const told = (name) => new Promise((done) => video.addEventListener(name, done, { once: true }));
  if (!video.isConnected) {
    document.body.append(video);
    video.src = url;
    await told("loadedmetadata");
    const context = new AudioContext();
    window.meter = context.createAnalyser();
    window.meter.fftSize = 8192;
    context.createMediaElementSource(video).connect(window.meter);
  }
  video.pause();
  video.currentTime = at;
  await told("seeked");
  await video.play();
  while (video.currentTime < at + 0.7) await new Promise((done) => setTimeout(done, 20));
  const samples = new Float32Array(window.meter.fftSize);
  window.meter.getFloatTimeDomainData(samples);
  const value = (company ? IN_COMPANY : IN_PROGRAM)(video), now = video.currentTime;
  video.pause();
  return { value, now, loud: Math.max(...samples.map(Math.abs)) };
}"""


async def _played(over: Over, page: Page, taken: list[tuple[int, int]], zero: int) -> None:
    """The same in the browser's own player."""
    script = PLAYED.replace("IN_COMPANY", f"({clock.script(clock.IN_COMPANY)})")
    script = script.replace("IN_PROGRAM", f"({clock.script(clock.IN_PROGRAM)})")
    url = f"{over.base}/light/replay.m3u8"
    for since, until in taken:
        company = since > 1_000 * kept.FIRST[0]
        for at, there in ((since - 3_000, True), (since + 1_000, False), (until + 4_000, True)):
            found = await page.evaluate(script, [url, at / 1_000, company])
            if there:
                assert found["loud"] > 20 * SILENT and found["value"] is not None, (at, found)
                shown = (found["value"] - zero) % 2**24 / 1_000
                assert abs(shown - found["now"]) < 0.6, (at, found, shown)
            else:
                assert found["loud"] < SILENT and found["value"] is None, (at, found)
    assert GUARD_MS < 500, "what is beside a span is looked at half a second away from it"
