"""What the program knows of its session: who is forwarded, under public names, also after the bus missed something."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from kachehri.bus.memory import MemoryBus
from kachehri.service import Service
from kachehri.store import StoreError
from recordings.program import following
from recordings.program.clocks import Look
from recordings.program.following import Following, facts_of
from recordings.program.scene import Facts
from rooms.base import Actor
from rooms.captions import TypeCaption
from rooms.lifecycle import AdjournSession, OpenDoors, StartSession
from rooms.questions import AdmitQuestion, AskQuestion
from rooms.session import Session
from rooms.stage import Seat
from rooms.turns import AcceptTurn, CallTurn, FinishTurn, MuteSeat, ReadyTurn, TakeSeat
from tests.bench.house import MODERATORS, SESSION, citizen, found, schedule, service_on
from tests.signaling.media.people import until

pytestmark = pytest.mark.anyio
DESK = MODERATORS[0]
CHAIR = Actor("f" * 16, "chair", "account-chair")


@dataclass
class Told:
    service: Service
    following: Following
    facts: list[Facts]
    looks: list[Look]

    @property
    def now(self) -> Facts:
        return self.facts[-1]

    async def on_stage(self, number: int, **asked: object) -> str:
        """Somebody asks, is called and comes on the stage; returns her turn."""
        who = citizen(number)
        put = AskQuestion(text="کب تک پانی آئے گا؟", category="water", **asked)  # type: ignore[arg-type]
        done = await self.service.submit(who, SESSION, put, f"key-{number:024d}")
        question = (done.result or {})["question"]
        await self.service.submit(DESK, SESSION, AdmitQuestion(question=question))
        await self.service.submit(DESK, SESSION, CallTurn(question=question))
        turn = next(
            turn.id
            for turn in (await self.service.live(SESSION)).session.stage.turns.values()
            if question in turn.questions
        )
        await self.service.submit(who, SESSION, AcceptTurn(turn=turn))
        await self.service.submit(who, SESSION, ReadyTurn(turn=turn))
        return str(turn)


@pytest.fixture
async def told(tmp_path: Path) -> AsyncIterator[Told]:
    address = f"sqlite:///{tmp_path / 'house.db'}"
    found(address)
    bus = MemoryBus()
    await bus.start()
    async with service_on(address, bus=bus, shared=True) as service:
        await schedule(service)
        await service.submit(DESK, SESSION, OpenDoors())
        facts: list[Facts] = []
        looks: list[Look] = []
        following = Following(service.store, bus, SESSION, facts.append, looks.append)
        await following.start()
        try:
            yield Told(service, following, facts, looks)
        finally:
            await following.stop()
    await bus.close()


async def test_phases_seats_and_public_names(told: Told) -> None:
    assert (told.now.phase, told.now.title, told.now.sitting) == ("doors_open", "کھلی کچہری", ())
    await told.service.submit(DESK, SESSION, StartSession())
    await told.service.submit(CHAIR, SESSION, TakeSeat(seat="official-1"))
    turn = await told.on_stage(1, name="عائشہ بی بی", village="مری")
    await until(lambda: len(told.now.sitting) == 2)
    official, asker = told.now.sitting
    assert (official.kind, official.seat) == ("official", "official-1")
    assert (asker.kind, asker.name, asker.about) == ("citizen", "عائشہ بی بی", "مری")
    assert told.now.floor == asker.seat
    await told.service.submit(DESK, SESSION, MuteSeat(seat=asker.seat, muted=True))
    await until(lambda: told.now.sitting[1].muted)
    await told.service.submit(DESK, SESSION, FinishTurn(turn=turn))
    await until(lambda: len(told.now.sitting) == 1)
    await told.on_stage(2, name="بلال")
    await until(lambda: len(told.now.sitting) == 2)
    assert told.now.sitting[1].seat == asker.seat
    assert told.now.sitting[1].who != asker.who
    await told.service.submit(DESK, SESSION, AdjournSession(reason="break"))
    await until(lambda: told.now.phase == "adjourned")


async def test_a_hidden_name_stays_hidden(told: Told) -> None:
    await told.service.submit(DESK, SESSION, StartSession())
    await told.on_stage(1, name="عائشہ بی بی", hide_name=True)
    await until(lambda: told.now.sitting)
    assert told.now.sitting[0].name == ""
    assert "عائشہ" not in repr(told.facts)


async def test_captions_and_cuts(told: Told) -> None:
    await told.service.submit(DESK, SESSION, StartSession())
    for line in ("one", "two", "three 0300 1234567"):
        await told.service.submit(DESK, SESSION, TypeCaption(language="en", line=line))
    await until(lambda: len(told.now.captions) == 2 and told.now.captions[1].startswith("three"))
    assert told.now.captions[0] == "two"
    assert "1234567" not in told.now.captions[1]
    told.following.cut_to("official-1")
    assert told.now.cut == "official-1"


async def test_what_the_bus_lost_is_read_from_the_database(told: Told) -> None:
    assert told.following._subscription is not None
    told.following._subscription.close()
    await told.service.submit(DESK, SESSION, StartSession())
    assert told.now.phase == "doors_open"
    told.following._look.set()  # as a reconnected bus does
    await until(lambda: told.now.phase == "live")
    told.following._heard("session/x", b"\xc1nonsense")


async def test_a_database_that_is_away_is_asked_again_and_said_once(
    told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def away() -> None:
        asked.append("?")
        raise StoreError("unreachable")

    monkeypatch.setattr(following, "AGAIN_S", 0.01)
    with capture_logs() as logged:
        with monkeypatch.context() as patched:
            patched.setattr(told.service.store, "read", away)
            told.following._look.set()
            await until(lambda: len(asked) >= 3)
            assert told.looks == [], "one that is away says nothing of its clock"
            await told.service.submit(DESK, SESSION, StartSession())
            await until(lambda: told.now.phase == "live")  # what the bus tells is heard all the same
        assert told.following._task is not None and not told.following._task.done()
    assert [line["event"] for line in logged].count("program.session_unread") == 1
    told.service.store._clock = lambda: time.time_ns() // 1_000_000 + 90_000
    told.following.look()
    await until(lambda: told.looks and 89_000 < told.looks[-1].ahead < 91_000)


async def test_a_session_that_is_not_there(told: Told) -> None:
    nobody = Following(told.service.store, MemoryBus(), "nothere2", lambda facts: None)
    with pytest.raises(LookupError):
        await nobody.start()
    await nobody.stop()


def test_an_interpreters_channel_is_that_of_her_seat_in_the_plan() -> None:
    session = Session("s")
    for seat, kind, who in (("i-a", "interpreter", ""), ("o-1", "official", "dc"), ("i-b", "interpreter", "zoya")):
        session.stage.seats[seat] = Seat(seat, kind, participant=who)
    found = facts_of(session, {}, {})
    session.lifecycle.practice = True
    assert not found.practice and facts_of(session, {}, {}).practice
    assert [(each.seat, each.channel) for each in found.sitting] == [("o-1", 0), ("i-b", 2)]
