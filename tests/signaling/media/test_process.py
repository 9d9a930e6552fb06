"""The media process: dying, coming back, and being left alone."""

from __future__ import annotations

import asyncio
import os
import stat
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest

from kachehri.settings import from_mapping
from signaling.client.media import Clip
from signaling.media import compat, frames, port
from signaling.media.port import MediaRefused, MediaSettings
from signaling.media.process import Server, settings_of
from signaling.media.remote import RemotePlane
from tests.signaling.media.people import LOOPBACK, SEATS, SESSION, Hall, end_process, start_process, until

pytestmark = pytest.mark.anyio


@pytest.fixture
def socket(tmp_path: Path) -> Path:
    return tmp_path / "m.sock"


@pytest.fixture
async def server(socket: Path, loopback: MediaSettings) -> AsyncIterator[Server]:
    """The process's server, in this process: for what needs a look inside."""
    compat.limit_client_addresses(["127.0.0.1"])
    server = Server(socket, msgspec.structs.replace(loopback, orphan_s=0.5))
    await server.start()
    try:
        yield server
    finally:
        await server.stop()


async def test_when_it_is_killed_every_session_is_lost_at_once_and_comes_back_with_a_newer_lease(
    socket: Path, clip: Clip, loopback: MediaSettings
) -> None:
    compat.limit_client_addresses(["127.0.0.1"])
    process = start_process(socket, loopback)
    plane = RemotePlane(socket)
    hall = Hall(clip, plane)
    plane.start()
    try:
        await until(lambda: hall.told(port.Ready))
        await hall.start()
        watcher = await hall.watcher("viewer")
        await hall.speaker("asma")
        await plane.seat(SESSION, 1, "citizen1", "asma", 5)
        await until(lambda: watcher.seats["citizen1"].video_frames > 3)

        waiting = asyncio.ensure_future(plane.stats(SESSION))
        process.kill()
        process.wait()
        killed = asyncio.get_running_loop().time()
        await until(lambda: hall.told(port.Lost, session=SESSION))
        assert asyncio.get_running_loop().time() - killed < 0.2
        with pytest.raises(MediaRefused, match="media_lost"):
            await waiting
            await plane.stats(SESSION)

        process = start_process(socket, loopback)
        await until(lambda: len(hall.told(port.Ready)) == 2)
        assert hall.told(port.Ready)[0] != hall.told(port.Ready)[1]
        await plane.open(SESSION, 2, SEATS)
        await plane.seat(SESSION, 2, "citizen1", "asma", 5)
        again = await hall.watcher("viewer")
        await hall.speaker("asma")
        await until(lambda: again.seats["citizen1"].video_frames > 3)
    finally:
        await hall.stop()
        await plane.stop()
        end_process(process)


async def test_nobody_speaks_unsupervised(server: Server, socket: Path, clip: Clip) -> None:
    first = RemotePlane(socket)
    hall = Hall(clip, first)
    first.start()
    await until(lambda: hall.told(port.Ready))
    await hall.start()
    watcher = await hall.watcher("viewer")
    await hall.speaker("asma")
    await first.seat(SESSION, 1, "citizen1", "asma", 5)
    await until(lambda: watcher.seats["citizen1"].video_frames > 3)
    await first.stop()
    assert hall.told(port.Lost, session=SESSION)
    stage = server.plane._stages[SESSION]
    await until(lambda: stage.seats["citizen1"].occupant is None)

    second = RemotePlane(socket)
    hall.reports.clear()
    second.follow(hall.reports.append)
    second.start()
    await until(lambda: hall.told(port.Ready))
    await second.open(SESSION, 2, SEATS)
    await second.seat(SESSION, 2, "citizen1", "asma", 5)
    frames_seen = watcher.seats["citizen1"].video_frames
    await until(lambda: watcher.seats["citizen1"].video_frames > frames_seen + 3)
    await hall.stop()
    await second.stop()


