"""What those who follow without delay are sent: made while they watch, and at no cost to the files."""

from __future__ import annotations

import asyncio
import math
import subprocess
from itertools import pairwise
from pathlib import Path

import av
import numpy as np
import pytest

from kachehri.vault import Vault
from recordings.archive.archive import Archive
from recordings.program.decode import Sounds
from recordings.program.direct import Direct, OpusEncoder
from recordings.program.encode import FULL, PictureEncoder
from recordings.program.fragments import Fragmenter
from recordings.program.lines import Maker, comes_between
from recordings.program.program import Program
from recordings.program.scene import Facts
from recordings.program.sound import BLOCK, RATE, Samples
from recordings.program.studio import Studio
from signaling.media.process import Server
from signaling.media.tap import DirectFrame, TapFrame, Wish
from signaling.media.tap_server import tap_path
from tests.recordings.program.test_studio import LIVE, WORDS, probe, recording
from tests.servers import require
from tests.signaling.media.people import SESSION, Hall, until

pytestmark = pytest.mark.anyio
BEGINS = DirectFrame("video", 0, True, (b"\x67", b"\x68", b"\x65one"))


def tone(block: int) -> Samples:
    at = np.arange(block * BLOCK, (block + 1) * BLOCK)
    return (0.3 * np.sin(2 * math.pi * 440 * at / RATE)).astype(np.float32)


def slate(number: int) -> av.VideoFrame:
    image = np.full((FULL.height, FULL.width, 3), 40, np.uint8)
    image[:, number * 16 % FULL.width :][:, :60] = 200
    return av.VideoFrame.from_ndarray(image, format="rgb24").reformat(format="yuv420p")


