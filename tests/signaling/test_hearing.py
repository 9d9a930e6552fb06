"""A hearing in text through the real protocol: server, database and clients, lines that break, readers that stall."""

from __future__ import annotations

import asyncio
import json
import socket
from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped]
import msgspec
import pytest

from kachehri.live import Announced
from rooms.base import Actor
from rooms.lifecycle import OpenDoors, StartSession
from rooms.views import view
from signaling import presence
from signaling.client import Ended, LiveClient, RefusedError
from signaling.docs import schemas
from signaling.frames import Packed
from signaling.patch import without_nulls
from tests.signaling.crowd import crowd
from tests.signaling.sockets import Raw, dial, enter, greeting, hear
from tests.signaling.town import Town, person, town_at

pytestmark = pytest.mark.anyio


async def live(town: Town) -> Any:
    return await town.service.live(town.session)


async def reloaded(town: Town, client: LiveClient) -> dict[str, Any]:
    copy = await live(town)
    built = msgspec.to_builtins(view(copy.session, client.welcome["audience"], copy.texts))
    shown: dict[str, Any] = without_nulls(built)
    return shown


async def agree(town: Town, *clients: LiveClient) -> None:
    """Everybody who followed sees what somebody sees who reloads."""
    for client in clients:
        await sees(client, await reloaded(town, client))


async def sees(client: LiveClient, truth: dict[str, Any]) -> None:
    await client.until(lambda: client.view == truth)


async def joined_more_than(client: LiveClient, times: int) -> None:
    await client.until(lambda: client.joins > times)


async def test_a_hearing_from_the_first_question_to_the_balance(town: Town) -> None:
    validator = jsonschema.Draft202012Validator({**json.loads(schemas.json_schema()), "$ref": "#/$defs/ToClient"})
    wrong: list[Any] = []

    def check(frame: dict[str, Any]) -> None:
        wrong.extend(str(error.message)[:300] for error in validator.iter_errors(frame))

    async with town.client(1) as asker, town.client(2) as other, town.client(9, "moderator") as moderator:
        for client in (asker, other, moderator):
            for kind in ("tick", "snapshot", "personal", "reply", "refused", "welcome"):
                client.on(kind, check)
        asked = await asker.send("question.ask", text="ہمارے محلے میں پانی نہیں آتا", name="Amna")
        mine = asked["result"]["question"]
        await asker.until(lambda: asker.personal["questions"][0]["state"] == "new")
        theirs = (await other.send("question.ask", text="no water"))["result"]["question"]
        await moderator.until(lambda: theirs in moderator.view["new"])
        for question in (mine, theirs):
            await moderator.send("question.admit", question=question)
        await asker.until(lambda: asker.personal["questions"][0].get("place") == 1)
        await other.until(lambda: other.personal["questions"][0].get("place") == 2)
        assert (await other.send("question.support", question=mine))["seq"]
        await moderator.send("session.open_doors")
        await moderator.send("session.start")
        with pytest.raises(RefusedError) as refused:
            await asker.send("turn.call", question=mine)
        assert refused.value.code == "not_allowed"
        await moderator.send("turn.call", question=mine)
        turn = await asker.until(lambda: asker.personal.get("turn"))
        await asker.send("turn.accept", turn=turn)
        await asker.send("turn.ready", turn=turn)
        await other.until(lambda: other.view["turns"][turn]["state"] == "on_stage")
        assert other.view["seats"]["s1"]["taken"] and "participant" not in other.view["seats"]["s1"]
        await asker.send("turn.finish", turn=turn)
        await moderator.send("question.answer", question=mine)
        await agree(town, asker, other, moderator)
        await moderator.send("session.close")
        await other.until(lambda: other.view["session"]["phase"] == "closed")
        assert other.view["balance"] == {"raised": 2, "tickets": 2}
        await agree(town, asker, other, moderator)
    assert not wrong, wrong[:5]


async def test_a_line_that_breaks_is_resumed_without_a_gap(town: Town) -> None:
    seen: list[int] = []
    async with town.client(1, "moderator") as stays, town.client(2, "moderator") as breaks:
        breaks.on("event", lambda event: seen.append(event["seq"]))
        breaks.urgent = True
        question = (await stays.send("question.ask", text="x"))["result"]["question"]
        await breaks.until(lambda: question in breaks.view["new"])
        start = (await live(town)).seq
        for number in range(30):
            await stays.send("question.classify", question=question, category=f"c{number}")
            if number % 10 == 5:
                joins = breaks.joins
                breaks.drop()
                if number == 15:
                    await joined_more_than(breaks, joins)
        await agree(town, stays, breaks)
        end = (await live(town)).seq
    desk = [each for each in seen if start < each <= end]
    assert desk == sorted(set(desk)) and set(desk) == set(range(start + 1, end + 1)), "each event once and in order"


async def test_a_command_whose_answer_was_lost_is_carried_out_once(town: Town) -> None:
    async with town.client(1) as asker:
        asker.urgent = True

        async def breaking() -> None:
            for _ in range(3):
                await asyncio.sleep(0.02)
                asker.drop()
                await asker.until(lambda: asker.welcome)

        answers, _ = await asyncio.gather(
            asyncio.gather(*(asker.send("question.ask", text=f"q{number}") for number in range(8))), breaking()
        )
        assert len({answer["result"]["question"] for answer in answers}) == 8
        assert len((await live(town)).session.queue.questions) == 8


