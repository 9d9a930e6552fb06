"""The sweep and the reports of presence, with time moved by hand."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from kachehri.bus.memory import MemoryBus
from kachehri.live import Announced, Live, Recorded
from rooms.attendance import CountAttendance, ReportPresence
from rooms.base import SYSTEM, Actor, Command, Refused, Role
from rooms.lifecycle import OpenDoors, StartSession
from rooms.questions import AdmitQuestion, AskQuestion
from rooms.session import Session
from rooms.turns import AcceptTurn, CallTurn
from signaling import codes
from signaling.hub import BUCKETS, Hub
from signaling.protocol import Hello
from tests.signaling.hand import SESSION, HandClock, House, Listener

pytestmark = pytest.mark.anyio

A, B, M = House.person(1), House.person(2), House.person(9)
HELLO = Hello(versions=(1,), session=SESSION)


class Clerk:
    """Stands where the service stands: carries system commands out at once and announces what follows."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.copy: Live | None = house.live
        self.followers: list[Callable[[Announced], None]] = []
        self.submitted: list[Command] = []
        self.refuse = ""

    async def live(self, session_id: str) -> Live:
        if self.copy is None or session_id != SESSION:
            raise Refused("session_unknown")
        return self.copy

    def loaded(self, session_id: str) -> Live | None:
        return self.copy

    def followed(self) -> list[Live]:
        return [self.copy] if self.copy is not None else []

    def follow(self, follower: Callable[[Announced], None]) -> Callable[[], None]:
        self.followers.append(follower)
        return lambda: self.followers.remove(follower)

    async def read(self, work: Any, *args: Any) -> Any:
        return []

    async def submit(self, actor: Actor, session_id: str, command: Command) -> None:
        assert actor == SYSTEM
        self.submitted.append(command)
        if self.refuse:
            raise Refused(self.refuse)
        self.announce(self.house.do("system", command))

    def announce(self, records: list[Recorded]) -> None:
        if records:
            for follower in list(self.followers):
                follower(Announced(SESSION, "e1", records[0].seq, records, {}))

    def do(self, role: Any, command: Command, participant: str = "") -> None:
        self.announce(self.house.do(role, command, participant))


