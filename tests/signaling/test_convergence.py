"""Whoever followed sees what somebody sees who reloads, whatever breaks, stalls and returns in whatever order."""

from __future__ import annotations

from typing import Any

import msgspec
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from rooms.attendance import BlockParticipant, ReportPresence
from rooms.base import Command, Refused
from rooms.lifecycle import AdjournSession, OpenDoors, ResumeSession, StartSession
from rooms.questions import (
    AdmitQuestion,
    AskQuestion,
    HoldQuestion,
    MergeQuestion,
    MoveQuestion,
    NotTakeQuestion,
    UnmergeQuestion,
    WithdrawQuestion,
)
from rooms.turns import AcceptTurn, CallTurn, FinishTurn, ParkTurn, ReadyTurn
from rooms.views import AUDIENCES, personal, view
from signaling import fan, gathering
from signaling.gathering import Gathering
from signaling.patch import without_nulls
from tests.signaling.hand import HandClock, House, Listener

PEOPLE = [House.person(number) for number in range(6)]
ROLES: list[Any] = ["citizen", "citizen", "citizen", "moderator", "official", "citizen"]


class Hearing(RuleBasedStateMachine):
    """Six people whose lines come and go while things happen."""

    def __init__(self) -> None:
        super().__init__()
        self.rings, self.chunks = fan.RING_TICKS, gathering.CHUNK
        fan.RING_TICKS, gathering.CHUNK = 3, 2
        self.clock = HandClock()
        self.house = House()
        self.gathering = Gathering(self.house.live, self.clock, 150, self.report)
        self.lines: dict[int, Listener] = {}
        self.left: dict[int, Listener] = {}
        for command in (OpenDoors(), StartSession()):
            self.do("moderator", command)
        for number in range(len(PEOPLE)):
            self.come(number)

    def teardown(self) -> None:
        self.settle()
        fan.RING_TICKS, gathering.CHUNK = self.rings, self.chunks

    def report(self, command: Command) -> None:
        self.clock.later(1, lambda: self.do("system", command))

    def do(self, role: Any, command: Command, participant: str = "") -> None:
        try:
            records = self.house.do(role, command, participant)
        except Refused:
            return
        if records:
            self.gathering.announced(records)

    def question(self, number: int) -> str:
        known = list(self.house.live.session.queue.questions)
        return known[number % len(known)] if known else House.person(999)

    def turn(self, number: int) -> str:
        known = list(self.house.live.session.stage.turns)
        return known[number % len(known)] if known else House.person(999)

    @rule(number=st.integers(0, 5))
    def come(self, number: int) -> None:
        if number in self.lines:
            return
        line = Listener(PEOPLE[number], ROLES[number])
        before = self.left.pop(number, None)
        since = None
        if before is not None:
            line.view, line.seq, since = before.view, before.seq, before.seq
        self.lines[number] = line
        self.gathering.join(line, self.gathering.can_resume(line.audience, since), [])

    @rule(number=st.integers(0, 5))
    def go(self, number: int) -> None:
        line = self.lines.pop(number, None)
        if line is not None:
            self.gathering.leave(line)
            self.left[number] = line

    @rule(number=st.integers(0, 5), asked=st.integers(0, 5), other=st.integers(0, 30), stalls=st.booleans())
    def miss_something(self, number: int, asked: int, other: int, stalls: bool) -> None:
        """The everyday case: away for a few ticks, or too slow to read them, then back."""
        if stalls:
            self.stall(number, True)
        else:
            self.go(number)
        for _ in range(asked):
            self.ask((number + 1) % 6, "x")
            self.do("moderator", AdmitQuestion(question=self.question(-1)))
            self.wait(150)
        self.do("moderator", HoldQuestion(question=self.question(other), reason="later"))
        self.come(number)
        self.stall(number, False)

    @rule(number=st.integers(0, 5), full=st.booleans())
    def stall(self, number: int, full: bool) -> None:
        line = self.lines.get(number)
        if line is not None and line.paused != full:
            line.paused = full
            if not full:
                self.gathering.drained(line)

    @rule(ms=st.sampled_from([0, 1, 50, 149, 150, 400, 3_000]))
    def wait(self, ms: int) -> None:
        self.clock.advance(ms)
        self.gathering.sweep()

    @rule(number=st.integers(0, 5), text=st.sampled_from(["x", "پانی", "y" * 200]))
    def ask(self, number: int, text: str) -> None:
        self.do("citizen", AskQuestion(text=text, hide_name=number == 2, private=number == 1), PEOPLE[number])

    @rule(first=st.integers(0, 30), other=st.integers(0, 30), what=st.integers(0, 7))
    def triage(self, first: int, other: int, what: int) -> None:
        one, two = self.question(first), self.question(other)
        commands: list[Command] = [
            AdmitQuestion(question=one),
            AdmitQuestion(question=one),
            HoldQuestion(question=one, reason="unclear"),
            MergeQuestion(question=one, into=two),
            UnmergeQuestion(question=one),
            NotTakeQuestion(question=one, reason="no_time"),
            MoveQuestion(question=one, before=two, reason="urgent"),
            WithdrawQuestion(question=one),
        ]
        self.do("moderator", commands[what])

    @rule(number=st.integers(0, 30), what=st.integers(0, 6))
    def stage(self, number: int, what: int) -> None:
        turn = self.turn(number)
        commands: list[Command] = [
            CallTurn(question=self.question(number)),
            CallTurn(question=self.question(number)),
            AcceptTurn(turn=turn),
            ReadyTurn(turn=turn),
            FinishTurn(turn=turn),
            ParkTurn(turn=turn),
            ReportPresence(participant=PEOPLE[number % 6], role="citizen", present=False),
        ]
        self.do("moderator", commands[what])

    @rule(adjourn=st.booleans())
    def course(self, adjourn: bool) -> None:
        self.do("moderator", AdjournSession(reason="prayer") if adjourn else ResumeSession())

    @rule(number=st.integers(0, 2))
    def block(self, number: int) -> None:
        self.do("moderator", BlockParticipant(participant=PEOPLE[number], reason="disruption"))

    @precondition(lambda self: self.lines)
    @invariant()
    def nobody_knows_more_than_their_audience(self) -> None:
        for line in self.lines.values():
            if line.audience == "public":
                assert "staff" not in line.view and "new" not in line.view
                assert all("asker" not in row for row in line.view.get("questions", {}).values())
                assert set(line.personal) <= {line.bearer.participant}

    @rule()
    def settle(self) -> None:
        """Let everything arrive; then compare with a reload."""
        for line in self.lines.values():
            if line.paused:
                line.paused = False
                self.gathering.drained(line)
        self.clock.advance(6_000)
        live = self.house.live
        assert {line.audience for line in self.lines.values()} <= set(AUDIENCES)
        for line in self.lines.values():
            truth = view(live.session, line.audience, live.texts)
            assert line.view == without_nulls(msgspec.to_builtins(truth))
            own = personal(live.session, line.bearer.participant, live.texts, self.clock.now())
            assert line.personal[line.bearer.participant] == without_nulls(msgspec.to_builtins(own))


TestHearing = Hearing.TestCase
TestHearing.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
