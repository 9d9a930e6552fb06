"""How a peer begins: what is offered, who finds room, and what becomes of an offer that nobody takes up."""

from __future__ import annotations

import asyncio
import socket

import msgspec
import pytest

from signaling.client.media import Clip, Speaker
from signaling.media import port
from signaling.media.plane import Plane
from signaling.media.port import MediaRefused, MediaSettings
from tests.signaling.media.people import SEATS, SESSION, Hall, until
from tests.signaling.media.plane_hall import Shifted, clock, hall, peer_of, plane_of

__all__ = ["clock", "hall"]
pytestmark = pytest.mark.anyio


async def test_an_offer_that_nobody_answers_goes_away(hall: Hall, clock: Shifted) -> None:
    await hall.plane.offer(SESSION, "asma", "publish")
    clock.ahead += 16.0
    await until(lambda: hall.told(port.Closed, participant="asma", reason="timeout"))
    assert not plane_of(hall)._peers


async def test_an_answer_without_anybody_behind_it_goes_away(hall: Hall, clock: Shifted) -> None:
    speaker = Speaker(hall.clip)
    offer = await hall.plane.offer(SESSION, "asma", "publish")
    answer = await speaker.answer(offer.sdp)
    await speaker.close()
    await hall.plane.answer(SESSION, "asma", offer.peer, answer)
    await asyncio.sleep(0.1)
    clock.ahead += 16.0
    await until(lambda: hall.told(port.Closed, participant="asma"))


async def test_another_certificate_than_the_announced_one_is_not_let_in(hall: Hall) -> None:
    speaker = Speaker(hall.clip)
    hall.people.append(speaker)
    offer = await hall.plane.offer(SESSION, "asma", "publish")
    answer = await speaker.answer(offer.sdp)
    for name in ("sha-256", "sha-384", "sha-512"):
        head, _, rest = answer.partition(f"a=fingerprint:{name} ")
        answer = head + f"a=fingerprint:{name} " + ("00" if rest[:2] != "00" else "11") + rest[2:]
    answer = answer.split("m=video")[0] + "m=video" + answer.split("m=video")[1]
    await hall.plane.answer(SESSION, "asma", offer.peer, answer)
    await until(lambda: hall.told(port.Closed, participant="asma", reason="failed"))
    assert not hall.told(port.Up)


async def test_a_full_house_says_so(clip: Clip, loopback: MediaSettings) -> None:
    plane = Plane(msgspec.structs.replace(loopback, max_peers=3, max_session_peers=2))
    await plane.open("a", 1, SEATS)
    await plane.open("b", 1, SEATS)
    for name in ("x", "y"):
        await plane.offer("a", name, "watch")
    with pytest.raises(MediaRefused, match="media_full"):
        await plane.offer("a", "z", "watch")
    await plane.offer("b", "x", "watch")
    with pytest.raises(MediaRefused, match="media_full"):
        await plane.offer("b", "y", "watch")
    await plane.stop()


async def test_no_port_left_is_a_full_house(loopback: MediaSettings) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind(("127.0.0.1", 0))
        number = taken.getsockname()[1]
        plane = Plane(msgspec.structs.replace(loopback, port=number, ports=(number, number)))
        await plane.open("a", 1, SEATS)
        with pytest.raises(MediaRefused, match="media_full"):
            await plane.offer("a", "x", "watch")
        assert not plane._peers
        await plane.stop()


async def test_behind_nat_the_announced_address_is_offered(loopback: MediaSettings) -> None:
    plane = Plane(msgspec.structs.replace(loopback, announced=("203.0.113.7",)))
    await plane.open("a", 1, SEATS)
    offer = await plane.offer("a", "x", "watch")
    assert "203.0.113.7" in offer.sdp and "127.0.0.1" not in offer.sdp
    await plane.stop()


async def test_nobody_learns_anybodys_address(hall: Hall) -> None:
    """Offers name our address only, whoever has come before."""
    await hall.speaker("asma")
    offer = await hall.plane.offer(SESSION, "viewer", "watch")
    [mine] = {peer.wire.candidates[0].port for peer in [peer_of(hall, "viewer")]}
    candidates = [line for line in offer.sdp.splitlines() if line.startswith("a=candidate")]
    assert all(line.split()[4:6] == ["127.0.0.1", str(mine)] for line in candidates)
