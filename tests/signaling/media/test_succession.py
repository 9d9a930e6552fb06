"""One media process follows another: who was replaced ends, is not spoken to, and takes nothing with it."""

from __future__ import annotations

import asyncio
import signal
import subprocess
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from signaling.media.plane import Plane
from signaling.media.port import Lost, MediaRefused, Ready, Report
from signaling.media.process import Server
from signaling.media.remote import RemotePlane
from tests.signaling.media.people import LOOPBACK, SEATS, SESSION, start_process, until

pytestmark = pytest.mark.anyio

Start = Callable[[int], subprocess.Popen[bytes]]


@pytest.fixture
def socket(tmp_path: Path) -> Path:
    return tmp_path / "m.sock"


@pytest.fixture
async def start(socket: Path) -> AsyncIterator[Start]:
    """Starts a process under a fence."""
    running: list[subprocess.Popen[bytes]] = []

    def one(fence: int) -> subprocess.Popen[bytes]:
        running.append(start_process(socket, LOOPBACK, fence))
        return running[-1]

    yield one
    for process in running:
        process.kill()
        process.wait(30)


@pytest.fixture
async def worker(socket: Path) -> AsyncIterator[tuple[RemotePlane, list[Report]]]:
    """A worker, and what it was told."""
    plane, told = RemotePlane(socket), list[Report]()
    plane.follow(told.append)
    plane.start()
    yield plane, told
    await plane.stop()


def fences(told: list[Report]) -> list[int]:
    return [report.fence for report in told if isinstance(report, Ready)]


async def test_one_that_hangs_is_replaced_and_ends_when_it_wakes_up(
    socket: Path, start: Start, worker: tuple[RemotePlane, list[Report]]
) -> None:
    _, told = worker
    old = start(1)
    await until(lambda: fences(told) == [1])
    old.send_signal(signal.SIGSTOP)
    new = start(2)
    later, seen = RemotePlane(socket), list[Report]()
    later.follow(seen.append)
    await until(lambda: socket.exists() and new.poll() is None)
    later.start()
    await until(lambda: fences(seen) == [2])

    old.send_signal(signal.SIGCONT)
    await until(lambda: old.poll() is not None)
    assert old.returncode == 0
    await until(lambda: fences(told) == [1, 2])
    assert socket.exists() and new.poll() is None
    await later.open(SESSION, 2, SEATS)
    await later.stop()


async def test_one_that_works_is_told_and_gives_way(
    socket: Path, start: Start, worker: tuple[RemotePlane, list[Report]]
) -> None:
    plane, told = worker
    old = start(4)
    await until(lambda: fences(told) == [4])
    await plane.open(SESSION, 4, SEATS)
    new = start(5)
    await until(lambda: old.poll() == 0)
    await until(lambda: fences(told) == [4, 5])
    assert Lost(SESSION) in told
    assert socket.exists() and new.poll() is None


async def test_one_of_an_earlier_lease_does_not_push_a_later_one_aside(start: Start, socket: Path) -> None:
    new = start(5)
    await until(lambda: socket.exists())
    old = start(4)
    await until(lambda: old.poll() is not None)
    assert old.returncode != 0 and new.poll() is None and socket.exists()


class Counting(Server):
    """Knows how many came: whoever looks in and goes again is there for less than a moment."""

    came = 0

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.came += 1
        await super()._serve(reader, writer)


async def test_a_worker_does_not_speak_to_one_of_an_earlier_lease(
    socket: Path, worker: tuple[RemotePlane, list[Report]]
) -> None:
    plane, told = worker
    for fence in (2, 1, 3):
        server = Counting(socket, LOOPBACK, fence)
        await server.start()
        if fence == 1:
            await until(lambda server=server: server.came)  # type: ignore[misc]
            with pytest.raises(MediaRefused, match="media_lost"):
                await plane.open(SESSION, 1, SEATS)
        else:
            await until(lambda fence=fence: fences(told)[-1:] == [fence])  # type: ignore[misc]
        await server.stop()
    assert fences(told) == [2, 3]


async def test_a_request_under_an_earlier_lease_is_refused_everywhere(
    socket: Path, worker: tuple[RemotePlane, list[Report]]
) -> None:
    """By the plane itself, and through the socket."""
    plane, told = worker
    server = Server(socket, LOOPBACK, 7)
    await server.start()
    await until(lambda: fences(told) == [7])
    here = Plane(LOOPBACK, fence=7)
    for each in (plane, here):
        with pytest.raises(MediaRefused, match="media_stale"):
            await each.open(SESSION, 6, SEATS)
        await each.open(SESSION, 7, SEATS)
        for request in (
            each.seat(SESSION, 6, "citizen1", "asma", 1),
            each.mute(SESSION, 6, "citizen1", True, 1),
            each.close(SESSION, 6),
        ):
            with pytest.raises(MediaRefused, match="media_stale"):
                await request
        await each.close(SESSION, 8)
    await here.stop()
    await server.stop()


async def test_one_that_accepts_and_says_nothing_is_not_waited_for(
    socket: Path, worker: tuple[RemotePlane, list[Report]], monkeypatch: pytest.MonkeyPatch
) -> None:
    plane, told = worker
    monkeypatch.setattr("signaling.media.remote.GREETING_S", 0.1)
    calls = 0

    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal calls
        calls += 1
        await reader.read()
        writer.close()

    server = await asyncio.start_unix_server(silent, socket)
    await until(lambda: calls >= 2)
    with pytest.raises(MediaRefused, match="media_lost"):
        await plane.stats(SESSION)
    server.close()
    await server.wait_closed()
    assert not told
