"""Studio equipment on a seat, with a plane that only takes notes: every way in which a line can end frees the seat."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from kachehri import equipment
from rooms.attendance import ReportPresence
from rooms.base import SYSTEM, Actor, Refused
from rooms.lifecycle import CloseSession, OpenDoors
from rooms.turns import ClearSeat
from signaling.equipment import Equipment
from signaling.media import port
from signaling.media.port import MediaStats, Offer, SeatStats
from tests.signaling.noted_plane import Notes
from tests.signaling.town import Town, person, town_at

pytestmark = pytest.mark.anyio
SEAT = "chair"
DESK = Actor(person(9), "moderator")


class Plane(Notes):
    """It also takes encoders, and says what it is told to say of a seat."""

    def __init__(self) -> None:
        super().__init__()
        self.followers: list[port.Reports] = []
        self.sending: tuple[SeatStats, ...] = ()

    def follow(self, reports: port.Reports) -> None:
        self.followers.append(reports)

    def tell(self, report: port.Report) -> None:
        for follower in self.followers:
            follower(report)

    async def publish_for(self, session: str, participant: str, sdp: str) -> Offer:
        self._note("publish_for", participant, sdp)
        self._peers += 1
        return Offer(f"p{self._peers}", "v=0 answer")

    async def stats(self, session: str) -> MediaStats:
        self._note("stats")
        return MediaStats(session, seats=self.sending)


class Studio:
    def __init__(self, town: Town, plane: Plane) -> None:
        assert town.door.media is not None
        self.town, self.plane, self.session = town, plane, town.session
        self.participant = equipment.participant(town.session, SEAT)
        self.equipment = Equipment(town.door.hub, plane, town.door.media)  # type: ignore[arg-type]
        self.equipment.start()

    async def publish(self) -> str:
        return (await self.equipment.publish(self.session, SEAT, "v=0")).peer

    async def occupant(self) -> str:
        return (await self.town.service.live(self.session)).session.stage.seats[SEAT].participant

    async def here(self) -> bool:
        return self.participant in (await self.town.service.live(self.session)).session.attendance.staff

    async def until(self, what: Callable[[str, bool], bool]) -> None:
        async with asyncio.timeout(30):
            while not what(await self.occupant(), await self.here()):
                await asyncio.sleep(0.01)

    def closed(self, peer: str, reason: str) -> None:
        self.plane.tell(port.Closed(self.session, self.participant, peer, "publish", reason))


@pytest.fixture
async def studio(tmp_path: Path) -> AsyncIterator[Studio]:
    plane = Plane()
    async with town_at(tmp_path, plane=plane) as town:
        await town.service.submit(DESK, town.session, OpenDoors())
        yield Studio(town, plane)


async def test_it_sits_down_is_here_and_leaves_with_its_line(studio: Studio) -> None:
    peer = await studio.publish()
    await studio.until(lambda occupant, here: occupant == studio.participant and here)
    assert studio.plane.named("open") and studio.plane.named("publish_for") == [(studio.participant, "v=0")]
    studio.closed(peer, "timeout")
    await studio.until(lambda occupant, here: occupant == "" and not here)


async def test_an_older_line_of_the_same_key_ends_without_freeing_the_seat(studio: Studio) -> None:
    first, second = await studio.publish(), await studio.publish()
    studio.closed(first, "replaced")
    assert studio.equipment.made(second, studio.session, SEAT) and not studio.equipment.made(
        first, studio.session, SEAT
    )
    studio.closed(second, "left")
    await studio.until(lambda occupant, here: occupant == "" and not here)
    assert len(studio.plane.named("publish_for")) == 2


async def test_when_the_plane_is_lost_the_seat_is_free(studio: Studio) -> None:
    await studio.publish()
    await studio.until(lambda occupant, here: here)
    studio.plane.tell(port.Lost(studio.session))
    await studio.until(lambda occupant, here: occupant == "" and not here)


async def test_taken_off_by_the_desk_its_line_is_ended(studio: Studio) -> None:
    await studio.publish()
    await studio.town.service.submit(DESK, studio.session, ClearSeat(seat=SEAT, reason="technical"))
    async with asyncio.timeout(30):
        while not studio.plane.named("leave"):
            await asyncio.sleep(0.01)
    assert studio.plane.named("leave") == [(studio.participant, None)]


async def test_what_the_plane_refuses_takes_no_seat(studio: Studio) -> None:
    studio.plane.refuse["publish_for"] = "media_codec"
    with pytest.raises(Refused) as refused:
        await studio.publish()
    assert (refused.value.code, refused.value.params) == ("media", {"reason": "media_codec"})
    assert await studio.occupant() == ""


async def test_only_while_the_doors_are_open(studio: Studio) -> None:
    await studio.town.service.submit(DESK, studio.session, CloseSession())
    with pytest.raises(Refused) as refused:
        await studio.publish()
    assert refused.value.code == "phase" and not studio.plane.named("publish_for")


@pytest.mark.parametrize(("seat", "code"), [("nowhere", "seat_unknown"), ("s1", "seat_kind")])
async def test_seats_that_are_not_for_equipment(studio: Studio, seat: str, code: str) -> None:
    with pytest.raises(Refused) as refused:
        await studio.equipment.publish(studio.session, seat, "v=0")
    assert refused.value.code == code and not studio.plane.named("publish_for")


@pytest.mark.parametrize("sends", [True, False])
async def test_after_a_restart_packets_say_whether_it_is_still_here(studio: Studio, sends: bool) -> None:
    """Another process seated it, and nobody in this one has said that it is here."""
    peer = await studio.publish()
    await studio.until(lambda occupant, here: here)
    studio.equipment._peers.pop(peer)
    studio.plane.sending = (SeatStats(SEAT, studio.participant, kbps=340 if sends else 0),)
    gone = ReportPresence(participant=studio.participant, role="official", present=False)
    await studio.town.service.submit(SYSTEM, studio.session, gone)
    if sends:
        await studio.until(lambda occupant, here: occupant == studio.participant and here)
    else:
        await studio.until(lambda occupant, here: occupant == "" and not here)
