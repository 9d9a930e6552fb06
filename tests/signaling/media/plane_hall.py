"""A hall on a plane whose clock a test can put forward."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator

import pytest

from signaling.client.media import Clip
from signaling.media import compat
from signaling.media.peer import Peer
from signaling.media.plane import Plane
from signaling.media.port import MediaSettings
from tests.signaling.media.people import Hall


class Shifted:
    """A monotonic clock that a test can put forward; sockets and timers go on as they are."""

    def __init__(self) -> None:
        self.ahead = 0.0

    def __call__(self) -> float:
        return time.monotonic() + self.ahead


@pytest.fixture
def clock() -> Shifted:
    return Shifted()


@pytest.fixture
async def hall(clip: Clip, clock: Shifted, loopback: MediaSettings) -> AsyncIterator[Hall]:
    compat.limit_client_addresses(["127.0.0.1"])
    plane = Plane(loopback, clock)
    hall = Hall(clip, plane)
    plane.start()
    await hall.start()
    try:
        yield hall
    finally:
        await hall.stop()
        await plane.stop()
        left = [task for task in asyncio.all_tasks() if "Connection" in repr(task)]
        assert not left, left


def plane_of(hall: Hall) -> Plane:
    assert isinstance(hall.plane, Plane)
    return hall.plane


def peer_of(hall: Hall, name: str) -> Peer:
    [peer] = [p for p in plane_of(hall)._peers.values() if p.participant == name]
    return peer
