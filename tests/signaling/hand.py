"""A hub whose time is moved by hand, over a session that lives in memory."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from itertools import count
from typing import Any

import msgspec

from kachehri.live import Live, Recorded
from moderation.roles import AUDIENCES
from rooms.base import Actor, Command, ContentRef, Context, Event, Role, SetFact
from rooms.lifecycle import ScheduleSession, SeatPlan
from rooms.session import Session, decide, encode_event, evolve
from rooms.views import ViewAudience
from signaling.codes import Close
from signaling.frames import Packed
from signaling.passes import Bearer
from signaling.patch import merge
from tests.conftest import MONDAY_MS

SESSION = "abcd2345"
HOUR_MS = 3_600_000


class HandTimer:
    def __init__(self, callback: Callable[[], None]) -> None:
        self.callback: Callable[[], None] | None = callback

    def cancel(self) -> None:
        self.callback = None


class HandClock:
    """Nothing happens until `advance`; then everything due happens in order."""

    def __init__(self) -> None:
        self.ms = 0
        self._due: list[tuple[int, int, HandTimer]] = []
        self._order = count()

    def now(self) -> int:
        return MONDAY_MS + self.ms

    def steady(self) -> int:
        return self.ms

    def later(self, delay_ms: int, callback: Callable[[], None]) -> HandTimer:
        timer = HandTimer(callback)
        heapq.heappush(self._due, (self.ms + max(0, delay_ms), next(self._order), timer))
        return timer

    def advance(self, ms: int) -> None:
        end = self.ms + ms
        while self._due and self._due[0][0] <= end:
            at, _, timer = heapq.heappop(self._due)
            self.ms = max(self.ms, at)
            if timer.callback is not None:
                timer.callback()
        self.ms = end


class House:
    """Decides and applies commands the way the service does, without a database."""

    def __init__(self, session_id: str = SESSION) -> None:
        self.live = Live(Session(id=session_id), "e1", {})
        self._ids = count(1)
        self.now = MONDAY_MS
        #: The safety delay.
        self.held_ms = 0
        self.do(
            "system",
            ScheduleSession(
                title={"en": "Hearing"},
                starts_at=MONDAY_MS + HOUR_MS,
                ends_at=MONDAY_MS + 9 * HOUR_MS,
                seats=(SeatPlan(seat="s1", kind="citizen"), SeatPlan(seat="chair", kind="official")),
            ),
        )

    def do(self, role: Role, command: Command, participant: str = "") -> list[Recorded]:
        """Carry a command out; returns what an announcement would hold."""
        kept: dict[str, ContentRef] = {}
        for field in command.texts:
            words = getattr(command, field)
            if words:
                kept[field] = ContentRef(self.new_id(), "0" * 64)
                self.live.texts[kept[field].id] = words
        ctx = Context(self.now, self.new_id, lambda: f"26-{next(self._ids):04d}-0000", kept, self.held_ms)
        decided = decide(self.live.session, command, Actor(participant or self.person(0), role), ctx)
        return self.record([event for event in decided if not isinstance(event, SetFact)])

    def record(self, events: list[Event]) -> list[Recorded]:
        records = []
        for event in events:
            seq = self.live.session.seq + 1
            evolve(self.live.session, event, seq, self.now)
            records.append(Recorded(seq, self.now, event, encode_event(event)))
        return records

    def new_id(self) -> str:
        return f"{next(self._ids):016x}"

    @staticmethod
    def person(number: int) -> str:
        return f"{number + 0xA0000:016x}"


class Listener:
    """A connection without a socket: keeps its view as a client would."""

    def __init__(self, participant: str, role: Role = "citizen", audience: ViewAudience | None = None) -> None:
        self.bearer = Bearer(SESSION, participant, role)
        self.held = {participant: self.bearer}
        self.audience: ViewAudience = audience or AUDIENCES[role]
        self.position = 0
        self.paused = False
        self.paused_at = self.heard_at = self.closing_at = 0
        self.frames: list[dict[str, Any]] = []
        self.view: dict[str, Any] = {}
        self.seq = 0
        self.personal: dict[str, dict[str, Any]] = {}
        self.shut_for: Close | None = None
        self.pings = 0
        self.aborted = False
        self.is_late = False

    def send(self, frame: Packed) -> None:
        assert not self.paused, "nothing is written to a full outbox"
        message = msgspec.json.decode(frame.payload)
        self.frames.append(message)
        match message["type"]:
            case "snapshot":
                self.view, self.seq = message["view"], message["seq"]
            case "tick":
                assert message["seq"] >= self.seq
                self.view, self.seq = merge(self.view, message.get("patch", {})), message["seq"]
            case "personal":
                self.personal[message["participant"]] = message["view"]

    def types(self) -> list[str]:
        return [frame["type"] for frame in self.frames]

    def events(self) -> list[str]:
        return [event["type"] for frame in self.frames for event in frame.get("events", [])]

    def shut(self, reason: Close) -> None:
        self.shut_for = self.shut_for or reason

    def late(self, now: int) -> bool:
        return self.is_late

    def ping(self) -> None:
        self.pings += 1

    def abort(self) -> None:
        self.aborted = True

    def batch(self) -> AbstractContextManager[None]:
        return nullcontext()
