"""After a hearing of ten minutes: the replay stands within a minute, and what is not for everybody is nowhere in it.

The hearing's time is simulated, its recording is not (tests/bench/kept.py); from the close on everything is the house
that people use, with its processes. What everybody gets is decoded from the very bytes that the door sends, and
compared with the recording as it was before.
"""

from __future__ import annotations

import asyncio
import re
import subprocess
import time
from pathlib import Path

import httpx
import numpy as np
import pytest
from playwright.async_api import Browser, Page, expect

from kachehri.i18n import words_for
from kachehri.ids import new_id
from kachehri.store import redactions, replays
from kachehri.store.tables import Redaction
from recordings import webvtt
from recordings.archive import Archive
from recordings.edition import Edition
from recordings.edition.basis import basis_of
from recordings.edition.plan import GUARD_MS
from tests.bench import clock, kept
from tests.end_to_end.hearing_over import (
    MADE_S,
    RATE,
    SILENT,
    Over,
    Recorded,
    heard,
    live_of,
    made,
    of,
    original,
    over,
    part_of,
    published,
    same_around,
    until_heard,
)
from tests.servers import require
from web.rehearsal.browser import Browser as Visitor

__all__ = ["over"]
pytestmark = [pytest.mark.anyio, pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(400)]
STANDS_S = 60
REDACTED = (240_000, 250_000)


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
            assert np.abs(part_of(after, *hidden)).max() < SILENT, "nobody released what follows"
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
