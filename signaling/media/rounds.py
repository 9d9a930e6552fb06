"""What is due on the plane's clock, session by session, so that none waits for another.

Each stage is looked after on its own: what goes wrong in one is logged and the next has its turn. Reports to watchers
are the only part that grows with the crowd; they are taken in turn, one of each session, for a few milliseconds at a
time, because while they are written no packet is forwarded.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Coroutine, Iterator
from itertools import zip_longest
from typing import Any

from signaling.media import port
from signaling.media.peer import Peer
from signaling.media.port import MediaSettings, Report
from signaling.media.speaking import LOOK_S
from signaling.media.stage import Stage
from signaling.media.watcher import Watcher

logger = logging.getLogger(__name__)

#: Seconds between reports to publishers, to watchers, and to the worker; between looks at who is alive, and at what a
#: session sends.
PUBLISHER_REPORT_S, WATCHER_REPORT_S, SEATS_S, SWEEP_S, SPENDING_S = 0.5, 1.0, 2.0, 0.25, 1.0
#: A peer that was quiet for this long is asked for a sign of life, once a second. A watcher of an empty stage has
#: nothing to say and nobody waits for her, so she is left alone for longer.
QUIET_S, WATCHER_QUIET_S, PROBE_S = 2.0, 8.0, 1.0
#: Longest that reports to watchers may hold up the packets at a time, in seconds.
HOLD_UP_S = 0.005


class Rounds:
    """Does what is due; the time is an argument, in seconds of the plane's clock.

    Arguments:
        stages, peers: the plane's own, by session and by name.
        clock, wall: seconds of the plane's clock, and of the Unix epoch.
        end: ends a peer, with a reason.
    """

    def __init__(
        self,
        settings: MediaSettings,
        stages: dict[str, Stage],
        peers: dict[str, Peer],
        *,
        clock: Callable[[], float],
        wall: Callable[[], float],
        tell: Callable[[Report], None],
        spawn: Callable[[Coroutine[Any, Any, None]], None],
        end: Callable[[Peer, str], None],
    ) -> None:
        self._settings, self._stages, self._peers = settings, stages, peers
        self._clock, self._wall, self._tell, self._spawn, self._end = clock, wall, tell, spawn, end
        self._due = {"publishers": 0.0, "watchers": 0.0, "seats": 0.0, "sweep": 0.0, "spending": 0.0, "voices": 0.0}
        self._waiting: deque[Watcher] = deque()
        self._first = 0

    def tick(self, now: float) -> None:
        """Whatever is due at `now`."""
        self._first += 1
        self._each(lambda stage: stage.ask(now))
        self._each(lambda stage: self._pace(stage, now))
        self._each(lambda stage: stage.backroom.tick(now))
        if self._is_due("publishers", PUBLISHER_REPORT_S, now):
            self._each(lambda stage: stage.report(now))
        if not self._waiting and self._is_due("watchers", WATCHER_REPORT_S, now):
            self._waiting.extend(self._in_turn())
            self._each(lambda stage: stage.backroom.report(now, self._wall()))
        self._report(now)
        if self._is_due("voices", LOOK_S, now):
            self._each(lambda stage: self._listen(stage, now))
        if self._is_due("sweep", SWEEP_S, now):
            self.sweep(now)
        if self._is_due("spending", SPENDING_S, now):
            self._each(lambda stage: stage.downlinks.look(now))
            self._each(lambda stage: stage.spend(now, self._settings.max_session_kbps))
        if self._is_due("seats", SEATS_S, now):
            self._each(lambda stage: self._measure(stage, now))

    def _each(self, work: Callable[[Stage], object]) -> None:
        """For every stage, beginning with another one at each tick."""
        stages = list(self._stages.values())
        first = self._first % max(len(stages), 1)
        for stage in stages[first:] + stages[:first]:
            try:
                work(stage)
            except Exception:
                logger.exception("media round failed for one session")

    def _is_due(self, what: str, every: float, now: float) -> bool:
        if now < self._due[what]:
            return False
        self._due[what] = now + every
        return True

    # --- watchers

    def _in_turn(self) -> Iterator[Watcher]:
        """One watcher of each session, then the next of each."""
        crowds = [list(stage.watchers.values()) for stage in self._stages.values()]
        return (watcher for row in zip_longest(*crowds) for watcher in row if watcher is not None)

    def _report(self, now: float) -> None:
        began = self._clock()
        wall = self._wall()
        while self._waiting:
            watcher = self._waiting.popleft()
            if watcher.ended:
                continue
            try:
                watcher.weigh(now)
                watcher.report(now, wall)
            except Exception:
                logger.exception("media report failed for one watcher")
            if self._clock() - began > HOLD_UP_S:
                return

    def _pace(self, stage: Stage, now: float) -> None:
        stage.downlinks.flush(now)
        for watcher in stage.downlinks.to_ping(now):
            self._spawn(watcher.ping())

    # --- who is alive

    def sweep(self, now: float) -> None:
        """Peers that never came up, fell silent or died, and sessions without a worker."""
        settings = self._settings
        for peer in list(self._peers.values()):
            if not peer.up:
                if now - peer.made_at > settings.setup_s:
                    self._end(peer, "timeout")
                continue
            if peer.direction == "program" and not self._stages[peer.session].program.there(now):
                self._end(peer, "no_program")
                continue
            quiet = now - peer.last
            if quiet > settings.dead_s:
                self._end(peer, "timeout")
                continue
            patience = WATCHER_QUIET_S if peer.direction in ("watch", "program") else QUIET_S
            if quiet > patience and now - peer.probed >= PROBE_S:
                peer.probed = now
                self._spawn(peer.wire.probe())
            if quiet > settings.silent_s and not peer.silent:
                peer.silent = True
                if peer.direction == "publish":
                    self._tell(port.Silent(peer.session, peer.participant))
        for stage in self._stages.values():
            if stage.orphaned_at is not None and now - stage.orphaned_at > settings.orphan_s:
                stage.clear()

    def _listen(self, stage: Stage, now: float) -> None:
        voices = stage.voices(now)
        if voices is not None:
            self._tell(port.Speaking(stage.session, voices))

    def _measure(self, stage: Stage, now: float) -> None:
        if stage.measure(now):
            self._tell(port.Seats(stage.session, stage.last, stage.waiting))
