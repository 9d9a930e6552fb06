"""Frames of the seats for the program: whole, in order, and never at the cost of the stage."""

from __future__ import annotations

import asyncio
import os
import stat
import time
from pathlib import Path

import msgspec
import pytest

from signaling.client.media import Clip
from signaling.media import compat
from signaling.media.forward import Line
from signaling.media.port import MediaSettings
from signaling.media.process import Server
from signaling.media.tap import GIVE_UP_S, Assembler, Attach, TapFrame
from signaling.media.tap_reader import TapReader
from signaling.media.tap_server import MAX_UNREAD, tap_path
from tests.signaling.media.people import SEATS, SESSION, Hall, until

pytestmark = pytest.mark.anyio

#: VP8 payloads: the start of a keyframe, the start of another picture, and a continuation (RFC 7741 §4.2).
KEY, INTER, MORE = b"\x10\x00key", b"\x10\x01inter", b"\x00more"


def assembler(codec: str = "vp8", kind: str = "video") -> tuple[Assembler, list[TapFrame], list[Line]]:
    frames: list[TapFrame] = []
    needed: list[Line] = []
    rate = 90_000 if kind == "video" else 48_000
    line = Line(kind, codec, 96, rate, 1, None)  # type: ignore[arg-type]
    return Assembler("citizen1", line, frames.append, needed.append), frames, needed


def test_packets_become_whole_pictures_in_their_order() -> None:
    made, frames, needed = assembler()
    made.packet(1, 0, 1, INTER, 0.0)  # before any keyframe: of no use
    made.packet(2, 3_000, 0, KEY, 0.1)
    made.packet(4, 6_000, 1, INTER, 0.12)
    made.packet(3, 3_000, 1, MORE, 0.13)
    made.packet(3, 3_000, 1, MORE, 0.14)
    assert frames == [
        TapFrame("citizen1", "video", "vp8", 3_000, 130, True, b"\x00keymore"),
        TapFrame("citizen1", "video", "vp8", 6_000, 130, False, b"\x01inter"),
    ]
    assert needed == []


def test_what_is_lost_for_good_costs_the_pictures_up_to_the_next_keyframe() -> None:
    made, frames, needed = assembler()
    made.packet(1, 0, 1, KEY, 0.0)
    made.packet(3, 3_000, 1, INTER, 0.1)
    made.packet(4, 6_000, 1, INTER, 0.1 + GIVE_UP_S / 2)
    assert len(frames) == 1
    made.packet(5, 9_000, 1, INTER, 0.11 + GIVE_UP_S)
    assert len(frames) == 1
    assert needed == [made.line]
    made.packet(6, 12_000, 1, KEY, 0.6)
    made.packet(7, 15_000, 1, INTER, 0.7)
    assert [frame.timestamp for frame in frames] == [0, 12_000, 15_000]


def test_a_picture_without_its_mark_ends_where_the_next_begins() -> None:
    made, frames, _ = assembler()
    made.packet(1, 0, 0, KEY, 0.0)
    made.packet(2, 3_000, 1, INTER, 0.1)
    assert [(frame.timestamp, frame.key) for frame in frames] == [(0, True), (3_000, False)]


def test_nonsense_and_endless_pictures_are_dropped() -> None:
    made, frames, needed = assembler()
    made.packet(1, 0, 0, KEY, 0.0)
    for number in range(2, 600):
        made.packet(number, 0, 0, b"\x00" + bytes(1_000), 0.0)
    assert frames == []
    assert needed
    made.packet(700, 9_000, 1, KEY, 1.0)
    made.packet(701, 12_000, 1, b"\x90", 1.0)  # a descriptor that promises more than there is
    made.packet(702, 15_000, 1, KEY, 1.1)
    assert [frame.timestamp for frame in frames] == [9_000, 15_000]


def test_sound_passes_as_it_comes() -> None:
    made, frames, _ = assembler(kind="audio")
    for number in (5, 7, 6):
        made.packet(number, number * 960, 0, b"sound", 1.5)
    made.packet(8, 8 * 960, 0, b"", 1.6)
    assert [frame.timestamp for frame in frames] == [5 * 960, 7 * 960, 6 * 960]
    assert frames[0] == TapFrame("citizen1", "audio", "opus", 4_800, 1_500, True, b"sound")


