"""An hour of the program, kept and closed, in both players: from the beginning, in the middle, and to the end.

The hour is half a minute again and again, each time with later instants in its boxes (ISO 14496-12, tfdt), so that a
player sees one hour without a seam. Served as files would be. One of them is an edition, in which of each half minute
some seconds are silence and a slate.
"""

from __future__ import annotations

import re
import struct
import threading
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Final

import pytest
from playwright.async_api import Browser

from recordings.archive import Archive, Index, Segment
from recordings.edition import Basis, Edition
from recordings.edition.making import make
from recordings.playlists import SHAPES, vod_playlist
from tests.bench import painted
from tests.recordings.edition import filmed
from web.assets import STATIC

pytestmark = [pytest.mark.anyio, pytest.mark.browser, pytest.mark.slow]
#: Half a minute: with pictures it ends between two frames of sound, 750 of 1,024 samples at 24,000; sound alone is cut
#: between two of its own in any case.
LOOP_S: Final = 32
HOUR_S: Final = 3_600
#: Ticks a second of the two tracks (recordings/program/fragments.py).
CLOCKS: Final = {1: 90_000, 2: 24_000}
PAGE: Final = b"""<!doctype html><title>hour</title><video controls playsinline muted></video>"""


class Hour:
    """The files of an hour of one rendition."""

    def __init__(self, folder: Path, rendition: str, shown: Sequence[tuple[int, int]]) -> None:
        self.archive, self.rendition = Archive(folder), rendition
        self.edition: Edition | None = None
        if shown:
            self.archive = filmed.archive(folder)
            filmed.record(self.archive, LOOP_S + 6, session="hour")
            spans = tuple((filmed.WALL_MS + since, filmed.WALL_MS + until) for since, until in shown)
            self.edition = Edition(self.archive, "hour", Basis(spans))
            assert make(self.edition, self.archive, filmed.renderer()) > 0
        else:
            painted.instant(folder, "hour", [rendition], LOOP_S + 6, 1_790_000_000_000)
        target = SHAPES[rendition].target_s
        self.each = LOOP_S // target
        first = self.archive.index("hour", rendition).segments[: self.each]
        segments: list[Segment] = []
        self.loop_us = sum(segment.duration_us for segment in first)
        for number in range(-(-HOUR_S * 1_000_000 * self.each // self.loop_us)):
            segment, later = first[number % self.each], number // self.each * self.loop_us // 1_000
            parts = tuple(
                replace(part, number=number, starts_ms=part.starts_ms + later, wall_ms=part.wall_ms + later)
                for part in segment.parts
            )
            segments.append(replace(segment, number=number, parts=parts))
        self.playlist = vod_playlist(Index("hour", rendition, tuple(segments)), SHAPES[rendition])

    def file(self, name: str) -> bytes:
        if name == "replay.m3u8":
            return self.playlist.encode()
        if name.startswith("init"):
            return self.archive.read_init("hour", self.rendition, 1)
        number = int(name.removesuffix(".m4s"))
        data = bytearray(self._read(number % self.each))
        for found in re.finditer(b"tfhd", bytes(data)):
            track = struct.unpack_from(">I", data, found.end() + 4)[0]
            track = track if len(self.tracks) > 1 else 2
            at = data.index(b"tfdt", found.end()) + 8
            assert data[at - 4] == 1, "64 bits"
            (ticks,) = struct.unpack_from(">Q", data, at)
            struct.pack_into(">Q", data, at, ticks + number // self.each * round(self.loop_us * CLOCKS[track] / 1e6))
        return bytes(data)

    def _read(self, number: int) -> bytes:
        if self.edition is None:
            return self.archive.read("hour", self.rendition, number)
        segment = self.edition.index(self.rendition).segment(number)
        assert segment is not None
        return self.edition.read(segment)

    @property
    def tracks(self) -> list[int]:
        return [2] if self.rendition == "sound" else [1, 2]


class Files(BaseHTTPRequestHandler):
    """The page, the second player, and the hour."""

    def __init__(self, hour: Hour, *given: object) -> None:
        self.hour = hour
        super().__init__(*given)  # type: ignore[arg-type]

    def do_GET(self) -> None:
        name = self.path.rsplit("/", 1)[-1]
        kinds = {"m3u8": "application/vnd.apple.mpegurl", "js": "text/javascript", "": "text/html"}
        if not name:
            data = PAGE
        elif name == "hls.js":
            data = (STATIC / "vendor" / "hls.js" / "hls.light.min.js").read_bytes()
        elif name.endswith((".m3u8", ".mp4", ".m4s")):
            data = self.hour.file(name)
        else:
            self.send_error(404)
            return
        self.send_response(200)
        self.send_header("content-type", kinds.get(name.rpartition(".")[2] if name else "", "video/mp4"))
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        try:
            self.wfile.write(data)
        except ConnectionError:
            pass  # a player that moved elsewhere wants it no more

    def log_message(self, *_given: object) -> None:
        """Quiet."""


#: Milliseconds of each half minute that everybody may see: borders lie within segments and between them.
SHOWN: Final = ((0, 9_300), (16_000, 31_000))
KINDS: Final = {"light": ("light", ()), "sound": ("sound", ()), "edition": ("light", SHOWN)}


@pytest.fixture(scope="module", params=list(KINDS))
def served(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    hour = Hour(tmp_path_factory.mktemp("hour"), *KINDS[request.param])
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Files, hour))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}/"
    server.shutdown()
    thread.join()
    server.server_close()


PLAY: Final = """async (script) => {
  const video = document.querySelector("video"), faults = [], told = (type) => new Promise((done, fail) => {
    video.addEventListener(type, done, { once: true });
    video.addEventListener("error", () => fail(new Error(video.error?.message)), { once: true });
    setTimeout(() => fail(new Error(`no ${type} at ${video.currentTime}, ready ${video.readyState}`)), 40000);
  });
  if (script) {
    const { default: Hls } = await import("/hls.js");
    const hls = new Hls({ enableWorker: false });
    hls.on(Hls.Events.ERROR, (_, problem) => {
      // A machine that is slow for a moment is no fault of the playlist.
      if (problem.details !== "bufferStalledError") faults.push(`${problem.details} ${problem.fatal}`);
    });
    hls.loadSource("/replay.m3u8");
    hls.attachMedia(video);
  } else video.src = "/replay.m3u8";
  const past = async (seconds) => {
    while (video.currentTime < seconds) await told("timeupdate");
  };
  if (!video.duration) await told("durationchange");
  await video.play();
  await past(1);
  const duration = video.duration;
  for (const start of [1799.3, 3590]) {
    video.currentTime = start;
    await told("seeked");
    await past(start + 1);
  }
  if (!video.ended) await told("ended");
  return { duration, ended: video.currentTime, faults };
}"""


@pytest.mark.parametrize("script", [False, True], ids=["native", "hls.js"])
async def test_an_hour_plays_from_its_beginning_to_its_end(served: str, browser: Browser, script: bool) -> None:
    page = await browser.new_page()
    await page.goto(served)
    found = await page.evaluate(PLAY, script)
    assert found["duration"] == pytest.approx(HOUR_S, abs=2.5)
    assert found["ended"] == pytest.approx(HOUR_S, abs=2.5)
    assert found["faults"] == []
    await page.close()
