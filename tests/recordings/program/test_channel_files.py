"""From an interpreter who speaks, through the media process's tap, to a rendition that other programs read."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from recordings.archive.archive import Archive
from recordings.archive.layout import Part
from recordings.program.scene import Sitting
from recordings.program.studio import Studio
from signaling.client.media import Clip
from signaling.media.process import Server
from signaling.media.tap_server import tap_path
from tests.recordings.program.test_studio import CLIPS, LIVE, WORDS, loudness, probe, recording
from tests.signaling.media.people import SESSION, Hall, until

pytestmark = pytest.mark.anyio


async def test_an_interpreter_who_sits_down_later_is_a_rendition_that_other_programs_read(
    server: Server, stage: Hall, tmp_path: Path
) -> None:
    await stage.speaker("asma")
    stage.clip = Clip.load(CLIPS / "officer.webm")
    await stage.speaker("zoya")
    archive = Archive(tmp_path / "recordings")
    parts: list[Part] = []
    studio = Studio(tap_path(server.path), SESSION, archive, 1, WORDS, parts.append, renditions=())
    studio.facts(replace(LIVE, sitting=LIVE.sitting[:1]))
    await server.plane.seat(SESSION, 1, "official", "asma", 1)
    ending = asyncio.Event()
    running = asyncio.ensure_future(studio.run(ending))
    await until(lambda: sum(part.rendition == "sound" for part in parts) >= 2)
    await server.plane.seat(SESSION, 1, "official", "", 2)
    await server.plane.seat(SESSION, 1, "citizen1", "zoya", 3)
    studio.facts(replace(LIVE, sitting=(Sitting("citizen1", "interpreter", who="zoya", channel=1),)))
    await until(lambda: sum(part.rendition == "sound-1" for part in parts) >= 8)
    ending.set()
    assert await running == "told"
    (stream,) = probe(recording(archive, "sound-1", tmp_path / "channel.mp4"))
    assert (stream["codec_name"], stream["sample_rate"], stream["channels"]) == ("aac", "24000", 1)
    assert -35 < loudness(tmp_path / "channel.mp4") < -12, "she alone is heard in it"
    first, floor = archive.index(SESSION, "sound-1").segments[0], archive.index(SESSION, "sound").segments
    assert first.starts_ms > floor[0].starts_ms + 500
    assert abs((first.wall_ms - first.starts_ms) - (floor[0].wall_ms - floor[0].starts_ms)) <= 1
    ends = [
        index[-1].starts_ms + index[-1].duration_us / 1000
        for index in (archive.index(SESSION, "sound-1").segments, floor)
    ]
    assert abs(ends[0] - ends[1]) < 100
