"""`media.*` between browsers and a plane that only takes notes."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from rooms.attendance import BlockParticipant
from rooms.base import Actor
from signaling.client import RefusedError
from signaling.media import port
from tests.signaling.noted_plane import Scene, scene
from tests.signaling.town import person, town_at

__all__ = ["scene"]
pytestmark = pytest.mark.anyio

MODERATOR = Actor(person(9), "moderator")


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
