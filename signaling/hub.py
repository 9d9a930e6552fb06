"""All connections of this process: who follows which session, and the one sweep that keeps the lines alive.

There is no task, queue or timer for each connection. A frame is written straight into the transport's buffer, which is
the bounded outbox; whoever does not read is passed over, then evicted. Each second a twentieth of the connections is
looked at: silent ones are pinged (RFC 6455 §5.5.2), dead ones dropped.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable, Coroutine
from contextlib import AbstractContextManager
from typing import Any, Protocol

import msgspec

from kachehri.bus import Bus
from kachehri.live import Announced, Live
from kachehri.logs import logger
from kachehri.service import Service
from kachehri.store import event_log
from rooms.base import SYSTEM, Command, Refused
from rooms.session import decode_event
from rooms.views import ViewAudience, visible

from . import codes
from .clock import Clock, Timer
from .codes import Close
from .fan import Member
from .frames import Packed
from .gathering import QUIET_MS, Gathering
from .passes import LIFE_MS, Pass
from .patch import without_nulls
from .protocol import VERSIONS, Hello, Welcome, encode

SWEEP_MS = 1_000
#: A line that has said nothing for this long is asked; 20 s keeps the usual proxies (60 s) from closing it.
PING_AFTER_MS = 20_000
#: And is given up after this long.
DEAD_MS = 45_000
#: How long an outbox may stay full.
BEHIND_MS = 10_000
#: How long the other side may take to close after we did.
CLOSE_MS = 5_000
BUCKETS = 20
#: Events that are told to someone who comes back, and events that are read to find them.
MISSED_MOST = 200
MISSED_READ = 1_000
COUNT_TOPIC = "attendance/"


class Line(Member, Protocol):
    """One connection with its socket, as the sweep sees it."""

    #: When bytes last came from it, when its outbox filled up, and when it was told to close; in steady milliseconds.
    heard_at: int
    paused_at: int
    closing_at: int

    def late(self, now: int) -> bool:
        """Whether it has still not said `hello`."""

    def ping(self) -> None:
        """Ask whether anyone is there."""

    def abort(self) -> None:
        """Drop it without a word."""

    def batch(self) -> AbstractContextManager[None]:
        """What is sent within goes out in one piece: a call of the system costs more than all the rest of a frame."""


class Hub:
    """The connections of this process.

    Arguments:
        tick_ms: shortest time between two ticks of a session.
        bus: tells the other workers how many people are here; None with a single worker.
    """

    def __init__(self, service: Service, clock: Clock, *, tick_ms: int = 150, bus: Bus | None = None) -> None:
        self.service = service
        self.clock = clock
        self._tick_ms = tick_ms
        self._bus = bus
        self._origin = secrets.token_hex(4)
        self._gatherings: dict[str, Gathering] = {}
        #: Ticks of gatherings that have ended.
        self._ticked = 0
        self._lines: list[set[Line]] = [set() for _ in range(BUCKETS)]
        self._waiting: set[Line] = set()
        self._turn = 0
        self._tasks: set[asyncio.Task[None]] = set()
        self._ends: list[Callable[[], None]] = []
        #: Lines that rest on a login; a subset of all lines.
        self.staff: set[Line] = set()
        #: Accounts whose logins ended and participants who moved, and when: a pass from before is worth nothing.
        self._dismissed: dict[str, int] = {}
        self._timer: Timer | None = None
        self.log = logger(__name__)

    def start(self) -> None:
        """Follow what is committed, and wait for those who were here before the server started."""
        self._ends.append(self.service.follow(self._announced))
        if self._bus is not None:
            self._ends.append(self._bus.subscribe(COUNT_TOPIC, self._counted).close)
        self._timer = self.clock.later(SWEEP_MS, self._sweep)
        for live in self.service.followed():
            self._gathering(live).presence.expect()

    async def stop(self) -> None:
        """Let go of everyone. The endpoint has told them already (uvicorn closes connections first)."""
        while self._ends:
            self._ends.pop()()
        if self._timer is not None:
            self._timer.cancel()
        for line in [line for bucket in self._lines for line in bucket]:
            line.abort()
        for gathering in self._gatherings.values():
            gathering.stop()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    @property
    def connections(self) -> int:
        """How many sockets are open."""
        return sum(len(bucket) for bucket in self._lines)

    @property
    def ticks(self) -> int:
        """How many ticks there have been, of all sessions together."""
        return self._ticked + sum(gathering.ticks for gathering in self._gatherings.values())

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        """Run something to its end; what it throws is logged."""
        task = asyncio.ensure_future(self._guarded(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _guarded(self, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        except Exception:
            self.log.exception("live.task_failed", way="!")

    # Lines

    def arrive(self, line: Line) -> None:
        """A socket opened."""
        min(self._lines, key=len).add(line)
        self._waiting.add(line)

    async def join(self, line: Line, hello: Hello, admitted: Callable[[], None]) -> None:
        """Welcome someone whose pass was good, and bring them up to date.

        Arguments:
            admitted: called just before the welcome; between the two nothing else happens.
        Errors: `Refused("session_unknown")`.
        """
        live = await self.service.live(hello.session)
        since = hello.since if hello.epoch == live.epoch else None
        missed = await self._missed(live, since, line.audience)
        live = await self.service.live(hello.session)
        gathering = self._gathering(live)
        if self._is_gone(line):
            return
        barred = live.session.attendance.bar(line.bearer.participant, self.clock.now())
        if barred is not None and barred.removed:
            line.shut(codes.REMOVED)
            return
        position = gathering.can_resume(line.audience, since)
        admitted()
        self._waiting.discard(line)
        self.noted(line)
        bearer = line.bearer
        welcome = Welcome(
            at=self.clock.now(),
            version=max(set(hello.versions) & set(VERSIONS)),
            session=hello.session,
            participant=bearer.participant,
            role=bearer.role,
            audience=line.audience,
            epoch=live.epoch,
            resumed=position is not None,
            quiet_ms=QUIET_MS,
        )
        with line.batch():
            line.send(Packed(encode(welcome)))
            gathering.join(line, position, missed)

    def leave(self, line: Line) -> None:
        """A socket closed."""
        self.staff.discard(line)
        for bucket in self._lines:
            bucket.discard(line)
        self._waiting.discard(line)
        gathering = self._gatherings.get(line.bearer.session)
        if gathering is not None and line in gathering.fans[line.audience].members:
            gathering.leave(line)

    def noted(self, line: Line) -> None:
        """Somebody speaks on a line; one that rests on a login is looked at from now on (signaling/watch.py)."""
        if any(bearer.login for bearer in line.held.values()):
            self.staff.add(line)

    def closing(self, line: Line) -> None:
        """The line was told to close; it is looked after each second until it does."""
        self._waiting.add(line)

    def drained(self, line: Line) -> None:
        """The line's outbox has room again."""
        gathering = self.gathering(line.bearer.session)
        if gathering is not None and line in gathering.fans[line.audience].members:
            gathering.drained(line)

    def gathering(self, session_id: str) -> Gathering | None:
        """Everyone here who follows a session, if anyone does."""
        return self._gatherings.get(session_id)

    def dismiss(self, who: str, reason: Close = codes.SIGNED_OUT) -> None:
        """End the connections of an account that signed out or lost its role, or of a participant who goes on from
        another phone; also those that are on their way."""
        self.distrust(who)
        for bucket in self._lines:
            for line in list(bucket):
                if any(who in (bearer.account, bearer.participant) for bearer in line.held.values()):
                    line.shut(reason)

    def distrust(self, who: str) -> None:
        """The passes that an account or a participant was given until now open nothing any more."""
        now = self.clock.now()
        self._dismissed = {each: at for each, at in self._dismissed.items() if now - at <= LIFE_MS}
        self._dismissed[who] = now

    def outlived(self, entry: Pass) -> bool:
        """Whether a pass is older than the end of its account's logins, or was given to the phone before."""
        ended_at = self._dismissed.get(entry.bearer.account or entry.bearer.participant)
        return ended_at is not None and entry.issued_at <= ended_at

    def _is_gone(self, line: Line) -> bool:
        return not any(line in bucket for bucket in self._lines) or bool(line.closing_at)

    # Sessions

    def _gathering(self, live: Live) -> Gathering:
        session_id = live.session.id
        found = self._gatherings.get(session_id)
        if found is None:

            def submit(command: Command) -> None:
                self.spawn(self._submit(session_id, command))

            found = self._gatherings[session_id] = Gathering(live, self.clock, self._tick_ms, submit)
        elif found.live is not live:
            found.restart(live)
        return found

    def _announced(self, announced: Announced) -> None:
        gathering = self._gatherings.get(announced.session_id)
        if gathering is None:
            return
        live = self.service.loaded(announced.session_id)
        if live is not None and gathering.live is not live:
            gathering.restart(live)
        gathering.announced(announced.events)

    async def _submit(self, session_id: str, command: Command) -> None:
        try:
            await self.service.submit(SYSTEM, session_id, command)
        except Refused as refused:
            self.log.warning("live.report_refused", code=refused.code, type=str(command.__struct_config__.tag))

    async def _missed(self, live: Live, since: int | None, audience: ViewAudience) -> list[dict[str, Any]]:
        """What somebody did not see, where the ring of ticks does not reach back; empty when it is too much."""
        gathering = self._gatherings.get(live.session.id)
        if since is None or not 0 < live.seq - since <= MISSED_READ:
            return []
        if gathering is not None and gathering.can_resume(audience, since) is not None:
            return []
        rows = await self.service.read(event_log.after, live.session.id, since)
        shown = ((row, visible(decode_event(row.body), audience)) for row in rows)
        found = [{**without_nulls(event), "seq": row.seq, "at": row.at} for row, event in shown if event is not None]
        return found[-MISSED_MOST:]

    def _counted(self, topic: str, payload: bytes) -> None:
        gathering = self._gatherings.get(topic.removeprefix(COUNT_TOPIC))
        if gathering is None:
            return
        try:
            origin, people = msgspec.msgpack.decode(payload, type=tuple[str, int])
        except msgspec.DecodeError:
            return
        if origin != self._origin:
            gathering.presence.counted_elsewhere(origin, people)

    def _tell_count(self, session_id: str) -> Callable[[int], None] | None:
        bus = self._bus
        if bus is None:
            return None
        return lambda people: bus.publish(COUNT_TOPIC + session_id, msgspec.msgpack.encode((self._origin, people)))

    # The sweep

    def _sweep(self) -> None:
        self._timer = self.clock.later(SWEEP_MS, self._sweep)
        now = self.clock.steady()
        for line in list(self._waiting):
            if line.closing_at:
                if now - line.closing_at >= CLOSE_MS:
                    line.abort()
            elif line.late(now):
                line.shut(codes.HELLO_LATE)
        self._turn = (self._turn + 1) % BUCKETS
        for line in list(self._lines[self._turn]):
            silent = now - line.heard_at
            if silent >= DEAD_MS:
                line.abort()
            elif silent >= PING_AFTER_MS - SWEEP_MS and not line.paused:
                line.ping()
        for bucket in self._lines:
            for line in [line for line in bucket if line.paused and now - line.paused_at >= BEHIND_MS]:
                line.shut(codes.BEHIND)
        for session_id, gathering in list(self._gatherings.items()):
            live = self.service.loaded(session_id)
            if live is not None and live is not gathering.live:
                gathering.restart(live)
            gathering.sweep(self._origin, self._tell_count(session_id))
            if gathering.idle:
                gathering.stop()
                self._ticked += gathering.ticks
                del self._gatherings[session_id]