async def test_reports_go_to_the_workers_of_the_session(server: Server, socket: Path, clip: Clip) -> None:
    mine, other = RemotePlane(socket), RemotePlane(socket)
    heard: list[port.Report] = []
    other.follow(heard.append)
    hall = Hall(clip, mine)
    for plane in (mine, other):
        plane.start()
    await until(lambda: hall.told(port.Ready) and heard)
    await hall.start()
    await other.open("elsewhere", 1, SEATS)
    await hall.speaker("asma")
    await until(lambda: hall.told(port.Up))
    await other.stats("elsewhere")
    assert all(isinstance(report, port.Ready) for report in heard)
    await hall.stop()
    await mine.stop()
    await other.stop()


async def test_nonsense_on_the_socket_ends_that_connection_only(server: Server, socket: Path) -> None:
    plane = RemotePlane(socket)
    plane.start()
    heard: list[port.Report] = []
    plane.follow(heard.append)
    await until(lambda: heard)
    for data in (b"\x00\x00\x00\x03abc", b"\xff\xff\xff\xff", b"\x00\x00\x00\x00", b"\x00\x00\x00\x01\xc1"):
        reader, writer = await asyncio.open_unix_connection(socket)
        writer.write(data)
        async with asyncio.timeout(30):
            while await reader.read(4096):
                pass
        writer.close()
    await plane.open("still-here", 1, SEATS)
    await plane.stop()


async def test_a_process_that_is_not_there_is_lost_and_not_an_error(socket: Path) -> None:
    plane = RemotePlane(socket)
    plane.start()
    with pytest.raises(MediaRefused, match="media_lost"):
        await plane.open("s", 1, SEATS)
    await plane.stop()


async def test_only_its_own_user_may_connect(server: Server, socket: Path) -> None:
    assert stat.S_IMODE(os.stat(socket).st_mode) == 0o600


async def test_a_second_process_does_not_push_the_first_aside(server: Server, socket: Path) -> None:
    second = Server(socket, LOOPBACK)
    with pytest.raises(OSError, match="another media process"):
        await second.start()
    assert socket.exists()


async def test_what_a_killed_process_left_behind_is_no_obstacle(tmp_path: Path) -> None:
    path = tmp_path / "not-yet" / "m.sock"
    first = start_process(path)
    plane = RemotePlane(path)
    heard: list[port.Report] = []
    plane.follow(heard.append)
    plane.start()
    await until(lambda: heard)
    first.kill()
    first.wait()
    assert path.exists()
    second = start_process(path)
    await until(lambda: len(heard) == 2)
    await plane.stop()
    end_process(second)
    assert second.returncode == 0 and not path.exists()


async def test_the_command_line_starts_it(socket: Path) -> None:
    environment = {**os.environ, "KACHEHRI_MEDIA_SOCKET": str(socket), "KACHEHRI_MEDIA_ADDRESSES": "127.0.0.1"}
    process = subprocess.Popen([sys.executable, "-m", "kachehri", "media"], env=environment)
    plane = RemotePlane(socket)
    heard: list[port.Report] = []
    plane.follow(heard.append)
    plane.start()
    try:
        await until(lambda: heard)
        await plane.open("s", 1, SEATS)
        assert "127.0.0.1" in (await plane.offer("s", "asma", "watch")).sdp
    finally:
        await plane.stop()
        end_process(process)


def test_a_frame_says_its_length() -> None:
    data = frames.frame(frames.Stats(id=7, session="s"))
    assert int.from_bytes(data[:4], "big") == len(data) - 4
    assert frames.read_call(data[4:]) == frames.Stats(id=7, session="s")
    assert frames.id_of(data[4:]) == 7


def test_settings() -> None:
    given = {"addresses": ["10.0.0.5"], "announced_addresses": ["203.0.113.7"], "port_low": 5, "port_high": 9}
    common = MediaSettings(addresses=("10.0.0.5",), announced=("203.0.113.7",), ports=(5, 9))
    assert settings_of(from_mapping({"media": {**given, "backend": "direct"}})) == msgspec.structs.replace(
        common, backend="direct", port=5
    )
    assert settings_of(from_mapping({"media": {**given, "port": 7}})) == msgspec.structs.replace(common, port=7)
    assert settings_of(from_mapping({})) == MediaSettings() == MediaSettings(backend="mux", port=0, ports=None)
    assert LOOPBACK.addresses == ("127.0.0.1",)
