"""The plane is told who sits where, whenever it comes and whatever it refused before."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from rooms.base import Actor
from signaling.media import port
from tests.signaling.noted_plane import Scene, scene
from tests.signaling.town import person

__all__ = ["scene"]
pytestmark = pytest.mark.anyio

MODERATOR = Actor(person(9), "moderator")


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


async def test_pushes_that_are_refused_are_survived(scene: Scene) -> None:
    async with scene.town.client(5, "chair") as chair:
        await chair.send("session.open_doors")
        scene.plane.refuse["seat"] = "media_lost"
        await chair.send("seat.take", seat="chair")
        await chair.send("seat.leave", seat="chair")
        scene.plane.refuse.clear()
        await chair.send("seat.take", seat="chair")
        await scene.until(lambda: scene.plane.named("seat")[-1:] == [("chair", person(5))])
