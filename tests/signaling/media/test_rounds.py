"""The plane's rounds: what is due, for every session, whatever another one does."""

from __future__ import annotations

from typing import Any
from unittest.mock import MagicMock

import pytest

from signaling.media.port import MediaSettings
from signaling.media.rounds import HOLD_UP_S, SPENDING_S, WATCHER_REPORT_S, Rounds
from signaling.media.spending import AGAIN_S, HEADERS, Spending


class Clock:
    """Moves only when a report is written: `cost` seconds each."""

    def __init__(self, cost: float = 0.0) -> None:
        self.at, self.cost = 0.0, cost

    def __call__(self) -> float:
        return self.at


class Listener:
    """Somebody who is reported to."""

    def __init__(self, session: str, clock: Clock, heard: list[str]) -> None:
        self.session, self.clock, self.heard = session, clock, heard
        self.ended = False

    def weigh(self, now: float) -> None:
        pass

    def report(self, now: float, wall: float) -> None:
        self.clock.at += self.clock.cost
        self.heard.append(self.session)


class Scenery:
    """A stage with nothing on it; `broken` fails at each of its rounds."""

    def __init__(self, session: str, broken: bool = False) -> None:
        self.session, self.broken = session, broken
        self.publishers: dict[str, Any] = {}
        self.watchers: dict[str, Listener] = {}
        self.orphaned_at = None
        self.asked = 0
        self.spent: list[float] = []
        self.downlinks, self.backroom = MagicMock(), MagicMock()
        self.downlinks.to_ping.return_value = ()

    def ask(self, now: float) -> None:
        self.asked += 1
        if self.broken:
            raise ValueError

    def report(self, now: float) -> None: ...

    def spend(self, now: float, limit_kbps: int) -> None:
        self.spent.append(now)

    def voices(self, now: float) -> None:
        return None

    def measure(self, now: float) -> bool:
        return False


def rounds(stages: dict[str, Any], clock: Clock) -> Rounds:
    def nothing(*_: Any) -> None: ...

    return Rounds(MediaSettings(), stages, {}, clock=clock, wall=lambda: 0.0, tell=nothing, spawn=nothing, end=nothing)


def test_a_session_that_fails_takes_no_other_with_it(caplog: pytest.LogCaptureFixture) -> None:
    stages = {name: Scenery(name, broken=name == "b") for name in "abc"}
    turns = rounds(stages, Clock())
    for number in range(6):
        turns.tick(float(number))
    assert [stage.asked for stage in stages.values()] == [6, 6, 6]
    assert "failed for one session" in caplog.text


def test_no_session_is_always_the_first() -> None:
    order: list[str] = []
    stages = {name: Scenery(name) for name in "abc"}
    for stage in stages.values():
        stage.ask = lambda now, name=stage.session: order.append(name)  # type: ignore[misc,method-assign]
    turns = rounds(stages, Clock())
    for number in range(6):
        turns.tick(number * 0.01)
    assert {order[first] for first in range(0, 18, 3)} == {"a", "b", "c"}


def test_a_crowd_does_not_keep_a_small_hearing_waiting() -> None:
    clock, heard = Clock(cost=HOLD_UP_S / 4), list[str]()
    stages = {"crowd": Scenery("crowd"), "small": Scenery("small")}
    stages["crowd"].watchers = {str(n): Listener("crowd", clock, heard) for n in range(100)}
    stages["small"].watchers = {str(n): Listener("small", clock, heard) for n in range(2)}
    turns = rounds(stages, clock)
    turns.tick(clock.at)
    assert heard.count("small") == 2, "in the first few milliseconds"
    assert len(heard) < 10, "packets are not held up for the rest"
    before = len(heard)
    turns.tick(clock.at)
    assert len(heard) > before
    while len(heard) < 102:
        turns.tick(clock.at)
    turns.tick(clock.at + WATCHER_REPORT_S)
    assert heard.count("small") == 4, "and nobody is left out or told twice"


def test_who_has_left_is_not_reported_to() -> None:
    clock, heard = Clock(cost=HOLD_UP_S * 2), list[str]()
    stage = Scenery("s")
    stage.watchers = {str(n): Listener("s", clock, heard) for n in range(3)}
    turns = rounds({"s": stage}, clock)
    turns.tick(clock.at)
    for each in stage.watchers.values():
        each.ended = True
    turns.tick(clock.at)
    assert heard == ["s"]


def test_what_a_session_sends_is_looked_at_each_second() -> None:
    stage = Scenery("s")
    turns = rounds({"s": stage}, Clock())
    for number in range(5):
        turns.tick(number * SPENDING_S / 2)
    assert len(stage.spent) == 3


class Line:
    """What a line has counted."""

    def __init__(self) -> None:
        self.packets = self.octets = self.sent = 0

    def send(self, packets: int, size: int, watchers: int) -> None:
        self.packets += packets
        self.octets += packets * size
        self.sent += packets * watchers


def test_a_session_within_its_share_is_left_alone() -> None:
    spending, line = Spending(), Line()
    for second in range(30):
        line.send(100, 1000, 10)
        verdict = spending.look(float(second), [line], 20_000)
        assert verdict in (None, "more")
    assert spending.kbps == pytest.approx(8 * 100 * 10 * (1000 + HEADERS) / 1000)


def test_above_its_share_pictures_go_and_come_back_late() -> None:
    spending, line = Spending(), Line()
    verdicts = []
    for second in range(40):
        line.send(100, 1000, 100 if second < 5 else 1)
        verdicts.append(spending.look(float(second), [line], 20_000))
    assert verdicts[1:5] == ["less"] * 4
    back = [second for second, verdict in enumerate(verdicts) if verdict == "more"]
    assert back[0] - 4 >= AGAIN_S
    assert all(later - earlier >= AGAIN_S for earlier, later in zip(back, back[1:], strict=False))


def test_nothing_sent_costs_nothing() -> None:
    spending = Spending()
    assert spending.look(0.0, [Line()], 1) is None
    assert spending.look(1.0, [Line()], 1) is None
    assert spending.kbps == 0