async def test_who_comes_back_late_is_told_what_she_missed(town: Town) -> None:
    async with town.client(1, "moderator") as moderator:
        before, epoch = moderator.seq, moderator.epoch
    for command in (OpenDoors(), StartSession()):
        await town.service.submit(Actor(person(77), "moderator"), town.session, command)
    async with dial(town, town.pass_for(person(1), "moderator")) as link:
        welcome = await enter(town, link, epoch=epoch, since=before)
        assert "resumed" not in welcome
        snapshot = await hear(link, "snapshot")
        assert [event["type"] for event in snapshot["missed"]][-2:] == ["session.doors_opened", "session.started"]
        assert [event["seq"] for event in snapshot["missed"]] == list(range(before + 1, snapshot["seq"] + 1))
    for since, other in ((before, "other"), (10**9, epoch), (0, None)):
        async with dial(town, town.pass_for(person(1), "moderator")) as link:
            await enter(town, link, since=since, **({"epoch": other} if other else {}))
            assert "missed" not in await hear(link, "snapshot")


async def test_who_is_removed_may_not_come_back(town: Town) -> None:
    async with town.client(1) as noisy, town.client(9, "moderator") as moderator:
        await moderator.send("session.open_doors")
        await moderator.send("participant.remove", participant=person(1), reason="abuse")
        with pytest.raises(Ended) as ended:
            await noisy.until(lambda: False)
        assert ended.value.code == 4505
        again = town.client(1)
        with pytest.raises(Ended):
            await again.__aenter__()


async def test_the_line_of_someone_on_stage_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(presence, "GRACE_MS", 100)
    async with town_at(tmp_path) as town, town.client(9, "moderator") as moderator:
        await moderator.until(lambda: moderator.view.get("staff") == {person(9): "moderator"})
        await moderator.send("session.open_doors")
        await moderator.send("session.start")
        async with town.client(1) as speaker:
            question = (await speaker.send("question.ask", text="x"))["result"]["question"]
            await moderator.send("question.admit", question=question)
            await moderator.send("turn.call", question=question)
            turn = await speaker.until(lambda: speaker.personal.get("turn"))
            await speaker.send("turn.ready", turn=turn)
        await moderator.until(lambda: moderator.view["turns"][turn]["state"] == "dropped")
        assert moderator.view["turns"][turn]["cause"] == "socket"
        async with town.client(1) as speaker:
            await moderator.until(lambda: moderator.view["turns"][turn]["state"] == "on_stage")
            assert speaker.personal["turn"] == turn and speaker.personal["seat"] == "s1"


async def test_a_citizens_snapshot_fits_however_long_the_queue(town: Town) -> None:
    """16 KiB at 10,000 questions, with Urdu texts of full length, and a bounded view for the desk."""
    copy = await live(town)
    records, texts = crowd(copy.session, 10_000)
    copy.apply(Announced(town.session, copy.epoch, records[0].seq, records, texts))
    for role in ("citizen", "official", "moderator"):
        async with dial(town, town.pass_for(person(3), role), compression=None) as link:
            await enter(town, link)
            size = len(await link.recv(decode=False))
            if role == "citizen":
                assert size <= 16 * 1024, size
            assert size <= 400 * 1024, size


async def test_a_reader_who_stalls_is_cut_off_and_costs_little(tmp_path: Path) -> None:
    async with town_at(tmp_path, behind_bytes=100_000) as town:
        raw = await Raw.open(town)
        stalled = raw.writer.get_extra_info("socket")
        stalled.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
        raw.reader._transport.pause_reading()  # type: ignore[attr-defined]
        raw.frame(1, greeting(town))
        async with town.client(2) as healthy:
            hub = town.door.hub
            gathering = hub.gathering(town.session)
            while gathering is None or len(gathering.fans["public"].members) < 2:
                await asyncio.sleep(0.01)
                gathering = hub.gathering(town.session)
            members = [each for each in gathering.fans["public"].members if each.bearer.participant == person(1)]
            big = Packed(b'{"type":"tick","at":1,"seq":1,"x":"' + b"x" * 60_000 + b'"}')
            for _ in range(40):
                if members[0].paused:
                    break
                members[0].send(big)
                await asyncio.sleep(0)
            assert members[0].paused
            before = len(gathering.fans["public"].members)
            async with town.client(3) as speaker:
                await speaker.send("question.ask", text="x")
            assert healthy.ended is None
            for _ in range(10):
                members[0].send(big)
            for _ in range(100):
                if len(gathering.fans["public"].members) < before:
                    break
                await asyncio.sleep(0.01)
            assert members[0] not in gathering.fans["public"].members
        await raw.end()


async def test_two_moderators_who_call_at_once_are_both_answered(town: Town) -> None:
    async with town.client(1) as one, town.client(2) as two:
        async with town.client(8, "moderator") as first, town.client(9, "moderator") as second:
            questions = [(await each.send("question.ask", text="x"))["result"]["question"] for each in (one, two)]
            for question in questions:
                await first.send("question.admit", question=question)
            await first.send("session.open_doors")
            await first.send("session.start")
            done = await asyncio.gather(
                first.send("turn.call", question=questions[0], seat="s1"),
                second.send("turn.call", question=questions[1], seat="s1"),
                return_exceptions=True,
            )
            refused = [each for each in done if isinstance(each, RefusedError)]
            assert len(refused) == 1 and refused[0].code == "seat_taken"
            await agree(town, first, second, one, two)