class Stand:
    """A hub with a clerk behind it."""

    def __init__(self, bus: Any = None, house: House | None = None) -> None:
        self.clock = HandClock()
        self.house = house or House()
        self.clerk = Clerk(self.house)
        self.hub = Hub(self.clerk, self.clock, bus=bus)  # type: ignore[arg-type]
        self.hub.start()

    async def join(self, line: Listener) -> Listener:
        line.heard_at = self.clock.steady()
        self.hub.arrive(line)
        await self.hub.join(line, HELLO, lambda: None)
        return line

    async def pass_time(self, ms: int) -> None:
        """Let time go by in steps, and give what it started its turn on the loop."""
        for _ in range(max(1, ms // 500)):
            self.clock.advance(min(500, ms))
            await asyncio.sleep(0)
            await asyncio.sleep(0)

    def reports(self) -> list[tuple[str, bool]]:
        return [(each.participant, each.present) for each in self.clerk.submitted if isinstance(each, ReportPresence)]

    def called(self, participant: str) -> str:
        """Somebody with a turn on deck."""
        self.clerk.do("citizen", AskQuestion(text="x"), participant)
        question = list(self.house.live.session.queue.questions)[-1]
        for command in (AdmitQuestion(question=question), OpenDoors(), StartSession(), CallTurn(question=question)):
            self.clerk.do("moderator", command)
        turn = next(iter(self.house.live.session.stage.turns))
        self.clerk.do("citizen", AcceptTurn(turn=turn), participant)
        return turn


@pytest.fixture
async def stand() -> Any:
    stand = Stand()
    yield stand
    await stand.hub.stop()


async def test_silence_is_asked_and_then_given_up(stand: Stand) -> None:
    quiet, alive = await stand.join(Listener(A)), await stand.join(Listener(B))
    for _ in range(90):
        await stand.pass_time(500)
        alive.heard_at = stand.clock.steady()
    assert quiet.pings >= 1 and alive.pings == 0
    assert [quiet.aborted, alive.aborted] == [False, False]
    for _ in range(2 * BUCKETS + 2):
        await stand.pass_time(500)
        alive.heard_at = stand.clock.steady()
    assert [quiet.aborted, alive.aborted] == [True, False]


async def test_a_dead_line_is_noticed_within_65_seconds(stand: Stand) -> None:
    lines = [await stand.join(Listener(House.person(100 + number))) for number in range(40)]
    await stand.pass_time(65_000)
    assert all(line.aborted for line in lines)


async def test_who_never_says_hello_is_shown_the_door(stand: Stand) -> None:
    late = Listener(A)
    stand.hub.arrive(late)
    await stand.pass_time(1_000)
    assert late.shut_for is None
    late.is_late = True
    await stand.pass_time(1_000)
    assert late.shut_for == codes.HELLO_LATE


async def test_who_does_not_close_is_closed(stand: Stand) -> None:
    line = await stand.join(Listener(A))
    line.closing_at = stand.clock.steady() or 1
    stand.hub.closing(line)
    await stand.pass_time(4_000)
    assert not line.aborted
    await stand.pass_time(2_500)
    assert line.aborted


async def test_an_outbox_that_stays_full_is_a_reason_to_part(stand: Stand) -> None:
    line = await stand.join(Listener(A))
    line.paused, line.paused_at = True, stand.clock.steady()
    await stand.pass_time(9_000)
    assert line.shut_for is None
    await stand.pass_time(2_500)
    assert line.shut_for == codes.BEHIND


async def test_a_quiet_line_gets_a_sign_of_life(stand: Stand) -> None:
    line = await stand.join(Listener(A))
    before = len(line.frames)
    await stand.pass_time(42_000)
    assert [frame["type"] for frame in line.frames[before:]] == ["tick", "tick"]


async def test_staff_is_reported_at_once_and_missed_after_a_moment(stand: Stand) -> None:
    line = await stand.join(Listener(M, "moderator"))
    await stand.pass_time(0)
    assert stand.reports() == [(M, True)]
    stand.hub.leave(line)
    await stand.pass_time(2_500)
    assert stand.reports() == [(M, True)]
    await stand.pass_time(1_000)
    assert stand.reports() == [(M, True), (M, False)]


async def test_who_comes_back_soon_was_never_away(stand: Stand) -> None:
    line = await stand.join(Listener(M, "moderator"))
    await stand.pass_time(0)
    stand.hub.leave(line)
    await stand.pass_time(2_000)
    await stand.join(Listener(M, "moderator"))
    await stand.pass_time(10_000)
    assert stand.reports() == [(M, True)]


async def test_one_of_two_windows_may_close(stand: Stand) -> None:
    first = await stand.join(Listener(M, "moderator"))
    await stand.pass_time(0)
    await stand.join(Listener(M, "moderator"))
    stand.hub.leave(first)
    await stand.pass_time(10_000)
    assert stand.reports() == [(M, True)]


async def test_citizens_without_a_turn_come_and_go_unreported(stand: Stand) -> None:
    line = await stand.join(Listener(A))
    stand.hub.leave(line)
    await stand.pass_time(10_000)
    assert stand.reports() == []


async def test_the_line_of_a_turn_is_reported_both_ways(stand: Stand) -> None:
    line = await stand.join(Listener(A))
    turn = stand.called(A)
    stand.hub.leave(line)
    await stand.pass_time(4_000)
    assert stand.reports() == [(A, False)]
    assert stand.house.live.session.stage.turns[turn].state == "dropped"
    await stand.join(Listener(A))
    await stand.pass_time(0)
    assert stand.reports() == [(A, False), (A, True)]
    assert stand.house.live.session.stage.turns[turn].state == "on_deck"


async def test_after_a_restart_people_have_a_while_to_come_back() -> None:
    before = Stand()
    await before.join(Listener(M, "moderator"))
    await before.pass_time(0)
    turn = before.called(A)
    await before.hub.stop()
    after = Stand(house=before.house)
    await after.pass_time(5_000)
    await after.join(Listener(M, "moderator"))
    await after.pass_time(9_500)
    assert after.reports() == []
    await after.pass_time(1_000)
    assert after.reports() == [(A, False)]
    assert after.house.live.session.stage.turns[turn].state == "dropped"
    await after.hub.stop()


async def test_another_worker_is_contradicted(stand: Stand) -> None:
    """Her old line ended on another worker, which did not know that she is here."""
    await stand.join(Listener(A))
    await stand.join(Listener(M, "moderator"))
    turn = stand.called(A)
    await stand.pass_time(0)
    stand.clerk.submitted.clear()
    for participant, role in ((A, "citizen"), (M, "moderator")):
        stand.clerk.do("system", ReportPresence(participant=participant, role=role, present=False))  # type: ignore[arg-type]
    await stand.pass_time(500)
    assert stand.reports() == [(A, True), (M, True)]
    assert stand.house.live.session.stage.turns[turn].state == "on_deck"
    assert M in stand.house.live.session.attendance.staff


@pytest.mark.parametrize("role", ["chair", "official", "clerk", "interpreter", "officer"])
async def test_everybody_of_the_staff_is_reported(stand: Stand, role: Role) -> None:
    line = await stand.join(Listener(B, role))
    await stand.pass_time(0)
    assert stand.house.live.session.attendance.staff == {B: role}
    stand.hub.leave(line)
    await stand.pass_time(5_000)
    assert stand.reports() == [(B, True), (B, False)]


async def test_another_role_is_reported_and_who_only_observes_is_not(stand: Stand) -> None:
    await stand.join(Listener(A, "observer"))
    await stand.join(Listener(B, "clerk"))
    await stand.join(Listener(B, "moderator"))
    await stand.pass_time(0)
    assert stand.house.live.session.attendance.staff == {B: "moderator"}
    assert A not in [who for who, _ in stand.reports()]


async def test_sound_that_is_gone_does_not_return_with_the_page(stand: Stand) -> None:
    await stand.join(Listener(A))
    stand.called(A)
    stand.clerk.do("system", ReportPresence(participant=A, role="citizen", present=False, cause="media"))
    await stand.join(Listener(A))
    await stand.pass_time(1_000)
    assert (A, True) not in stand.reports()


async def test_a_refused_report_is_survived(stand: Stand) -> None:
    stand.clerk.refuse = "storage"
    line = await stand.join(Listener(M, "moderator"))
    await stand.pass_time(1_000)
    assert stand.reports() and line.shut_for is None


async def test_people_are_counted_now_and_then(stand: Stand) -> None:
    for number in range(3):
        await stand.join(Listener(House.person(40 + number)))
    stand.clerk.do("moderator", OpenDoors())
    await stand.pass_time(60_000)
    counts = [each.present for each in stand.clerk.submitted if isinstance(each, CountAttendance)]
    assert counts == [3], "once, and not again while it stays the same"


async def test_workers_add_up_and_one_of_them_writes() -> None:
    bus = MemoryBus()
    await bus.start()
    one, two = Stand(bus), Stand(bus)
    for number in range(2):
        await one.join(Listener(House.person(40 + number)))
    for number in range(3):
        await two.join(Listener(House.person(50 + number)))
    for stand in (one, two):
        stand.clerk.do("moderator", OpenDoors())
    for _ in range(130):
        await one.pass_time(1_000)
        await two.pass_time(1_000)
        for stand in (one, two):
            for line in [line for bucket in stand.hub._lines for line in bucket]:
                line.heard_at = stand.clock.steady()
    last = []
    for stand in (one, two):
        counts = [each.present for each in stand.clerk.submitted if isinstance(each, CountAttendance)]
        last.append(counts[-1:])
    assert [5] in last, last
    for stand in (one, two):
        await stand.hub.stop()
    await bus.close()


async def test_a_session_without_people_is_let_go(stand: Stand) -> None:
    line = await stand.join(Listener(A))
    stand.hub.leave(line)
    assert stand.hub.gathering(SESSION) is not None
    await stand.pass_time(5_000)
    assert stand.hub.gathering(SESSION) is None
    stand.clerk.do("moderator", OpenDoors())


async def test_a_copy_that_was_replaced_is_shown_anew(stand: Stand) -> None:
    line = await stand.join(Listener(A))
    stand.clerk.copy = Live(Session(id=SESSION), "e2", {})
    await stand.pass_time(1_000)
    assert line.frames[-1]["type"] == "personal" or line.frames[-1]["type"] == "snapshot"
    assert [frame for frame in line.frames if frame["type"] == "snapshot"][-1]["epoch"] == "e2"


async def test_an_unknown_session_is_refused(stand: Stand) -> None:
    stand.clerk.copy = None
    line = Listener(A)
    stand.hub.arrive(line)
    with pytest.raises(Refused):
        await stand.hub.join(line, HELLO, lambda: None)


async def test_who_leaves_while_being_let_in_is_forgotten(stand: Stand) -> None:
    line = Listener(A)
    await stand.hub.join(line, HELLO, lambda: None)
    assert not line.frames


async def test_stopping_drops_everyone(stand: Stand) -> None:
    line = await stand.join(Listener(A))
    await stand.hub.stop()
    assert line.aborted and not stand.clerk.followers
