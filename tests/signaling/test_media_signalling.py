"""`media.*` between browsers and a plane that only takes notes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from rooms.attendance import BlockParticipant
from rooms.base import Actor
from signaling.client import LiveClient, RefusedError
from signaling.media import port
from signaling.media.port import MediaRefused, Offer
from tests.signaling.town import Town, person, town_at

pytestmark = pytest.mark.anyio

MODERATOR = Actor(person(9), "moderator")


class Notes:
    """A plane without packets."""

    def __init__(self) -> None:
        self.calls: list[tuple[Any, ...]] = []
        self.known: set[str] = set()
        self.refuse: dict[str, str] = {}
        self.report: port.Reports = lambda report: None
        self._peers = 0
        #: Whether a program is made, and with which limit each offer was asked for.
        self.program = False
        self.limits: list[int | None] = []

    def _note(self, name: str, *what: Any) -> None:
        if name in self.refuse:
            raise MediaRefused(self.refuse[name])
        self.calls.append((name, *what))

    def follow(self, reports: port.Reports) -> None:
        self.report = reports

    async def open(self, session: str, fence: int, seats: tuple[str, ...], codec: str = "vp8") -> None:
        self._note("open", seats)
        self.known.add(session)

    async def offer(
        self, session: str, participant: str, direction: Any, seats: Any = None, network: str = "unknown",
        most: int | None = None,
    ) -> Offer:  # fmt: skip
        if session not in self.known:
            raise MediaRefused("media_unknown_session")
        if direction == "program" and not self.program:
            raise MediaRefused("media_no_program")
        self._note("offer", participant, direction, seats)
        self.limits.append(most)
        self._peers += 1
        return Offer(peer=f"p{self._peers}", sdp="v=0\r\n")

    async def answer(self, session: str, participant: str, peer: str, sdp: str) -> None:
        self._note("answer", participant, peer, sdp)

    async def leave(self, session: str, participant: str, peer: str | None = None) -> None:
        self._note("leave", participant, peer)

    async def seat(self, session: str, fence: int, seat: str, participant: str | None, seq: int) -> None:
        self._note("seat", seat, participant)

    async def mute(self, session: str, fence: int, seat: str, muted: bool, seq: int) -> None:
        self._note("mute", seat, muted)

    async def floor(self, session: str, fence: int, seat: str | None, seq: int) -> None:
        self._note("floor", seat)

    async def close(self, session: str, fence: int) -> None:
        self._note("close")

    def named(self, name: str) -> list[tuple[Any, ...]]:
        return [call[1:] for call in self.calls if call[0] == name]


class Scene:
    def __init__(self, town: Town, plane: Notes) -> None:
        self.town, self.plane = town, plane

    async def until(self, condition: Any) -> None:
        for _ in range(500):
            if condition():
                return
            await asyncio.sleep(0.01)
        raise AssertionError(self.plane.calls)

    async def called(self, speaker: LiveClient, moderator: LiveClient) -> str:
        question = (await speaker.send("question.ask", text="x"))["result"]["question"]
        await moderator.send("question.admit", question=question)
        if moderator.view["session"]["phase"] == "scheduled":
            await moderator.send("session.open_doors")
        await moderator.send("session.start")
        await moderator.send("turn.call", question=question)
        turn: str = await speaker.until(lambda: speaker.personal["turn"])
        return turn


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    plane = Notes()
    async with town_at(tmp_path, plane=plane) as town:
        yield Scene(town, plane)


async def test_watching_is_for_everyone(scene: Scene) -> None:
    async with scene.town.client(1) as viewer:
        offer = await viewer.send("media.watch", seats=["s1"])
        assert (offer["type"], offer["peer"], offer["direction"]) == ("media.offer", "p1", "watch")
        assert scene.plane.named("open") == [(("chair", "s1", "s2"),)]
        assert scene.plane.named("offer") == [(person(1), "watch", ("s1",))]
        answered = await viewer.send("media.answer", peer="p1", sdp="v=0")
        assert answered["type"] == "reply" and "seq" not in answered
        assert scene.plane.named("answer") == [(person(1), "p1", "v=0")]
        up = asyncio.get_running_loop().create_future()
        viewer.on("media.up", up.set_result)
        scene.plane.report(port.Up(scene.town.session, person(1), "p1", "watch"))
        assert (await asyncio.wait_for(up, 30))["peer"] == "p1"
        await viewer.send("media.leave", peer="p1")
        assert scene.plane.named("leave") == [(person(1), "p1")]


async def test_viewers_of_the_program_are_counted_and_whoever_takes_part_is_not(scene: Scene) -> None:
    async with (
        scene.town.client(1) as speaker,
        scene.town.client(2) as viewer,
        scene.town.client(8, "observer") as observer,
        scene.town.client(9, "moderator") as moderator,
    ):
        with pytest.raises(RefusedError) as refused:
            await viewer.send("media.program")
        assert refused.value.code == "media" and refused.value.params == {"reason": "media_no_program"}
        scene.plane.program = True
        offer = await viewer.send("media.program", network="low")
        assert (offer["type"], offer["direction"]) == ("media.offer", "program")
        assert scene.plane.named("offer") == [(person(2), "program", None)]
        await observer.send("media.program")
        await moderator.send("media.program")
        await speaker.send("media.program")
        await scene.called(speaker, moderator)
        await speaker.send("media.program")
        assert scene.plane.limits == [20, 20, None, 20, None]


async def test_whose_turn_is_over_follows_the_program_as_everybody_else(scene: Scene) -> None:
    scene.plane.program = True
    async with scene.town.client(1) as speaker, scene.town.client(9, "moderator") as moderator:
        turn = await scene.called(speaker, moderator)
        beside = await speaker.send("media.program")
        staff = await moderator.send("media.program")
        assert scene.plane.limits == [None, None]
        lost = asyncio.get_running_loop().create_future()
        speaker.on("media.lost", lost.set_result)
        await moderator.send("turn.cancel", turn=turn)
        told = await asyncio.wait_for(lost, 30)
        assert (told["peer"], told["reason"]) == (beside["peer"], "counted")
        await scene.until(lambda: scene.plane.named("leave") == [(person(1), beside["peer"])])
        await speaker.send("media.program")
        assert scene.plane.limits == [None, None, 20]
        await moderator.send("session.adjourn", reason="break")
        await scene.until(lambda: moderator.view["session"]["phase"] == "adjourned")
        assert len(scene.plane.named("leave")) == 1 and staff["peer"] not in scene.plane.named("leave")[0]


async def test_only_who_has_a_turn_or_may_sit_may_send(scene: Scene) -> None:
    async with scene.town.client(1) as citizen, scene.town.client(9, "moderator") as moderator:
        for client in (citizen, moderator):
            with pytest.raises(RefusedError) as refused:
                await client.send("media.publish")
            assert refused.value.code == "not_allowed"
        async with scene.town.client(5, "official") as official:
            assert (await official.send("media.publish"))["direction"] == "publish"
        await scene.called(citizen, moderator)
        assert (await citizen.send("media.publish"))["direction"] == "publish"


async def test_the_plane_is_told_who_sits(scene: Scene) -> None:
    async with scene.town.client(1) as speaker, scene.town.client(9, "moderator") as moderator:
        async with scene.town.client(5, "chair") as chair:
            await chair.send("session.open_doors")
            await chair.send("seat.take", seat="chair")
            await scene.until(lambda: scene.plane.named("seat") == [("chair", person(5))])
            await moderator.until(lambda: moderator.view["session"]["phase"] == "doors_open")
            turn = await scene.called(speaker, moderator)
            await speaker.send("turn.ready", turn=turn)
            await scene.until(lambda: ("s1", person(1)) in scene.plane.named("seat"))
            await moderator.send("seat.mute", seat="s1", muted=True)
            await scene.until(lambda: scene.plane.named("mute") == [("s1", True)])
            await scene.until(lambda: scene.plane.named("floor") == [("s1",)])
            await moderator.send("floor.give", seat="chair")
            await scene.until(lambda: scene.plane.named("floor")[-1] == ("chair",))
            await moderator.send("seat.clear", seat="s1", reason="time_up")
            await scene.until(lambda: ("s1", None) in scene.plane.named("seat"))
            await chair.send("seat.leave", seat="chair")
            await scene.until(lambda: ("chair", None) in scene.plane.named("seat"))
            await moderator.send("session.close")
            await scene.until(lambda: scene.plane.named("close"))


async def test_sound_that_stops_is_a_dropped_line(scene: Scene) -> None:
    session = scene.town.session
    async with scene.town.client(1) as speaker, scene.town.client(9, "moderator") as moderator:
        turn = await scene.called(speaker, moderator)
        peer = (await speaker.send("media.publish"))["peer"]
        await speaker.send("turn.ready", turn=turn)
        await moderator.until(lambda: moderator.view["turns"][turn]["state"] == "on_stage")
        cases: list[tuple[port.Report, port.Report | None]] = [
            (port.Silent(session, person(1)), port.Back(session, person(1))),
            (port.Closed(session, person(1), peer, "publish", "timeout"), None),
        ]
        for gone, back in cases:
            scene.plane.report(gone)
            await moderator.until(lambda: moderator.view["turns"][turn]["state"] == "dropped")
            assert moderator.view["turns"][turn]["cause"] == "media"
            await scene.until(lambda: scene.plane.named("seat")[-1] == ("s1", None))
            if back is None:
                peer = (await speaker.send("media.publish"))["peer"]
                back = port.Up(session, person(1), peer, "publish")
            scene.plane.report(back)
            await moderator.until(lambda: moderator.view["turns"][turn]["state"] == "on_stage")
            await scene.until(lambda: scene.plane.named("seat")[-1] == ("s1", person(1)))


async def test_a_peer_that_was_left_on_purpose_is_no_drop(scene: Scene) -> None:
    async with scene.town.client(1) as speaker, scene.town.client(9, "moderator") as moderator:
        turn = await scene.called(speaker, moderator)
        peer = (await speaker.send("media.publish"))["peer"]
        await speaker.send("turn.ready", turn=turn)
        lost: list[Any] = []
        speaker.on("media.lost", lost.append)
        for reason in ("left", "replaced"):
            scene.plane.report(port.Closed(scene.town.session, person(1), peer, "publish", reason))
        await speaker.send("media.leave")
        await moderator.until(lambda: moderator.view["turns"][turn]["state"] != "called")
        assert moderator.view["turns"][turn]["state"] == "on_stage"
        assert not lost


async def test_a_lost_plane_is_told_at_once_and_told_everything_again(scene: Scene) -> None:
    session = scene.town.session
    async with scene.town.client(1) as viewer, scene.town.client(5, "chair") as chair:
        await chair.send("session.open_doors")
        await chair.send("seat.take", seat="chair")
        await viewer.send("media.watch")
        lost = asyncio.get_running_loop().create_future()
        viewer.on("media.lost", lost.set_result)
        scene.plane.report(port.Lost(session))
        assert "peer" not in await asyncio.wait_for(lost, 30)
        scene.plane.known.clear()
        scene.plane.calls.clear()
        scene.plane.report(port.Ready("other"))
        await viewer.send("media.watch")
        await scene.until(lambda: scene.plane.named("seat") == [("chair", person(5))])
        assert scene.plane.named("open")


async def test_a_plane_that_is_back_is_told_who_sits_before_anybody_asks(scene: Scene) -> None:
    async with scene.town.client(5, "chair") as chair:
        await chair.send("session.open_doors")
        await chair.send("seat.take", seat="chair")
        await scene.until(lambda: scene.plane.named("seat"))
        scene.plane.report(port.Lost(scene.town.session))
        scene.plane.calls.clear()
        scene.plane.report(port.Ready("other"))
        await scene.until(lambda: scene.plane.named("seat") == [("chair", person(5))])


async def test_whoever_speaks_to_a_plane_does_so_under_its_fence(scene: Scene) -> None:
    plane, fences = scene.plane, list[int]()
    opened, seated = plane.open, plane.seat

    async def open_noted(session: str, fence: int, *rest: Any) -> None:
        fences.append(fence)
        await opened(session, fence, *rest)

    async def seat_noted(session: str, fence: int, *rest: Any) -> None:
        fences.append(fence)
        await seated(session, fence, *rest)

    plane.open, plane.seat = open_noted, seat_noted  # type: ignore
    async with scene.town.client(5, "chair") as chair:
        await chair.send("session.open_doors")
        await chair.send("seat.take", seat="chair")
        await scene.until(lambda: plane.named("seat"))
        assert set(fences) == {1}
        fences.clear()
        plane.report(port.Lost(scene.town.session))
        plane.report(port.Ready("other", 9))
        await scene.until(lambda: len(fences) == 2)
        assert set(fences) == {9}


async def test_nobody_is_seated_by_what_was_true_before_the_plane_took_another_seat(scene: Scene) -> None:
    plane, seat = scene.plane, scene.plane.seat
    async with scene.town.client(1) as speaker, scene.town.client(9, "moderator") as moderator:
        turn = await scene.called(speaker, moderator)
        await speaker.send("turn.ready", turn=turn)
        async with scene.town.client(5, "chair") as chair:
            await chair.send("seat.take", seat="chair")
            await scene.until(lambda: len(plane.named("seat")) == 2)
            first, go = asyncio.Event(), asyncio.Event()

            async def slow(*given: Any) -> None:
                await seat(*given)
                first.set()
                await go.wait()

            plane.calls.clear()
            plane.seat = slow  # type: ignore
            plane.report(port.Ready("other"))
            await first.wait()
            assert plane.named("seat") == [("chair", person(5))]
            await moderator.send("seat.clear", seat="s1", reason="time_up")
            go.set()
            await chair.send("seat.leave", seat="chair")
            await scene.until(lambda: ("chair", None) in plane.named("seat"))
        assert ("s1", person(1)) not in plane.named("seat")


async def test_whoever_is_muted_is_muted_before_being_seated_anew(scene: Scene) -> None:
    plane = scene.plane
    async with scene.town.client(1) as speaker, scene.town.client(9, "moderator") as moderator:
        turn = await scene.called(speaker, moderator)
        await speaker.send("turn.ready", turn=turn)
        await moderator.send("seat.mute", seat="s1", muted=True)
        await scene.until(lambda: plane.named("mute"))
        plane.calls.clear()
        plane.report(port.Ready("other"))
        await scene.until(lambda: plane.named("floor"))
        assert [call[0] for call in plane.calls] == ["open", "mute", "seat", "floor"]
        plane.calls.clear()
        await moderator.send("seat.mute", seat="s1", muted=False)
        await scene.until(lambda: plane.named("mute") == [("s1", False)])


@pytest.mark.parametrize("code", ["media_full", "media_lost"])
async def test_what_the_plane_refuses_is_refused(scene: Scene, code: str) -> None:
    async with scene.town.client(1) as viewer:
        scene.plane.refuse["offer"] = code
        with pytest.raises(RefusedError) as refused:
            await viewer.send("media.watch")
        assert (refused.value.code, refused.value.params) == ("media", {"reason": code})


async def test_a_plane_that_forgot_the_session_is_asked_anew(scene: Scene) -> None:
    async with scene.town.client(1) as viewer:
        await viewer.send("media.watch")
        scene.plane.known.clear()
        with pytest.raises(RefusedError):
            await viewer.send("media.watch")
        assert (await viewer.send("media.watch"))["type"] == "media.offer"


async def test_pushes_that_are_refused_are_survived(scene: Scene) -> None:
    async with scene.town.client(5, "chair") as chair:
        await chair.send("session.open_doors")
        scene.plane.refuse["seat"] = "media_lost"
        await chair.send("seat.take", seat="chair")
        await chair.send("seat.leave", seat="chair")
        scene.plane.refuse.clear()
        await chair.send("seat.take", seat="chair")
        await scene.until(lambda: scene.plane.named("seat")[-1:] == [("chair", person(5))])


async def test_someone_who_may_only_listen_may_not_send(scene: Scene) -> None:
    async with scene.town.client(1) as citizen, scene.town.client(9, "moderator") as moderator:
        await scene.called(citizen, moderator)
        await scene.town.service.submit(
            MODERATOR, scene.town.session, BlockParticipant(participant=person(1), reason="abuse")
        )
        with pytest.raises(RefusedError):
            await citizen.send("media.publish")
        assert await citizen.send("media.watch")


async def test_without_a_plane_the_text_goes_on(tmp_path: Path) -> None:
    async with town_at(tmp_path) as town, town.client(1) as viewer:
        with pytest.raises(RefusedError) as refused:
            await viewer.send("media.watch")
        assert (refused.value.code, refused.value.params) == ("media", {"reason": "media_lost"})
        assert (await viewer.send("question.ask", text="x"))["result"]