async def test_a_reader_gets_the_seated_ones_frames_beginning_with_a_keyframe(server: Server, stage: Hall) -> None:
    await stage.speaker("asma")
    await stage.speaker("bilal")  # never seated
    await server.plane.seat(SESSION, 1, "citizen1", "asma", 5)
    watcher = await stage.watcher("viewer")
    await until(lambda: watcher.seats["citizen1"].video_frames > 10)  # in the middle of things
    frames: list[TapFrame] = []
    reader = TapReader(tap_path(server.path), SESSION, frames.append)
    reader.start()
    try:
        await until(lambda: sum(frame.kind == "video" for frame in frames) > 10)
        pictures = [frame for frame in frames if frame.kind == "video"]
        assert {frame.seat for frame in frames} == {"citizen1"}
        assert pictures[0].key
        assert all(a.timestamp < b.timestamp for a, b in zip(pictures, pictures[1:], strict=False))
        await server.plane.mute(SESSION, 1, "citizen1", True, 6)
        await asyncio.sleep(0.1)  # what was on its way
        frames.clear()
        await until(lambda: len(frames) > 5)
        assert {frame.kind for frame in frames} == {"video"}
    finally:
        await reader.stop()
    await until(lambda: all(seat.video.tap is None for seat in server.plane.stage_of(SESSION).seats.values()))  # type: ignore[union-attr]


async def test_only_our_account_may_open_it(server: Server) -> None:
    assert stat.S_IMODE(os.stat(tap_path(server.path)).st_mode) == 0o600


async def test_a_stalled_reader_loses_frames_and_holds_up_nobody(server: Server, stage: Hall) -> None:
    """One reader stops reading; the watchers and the other reader go on, and memory is bounded."""
    await server.plane.seat(SESSION, 1, "citizen1", "asma", 5)
    stalled_reader, stalled_writer = await asyncio.open_unix_connection(tap_path(server.path), limit=1024)
    hello = msgspec.msgpack.encode(Attach(SESSION))
    stalled_writer.write(len(hello).to_bytes(4, "big") + hello)
    frames: list[TapFrame] = []
    reader = TapReader(tap_path(server.path), SESSION, frames.append)
    reader.start()
    try:
        await until(lambda: len(server.tap._readers) == 2)
        stage_now = server.plane.stage_of(SESSION)
        assert stage_now is not None
        tap = stage_now.seats["citizen1"].video.tap
        assert tap is not None
        took = 0.0
        for number in range(1, 4_000):
            began = time.thread_time()
            tap(number, number * 3_000, 1, (KEY if number % 100 == 1 else INTER) + bytes(1_100), number / 30)
            took = max(took, time.thread_time() - began)
            if number % 10 == 0:
                await asyncio.sleep(0)
        await until(lambda: len(frames) >= 3_900)
        waiting = max(each.transport.get_write_buffer_size() for each in server.tap._readers)
        assert MAX_UNREAD / 2 < waiting < MAX_UNREAD + 4_096
        assert server.tap.dropped > 100
        assert took < 1.0
        # It reads again: what it gets next of the picture begins with a keyframe.
        data = bytearray()

        async def drain() -> None:
            while True:
                data.extend(await stalled_reader.read(65_536))

        task = asyncio.ensure_future(drain())
        await until(lambda: all(each.transport.get_write_buffer_size() == 0 for each in server.tap._readers))
        for number in range(4_050, 4_250):
            tap(number, number * 3_000, 1, (KEY if number % 100 == 1 else INTER) + bytes(1_100), number / 30)
            await asyncio.sleep(0)
        await until(lambda: all(each.transport.get_write_buffer_size() == 0 for each in server.tap._readers))
        await asyncio.sleep(0.05)
        task.cancel()
        got = list(_frames(bytes(data)))
        after = [frame for frame in got if frame.timestamp >= 4_050 * 3_000]
        assert after and after[0].key
    finally:
        await reader.stop()
        stalled_writer.transport.abort()


def _frames(data: bytes) -> list[TapFrame]:
    found = []
    at = 0
    while at + 4 <= len(data):
        size = int.from_bytes(data[at : at + 4], "big")
        if at + 4 + size > len(data):
            break
        found.append(msgspec.msgpack.decode(data[at + 4 : at + 4 + size], type=TapFrame))
        at += 4 + size
    return found


async def test_strangers_to_the_protocol_are_sent_away(server: Server) -> None:
    for hello in (b"\xff\xff\xff\xff", b"\x00\x00\x00\x02\xc1\xc1", b""):
        reader, writer = await asyncio.open_unix_connection(tap_path(server.path))
        writer.write(hello)
        writer.write_eof()
        assert await reader.read() == b""
        writer.close()


async def test_a_reader_finds_the_media_process_again(tmp_path: Path, clip: Clip, loopback: MediaSettings) -> None:
    compat.limit_client_addresses(["127.0.0.1"])
    frames: list[TapFrame] = []
    reader = TapReader(tap_path(tmp_path / "m.sock"), SESSION, frames.append)
    reader.start()
    try:
        for fence in (1, 2):
            server = Server(tmp_path / "m.sock", loopback, fence)
            await server.start()
            await server.plane.open(SESSION, fence, SEATS)
            await until(lambda: reader.attached)
            await server.stop()
            await until(lambda: not reader.attached)
        assert reader.connections == 2
    finally:
        await reader.stop()
