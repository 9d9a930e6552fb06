"""Private lines between the page, the desk and a plane that only takes notes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from signaling.client import LiveClient, RefusedError
from signaling.media import port
from tests.signaling.noted_plane import Notes, Scene
from tests.signaling.town import person, town_at

pytestmark = pytest.mark.anyio


class Behind(Notes):
    """Takes notes of private lines too."""

    async def private(
        self, session: str, fence: int, moderator: str, participant: str | None, talks: bool = False
    ) -> None:
        self._note("private", moderator, participant, talks)

    async def echo(self, session: str, participant: str, action: port.EchoAction) -> port.Heard | None:
        self._note("echo", participant, action)
        return port.Heard(packets=90, lost=2, level=30, ms=3_600) if action == "play" else None


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    plane = Behind()
    async with town_at(tmp_path, plane=plane) as town:
        yield Scene(town, plane)


def heard_by(client: LiveClient) -> list[Any]:
    frames: list[Any] = []
    client.on("media.talking", lambda frame: frames.append({k: v for k, v in frame.items() if k not in ("type", "at")}))
    return frames


async def refused(client: LiveClient, message: str, **fields: Any) -> str:
    with pytest.raises(RefusedError) as error:
        await client.send(message, **fields)
    return error.value.code


async def test_a_phrase_is_kept_and_played_for_its_owner(scene: Scene) -> None:
    async with scene.town.client(1) as citizen, scene.town.client(9, "moderator") as moderator:
        assert await refused(citizen, "media.private") == "not_allowed"
        await scene.called(citizen, moderator)
        offer = await citizen.send("media.private")
        assert offer["direction"] == "private" and scene.plane.named("offer")[-1] == (person(1), "private", None)
        assert "result" not in await citizen.send("media.echo", action="record")
        answer = await citizen.send("media.echo", action="play")
        assert answer["result"] == {"packets": 90, "lost": 2, "level": 30, "ms": 3_600}
        assert scene.plane.named("echo") == [(person(1), "record"), (person(1), "play")]
        assert await refused(moderator, "media.echo", action="record") == "not_allowed"


async def test_only_moderator_and_chair_speak_privately(scene: Scene) -> None:
    async with scene.town.client(1) as citizen, scene.town.client(9, "moderator") as moderator:
        await scene.called(citizen, moderator)
        for number, role in ((2, "citizen"), (3, "official"), (4, "clerk"), (5, "observer"), (6, "interpreter")):
            async with scene.town.client(number, role) as other:  # type: ignore[arg-type]
                assert await refused(other, "media.talk", participant=person(1), talks=True) == "not_allowed"
        assert not scene.plane.named("private")
        async with scene.town.client(7, "chair") as chair:
            await chair.send("media.talk", participant=person(1), talks=True)
        await moderator.send("media.talk", participant=person(1))
        assert scene.plane.named("private") == [(person(7), person(1), True), (person(9), person(1), False)]


async def test_only_with_people_behind_the_stage(scene: Scene) -> None:
    async with scene.town.client(1) as citizen, scene.town.client(9, "moderator") as moderator:
        async with scene.town.client(2), scene.town.client(3, "official") as official:
            assert await refused(moderator, "media.talk", participant=person(2)) == "not_allowed"
            await moderator.until(lambda: person(3) in moderator.view.get("staff", {}))
            await moderator.send("media.talk", participant=person(3), talks=True)  # the green room
            turn = await scene.called(citizen, moderator)
            await moderator.send("media.talk", participant=person(1), talks=True)
            await citizen.send("turn.ready", turn=turn)
            await moderator.until(lambda: moderator.view["turns"][turn]["state"] == "on_stage")
            assert await refused(moderator, "media.talk", participant=person(1)) == "not_allowed"
            await official.send("seat.take", seat="chair")
            await moderator.until(lambda: moderator.view["seats"]["chair"].get("taken"))
            assert await refused(moderator, "media.talk", participant=person(3)) == "not_allowed"
            await moderator.send("media.talk")  # to stop is always possible
    assert scene.plane.named("private")[-1] == (person(9), None, False)


async def test_she_and_the_whole_desk_are_told_and_nobody_else(scene: Scene) -> None:
    town = scene.town
    async with town.client(1) as citizen, town.client(9, "moderator") as moderator, town.client(8, "clerk") as clerk:
        async with town.client(2) as neighbour, town.client(3, "official") as official:
            await scene.called(citizen, moderator)
            told = [heard_by(each) for each in (citizen, moderator, clerk, neighbour, official)]
            report = port.Private(town.session, person(9), person(1), "asked", True)
            scene.plane.report(report)
            await scene.until(lambda: told[0] and told[1] and told[2])
            assert told[0] == [{"participant": person(1), "state": "asked", "talks": True}]
            assert told[1] == told[2] == [{**told[0][0], "moderator": person(9)}]
            await citizen.send("media.told")
            assert scene.plane.named("echo") == [(person(1), "told")]
            scene.plane.report(port.Private(town.session, person(9), person(1), "over", True, "ended"))
            await scene.until(lambda: len(told[0]) == 2)
            assert told[0][1]["cause"] == "ended"
            assert told[3] == told[4] == []


async def test_a_turn_that_is_over_ends_it(scene: Scene) -> None:
    async with scene.town.client(1) as citizen, scene.town.client(9, "moderator") as moderator:
        turn = await scene.called(citizen, moderator)
        await moderator.send("media.private")
        scene.plane.report(port.Private(scene.town.session, person(9), person(1), "listening"))
        await moderator.send("turn.cancel", turn=turn)
        await scene.until(lambda: scene.plane.named("private") == [(person(9), None, False)])


async def test_a_moderator_whose_page_is_gone_hears_nobody(scene: Scene) -> None:
    async with scene.town.client(1) as citizen:
        async with scene.town.client(9, "moderator") as moderator:
            await scene.called(citizen, moderator)
            await moderator.send("media.private")
            scene.plane.report(port.Private(scene.town.session, person(9), person(1), "listening"))
            await asyncio.sleep(0)
            assert not scene.plane.named("private")
        await scene.until(lambda: scene.plane.named("private") == [(person(9), None, False)])


async def test_a_lost_plane_ends_it_for_everyone(scene: Scene) -> None:
    async with scene.town.client(1) as citizen, scene.town.client(9, "moderator") as moderator:
        await scene.called(citizen, moderator)
        told = heard_by(citizen)
        scene.plane.report(port.Private(scene.town.session, person(9), person(1), "talking", True))
        scene.plane.report(port.Lost(scene.town.session))
        await scene.until(lambda: len(told) == 2)
        assert [frame["state"] for frame in told] == ["talking", "over"]
