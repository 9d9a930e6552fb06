"""The program without delay over the plane: its lines, who fills them, and what a watcher is told and sent."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import closing

import pytest

from signaling.client.media import Clip
from signaling.media import port
from signaling.media.direct import AWAY_S, Program
from signaling.media.forward import DIRECT, Outlet
from signaling.media.port import MediaRefused
from signaling.media.process import Server
from signaling.media.tap import DirectFrame, Wish
from signaling.media.tap_server import tap_path
from tests.signaling.media.maker import Maker
from tests.signaling.media.people import SESSION, Hall, until
from tests.signaling.media.translator import Translator

pytestmark = pytest.mark.anyio

KEY = (b"\x67\x42\xc0\x1e", b"\x68\xce", b"\x65" + bytes(2_000))
NEXT = (b"\x41" + bytes(30),)


def picture(at_ms: int, key: bool = False) -> DirectFrame:
    return DirectFrame("video", at_ms * 1_000, key, KEY if key else NEXT)


class Way:
    """A watcher of one line: what she was sent, as number, timestamp and mark."""

    def __init__(self, program: Program, kind: str = "video") -> None:
        self.packets: list[tuple[int, int, int]] = []
        self.outlet = Outlet(self._take)
        (program.video if kind == "video" else program.audio).add(self.outlet)
        program.settle()

    def _take(self, data: bytes) -> None:
        number, timestamp = int.from_bytes(data[2:4], "big"), int.from_bytes(data[4:8], "big")
        self.packets.append((number, timestamp, data[1] >> 7))


def made() -> tuple[Program, list[Wish]]:
    wishes: list[Wish] = []
    program = Program((10, 11, 12), DIRECT)
    program.begin(wishes.append, True, 0.0)
    return program, wishes


def test_the_process_is_told_when_somebody_watches_and_when_nobody_does() -> None:
    program, wishes = made()
    assert wishes == []
    way, second = Way(program), Way(program)
    assert wishes == [Wish(watched=True, key=True)]
    for each in (way, second):
        program.video.remove(each.outlet)
        program.settle()
    assert wishes == [Wish(watched=True, key=True), Wish(watched=False, key=False)]


def test_numbers_and_clock_go_on_when_another_process_makes_it() -> None:
    program, _ = made()
    way = Way(program)
    program.take(picture(1_000, key=True), 1.0)
    program.take(picture(1_066), 1.066)
    first_run = len(way.packets)
    wishes: list[Wish] = []
    program.begin(wishes.append, True, 3.0)
    assert wishes == [Wish(watched=True, key=True)]
    program.take(picture(3_000), 3.0)  # not without a keyframe
    assert len(way.packets) == first_run
    program.take(picture(3_066, key=True), 3.066)
    numbers = [number for number, _, _ in way.packets]
    assert numbers == list(range(1, len(numbers) + 1)) and len(numbers) > first_run
    before, after = way.packets[first_run - 1][1], way.packets[-1][1]
    assert after - before == pytest.approx(2.0 * 90_000, abs=90)
    assert [mark for _, _, mark in way.packets] == [0, 0, 1, 1, 0, 0, 1]


def test_sound_and_picture_tell_one_time() -> None:
    """The reports of both lines name the same instant (RFC 3550 §6.4.1), which lip sync rests on."""
    program, _ = made()
    Way(program), Way(program, "audio")
    for at in range(0, 2_000, 40):
        program.take(DirectFrame("audio", at * 1_000, True, (b"sound",)), 100 + at / 1_000 + 0.05)
        program.take(picture(at, key=at == 0), 100 + at / 1_000)
    now = 101.96
    audio, video = program.audio.clock_at(now), program.video.clock_at(now)
    top = {line.kind: line._top_timestamp for line in (program.audio, program.video)}
    assert audio is not None and video is not None
    assert (audio - top["audio"]) / 48_000 == pytest.approx((video - top["video"]) / 90_000, abs=0.002)


def test_a_watcher_who_cannot_go_on_has_a_keyframe_asked_for_her() -> None:
    program, wishes = made()
    Way(program)
    program.take(picture(0, key=True), 0.0)
    program.ask(0.1)
    assert len(wishes) == 1  # nobody needs one
    assert program.video.source is not None
    program.video.source.keyframe_wanted = True
    program.ask(1.0)
    program.ask(1.1)
    assert wishes[1:] == [Wish(watched=True, key=True)]
    program.take(picture(1_200, key=True), 1.2)
    program.ask(2.0)
    assert len(wishes) == 2


def test_a_program_that_went_is_awaited_for_a_while_and_one_without_a_picture_has_none() -> None:
    program = Program((10, 11, 12), DIRECT)
    assert not program.there(0.0)
    first: list[Wish] = []
    say = first.append
    program.begin(say, True, 0.0)
    program.end(say, 5.0)
    assert program.there(4.0 + AWAY_S) and not program.there(5.0 + AWAY_S)
    second: list[Wish] = []
    program.begin(second.append, False, 20.0)
    program.end(say, 21.0)  # the first, which ends late, is not the one that is there
    assert program.there(100.0) and not program.pictured
    way = Way(program)
    program.take(picture(0, key=True), 20.0)
    assert way.packets == []


@pytest.fixture
async def hall(server: Server, clip: Clip) -> AsyncIterator[Hall]:
    hall = Hall(clip, server.plane)
    try:
        yield hall
    finally:
        await hall.stop()


async def refused(hall: Hall, name: str, most: int | None = 0) -> str:
    with pytest.raises(MediaRefused) as caught:
        await hall.plane.offer(SESSION, name, "program", most=most)
    return caught.value.code


async def test_a_program_begun_before_the_session_was_opened_is_found_at_once(server: Server, hall: Hall) -> None:
    async with Maker(tap_path(server.path)):
        await until(lambda: server.tap._readers)
        await hall.start()
        assert (await hall.plane.offer(SESSION, "viewer", "program")).sdp.count("m=") == 2


def there(server: Server) -> bool:
    stage = server.plane.stage_of(SESSION)
    return stage is not None and stage.program.there(0.0)


async def test_sound_alone_is_one_line(server: Server, hall: Hall) -> None:
    await hall.start("vp8")
    async with Maker(tap_path(server.path), "sound"):
        await until(lambda: there(server))
        seen = (await hall.follower("viewer")).seats["program"]
        await until(lambda: seen.audio_packets > 10)
        assert seen.video_frames == 0


async def test_a_watcher_stays_while_the_program_is_made_by_another(server: Server, hall: Hall) -> None:
    await hall.start("h264")
    async with Maker(tap_path(server.path)) as maker:
        await until(lambda: there(server))
        watcher = await hall.follower("viewer")
        seen = watcher.seats["program"]
        await until(lambda: seen.audio_packets > 10 and seen.video_frames > 10)
        assert maker.wishes[0] == Wish(watched=True, key=True)
    sound, pictures = seen.audio_packets, seen.video_frames
    async with Maker(tap_path(server.path)):
        await until(lambda: seen.audio_packets > sound + 20 and seen.video_frames > pictures + 10)
    assert watcher.state == "connected"


async def test_a_narrow_line_has_the_sound_and_a_lossy_one_the_picture_too(server: Server, hall: Hall) -> None:
    await hall.start()
    lossy, count = Translator(), iter(range(1_000_000))
    lossy.loses = lambda data: data[0] >> 6 == 2 and next(count) % 12 == 11  # RTP and RTCP alike (RFC 7983 §7)
    with closing(lossy):
        async with Maker(tap_path(server.path)) as maker:
            await until(lambda: there(server))
            wide = (await hall.follower("wide", through=lossy)).seats["program"]
            await until(lambda: wide.video_frames > 45)
            narrow = (await hall.follower("narrow", network="sound")).seats["program"]
            await until(lambda: narrow.audio_packets > 75 and wide.video_frames > 90)
            assert narrow.video_frames < 10
            assert len(maker.wishes) < 12  # what was lost came again, mostly without a keyframe
            assert (await hall.plane.stats(SESSION)).paused == 1


async def test_whoever_waits_in_vain_is_told_that_there_is_none(server: Server, hall: Hall) -> None:
    await hall.start()
    async with Maker(tap_path(server.path)):
        await until(lambda: there(server))
        await hall.follower("viewer")
    stage = server.plane.stage_of(SESSION)
    assert stage is not None
    await until(lambda: not stage.program.present)
    now = server.plane._clock()
    server.plane.tick(now + AWAY_S - 2)
    assert not hall.told(port.Closed)
    server.plane.tick(now + AWAY_S + 1)
    assert [told.reason for told in hall.told(port.Closed)] == ["no_program"]
    assert await refused(hall, "viewer") == "media_program_full"  # by the real clock it may still come back


async def test_nothing_is_made_while_nobody_watches(server: Server, hall: Hall) -> None:
    await hall.start()
    async with Maker(tap_path(server.path)) as maker:
        await until(lambda: there(server))
        assert not maker.direct.watched
        watcher = await hall.follower("viewer")
        await until(lambda: maker.direct.watched)
        await watcher.close()
        await hall.plane.leave(SESSION, "viewer")
        await until(lambda: not maker.direct.watched)
        assert maker.wishes[-1] == Wish(watched=False, key=False)


async def test_beyond_the_limit_only_those_who_do_not_count(server: Server, hall: Hall) -> None:
    await hall.start()
    assert await refused(hall, "viewer") == "media_no_program"
    async with Maker(tap_path(server.path)):
        await until(lambda: there(server))
        assert await refused(hall, "viewer", 0) == "media_program_full"
        first = await hall.follower("first", most=1)
        assert await refused(hall, "second", 1) == "media_program_full"
        await hall.plane.offer(SESSION, "first", "program", most=1)  # her own next connection
        await hall.follower("moderator")
        assert (await hall.plane.stats(SESSION)).program == 2
        await first.close()
        await hall.plane.leave(SESSION, "first")
        await hall.follower("second", most=1)


async def test_frames_that_no_program_makes_end_their_connection(server: Server, hall: Hall) -> None:
    await hall.start()
    reader, writer = await asyncio.open_unix_connection(tap_path(server.path))
    for data in (b"\x92\xa8hearing1\xa7picture", b"\xc1nonsense"):
        writer.write(len(data).to_bytes(4, "big") + data)
    async with asyncio.timeout(30):
        assert await reader.read() == b""
    writer.close()
