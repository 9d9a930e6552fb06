"""From people who speak, through the media process's tap, to files that other programs read."""

from __future__ import annotations

import asyncio
import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from recordings.archive.archive import Archive
from recordings.archive.layout import Part
from recordings.program.scene import Facts, Sitting
from recordings.program.studio import Studio, resume_at
from signaling.client.media import Clip
from signaling.media.process import Server
from signaling.media.tap_server import tap_path
from tests.servers import require
from tests.signaling.media.people import SESSION, Hall, until

pytestmark = pytest.mark.anyio

CLIPS = Path(__file__).parents[3] / "web" / "demo_media"
WORDS = {"waiting": ("انتظار کریں", "Please wait"), "failure": ("خرابی", "Failure")}
LIVE = Facts(
    "live",
    "کھلی کچہری",
    (
        Sitting("official", "official", "ڈپٹی کمشنر", "Deputy Commissioner", who="asma"),
        Sitting("citizen1", "citizen", "عائشہ بی بی", "مری", who="bilal"),
    ),
)


def recording(archive: Archive, rendition: str, at: Path) -> Path:
    """A rendition's first epoch as one file, as a player would put it together."""
    index = archive.index(SESSION, rendition)
    data = archive.read_init(SESSION, rendition, index.segments[0].epoch)
    for segment in index.segments:
        data += archive.read(SESSION, rendition, segment.number)
    at.write_bytes(data)
    return at


def probe(path: Path) -> list[dict[str, Any]]:
    """What ffprobe says of the streams; it must have nothing to complain of, and every frame must decode."""
    told = subprocess.run(
        [require("ffprobe"), "-v", "warning", "-show_streams", "-count_frames", "-of", "json", str(path)],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert told.stderr == ""
    played = subprocess.run(
        [require("ffmpeg"), "-v", "warning", "-i", str(path), "-f", "null", "-"], capture_output=True, text=True
    )
    assert (played.returncode, played.stderr) == (0, "")
    streams: list[dict[str, Any]] = json.loads(told.stdout)["streams"]
    return streams


def loudness(path: Path) -> float:
    """The mean level in dB below full scale."""
    told = subprocess.run(
        [require("ffmpeg"), "-i", str(path), "-vn", "-af", "volumedetect", "-f", "null", "-"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    return float(told.stderr.split("mean_volume:")[1].split("dB")[0])


async def test_two_speakers_become_three_renditions_that_other_programs_read(
    server: Server, stage: Hall, tmp_path: Path
) -> None:
    await stage.speaker("asma")
    stage.clip = Clip.load(CLIPS / "officer.webm")
    await stage.speaker("bilal")
    await server.plane.seat(SESSION, 1, "official", "asma", 1)
    await server.plane.seat(SESSION, 1, "citizen1", "bilal", 2)
    archive = Archive(tmp_path / "recordings")
    parts: list[Part] = []
    studio = Studio(tap_path(server.path), SESSION, archive, 1, WORDS, parts.append)
    studio.facts(LIVE)
    ending = asyncio.Event()
    running = asyncio.ensure_future(studio.run(ending))
    await until(lambda: sum(part.rendition == "full" for part in parts) >= 15)
    assert studio.program.status.pictured == ("citizen1", "official")
    assert studio.program.status.faults == 0
    ending.set()
    assert await running == "told"
    full = probe(recording(archive, "full", tmp_path / "full.mp4"))
    light = probe(recording(archive, "light", tmp_path / "light.mp4"))
    sound = probe(recording(archive, "sound", tmp_path / "sound.mp4"))
    shapes = [(each["codec_name"], each.get("profile"), each.get("width"), each.get("height")) for each in full + light]
    assert shapes == [
        ("h264", "Constrained Baseline", 640, 360),
        ("aac", "LC", None, None),
        ("h264", "Constrained Baseline", 426, 240),
        ("aac", "LC", None, None),
    ]
    assert [(each["codec_name"], each["sample_rate"], each["channels"]) for each in sound] == [("aac", "24000", 1)]
    assert int(full[0]["nb_read_frames"]) >= 60
    assert -35 < loudness(tmp_path / "sound.mp4") < -12
    segments = archive.index(SESSION, "full").segments
    assert all(segment.parts[0].independent for segment in segments)
    assert all(abs(segment.duration_us - 2_000_000) < 100_000 for segment in segments[:-1])
    assert all(segment.whole for segment in segments)


async def test_a_restart_goes_on_behind_what_was_there_as_another_epoch(server: Server, tmp_path: Path) -> None:
    archive = Archive(tmp_path / "recordings")
    for fence in (1, 2):
        parts: list[Part] = []
        studio = Studio(tap_path(server.path), SESSION, archive, fence, WORDS, parts.append)
        ending = asyncio.Event()
        running = asyncio.ensure_future(studio.run(ending))
        await until(lambda: len(parts) > 4)  # noqa: B023
        ending.set()
        await running
    segments = archive.index(SESSION, "full").segments
    assert [segment.epoch for segment in segments] == [1, 2]
    assert [segment.number for segment in segments] == [0, 1]
    first, second = segments
    assert second.starts_ms >= first.starts_ms + first.duration_us // 1000
    assert abs((second.wall_ms - first.wall_ms) - (second.starts_ms - first.starts_ms)) < 100
    # Nothing is ever written over, even when the clock on the wall was set back.
    assert resume_at(archive, SESSION, 0) >= second.starts_ms + -(-second.duration_us // 1000)
