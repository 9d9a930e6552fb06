"""How many players may show one hearing's program: with one key, and with all of its seats' keys together."""

from __future__ import annotations

from collections.abc import AsyncIterator

import msgspec
import pytest
from aiortc import RTCPeerConnection

from signaling.media import counts
from signaling.media.plane import Plane
from signaling.media.port import MediaRefused, MediaSettings

pytestmark = pytest.mark.anyio
SESSION, OTHER = "abcdefgh", "bcdefghi"
SETTINGS = msgspec.structs.replace(MediaSettings(addresses=("127.0.0.1",)), max_players=3, max_watching=2)


@pytest.fixture
async def plane(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Plane]:
    """A plane of which nothing is asked but how many there are: a program is always there."""
    monkeypatch.setattr(counts, "may_follow", lambda *given: None)
    plane = Plane(SETTINGS)
    for session in (SESSION, OTHER):
        await plane.open(session, 1, ("chair",), "h264")
    yield plane
    await plane.stop()


@pytest.fixture
async def offer() -> str:
    connection = RTCPeerConnection()
    connection.addTransceiver("audio", "recvonly")
    await connection.setLocalDescription(await connection.createOffer())
    sdp = str(connection.localDescription.sdp)
    await connection.close()
    return sdp


async def test_players_are_bounded_by_key_and_by_hearing(plane: Plane, offer: str) -> None:
    async def shows(key: str, session: str = SESSION) -> str:
        try:
            return (await plane.program_for(session, key, offer)).peer
        except MediaRefused as refused:
            return refused.code

    def there() -> int:
        return sum(peer.session == SESSION for peer in plane._peers.values())

    await plane.offer(SESSION, "somebody", "program", most=20)
    first = await shows("hall")
    made = [first, await shows("hall"), await shows("press")]
    assert "media_full" not in made and there() == 4
    assert await shows("office") == await shows("press") == "media_full"
    assert await shows("hall") != "media_full", "the oldest of her own gives way"
    assert there() == 4
    assert await shows("office", OTHER) != "media_full", "another hearing has its own"
    await plane.leave(SESSION, "hall")
    assert await shows("office") != "media_full"
