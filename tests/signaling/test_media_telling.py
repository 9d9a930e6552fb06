"""Who speaks and how lines are: told beside the log, to whom it concerns; a screen has a name of its own."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from signaling.client import LiveClient, RefusedError
from signaling.media import port
from signaling.media.port import SeatStats
from signaling.media_telling import health_of
from tests.signaling.noted_plane import Notes, Scene
from tests.signaling.town import person, town_at

pytestmark = pytest.mark.anyio

HOUR_MS = 3_600_000


class Ear:
    """Keeps frames of one type as they come to a client."""

    def __init__(self, client: LiveClient, kind: str) -> None:
        self.frames: list[dict[str, Any]] = []
        client.on(kind, self.frames.append)

    async def until(self, count: int) -> list[dict[str, Any]]:
        async with asyncio.timeout(30):
            while len(self.frames) < count:
                await asyncio.sleep(0.01)
        return self.frames


async def settled(client: LiveClient) -> None:
    """Whatever was sent before has come: frames of one connection keep their order."""
    await client.send("media.leave", peer="none")


async def test_voices_are_told_to_listeners_and_staff_and_recorded_nowhere(tmp_path: Path) -> None:
    plane = Notes()
    async with town_at(tmp_path, plane=plane) as town:
        async with town.client(1) as reader, town.client(2) as listener, town.client(9, "moderator") as desk:
            await listener.send("media.watch")
            ears = [Ear(each, "media.speaking") for each in (reader, listener, desk)]
            plane.report(port.Speaking(town.session, ("chair", "s1")))
            assert (await ears[1].until(1))[0]["seats"] == ["chair", "s1"]
            assert (await ears[2].until(1))[0]["seats"] == ["chair", "s1"]
            await settled(reader)
            assert ears[0].frames == [], "who only reads pays for no byte of it"
            assert "seq" not in ears[2].frames[0], "it stands in no log"
            ups = Ear(reader, "media.up")
            peer = (await reader.send("media.watch"))["peer"]
            plane.report(port.Up(town.session, person(1), peer, "watch"))
            await ups.until(1)
            assert (await ears[0].until(1))[0]["seats"] == ["chair", "s1"], "who comes later is told at once"
            plane.report(port.Lost(town.session))
            assert "seats" not in (await ears[2].until(2))[1], "with the plane gone nobody speaks"


async def test_how_lines_are_is_the_desks(tmp_path: Path) -> None:
    plane = Notes()
    async with town_at(tmp_path, plane=plane) as town:
        clients = (town.client(1), town.client(3, "official"), town.client(9, "moderator"))
        async with clients[0] as citizen, clients[1] as official, clients[2] as desk:
            await citizen.send("media.watch")
            ears = [Ear(each, "media.health") for each in (citizen, official, desk)]
            seat = SeatStats("s1", person(1), audio_packets=50, kbps=24, loss=0.2, rtt=300, grade="bad")
            plane.report(port.Seats(town.session, (seat,), (SeatStats("", person(2), audio_packets=50),)))
            (frame,) = await ears[2].until(1)
            assert frame["seats"] == {"s1": {"grade": "bad", "kbps": 24, "loss": 0.2, "rtt": 300, "sound": True}}
            assert frame["deck"][person(2)]["grade"] == "good"
            await settled(citizen)
            await settled(official)
            assert ears[0].frames == ears[1].frames == []


def test_a_line_in_a_word() -> None:
    assert health_of(SeatStats("a", "x", audio_packets=9, grade="weak")).grade == "weak"
    assert not health_of(SeatStats("a", "x", grade="gone")).sound


async def test_a_screen_is_sent_beside_the_own_seat(tmp_path: Path) -> None:
    plane = Notes()
    async with town_at(tmp_path, plane=plane) as town, town.client(9, "moderator") as desk:
        starts_at = desk.view["session"]["starts_at"]
        await desk.send(
            "session.reschedule",
            starts_at=starts_at,
            ends_at=starts_at + 8 * HOUR_MS,
            seats=[
                {"seat": "chair", "kind": "official"},
                {"seat": "s1", "kind": "citizen"},
                {"seat": "papers", "kind": "slides"},
            ],
        )
        await desk.send("session.open_doors")
        async with town.client(3, "official") as official, town.client(4, "interpreter") as interpreter:
            await official.send("seat.take", seat="chair")
            await official.send("seat.take", seat="papers")
            peer = (await official.send("media.publish", screen=True))["peer"]
            await official.send("media.publish")
            name = f"{person(3)}.screen"
            assert plane.named("offer") == [(name, "publish", None), (person(3), "publish", None)]
            await official.send("media.answer", peer=peer, sdp="v=0")
            assert plane.named("answer") == [(name, peer, "v=0")]
            await Scene(town, plane).until(lambda: ("papers", name) in plane.named("seat"))
            assert ("chair", person(3)) in plane.named("seat")
            await official.send("media.leave")
            await official.send("media.leave", peer=peer)
            assert plane.named("leave") == [(person(3), None), (name, peer)]
            with pytest.raises(RefusedError):
                await interpreter.send("media.publish", screen=True)