def test_opus_is_a_voice_s_worth_and_keeps_its_moments() -> None:
    encoder = OpusEncoder()
    packets = [found for block in range(100) for found in encoder.encode(tone(block), 7_000_000 + block * 20_000)]
    assert [at for at, _ in packets] == [7_000_000 + index * 40_000 for index in range(50)]
    assert 8 * sum(len(data) for _, data in packets) / 2 < 36_000
    sounds = Sounds()
    frames = [TapFrame("hall", "audio", "opus", at * RATE // 1_000_000, 0, True, data) for at, data in packets]
    heard = [samples for frame in frames if (samples := sounds.decode(frame)) is not None]
    assert np.sqrt(np.mean(np.concatenate(heard[5:]) ** 2)) == pytest.approx(0.3 / math.sqrt(2), rel=0.2)


def test_a_keyframe_that_is_asked_for_comes_within_a_second_and_at_most_one_a_second() -> None:
    rate, segment = 15, 30
    for asked in (n for n in range(1, 60) if n % segment):
        key = asked // segment * segment
        made = next(n for n in range(asked, 120) if n % segment == 0 or comes_between(n, key, rate))
        assert made - asked <= rate and made - key >= rate
    assert not any(comes_between(n, 0, rate) for n in range(segment - rate // 2, segment + 1))


def test_it_begins_no_segment_and_every_segment_is_as_long_as_ever(tmp_path: Path) -> None:
    """Keyframes asked for all the time, of a picture that goes into the files too."""
    maker = Maker(FULL, 0)
    fragmenter = Fragmenter(maker.encoder.shape, None)
    parts, keys = [], []
    for number in range(150):
        maker.wanted = True
        for packet in maker.make(slate(number), 1):
            keys += [number] if packet.key else []
            parts += fragmenter.write(packet)
    parts += fragmenter.flush()
    assert keys == [0, 15, 30, 45, 60, 75, 90, 105, 120, 135]
    ends = [part.starts_us + part.duration_us for part in parts if part.last]
    assert ends == [pytest.approx(at * 2_000_000, abs=20) for at in range(1, 6)]
    assert all(part.duration_us <= 333_400 for part in parts)
    firsts = [parts[0], *(after for before, after in pairwise(parts) if before.last)]
    assert all(part.independent for part in firsts)
    file = tmp_path / "full.mp4"
    file.write_bytes(fragmenter.init() + b"".join(part.data for part in parts))
    (video,) = probe(file)
    assert int(video["nb_read_frames"]) == 150
    listed = subprocess.run(
        [require("ffprobe"), "-v", "warning", "-show_entries", "packet=flags", "-of", "csv=p=0", str(file)],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert [index for index, flags in enumerate(listed.stdout.split()) if flags.startswith("K")] == keys


def test_nothing_is_sent_unwatched_and_what_is_not_taken_goes_on_with_a_keyframe() -> None:
    sent: list[DirectFrame] = []
    asked: list[int] = []
    takes = True

    def send(frame: DirectFrame) -> bool:
        sent.append(frame)
        return takes

    direct = Direct(send, lambda: asked.append(1))
    encoder = PictureEncoder(FULL)
    packets = [packet for number in range(31) for packet in encoder.encode(slate(number), number)]
    direct.picture(packets[0], (b"\x67", b"\x68"))
    direct.sound(tone(0), 0)
    assert sent == []
    direct.wished(Wish(watched=True, key=True))
    assert asked == [1]
    direct.picture(packets[1], (b"\x67", b"\x68"))
    assert sent == []  # it begins with one that needs no other
    direct.picture(packets[0], (b"\x67", b"\x68"))
    assert [unit[0] & 0x1F for unit in sent[0].units] == [7, 8, 5]
    takes = False
    direct.picture(packets[1], (b"\x67", b"\x68"))
    takes = True
    direct.picture(packets[2], (b"\x67", b"\x68"))
    assert len(sent) == 2 and asked == [1, 1]
    direct.picture(packets[30], (b"\x67", b"\x68"))
    assert sent[-1].key and sent[-1].at_us == 2_000_000
    direct.wished(Wish(watched=False))
    direct.picture(packets[30], (b"\x67", b"\x68"))
    assert len(sent) == 3


def test_the_mix_is_handed_on_with_its_moments() -> None:
    program = Program(0.0, lambda name, packet: None, WORDS, renditions=(), starts_ms=5_000)
    heard: list[int] = []
    program.mixed = lambda samples, at_us: heard.append(at_us)
    program.facts(Facts("live"))
    program.tick(100.0)
    assert heard == [5_000_000, 5_020_000, 5_040_000, 5_060_000, 5_080_000]


class Running:
    """A studio at work."""

    def __init__(self, server: Server, archive: Archive, folder: Path, delay_s: int = 0) -> None:
        vault = Vault([b"k" * 32]) if delay_s else None
        self.studio = Studio(
            tap_path(server.path), SESSION, archive, 1, WORDS, lambda part: None, renditions=(FULL,),
            delay_ms=1_000 * delay_s, vault=vault,
        )  # fmt: skip
        self.ending = asyncio.Event()

    async def __aenter__(self) -> Running:
        self.studio.facts(LIVE)
        self.task = asyncio.ensure_future(self.studio.run(self.ending))
        return self

    async def __aexit__(self, *why: object) -> None:
        self.ending.set()
        await self.task


@pytest.mark.slow
@pytest.mark.parametrize("delay_s", [0, 10])
async def test_a_watcher_sees_and_hears_what_is_said_now(
    server: Server, stage: Hall, tmp_path: Path, delay_s: int
) -> None:
    archive = Archive(tmp_path / "recordings")
    await stage.speaker("asma")
    await server.plane.seat(SESSION, 1, "official", "asma", 5)
    async with Running(server, archive, tmp_path, delay_s) as first:
        now = server.plane.stage_of(SESSION)
        assert now is not None
        await until(lambda: now.program.there(0.0))
        began = asyncio.get_running_loop().time()
        watcher = await stage.follower("viewer")
        seen = watcher.seats["program"]
        await until(lambda: seen.audio_packets > 10 and seen.video_frames > 15)
        assert asyncio.get_running_loop().time() - began < 6
        assert first.studio.outlet.parts == 0 or not delay_s
    pictures = seen.video_frames
    async with Running(server, archive, tmp_path, delay_s):
        await until(lambda: seen.video_frames > pictures + 10)
    assert watcher.state == "connected"
    if not delay_s:
        found = probe(recording(archive, "full", tmp_path / "full.mp4"))
        assert {each["codec_type"] for each in found} == {"video", "audio"}
